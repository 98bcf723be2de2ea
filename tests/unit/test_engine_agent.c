/* Commands about agents: their shift, their state, their phone, their profile. */
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

START_TEST(shift_goes_from_sign_in_to_sign_out_and_repeats_do_nothing)
{
    engine_open(&w);
    router(&w, "profile.set agent=olena skills={}");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_in"), "agent.signed_in olena");
    ck_assert_int_eq(agent("olena")->state, USHER_AGENT_NOT_READY);
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_in"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.ready"), "agent.ready olena");
    ck_assert_str_eq(desk(&w, "olena", "agent.ready"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_in"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out"), "agent.signed_out olena");
    ck_assert_str_eq(desk(&w, "olena", "agent.ready"), "agent.signed_in olena, agent.ready olena");
    engine_close(&w);
}
END_TEST

START_TEST(desk_acts_for_its_own_agent_and_a_supervisor_for_any)
{
    engine_open(&w);
    router(&w, "profile.set agent=olena skills={}");
    ck_assert_str_eq(desk(&w, "petro", "agent.ready agent=olena"), "not_allowed");
    ck_assert_str_eq(desk(&w, "olena", "agent.ready agent=olena"),
                     "agent.signed_in olena, agent.ready olena");
    ck_assert_str_eq(boss(&w, "agent.not_ready agent=olena reason=lunch"),
                     "agent.not_ready olena lunch");
    ck_assert_str_eq(boss(&w, "agent.ready"), "missing_field");
    ck_assert_str_eq(boss(&w, "agent.ready agent="), "missing_field");
    engine_close(&w);
}
END_TEST

START_TEST(agent_without_a_profile_is_unknown)
{
    static const char *const commands[] = {"agent.sign_in", "agent.ready", "agent.not_ready",
                                           "agent.sign_out", "offer.decline offer=1-1"};
    engine_open(&w);
    for (size_t i = 0; i < USHER_COUNT_OF(commands); i++)
        ck_assert_str_eq(desk(&w, "olena", "%s", commands[i]), "no_such_agent");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=idle"), "no_such_agent");
    engine_close(&w);
}
END_TEST

START_TEST(reason_of_not_ready_is_one_of_the_rules)
{
    engine_open(&w);
    router(&w, "profile.set agent=olena skills={}");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready"), "wrong_state");
    desk(&w, "olena", "agent.ready");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=golf"), "bad_field");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=lunch"),
                     "agent.not_ready olena lunch");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=lunch"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=training"),
                     "agent.not_ready olena training");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready"), "agent.not_ready olena");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=ring_no_answer"),
                     "agent.not_ready olena ring_no_answer");
    desk(&w, "olena", "agent.ready");
    ck_assert_str_eq(agent("olena")->reason, "");
    engine_close(&w);
}
END_TEST

START_TEST(not_ready_takes_the_open_offer_back_and_leaves_the_talk)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    engine_agent(&w, "petro", "billing=3");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready"),
                     "agent.not_ready olena, offer.withdrawn 1 olena not_ready");
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "contact.offered 1 petro");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(desk(&w, "petro", "agent.not_ready"), "agent.not_ready petro");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_TALKING);
    engine_close(&w);
}
END_TEST

START_TEST(sign_out_waits_for_the_talk_and_ends_the_wrap_up)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=9");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.hold contact=1");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out"), "wrong_state");
    pbx(&w, "contact.end contact=1");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out"),
                     "agent.signed_out olena, contact.done 1 olena served");
    engine_agent(&w, "petro", "internet=9");
    pbx(&w, "contact.arrive contact=2 channel=voice to=200");
    ck_assert_str_eq(desk(&w, "petro", "agent.sign_out"),
                     "agent.signed_out petro, offer.withdrawn 2 petro signed_out");
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "");
    engine_close(&w);
}
END_TEST

START_TEST(who_leaves_after_the_contact_takes_no_other_and_ready_takes_it_back)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out mode=after"),
                     "agent.leaving olena signed_out");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out mode=after"), "");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=lunch mode=after"),
                     "agent.leaving olena lunch not_ready");
    int64_t idle_since_ms = agent("olena")->idle_since_ms;
    after(&w, 1000);
    ck_assert_str_eq(desk(&w, "olena", "agent.ready"), "agent.ready olena");
    ck_assert_int_eq(agent("olena")->idle_since_ms, idle_since_ms);
    ck_assert_str_eq(desk(&w, "olena", "agent.ready"), "");
    desk(&w, "olena", "agent.sign_out mode=after");
    ck_assert_str_eq(pbx(&w, "contact.end contact=1"),
                     "contact.done 1 olena served, agent.signed_out olena");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out mode=after"), "");
    engine_close(&w);
}
END_TEST

START_TEST(who_holds_nothing_leaves_at_once)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    ck_assert_str_eq(desk(&w, "olena", "agent.not_ready reason=lunch mode=after"),
                     "agent.not_ready olena lunch");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out mode=never"), "bad_field");
    ck_assert_str_eq(desk(&w, "olena", "agent.sign_out mode=after"), "agent.signed_out olena");
    engine_close(&w);
}
END_TEST

START_TEST(refused_reason_is_answered_with_those_of_the_rules)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    desk(&w, "olena", "agent.not_ready reason=golf");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "lunch, training, ring_no_answer"));
    engine_close(&w);
}
END_TEST

START_TEST(supervisor_forces_and_the_journal_has_who)
{
    engine_open(&w);
    router(&w, "profile.set agent=olena phone=sip:olena skills={\"billing\":3}");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=ready"),
                     "agent.signed_in olena, agent.ready olena");
    struct usher_text journal = usher_bytes_text(&w.world.journal);
    ck_assert_ptr_nonnull(memmem(journal.at, journal.length, "\"by\":\"boss\"", 11));
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=ready"), "");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=not_ready reason=golf"), "bad_field");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=happy"), "bad_field");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=not_ready"),
                     "agent.not_ready olena forced");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=signed_out"),
                     "agent.signed_out olena");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=signed_out"), "");
    ck_assert_str_eq(boss(&w, "agent.force agent=olena state=not_ready reason=lunch"),
                     "agent.signed_in olena, agent.not_ready olena lunch");
    engine_close(&w);
}
END_TEST

START_TEST(decliner_is_asked_again_when_the_last_other_signs_out)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=9");
    router(&w, "profile.set agent=petro skills={\"internet\":5}");
    desk(&w, "petro", "agent.sign_in");
    pbx(&w, "contact.arrive contact=1 channel=chat");
    ck_assert_str_eq(desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1")),
                     "offer.declined 1 olena");
    ck_assert_str_eq(desk(&w, "petro", "agent.sign_out"),
                     "agent.signed_out petro, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(decliner_is_asked_again_when_the_last_other_loses_the_skill)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=9");
    router(&w, "profile.set agent=petro skills={\"internet\":5}");
    desk(&w, "petro", "agent.sign_in");
    pbx(&w, "contact.arrive contact=1 channel=chat");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(router(&w, "profile.set agent=petro skills={}"),
                     "agent.profiled petro, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(phone_that_is_not_idle_overrides_ready)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=asleep"), "bad_field");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=idle"), "");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=busy"), "agent.phone olena busy");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=busy"), "");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    ck_assert_str_eq(after(&w, 10 * USHER_PHONE_REST_MS), ""); /* until the PBX says so */
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=idle"),
                     "agent.phone olena idle, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(word_of_the_pbx_ends_the_rest_of_a_phone)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=9");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.fail contact=1 offer=%s reason=busy", offer_of(&w, "1"));
    ck_assert_int_eq(agent("olena")->phone_until_ms, w.world.now_ms + USHER_PHONE_REST_MS);
    /* The PBX knows better: busy until it says otherwise. */
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=busy"), "agent.phone olena busy");
    ck_assert_int_eq(agent("olena")->phone_until_ms, 0);
    ck_assert_str_eq(after(&w, 3 * USHER_COOL_DOWN_MS), "");
    ck_assert_str_eq(pbx(&w, "agent.phone agent=olena state=idle"),
                     "agent.phone olena idle, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(profile_is_taken_when_it_changed)
{
    engine_open(&w);
    ck_assert_str_eq(router(&w, "profile.set agent=olena skills={\"billing\":3}"),
                     "agent.profiled olena");
    ck_assert_str_eq(router(&w, "profile.set agent=olena skills={\"billing\":3}"), "");
    ck_assert_str_eq(router(&w, "profile.set agent=olena skills={\"billing\":4}"),
                     "agent.profiled olena");
    ck_assert_str_eq(router(&w, "profile.set agent=olena name=O phone=p capacity={\"chat\":2} "
                                "skills={\"billing\":4}"),
                     "agent.profiled olena");
    ck_assert_str_eq(agent("olena")->name, "O");
    ck_assert_str_eq(agent("olena")->phone, "p");
    ck_assert_uint_eq(agent("olena")->cap[USHER_CHANNEL_CHAT], 2);
    ck_assert_str_eq(router(&w, "profile.set agent=olena skills={\"billing\":4}"),
                     "agent.profiled olena");
    ck_assert_str_eq(agent("olena")->name, "");
    ck_assert_uint_eq(agent("olena")->cap[USHER_CHANNEL_CHAT], 3);
    engine_close(&w);
}
END_TEST

START_TEST(agent_who_learns_is_offered_who_waits)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=1");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(router(&w, "profile.set agent=olena phone=sip:o skills={\"billing\":3}"),
                     "agent.profiled olena, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(agent_beyond_the_limit_is_refused)
{
    engine_open(&w);
    for (int i = 0; i < 6; i++)
        router(&w, "profile.set agent=a%d skills={}", i);
    ck_assert_str_eq(router(&w, "profile.set agent=a6 skills={}"), "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "limits.agents"));
    ck_assert_str_eq(router(&w, "profile.set agent=a5 skills={\"billing\":1}"),
                     "agent.profiled a5");
    engine_close(&w);
}
END_TEST

SUITE_MAIN("engine_agent", shift_goes_from_sign_in_to_sign_out_and_repeats_do_nothing,
           desk_acts_for_its_own_agent_and_a_supervisor_for_any, agent_without_a_profile_is_unknown,
           reason_of_not_ready_is_one_of_the_rules,
           not_ready_takes_the_open_offer_back_and_leaves_the_talk,
           sign_out_waits_for_the_talk_and_ends_the_wrap_up,
           who_leaves_after_the_contact_takes_no_other_and_ready_takes_it_back,
           who_holds_nothing_leaves_at_once, refused_reason_is_answered_with_those_of_the_rules,
           supervisor_forces_and_the_journal_has_who,
           decliner_is_asked_again_when_the_last_other_signs_out,
           decliner_is_asked_again_when_the_last_other_loses_the_skill,
           phone_that_is_not_idle_overrides_ready, word_of_the_pbx_ends_the_rest_of_a_phone,
           profile_is_taken_when_it_changed, agent_who_learns_is_offered_who_waits,
           agent_beyond_the_limit_is_refused)
