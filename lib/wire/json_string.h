/* What stands between the quotes of a JSON string that usher_json_check has accepted. */
#ifndef USHER_WIRE_JSON_STRING_H
#define USHER_WIRE_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Eight bytes as a number, the first of them lowest on any machine. */
static inline uint64_t usher_json_word(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return (uint64_t)byte[0] | (uint64_t)byte[1] << 8 | (uint64_t)byte[2] << 16 |
           (uint64_t)byte[3] << 24 | (uint64_t)byte[4] << 32 | (uint64_t)byte[5] << 40 |
           (uint64_t)byte[6] << 48 | (uint64_t)byte[7] << 56;
}

/* The first byte from `at` on that is a quote, a backslash, a control character or beyond ASCII, or
 * `end`. Eight at a time: a byte's high bit in `hits` says that it is one of those, for the lowest
 * such byte exactly. */
static inline const char *usher_json_skip_plain(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    for (; end - at >= 8; at += 8) {
        uint64_t word = usher_json_word(at);
        uint64_t quote = word ^ (ones * '"');
        uint64_t backslash = word ^ (ones * '\\');
        uint64_t hits = ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & highs;
        if (hits != 0)
            return at + __builtin_ctzll(hits) / 8;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    return at;
}

/* The first quote or backslash from `at` on; there must be one before `end`. */
static inline const char *usher_json_skip_checked(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    for (; end - at >= 8; at += 8) {
        uint64_t word = usher_json_word(at);
        uint64_t quote = word ^ (ones * '"');
        uint64_t backslash = word ^ (ones * '\\');
        uint64_t hits = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs;
        if (hits != 0)
            return at + __builtin_ctzll(hits) / 8;
    }
    while (*at != '"' && *at != '\\')
        at++;
    return at;
}

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

/* Unescapes `inner` into `room`. False when it needs more than `room_size` bytes, which may then
 * hold a part. */
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
