/* The account of a day, from a handful of events. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/daybook.h"
#include "unit/suite.h"

static struct usher_daybook *open_book(int64_t counts_ms)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.contacts = 16;
    limits.agents = 2;
    struct usher_daybook *book = usher_daybook_new(&limits, counts_ms, 100000, USHER_TEXT("gold"));
    ck_assert_ptr_nonnull(book);
    return book;
}

static struct usher_event event_of(enum usher_event_kind kind, int64_t at_ms, const char *contact,
                                   const char *agent)
{
    struct usher_event event = {.kind = kind, .at_ms = at_ms};
    if (contact)
        USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    if (agent)
        USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent));
    return event;
}

static void arrive(struct usher_daybook *book, int64_t at_ms, const char *contact, const char *tier)
{
    struct usher_event event = event_of(USHER_EVENT_CONTACT_ARRIVED, at_ms, contact, NULL);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("calls"));
    USHER_FIELDS_SET(&event.fields, TIER, tier, usher_text_of(tier));
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms, at_ms + 20000);
    ck_assert(usher_daybook_apply(book, &event));
}

static void happen(struct usher_daybook *book, enum usher_event_kind kind, int64_t at_ms,
                   const char *contact, const char *agent)
{
    struct usher_event event = event_of(kind, at_ms, contact, agent);
    if (kind == USHER_EVENT_CONTACT_OFFERED)
        USHER_FIELDS_SET(&event.fields, MATCH, match, 800);
    ck_assert(usher_daybook_apply(book, &event));
}

static void serve(struct usher_daybook *book, const char *contact, const char *agent,
                  int64_t from_ms, int64_t to_ms)
{
    happen(book, USHER_EVENT_CONTACT_OFFERED, from_ms, contact, agent);
    happen(book, USHER_EVENT_CONTACT_ANSWERED, from_ms, contact, agent);
    happen(book, USHER_EVENT_CONTACT_DONE, to_ms, contact, agent);
}

START_TEST(figures_are_those_of_the_events)
{
    struct usher_daybook *book = open_book(0);
    happen(book, USHER_EVENT_AGENT_READY, 0, NULL, "anna");
    arrive(book, 10000, "p/1", "gold");
    serve(book, "p/1", "anna", 10000, 40000);
    arrive(book, 12000, "p/2", "standard");
    arrive(book, 13000, "p/3", "standard");
    happen(book, USHER_EVENT_CONTACT_ABANDONED, 16000, "p/3", NULL); /* too soon to count */
    arrive(book, 14000, "p/4", "standard");
    happen(book, USHER_EVENT_CONTACT_ABANDONED, 24000, "p/4", NULL);
    serve(book, "p/2", "anna", 42000, 72000); /* after 30 s, late */
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_double_eq(figures.arrived, 4);
    ck_assert_double_eq_tol(figures.service_level, 1.0 / 3, 1e-9);
    ck_assert_double_eq(figures.worst_level, 0);
    ck_assert_double_eq(figures.first_level, 1);
    ck_assert_double_eq(figures.waited, .75);
    ck_assert_double_eq(figures.answer_s, 15);
    ck_assert_double_eq(figures.longest_s, 30);
    ck_assert_double_eq(figures.abandoned, .5);
    ck_assert_double_eq(figures.match, .8);
    ck_assert_double_eq_tol(figures.occupancy, .6, 1e-9);
    ck_assert_int_eq(usher_daybook_open_count(book), 0);
    usher_daybook_free(book);
}
END_TEST

START_TEST(who_finds_somebody_free_does_not_have_to_wait)
{
    struct usher_daybook *book = open_book(0);
    arrive(book, 10000, "p/1", "standard");
    happen(book, USHER_EVENT_CONTACT_OFFERED, 10000, "p/1", "anna");
    happen(book, USHER_EVENT_CONTACT_ANSWERED, 13000, "p/1", "anna"); /* it rang for 3 s */
    arrive(book, 11000, "p/2", "standard");
    happen(book, USHER_EVENT_CONTACT_OFFERED, 11001, "p/2", "petro");
    happen(book, USHER_EVENT_CONTACT_ANSWERED, 13000, "p/2", "petro");
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_double_eq(figures.waited, .5);
    ck_assert_double_eq(figures.answer_s, 2.5);
    usher_daybook_free(book);
}
END_TEST

static void move(struct usher_daybook *book, int64_t at_ms, const char *contact,
                 const char *channel, int64_t due_ms)
{
    struct usher_event event = event_of(USHER_EVENT_CONTACT_MOVED, at_ms, contact, NULL);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("anybody"));
    USHER_FIELDS_SET(&event.fields, TIER, tier, USHER_TEXT("gold"));
    USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_text_of(channel));
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms, due_ms);
    ck_assert(usher_daybook_apply(book, &event));
}

START_TEST(who_is_moved_counts_where_he_came_to_and_by_what_was_promised)
{
    struct usher_daybook *book = open_book(0);
    arrive(book, 0, "p/1", "standard"); /* until 20 s */
    arrive(book, 0, "p/2", "standard");
    move(book, 15000, "p/1", "voice", 35000);
    move(book, 15000, "p/2", "callback", 60000);
    serve(book, "p/1", "anna", 30000, 40000);
    serve(book, "p/2", "anna", 50000, 60000);
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_uint_eq(usher_daybook_classes_count(book), 1);
    ck_assert_str_eq(usher_daybook_class(book, 0)->queue, "calls");
    ck_assert_double_eq(figures.service_level, .5);
    usher_daybook_free(book);
}
END_TEST

/* The nearest rank: of 20 waits of 1 to 20 s, 19 are at most 19 s. */
START_TEST(percentile_is_a_wait_that_so_many_did_not_exceed)
{
    static const struct {
        int64_t count;
        double p50_s;
        double p95_s;
        double p99_s;
    } rows[] = {{1, 1, 1, 1}, {2, 1, 2, 2}, {3, 2, 3, 3}, {20, 10, 19, 20}, {100, 50, 95, 99}};
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        struct usher_daybook *book = open_book(0);
        for (int64_t k = rows[i].count; k > 0; k--) {
            arrive(book, 0, "p/1", "standard");
            serve(book, "p/1", "anna", 1000 * k, 1000 * k);
        }
        struct usher_day_figures figures = usher_daybook_read(book);
        ck_assert_double_eq(figures.p50_s, rows[i].p50_s);
        ck_assert_double_eq(figures.p95_s, rows[i].p95_s);
        ck_assert_double_eq(figures.p99_s, rows[i].p99_s);
        usher_daybook_free(book);
    }
}
END_TEST

START_TEST(cost_is_that_of_the_formula)
{
    struct usher_daybook *book = open_book(0);
    arrive(book, 0, "p/1", "standard");
    arrive(book, 0, "p/2", "standard");
    happen(book, USHER_EVENT_CONTACT_OFFERED, 60000, "p/1", "anna");
    happen(book, USHER_EVENT_CONTACT_ANSWERED, 60000, "p/1", "anna");
    usher_daybook_note_outcome(book, USHER_TEXT("p/1"), false);
    happen(book, USHER_EVENT_CONTACT_DONE, 70000, "p/1", "anna");
    happen(book, USHER_EVENT_CONTACT_ABANDONED, 60000, "p/2", NULL);
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_double_eq_tol(figures.cost_s, (60 + 30 + 240 + 60 + 30 + 240) / 2.0, 1e-9);
    ck_assert_double_eq(figures.resolved, 0);
    usher_daybook_free(book);
}
END_TEST

START_TEST(what_comes_before_is_not_counted)
{
    struct usher_daybook *book = open_book(50000);
    happen(book, USHER_EVENT_AGENT_READY, 0, NULL, "anna");
    arrive(book, 10000, "p/1", "standard");
    serve(book, "p/1", "anna", 10000, 75000);
    arrive(book, 80000, "p/2", "standard");
    usher_daybook_note_again(book, USHER_TEXT("p/2"));
    serve(book, "p/2", "anna", 80000, 120000); /* beyond the day's end */
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_double_eq(figures.arrived, 1);
    ck_assert_double_eq(figures.service_level, 1);
    ck_assert_double_eq_tol(figures.occupancy, .9, 1e-9); /* 25 and 20 of 50 s */
    usher_daybook_free(book);
}
END_TEST

START_TEST(whoever_has_not_ended_is_told)
{
    struct usher_daybook *book = open_book(0);
    arrive(book, 0, "p/1", "standard");
    arrive(book, 0, "p/2", "standard");
    happen(book, USHER_EVENT_CONTACT_OVERFLOWED, 9000, "p/1", NULL);
    ck_assert_int_eq(usher_daybook_open_count(book), 1);
    ck_assert_double_eq(usher_daybook_read(book).refused, 1);
    usher_daybook_free(book);
}
END_TEST

/* The columns of which a day with nobody has a figure all the same. */
static bool is_count(size_t column)
{
    return usher_day_columns[column].unit == USHER_DAY_COUNT_UNIT;
}

static void check_figures(struct usher_daybook *book, const char *const *keys, size_t keys_count)
{
    struct usher_day_figures figures = usher_daybook_read(book);
    double at[USHER_DAY_COLUMNS_COUNT];
    memcpy(at, &figures, sizeof(at));
    for (size_t i = 0; i < USHER_DAY_COLUMNS_COUNT; i++) {
        bool has_figure = is_count(i);
        for (size_t k = 0; k < keys_count; k++)
            has_figure |= strcmp(keys[k], usher_day_columns[i].key) == 0;
        ck_assert_msg(isnan(at[i]) == !has_figure, "%s: %f", usher_day_columns[i].key, at[i]);
    }
}

START_TEST(what_nobody_gives_a_figure_for_has_none)
{
    static const char *const of_one_who_left[] = {"waited", "longest_s", "abandoned", "resolved",
                                                  "cost_s"};
    struct usher_daybook *book = open_book(0);
    check_figures(book, NULL, 0);
    arrive(book, 10000, "p/1", "gold");
    happen(book, USHER_EVENT_CONTACT_ABANDONED, 13000, "p/1", NULL); /* too soon to count */
    check_figures(book, of_one_who_left, USHER_COUNT_OF(of_one_who_left));
    ck_assert_double_eq(usher_daybook_class_level(usher_daybook_class(book, 0)), -1);
    usher_daybook_free(book);
}
END_TEST

SUITE_MAIN("daybook", figures_are_those_of_the_events,
           who_finds_somebody_free_does_not_have_to_wait,
           who_is_moved_counts_where_he_came_to_and_by_what_was_promised,
           percentile_is_a_wait_that_so_many_did_not_exceed, cost_is_that_of_the_formula,
           what_comes_before_is_not_counted, whoever_has_not_ended_is_told,
           what_nobody_gives_a_figure_for_has_none)
