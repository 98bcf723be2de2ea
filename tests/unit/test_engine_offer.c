/* Commands about offers: what the PBX says of a ringing phone, what the desk says. */
#include <check.h>
#include <stdio.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;

static const struct usher_agent *agent(const char *id)
{
    return usher_engine_agent(w.world.engine, usher_text_of(id));
}

/* Two colleagues, and contact 1 offered to olena, who is the better. */
static void open_with_offer(const char *channel)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9,internet=9");
    engine_agent(&w, "petro", "billing=4,internet=4");
    after(&w, 1000);
    pbx(&w, "contact.arrive contact=1 channel=%s to=100", channel);
    ck_assert_ptr_eq(engine_contact(&w, "1")->agent, agent("olena"));
}

START_TEST(offer_says_whom_to_ring_for_how_long_and_who_accepts)
{
    open_with_offer("voice");
    const struct usher_contact *contact = engine_contact(&w, "1");
    ck_assert_int_eq(contact->state, USHER_CONTACT_OFFERED);
    ck_assert_int_eq(contact->until_ms, w.world.now_ms + 15000 + USHER_RING_GRACE_MS);
    ck_assert_int_eq(contact->waited_ms, 0);
    pbx(&w, "contact.arrive contact=2 channel=email to=100");
    const struct usher_contact *email = engine_contact(&w, "2");
    ck_assert_int_eq(email->until_ms, w.world.now_ms + 15000); /* the desk's: no grace */
    engine_close(&w);
}
END_TEST

START_TEST(ring_is_for_the_open_offer_and_once)
{
    open_with_offer("voice");
    ck_assert_str_eq(pbx(&w, "contact.ring contact=1 offer=1-1"), "stale_offer");
    ck_assert_str_eq(pbx(&w, "contact.ring contact=1 offer=x"), "bad_field");
    ck_assert_str_eq(pbx(&w, "contact.ring contact=1 offer=%s", offer_of(&w, "1")),
                     "contact.ringing 1 olena");
    ck_assert_str_eq(pbx(&w, "contact.ring contact=1 offer=%s", offer_of(&w, "1")), "");
    ck_assert_int_eq(engine_contact(&w, "1")->until_ms,
                     w.world.now_ms + 15000 + USHER_RING_GRACE_MS);
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(pbx(&w, "contact.ring contact=1 offer=%s", offer_of(&w, "1")), "");
    engine_close(&w);
}
END_TEST

START_TEST(answer_makes_a_talk_once)
{
    open_with_offer("voice");
    after(&w, 5000);
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=?"), "bad_field");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1")),
                     "contact.answered 1 olena");
    ck_assert_int_eq(engine_contact(&w, "1")->until_ms, 0);
    ck_assert_int_eq(engine_contact(&w, "1")->answered_ms, w.world.now_ms);
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1")), "");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=1-1 agent=petro"), "wrong_state");
    engine_close(&w);
}
END_TEST

START_TEST(answer_to_an_offer_that_is_over_counts)
{
    open_with_offer("voice");
    char first[USHER_NUMBER_SIZE];
    (void)snprintf(first, sizeof(first), "%s", offer_of(&w, "1"));
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=no_answer", first),
                     "offer.failed 1 olena no_answer, contact.offered 1 petro");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=%s agent=olena", first),
                     "offer.withdrawn 1 petro answered_elsewhere, contact.answered 1 olena");
    ck_assert_uint_eq(agent("petro")->active[USHER_CHANNEL_VOICE], 0);
    engine_close(&w);
}
END_TEST

START_TEST(late_answer_to_the_last_offer_needs_no_agent)
{
    open_with_offer("voice");
    desk(&w, "petro", "agent.not_ready");
    ck_assert_str_eq(after(&w, 17000), "offer.expired 1 olena");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=1-1"), "stale_offer");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=1-1 agent=nobody"), "no_such_agent");
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1")),
                     "contact.answered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(answer_by_somebody_who_is_offered_another_makes_way)
{
    open_with_offer("voice");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    ck_assert_ptr_eq(engine_contact(&w, "2")->agent, agent("petro"));
    /* petro's phone took the first: his own offer is void, and olena is free for it in a second. */
    ck_assert_str_eq(pbx(&w, "contact.answer contact=1 offer=1-1 agent=petro"),
                     "offer.withdrawn 1 olena answered_elsewhere, "
                     "offer.withdrawn 2 petro agent_busy, contact.answered 1 petro");
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "contact.offered 2 olena");
    engine_close(&w);
}
END_TEST

START_TEST(failed_offer_goes_to_the_next_and_rests_the_phone)
{
    open_with_offer("voice");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=asleep", offer_of(&w, "1")),
                     "bad_field");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=1-1 reason=busy"), "stale_offer");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer= reason=busy"), "bad_field");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=busy", offer_of(&w, "1")),
                     "offer.failed 1 olena busy, agent.phone olena busy, contact.offered 1 petro");
    ck_assert_str_eq(
        pbx(&w, "contact.fail contact=1 offer=%s reason=unreachable", offer_of(&w, "1")),
        "offer.failed 1 petro unreachable, agent.phone petro unreachable");
    ck_assert_uint_eq(agent("olena")->missed_count, 0);
    ck_assert_str_eq(after(&w, USHER_PHONE_REST_MS),
                     "agent.phone olena idle, agent.phone petro idle");
    ck_assert_str_eq(after(&w, USHER_COOL_DOWN_MS - USHER_PHONE_REST_MS),
                     "contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(other_failures_rest_no_phone)
{
    static const char *const reasons[] = {"rejected", "error"};
    for (size_t i = 0; i < USHER_COUNT_OF(reasons); i++) {
        open_with_offer("voice");
        pbx(&w, "contact.fail contact=1 offer=%s reason=%s", offer_of(&w, "1"), reasons[i]);
        ck_assert_int_eq(agent("olena")->phone_state, USHER_PHONE_IDLE);
        ck_assert_int_eq(agent("olena")->state, USHER_AGENT_READY);
        ck_assert_ptr_eq(engine_contact(&w, "1")->agent, agent("petro"));
        engine_close(&w);
    }
}
END_TEST

START_TEST(two_offers_missed_in_a_row_make_the_agent_not_ready)
{
    open_with_offer("voice");
    desk(&w, "petro", "agent.sign_out"); /* so that olena is asked again */
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=no_answer", offer_of(&w, "1")),
                     "offer.failed 1 olena no_answer, contact.offered 1 olena");
    ck_assert_str_eq(after(&w, 17000), "offer.expired 1 olena, "
                                       "agent.not_ready olena ring_no_answer");
    desk(&w, "olena", "agent.ready");
    ck_assert_uint_eq(agent("olena")->missed_count, 0);
    engine_close(&w);
}
END_TEST

START_TEST(answer_and_decline_forget_the_missed_offers)
{
    open_with_offer("voice");
    desk(&w, "petro", "agent.sign_out");
    pbx(&w, "contact.fail contact=1 offer=%s reason=no_answer", offer_of(&w, "1"));
    ck_assert_uint_eq(agent("olena")->missed_count, 1);
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_uint_eq(agent("olena")->missed_count, 0);
    pbx(&w, "contact.end contact=1");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    pbx(&w, "contact.fail contact=2 offer=%s reason=no_answer", offer_of(&w, "2"));
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "2"));
    ck_assert_uint_eq(agent("olena")->missed_count, 0);
    engine_close(&w);
}
END_TEST

START_TEST(desk_accepts_chats_and_no_calls)
{
    open_with_offer("voice");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "1")), "wrong_state");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=1-1"), "stale_offer");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=x"), "stale_offer");
    ck_assert_str_eq(desk(&w, "petro", "offer.accept offer=%s", offer_of(&w, "1")), "stale_offer");
    ck_assert_str_eq(desk(&w, "petro", "offer.accept agent=olena offer=%s", offer_of(&w, "1")),
                     "not_allowed");
    ck_assert_str_eq(desk(&w, "nobody", "offer.accept offer=%s", offer_of(&w, "1")),
                     "no_such_agent");
    pbx(&w, "contact.abandon contact=1");
    pbx(&w, "contact.arrive contact=2 channel=chat");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "2")),
                     "contact.answered 2 olena");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "2")), "");
    ck_assert_str_eq(desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "2")), "wrong_state");
    engine_close(&w);
}
END_TEST

START_TEST(offer_taken_before_is_not_accepted_in_wrap_up)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=9");
    pbx(&w, "contact.arrive contact=1 channel=chat to=200");
    desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.end contact=1");
    ck_assert_str_eq(desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "1")), "wrong_state");
    engine_close(&w);
}
END_TEST

START_TEST(declined_call_waits_for_the_pbx_or_a_second)
{
    open_with_offer("voice");
    ck_assert_str_eq(desk(&w, "petro", "offer.decline offer=%s", offer_of(&w, "1")), "stale_offer");
    ck_assert_str_eq(desk(&w, "olena", "offer.decline reason=lunch offer=%s", offer_of(&w, "1")),
                     "offer.declined 1 olena lunch");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=1-1 reason=busy"), "stale_offer");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=rejected", offer_of(&w, "1")),
                     "offer.settled 1, contact.offered 1 petro");
    desk(&w, "petro", "offer.decline offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "");
    ck_assert_str_eq(pbx(&w, "contact.fail contact=1 offer=%s reason=rejected", offer_of(&w, "1")),
                     "stale_offer");
    ck_assert_str_eq(after(&w, USHER_COOL_DOWN_MS - USHER_SETTLE_MS), "contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(declined_chat_goes_to_the_next_at_once)
{
    open_with_offer("chat");
    ck_assert_str_eq(desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1")),
                     "offer.declined 1 olena, contact.offered 1 petro");
    engine_close(&w);
}
END_TEST

START_TEST(offer_taken_back_gives_the_idle_time_back_and_a_missed_one_does_not)
{
    open_with_offer("voice");
    int64_t idle_since_ms = engine_contact(&w, "1")->idle_before_ms;
    after(&w, 3000);
    pbx(&w, "contact.abandon contact=1");
    ck_assert_int_eq(agent("olena")->idle_since_ms, idle_since_ms);
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    after(&w, 3000);
    pbx(&w, "contact.fail contact=2 offer=%s reason=rejected", offer_of(&w, "2"));
    ck_assert_int_eq(agent("olena")->idle_since_ms, w.world.now_ms);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("engine_offer", offer_says_whom_to_ring_for_how_long_and_who_accepts,
           ring_is_for_the_open_offer_and_once, answer_makes_a_talk_once,
           answer_to_an_offer_that_is_over_counts, late_answer_to_the_last_offer_needs_no_agent,
           answer_by_somebody_who_is_offered_another_makes_way,
           failed_offer_goes_to_the_next_and_rests_the_phone, other_failures_rest_no_phone,
           two_offers_missed_in_a_row_make_the_agent_not_ready,
           answer_and_decline_forget_the_missed_offers, desk_accepts_chats_and_no_calls,
           offer_taken_before_is_not_accepted_in_wrap_up,
           declined_call_waits_for_the_pbx_or_a_second, declined_chat_goes_to_the_next_at_once,
           offer_taken_back_gives_the_idle_time_back_and_a_missed_one_does_not)
