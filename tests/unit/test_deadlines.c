/* Deadlines: each lease ends by itself, in its order, at its moment or late. */
#include <check.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;

static int64_t next_ms(void)
{
    int64_t at_ms = usher_engine_next_deadline_ms(w.world.engine);
    return at_ms == INT64_MAX ? -1 : at_ms - w.world.now_ms;
}

START_TEST(nothing_under_way_has_no_deadline)
{
    engine_open(&w);
    ck_assert_int_eq(next_ms(), -1);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200"); /* nobody can */
    ck_assert_int_eq(next_ms(), -1);
    engine_close(&w);
}
END_TEST

START_TEST(each_lease_has_its_deadline)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    ck_assert_int_eq(next_ms(), 10000 + USHER_RING_GRACE_MS);
    pbx(&w, "contact.ring contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_int_eq(next_ms(), 10000 + USHER_RING_GRACE_MS);
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_int_eq(next_ms(), -1);
    pbx(&w, "contact.end contact=1");
    ck_assert_int_eq(next_ms(), 30000);
    boss(&w, "contact.wrap_up contact=pbx1/1");
    ck_assert_int_eq(next_ms(), -1);
    pbx(&w, "contact.arrive contact=2 channel=voice to=200");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "2"));
    ck_assert_int_eq(next_ms(), USHER_SETTLE_MS);
    engine_agent(&w, "petro", "internet=2"); /* not eligible: olena is asked again */
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "contact.offered 2 olena");
    pbx(&w, "contact.fail contact=2 offer=%s reason=busy", offer_of(&w, "2"));
    ck_assert_int_eq(next_ms(), USHER_PHONE_REST_MS);
    router(&w, "link.lose client=pbx1 until_ms=+20s");
    ck_assert_int_eq(next_ms(), 20000);
    engine_close(&w);
}
END_TEST

START_TEST(lease_ends_at_its_moment_and_not_before)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(after(&w, 16999), "");
    ck_assert_str_eq(after(&w, 1), "offer.expired 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(expired_chat_is_offered_again_at_once_to_who_is_alone)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=5");
    pbx(&w, "contact.arrive contact=1 channel=chat");
    ck_assert_str_eq(after(&w, 20000), "offer.expired 1 olena, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(deadlines_of_one_moment_fire_contacts_by_arrival_then_agents_then_links)
{
    engine_open(&w);
    engine_agent(&w, "anna", "billing=5");
    engine_agent(&w, "olena", "internet=5");
    engine_agent(&w, "petro", "internet=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    pbx(&w, "contact.arrive contact=2 channel=voice to=200");
    pbx(&w, "contact.answer contact=2 offer=%s", offer_of(&w, "2"));
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx_of(&w, "pbx2", "contact.arrive contact=3 channel=voice to=100");
    const struct usher_contact *third = usher_engine_contact(w.world.engine, USHER_TEXT("pbx2/3"));
    char room[USHER_NUMBER_SIZE];
    /* All of these end in 30 s, begun in the order link, agent, second, first. */
    router(&w, "link.lose client=pbx2 until_ms=+30s");
    pbx_of(&w, "pbx2", "contact.fail contact=3 reason=busy offer=%s",
           usher_number_write(third->offer, room).at);
    pbx(&w, "contact.end contact=2");
    pbx(&w, "contact.end contact=1");
    ck_assert_str_eq(after(&w, 30000), "contact.done 1 olena served, contact.done 2 petro served, "
                                       "agent.phone anna idle, contact.abandoned pbx2/3 link_lost");
    engine_close(&w);
}
END_TEST

START_TEST(deadlines_that_passed_unseen_fire_in_their_order)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=5");
    engine_agent(&w, "petro", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100"); /* expires in 17 s */
    pbx(&w, "contact.arrive contact=2 channel=voice to=200"); /* in 12 s */
    world_jump_to(&w.world, w.world.now_ms + 3600000);
    ck_assert_str_eq(after(&w, 0), "offer.expired 2 olena, offer.expired 1 petro");
    ck_assert_int_eq(engine_contact(&w, "1")->settle_until_ms, w.world.now_ms + USHER_SETTLE_MS);
    engine_close(&w);
}
END_TEST

START_TEST(cool_down_that_ends_asks_the_decliner_again)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=5");
    router(&w, "profile.set agent=petro skills={\"internet\":5}");
    desk(&w, "petro", "agent.sign_in");
    pbx(&w, "contact.arrive contact=1 channel=chat");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1"));
    ck_assert_int_eq(next_ms(), USHER_COOL_DOWN_MS);
    ck_assert_str_eq(after(&w, USHER_COOL_DOWN_MS - 1), "");
    ck_assert_str_eq(after(&w, 1), "contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(no_deadline_fires_before_there_are_rules)
{
    struct usher_limits limits = ENGINE_LIMITS;
    world_open(&w.world, &limits);
    router(&w, "profile.set agent=olena skills={}");
    ck_assert_int_eq(next_ms(), -1);
    ck_assert_str_eq(after(&w, 1000), "");
    engine_close(&w);
}
END_TEST

SUITE_MAIN("deadlines", nothing_under_way_has_no_deadline, each_lease_has_its_deadline,
           lease_ends_at_its_moment_and_not_before,
           expired_chat_is_offered_again_at_once_to_who_is_alone,
           deadlines_of_one_moment_fire_contacts_by_arrival_then_agents_then_links,
           deadlines_that_passed_unseen_fire_in_their_order,
           cool_down_that_ends_asks_the_decliner_again, no_deadline_fires_before_there_are_rules)
