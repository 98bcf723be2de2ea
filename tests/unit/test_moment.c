/* Moments as people write them. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "ctl/past/moment.h"
#include "unit/suite.h"

#define NOW INT64_C(1763719200123) /* 2025-11-21T10:00:00.123Z, noon in Kyiv */
#define DAY INT64_C(86400000)

static void be_in_kyiv(void)
{
    setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4", 1);
    tzset();
}

static int64_t read(const char *text)
{
    int64_t at_ms = -7;
    be_in_kyiv();
    if (!moment_read(text, NOW, &at_ms))
        ck_assert_int_eq(at_ms, -7);
    return at_ms;
}

START_TEST(a_time_is_local_unless_a_z_stands_behind_it)
{
    ck_assert_int_eq(read("2025-11-21T12:00"), NOW - 123);
    ck_assert_int_eq(read("2025-11-21T10:00Z"), NOW - 123);
    ck_assert_int_eq(read("2025-11-21 12:00:05"), NOW - 123 + 5000);
    ck_assert_int_eq(read("2025-11-21T12:00:05.250"), NOW - 123 + 5250);
    ck_assert_int_eq(read("2025-11-21"), NOW - 123 - DAY / 2);
    ck_assert_int_eq(read("2025-07-01T12:00") % DAY, DAY * 9 / 24);
}
END_TEST

START_TEST(a_time_without_a_date_is_of_today)
{
    ck_assert_int_eq(read("12:00"), NOW - 123);
    ck_assert_int_eq(read("10:00Z"), NOW - 123);
    ck_assert_int_eq(read("00:00:01"), NOW - 123 - DAY / 2 + 1000);
}
END_TEST

START_TEST(ago_now_and_milliseconds_are_moments)
{
    ck_assert_int_eq(read("now"), NOW);
    ck_assert_int_eq(read("-90s"), NOW - 90000);
    ck_assert_int_eq(read("-15m"), NOW - 900000);
    ck_assert_int_eq(read("-2h"), NOW - 7200000);
    ck_assert_int_eq(read("-3d"), NOW - 3 * DAY);
    ck_assert_int_eq(read("1763719200123"), NOW);
}
END_TEST

START_TEST(what_no_clock_shows_is_refused)
{
    static const char *const bad[] = {
        "",           "noon",        "24:00",      "12:60",       "12:00:60",
        "2025-02-29", "2025-13-01",  "2025-1-1",   "12",          "12:0",
        "12:00x",     "-15",         "-m",         "--15m",       "-15w",
        "1763719200", "2025-11-21T", "12:00:00.1", "2025-11-21x", "2025-03-30T03:30",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(read(bad[i]) == -7, "%s", bad[i]);
}
END_TEST

START_TEST(a_moment_is_written_so_that_it_can_be_read)
{
    char room[MOMENT_SIZE];
    be_in_kyiv();
    ck_assert_str_eq(moment_write(NOW, room), "2025-11-21 12:00:00");
    ck_assert_int_eq(read(room), NOW - 123);
}
END_TEST

SUITE_MAIN("moment", a_time_is_local_unless_a_z_stands_behind_it, a_time_without_a_date_is_of_today,
           ago_now_and_milliseconds_are_moments, what_no_clock_shows_is_refused,
           a_moment_is_written_so_that_it_can_be_read)
