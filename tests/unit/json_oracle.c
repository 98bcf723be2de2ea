/* The tree that jansson builds is walked beside our reader. */
#include "unit/json_oracle.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

static bool is_same(struct usher_json *json, const json_t *value);

static bool is_same_object(struct usher_json *json, const json_t *value)
{
    struct usher_text key;
    size_t count = 0;
    if (!usher_json_enter(json))
        return false;
    for (; usher_json_next_key(json, &key); count++) {
        const json_t *member = json_object_getn(value, key.at, key.length);
        if (!member || !is_same(json, member))
            return false;
    }
    return count == json_object_size(value);
}

static bool is_same_array(struct usher_json *json, const json_t *value)
{
    size_t count = 0;
    if (!usher_json_enter(json))
        return false;
    for (; usher_json_next_element(json); count++)
        if (!is_same(json, json_array_get(value, count)))
            return false;
    return count == json_array_size(value);
}

static bool is_same_type(enum usher_json_type type, const json_t *value)
{
    switch (type) {
    case USHER_JSON_OBJECT:
        return json_is_object(value);
    case USHER_JSON_ARRAY:
        return json_is_array(value);
    case USHER_JSON_STRING:
        return json_is_string(value);
    case USHER_JSON_NUMBER:
        return json_is_number(value);
    case USHER_JSON_TRUE:
        return json_is_true(value);
    case USHER_JSON_FALSE:
        return json_is_false(value);
    case USHER_JSON_NULL:
        return json_is_null(value);
    case USHER_JSON_NONE:
        break;
    }
    return false;
}

static bool is_same(struct usher_json *json, const json_t *value)
{
    struct usher_text text;
    int64_t number;
    enum usher_json_type type = usher_json_peek(json);
    if (!is_same_type(type, value))
        return false;
    if (type == USHER_JSON_OBJECT)
        return is_same_object(json, value);
    if (type == USHER_JSON_ARRAY)
        return is_same_array(json, value);
    if (type == USHER_JSON_STRING)
        return usher_json_read_text(json, &text) && text.length == json_string_length(value) &&
               memcmp(text.at, json_string_value(value), text.length) == 0;
    if (json_is_integer(value))
        return usher_json_read_int64(json, &number) && number == json_integer_value(value);
    usher_json_skip(json);
    return true;
}

static const char *compare_values(struct usher_text text, const json_t *theirs)
{
    struct usher_json json;
    const char *wrong = NULL;
    char *scratch = malloc(text.length + 1);
    if (!scratch)
        return "memory is out";
    usher_json_start(&json, text, scratch, text.length);
    if (!is_same(&json, theirs))
        wrong = "both take it, and read something else from it";
    else if (usher_json_peek(&json) != USHER_JSON_NONE)
        wrong = "both take it, and ours does not come to its end";
    free(scratch);
    return wrong;
}

const char *json_oracle_compare(struct usher_text text, bool *is_accepted)
{
    static char what[256];
    struct usher_json_problem problem;
    json_error_t error;
    bool is_ours = usher_json_check(text, USHER_JSON_DEPTH_MAX, &problem);
    *is_accepted = false;
    if (problem.column > text.length + 1)
        return "a problem behind the end";
    if (memchr(text.at, '\0', text.length)) /* jansson reads over a NUL behind a number */
        return is_ours ? "ours takes a NUL" : NULL;
    json_t *theirs =
        json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (is_ours && !theirs && json_error_code(&error) == json_error_numeric_overflow)
        return NULL; /* a legal number of which jansson has no form; what follows it jansson did not
                        see */
    if (!is_ours && theirs && strstr(problem.what, " too deep")) {
        json_decref(theirs); /* jansson goes deeper */
        return NULL;
    }
    if (is_ours != (theirs != NULL)) {
        (void)snprintf(what, sizeof(what), "ours: column %zu: %s; theirs: %s", problem.column,
                       problem.what, theirs ? "accepted" : error.text);
        json_decref(theirs);
        return what;
    }
    const char *wrong = is_ours ? compare_values(text, theirs) : NULL;
    *is_accepted = is_ours;
    json_decref(theirs);
    return wrong;
}
