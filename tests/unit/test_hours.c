/* Opening hours: what a file may say, and when it is open by it. */
#include <check.h>
#include <stdio.h>

#include "rules/compile.h"
#include "rules/rules.h"
#include "unit/suite.h"
#include "unit/zone_file.h"

static struct usher_problems problems;
static struct usher_rules_owner owner;

/* Hours as the key `hours` of a mapping, and holidays beside it. */
static const struct usher_hours *read_hours(const char *text)
{
    struct usher_document document;
    struct usher_compile compile = {&owner, &owner.rules, &owner.arena, &problems};
    usher_problems_init(&problems);
    memset(&owner, 0, sizeof(owner));
    usher_arena_init(&owner.arena);
    ck_assert(usher_document_read(&document, usher_text_of(text), &problems));
    const struct usher_hours *hours =
        usher_compile_hours(&compile, usher_node_find(document.root, USHER_TEXT("hours")));
    usher_compile_holidays(&compile, usher_node_find(document.root, USHER_TEXT("holidays")));
    usher_document_fini(&document);
    return hours;
}

static void close_hours(void)
{
    usher_arena_fini(&owner.arena);
}

/* What is open from local time to local time: "fri 20:00 - sat 08:00" one after the other, as the
 * moments tell them in UTC. */
static void expect_openings(const char *text, const char *zone_name, const char *from,
                            const char *until, const char *const expected[], size_t count)
{
    const struct usher_hours *hours = read_hours(text);
    ck_assert_msg(problems.count == 0, "%s", problems.list[0].what);
    struct usher_zone *zone = zone_file_read(zone_name);
    int64_t at_ms = zone_file_local(from);
    int64_t end_ms = zone_file_local(until);
    struct usher_opening opening;
    size_t seen = 0;
    for (; at_ms < end_ms; at_ms = opening.until_ms) {
        opening = usher_hours_at(hours, &owner.rules.holidays, zone, at_ms);
        ck_assert_int_gt(opening.until_ms, at_ms);
        if (opening.until_ms > end_ms)
            break;
        ck_assert_msg(seen < count, "%s: more than %zu changes", text, count);
        ck_assert_msg(opening.until_ms == zone_file_local(expected[seen] + 7) &&
                          opening.is_open == (expected[seen][0] == 'c'),
                      "%s: change %zu is %s at %+lld minutes from %s", text, seen,
                      opening.is_open ? "a closing" : "an opening",
                      (long long)(opening.until_ms - zone_file_local(expected[seen] + 7)) / 60000,
                      expected[seen]);
        seen++;
    }
    ck_assert_msg(seen == count, "%s: %zu changes, and not %zu", text, seen, count);
    usher_zone_free(zone);
    close_hours();
}

#define EXPECT_OPENINGS(text, zone, from, until, ...)                                              \
    do {                                                                                           \
        const char *const expected_[] = {__VA_ARGS__};                                             \
        expect_openings(text, zone, from, until, expected_, USHER_COUNT_OF(expected_));            \
    } while (0)

START_TEST(a_week_opens_and_closes_by_its_days)
{
    EXPECT_OPENINGS("hours: {mon-fri: \"08:00-20:00\", sat: \"10:00-16:00\"}\n", "UTC",
                    "2026-11-20 12:00", "2026-11-23 12:00", "closes 2026-11-20 20:00",
                    "opens  2026-11-21 10:00", "closes 2026-11-21 16:00",
                    "opens  2026-11-23 08:00");
}
END_TEST

START_TEST(a_day_may_have_several_ranges)
{
    EXPECT_OPENINGS("hours: {mon-sun: [\"13:00-17:00\", \"08:00-12:00\"]}\n", "UTC",
                    "2026-11-20 09:00", "2026-11-21 09:00", "closes 2026-11-20 12:00",
                    "opens  2026-11-20 13:00", "closes 2026-11-20 17:00",
                    "opens  2026-11-21 08:00");
    EXPECT_OPENINGS("hours: \"08:00-12:00, 12:00-17:00\"\n", "UTC", "2026-11-20 09:00",
                    "2026-11-21 09:00", "closes 2026-11-20 17:00", "opens  2026-11-21 08:00");
}
END_TEST

START_TEST(a_night_goes_on_across_midnight)
{
    EXPECT_OPENINGS("hours: \"20:00-08:00\"\n", "UTC", "2026-11-20 12:00", "2026-11-22 12:00",
                    "opens  2026-11-20 20:00", "closes 2026-11-21 08:00", "opens  2026-11-21 20:00",
                    "closes 2026-11-22 08:00");
    /* only the night that begins on Friday */
    EXPECT_OPENINGS("hours: {fri: \"20:00-08:00\"}\n", "UTC", "2026-11-21 01:00",
                    "2026-11-28 12:00", "closes 2026-11-21 08:00", "opens  2026-11-27 20:00",
                    "closes 2026-11-28 08:00");
    /* over the end of the week */
    EXPECT_OPENINGS("hours: {fri-mon: \"22:00-06:00\"}\n", "UTC", "2026-11-22 12:00",
                    "2026-11-24 12:00", "opens  2026-11-22 22:00", "closes 2026-11-23 06:00",
                    "opens  2026-11-23 22:00", "closes 2026-11-24 06:00");
}
END_TEST

START_TEST(whole_days_have_no_midnight_between_them)
{
    EXPECT_OPENINGS("hours: {\"sat,sun\": always, mon: \"00:00-12:00\"}\n", "UTC",
                    "2026-11-20 12:00", "2026-11-24 12:00", "opens  2026-11-21 00:00",
                    "closes 2026-11-23 12:00");
}
END_TEST

START_TEST(always_and_closed_never_change)
{
    ck_assert(usher_hours_at(NULL, NULL, NULL, 5).is_open);
    struct usher_opening opening = usher_hours_at(read_hours("hours: always\n"), NULL, NULL, 5);
    ck_assert(opening.is_open && opening.until_ms == INT64_MAX);
    close_hours();
    const struct usher_hours *closed = read_hours("hours: closed\n");
    opening = usher_hours_at(closed, NULL, NULL, 5);
    ck_assert(!opening.is_open && opening.until_ms == INT64_MAX);
    close_hours();
}
END_TEST

START_TEST(a_holiday_is_all_that_holds_on_its_date)
{
    EXPECT_OPENINGS("hours: {mon-fri: \"08:00-20:00\"}\n"
                    "holidays: {2026-12-25: closed, 12-24: \"08:00-13:00\"}\n",
                    "UTC", "2026-12-23 12:00", "2026-12-29 00:00", "closes 2026-12-23 20:00",
                    "opens  2026-12-24 08:00", "closes 2026-12-24 13:00", "opens  2026-12-28 08:00",
                    "closes 2026-12-28 20:00");
    EXPECT_OPENINGS("hours: \"20:00-08:00\"\nholidays: [2026-12-25]\n", "UTC", "2026-12-24 12:00",
                    "2026-12-27 00:00", "opens  2026-12-24 20:00", "closes 2026-12-25 00:00",
                    "opens  2026-12-26 20:00");
    EXPECT_OPENINGS("hours: always\nholidays: {12-25: \"22:00-02:00\"}\n", "UTC",
                    "2027-12-24 12:00", "2027-12-27 00:00", "closes 2027-12-25 00:00",
                    "opens  2027-12-25 22:00");
}
END_TEST

/* Kyiv is 2 hours ahead of UTC in winter, 3 in summer. */
START_TEST(hours_go_with_the_clocks_of_the_zone)
{
    EXPECT_OPENINGS("hours: \"08:00-20:00\"\n", "Europe/Kyiv", "2026-03-28 12:00",
                    "2026-03-29 20:00", "closes 2026-03-28 18:00", "opens  2026-03-29 05:00",
                    "closes 2026-03-29 17:00");
    EXPECT_OPENINGS("hours: \"08:00-20:00\"\n", "Europe/Kyiv", "2026-10-24 12:00",
                    "2026-10-25 20:00", "closes 2026-10-24 17:00", "opens  2026-10-25 06:00",
                    "closes 2026-10-25 18:00");
}
END_TEST

START_TEST(a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn)
{
    EXPECT_OPENINGS("hours: \"20:00-08:00\"\n", "Europe/Kyiv", "2026-03-28 12:00",
                    "2026-03-29 12:00", "opens  2026-03-28 18:00", "closes 2026-03-29 05:00");
    EXPECT_OPENINGS("hours: \"20:00-08:00\"\n", "Europe/Kyiv", "2026-10-24 12:00",
                    "2026-10-25 12:00", "opens  2026-10-24 17:00", "closes 2026-10-25 06:00");
}
END_TEST

START_TEST(an_hour_that_never_comes_opens_and_closes_when_it_is_skipped)
{
    EXPECT_OPENINGS("hours: \"03:30-12:00\"\n", "Europe/Kyiv", "2026-03-28 23:00",
                    "2026-03-29 08:00", "opens  2026-03-29 01:00");
    EXPECT_OPENINGS("hours: \"01:00-03:30\"\n", "Europe/Kyiv", "2026-03-28 12:00",
                    "2026-03-29 12:00", "opens  2026-03-28 23:00", "closes 2026-03-29 01:00");
    EXPECT_OPENINGS("hours: \"03:15-03:45\"\n", "Europe/Kyiv", "2026-03-28 12:00",
                    "2026-03-30 12:00", "opens  2026-03-30 00:15", "closes 2026-03-30 00:45");
}
END_TEST

START_TEST(an_hour_that_comes_twice_counts_the_first_time)
{
    EXPECT_OPENINGS("hours: \"03:15-03:45\"\n", "Europe/Kyiv", "2026-10-24 12:00",
                    "2026-10-25 12:00", "opens  2026-10-25 00:15", "closes 2026-10-25 00:45");
    EXPECT_OPENINGS("hours: \"03:30-05:00\"\n", "Europe/Kyiv", "2026-10-24 12:00",
                    "2026-10-25 12:00", "opens  2026-10-25 00:30", "closes 2026-10-25 03:00");
}
END_TEST

START_TEST(wrong_hours_are_told_with_their_place)
{
    static const struct {
        const char *text;
        size_t line;
        size_t column;
        const char *what;
    } cases[] = {
        {"hours: 8-20\n", 1, 8, "no hours are called `8-20`"},
        {"hours: \"08:00-08:00\"\n", 1, 8, "no hours are called"},
        {"hours: \"24:00-08:00\"\n", 1, 8, "no hours are called"},
        {"hours: \"08:00-20:00,\"\n", 1, 8, "no hours are called ``"},
        {"hours: {mo-fr: \"08:00-20:00\"}\n", 1, 9, "no days are called `mo-fr`"},
        {"hours: {mon-fri: \"08:00-20:00\", fri: closed}\n", 1, 33,
         "fri has its hours from `mon-fri` in line 1 already"},
        {"hours: {mon: {fri: closed}}\n", 1, 14, "not a mapping"},
        {"hours: \"08:00-12:00, 11:30-17:00\"\n", 1, 8,
         "the hours from 11:30 overlap those from 08:00 until 12:00"},
        {"hours:\n  fri: \"20:00-08:00\"\n  sat: \"07:00-16:00\"\n", 3, 8,
         "the hours from 07:00 overlap those from 20:00 until 08:00"},
        {"holidays: {2026-02-30: closed}\n", 1, 12, "no date is called `2026-02-30`"},
        {"holidays: [12-25, 12-25]\n", 1, 19, "`12-25` is in this list twice"},
        {"holidays: {12-25: \"08:00-12:00, 10:00-13:00\"}\n", 1, 19,
         "the hours from 10:00 overlap"},
        {"holidays: closed\n", 1, 11, "`holidays` is a mapping"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        (void)read_hours(cases[i].text);
        ck_assert_msg(problems.count > 0, "%s: no problem", cases[i].text);
        usher_problems_sort(&problems);
        ck_assert_msg(strstr(problems.list[0].what, cases[i].what) != NULL, "%s: %s", cases[i].text,
                      problems.list[0].what);
        ck_assert_msg(problems.list[0].line == cases[i].line &&
                          problems.list[0].column == cases[i].column,
                      "%s: %zu:%zu", cases[i].text, problems.list[0].line, problems.list[0].column);
        close_hours();
    }
}
END_TEST

START_TEST(the_site_has_a_zone)
{
    static const char text[] = "timezone: Europe/Kyiv\nqueues: {a: {}}\nroutes: [{queue: a}]\n";
    struct usher_rules_zone zone;
    usher_problems_init(&problems);
    struct usher_rules *rules = usher_rules_read(USHER_TEXT(text), "0", &problems);
    ck_assert_ptr_nonnull(rules);
    ck_assert_str_eq(rules->timezone.name, "Europe/Kyiv");
    ck_assert_uint_eq(rules->timezone.column, 11);
    usher_rules_free(rules);
    ck_assert(usher_rules_find_zone(USHER_TEXT("bad: 1\ntimezone: Europe/Kiiv\n"), &zone));
    ck_assert_str_eq(zone.name, "Europe/Kiiv");
    ck_assert_uint_eq(zone.line, 2);
    ck_assert(!usher_rules_find_zone(USHER_TEXT("queues: {}\n"), &zone));
    rules = usher_rules_read(USHER_TEXT("timezone: ../x\nqueues: {a: {}}\nroutes: [{queue: a}]\n"),
                             "0", &problems);
    ck_assert_ptr_null(rules);
    ck_assert(strstr(problems.list[0].what, "the name of a zone") != NULL);
}
END_TEST

SUITE_MAIN("hours", a_week_opens_and_closes_by_its_days, a_day_may_have_several_ranges,
           a_night_goes_on_across_midnight, whole_days_have_no_midnight_between_them,
           always_and_closed_never_change, a_holiday_is_all_that_holds_on_its_date,
           hours_go_with_the_clocks_of_the_zone,
           a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn,
           an_hour_that_never_comes_opens_and_closes_when_it_is_skipped,
           an_hour_that_comes_twice_counts_the_first_time, wrong_hours_are_told_with_their_place,
           the_site_has_a_zone)
