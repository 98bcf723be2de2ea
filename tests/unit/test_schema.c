/* Schemas: every type's problem, defaults, bounds, unknown and missing keys. */
#include "rules/schema.h"

#include "unit/suite.h"
#include "unit/told.h"

struct values {
    int64_t ring;
    int64_t share;
    int64_t count;
    int64_t second;
    int64_t part;
    int64_t room;
    bool on;
    struct usher_text word;
    struct usher_text name;
    const struct usher_node *list;
    const struct usher_node *map;
    const struct usher_node *any;
};

#define ROW(key_, type_, ...)                                                                      \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct values, key_),        \
        __VA_ARGS__                                                                                \
    }

static const struct usher_schema_row rows[] = {
    ROW(ring, DURATION, .min = 1000, .max = 600000, .fallback = 15000,
        .sentence = "how long it rings"),
    ROW(share, PERCENT, .min = 1, .max = 100, .fallback = 80),
    ROW(count, WHOLE, .min = 1, .max = 10, .fallback = 3),
    ROW(second, WHOLE_OR_OFF, .min = 1, .max = 10, .fallback = 2),
    ROW(part, FRACTION, .max = 1000, .fallback = 150),
    ROW(room, BYTES, .min = 64, .max = 8192, .fallback = 1024),
    ROW(on, BOOL, .fallback = 1),
    ROW(word, TEXT, .max = 8, .fallback_text = "hello"),
    ROW(name, NAME, .max = 8, .is_needed = true, .sentence = "what it is called"),
    ROW(list, LIST, .max = 0),
    ROW(map, MAP, .max = 0),
    ROW(any, ANY, .max = 0),
};

/* Reads `text` into `values`, whose nodes and texts are then not to be looked at, and returns what
 * was told. */
static const char *read_into(const char *text, struct values *values)
{
    struct usher_schema schema = USHER_SCHEMA(rows);
    struct usher_problems *problems = told_new();
    struct usher_document document;
    const char *told;

    usher_schema_default(&schema, values);
    ck_assert(usher_document_read(&document, usher_text_of(text), problems));
    usher_schema_read(&schema, document.root, values, problems);
    told = told_lines(problems);
    usher_document_fini(&document);
    free(problems);
    return told;
}

static const char *told_of(const char *text)
{
    struct values values;

    return read_into(text, &values);
}

START_TEST(absent_keys_have_their_defaults)
{
    struct values values;

    ck_assert_str_eq(read_into("name: a\n", &values), "");
    ck_assert_int_eq(values.ring, 15000);
    ck_assert_int_eq(values.share, 80);
    ck_assert_int_eq(values.second, 2);
    ck_assert_int_eq(values.part, 150);
    ck_assert_int_eq(values.room, 1024);
    ck_assert(values.on);
    ck_assert(usher_text_is_equal(values.word, USHER_TEXT("hello")));
    ck_assert_ptr_null(values.list);
    ck_assert_ptr_null(values.map);
    ck_assert_ptr_null(values.any);
}
END_TEST

START_TEST(present_keys_are_read)
{
    struct values values;

    ck_assert_str_eq(
        read_into("{name: x, ring: 1s, share: 100%, count: 10, second: off, part: 0.2, "
                  "room: 8KiB, on: false, word: 'a b', list: [], map: {}, any: x}",
                  &values),
        "");
    ck_assert_int_eq(values.ring, 1000);
    ck_assert_int_eq(values.share, 100);
    ck_assert_int_eq(values.count, 10);
    ck_assert_int_eq(values.second, 1);
    ck_assert_int_eq(values.part, 200);
    ck_assert_int_eq(values.room, 8192);
    ck_assert(!values.on);
    ck_assert_ptr_nonnull(values.list);
    ck_assert_ptr_nonnull(values.map);
    ck_assert_ptr_nonnull(values.any);
}
END_TEST

START_TEST(each_wrong_type_is_told_at_the_value)
{
    told_assert(
        told_of(
            "ring: 15\nshare: 80\ncount: many\nsecond: never\npart: 0.1234\nroom: 8KB\non: yes\n"
            "word: [a]\nname: a b\nlist: 1\nmap: []\nany:\n"),
        "f:1:7: `ring` is `15`; it must be a duration such as 250ms, 15s, 5m, 4h or 2d: how long "
        "it "
        "rings\n"
        "f:2:8: `share` is `80`; it must be a percentage such as 80%\n"
        "f:3:8: `count` is `many`; it must be a whole number\n"
        "f:4:9: `second` is `never`; it must be a whole number or off\n"
        "f:5:7: `part` is `0.1234`; it must be a fraction such as 0.15\n"
        "f:6:7: `room` is `8KB`; it must be a size such as 8KiB, 8MiB or 1GiB\n"
        "f:7:5: `on` is `yes`; it must be true or false\n"
        "f:8:7: `word` is a list; it must be a text\n"
        "f:9:7: `name` is `a b`; it must be a name of letters, digits and . _ @ : + -: what it is "
        "called\n"
        "f:10:7: `list` is `1`; it must be a list\n"
        "f:11:6: `map` is a list; it must be a mapping of keys to values; write `name: …` lines "
        "without dashes\n"
        "f:12:1: `any` has no value; it must be a value\n");
}
END_TEST

START_TEST(each_bound_is_told_in_the_unit_of_its_type)
{
    told_assert(told_of("ring: 11m\nshare: 0%\ncount: 11\nsecond: 11\npart: 1.001\nroom: 63\n"
                        "word: 123456789\nname: 123456789\n"),
                "f:1:7: `ring` is `11m`; it must be 1s to 10m: how long it rings\n"
                "f:2:8: `share` is `0%`; it must be 1% to 100%\n"
                "f:3:8: `count` is `11`; it must be 1 to 10\n"
                "f:4:9: `second` is `11`; it must be 1 to 10, or off\n"
                "f:5:7: `part` is `1.001`; it must be 0 to 1\n"
                "f:6:7: `room` is `63`; it must be 64 to 8KiB\n"
                "f:7:7: `word` is `123456789`; it must be at most 8 bytes long\n"
                "f:8:7: `name` is `123456789`; it must be at most 8 bytes long: what it is "
                "called\n");
}
END_TEST

START_TEST(value_with_a_problem_leaves_the_default)
{
    struct values values;

    ck_assert_str_ne(read_into("name: a\nring: 5\ncount: 99\n", &values), "");
    ck_assert_int_eq(values.ring, 15000);
    ck_assert_int_eq(values.count, 3);
}
END_TEST

START_TEST(unknown_key_is_told_with_the_near_one_or_all)
{
    told_assert(told_of("name: a\nrnig: 5s\nzebra: 1\n"),
                "f:2:1: unknown key `rnig`; did you mean `ring`?\n"
                "f:3:1: unknown key `zebra`; known here: ring, share, count, second, part, room, "
                "on, word, name, list, map, any\n");
}
END_TEST

START_TEST(needed_key_that_is_absent_is_told_at_the_mapping)
{
    told_assert(told_of("\n\nring: 5s\n"), "f:3:1: `name` is missing; add it: what it is called\n");
}
END_TEST

START_TEST(long_value_is_told_by_its_beginning)
{
    told_assert(
        told_of("name: a\ncount: 1111111111222222222233333333334444444444555555555555\n"),
        "f:2:8: `count` is `111111111122222222223333333333444444444455555555`; it must be a "
        "whole number\n");
}
END_TEST

SUITE_MAIN("schema", absent_keys_have_their_defaults, present_keys_are_read,
           each_wrong_type_is_told_at_the_value, each_bound_is_told_in_the_unit_of_its_type,
           value_with_a_problem_leaves_the_default, unknown_key_is_told_with_the_near_one_or_all,
           needed_key_that_is_absent_is_told_at_the_mapping, long_value_is_told_by_its_beginning)
