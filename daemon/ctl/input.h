/* A file, or standard input, that a command takes in whole. */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include "base/bytes.h"

#define INPUT_BYTES_MAX ((size_t)32 * 1024 * 1024)

/* "standard input" for "-". */
const char *input_name(const char *path);
/* Reads all of it; `text` is bounded by its init. 0 or a negative errno. */
int input_read(const char *path, struct usher_bytes *text);

#endif
