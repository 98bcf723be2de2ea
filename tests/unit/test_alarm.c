#include "journal/alarm.h"

#include "unit/suite.h"

static struct alarm alarm_of_test;

static bool raise_at(enum alarm_kind kind, int64_t now_ms)
{
    return alarm_raise(&alarm_of_test, kind, USHER_TEXT("key"), USHER_NO_TEXT, USHER_TEXT("why"),
                       now_ms);
}

START_TEST(alarm_is_told_once_and_again_after_a_minute)
{
    alarm_of_test = (struct alarm){.is_any = false};
    ck_assert(raise_at(ALARM_MEMORY, 1000));
    ck_assert(!raise_at(ALARM_MEMORY, 2000));
    ck_assert(!raise_at(ALARM_MEMORY, 60999));
    ck_assert(raise_at(ALARM_MEMORY, 61000));
    ck_assert(!raise_at(ALARM_MEMORY, 62000));
}
END_TEST

START_TEST(alarms_that_take_turns_are_each_told_once)
{
    alarm_of_test = (struct alarm){.is_any = false};
    ck_assert(raise_at(ALARM_LOADING, 1000));
    ck_assert(raise_at(ALARM_READ_ONLY, 1001));
    ck_assert(!raise_at(ALARM_LOADING, 1002));
    ck_assert(!raise_at(ALARM_READ_ONLY, 1003));
}
END_TEST

START_TEST(alarm_that_was_over_is_told_anew)
{
    alarm_of_test = (struct alarm){.is_any = false};
    ck_assert(raise_at(ALARM_DISK, 1000));
    alarm_end(&alarm_of_test, USHER_TEXT("key"), 2000);
    ck_assert(!alarm_of_test.is_any);
    ck_assert(raise_at(ALARM_DISK, 3000));
}
END_TEST

START_TEST(error_is_known_by_its_first_word)
{
    ck_assert_int_eq(alarm_of_error(USHER_TEXT("OOM command not allowed")), ALARM_MEMORY);
    ck_assert_int_eq(alarm_of_error(USHER_TEXT("NOPERM this user has")), ALARM_PERMISSION);
    ck_assert_int_eq(alarm_of_error(USHER_TEXT("OOMPH")), ALARM_OTHER);
    ck_assert_int_eq(alarm_of_error(USHER_TEXT("ERR unknown command")), ALARM_OTHER);
    ck_assert_int_eq(alarm_of_error(USHER_NO_TEXT), ALARM_OTHER);
}
END_TEST

SUITE_MAIN("alarm", alarm_is_told_once_and_again_after_a_minute,
           alarms_that_take_turns_are_each_told_once, alarm_that_was_over_is_told_anew,
           error_is_known_by_its_first_word)
