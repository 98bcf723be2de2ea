/* A growing buffer of bytes. Its room doubles, so that appending costs the same in the long run;
 * once it is full it stays as it is, so that what was written before can still be cut back and
 * used. */
#include "base/bytes.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_ROOM = 256 };

void usher_bytes_init(struct usher_bytes *bytes, size_t length_max)
{
    *bytes = (struct usher_bytes){.length_max = length_max};
}

void usher_bytes_fini(struct usher_bytes *bytes)
{
    free(bytes->at);
    usher_bytes_init(bytes, bytes->length_max);
}

void usher_bytes_clear(struct usher_bytes *bytes)
{
    bytes->length = 0;
    bytes->is_full = false;
}

/* Makes room for `length` more bytes, or sets is_full. */
static void grow(struct usher_bytes *bytes, size_t length)
{
    if (length > bytes->length_max - bytes->length) {
        bytes->is_full = true;
        return;
    }
    size_t wanted = bytes->length + length;
    size_t room = bytes->room > 0 ? bytes->room : FIRST_ROOM;
    while (room < wanted)
        room = room > bytes->length_max / 2 ? bytes->length_max : room * 2;
    if (room > bytes->length_max)
        room = bytes->length_max;

    char *at = realloc(bytes->at, room);
    if (!at) {
        bytes->is_full = true;
        return;
    }
    bytes->at = at;
    bytes->room = room;
}

void usher_bytes_append(struct usher_bytes *bytes, const void *at, size_t length)
{
    if (bytes->is_full || length == 0)
        return;
    if (length > bytes->room - bytes->length) {
        grow(bytes, length);
        if (bytes->is_full)
            return;
    }
    memcpy(bytes->at + bytes->length, at, length);
    bytes->length += length;
}

void usher_bytes_append_text(struct usher_bytes *bytes, struct usher_text text)
{
    usher_bytes_append(bytes, text.at, text.length);
}

void usher_bytes_append_char(struct usher_bytes *bytes, char c)
{
    usher_bytes_append(bytes, &c, 1);
}

void usher_bytes_append_int64(struct usher_bytes *bytes, int64_t number)
{
    char digits[1 + USHER_UINT64_DIGITS_MAX];
    size_t length = 0;
    uint64_t size = (uint64_t)number;
    if (number < 0) {
        digits[length++] = '-';
        size = 0 - size;
    }
    length += usher_text_write_uint64(size, digits + length);
    usher_bytes_append(bytes, digits, length);
}

void usher_bytes_cut(struct usher_bytes *bytes, size_t length)
{
    assert(length <= bytes->length);
    bytes->length = length;
    bytes->is_full = false;
}
