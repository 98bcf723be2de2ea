/* The calendar: days, weekdays, and what people write. */
#include <check.h>

#include "base/civil.h"
#include "unit/suite.h"

START_TEST(every_day_of_eight_centuries_is_found_again)
{
    struct usher_date expected = {1600, 1, 1};
    int64_t first = usher_date_days(expected);
    for (int64_t days = first; days < first + 2 * 146097; days++) {
        struct usher_date date = usher_date_of_days(days);
        ck_assert(date.year == expected.year && date.month == expected.month &&
                  date.day == expected.day);
        ck_assert_int_eq(usher_date_days(date), days);
        if (expected.day++ == usher_month_days(expected.year, expected.month)) {
            expected.day = 1;
            expected.month = expected.month % 12 + 1;
            expected.year += expected.month == 1;
        }
    }
    ck_assert_int_eq(usher_date_days((struct usher_date){1970, 1, 1}), 0);
}
END_TEST

START_TEST(weekdays_begin_with_monday)
{
    ck_assert_int_eq(usher_weekday_of_days(0), 3);
    ck_assert_int_eq(usher_weekday_of_days(-1), 2);
    ck_assert_int_eq(usher_weekday_of_days(-11), 6);
    ck_assert_int_eq(usher_weekday_of_days(usher_date_days((struct usher_date){2026, 10, 25})), 6);
}
END_TEST

START_TEST(a_date_is_read_when_it_exists)
{
    static const char *const wrong[] = {"",           "2026-1-01",  "2026-13-01",  "2026-00-01",
                                        "2026-02-29", "2026-04-31", "2026-01-001", "26-01-01",
                                        "2026/01/01", "2026-01-00", "12-25",       "-026-01-01"};
    struct usher_date date = {1, 1, 1};
    for (size_t i = 0; i < USHER_COUNT_OF(wrong); i++)
        ck_assert_msg(!usher_date_read(usher_text_of(wrong[i]), false, &date), "%s", wrong[i]);
    ck_assert_int_eq(date.year, 1);
    ck_assert(usher_date_read(USHER_TEXT("2024-02-29"), false, &date));
    ck_assert(date.year == 2024 && date.month == 2 && date.day == 29);
    ck_assert(usher_date_read(USHER_TEXT("12-25"), true, &date));
    ck_assert(date.year == -1 && date.month == 12 && date.day == 25);
    ck_assert(usher_date_read(USHER_TEXT("02-29"), true, &date));
    ck_assert(!usher_date_read(USHER_TEXT("02-30"), true, &date));
}
END_TEST

START_TEST(a_time_of_day_ends_at_24_00)
{
    static const char *const wrong[] = {"",      "8:00",  "08:60", "24:01",
                                        "25:00", "08.00", "08:0",  "08:000"};
    int minutes = 7;
    for (size_t i = 0; i < USHER_COUNT_OF(wrong); i++)
        ck_assert_msg(!usher_clock_read(usher_text_of(wrong[i]), &minutes), "%s", wrong[i]);
    ck_assert_int_eq(minutes, 7);
    ck_assert(usher_clock_read(USHER_TEXT("08:05"), &minutes));
    ck_assert_int_eq(minutes, 485);
    ck_assert(usher_clock_read(USHER_TEXT("24:00"), &minutes));
    ck_assert_int_eq(minutes, 1440);
}
END_TEST

SUITE_MAIN("civil", every_day_of_eight_centuries_is_found_again, weekdays_begin_with_monday,
           a_date_is_read_when_it_exists, a_time_of_day_ends_at_24_00)
