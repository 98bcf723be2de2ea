/* A strict JSON reader that pulls, in place and without allocation, and a writer into bytes.
 * RFC 8259, and stricter: one value, depth and length bounded, no duplicate keys (compared after
 * unescaping) in any object, no NUL, valid UTF-8 only, no lone surrogates. Numbers: any are legal,
 * but only whole ones that fit 64 bits can be read as numbers. */
#ifndef USHER_WIRE_JSON_H
#define USHER_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"

/* Keys of all objects that are open at the same time: an agent may have USHER_SKILLS_MAX skills,
 * and each is a key. */
#define USHER_JSON_KEYS_MAX  1024
#define USHER_JSON_DEPTH_MAX 64 /* the highest `depth_max` */

struct usher_json_problem {
    size_t column;    /* 1-based, in bytes of the line; 0 = no problem */
    const char *what; /* a static sentence part: "a duplicate key", "bad UTF-8" */
};

/* Checks a whole line: one JSON value and nothing but white space around it. A text or number has
 * depth 0, `[]` has 1, `[[]]` has 2. False with `problem` filled; on success `problem` is cleared.
 */
USHER_MUST_USE bool usher_json_check(struct usher_text line, size_t depth_max,
                                     struct usher_json_problem *problem);

/* A reader over text that usher_json_check has accepted. */
struct usher_json {
    const char *at;
    const char *end;
    char *scratch; /* where strings with escapes are unescaped; never more than the line is long */
    size_t scratch_room;
};

enum usher_json_type {
    USHER_JSON_NONE = 0, /* the end */
    USHER_JSON_OBJECT,
    USHER_JSON_ARRAY,
    USHER_JSON_STRING,
    USHER_JSON_NUMBER,
    USHER_JSON_TRUE,
    USHER_JSON_FALSE,
    USHER_JSON_NULL,
};

/* `scratch` must have as many bytes as the checked text, or be NULL if no string with an escape is
 * to be read (then such a string reads as false). */
void usher_json_start(struct usher_json *json, struct usher_text checked, char *scratch,
                      size_t scratch_room);
/* The type of the value that comes next. */
enum usher_json_type usher_json_peek(const struct usher_json *json);
/* Enters the object or array that comes next; false when something else does (nothing is consumed).
 */
USHER_MUST_USE bool usher_json_enter(struct usher_json *json);
/* In an object: the next key, or false at its end, which is consumed. The value of the key before
 * must have been read or skipped. A key with an escape for which scratch has no room is an absent
 * text. */
USHER_MUST_USE bool usher_json_next_key(struct usher_json *json, struct usher_text *key);
/* In an array: true when another element comes, false at its end, which is consumed. The element
 * before must have been read or skipped. */
USHER_MUST_USE bool usher_json_next_element(struct usher_json *json);
/* Each consumes one value when its type fits and returns true; else consumes nothing and returns
 * false. */
USHER_MUST_USE bool usher_json_read_text(struct usher_json *json, struct usher_text *text);
USHER_MUST_USE bool usher_json_read_int64(struct usher_json *json, int64_t *number);
/* Any value as it was written, without the white space around it; false at the end of the text,
 * object or array. */
USHER_MUST_USE bool usher_json_read_raw(struct usher_json *json, struct usher_text *raw);
void usher_json_skip(struct usher_json *json);

/* The member `key` of the checked object `object`, as it was written; absent text when there is
 * none or `object` is none. */
struct usher_text usher_json_find(struct usher_text object, struct usher_text key);
/* The same for a string or a number (a number's text as written); copied and unescaped into `room`,
 * without a NUL. False when there is none or it does not fit; true and false read as "true" and
 * "false". */
USHER_MUST_USE bool usher_json_find_text(struct usher_text object, struct usher_text key,
                                         char *room, size_t room_size, struct usher_text *text);

/* Whether `array` is a checked array that has the string `wanted`, which is written without
 * escapes.
 */
bool usher_json_has_text(struct usher_text array, struct usher_text wanted);

/* A writer: commas are its own care. Only objects and arrays nest; depth 16 at most. */
struct usher_json_writer {
    struct usher_bytes *out;
    bool needs_comma;
};

void usher_json_write_start(struct usher_json_writer *writer, struct usher_bytes *out);
void usher_json_write_open(struct usher_json_writer *writer, char bracket);  /* '{' or '[' */
void usher_json_write_close(struct usher_json_writer *writer, char bracket); /* '}' or ']' */
void usher_json_write_key(struct usher_json_writer *writer, struct usher_text key);
/* `text` must be valid UTF-8; escapes what JSON demands and DEL. */
void usher_json_write_text(struct usher_json_writer *writer, struct usher_text text);
void usher_json_write_int64(struct usher_json_writer *writer, int64_t number);
/* To six digits; NaN, a figure that nobody has, is null. `number` must not be infinite. */
void usher_json_write_double(struct usher_json_writer *writer, double number);
void usher_json_write_bool(struct usher_json_writer *writer, bool value);
/* `raw` must be one checked value without a newline in it. */
void usher_json_write_raw(struct usher_json_writer *writer, struct usher_text raw);

/* Appends an object with all members of the checked object `first`, and those of `second` whose
 * keys it has not; either may be absent. False when one of them is no object, or there is no room
 * in `out`. */
USHER_MUST_USE bool usher_json_merge(struct usher_text first, struct usher_text second,
                                     struct usher_bytes *out);

#endif
