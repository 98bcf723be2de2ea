/* A file, or standard input, that a command takes in whole. */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include <stdbool.h>

#include "base/bytes.h"

/* "standard input" for "-". */
const char *input_name(const char *path);
/* Reads all of it into `text`, which is to be ended in any case. False when it cannot be read; that
 * was said then. */
USHER_MUST_USE bool input_read(const char *path, struct usher_bytes *text);

#endif
