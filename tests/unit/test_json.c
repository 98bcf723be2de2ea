/* The strict JSON reader and writer: what is refused and where, and what is read.
 * tests/unit/test_json_oracle.c holds the same reader against another one. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "unit/suite.h"
#include "wire/json.h"

static struct usher_json_problem check(struct usher_text line, size_t depth_max)
{
    struct usher_json_problem problem = {77, NULL};
    bool is_accepted = usher_json_check(line, depth_max, &problem);
    ck_assert_int_eq(is_accepted, problem.column == 0);
    ck_assert_ptr_nonnull(problem.what);
    return problem;
}

static void assert_refused(struct usher_text line, size_t column, const char *what)
{
    struct usher_json_problem problem = check(line, 8);
    ck_assert_msg(problem.column == column && strcmp(problem.what, what) == 0,
                  "%.*s: column %zu: %s", USHER_TEXT_ARGS(line), problem.column, problem.what);
}

START_TEST(whole_values_are_accepted_with_white_space_around_them)
{
    static const char *const lines[] = {
        "{}",
        " [ ] ",
        "\t\"\"\r\n",
        "0",
        "-0",
        "1.5e-3",
        "1E+9",
        "true",
        "false",
        "null",
        "{\"a\":{\"a\":[1,{\"a\":2}]}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude42\"",
        "\"\xc2\x80 \xe0\xa0\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf \x7f\"",
        "[{\"a\":1},{\"a\":1}]",
        "123456789012345678901234567890",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++)
        ck_assert_msg(check(usher_text_of(lines[i]), 8).column == 0, "%s", lines[i]);
}
END_TEST

START_TEST(lines_that_end_too_early_are_refused_at_their_end)
{
    static const char *const lines[] = {
        "",   "  ",  "{",    "{\"a",    "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[",
        "[1", "[1,", "\"\\", "\"\\u00", "-",      "1.",      "1e",       "1e+",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++)
        assert_refused(usher_text_of(lines[i]), strlen(lines[i]) + 1, "an unexpected end");
}
END_TEST

START_TEST(wrong_grammar_is_refused_at_its_column)
{
    assert_refused(USHER_TEXT("{} x"), 4, "text after the value");
    assert_refused(USHER_TEXT("{}{}"), 3, "text after the value");
    assert_refused(USHER_TEXT("{a:1}"), 2, "a key that is no string");
    assert_refused(USHER_TEXT("{\"a\":1,}"), 8, "a key that is no string");
    assert_refused(USHER_TEXT("{\"a\" 1}"), 6, "a key without a colon");
    assert_refused(USHER_TEXT("{\"a\":1 \"b\":2}"), 8, "an unexpected character");
    assert_refused(USHER_TEXT("[1,]"), 4, "an unexpected character");
    assert_refused(USHER_TEXT("[1}"), 3, "an unexpected character");
    assert_refused(USHER_TEXT("01"), 1, "a number with a leading zero");
    assert_refused(USHER_TEXT("-a"), 2, "a number without digits");
    assert_refused(USHER_TEXT("+1"), 1, "an unexpected character");
    assert_refused(USHER_TEXT(".5"), 1, "an unexpected character");
    assert_refused(USHER_TEXT("1.e5"), 3, "a number without digits");
    assert_refused(USHER_TEXT("truf"), 1, "an unknown word");
    assert_refused(USHER_TEXT("NaN"), 1, "an unexpected character");
    assert_refused(USHER_TEXT("'a'"), 1, "an unexpected character");
    assert_refused(USHER_TEXT("[1/**/]"), 3, "an unexpected character");
    assert_refused(USHER_TEXT("\xef\xbb\xbf{}"), 1, "an unexpected character");
}
END_TEST

START_TEST(strings_with_bad_bytes_or_escapes_are_refused)
{
    assert_refused(USHER_TEXT("\"a\tb\""), 3, "a control character in a string");
    assert_refused(USHER_TEXT("\"a\0b\""), 3, "a NUL");
    assert_refused(USHER_TEXT("\"a\\u0000\""), 3, "a NUL");
    assert_refused(USHER_TEXT("{\"\\u0000\":1}"), 3, "a NUL");
    assert_refused(USHER_TEXT("\"\\x41\""), 2, "an unknown escape");
    assert_refused(USHER_TEXT("\"\\\0\""), 2, "an unknown escape");
    assert_refused(USHER_TEXT("\"\\u00g0\""), 6, "a bad \\u escape");
    assert_refused(USHER_TEXT("\"\\ud800\""), 2, "a lone surrogate");
    assert_refused(USHER_TEXT("\"\\ud800\\u0041\""), 2, "a lone surrogate");
    assert_refused(USHER_TEXT("\"\\ud800x\""), 2, "a lone surrogate");
    assert_refused(USHER_TEXT("\"\\udc00\""), 2, "a lone surrogate");
}
END_TEST

START_TEST(bad_utf8_is_refused_at_its_first_byte)
{
    assert_refused(USHER_TEXT("\"ab\x80\""), 4, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xc0\xaf\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xc1\xbf\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xe0\x80\xaf\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xf0\x80\x80\xaf\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xed\xa0\x80\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xf4\x90\x80\x80\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xf5\x80\x80\x80\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xff\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xd1\""), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("\"\xd1"), 2, "bad UTF-8");
    assert_refused(USHER_TEXT("{\"\xe2\x82\":1}"), 3, "bad UTF-8");
}
END_TEST

START_TEST(duplicate_keys_are_found_in_any_object_however_they_are_written)
{
    assert_refused(USHER_TEXT("{\"a\":1,\"a\":2}"), 8, "a duplicate key");
    assert_refused(USHER_TEXT("{\"x\":{\"b\":1,\"\\u0062\":2}}"), 13, "a duplicate key");
    assert_refused(USHER_TEXT("[{},{\"\\n\":1,\"\\u000A\":2}]"), 13, "a duplicate key");
    assert_refused(USHER_TEXT("{\"a\":{\"b\":{}},\"c\":[{\"d\":1}],\"a\":0}"), 29,
                   "a duplicate key");
    assert_refused(USHER_TEXT("{\"\":1,\"\":2}"), 7, "a duplicate key");
    assert_refused(
        USHER_TEXT("{\"a long key \xf0\x9f\x99\x82\":1,\"a long\\u0020key \\ud83d\\ude42\":2}"), 22,
        "a duplicate key");
    ck_assert_uint_eq(check(USHER_TEXT("{\"a\":{\"a\":{\"a\":1}},\"A\":1,\"a \":2}"), 8).column, 0);
}
END_TEST

START_TEST(depth_is_bounded)
{
    ck_assert_uint_eq(check(USHER_TEXT("[[]]"), 2).column, 0);
    ck_assert_uint_eq(check(USHER_TEXT("[[[]]]"), 2).column, 3);
    ck_assert_uint_eq(check(USHER_TEXT("[[],[],{}]"), 2).column, 0);
    ck_assert_uint_eq(check(USHER_TEXT("7"), 0).column, 0);
    ck_assert_uint_eq(check(USHER_TEXT("{}"), 0).column, 1);
    ck_assert_str_eq(check(USHER_TEXT("{}"), 0).what, "one level too deep");
}
END_TEST

START_TEST(open_keys_are_bounded)
{
    struct usher_bytes line;
    usher_bytes_init(&line, 1 << 20);
    usher_bytes_append_char(&line, '{');
    for (int i = 0; i < USHER_JSON_KEYS_MAX; i++) {
        usher_bytes_append_char(&line, '"');
        usher_bytes_append_int64(&line, i);
        usher_bytes_append_text(&line, USHER_TEXT("\":{},"));
    }
    size_t length = line.length;
    usher_bytes_cut(&line, length - 1);
    usher_bytes_append_char(&line, '}');
    ck_assert_uint_eq(check(usher_bytes_text(&line), 8).column, 0);

    line.at[length - 1] = ',';
    usher_bytes_append_text(&line, USHER_TEXT("\"x\":1}"));
    assert_refused(usher_bytes_text(&line), length + 1, "one key too many");
    usher_bytes_fini(&line);
}
END_TEST

START_TEST(reader_gives_each_value_once_and_in_order)
{
    struct usher_text line =
        USHER_TEXT(" { \"a\" : 1 , \"b\\u0063\":[ \"x\\ty\", true , {\"k\":null} ], \"d\":-5}  ");
    char scratch[128];
    struct usher_json json;
    struct usher_text text;
    int64_t number;
    ck_assert_uint_eq(check(line, 8).column, 0);
    usher_json_start(&json, line, scratch, sizeof(scratch));

    ck_assert_int_eq(usher_json_peek(&json), USHER_JSON_OBJECT);
    ck_assert(!usher_json_read_text(&json, &text));
    ck_assert(usher_json_enter(&json));
    ck_assert(usher_json_next_key(&json, &text) && usher_text_is_equal(text, USHER_TEXT("a")));
    ck_assert(!usher_json_enter(&json));
    ck_assert(usher_json_read_int64(&json, &number) && number == 1);
    ck_assert(usher_json_next_key(&json, &text) && usher_text_is_equal(text, USHER_TEXT("bc")));
    ck_assert(usher_json_enter(&json));
    ck_assert(usher_json_next_element(&json));
    ck_assert(!usher_json_read_int64(&json, &number));
    ck_assert(usher_json_read_text(&json, &text) && usher_text_is_equal(text, USHER_TEXT("x\ty")));
    ck_assert(usher_json_next_element(&json));
    ck_assert_int_eq(usher_json_peek(&json), USHER_JSON_TRUE);
    usher_json_skip(&json);
    ck_assert(usher_json_next_element(&json));
    ck_assert(usher_json_read_raw(&json, &text) &&
              usher_text_is_equal(text, USHER_TEXT("{\"k\":null}")));
    ck_assert(!usher_json_next_element(&json));
    ck_assert(usher_json_next_key(&json, &text) && usher_text_is_equal(text, USHER_TEXT("d")));
    ck_assert(usher_json_read_int64(&json, &number) && number == -5);
    ck_assert(!usher_json_next_key(&json, &text));
    ck_assert_int_eq(usher_json_peek(&json), USHER_JSON_NONE);
}
END_TEST

START_TEST(string_with_an_escape_cannot_be_read_without_scratch)
{
    struct usher_json json;
    struct usher_text text;
    usher_json_start(&json, USHER_TEXT("[\"a\\nb\",\"c\"]"), NULL, 0);
    ck_assert(usher_json_enter(&json) && usher_json_next_element(&json));
    ck_assert(!usher_json_read_text(&json, &text));
    usher_json_skip(&json);
    ck_assert(usher_json_next_element(&json));
    ck_assert(usher_json_read_text(&json, &text) && usher_text_is_equal(text, USHER_TEXT("c")));
    ck_assert(!usher_json_next_element(&json));

    usher_json_start(&json, USHER_TEXT("{\"\\n\":1}"), NULL, 0);
    ck_assert(usher_json_enter(&json) && usher_json_next_key(&json, &text));
    ck_assert_ptr_null(text.at);
}
END_TEST

START_TEST(only_whole_numbers_of_64_bits_are_read_as_numbers)
{
    static const char *const others[] = {"1.0",  "1e2", "9223372036854775808", "\"1\"", "true",
                                         "null", "[1]"};
    struct usher_json json;
    int64_t number = 3;
    for (size_t i = 0; i < USHER_COUNT_OF(others); i++) {
        usher_json_start(&json, usher_text_of(others[i]), NULL, 0);
        ck_assert_msg(!usher_json_read_int64(&json, &number), "%s", others[i]);
        ck_assert_int_ne(usher_json_peek(&json), USHER_JSON_NONE);
    }
    usher_json_start(&json, USHER_TEXT(" -9223372036854775808 "), NULL, 0);
    ck_assert(usher_json_read_int64(&json, &number));
    ck_assert_int_eq(number, INT64_MIN);
}
END_TEST

START_TEST(member_is_found_by_its_key_however_it_is_written)
{
    struct usher_text object = USHER_TEXT("{\"x\":{\"lang\":1}, \"l\\u0061ng\" : \"uk\", "
                                          "\"n\":12.50,\"t\":true,\"z\":null,\"e\":\"\\u00e9\"}");
    struct usher_text text;
    char room[4];
    ck_assert(
        usher_text_is_equal(usher_json_find(object, USHER_TEXT("lang")), USHER_TEXT("\"uk\"")));
    ck_assert(
        usher_text_is_equal(usher_json_find(object, USHER_TEXT("x")), USHER_TEXT("{\"lang\":1}")));
    ck_assert_ptr_null(usher_json_find(object, USHER_TEXT("lan")).at);
    ck_assert_ptr_null(usher_json_find(USHER_TEXT("[1]"), USHER_TEXT("x")).at);
    ck_assert_ptr_null(usher_json_find(USHER_NO_TEXT, USHER_TEXT("x")).at);

    ck_assert(usher_json_find_text(object, USHER_TEXT("lang"), room, sizeof(room), &text));
    ck_assert(usher_text_is_equal(text, USHER_TEXT("uk")));
    ck_assert(usher_json_find_text(object, USHER_TEXT("e"), room, 2, &text));
    ck_assert(usher_text_is_equal(text, USHER_TEXT("\xc3\xa9")));
    ck_assert(!usher_json_find_text(object, USHER_TEXT("e"), room, 1, &text));
    ck_assert(usher_json_find_text(object, USHER_TEXT("t"), room, sizeof(room), &text));
    ck_assert(usher_text_is_equal(text, USHER_TEXT("true")));
    ck_assert(!usher_json_find_text(object, USHER_TEXT("n"), room, sizeof(room), &text));
    ck_assert(!usher_json_find_text(object, USHER_TEXT("z"), room, sizeof(room), &text));
    ck_assert(!usher_json_find_text(object, USHER_TEXT("x"), room, sizeof(room), &text));
}
END_TEST

START_TEST(writer_cares_for_commas_and_escapes)
{
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, 1000);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("a\"b"));
    usher_json_write_text(&writer, USHER_TEXT("\b\f\n\r\t\x01\x1f\x7f\\ \xc3\xa9/"));
    usher_json_write_key(&writer, USHER_TEXT("list"));
    usher_json_write_open(&writer, '[');
    usher_json_write_int64(&writer, INT64_MIN);
    usher_json_write_double(&writer, 2.0 / 3);
    usher_json_write_double(&writer, -1e20);
    usher_json_write_double(&writer, (double)NAN);
    usher_json_write_bool(&writer, true);
    usher_json_write_open(&writer, '{');
    usher_json_write_close(&writer, '}');
    usher_json_write_raw(&writer, USHER_TEXT("{\"k\":1}"));
    usher_json_write_close(&writer, ']');
    usher_json_write_key(&writer, USHER_TEXT("end"));
    usher_json_write_bool(&writer, false);
    usher_json_write_close(&writer, '}');
    usher_bytes_append_char(&out, '\0');
    ck_assert_str_eq(
        out.at,
        "{\"a\\\"b\":\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\\\ \xc3\xa9/\","
        "\"list\":[-9223372036854775808,0.666667,-1e+20,null,true,{},{\"k\":1}],\"end\":false}");
    usher_bytes_fini(&out);
}
END_TEST

START_TEST(merged_object_has_each_key_once_and_the_first_one_is_right)
{
    const struct {
        const char *first;
        const char *second;
        const char *merged;
    } rows[] = {
        {"{}", "{}", "{}"},
        {"{\"a\":1}", "{}", "{\"a\":1}"},
        {"{}", "{\"a\":1}", "{\"a\":1}"},
        {"{\"a\":1,\"b\":[2]}", "{\"b\":{},\"c\":\"x\"}", "{\"a\":1,\"b\":[2],\"c\":\"x\"}"},
        {"{\"a\":null}", "{\"\\u0061\":1}", "{\"a\":null}"},
        {"{\"q\\\"\":1}", "{\"z\":2}", "{\"q\\\"\":1,\"z\":2}"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        struct usher_bytes out;
        usher_bytes_init(&out, 100);
        ck_assert(
            usher_json_merge(usher_text_of(rows[i].first), usher_text_of(rows[i].second), &out));
        ck_assert_msg(usher_text_is_equal(usher_bytes_text(&out), usher_text_of(rows[i].merged)),
                      "%.*s", USHER_TEXT_ARGS(usher_bytes_text(&out)));
        usher_bytes_fini(&out);
    }
}
END_TEST

START_TEST(merge_takes_keys_of_any_length_and_absent_objects)
{
    char escaped[340];
    char plain[340];
    struct usher_bytes out;
    (void)snprintf(escaped, sizeof(escaped), "{\"\\u0061%0300d\":1}", 7);
    (void)snprintf(plain, sizeof(plain), "{\"a%0300d\":1}", 7);
    usher_bytes_init(&out, 400);
    ck_assert(usher_json_merge(usher_text_of(escaped), usher_text_of(plain), &out));
    ck_assert(usher_text_is_equal(usher_bytes_text(&out), usher_text_of(plain)));
    usher_bytes_clear(&out);
    ck_assert(usher_json_merge(USHER_NO_TEXT, usher_text_of(plain), &out));
    ck_assert(usher_text_is_equal(usher_bytes_text(&out), usher_text_of(plain)));
    usher_bytes_clear(&out);
    ck_assert(usher_json_merge(usher_text_of(plain), USHER_NO_TEXT, &out));
    ck_assert(usher_text_is_equal(usher_bytes_text(&out), usher_text_of(plain)));
    usher_bytes_fini(&out);
}
END_TEST

START_TEST(what_is_no_object_or_has_no_room_is_not_merged)
{
    struct usher_bytes out;
    usher_bytes_init(&out, 9);
    ck_assert(!usher_json_merge(USHER_TEXT("[1]"), USHER_TEXT("{}"), &out));
    usher_bytes_clear(&out);
    ck_assert(!usher_json_merge(USHER_TEXT("{}"), USHER_TEXT("7"), &out));
    usher_bytes_clear(&out);
    ck_assert(!usher_json_merge(USHER_TEXT("{\"a\":1}"), USHER_TEXT("{\"b\":2}"), &out));
    usher_bytes_fini(&out);
}
END_TEST

SUITE_MAIN("json", whole_values_are_accepted_with_white_space_around_them,
           lines_that_end_too_early_are_refused_at_their_end,
           wrong_grammar_is_refused_at_its_column, strings_with_bad_bytes_or_escapes_are_refused,
           bad_utf8_is_refused_at_its_first_byte,
           duplicate_keys_are_found_in_any_object_however_they_are_written, depth_is_bounded,
           open_keys_are_bounded, reader_gives_each_value_once_and_in_order,
           string_with_an_escape_cannot_be_read_without_scratch,
           only_whole_numbers_of_64_bits_are_read_as_numbers,
           member_is_found_by_its_key_however_it_is_written, writer_cares_for_commas_and_escapes,
           merged_object_has_each_key_once_and_the_first_one_is_right,
           merge_takes_keys_of_any_length_and_absent_objects,
           what_is_no_object_or_has_no_room_is_not_merged)
