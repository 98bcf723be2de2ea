/* Commands of usherd itself: rules, links, its start and end. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

/* No internet, no gold; billing stands last. */
#define OTHER_RULES                                                                                \
    "skills: [lang.uk, sales, billing]\n"                                                          \
    "queues:\n"                                                                                    \
    "  sales: {need: {sales: {min: 1}}}\n"                                                         \
    "  rest: {}\n"                                                                                 \
    "  billing: {need: {billing: {min: 5}}}\n"                                                     \
    "routes:\n"                                                                                    \
    "  - {when: {dialled: \"200\"}, queue: sales}\n"                                               \
    "  - queue: rest\n"

static struct engine_world w;

static const char *queue_of(const char *contact)
{
    const struct usher_rules *rules = usher_engine_rules(w.world.engine);
    return rules->queues[engine_contact(&w, contact)->queue].name.at;
}

static void expect_queue(const char *contact, const char *queue)
{
    ck_assert_int_eq(strncmp(queue_of(contact), queue, strlen(queue)), 0);
}

START_TEST(rules_that_are_not_on_the_shelf_are_refused)
{
    engine_open(&w);
    ck_assert_str_eq(router(&w, "rules.load hash=abcd"), "bad_rules");
    ck_assert(!usher_engine_has_rules(w.world.engine, USHER_TEXT("abcd")));
    engine_close(&w);
}
END_TEST

START_TEST(rules_in_use_are_taken_into_use_once)
{
    engine_open(&w);
    ck_assert_str_eq(router(&w, "rules.load hash=%s", usher_engine_rules(w.world.engine)->hash),
                     "");
    engine_close(&w);
}
END_TEST

START_TEST(new_rules_keep_contacts_by_the_names_of_their_queues_and_tiers)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=6,sales=1");
    pbx(&w, "contact.arrive contact=1 channel=voice to=101"); /* gold, which goes */
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.arrive contact=2 channel=voice to=200"); /* internet, which goes */
    pbx(&w, "contact.arrive contact=3 channel=voice to=999"); /* any, which goes */
    ck_assert(world_use_rules(&w.world, USHER_TEXT(OTHER_RULES)));
    world_take(&w.world);
    expect_queue("1", "billing");
    expect_queue("2", "sales");
    expect_queue("3", "rest");
    ck_assert_uint_eq(engine_contact(&w, "1")->tier,
                      usher_engine_rules(w.world.engine)->default_tier);
    ck_assert_int_eq(w.world.engine->queue_waiting[0], 1);
    ck_assert_int_eq(w.world.engine->queue_waiting[1], 1);
    ck_assert_int_eq(w.world.engine->queue_waiting[2], 0);
    ck_assert_str_eq(pbx(&w, "contact.end contact=1"),
                     "contact.done 1 olena served, contact.offered 3 olena");
    engine_close(&w);
}
END_TEST

START_TEST(new_rules_pair_those_who_may_now)
{
    engine_open(&w);
    engine_agent(&w, "olena", "sales=5");
    engine_agent(&w, "petro", "sales=9");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    pbx(&w, "contact.arrive contact=2 channel=voice to=200 since_ms=@-5s");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    ck_assert(world_use_rules(&w.world, USHER_TEXT(OTHER_RULES)));
    world_take(&w.world);
    ck_assert_str_eq(engine_contact(&w, "2")->agent->id, "petro");
    ck_assert_str_eq(engine_contact(&w, "1")->agent->id, "olena");
    engine_close(&w);
}
END_TEST

static void use_rules(int number)
{
    char text[512];
    (void)snprintf(text, sizeof(text), "# %d\n%s", number, OTHER_RULES);
    ck_assert(world_use_rules(&w.world, usher_text_of(text)));
    world_take(&w.world);
}

START_TEST(shelf_keeps_the_rules_in_use_and_the_last_four)
{
    char hashes[9][65];
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    for (int i = 0; i < 7; i++) {
        use_rules(i);
        memcpy(hashes[i], usher_engine_rules(w.world.engine)->hash, sizeof(hashes[i]));
    }
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(usher_engine_has_rules(w.world.engine, usher_text_of(hashes[i])), i >= 2);
    ck_assert_str_eq(router(&w, "rules.load hash=%s", hashes[2]), "rules.loaded");
    for (int i = 0; i < 9; i++) { /* the oldest there is in use now, and stays */
        struct usher_rules *rules = world_read_rules(&w.world, usher_text_of(hashes[6]));
        (void)snprintf(rules->hash, sizeof(rules->hash), "new-%d", i);
        usher_engine_shelve(w.world.engine, rules);
        ck_assert(usher_engine_has_rules(w.world.engine, usher_text_of(rules->hash)));
        ck_assert(usher_engine_has_rules(w.world.engine, usher_text_of(hashes[2])));
    }
    ck_assert(!usher_engine_has_rules(w.world.engine, USHER_TEXT("new-4")));
    ck_assert(usher_engine_has_rules(w.world.engine, USHER_TEXT("new-5")));
    engine_close(&w);
}
END_TEST

START_TEST(lost_link_keeps_its_contacts_from_offers_until_it_is_back)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(router(&w, "link.lose client=pbx1 until_ms=+30s"), "link.lost");
    ck_assert_str_eq(router(&w, "link.lose client=pbx1 until_ms=+90s"), "");
    ck_assert_str_eq(router(&w, "link.lose client=pbx9 until_ms=+30s"), "");
    engine_agent(&w, "olena", "billing=5");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    ck_assert_str_eq(router(&w, "link.regain client=pbx1"),
                     "link.regained, contact.offered 1 olena");
    ck_assert_str_eq(router(&w, "link.regain client=pbx1"), "");
    ck_assert_str_eq(after(&w, 10000), "");
    engine_close(&w);
}
END_TEST

START_TEST(contacts_of_a_link_that_stays_lost_are_closed)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    pbx_of(&w, "pbx2", "contact.arrive contact=3 channel=voice to=100");
    router(&w, "link.lose client=pbx1 until_ms=+30s");
    ck_assert_str_eq(after(&w, 29999), "");
    ck_assert_str_eq(after(&w, 1), "contact.done 1 olena link_lost, "
                                   "contact.offered pbx2/3 olena, contact.abandoned 2 link_lost");
    engine_close(&w);
}
END_TEST

START_TEST(offer_of_a_lost_link_that_nobody_could_answer_blames_nobody)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    after(&w, 5000);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    const struct usher_agent *olena = &w.world.engine->floor.agents[0];
    router(&w, "link.lose client=pbx1 until_ms=+30s");
    ck_assert_str_eq(after(&w, 17000), "offer.withdrawn 1 olena link_lost");
    ck_assert_uint_eq(olena->missed_count, 0);
    ck_assert_int_eq(olena->idle_since_ms, WORLD_START_MS); /* as before the offer */
    ck_assert_str_eq(router(&w, "link.regain client=pbx1"), "link.regained");
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(offer_that_ran_out_while_nobody_was_heard_blames_nobody)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    const struct usher_agent *olena = &w.world.engine->floor.agents[0];
    ck_assert_str_eq(after_outage(&w, 16999), "");
    ck_assert_str_eq(after_outage(&w, 1), "offer.withdrawn 1 olena outage");
    ck_assert_uint_eq(olena->missed_count, 0);
    engine_close(&w);
}
END_TEST

START_TEST(leader_is_known_by_its_last_words)
{
    engine_open(&w);
    router(&w, "router.start token=t prev=0-0 version=1 outage=route home=0123456789abcdef "
               "addresses=/run/a.sock");
    struct usher_leader leader = usher_engine_leader(w.world.engine);
    ck_assert(usher_text_is_equal(leader.outage, USHER_TEXT("route")));
    ck_assert(usher_text_is_equal(leader.home, USHER_TEXT("0123456789abcdef")));
    ck_assert_str_eq(router(&w, "router.set_outage outage=hold"), "router.outage");
    leader = usher_engine_leader(w.world.engine);
    ck_assert(usher_text_is_equal(leader.outage, USHER_TEXT("hold")));
    ck_assert_uint_eq(leader.home.length, 0);
    ck_assert(usher_text_is_equal(leader.addresses, USHER_TEXT("/run/a.sock")));
    engine_close(&w);
}
END_TEST

START_TEST(at_a_start_all_links_that_have_contacts_are_lost)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice");
    pbx_of(&w, "pbx2", "contact.arrive contact=1 channel=voice");
    pbx_of(&w, "pbx2", "contact.abandon contact=1");
    pbx_of(&w, "pbx3", "contact.arrive contact=1 channel=voice");
    ck_assert_str_eq(router(&w, "link.lose until_ms=+30s"), "link.lost, link.lost");
    ck_assert_str_eq(router(&w, "link.lose until_ms=+60s"), "link.lost, link.lost");
    ck_assert_str_eq(after(&w, 59999), "");
    ck_assert_str_eq(after(&w, 1),
                     "contact.abandoned 1 link_lost, contact.abandoned pbx3/1 link_lost");
    engine_close(&w);
}
END_TEST

START_TEST(new_life_of_a_pbx_closes_what_it_had)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    ck_assert_str_eq(router(&w, "link.regain client=pbx1 instance=one"), "link.regained");
    ck_assert_str_eq(router(&w, "link.regain client=pbx1 instance=one"), "");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    router(&w, "link.lose client=pbx1 until_ms=+30s");
    ck_assert_str_eq(
        router(&w, "link.regain client=pbx1 instance=two"),
        "contact.done 1 olena pbx_restarted, contact.abandoned 2 pbx_restarted, link.regained");
    engine_close(&w);
}
END_TEST

START_TEST(new_life_without_a_lost_link_offers_nothing_that_is_about_to_be_closed)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    router(&w, "link.regain client=pbx1 instance=one");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    pbx_of(&w, "pbx2", "contact.arrive contact=3 channel=voice to=100");
    ck_assert_str_eq(
        router(&w, "link.regain client=pbx1 instance=two"),
        "contact.done 1 olena pbx_restarted, contact.abandoned 2 pbx_restarted, link.regained, "
        "contact.offered pbx2/3 olena");
    engine_close(&w);
}
END_TEST

START_TEST(first_word_of_an_instance_closes_nothing)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(router(&w, "link.regain client=pbx1 instance=one"), "link.regained");
    ck_assert_ptr_nonnull(engine_contact(&w, "1"));
    engine_close(&w);
}
END_TEST

START_TEST(start_beat_stop_and_a_lost_journal_change_nothing_but_the_number)
{
    engine_open(&w);
    uint64_t seq = usher_engine_last_number(w.world.engine).seq;
    ck_assert_str_eq(router(&w, "router.beat"), "router.heartbeat");
    ck_assert_str_eq(router(&w, "journal.lose"), "journal.lost");
    ck_assert_str_eq(router(&w, "router.stop"), "router.stopped");
    ck_assert_uint_eq(usher_engine_last_number(w.world.engine).seq, seq + 3);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("engine_router", rules_that_are_not_on_the_shelf_are_refused,
           rules_in_use_are_taken_into_use_once,
           new_rules_keep_contacts_by_the_names_of_their_queues_and_tiers,
           new_rules_pair_those_who_may_now, shelf_keeps_the_rules_in_use_and_the_last_four,
           lost_link_keeps_its_contacts_from_offers_until_it_is_back,
           contacts_of_a_link_that_stays_lost_are_closed,
           offer_of_a_lost_link_that_nobody_could_answer_blames_nobody,
           offer_that_ran_out_while_nobody_was_heard_blames_nobody,
           leader_is_known_by_its_last_words, at_a_start_all_links_that_have_contacts_are_lost,
           new_life_of_a_pbx_closes_what_it_had,
           new_life_without_a_lost_link_offers_nothing_that_is_about_to_be_closed,
           first_word_of_an_instance_closes_nothing,
           start_beat_stop_and_a_lost_journal_change_nothing_but_the_number)
