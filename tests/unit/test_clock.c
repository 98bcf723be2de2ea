/* The router's clock. */
#include <check.h>

#include "clock.h"
#include "unit/suite.h"

START_TEST(clock_is_carried_on_by_boot_time)
{
    struct clock clock;
    clock_init_at(&clock, 1000000, 50);
    ck_assert_int_eq(clock.now_ms, 1000000);
    ck_assert_int_eq(clock_read_at(&clock, 80), 1000030);
    ck_assert_int_eq(clock_read_at(&clock, 80), 1000030);
}
END_TEST

START_TEST(clock_never_goes_back)
{
    struct clock clock;
    clock_init_at(&clock, 1000000, 50);
    ck_assert_int_eq(clock_read_at(&clock, 90), 1000040);
    ck_assert_int_eq(clock_read_at(&clock, 60), 1000040);
    ck_assert_int_eq(clock_read_at(&clock, 100), 1000050);
}
END_TEST

START_TEST(clock_goes_on_from_a_later_event_and_ignores_an_earlier_one)
{
    struct clock clock;
    clock_init_at(&clock, 1000000, 50);
    clock_follow(&clock, 900000);
    ck_assert_int_eq(clock_read_at(&clock, 60), 1000010);
    clock_follow(&clock, 2000000);
    ck_assert_int_eq(clock.now_ms, 2000000);
    ck_assert_int_eq(clock_read_at(&clock, 61), 2000001);
}
END_TEST

START_TEST(clock_of_the_system_starts_at_the_civil_time)
{
    struct clock clock;
    clock_init(&clock);
    int64_t start_ms = clock.now_ms;
    ck_assert_int_gt(start_ms, INT64_C(1500000000000));
    ck_assert_int_ge(clock_read(&clock), start_ms);
}
END_TEST

SUITE_MAIN("clock", clock_is_carried_on_by_boot_time, clock_never_goes_back,
           clock_goes_on_from_a_later_event_and_ignores_an_earlier_one,
           clock_of_the_system_starts_at_the_civil_time)
