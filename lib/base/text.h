/* Text that somebody else owns: a place and a length, with no NUL at its end. */
#ifndef USHER_BASE_TEXT_H
#define USHER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

/* Borrowed bytes. `at` NULL means absent, which is not the same as empty. */
struct usher_text {
    const char *at;
    size_t length;
};

#define USHER_TEXT(literal) ((struct usher_text){(literal), sizeof(literal) - 1})
#define USHER_NO_TEXT       ((struct usher_text){NULL, 0})
/* For printf's "%.*s". */
#define USHER_TEXT_ARGS(text) (int)(text).length, (text).at ? (text).at : ""

/* The NUL-terminated `string`, borrowed; NULL gives an absent text. */
static inline struct usher_text usher_text_of(const char *string)
{
    return (struct usher_text){string, string ? strlen(string) : 0};
}

static inline bool usher_text_is_equal(struct usher_text a, struct usher_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* As memcmp over the common length, then the shorter first. */
int usher_text_compare(struct usher_text a, struct usher_text b);

/* Copies `text` and a NUL into `room`. False, with `room` unchanged, when it does not fit. */
USHER_MUST_USE bool usher_text_copy(char *room, size_t room_size, struct usher_text text);
/* Puts a copy of `text` with a NUL, NULL for an absent one, in the place of `*kept`, which is freed
 * and may be what `text` was borrowed from. The copy is the caller's to free. False, with `*kept`
 * unchanged, when memory is out. */
USHER_MUST_USE bool usher_text_keep(char **kept, struct usher_text text);

/* Reads a whole decimal number, with an optional minus, no plus, no leading zero, from INT64_MIN to
 * INT64_MAX. False, with `number` unchanged, for anything else. */
USHER_MUST_USE bool usher_text_read_int64(struct usher_text text, int64_t *number);

#define USHER_UINT64_DIGITS_MAX 20
/* Writes `number` in decimal, without a NUL, and returns how many digits. */
size_t usher_text_write_uint64(uint64_t number, char room[USHER_UINT64_DIGITS_MAX]);

/* True when every byte is one of [A-Za-z0-9._@:+-] and there is at least one: a contact's own id.
 */
bool usher_text_is_id(struct usher_text text);

#endif
