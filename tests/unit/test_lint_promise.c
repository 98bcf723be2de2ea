/* Forecasts, promises and head starts that are too much. */
#include "unit/linted.h"
#include "unit/suite.h"

/* The lines of the kinds that are looked at here; others are left out, in place. */
static const char *of_kinds(char *told)
{
    char *end = told;
    for (char *line = told; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        bool is_kept = strncmp(line, "promise ", 8) == 0 || strncmp(line, "overload ", 9) == 0 ||
                       strncmp(line, "starving_tier ", 14) == 0;
        if (is_kept)
            memmove(end, line, length);
        end += is_kept ? length : 0;
        line += length;
    }
    *end = '\0';
    return told;
}

static void assert_found(const char *rules, const char *findings)
{
    struct world *world = world_new();
    staffed(world, "olena", "a", 5, "b", 5);
    staffed(world, "taras", "a", 5, "b", 5);
    staffed(world, "iryna", "a", 5, "b", 5);
    staffed(world, "petro", "a", 5, "c", 5);
    (void)found(world, rules, true);
    told_assert(of_kinds(world->told), findings);
    world_free(world);
}

START_TEST(promise_that_the_agents_can_keep_is_not_told)
{
    assert_found(
        "skills: [a, b, c]\nqueues:\n  q: {need: {a: {}}, forecast: {per_hour: 20, handle: "
        "5m}}\n  r: {need: {b: {}}}\n  s: {need: {c: {}}, forecast: {per_hour: 1, handle: "
        "1m}}\nroutes:\n  - {when: {channel: chat}, queue: r}\n"
        "  - {when: {data.x: 1}, queue: s}\n  - queue: q\n",
        "");
}
END_TEST

START_TEST(promise_that_the_agents_cannot_keep_is_told_with_how_many_could)
{
    assert_found("skills: [a, b, c]\nqueues:\n  q: {need: {a: {}, b: {}}}\n  r:\n    promise: "
                 "{answer_within: 10s, target: 90%}\n    forecast: {per_hour: 24, handle: 5m}\n    "
                 "need: {b: {}}\nroutes: [{when: {channel: voice}, queue: r}, {queue: q}]\n",
                 "promise 6:5 queue `r`: the 3 agents who can take its contacts would answer 57 of "
                 "100 within 10s at its forecast (24 an hour of 5m each), and it promises 90: it "
                 "takes 5 at a time; train more, or promise less\n");
}
END_TEST

START_TEST(forecast_that_no_agent_could_ever_handle_is_told)
{
    assert_found(
        "skills: [a, b, c]\nqueues:\n  q: {need: {a: {}}, forecast: {per_hour: 60, handle: "
        "5m}}\n  r: {need: {c: {}, b: {}}}\nroutes: [{queue: q}]\n",
        "overload 3:22 queue `q`: what is forecast keeps 5.0 agents busy without a pause, "
        "and 4 can take it: who waits would wait ever longer; train more, or see to "
        "`forecast`\n");
}
END_TEST

START_TEST(queues_that_are_too_much_together_are_told)
{
    assert_found(
        "skills: [a, b, c]\nqueues:\n"
        "  q: {promise: {target: 1%}, need: {b: {}}, forecast: {per_hour: 24, handle: 5m}}\n"
        "  r: {promise: {target: 1%}, need: {b: {min: 2}}, forecast: {per_hour: 18, handle: "
        "5m}}\n"
        "  s: {promise: {target: 1%}, need: {c: {}}, forecast: {per_hour: 9, handle: 5m}}\n"
        "routes:\n  - {when: {data.x: 1}, queue: r}\n  - {when: {data.x: 2}, queue: s}\n"
        "  - queue: q\n",
        "overload 3:45 queue `q` with `r`, which need the same agents: what is forecast "
        "keeps 3.5 agents busy without a pause, and 3 can take it: who waits would wait "
        "ever longer; train more, or see to `forecast`\n"
        "overload 4:51 queue `r` with `q`, which need the same agents: what is forecast "
        "keeps 3.5 agents busy without a pause, and 3 can take it: who waits would wait "
        "ever longer; train more, or see to `forecast`\n");
}
END_TEST

START_TEST(several_chats_of_an_agent_count_as_such)
{
    assert_found(
        "skills: [a, b, c]\nqueues:\n  q: {need: {a: {}}, forecast: {per_hour: 60, handle: "
        "5m}}\n  r: {need: {b: {}}}\n  s: {need: {b: {}, a: {}}}\nroutes:\n"
        "  - {when: {channel: chat}, queue: q}\n  - {when: {data.x: 1}, queue: r}\n"
        "  - queue: s\n",
        "");
}
END_TEST

START_TEST(head_start_of_more_than_two_promises_of_others_is_told)
{
    static const char rules[] = "tiers: {gold: {head_start: %s}, silver: {head_start: 10s}}\n"
                                "queues: {q: {promise: {answer_within: 20s}}}\nroutes:\n"
                                "  - {when: {data.tier: gold}, queue: q, tier: gold}\n"
                                "  - {when: {data.tier: silver}, queue: q, tier: silver}\n"
                                "  - queue: q\n";
    char text[512];
    (void)snprintf(text, sizeof(text), rules, "40s");
    assert_found(text, "");
    (void)snprintf(text, sizeof(text), rules, "45s");
    assert_found(
        text, "starving_tier 1:9 tier `gold`: its head start of 45s is longer than 2 promises of "
              "`standard` in queue `q`: while its contacts keep coming, late ones of `standard` "
              "wait on; 15s to 45s is usual\n");
}
END_TEST

SUITE_MAIN("lint_promise", promise_that_the_agents_can_keep_is_not_told,
           promise_that_the_agents_cannot_keep_is_told_with_how_many_could,
           forecast_that_no_agent_could_ever_handle_is_told,
           queues_that_are_too_much_together_are_told, several_chats_of_an_agent_count_as_such,
           head_start_of_more_than_two_promises_of_others_is_told)
