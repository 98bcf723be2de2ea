/* Unescaping. The strings were checked: each escape is whole, and each high surrogate is followed
 * by its low one. */
#include "wire/json_string.h"

#include <stdint.h>

static uint32_t read_hex4(const char *at)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code * 16 + (uint32_t)usher_json_hex(at[i]);
    return code;
}

/* Reads what follows `\u`, with the low surrogate when there is one. */
static uint32_t read_code_point(struct usher_json_string *string)
{
    uint32_t code = read_hex4(string->at);
    string->at += 4;
    if (code < 0xd800 || code > 0xdbff)
        return code;
    uint32_t low = read_hex4(string->at + 2);
    string->at += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* The first byte of `code` in UTF-8; the others wait in `rest`. */
static int encode(struct usher_json_string *string, uint32_t code)
{
    if (code < 0x80)
        return (int)code;
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (size_t i = 0; i < more; i++) {
        string->rest[i] = (unsigned char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    string->rest_count = more;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    return (int)(leads[more] | code);
}

int usher_json_string_next(struct usher_json_string *string)
{
    if (string->rest_count > 0)
        return string->rest[--string->rest_count];
    if (string->at == string->end)
        return -1;
    char c = *string->at++;
    if (c != '\\')
        return (unsigned char)c;
    c = *string->at++;
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'u':
        return encode(string, read_code_point(string));
    default:
        return (unsigned char)c;
    }
}

bool usher_json_string_copy(struct usher_text inner, char *room, size_t room_size, size_t *length)
{
    struct usher_json_string string = usher_json_string_start(inner);
    size_t count = 0;
    for (int byte; (byte = usher_json_string_next(&string)) >= 0; count++) {
        if (count == room_size)
            return false;
        room[count] = (char)byte;
    }
    *length = count;
    return true;
}

bool usher_json_string_is_equal(struct usher_text a, struct usher_text b)
{
    struct usher_json_string one = usher_json_string_start(a);
    struct usher_json_string other = usher_json_string_start(b);
    for (;;) {
        int byte = usher_json_string_next(&one);
        if (byte != usher_json_string_next(&other))
            return false;
        if (byte < 0)
            return true;
    }
}
