/* Text: comparing, copying, numbers, ids. */
#include <check.h>

#include "base/text.h"
#include "unit/suite.h"

START_TEST(shorter_text_comes_before_longer_with_the_same_beginning)
{
    ck_assert_int_lt(usher_text_compare(USHER_TEXT("ab"), USHER_TEXT("abc")), 0);
    ck_assert_int_gt(usher_text_compare(USHER_TEXT("b"), USHER_TEXT("abc")), 0);
    ck_assert_int_eq(usher_text_compare(USHER_TEXT("abc"), USHER_TEXT("abc")), 0);
    ck_assert_int_eq(usher_text_compare(USHER_TEXT(""), USHER_NO_TEXT), 0);
}
END_TEST

START_TEST(text_that_does_not_fit_leaves_the_room_unchanged)
{
    char room[4] = "old";
    ck_assert(!usher_text_copy(room, sizeof(room), USHER_TEXT("four")));
    ck_assert_str_eq(room, "old");
    ck_assert(usher_text_copy(room, sizeof(room), USHER_TEXT("new")));
    ck_assert_str_eq(room, "new");
    ck_assert(usher_text_copy(room, sizeof(room), USHER_NO_TEXT));
    ck_assert_str_eq(room, "");
}
END_TEST

START_TEST(kept_text_takes_the_place_of_the_one_before)
{
    char *kept = NULL;
    ck_assert(usher_text_keep(&kept, USHER_TEXT("before")));
    ck_assert_str_eq(kept, "before");
    ck_assert(usher_text_keep(&kept, (struct usher_text){kept + 2, 3})); /* of itself */
    ck_assert_str_eq(kept, "for");
    ck_assert(usher_text_keep(&kept, USHER_TEXT("")));
    ck_assert_str_eq(kept, "");
    ck_assert(usher_text_keep(&kept, USHER_NO_TEXT));
    ck_assert_ptr_null(kept);
}
END_TEST

START_TEST(whole_numbers_are_read_up_to_their_ends)
{
    static const struct {
        const char *text;
        int64_t number;
    } cases[] = {
        {"0", 0},
        {"-1", -1},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-9223372036854775807", -INT64_MAX},
        {"1763745600123", INT64_C(1763745600123)},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        int64_t number = 42;
        ck_assert_msg(usher_text_read_int64(usher_text_of(cases[i].text), &number), "%s",
                      cases[i].text);
        ck_assert_int_eq(number, cases[i].number);
    }
}
END_TEST

START_TEST(what_is_no_whole_number_is_refused_and_changes_nothing)
{
    static const char *const cases[] = {
        "",
        "-",
        "+1",
        "01",
        "-01",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "0x10",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "--1",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        int64_t number = 42;
        ck_assert_msg(!usher_text_read_int64(usher_text_of(cases[i]), &number), "%s", cases[i]);
        ck_assert_int_eq(number, 42);
    }
}
END_TEST

START_TEST(written_numbers_have_all_their_digits)
{
    char room[USHER_UINT64_DIGITS_MAX];
    ck_assert_uint_eq(usher_text_write_uint64(0, room), 1);
    ck_assert_mem_eq(room, "0", 1);
    ck_assert_uint_eq(usher_text_write_uint64(UINT64_MAX, room), 20);
    ck_assert_mem_eq(room, "18446744073709551615", 20);
}
END_TEST

START_TEST(ids_have_only_the_characters_of_ids)
{
    ck_assert(usher_text_is_id(USHER_TEXT("azAZ09._@:+-")));
    ck_assert(!usher_text_is_id(USHER_TEXT("")));
    ck_assert(!usher_text_is_id(USHER_TEXT("a/b")));
    ck_assert(!usher_text_is_id(USHER_TEXT("a b")));
    ck_assert(!usher_text_is_id(USHER_TEXT("{a}")));
    ck_assert(!usher_text_is_id(USHER_TEXT("a\0b")));
    ck_assert(!usher_text_is_id(USHER_TEXT("\xd1\x8f")));
}
END_TEST

SUITE_MAIN("text", shorter_text_comes_before_longer_with_the_same_beginning,
           text_that_does_not_fit_leaves_the_room_unchanged,
           kept_text_takes_the_place_of_the_one_before, whole_numbers_are_read_up_to_their_ends,
           what_is_no_whole_number_is_refused_and_changes_nothing,
           written_numbers_have_all_their_digits, ids_have_only_the_characters_of_ids)
