/* The reader. It stands before a value, a key, a comma or a closing bracket of text that was
 * checked, so it never looks whether the text is right, but only what comes. */
#include "wire/json.h"

#include <assert.h>

#include "wire/json_string.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* From the opening quote to behind the closing one. */
static const char *skip_string(const char *at, const char *end, bool *has_escape)
{
    *has_escape = false;
    for (at++;; at += 2) {
        at = usher_json_skip_checked(at, end);
        if (*at == '"')
            return at + 1;
        *has_escape = true;
    }
}

static const char *skip_nest(const char *at, const char *end)
{
    size_t depth = 0;
    bool has_escape;
    for (;;) {
        if (*at == '"') {
            at = skip_string(at, end, &has_escape);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
        if (depth == 0)
            return at;
    }
}

/* From the first byte of a value to behind its last. */
static const char *skip_value(const char *at, const char *end)
{
    bool has_escape;
    if (*at == '"')
        return skip_string(at, end, &has_escape);
    if (*at == '{' || *at == '[')
        return skip_nest(at, end);
    while (at < end && *at != ',' && *at != ']' && *at != '}' && !is_space(*at))
        at++;
    return at;
}

/* Between the quotes of the string that begins at `at`; *at moves behind it. */
static struct usher_text take_string(const char **at, const char *end, bool *has_escape)
{
    const char *first = *at + 1;
    *at = skip_string(*at, end, has_escape);
    return (struct usher_text){first, (size_t)(*at - 1 - first)};
}

/* Gives the text of a string; false when it has escapes and scratch has no room. */
static bool unescape(struct usher_json *json, struct usher_text inner, bool has_escape,
                     struct usher_text *text)
{
    if (!has_escape) {
        *text = inner;
        return true;
    }
    size_t length = 0;
    if (!json->scratch ||
        !usher_json_string_copy(inner, json->scratch, json->scratch_room, &length))
        return false;
    *text = (struct usher_text){json->scratch, length};
    json->scratch += length;
    json->scratch_room -= length;
    return true;
}

void usher_json_start(struct usher_json *json, struct usher_text checked, char *scratch,
                      size_t scratch_room)
{
    *json = (struct usher_json){
        .at = checked.at,
        .end = checked.at + checked.length,
        .scratch = scratch,
        .scratch_room = scratch ? scratch_room : 0,
    };
    json->at = skip_space(json->at, json->end);
}

enum usher_json_type usher_json_peek(const struct usher_json *json)
{
    const char *at = skip_space(json->at, json->end);
    if (at == json->end)
        return USHER_JSON_NONE;
    switch (*at) {
    case '{':
        return USHER_JSON_OBJECT;
    case '[':
        return USHER_JSON_ARRAY;
    case '"':
        return USHER_JSON_STRING;
    case 't':
        return USHER_JSON_TRUE;
    case 'f':
        return USHER_JSON_FALSE;
    case 'n':
        return USHER_JSON_NULL;
    case ']':
    case '}':
        return USHER_JSON_NONE;
    default:
        return USHER_JSON_NUMBER;
    }
}

bool usher_json_enter(struct usher_json *json)
{
    const char *at = skip_space(json->at, json->end);
    if (at == json->end || (*at != '{' && *at != '['))
        return false;
    json->at = at + 1;
    return true;
}

/* Goes to the next member or element; false at the end of the object or array, which is consumed.
 */
static bool go_on(struct usher_json *json, char closing)
{
    const char *at = skip_space(json->at, json->end);
    assert(at < json->end);
    if (*at == closing) {
        json->at = at + 1;
        return false;
    }
    if (*at == ',')
        at = skip_space(at + 1, json->end);
    json->at = at;
    return true;
}

/* The next key between its quotes; the colon is consumed. */
static bool next_key(struct usher_json *json, struct usher_text *inner, bool *has_escape)
{
    if (!go_on(json, '}'))
        return false;
    assert(*json->at == '"');
    *inner = take_string(&json->at, json->end, has_escape);
    json->at = skip_space(json->at, json->end) + 1;
    return true;
}

bool usher_json_next_key(struct usher_json *json, struct usher_text *key)
{
    struct usher_text inner;
    bool has_escape;
    if (!next_key(json, &inner, &has_escape))
        return false;
    if (!unescape(json, inner, has_escape, key))
        *key = USHER_NO_TEXT;
    return true;
}

bool usher_json_next_element(struct usher_json *json)
{
    return go_on(json, ']');
}

bool usher_json_read_text(struct usher_json *json, struct usher_text *text)
{
    const char *at = skip_space(json->at, json->end);
    bool has_escape;
    if (at == json->end || *at != '"')
        return false;
    struct usher_text inner = take_string(&at, json->end, &has_escape);
    if (!unescape(json, inner, has_escape, text))
        return false;
    json->at = at;
    return true;
}

bool usher_json_read_int64(struct usher_json *json, int64_t *number)
{
    const char *at = skip_space(json->at, json->end);
    if (at == json->end)
        return false;
    const char *behind = skip_value(at, json->end);
    if (!usher_text_read_int64((struct usher_text){at, (size_t)(behind - at)}, number))
        return false;
    json->at = behind;
    return true;
}

bool usher_json_read_raw(struct usher_json *json, struct usher_text *raw)
{
    const char *at = skip_space(json->at, json->end);
    if (at == json->end || *at == '}' || *at == ']')
        return false;
    json->at = skip_value(at, json->end);
    *raw = (struct usher_text){at, (size_t)(json->at - at)};
    return true;
}

void usher_json_skip(struct usher_json *json)
{
    if (usher_json_peek(json) != USHER_JSON_NONE)
        json->at = skip_value(skip_space(json->at, json->end), json->end);
}

/* Whether a key as written means `key`. */
static bool is_key(struct usher_text inner, bool has_escape, struct usher_text key)
{
    if (!has_escape)
        return usher_text_is_equal(inner, key);
    struct usher_json_string string = usher_json_string_start(inner);
    for (size_t i = 0; i < key.length; i++) {
        if (usher_json_string_next(&string) != (unsigned char)key.at[i])
            return false;
    }
    return usher_json_string_next(&string) < 0;
}

struct usher_text usher_json_find(struct usher_text object, struct usher_text key)
{
    struct usher_json json;
    struct usher_text inner;
    struct usher_text value;
    bool has_escape;
    if (!object.at)
        return USHER_NO_TEXT;
    usher_json_start(&json, object, NULL, 0);
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return USHER_NO_TEXT;
    while (next_key(&json, &inner, &has_escape) && usher_json_read_raw(&json, &value)) {
        if (is_key(inner, has_escape, key))
            return value;
    }
    return USHER_NO_TEXT;
}

bool usher_json_has_text(struct usher_text array, struct usher_text wanted)
{
    struct usher_json json;
    struct usher_text value;
    if (!array.at)
        return false;
    usher_json_start(&json, array, NULL, 0);
    if (usher_json_peek(&json) != USHER_JSON_ARRAY || !usher_json_enter(&json))
        return false;
    while (usher_json_next_element(&json) && usher_json_read_raw(&json, &value)) {
        struct usher_text inner = {value.at + 1, value.length - 2};
        if (*value.at == '"' && usher_text_is_equal(inner, wanted))
            return true;
    }
    return false;
}

bool usher_json_find_text(struct usher_text object, struct usher_text key, char *room,
                          size_t room_size, struct usher_text *text)
{
    struct usher_text value = usher_json_find(object, key);
    size_t length = value.length;
    if (!value.at || *value.at == '{' || *value.at == '[' || *value.at == 'n')
        return false;
    if (*value.at == '"') {
        struct usher_text inner = {value.at + 1, value.length - 2};
        if (!usher_json_string_copy(inner, room, room_size, &length))
            return false;
    } else {
        if (value.length > room_size)
            return false;
        memcpy(room, value.at, value.length);
    }
    *text = (struct usher_text){room, length};
    return true;
}
