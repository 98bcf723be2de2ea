/* Values: how each type is read and written. */
#include "rules/value.h"

#include "unit/suite.h"

static int64_t read_value(enum usher_value_type type, const char *text)
{
    int64_t number = -77;

    return usher_value_read(type, usher_text_of(text), &number) ? number : -77;
}

START_TEST(durations_are_whole_numbers_with_a_unit_or_zero)
{
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "0"), 0);
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "250ms"), 250);
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "15s"), 15000);
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "5m"), 300000);
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "4h"), 14400000);
    ck_assert_int_eq(read_value(USHER_VALUE_DURATION, "2d"), 172800000);
}
END_TEST

START_TEST(what_is_no_duration_is_refused)
{
    static const char *const cases[] = {
        "", "15", "s", "1.5s", "-1s", "+1s", "015s", "15 s", "15S", "1h30m", "1w", "106751991168d",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++)
        ck_assert_msg(read_value(USHER_VALUE_DURATION, cases[i]) == -77, "%s", cases[i]);
}
END_TEST

START_TEST(percentages_fractions_sizes_and_truths_are_read)
{
    ck_assert_int_eq(read_value(USHER_VALUE_PERCENT, "80%"), 80);
    ck_assert_int_eq(read_value(USHER_VALUE_PERCENT, "80"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_PERCENT, "%"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "0.15"), 150);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "0.005"), 5);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "1"), 1000);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "0.1505"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, ".5"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "1."), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "-0.5"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_FRACTION, "0.1x"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_BYTES, "8KiB"), 8192);
    ck_assert_int_eq(read_value(USHER_VALUE_BYTES, "1GiB"), 1073741824);
    ck_assert_int_eq(read_value(USHER_VALUE_BYTES, "100"), 100);
    ck_assert_int_eq(read_value(USHER_VALUE_BYTES, "8KB"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_BYTES, "9223372036854775807GiB"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_BOOL, "true"), 1);
    ck_assert_int_eq(read_value(USHER_VALUE_BOOL, "false"), 0);
    ck_assert_int_eq(read_value(USHER_VALUE_BOOL, "yes"), -77);
    ck_assert_int_eq(read_value(USHER_VALUE_WHOLE, "12"), 12);
    ck_assert_int_eq(read_value(USHER_VALUE_WHOLE, "1e3"), -77);
}
END_TEST

START_TEST(values_are_written_as_people_write_them)
{
    char room[USHER_VALUE_TEXT_SIZE];

    ck_assert_str_eq(usher_value_write(USHER_VALUE_DURATION, 0, room), "0");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_DURATION, 250, room), "250ms");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_DURATION, 90000, room), "90s");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_DURATION, 86400000, room), "1d");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_BYTES, 65536, room), "64KiB");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_BYTES, 100, room), "100");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_FRACTION, 150, room), "0.15");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_FRACTION, 1000, room), "1");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_PERCENT, 80, room), "80%");
    ck_assert_str_eq(usher_value_write(USHER_VALUE_WHOLE, 12, room), "12");
}
END_TEST

SUITE_MAIN("value", durations_are_whole_numbers_with_a_unit_or_zero, what_is_no_duration_is_refused,
           percentages_fractions_sizes_and_truths_are_read, values_are_written_as_people_write_them)
