/* Putting another text in a file's place, with the former one kept beside it. */
#ifndef CTL_RULEBOOK_REPLACE_H
#define CTL_RULEBOOK_REPLACE_H

#include <stddef.h>

#include "base/text.h"

/* Writes `text` into the file at `path`, which must exist, whole or not at all; the file's owner
 * and mode stay. What it held goes on to exist at `path` with `suffix`, whose path is written into
 * `kept`. A link at `path` stays, and what it leads to is replaced. 0 or a negative errno. */
int replace_file(const char *path, struct usher_text text, const char *suffix, char *kept,
                 size_t kept_size);
/* Puts it back. */
int replace_undo(const char *path, const char *kept);

#endif
