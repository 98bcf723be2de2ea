/* Erlang's delay formula against what floating point says of it. */
#include "routing/erlang.h"
#include "unit/suite.h"

START_TEST(answers_are_those_of_the_formula)
{
    static const struct {
        int64_t per_hour, handle_ms;
        size_t agents;
        int64_t wait_ms;
        unsigned per_mille;
    } rows[] = {
        {120, 300000, 12, 20000, 606},     {120, 300000, 10, 20000, 0},
        {120, 300000, 14, 20000, 866},     {40, 300000, 2, 20000, 0},
        {40, 300000, 4, 20000, 370},       {40, 300000, 6, 20000, 875},
        {1000, 180000, 60, 10000, 932},    {30, 600000, 7, 14400000, 1000},
        {6000, 300000, 520, 20000, 927},   {10, 60000, 1, 0, 833},
        {36000, 300000, 3010, 20000, 594}, {1000000, 86400000, 10000, 20000, 0},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        unsigned answered =
            usher_erlang_answered(usher_erlang_load(rows[i].per_hour, rows[i].handle_ms),
                                  rows[i].agents, rows[i].wait_ms, rows[i].handle_ms);
        ck_assert_msg(answered + 1 >= rows[i].per_mille && answered <= rows[i].per_mille + 1,
                      "row %zu: %u", i, answered);
    }
}
END_TEST

START_TEST(fewest_agents_keep_the_promise_and_one_fewer_do_not)
{
    uint64_t load = usher_erlang_load(120, 300000);
    size_t agents = usher_erlang_agents(load, 800, 20000, 300000);
    ck_assert_uint_eq(load, 10000);
    ck_assert_uint_eq(agents, 14);
    ck_assert_uint_lt(usher_erlang_answered(load, agents - 1, 20000, 300000), 800);
    ck_assert_uint_eq(
        usher_erlang_agents(usher_erlang_load(1000000, 86400000), 800, 1000, 86400000), SIZE_MAX);
}
END_TEST

START_TEST(more_agents_never_answer_fewer)
{
    uint64_t load = usher_erlang_load(777, 123456);
    unsigned before = 0;
    for (size_t agents = 1; agents < 200; agents++) {
        unsigned answered = usher_erlang_answered(load, agents, 5000, 123456);
        ck_assert_uint_ge(answered, before);
        ck_assert_uint_le(answered, 1000);
        before = answered;
    }
    ck_assert_uint_eq(before, 1000);
}
END_TEST

SUITE_MAIN("erlang", answers_are_those_of_the_formula,
           fewest_agents_keep_the_promise_and_one_fewer_do_not, more_agents_never_answer_fewer)
