/* `callback` of a queue and `calling` of the site: when a caller is asked, how often a customer is
 * called, and at which hours. */
#include <string.h>

#include "unit/ruled.h"
#include "unit/suite.h"

#define ROUTES "routes: [{queue: q}]\n"

START_TEST(without_a_word_nobody_is_asked_and_customers_are_called_at_any_time)
{
    struct usher_rules *rules = ruled("queues: {q: {}}\n" ROUTES);
    const struct usher_queue *queue = &rules->queues[0];

    ck_assert(!queue->callback.is_offered);
    ck_assert_int_eq(queue->callback.attempts, 3);
    ck_assert_int_eq(queue->callback.every_ms, 900000);
    ck_assert_ptr_null(rules->calling_hours);
    usher_rules_free(rules);
}
END_TEST

START_TEST(callback_says_when_to_ask_and_how_often_to_call)
{
    struct usher_rules *rules =
        ruled("queues:\n  q: {callback: {}}\n"
              "  own: {callback: {when_wait_over: 2m, attempts: 5, every: 1h}}\n"
              "  same: {like: own}\n" ROUTES);

    ck_assert(rules->queues[0].callback.is_offered);
    ck_assert_int_lt(rules->queues[0].callback.when_wait_over_ms, 0);
    for (size_t i = 1; i < 3; i++) {
        ck_assert(rules->queues[i].callback.is_offered);
        ck_assert_int_eq(rules->queues[i].callback.when_wait_over_ms, 120000);
        ck_assert_int_eq(rules->queues[i].callback.attempts, 5);
        ck_assert_int_eq(rules->queues[i].callback.every_ms, 3600000);
    }
    usher_rules_free(rules);
}
END_TEST

START_TEST(calling_has_hours_and_keeps_holidays_unless_told_not_to)
{
    struct usher_rules *keeps =
        ruled("calling: {hours: {mon-fri: \"09:00-20:00\"}}\nqueues: {q: {}}\n" ROUTES);
    struct usher_rules *works =
        ruled("calling: {hours: \"09:00-20:00\", holidays: false}\nqueues: {q: {}}\n" ROUTES);

    ck_assert_ptr_nonnull(keeps->calling_hours);
    ck_assert_uint_eq(keeps->calling_hours->days[4].count, 1);
    ck_assert_int_eq(keeps->calling_hours->days[4].ranges[0].from, 540);
    ck_assert_uint_eq(keeps->calling_hours->days[5].count, 0);
    ck_assert(keeps->calling_keeps_holidays);
    ck_assert(!works->calling_keeps_holidays);
    usher_rules_free(works);
    usher_rules_free(keeps);
}
END_TEST

START_TEST(mistakes_are_told_with_their_place)
{
    static const struct ruled_mistake mistakes[] = {
        {"queues: {q: {callback: {attempts: 0}}}\n" ROUTES, "1:35: `attempts`"},
        {"queues: {q: {callback: {every: 5s}}}\n" ROUTES, "1:32: `every`"},
        {"queues: {q: {callback: {when_wait_over: 2d}}}\n" ROUTES, "1:41: `when_wait_over`"},
        {"queues: {q: {callback: {tries: 2}}}\n" ROUTES, "`tries`"},
        {"queues: {q: {callback: yes}}\n" ROUTES, "callback"},
        {"calling: \"09:00-20:00\"\nqueues: {q: {}}\n" ROUTES, "calling"},
        {"calling: {hours: nine}\nqueues: {q: {}}\n" ROUTES, "1:18: "},
        {"calling: {holidays: some}\nqueues: {q: {}}\n" ROUTES, "1:21: `holidays`"},
    };

    ruled_expect(mistakes, USHER_COUNT_OF(mistakes));
}
END_TEST

SUITE_MAIN("callback", without_a_word_nobody_is_asked_and_customers_are_called_at_any_time,
           callback_says_when_to_ask_and_how_often_to_call,
           calling_has_hours_and_keeps_holidays_unless_told_not_to,
           mistakes_are_told_with_their_place)
