/* Desks that come and go: what is offered meanwhile, and when their agents are not ready. */
#include <check.h>
#include <string.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;

static const struct usher_agent *agent(const char *id)
{
    return usher_engine_agent(w.world.engine, usher_text_of(id));
}

START_TEST(only_who_had_a_desk_can_lose_it)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    ck_assert_str_eq(router(&w, "desk.lose agent=olena until_ms=+30s"), "");
    ck_assert_str_eq(router(&w, "desk.lose until_ms=+30s"), "");
    ck_assert_str_eq(router(&w, "desk.regain agent=nobody"), "");
    ck_assert_str_eq(router(&w, "desk.regain agent=olena"), "agent.desk olena connected");
    ck_assert_str_eq(router(&w, "desk.regain agent=olena"), "");
    ck_assert_str_eq(router(&w, "desk.lose agent=olena until_ms=+30s"), "agent.desk olena lost");
    ck_assert_str_eq(router(&w, "desk.lose agent=olena until_ms=+60s"), "");
    ck_assert_int_eq(agent("olena")->desk_until_ms, w.world.now_ms + 30000);
    engine_close(&w);
}
END_TEST

START_TEST(lost_desk_makes_not_ready_after_its_time_and_its_return_does_not_make_ready)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    router(&w, "desk.regain agent=olena");
    router(&w, "desk.lose agent=olena until_ms=+30s");
    ck_assert_str_eq(after(&w, 29999), "");
    ck_assert_str_eq(after(&w, 1), "agent.desk olena lost, agent.not_ready olena desk_lost");
    ck_assert_str_eq(after(&w, 600000), "");
    ck_assert_str_eq(router(&w, "desk.regain agent=olena"), "agent.desk olena connected");
    ck_assert_int_eq(agent("olena")->state, USHER_AGENT_NOT_READY);
    engine_close(&w);
}
END_TEST

START_TEST(reason_of_a_break_is_kept_when_the_desk_is_lost)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    router(&w, "desk.regain agent=olena");
    desk(&w, "olena", "agent.not_ready reason=lunch");
    router(&w, "desk.lose agent=olena until_ms=+30s");
    ck_assert_str_eq(after(&w, 30000), "agent.desk olena lost");
    ck_assert_str_eq(agent("olena")->reason, "lunch");
    engine_close(&w);
}
END_TEST

START_TEST(offer_that_runs_out_at_a_lost_desk_blames_nobody)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=9");
    router(&w, "desk.regain agent=olena");
    pbx(&w, "contact.arrive contact=1 channel=chat");
    router(&w, "desk.lose agent=olena until_ms=+60s");
    ck_assert_str_eq(after(&w, 20000), "offer.withdrawn 1 olena desk_lost");
    ck_assert_int_eq(agent("olena")->missed_count, 0);
    ck_assert_str_eq(router(&w, "desk.regain agent=olena"),
                     "agent.desk olena connected, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(call_that_rings_goes_on_ringing_when_the_desk_is_given_up)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    router(&w, "desk.regain agent=olena");
    router(&w, "desk.lose agent=olena until_ms=+5s");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(after(&w, 5000), "agent.desk olena lost, agent.not_ready olena desk_lost");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1")),
                     "contact.answered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(at_a_start_all_desks_are_lost_in_one_event)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    engine_agent(&w, "petro", "billing=3");
    router(&w, "profile.set agent=out skills={}");
    for (size_t i = 0; i < 3; i++)
        router(&w, "desk.regain agent=%s", ((const char *const[]){"olena", "petro", "out"})[i]);
    ck_assert_str_eq(router(&w, "desk.lose until_ms=+30s"), "agent.desk lost");
    ck_assert_int_eq(agent("out")->desk_state, USHER_DESK_NONE);
    router(&w, "desk.regain agent=petro");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out"), "agent.signed_out olena");
    ck_assert_int_eq(agent("olena")->desk_state, USHER_DESK_NONE);
    ck_assert_str_eq(after(&w, 60000), "");
    engine_close(&w);
}
END_TEST

SUITE_MAIN("engine_desk", only_who_had_a_desk_can_lose_it,
           lost_desk_makes_not_ready_after_its_time_and_its_return_does_not_make_ready,
           reason_of_a_break_is_kept_when_the_desk_is_lost,
           offer_that_runs_out_at_a_lost_desk_blames_nobody,
           call_that_rings_goes_on_ringing_when_the_desk_is_given_up,
           at_a_start_all_desks_are_lost_in_one_event)
