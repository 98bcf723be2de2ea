/* Personal data stand only in the fields `from`, `data` and `note`: a line without them may be
 * shown to anyone. */
#ifndef CTL_MASK_H
#define CTL_MASK_H

#include "base/bytes.h"
#include "base/text.h"

/* Appends the object `line` without those fields; all others stay as they were written. A line that
 * is no JSON object is left out. */
void mask_line(struct usher_text line, struct usher_bytes *out);

#endif
