/* Our JSON reader against jansson's, over a seeded stream of documents, most of them damaged: both
 * must accept the same lines, and read the same values from them. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>

#include "unit/random.h"
#include "unit/suite.h"
#include "wire/json.h"

enum { CASES = 200000, ROOM = 4096, NESTED_MAX = 6 };

struct draft {
    uint64_t random;
    char at[ROOM];
    size_t length;
};

static void put(struct draft *draft, const char *text)
{
    size_t length = strlen(text);
    if (length > ROOM - draft->length)
        return;
    memcpy(draft->at + draft->length, text, length);
    draft->length += length;
}

#define PUT_ONE_OF(draft, list)                                                                    \
    put((draft), (list)[random_below(&(draft)->random, USHER_COUNT_OF(list))])

static void put_space(struct draft *draft)
{
    static const char *const spaces[] = {"", "", "", "", " ", "\t", "\n ", "\r"};
    PUT_ONE_OF(draft, spaces);
}

static void put_string(struct draft *draft)
{
    static const char *const parts[] = {
        "a",
        "b",
        "lang",
        "contact",
        "\\u0061",
        "\\u0062",
        "\\n",
        "\\u000a",
        "\\\"",
        "\\\\",
        "\\/",
        "/",
        "\xc3\xa9",
        "\\u00e9",
        "\\u00E9",
        "\xf0\x9f\x99\x82",
        "\\ud83d\\ude42",
        "\xef\xbf\xbf",
        "\x7f",
        " ",
        "{",
        "]",
        ":",
        "\xed\x9f\xbf",
        "0123456789abcdef",
    };
    put(draft, "\"");
    for (uint64_t i = random_below(&draft->random, 4); i > 0; i--)
        PUT_ONE_OF(draft, parts);
    put(draft, "\"");
}

static void put_plain(struct draft *draft)
{
    static const char *const words[] = {
        "true",
        "false",
        "null",
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "0.5",
        "-1.25e2",
        "1E+2",
        "1e-2",
        "1e400",
        "123456",
        "0.0",
    };
    PUT_ONE_OF(draft, words);
}

static void put_value(struct draft *draft, int nested)
{
    uint64_t kind = random_below(&draft->random, 8);
    if (nested == NESTED_MAX || kind < 2) {
        put_plain(draft);
    } else if (kind < 4) {
        put_string(draft);
    } else {
        bool is_object = kind < 7;
        put(draft, is_object ? "{" : "[");
        uint64_t count = random_below(&draft->random, 5);
        for (uint64_t i = 0; i < count; i++) {
            put(draft, i > 0 ? "," : "");
            put_space(draft);
            if (is_object) {
                put_string(draft);
                put_space(draft);
                put(draft, ":");
                put_space(draft);
            }
            put_value(draft, nested + 1);
            put_space(draft);
        }
        put(draft, is_object ? "}" : "]");
    }
}

/* Takes out, puts in, or changes a few bytes. */
static void damage(struct draft *draft)
{
    static const char bytes[] = "{}[]\",:\\/ue0129-+.Ebnrtf "
                                "\t\n\x00\x01\x1f\x7f\x80\xbf\xc0\xc2\xe0\xed\xa0\xf0\xf4\xff\x90";
    for (uint64_t i = 1 + random_below(&draft->random, 3); i > 0 && draft->length > 0; i--) {
        size_t at = random_below(&draft->random, draft->length);
        char byte = bytes[random_below(&draft->random, sizeof(bytes) - 1)];
        size_t behind = draft->length - at;
        switch (random_below(&draft->random, 5)) {
        case 0:
            memmove(draft->at + at, draft->at + at + 1, behind - 1);
            draft->length--;
            break;
        case 1:
            if (draft->length < ROOM) {
                memmove(draft->at + at + 1, draft->at + at, behind);
                draft->length++;
                draft->at[at] = byte;
            }
            break;
        case 2:
            draft->length = at;
            break;
        default:
            draft->at[at] = byte;
        }
    }
}

static void assert_same(struct usher_json *json, const json_t *value);

static void assert_same_object(struct usher_json *json, const json_t *value)
{
    struct usher_text key;
    size_t count = 0;
    ck_assert(usher_json_enter(json));
    while (usher_json_next_key(json, &key)) {
        char name[ROOM];
        ck_assert(usher_text_copy(name, sizeof(name), key));
        const json_t *member = json_object_get(value, name);
        ck_assert_ptr_nonnull(member);
        assert_same(json, member);
        count++;
    }
    ck_assert_uint_eq(count, json_object_size(value));
}

static void assert_same_array(struct usher_json *json, const json_t *value)
{
    size_t count = 0;
    ck_assert(usher_json_enter(json));
    for (; usher_json_next_element(json); count++)
        assert_same(json, json_array_get(value, count));
    ck_assert_uint_eq(count, json_array_size(value));
}

static void assert_same(struct usher_json *json, const json_t *value)
{
    struct usher_text text;
    int64_t number;
    enum usher_json_type type = usher_json_peek(json);
    ck_assert_int_eq(type == USHER_JSON_OBJECT, json_is_object(value));
    ck_assert_int_eq(type == USHER_JSON_ARRAY, json_is_array(value));
    ck_assert_int_eq(type == USHER_JSON_STRING, json_is_string(value));
    ck_assert_int_eq(type == USHER_JSON_NUMBER, json_is_number(value));
    ck_assert_int_eq(type == USHER_JSON_TRUE, json_is_true(value));
    ck_assert_int_eq(type == USHER_JSON_FALSE, json_is_false(value));
    ck_assert_int_eq(type == USHER_JSON_NULL, json_is_null(value));
    if (type == USHER_JSON_OBJECT) {
        assert_same_object(json, value);
    } else if (type == USHER_JSON_ARRAY) {
        assert_same_array(json, value);
    } else if (type == USHER_JSON_STRING) {
        ck_assert(usher_json_read_text(json, &text));
        ck_assert_uint_eq(text.length, json_string_length(value));
        ck_assert_int_eq(memcmp(text.at, json_string_value(value), text.length), 0);
    } else if (json_is_integer(value)) {
        ck_assert(usher_json_read_int64(json, &number));
        ck_assert_int_eq(number, json_integer_value(value));
    } else {
        usher_json_skip(json);
    }
}

/* True when both accept the line. */
static bool compare(const struct draft *draft)
{
    struct usher_text line = {draft->at, draft->length};
    struct usher_json_problem problem;
    json_error_t error;
    bool is_ours = usher_json_check(line, USHER_JSON_DEPTH_MAX, &problem);
    if (memchr(draft->at, '\0', draft->length)) {
        ck_assert(!is_ours); /* jansson reads over a NUL behind a number */
        return false;
    }
    json_t *theirs =
        json_loadb(draft->at, draft->length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (is_ours && !theirs && json_error_code(&error) == json_error_numeric_overflow)
        return false; /* a legal number of which jansson has no form; what follows it jansson did
                         not see */
    ck_assert_msg(is_ours == (theirs != NULL), "%.*s\nours: column %zu: %s\ntheirs: %s",
                  (int)draft->length, draft->at, problem.column, problem.what,
                  theirs ? "accepted" : error.text);
    ck_assert_uint_le(problem.column, draft->length + 1);
    if (is_ours) {
        char scratch[ROOM];
        struct usher_json json;
        usher_json_start(&json, line, scratch, draft->length);
        assert_same(&json, theirs);
        ck_assert_int_eq(usher_json_peek(&json), USHER_JSON_NONE);
    }
    json_decref(theirs);
    return is_ours;
}

START_TEST(every_document_is_accepted_or_refused_as_by_jansson_and_read_alike)
{
    static struct draft draft;
    int accepted = 0;
    for (int i = 0; i < CASES; i++) {
        draft.random = (uint64_t)i;
        draft.length = 0;
        put_space(&draft);
        put_value(&draft, 0);
        put_space(&draft);
        if (i % 4 != 0)
            damage(&draft);
        accepted += compare(&draft);
    }
    ck_assert_int_gt(accepted, CASES / 10);
    ck_assert_int_lt(accepted, CASES - CASES / 10);
    printf("json_oracle: %d documents, %d of them accepted by both\n", CASES, accepted);
}
END_TEST

SUITE_MAIN("json_oracle", every_document_is_accepted_or_refused_as_by_jansson_and_read_alike)
