/* A growing buffer of bytes, with a bound. */
#ifndef USHER_BASE_BYTES_H
#define USHER_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* `at` may move at every append. When an append would pass `length_max`, or memory is out, nothing
 * is written from then on and `is_full` stays set until usher_bytes_clear, so that a writer may
 * look once at the end. */
struct usher_bytes {
    char *at;
    size_t length;
    size_t room;
    size_t length_max;
    bool is_full;
};

void usher_bytes_init(struct usher_bytes *bytes, size_t length_max);
void usher_bytes_fini(struct usher_bytes *bytes);
/* Empties, keeps the room. */
void usher_bytes_clear(struct usher_bytes *bytes);
void usher_bytes_append(struct usher_bytes *bytes, const void *at, size_t length);
void usher_bytes_append_text(struct usher_bytes *bytes, struct usher_text text);
void usher_bytes_append_char(struct usher_bytes *bytes, char c);
/* Decimal, without locale. */
void usher_bytes_append_int64(struct usher_bytes *bytes, int64_t number);
/* Cuts back to `length`, which must not be above the present one; clears `is_full`. */
void usher_bytes_cut(struct usher_bytes *bytes, size_t length);

static inline struct usher_text usher_bytes_text(const struct usher_bytes *bytes)
{
    return (struct usher_text){bytes->at ? bytes->at : "", bytes->length};
}

#endif
