/* What a queue asks of its agents: ring_no_answer, wrap_up, dispositions. */
#include <string.h>

#include "unit/ruled.h"
#include "unit/suite.h"

#define ROUTES "routes: [{queue: q}]\n"

START_TEST(without_a_word_two_missed_offers_send_away_and_nothing_has_to_be_said)
{
    struct usher_rules *rules = ruled("queues: {q: {}}\n" ROUTES);
    const struct usher_queue *queue = &rules->queues[0];

    ck_assert_int_eq(queue->missed.count_max, 2);
    ck_assert_int_eq(queue->missed.lasts_ms, 0);
    ck_assert_int_eq(queue->wrap_up_ms, 0);
    ck_assert_int_eq(queue->extend_max, 0);
    ck_assert(!queue->needs_disposition);
    ck_assert(usher_dispositions_has(&queue->dispositions, USHER_TEXT("anything")));
    usher_rules_free(rules);
}
END_TEST

START_TEST(queue_has_the_last_word_then_the_one_it_is_like_then_the_file)
{
    struct usher_rules *rules =
        ruled("ring_no_answer: {after: 3, for: 5m}\ndispositions: [solved, follow_up]\nqueues:\n"
              "  q: {}\n  own: {ring_no_answer: {then: next}, dispositions: [sold, lost]}\n"
              "  other: {like: own, ring_no_answer: {after: 1}}\n" ROUTES);

    ck_assert_int_eq(rules->queues[0].missed.count_max, 3);
    ck_assert_int_eq(rules->queues[0].missed.lasts_ms, 300000);
    ck_assert_int_eq(rules->queues[1].missed.count_max, 0);
    ck_assert_int_eq(rules->queues[2].missed.count_max, 1);
    ck_assert_int_eq(rules->queues[2].missed.lasts_ms, 0);
    ck_assert(usher_dispositions_has(&rules->queues[0].dispositions, USHER_TEXT("follow_up")));
    ck_assert(!usher_dispositions_has(&rules->queues[0].dispositions, USHER_TEXT("sold")));
    ck_assert(usher_dispositions_has(&rules->queues[2].dispositions, USHER_TEXT("lost")));
    usher_rules_free(rules);
}
END_TEST

START_TEST(wrap_up_is_a_time_or_says_more)
{
    struct usher_rules *rules =
        ruled("queues:\n  q: {wrap_up: 30s}\n  more: {wrap_up: {time: 40s, extend: 2, by: 15s, "
              "disposition: required}}\n  same: {wrap_up: {time: 20s, extend: 1}}\n" ROUTES);

    ck_assert_int_eq(rules->queues[0].wrap_up_ms, 30000);
    ck_assert_int_eq(rules->queues[1].wrap_up_ms, 40000);
    ck_assert_int_eq(rules->queues[1].extend_max, 2);
    ck_assert_int_eq(rules->queues[1].extend_ms, 15000);
    ck_assert(rules->queues[1].needs_disposition);
    ck_assert_int_eq(rules->queues[2].extend_ms, 20000);
    ck_assert(!rules->queues[2].needs_disposition);
    usher_rules_free(rules);
}
END_TEST

START_TEST(mistakes_are_told_with_their_place_and_what_to_do)
{
    static const struct ruled_mistake mistakes[] = {
        {"queues: {q: {ring_no_answer: {then: away}}}\n" ROUTES,
         "1:37: `then` is `away`; it must be not_ready or next"},
        {"queues: {q: {wrap_up: {disposition: must, time: 5s}}}\n" ROUTES,
         "`disposition` is `must`; it must be required or optional"},
        {"queues: {q: {wrap_up: {disposition: required}}}\n" ROUTES,
         "add one, such as `time: 30s`"},
        {"queues: {q: {wrap_up: {extend: 2}}}\n" ROUTES, "add one, such as `time: 30s`"},
        {"queues: {q: {wrap_up: soon}}\n" ROUTES, "wrap_up"},
        {"queues: {q: {ring_no_answer: {after: 0}}}\n" ROUTES, "after"},
        {"dispositions: [a, a]\nqueues: {q: {}}\n" ROUTES, "in this list twice"},
    };

    ruled_expect(mistakes, USHER_COUNT_OF(mistakes));
}
END_TEST

SUITE_MAIN("work", without_a_word_two_missed_offers_send_away_and_nothing_has_to_be_said,
           queue_has_the_last_word_then_the_one_it_is_like_then_the_file,
           wrap_up_is_a_time_or_says_more, mistakes_are_told_with_their_place_and_what_to_do)
