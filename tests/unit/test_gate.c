/* Gates between a contact and an agent who is fit and free: steps, waits for the last agent,
 * reserves. And what it is worth to have served the customer before. */
#include <check.h>

#include "routing/gate.h"
#include "unit/match_world.h"
#include "unit/suite.h"

#define CENTER                                                                                     \
    "skills: [net, fr]\n"                                                                          \
    "bid: {lend_worth: 0}\n"                                                                       \
    "queues:\n"                                                                                    \
    "  net: {need: {net: {min: 7}}, relax: [{after: 20s, net: {min: 3}}, {after: 60s, net: {min: " \
    "0}}]}\n"                                                                                      \
    "  mail: {last_agent: {worth: 45s, within: 1h, wait: {email: 100s}}}\n"                        \
    "routes: [{queue: net}]\n"
#define RESERVE "reserve: {fr: {keep: 1, until: 50s}}\n"

static enum usher_gate gate_of(const struct usher_contact *contact, const struct usher_agent *agent)
{
    return usher_gate_find(&world.floor, contact, agent, world.now_ms);
}

/* Served by `agent` `ago_ms` before it came. */
static struct usher_contact *served(enum usher_channel channel, int64_t place_ms,
                                    const struct usher_agent *agent, int64_t ago_ms)
{
    struct usher_contact *contact = floor_contact(&world, "mail", channel, place_ms);
    usher_floor_leave(&world.floor, contact);
    contact->arrived_ms = place_ms;
    contact->served_by = agent;
    contact->served_ms = place_ms - ago_ms;
    usher_floor_join(&world.floor, contact);
    return contact;
}

START_TEST(step_opens_when_the_leg_has_lasted_so_long)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *expert = floor_ready_agent(&world, "expert", "{\"net\":9}", 0);
    struct usher_agent *some = floor_ready_agent(&world, "some", "{\"net\":3}", 0);
    struct usher_agent *any = floor_ready_agent(&world, "any", "{}", 0);
    struct usher_contact *contact = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    floor_hold(&world, expert, USHER_CHANNEL_VOICE, 1);
    world.now_ms = 19999;
    ck_assert_ptr_null(agent_for(contact));
    ck_assert_ptr_null(contact_for(some));
    ck_assert_int_eq(gate_of(contact, some), USHER_GATE_STEP);
    ck_assert_int_eq(usher_gate_until_ms(&world.floor, contact, some, USHER_GATE_STEP, 0), 20000);
    world.now_ms = 20000;
    ck_assert_ptr_eq(agent_for(contact), some);
    ck_assert_ptr_eq(contact_for(some), contact);
    ck_assert_ptr_null(contact_for(any));
    contact->leg_ms = 15000; /* it came from another queue */
    ck_assert_ptr_null(agent_for(contact));
    floor_close(&world);
}
END_TEST

START_TEST(steps_that_nobody_signed_in_satisfies_are_skipped)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *expert = floor_ready_agent(&world, "expert", "{\"net\":9}", 0);
    struct usher_agent *any = floor_ready_agent(&world, "any", "{\"net\":1}", 0);
    struct usher_contact *contact = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    floor_not_ready(&world, expert);
    ck_assert_ptr_null(agent_for(contact)); /* he will be back */
    floor_sign_out(&world, expert);
    ck_assert_ptr_eq(agent_for(contact), any);
    ck_assert_uint_eq(usher_class_open_step(contact->class, contact, 0), 2);
    floor_close(&world);
}
END_TEST

START_TEST(last_agent_has_its_worth_for_as_long_as_it_is_of_late)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{}", 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    struct usher_contact *contact = served(USHER_CHANNEL_VOICE, 0, anna, 3600000);
    ck_assert_ptr_eq(agent_for(contact), anna);
    ck_assert_int_eq(bid.affinity_ms, 45000);
    contact->served_ms--;
    ck_assert_ptr_eq(agent_for(contact), olena); /* who idles for longer */
    ck_assert_int_eq(bid.affinity_ms, 0);
    floor_close(&world);
}
END_TEST

START_TEST(freed_agent_is_worth_more_to_the_first_of_a_class_only)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{}", 0);
    struct usher_contact *first = floor_contact(&world, "mail", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *second = served(USHER_CHANNEL_VOICE, 1000, anna, 0);
    ck_assert_ptr_eq(contact_for(anna), first);
    usher_floor_leave(&world.floor, first);
    ck_assert_ptr_eq(contact_for(anna), second);
    ck_assert_int_eq(bid.affinity_ms, 45000);
    floor_close(&world);
}
END_TEST

START_TEST(email_waits_for_its_agent_wherever_it_stands)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    floor_not_ready(&world, anna);
    struct usher_contact *first = floor_contact(&world, "mail", USHER_CHANNEL_EMAIL, 0);
    struct usher_contact *kept = served(USHER_CHANNEL_EMAIL, 1000, anna, 0);
    ck_assert_ptr_eq(usher_gate_held_for(kept, 0), anna);
    ck_assert_ptr_null(agent_for(kept));
    ck_assert_ptr_eq(contact_for(olena), first);
    floor_ready(&world, anna, 0);
    ck_assert_ptr_eq(contact_for(anna), kept); /* 1 s younger, and 45 s dearer */
    floor_not_ready(&world, anna);
    usher_floor_leave(&world.floor, first);
    ck_assert_ptr_null(contact_for(olena));
    world.now_ms = 101000; /* the wait is over */
    ck_assert_ptr_eq(contact_for(olena), kept);
    floor_close(&world);
}
END_TEST

START_TEST(who_was_asked_in_vain_or_went_home_is_not_waited_for)
{
    floor_open(&world, CENTER, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    struct usher_contact *declined = served(USHER_CHANNEL_EMAIL, 0, anna, 0);
    usher_contact_remember_decline(declined, anna->index, 1);
    world.now_ms = 2; /* even after the cool-down */
    ck_assert_ptr_null(usher_gate_held_for(declined, 2));
    struct usher_contact *kept = served(USHER_CHANNEL_EMAIL, 0, anna, 0);
    floor_sign_out(&world, anna);
    ck_assert_ptr_eq(agent_for(kept), olena);
    struct usher_contact *chat = served(USHER_CHANNEL_CHAT, 0, anna, 0);
    floor_ready(&world, anna, 0);
    floor_hold(&world, anna, USHER_CHANNEL_CHAT, 3);
    ck_assert_ptr_eq(agent_for(chat), olena); /* live: nobody has to hold on */
    floor_close(&world);
}
END_TEST

START_TEST(last_free_holders_are_kept_for_who_needs_the_skill)
{
    floor_open(&world, RESERVE CENTER, 10);
    struct usher_agent *marie = floor_ready_agent(&world, "marie", "{\"net\":9,\"fr\":5}", 0);
    struct usher_agent *jean = floor_ready_agent(&world, "jean", "{\"fr\":5}", 0);
    struct usher_contact *contact = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    ck_assert_ptr_eq(agent_for(contact), marie);
    floor_hold(&world, jean, USHER_CHANNEL_VOICE, 1);
    ck_assert_ptr_null(agent_for(contact));
    ck_assert_ptr_null(contact_for(marie));
    ck_assert_int_eq(gate_of(contact, marie), USHER_GATE_RESERVE);
    ck_assert_int_eq(usher_gate_until_ms(&world.floor, contact, marie, USHER_GATE_RESERVE, 0),
                     50000);
    world.now_ms = 50000;
    ck_assert_ptr_eq(agent_for(contact), marie);
    world.now_ms = 0;
    ck_assert(!usher_gate_has_eased(&world.floor, marie));
    floor_hold(&world, jean, USHER_CHANNEL_VOICE, 0);
    ck_assert(usher_gate_has_eased(&world.floor, jean));
    floor_close(&world);
}
END_TEST

START_TEST(legs_come_of_age_one_after_another)
{
    floor_open(&world, CENTER, 10);
    struct usher_contact *one = NULL;
    struct usher_contact *old = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *young = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 7000);
    struct usher_class *class = old->class;
    ck_assert_int_eq(usher_class_next_opening_ms(class), 20000);
    ck_assert_uint_eq(usher_class_open(class, 20000, &one), 1);
    ck_assert_ptr_eq(one, old);
    ck_assert_int_eq(usher_class_next_opening_ms(class), 27000);
    ck_assert_uint_eq(usher_class_open(class, 67000, &one), 3);
    ck_assert_int_eq(usher_class_next_opening_ms(class), INT64_MAX);
    usher_floor_leave(&world.floor, young);
    ck_assert_ptr_eq(usher_class_oldest(class), old);
    usher_floor_leave(&world.floor, old);
    ck_assert_ptr_null(usher_class_oldest(class));
    floor_close(&world);
}
END_TEST

SUITE_MAIN("gate", step_opens_when_the_leg_has_lasted_so_long,
           steps_that_nobody_signed_in_satisfies_are_skipped,
           last_agent_has_its_worth_for_as_long_as_it_is_of_late,
           freed_agent_is_worth_more_to_the_first_of_a_class_only,
           email_waits_for_its_agent_wherever_it_stands,
           who_was_asked_in_vain_or_went_home_is_not_waited_for,
           last_free_holders_are_kept_for_who_needs_the_skill, legs_come_of_age_one_after_another)
