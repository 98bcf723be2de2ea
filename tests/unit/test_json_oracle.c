/* Our JSON reader against jansson's, over a seeded stream of documents, most of them damaged: both
 * must accept the same lines, and read the same values from them. */
#include <check.h>
#include <stdio.h>

#include "unit/json_oracle.h"
#include "unit/random.h"
#include "unit/suite.h"

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

/* True when both accept the line. */
static bool compare(const struct draft *draft)
{
    bool is_accepted;
    const char *wrong =
        json_oracle_compare((struct usher_text){draft->at, draft->length}, &is_accepted);
    ck_assert_msg(!wrong, "%.*s\n%s", (int)draft->length, draft->at, wrong);
    return is_accepted;
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
