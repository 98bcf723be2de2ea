/* Whole files, bounded, and their fingerprints; and writing without a rest. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/text.h"

#define FILE_SHA256_SIZE 65 /* 64 hexadecimal digits and a NUL */

/* Reads the regular file at `path` into `text`, which must be initialised with a bound of at least
 * `max` and is cleared first. 0; -EFBIG when the file has more than `max` bytes; -EISDIR or -EINVAL
 * when it is no regular file; another negative errno. */
int file_read_text(const char *path, size_t max, struct usher_bytes *text);

/* The same for a secret: -EPERM when others than its owner and group may read it, or others than
 * its owner may write it. */
int file_read_secret(const char *path, size_t max, struct usher_bytes *text);

/* Writes all of `text`, in as many pieces as it takes. 0 or a negative errno; a part is then there.
 */
int file_write_all(int file, struct usher_text text);

/* The SHA-256 of `text` in hexadecimal: how rules are told apart. 0 or -ENOMEM. */
int file_sha256(struct usher_text text, char hex[FILE_SHA256_SIZE]);

#endif
