/* For commands that show lines without personal data (wire/mask.h). */
#ifndef CTL_MASK_H
#define CTL_MASK_H

#include "base/bytes.h"
#include "base/text.h"

/* Appends the object `line` without personal data. A line that is no JSON object is left out. */
void mask_line(struct usher_text line, struct usher_bytes *out);

#endif
