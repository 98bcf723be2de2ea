/* One walk over the state that writes and reads it: the same function serves both, so the two
 * cannot differ. Numbers are 8 bytes, little end first; texts their length and their bytes. A third
 * way folds what would be written into a digest. */
#ifndef USHER_ENGINE_ARCHIVE_H
#define USHER_ENGINE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct usher_archive {
    struct usher_bytes *out; /* saving */
    uint64_t *digest;        /* folding; neither of the two: loading */
    const char *at;          /* loading */
    const char *end;
    uint32_t version; /* of the form: what came later than the saved one keeps its default */
    bool is_bad;      /* loading: the bytes ended, or do not fit; every value is then zero */
};

static inline bool usher_archive_is_loading(const struct usher_archive *archive)
{
    return archive->out == NULL && archive->digest == NULL;
}

void usher_archive_u64(struct usher_archive *archive, uint64_t *value);
void usher_archive_i64(struct usher_archive *archive, int64_t *value);
void usher_archive_u32(struct usher_archive *archive, uint32_t *value);
/* A count that must not be above `count_max`. */
void usher_archive_count(struct usher_archive *archive, size_t *count, size_t count_max);
/* NUL-terminated text in a room of its own. */
void usher_archive_chars(struct usher_archive *archive, char *room, size_t room_size);
/* Text that may be absent. Loaded, it is borrowed from the archive; of a long one only the length
 * and the beginning are folded. One with a NUL in it is bad: no text of ours has any. */
void usher_archive_text(struct usher_archive *archive, struct usher_text *text);

#endif
