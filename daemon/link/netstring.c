/* Netstrings: a length is at most five digits without a leading zero, so a broken stream is known
 * after six bytes. */
#include "link/netstring.h"

#include <assert.h>
#include <stdbool.h>

#define NETSTRING_DIGITS_MAX 5

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum netstring_result netstring_read(struct usher_text bytes, struct usher_text *body,
                                     size_t *taken)
{
    size_t length = 0;
    size_t at = 0;
    while (at < bytes.length && at < NETSTRING_DIGITS_MAX && is_digit(bytes.at[at])) {
        if (at > 0 && bytes.at[0] == '0')
            return NETSTRING_BROKEN;
        length = length * 10 + (size_t)(bytes.at[at] - '0');
        at++;
    }
    if (length > NETSTRING_BODY_MAX)
        return NETSTRING_BROKEN;
    if (at == bytes.length)
        return NETSTRING_PART;
    if (at == 0 || bytes.at[at] != ':')
        return NETSTRING_BROKEN;
    at++;
    if (bytes.length - at < length + 1)
        return NETSTRING_PART;
    if (bytes.at[at + length] != ',')
        return NETSTRING_BROKEN;
    *body = (struct usher_text){bytes.at + at, length};
    *taken = at + length + 1;
    return NETSTRING_WHOLE;
}

void netstring_write(struct usher_text body, struct usher_bytes *out)
{
    assert(body.length <= NETSTRING_BODY_MAX);
    usher_bytes_append_int64(out, (int64_t)body.length);
    usher_bytes_append_char(out, ':');
    usher_bytes_append_text(out, body);
    usher_bytes_append_char(out, ',');
}
