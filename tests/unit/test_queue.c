/* Queues: promise, forecast, ring, wrap-up, limit, and `like`. */
#include "unit/ruled.h"
#include "unit/suite.h"

#define ROUTES "routes: [{queue: q}]\n"

START_TEST(everything_a_queue_says_is_read)
{
    struct usher_rules *rules = ruled(
        "tiers: {gold: {}}\nqueues:\n  q:\n    promise: {answer_within: 30s, target: 90%, gold: "
        "10s, email: 4h}\n    forecast: {per_hour: 120, handle: 5m}\n    ring: 20s\n    wrap_up: "
        "45s\n    limit: {waiting: 200}\n" ROUTES);
    const struct usher_queue *queue = &rules->queues[0];

    ck_assert(usher_text_is_equal(queue->name, USHER_TEXT("q")));
    ck_assert_int_eq(queue->promise_ms, 30000);
    ck_assert_int_eq(queue->target_percent, 90);
    ck_assert_int_eq(queue->promise_by_tier_ms[0], 10000);
    ck_assert_int_eq(queue->promise_by_channel_ms[USHER_CHANNEL_EMAIL], 14400000);
    ck_assert_int_eq(queue->forecast_per_hour, 120);
    ck_assert_int_eq(queue->forecast_handle_ms, 300000);
    ck_assert_int_eq(queue->ring_ms, 20000);
    ck_assert_int_eq(queue->wrap_up_ms, 45000);
    ck_assert_int_eq(queue->waiting_max, 200);
    usher_rules_free(rules);
}
END_TEST

START_TEST(promise_is_the_lower_of_tier_and_channel_else_of_the_queue)
{
    struct usher_rules *rules = ruled(
        "tiers: {gold: {}, iron: {}}\nqueues:\n  q: {promise: {answer_within: 30s, gold: 10s, "
        "iron: 1m, chat: 20s, email: 4h}}\n" ROUTES);

    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 2, USHER_CHANNEL_VOICE), 30000);
    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 0, USHER_CHANNEL_VOICE), 10000);
    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 2, USHER_CHANNEL_EMAIL), 14400000);
    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 0, USHER_CHANNEL_EMAIL), 10000);
    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 1, USHER_CHANNEL_CHAT), 20000);
    ck_assert_int_eq(usher_rules_promise_ms(rules, 0, 1, USHER_CHANNEL_TASK), 60000);
    usher_rules_free(rules);
}
END_TEST

START_TEST(queue_that_is_like_another_takes_what_it_does_not_say)
{
    struct usher_rules *rules =
        ruled("skills: [a, b]\ntiers: {gold: {}}\nqueues:\n"
              "  q: {like: base, ring: 9s, need: {b: {}}}\n"
              "  base: {promise: {answer_within: 40s, target: 70%, gold: 5s, chat: 6s}, forecast: "
              "{per_hour: 7, handle: 8s}, need: {a: {min: 3}}, ring: 10s, wrap_up: 11s, limit: "
              "{waiting: 12}}\n"
              "  own: {like: base, promise: {}, forecast: {}, limit: {}, wrap_up: 0}\n" ROUTES);
    const struct usher_queue *queue = &rules->queues[0];

    ck_assert_int_eq(queue->promise_ms, 40000);
    ck_assert_int_eq(queue->target_percent, 70);
    ck_assert_int_eq(queue->promise_by_tier_ms[0], 5000);
    ck_assert_int_eq(queue->promise_by_channel_ms[USHER_CHANNEL_CHAT], 6000);
    ck_assert_int_eq(queue->forecast_per_hour, 7);
    ck_assert_int_eq(queue->forecast_handle_ms, 8000);
    ck_assert_uint_eq(queue->needs_count, 1);
    ck_assert_uint_eq(queue->needs[0].skill, 1);
    ck_assert_int_eq(queue->ring_ms, 9000);
    ck_assert_int_eq(queue->wrap_up_ms, 11000);
    ck_assert_int_eq(queue->waiting_max, 12);
    queue = &rules->queues[2];
    ck_assert_int_eq(queue->promise_ms, 20000);
    ck_assert_int_eq(queue->promise_by_tier_ms[0], -1);
    ck_assert_int_eq(queue->forecast_per_hour, -1);
    ck_assert_uint_eq(queue->needs_count, 1);
    ck_assert_uint_eq(queue->needs[0].skill, 0);
    ck_assert_int_eq(queue->ring_ms, 10000);
    ck_assert_int_eq(queue->wrap_up_ms, 0);
    ck_assert_int_eq(queue->waiting_max, INT64_MAX);
    usher_rules_free(rules);
}
END_TEST

START_TEST(problem_of_a_part_that_is_taken_over_is_told_once)
{
    told_assert(ruled_out("queues:\n  q: {like: base}\n  base: {promise: {target: 0%}, need: {a: "
                          "{}}, limit: {waiting: 0}}\n  r: {like: base}\n" ROUTES),
                "f:3:28: `target` is `0%`; it must be 1% to 100%: how many of a hundred contacts "
                "are to be answered in time\n"
                "f:3:40: skill `a` is not declared; add it to `skills` at the top\n"
                "f:3:65: `waiting` is `0`; it must be 1 to 1000000: how many contacts may wait at "
                "the same time; callbacks and bookings do not count\n");
}
END_TEST

START_TEST(bad_values_of_a_queue_are_told)
{
    told_assert(
        ruled_out("tiers: {gold: {}}\nqueues:\n  q:\n"
                  "    promise: {answer_within: 0, target: 101%, gold: 31d, glod: 5s, iron: 5s}\n"
                  "    forecast: {per_hour: -1, handle: 25h}\n"
                  "    ring: 15\n    wrap_up: 5h\n    limit: {waiting: 0}\n"
                  "  r s: {}\n  t: 5\n" ROUTES),
        "f:4:30: `answer_within` is `0`; it must be 1s to 30d: how soon a contact is answered\n"
        "f:4:41: `target` is `101%`; it must be 1% to 100%: how many of a hundred contacts are to "
        "be "
        "answered in time\n"
        "f:4:53: `gold` is `31d`; it must be 1s to 30d: how soon its contacts are answered\n"
        "f:4:58: unknown key `glod`; did you mean `gold`?\n"
        "f:4:68: unknown key `iron`; known here: answer_within, target, gold, standard, voice, "
        "chat, "
        "email, task, callback, outbound\n"
        "f:5:26: `per_hour` is `-1`; it must be 0 to 1000000: how many contacts come in an hour\n"
        "f:5:38: `handle` is `25h`; it must be 1s to 1d: how long talk and wrap-up take on "
        "average\n"
        "f:6:11: `ring` is `15`; it must be a duration such as 250ms, 15s, 5m, 4h or 2d: how long "
        "an "
        "agent's phone rings\n"
        "f:7:14: `wrap_up` is `5h`; it must be 0 to 4h: how long the agent may finish the work "
        "after "
        "a talk\n"
        "f:8:22: `waiting` is `0`; it must be 1 to 1000000: how many contacts may wait at the same "
        "time; callbacks and bookings do not count\n"
        "f:9:3: a queue cannot be called `r s`; use letters, digits and . _ @ : + -, at most 128\n"
        "f:10:6: `t` is `5`; it must be a mapping of keys to values\n");
}
END_TEST

START_TEST(bad_like_is_told)
{
    told_assert(
        ruled_out("queues:\n  q: {like: q}\n  r: {like: s}\n  s: {like: base}\n  base: {}\n  t: "
                  "{like: bsae}\n  u: {like: nowhere}\n" ROUTES),
        "f:2:13: the queue is like itself; name another\n"
        "f:3:13: `s` is itself like `base`, and `like` goes one level only; name a queue without "
        "`like`\n"
        "f:6:13: queue `bsae` is not declared; did you mean `base`? If not, add it to `queues`\n"
        "f:7:13: queue `nowhere` is not declared; add it to `queues`\n");
}
END_TEST

SUITE_MAIN("queue", everything_a_queue_says_is_read,
           promise_is_the_lower_of_tier_and_channel_else_of_the_queue,
           queue_that_is_like_another_takes_what_it_does_not_say,
           problem_of_a_part_that_is_taken_over_is_told_once, bad_values_of_a_queue_are_told,
           bad_like_is_told)
