/* Steps of `relax`, the last agent, reserves: what rules say of them, and what they may not say. */
#include "unit/ruled.h"
#include "unit/suite.h"

#define TOP    "skills: [net, uk, fr, lang.uk, lang.en]\n"
#define ROUTES "routes: [{queue: q}]\n"

static void needs_of(const struct usher_rules *rules, const char *data,
                     struct usher_need needs[USHER_NEEDS_MAX], size_t *count)
{
    const struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE, .data = usher_text_of(data)};
    *count = usher_rules_needs(rules, 0, &facts, needs);
}

static void assert_relaxed(const struct usher_need *need, unsigned min, unsigned first,
                           unsigned second, unsigned rest)
{
    ck_assert_uint_eq(need->min, min);
    ck_assert_uint_eq(need->relaxed[0], first);
    ck_assert_uint_eq(need->relaxed[1], second);
    for (size_t i = 2; i < USHER_RELAX_MAX; i++)
        ck_assert_uint_eq(need->relaxed[i], rest);
}

START_TEST(steps_lower_the_minima_one_after_another)
{
    struct usher_rules *rules = ruled(
        TOP "queues:\n  q:\n    need: {net: {min: 7}, uk: {min: 4}, fr: {}}\n    relax: "
            "[{after: 20s, net: {min: 5}}, {after: 1m, net: {min: 0}, uk: {min: 2}}]\n" ROUTES);
    struct usher_need needs[USHER_NEEDS_MAX];
    size_t count;
    needs_of(rules, NULL, needs, &count);
    ck_assert_uint_eq(count, 3);
    assert_relaxed(&needs[0], 7, 5, 0, 0);
    assert_relaxed(&needs[1], 4, 4, 2, 2);
    assert_relaxed(&needs[2], 1, 1, 1, 1);
    ck_assert_uint_eq(rules->queues[0].relax_count, 2);
    ck_assert_int_eq(rules->queues[0].relax_after_ms[0], 20000);
    ck_assert_int_eq(rules->queues[0].relax_after_ms[1], 60000);
    usher_rules_free(rules);
}
END_TEST

START_TEST(step_names_a_need_as_the_need_is_written)
{
    struct usher_rules *rules = ruled(
        TOP "queues:\n  q: {need: {lang.$data.lang: {min: 6, else: lang.uk}}, relax: [{after: "
            "5s, lang.$data.lang: {min: 3}}]}\n" ROUTES);
    struct usher_need needs[USHER_NEEDS_MAX];
    size_t count;
    needs_of(rules, "{\"lang\":\"en\"}", needs, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(needs[0].skill, 4);
    assert_relaxed(&needs[0], 6, 3, 3, 3);
    usher_rules_free(rules);
}
END_TEST

START_TEST(queue_that_is_like_another_takes_its_steps_with_its_need)
{
    struct usher_rules *rules = ruled(
        TOP "queues:\n  base: {need: {net: {min: 7}}, relax: [{after: 9s, net: {min: 2}}], "
            "last_agent: {worth: 5s}}\n  q: {like: base}\n  own: {like: base, need: {uk: {}}}\n"
            "  other: {like: base, relax: [{after: 3s, net: {min: 6}}], last_agent: {}}\n" ROUTES);
    ck_assert_uint_eq(rules->queues[1].relax_count, 1);
    ck_assert_uint_eq(rules->queues[1].needs[0].relaxed[0], 2);
    ck_assert_int_eq(rules->queues[1].last_agent.worth_ms, 5000);
    ck_assert_uint_eq(rules->queues[2].relax_count, 0);
    ck_assert_uint_eq(rules->queues[3].needs[0].relaxed[0], 6);
    ck_assert_int_eq(rules->queues[3].last_agent.worth_ms, 30000);
    usher_rules_free(rules);
}
END_TEST

START_TEST(last_agent_counts_by_default_and_nobody_waits_for_him)
{
    struct usher_rules *rules = ruled("queues: {q: {}}\n" ROUTES);
    const struct usher_last_agent *last_agent = &rules->queues[0].last_agent;
    ck_assert_int_eq(last_agent->worth_ms, 30000);
    ck_assert_int_eq(last_agent->within_ms, INT64_C(7) * 86400000);
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        ck_assert_int_eq(last_agent->wait_ms[i], 0);
    usher_rules_free(rules);
}
END_TEST

START_TEST(what_can_wait_may_wait_for_the_last_agent)
{
    struct usher_rules *rules =
        ruled("queues: {q: {last_agent: {worth: 0, within: 2d, wait: {email: "
              "4h, callback: 5m}}}}\n" ROUTES);
    const struct usher_last_agent *last_agent = &rules->queues[0].last_agent;
    ck_assert_int_eq(last_agent->worth_ms, 0);
    ck_assert_int_eq(last_agent->within_ms, INT64_C(2) * 86400000);
    ck_assert_int_eq(last_agent->wait_ms[USHER_CHANNEL_EMAIL], 14400000);
    ck_assert_int_eq(last_agent->wait_ms[USHER_CHANNEL_CALLBACK], 300000);
    ck_assert_int_eq(last_agent->wait_ms[USHER_CHANNEL_TASK], 0);
    usher_rules_free(rules);
}
END_TEST

START_TEST(reserve_is_read)
{
    struct usher_rules *rules =
        ruled(TOP "reserve: {fr: {keep: 2}, uk: {keep: 1, until: 90s}}\nqueues: {q: {}}\n" ROUTES);
    ck_assert_uint_eq(rules->reserves_count, 2);
    ck_assert_uint_eq(rules->reserves[0].skill, 2);
    ck_assert_int_eq(rules->reserves[0].keep, 2);
    ck_assert_int_eq(rules->reserves[0].until_ms, -1);
    ck_assert_int_eq(rules->reserves[1].until_ms, 90000);
    usher_rules_free(rules);
}
END_TEST

#define QUEUE(text)                                                                                \
    TOP "queues:\n  q: {need: {net: {min: 5}, uk: {min: 2}},\n      " text "}\n" ROUTES

static const struct {
    const char *rules;
    const char *told;
} mistakes[] = {
    {QUEUE("relax: [{after: 5s, net: {min: 6}}]"),
     "4:38: `min` of `net` is 6 here and 5 in the step before, so this step would let in fewer; "
     "make it less than 5, or take it out"},
    {QUEUE("relax: [{after: 5s, net: {min: 3}}, {after: 9s, net: {min: 4}}]"),
     "4:66: `min` of `net` is 4 here and 3 in the step before, so this step would let in fewer; "
     "make it less than 3, or take it out"},
    {QUEUE("relax: [{after: 5s, fr: {min: 1}, net: {min: 1}}]"),
     "4:27: the queue does not need `fr`, so this step would let in fewer than the one before; "
     "take it out, or add it to `need`"},
    {QUEUE("relax: [{after: 5s, net: {min: 5}}]"),
     "4:15: this step lets nobody in whom the one before does not; lower a `min`, or take the step "
     "out"},
    {QUEUE("relax: [{after: 5s}]"),
     "4:15: this step lets nobody in whom the one before does not; lower a `min`, or take the step "
     "out"},
    {QUEUE("relax: [{net: {min: 1}}]"),
     "4:15: `after` is missing; add it: how long a contact has waited when the step opens"},
    {QUEUE("relax: [{after: 9s, net: {min: 3}}, {after: 9s, net: {min: 2}}]"),
     "4:51: `after` is not later than that of the step before; put the steps in the order in which "
     "they open"},
    {QUEUE("last_agent: {wait: {chat: 20s}}"),
     "4:27: `wait` is for callbacks, emails, tasks and outbound contacts: a customer on chat would "
     "hold on for one agent while others are free; take it out, `worth` prefers the agent all the "
     "same"},
    {QUEUE("last_agent: {wait: {emails: 20s}}"),
     "4:27: unknown key `emails`; did you mean `email`?"},
    {TOP "reserve: {french: {keep: 2}}\nqueues: {q: {}}\n" ROUTES,
     "2:11: skill `french` is not declared; add it to `skills` at the top"},
    {TOP "reserve: {fr: {until: 2s}}\nqueues: {q: {}}\n" ROUTES,
     "2:15: `keep` is missing; add it: how many free agents with the skill are refused to contacts "
     "that do not need it"},
};

START_TEST(mistake_is_told_with_its_place_and_what_to_do)
{
    char wanted[512];
    (void)snprintf(wanted, sizeof(wanted), "f:%s\n", mistakes[_i].told);
    ck_assert_str_eq(ruled_out(mistakes[_i].rules), wanted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("relax");
    TCase *cases = tcase_create("relax");
    tcase_add_test(cases, steps_lower_the_minima_one_after_another);
    tcase_add_test(cases, step_names_a_need_as_the_need_is_written);
    tcase_add_test(cases, queue_that_is_like_another_takes_its_steps_with_its_need);
    tcase_add_test(cases, last_agent_counts_by_default_and_nobody_waits_for_him);
    tcase_add_test(cases, what_can_wait_may_wait_for_the_last_agent);
    tcase_add_test(cases, reserve_is_read);
    tcase_add_loop_test(cases, mistake_is_told_with_its_place_and_what_to_do, 0,
                        (int)USHER_COUNT_OF(mistakes));
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
