/* What stands between the quotes of a JSON string that usher_json_check has accepted. */
#ifndef USHER_WIRE_JSON_STRING_H
#define USHER_WIRE_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* The bytes of a string, unescaped one by one. */
struct usher_json_string {
    const char *at;
    const char *end;
    unsigned char rest[3]; /* what is left of an escaped character, last byte first */
    size_t rest_count;
};

static inline struct usher_json_string usher_json_string_start(struct usher_text inner)
{
    return (struct usher_json_string){.at = inner.at, .end = inner.at + inner.length};
}

/* The next byte, or -1 at the end. */
int usher_json_string_next(struct usher_json_string *string);

/* Unescapes `inner` into `room`. False when it needs more than `room_size` bytes, which may then hold a part. */
USHER_MUST_USE bool usher_json_string_copy(struct usher_text inner, char *room, size_t room_size,
                                           size_t *length);

/* Whether both mean the same text, however they are written. */
bool usher_json_string_is_equal(struct usher_text a, struct usher_text b);

/* The value of a hexadecimal digit, or -1. */
static inline int usher_json_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

#endif
