/* The match, by example: each term of the bid, both ways, and who may be asked at all. */
#include <check.h>

#include "unit/match_world.h"
#include "unit/suite.h"

#define QUEUES                                                                                     \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 1}}, promise: {answer_within: 20s}}\n"                      \
    "  french: {need: {french: {min: 1}}, promise: {answer_within: 20s}}\n"                        \
    "  slow: {need: {billing: {min: 1}}, promise: {answer_within: 60s}}\n"                         \
    "  written: {need: {billing: {min: 1}}, promise: {answer_within: 60s}}\n"                      \
    "routes:\n"                                                                                    \
    "  - queue: billing\n"
#define SKILLS "skills: [billing, french]\ntiers:\n  gold: {head_start: 30s}\n"
#define FREE   "bid: {lend_worth: 0s}\n" /* without the price, which others test */
#define RULES  SKILLS FREE QUEUES

START_TEST(best_match_gets_the_contact)
{
    floor_open(&world, RULES, 10);
    floor_ready_agent(&world, "petro", "{\"billing\":4}", 0);
    struct usher_agent *olena =
        floor_ready_agent(&world, "olena", "{\"billing\":9,\"french\":1}", 0);
    floor_class(&world, "french", "standard", USHER_CHANNEL_VOICE, NULL);
    usher_floor_take_shares(&world.floor, 0);
    world.now_ms = 10000;
    ck_assert_ptr_eq(agent_for(floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 9000)), olena);
    /* Shares are of the one class that there was: french. Her ground is its match. */
    ck_assert_int_eq(bid.late_ms, 1000 - 20000);
    ck_assert_int_eq(bid.match, 900);
    ck_assert_int_eq(bid.ground, 100);
    ck_assert_int_eq(bid.idle_ms, 10000);
    ck_assert_int_eq(bid.bid_ms, -19000 + 240000 * (2 * 900 - 100) / 2000 + 1500);
    floor_close(&world);
}
END_TEST

START_TEST(longer_idle_wins_between_equals_and_then_the_lower_index)
{
    floor_open(&world, RULES, 10);
    floor_ready_agent(&world, "anna", "{\"billing\":5}", 300);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 200);
    floor_ready_agent(&world, "petro", "{\"billing\":5}", 200);
    world.now_ms = 1000;
    ck_assert_ptr_eq(agent_for(floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0)), olena);
    floor_close(&world);
}
END_TEST

START_TEST(idle_time_counts_up_to_its_cap)
{
    /* 300 s of idle time beyond the cap are worth nothing; a level more is worth 24 s - 12 s. */
    floor_open(&world, RULES, 10);
    floor_ready_agent(&world, "anna", "{\"billing\":5}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":6}", 300000);
    world.now_ms = 1200000;
    struct usher_contact *contact =
        floor_contact(&world, "billing", USHER_CHANNEL_VOICE, world.now_ms);
    ck_assert_ptr_eq(agent_for(contact), olena);
    ck_assert_int_eq(bid.idle_ms, 900000);
    olena->idle_since_ms = 1200000;
    usher_floor_update_agent(&world.floor, olena, world.now_ms);
    ck_assert_str_eq(agent_for(contact)->id, "anna"); /* 135 s for 15 minutes */
    ck_assert_int_eq(bid.bid_ms, -20000 + 240000 * (2 * 500) / 2000 + 135000);
    ck_assert_int_eq(bid.idle_ms, 1200000);
    floor_close(&world);
}
END_TEST

START_TEST(without_fairness_idle_time_decides_only_between_equals)
{
    floor_open(&world, SKILLS "bid: {lend_worth: 0s, fairness: 0}\n" QUEUES, 10);
    floor_ready_agent(&world, "anna", "{\"billing\":5}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":6}", 900000);
    world.now_ms = 900000;
    ck_assert_ptr_eq(agent_for(floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0)), olena);
    floor_close(&world);
}
END_TEST

START_TEST(terms_that_round_to_the_same_leave_the_tie_to_the_lower_index)
{
    /* A second of match_worth: 2q - G of 501 and 500 are both worth 250 ms. Whoever idles first on
     * the floor is not eligible, so the walk meets anna last. */
    floor_open(&world,
               "skills: [billing, french]\n"
               "bid: {lend_worth: 0s, match_worth: 1s}\n" QUEUES,
               10);
    floor_ready_agent(&world, "maria", "{\"french\":5}", 0);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{\"billing\":5}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_agent *petro = floor_ready_agent(&world, "petro", "{\"billing\":5}", 0);
    struct usher_contact *contact = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    usher_floor_refresh(&world.floor, contact->class);
    world.floor.stands[anna->index].ground = 500;
    world.floor.stands[olena->index].ground = 499;
    world.floor.stands[petro->index].ground = 499;
    contact->class->is_stale = true;
    ck_assert_ptr_eq(agent_for(contact), anna);
    floor_close(&world);
}
END_TEST

START_TEST(scarce_agent_is_spared_by_his_price)
{
    floor_open(&world,
               SKILLS "queues:\n"
                      "  billing: {need: {billing: {}}, forecast: {per_hour: 12, handle: 5m}}\n"
                      "  french: {need: {french: {}}, forecast: {per_hour: 12, handle: 5m}}\n"
                      "routes:\n"
                      "  - queue: billing\n",
               10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{\"billing\":5,\"french\":5}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *contact = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *french = floor_contact(&world, "french", USHER_CHANNEL_VOICE, 0);
    /* anna is all there is for French at 0.98 erlang: the whole price */
    ck_assert_uint_eq(usher_match_lend(&world.floor, olena, contact->class), 0);
    ck_assert_uint_eq(usher_match_lend(&world.floor, anna, french->class),
                      usher_pool_price(&world.floor.pools[0]));
    uint32_t price = usher_match_lend(&world.floor, anna, contact->class);
    ck_assert_uint_eq(price, usher_pool_price(&world.floor.pools[1]));
    ck_assert_uint_ge(price, 4500);
    ck_assert_ptr_eq(agent_for(contact), olena);
    ck_assert_ptr_eq(agent_for(french), anna);
    floor_hold(&world, olena, USHER_CHANNEL_VOICE, 1);
    ck_assert_ptr_eq(agent_for(contact), anna); /* dear, but nobody else is free */
    ck_assert_int_eq(bid.lend, price);
    ck_assert_int_eq(bid.bid_ms, bid.late_ms + 240000 * (2 * bid.match - bid.ground) / 2000 -
                                     (int64_t)price * 160000 / 10000);
    floor_close(&world);
}
END_TEST

START_TEST(further_chats_of_an_agent_have_no_price)
{
    floor_open(&world, SKILLS QUEUES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *chat = floor_contact(&world, "written", USHER_CHANNEL_CHAT, 0);
    ck_assert_uint_gt(usher_match_lend(&world.floor, olena, chat->class), 0); /* of the phone */
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 1);
    ck_assert_uint_eq(usher_match_lend(&world.floor, olena, chat->class), 0);
    ck_assert_ptr_eq(agent_for(chat), olena);
    floor_close(&world);
}
END_TEST

START_TEST(nobody_is_found_where_nobody_may_be_asked)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"french\":5}", 0);
    struct usher_contact *contact = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    ck_assert_ptr_null(agent_for(contact));
    ck_assert_ptr_null(contact_for(olena));
    floor_profile(&world, olena, "{\"billing\":5}", NULL);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 1);
    ck_assert_ptr_null(agent_for(contact));
    ck_assert_ptr_null(contact_for(olena));
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 0);
    ck_assert_ptr_eq(agent_for(contact), olena);
    ck_assert_ptr_eq(contact_for(olena), contact);
    floor_close(&world);
}
END_TEST

START_TEST(freed_agent_takes_the_latest_and_then_the_earlier_place)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena =
        floor_ready_agent(&world, "olena", "{\"billing\":5,\"french\":5}", 0);
    floor_contact(&world, "slow", USHER_CHANNEL_VOICE, 5000);
    struct usher_contact *french = floor_contact(&world, "french", USHER_CHANNEL_VOICE, 10000);
    world.now_ms = 20000;
    ck_assert_ptr_eq(contact_for(olena), french); /* 10 s to its promise, the other 45 s */
    ck_assert_int_eq(bid.late_ms, -10000);
    ck_assert_int_eq(bid.ground, 0);
    ck_assert_int_eq(bid.bid_ms, -10000 + 240000 * 500 / 1000);
    struct usher_contact *same = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 10000);
    ck_assert_ptr_eq(contact_for(olena), french); /* of the same place, but of the lower serial */
    same->serial = 0;
    ck_assert_ptr_eq(contact_for(olena), same);
    floor_close(&world);
}
END_TEST

START_TEST(tier_comes_before_by_its_head_start)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *standard = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_class *gold = floor_class(&world, "billing", "gold", USHER_CHANNEL_VOICE, NULL);
    struct usher_contact *late_gold = floor_contact_of(&world, gold, 30001);
    world.now_ms = 40001;
    standard->place_ms = 30000 - 10000; /* on time by a millisecond less than the head start */
    ck_assert_ptr_eq(contact_for(olena), late_gold);
    floor_close(&world);
}
END_TEST

START_TEST(contact_on_time_passes_a_late_one_until_the_second_promise_draws_near)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *late = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *on_time = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 10000);
    world.now_ms = 20000;
    ck_assert_ptr_eq(contact_for(olena), late); /* not late yet */
    world.now_ms = 20001;
    ck_assert_ptr_eq(contact_for(olena), on_time);
    on_time->place_ms = 20001; /* as far from its promise as the other from its second one */
    ck_assert_ptr_eq(contact_for(olena), late);
    floor_close(&world);
}
END_TEST

START_TEST(without_overtaking_a_class_is_one_line)
{
    floor_open(&world, SKILLS "bid: {lend_worth: 0s, overtaking: false}\n" QUEUES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *late = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 10000);
    world.now_ms = 20001;
    ck_assert_ptr_eq(contact_for(olena), late);
    ck_assert_int_eq(bid.late_ms, 1 - 20000);
    floor_close(&world);
}
END_TEST

START_TEST(without_overtaking_a_decline_lets_nobody_else_take_the_next)
{
    floor_open(&world, SKILLS "bid: {lend_worth: 0s, overtaking: false}\n" QUEUES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":9}", 0);
    struct usher_agent *petro = floor_ready_agent(&world, "petro", "{\"billing\":3}", 0);
    struct usher_contact *late = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *on_time = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 15000);
    world.now_ms = 25000;
    usher_contact_remember_decline(late, petro->index, 60000);
    struct usher_agent *agent = NULL;
    struct usher_contact *contact = NULL;
    ck_assert(usher_match_pair(&world.floor, world.now_ms, &agent, &contact, &bid));
    ck_assert_ptr_eq(agent, olena); /* by the order of bids: 15 s after the promise's 10 */
    ck_assert_ptr_eq(contact, late);
    usher_floor_leave(&world.floor, late);
    floor_hold(&world, olena, USHER_CHANNEL_VOICE, 1);
    ck_assert(usher_match_pair(&world.floor, world.now_ms, &agent, &contact, &bid));
    ck_assert_ptr_eq(agent, petro);
    ck_assert_ptr_eq(contact, on_time);
    floor_close(&world);
}
END_TEST

START_TEST(with_one_promise_only_the_late_lose_nothing)
{
    floor_open(&world, SKILLS "bid: {lend_worth: 0s, second_promise: off}\n" QUEUES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *late = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 10000);
    world.now_ms = 20001;
    ck_assert_ptr_eq(contact_for(olena), late);
    ck_assert_int_eq(bid.late_ms, 1);
    floor_close(&world);
}
END_TEST

START_TEST(live_contact_comes_before_written_work_however_late)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    struct usher_contact *email = floor_contact(&world, "written", USHER_CHANNEL_EMAIL, 0);
    world.now_ms = 10000000;
    ck_assert_ptr_eq(contact_for(olena), email);
    struct usher_contact *chat = floor_contact(&world, "written", USHER_CHANNEL_CHAT, world.now_ms);
    ck_assert_ptr_eq(contact_for(olena), chat);
    struct usher_agent *agent = NULL;
    struct usher_contact *contact = NULL;
    ck_assert(usher_match_pair(&world.floor, world.now_ms, &agent, &contact, &bid));
    ck_assert_ptr_eq(contact, chat);
    floor_close(&world);
}
END_TEST

START_TEST(decliner_is_not_asked_while_somebody_else_is_signed_in)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":9}", 0);
    struct usher_agent *petro = floor_ready_agent(&world, "petro", "{\"billing\":3}", 0);
    struct usher_contact *declined = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *next = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 1);
    usher_contact_remember_decline(declined, olena->index, 60000);
    ck_assert_ptr_eq(agent_for(declined), petro);
    ck_assert_ptr_eq(contact_for(olena), next); /* passing it is not overtaking */
    floor_not_ready(&world, petro);
    ck_assert_ptr_null(agent_for(declined)); /* he will come back */
    floor_sign_out(&world, petro);
    ck_assert_ptr_eq(agent_for(declined), olena);
    ck_assert_ptr_eq(contact_for(olena), declined);
    floor_ready(&world, petro, 0);
    floor_hold(&world, petro, USHER_CHANNEL_VOICE, 1);
    world.now_ms = 59999;
    ck_assert_ptr_null(agent_for(declined));
    world.now_ms = 60000; /* the cool-down is over */
    ck_assert_ptr_eq(agent_for(declined), olena);
    floor_close(&world);
}
END_TEST

START_TEST(another_who_is_not_eligible_does_not_keep_the_decliner_away)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":9}", 0);
    floor_ready_agent(&world, "petro", "{\"french\":3}", 0);
    struct usher_contact *declined = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    usher_contact_remember_decline(declined, olena->index, 60000);
    ck_assert(!usher_match_is_excluded(&world.floor, declined, olena, 0));
    ck_assert_ptr_eq(agent_for(declined), olena);
    floor_close(&world);
}
END_TEST

START_TEST(late_one_whom_the_agent_declined_lets_the_next_late_and_the_first_on_time_stand)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":9}", 0);
    floor_ready(&world, floor_agent(&world, "petro", "{\"billing\":3}", NULL), 0);
    struct usher_contact *first = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *second = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 1);
    struct usher_contact *on_time = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 90000);
    world.now_ms = 100000;
    usher_contact_remember_decline(first, olena->index, 160000);
    ck_assert_ptr_eq(contact_for(olena), second);
    usher_contact_remember_decline(second, olena->index, 160000);
    ck_assert_ptr_eq(contact_for(olena), on_time);
    floor_close(&world);
}
END_TEST

SUITE_MAIN("match", best_match_gets_the_contact,
           longer_idle_wins_between_equals_and_then_the_lower_index, idle_time_counts_up_to_its_cap,
           without_fairness_idle_time_decides_only_between_equals,
           terms_that_round_to_the_same_leave_the_tie_to_the_lower_index,
           scarce_agent_is_spared_by_his_price, further_chats_of_an_agent_have_no_price,
           nobody_is_found_where_nobody_may_be_asked,
           freed_agent_takes_the_latest_and_then_the_earlier_place,
           tier_comes_before_by_its_head_start,
           contact_on_time_passes_a_late_one_until_the_second_promise_draws_near,
           without_overtaking_a_class_is_one_line,
           without_overtaking_a_decline_lets_nobody_else_take_the_next,
           with_one_promise_only_the_late_lose_nothing,
           live_contact_comes_before_written_work_however_late,
           decliner_is_not_asked_while_somebody_else_is_signed_in,
           another_who_is_not_eligible_does_not_keep_the_decliner_away,
           late_one_whom_the_agent_declined_lets_the_next_late_and_the_first_on_time_stand)
