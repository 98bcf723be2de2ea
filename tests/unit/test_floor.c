/* Agents on the floor: what they are open for, by state, phone and load; who idles longest. */
#include <check.h>

#include "unit/floor_world.h"
#include "unit/suite.h"

#define RULES                                                                                      \
    "skills: [billing, sales]\n"                                                                   \
    "channels:\n"                                                                                  \
    "  chat: {unit: 33, cap: 3}\n"                                                                 \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 3}}}\n"                                                     \
    "  sales: {need: {sales: {min: 1}}}\n"                                                         \
    "  any: {}\n"                                                                                  \
    "routes:\n"                                                                                    \
    "  - queue: billing\n"

#define VOICE (1u << USHER_CHANNEL_VOICE)
#define CHAT  (1u << USHER_CHANNEL_CHAT)
#define EMAIL (1u << USHER_CHANNEL_EMAIL)
#define TASK  (1u << USHER_CHANNEL_TASK)
#define PHONE (VOICE | 1u << USHER_CHANNEL_CALLBACK | 1u << USHER_CHANNEL_OUTBOUND)
#define ALL   (PHONE | CHAT | EMAIL | TASK)

static struct floor_world world;

START_TEST(only_a_ready_agent_with_an_idle_phone_is_open)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":8}", NULL);
    ck_assert_uint_eq(olena->open_mask, 0);
    floor_ready(&world, olena, 0);
    ck_assert_uint_eq(olena->open_mask, ALL);
    ck_assert(olena->is_open);
    olena->phone_state = USHER_PHONE_BUSY;
    usher_floor_update_agent(&world.floor, olena, 1);
    ck_assert_uint_eq(olena->open_mask, 0);
    ck_assert(!olena->is_open);
    olena->phone_state = USHER_PHONE_IDLE;
    floor_not_ready(&world, olena);
    ck_assert_uint_eq(olena->open_mask, 0);
    floor_close(&world);
}
END_TEST

START_TEST(call_takes_the_whole_agent)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    floor_hold(&world, olena, USHER_CHANNEL_VOICE, 1);
    ck_assert_uint_eq(olena->open_mask, 0);
    ck_assert(!olena->is_open);
    floor_close(&world);
}
END_TEST

START_TEST(call_is_for_nobody_without_a_phone)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":8}", 0);
    const struct usher_class *billing =
        floor_class(&world, "billing", "standard", USHER_CHANNEL_VOICE, NULL);
    floor_phone(&world, olena, "");
    ck_assert_uint_eq(olena->open_mask, CHAT | EMAIL | TASK);
    ck_assert_uint_eq(billing->eligible_count, 0);
    floor_phone(&world, olena, "sip:olena");
    ck_assert_uint_eq(olena->open_mask, ALL);
    ck_assert_uint_eq(billing->eligible_count, 1);
    floor_close(&world);
}
END_TEST

START_TEST(chats_fit_beside_each_other_and_beside_no_call)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 1);
    ck_assert_uint_eq(olena->open_mask, CHAT | EMAIL | TASK);
    ck_assert(!olena->is_open);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 3); /* 99 percent, and the cap */
    ck_assert_uint_eq(olena->open_mask, 0);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 2); /* 66 percent: an email of 20 fits */
    floor_hold(&world, olena, USHER_CHANNEL_EMAIL, 1);
    ck_assert_uint_eq(olena->open_mask, 0);
    floor_close(&world);
}
END_TEST

START_TEST(written_work_can_be_interrupted_by_a_call_or_chat)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{}", 0);
    floor_hold(&world, olena, USHER_CHANNEL_EMAIL, 5); /* 100 percent */
    ck_assert_uint_eq(olena->open_mask, VOICE | 1u << USHER_CHANNEL_CALLBACK | CHAT);
    ck_assert(olena->is_open);
    floor_hold(&world, olena, USHER_CHANNEL_VOICE, 1);
    ck_assert_uint_eq(olena->open_mask, 0);
    floor_close(&world);
}
END_TEST

START_TEST(capacity_of_the_profile_overrides_the_rules)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{}", "{\"chat\":1,\"voice\":0}");
    floor_ready(&world, olena, 0);
    ck_assert_uint_eq(olena->open_mask, CHAT | EMAIL | TASK);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 1);
    ck_assert_uint_eq(olena->open_mask, EMAIL | TASK);
    floor_profile(&world, olena, "{}", "{\"chat\":101,\"voice\":-1,\"email\":\"x\",\"task\":null}");
    ck_assert_uint_eq(olena->cap[USHER_CHANNEL_CHAT], 3);
    ck_assert_uint_eq(olena->cap[USHER_CHANNEL_VOICE], 1);
    ck_assert_uint_eq(olena->cap[USHER_CHANNEL_EMAIL], 5);
    floor_profile(&world, olena, "{}", NULL);
    ck_assert_uint_eq(olena->cap[USHER_CHANNEL_CHAT], 3);
    floor_close(&world);
}
END_TEST

START_TEST(only_levels_from_one_to_ten_of_known_skills_are_read)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena =
        floor_agent(&world, "olena", "{\"golf\":9,\"billing\":10,\"sales\":0}", NULL);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[0], 10);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[1], 0);
    floor_profile(&world, olena, "{\"billing\":11,\"sales\":-3}", NULL);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[0], 0);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[1], 0);
    floor_profile(&world, olena, "{\"billing\":\"8\",\"sales\":2}", NULL);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[0], 0);
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[1], 2);
    floor_close(&world);
}
END_TEST

START_TEST(one_key_has_one_class_until_the_limit)
{
    floor_open(&world, RULES, 2);
    struct usher_class *billing =
        floor_class(&world, "billing", "standard", USHER_CHANNEL_VOICE, NULL);
    struct usher_class *sales = floor_class(&world, "sales", "standard", USHER_CHANNEL_VOICE, NULL);
    ck_assert_ptr_nonnull(billing);
    ck_assert_ptr_nonnull(sales);
    ck_assert_ptr_ne(billing, sales);
    ck_assert_ptr_eq(floor_class(&world, "billing", "standard", USHER_CHANNEL_VOICE, NULL),
                     billing);
    ck_assert_ptr_null(floor_class(&world, "billing", "standard", USHER_CHANNEL_CHAT, NULL));
    ck_assert_ptr_eq(usher_floor_find_class(&world.floor, &sales->key), sales);
    floor_close(&world);
}
END_TEST

START_TEST(waiting_classes_are_those_with_a_line)
{
    floor_open(&world, RULES, 10);
    struct usher_contact *first = floor_contact(&world, "sales", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *second = floor_contact(&world, "sales", USHER_CHANNEL_VOICE, 1);
    floor_class(&world, "billing", "standard", USHER_CHANNEL_VOICE, NULL);
    ck_assert_uint_eq(world.floor.waiting[0], 1);
    usher_floor_leave(&world.floor, first);
    usher_floor_leave(&world.floor, first);
    ck_assert_uint_eq(world.floor.waiting[0], 1);
    usher_floor_leave(&world.floor, second);
    ck_assert_uint_eq(world.floor.waiting[0], 0);
    floor_close(&world);
}
END_TEST

SUITE_MAIN("floor", only_a_ready_agent_with_an_idle_phone_is_open, call_takes_the_whole_agent,
           call_is_for_nobody_without_a_phone, chats_fit_beside_each_other_and_beside_no_call,
           written_work_can_be_interrupted_by_a_call_or_chat,
           capacity_of_the_profile_overrides_the_rules,
           only_levels_from_one_to_ten_of_known_skills_are_read,
           one_key_has_one_class_until_the_limit, waiting_classes_are_those_with_a_line)
