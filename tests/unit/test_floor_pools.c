/* Pools on the floor: who is a member, who of them is open, what a class covers. */
#include <check.h>

#include "unit/floor_world.h"
#include "unit/suite.h"

#define QUEUES                                                                                     \
    "  billing: {need: {billing: {min: 1}}}\n"                                                     \
    "  both: {need: {billing: {min: 5}, french: {min: 1}}}\n"                                      \
    "  both_easy: {need: {billing: {min: 1}, french: {min: 1}}}\n"                                 \
    "  any: {}\n"                                                                                  \
    "routes:\n"                                                                                    \
    "  - queue: any\n"
#define RULES "skills: [billing, french]\nqueues:\n" QUEUES

enum { BILLING = 0, FRENCH = 1, VOICE = 2, FIRST_SET = 3 };

static struct floor_world world;

static struct usher_class *voice(const char *queue)
{
    return floor_class(&world, queue, "standard", USHER_CHANNEL_VOICE, NULL);
}

static void expect_pool(size_t index, uint32_t members, uint32_t open)
{
    ck_assert_uint_lt(index, world.floor.pools_count);
    ck_assert_uint_eq(world.floor.pools[index].member_count, members);
    ck_assert_uint_eq(world.floor.pools[index].open_count, open);
}

START_TEST(pools_are_one_a_skill_and_one_a_channel_that_needs_the_whole_agent)
{
    floor_open(&world, RULES, 10);
    ck_assert_uint_eq(world.floor.pools_count, 3);
    ck_assert_int_eq(world.floor.pools[BILLING].kind, USHER_POOL_SKILL);
    ck_assert_int_eq(world.floor.pools[FRENCH].kind, USHER_POOL_SKILL);
    ck_assert_uint_eq(world.floor.pools[FRENCH].skills[0], FRENCH);
    ck_assert_int_eq(world.floor.pools[VOICE].kind, USHER_POOL_CHANNEL);
    ck_assert_uint_eq(world.floor.pools[VOICE].channel, USHER_CHANNEL_VOICE);
    floor_close(&world);
}
END_TEST

START_TEST(members_are_the_ready_and_open_are_the_whole_among_them)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":1}", NULL);
    expect_pool(BILLING, 0, 0);
    floor_ready(&world, olena, 0);
    expect_pool(BILLING, 1, 1);
    expect_pool(FRENCH, 0, 0);
    expect_pool(VOICE, 1, 1);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 1); /* may take chats, but no call */
    expect_pool(BILLING, 1, 0);
    floor_hold(&world, olena, USHER_CHANNEL_CHAT, 0);
    olena->phone_state = USHER_PHONE_BUSY;
    usher_floor_update_agent(&world.floor, olena, 1);
    expect_pool(BILLING, 1, 0);
    olena->phone_state = USHER_PHONE_IDLE;
    floor_not_ready(&world, olena);
    expect_pool(BILLING, 0, 0);
    expect_pool(VOICE, 0, 0);
    floor_close(&world);
}
END_TEST

START_TEST(agent_without_capacity_for_calls_is_no_member_of_voice)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":1}", "{\"voice\":0}");
    floor_ready(&world, olena, 0);
    expect_pool(BILLING, 1, 1);
    expect_pool(VOICE, 0, 0);
    floor_close(&world);
}
END_TEST

START_TEST(set_of_skills_in_use_has_those_who_are_eligible_for_one_of_its_classes)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena =
        floor_ready_agent(&world, "olena", "{\"billing\":6,\"french\":2}", 0);
    floor_ready_agent(&world, "petro", "{\"billing\":2,\"french\":2}", 0);
    floor_ready_agent(&world, "anna", "{\"billing\":9}", 0);
    voice("both");
    ck_assert_uint_eq(world.floor.pools_count, 4);
    ck_assert_int_eq(world.floor.pools[FIRST_SET].kind, USHER_POOL_SET);
    expect_pool(FIRST_SET, 1, 1);
    voice("both_easy"); /* the same set, so the same pool */
    ck_assert_uint_eq(world.floor.pools_count, 4);
    expect_pool(FIRST_SET, 2, 2);
    floor_profile(&world, olena, "{\"billing\":6}", NULL);
    expect_pool(FIRST_SET, 1, 1);
    expect_pool(FRENCH, 1, 1);
    expect_pool(BILLING, 3, 3);
    floor_ready_agent(&world, "maria", "{\"billing\":5,\"french\":5}", 0);
    expect_pool(FIRST_SET, 2, 2);
    floor_close(&world);
}
END_TEST

static bool covers(const struct usher_class *class, size_t pool)
{
    return (class->covers[pool / 64] >> (pool % 64)) & 1;
}

START_TEST(class_covers_the_pools_of_what_it_needs)
{
    floor_open(&world, RULES, 10);
    const struct usher_class *billing = voice("billing");
    const struct usher_class *any = voice("any");
    const struct usher_class *both = voice("both"); /* makes the set's pool after the others */
    const struct usher_class *chat =
        floor_class(&world, "both", "standard", USHER_CHANNEL_CHAT, NULL);
    ck_assert(covers(billing, BILLING) && !covers(billing, FRENCH));
    ck_assert(covers(billing, VOICE) && !covers(billing, FIRST_SET));
    ck_assert(!covers(any, BILLING) && covers(any, VOICE) && !covers(any, FIRST_SET));
    ck_assert(covers(both, BILLING) && covers(both, FRENCH));
    ck_assert(covers(both, VOICE) && covers(both, FIRST_SET));
    ck_assert(!covers(chat, VOICE) && covers(chat, FIRST_SET));
    floor_close(&world);
}
END_TEST

static bool owns(const struct usher_class *class, size_t pool)
{
    for (uint32_t i = 0; i < class->own_pools_count; i++)
        if (class->own_pools[i] == pool)
            return true;
    return false;
}

START_TEST(load_of_a_class_is_that_of_its_skills_its_exact_set_and_its_channel)
{
    floor_open(&world,
               "skills: [billing, french, card]\n"
               "queues:\n"
               "  three: {need: {billing: {}, french: {}, card: {}}}\n" QUEUES,
               10);
    const struct usher_class *two = voice("both");
    struct usher_class *three = voice("three");
    enum { CARD = 2, PHONE = 3, TWO = 4, THREE = 5 };
    ck_assert_uint_eq(two->own_pools_count, 4);
    ck_assert(owns(two, BILLING) && owns(two, FRENCH) && owns(two, PHONE) && owns(two, TWO));
    ck_assert(covers(three, TWO));
    ck_assert_uint_eq(three->own_pools_count, 5);
    ck_assert(owns(three, CARD) && owns(three, PHONE) && owns(three, THREE));
    ck_assert(!owns(three, TWO));
    usher_floor_note_arrival(&world.floor, world.floor.classes[1], 0);
    ck_assert_uint_eq(world.floor.pools[THREE].past.arrivals_q16, 1 << 16);
    ck_assert_uint_eq(world.floor.pools[TWO].past.arrivals_q16, 0);
    usher_floor_note_handled(&world.floor, three, 460000);
    ck_assert_int_eq(world.floor.pools[CARD].past.handle_ms, 310000);
    ck_assert_int_eq(world.floor.pools[TWO].past.handle_ms, 300000);
    floor_close(&world);
}
END_TEST

START_TEST(new_rules_keep_the_past_of_skills_by_their_names_and_of_channels)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"french\":4}", 0);
    struct usher_class *both = voice("both");
    usher_floor_note_arrival(&world.floor, both, 1000);
    usher_floor_note_handled(&world.floor, both, 460000);
    usher_floor_note_arrival(&world.floor, voice("billing"), 2000);
    const struct usher_pool_past billing = world.floor.pools[BILLING].past;
    const struct usher_pool_past french = world.floor.pools[FRENCH].past;
    const struct usher_pool_past calls = world.floor.pools[VOICE].past;
    ck_assert_uint_ge(calls.arrivals_q16, 1 << 16);
    world.now_ms = 5000;
    floor_reload(&world, "skills: [card, french, billing]\nqueues:\n" QUEUES);
    ck_assert_uint_eq(world.floor.classes_count, 0);
    ck_assert_uint_eq(world.floor.pools_count, 4); /* no set's */
    ck_assert_uint_eq(world.floor.pools[0].past.arrivals_q16, 0);
    ck_assert_mem_eq(&world.floor.pools[1].past, &french, sizeof(french));
    ck_assert_mem_eq(&world.floor.pools[2].past, &billing, sizeof(billing));
    ck_assert_mem_eq(&world.floor.pools[3].past, &calls, sizeof(calls));
    ck_assert_uint_eq(usher_floor_levels(&world.floor, olena)[1], 4);
    expect_pool(1, 1, 1);
    expect_pool(0, 0, 0);
    floor_close(&world);
}
END_TEST

START_TEST(forecast_of_a_skill_is_the_sum_of_the_queues_that_always_need_it)
{
    floor_open(&world,
               "skills: [billing, french]\n"
               "queues:\n"
               "  a: {need: {billing: {}}, forecast: {per_hour: 30, handle: 4m}}\n"
               "  b: {need: {billing: {}, french: {}}, forecast: {per_hour: 10, handle: 8m}}\n"
               "  c: {need: {$data.subject: {else: french}}, forecast: {per_hour: 50}}\n"
               "routes:\n"
               "  - queue: a\n",
               10);
    ck_assert_uint_eq(world.floor.pools[BILLING].past.arrivals_q16, 10 << 16); /* in 15 minutes */
    ck_assert_int_eq(world.floor.pools[BILLING].past.handle_ms, 300000);
    ck_assert_uint_eq(world.floor.pools[FRENCH].past.arrivals_q16, (10 << 16) / 4);
    ck_assert_int_eq(world.floor.pools[FRENCH].past.handle_ms, 480000);
    floor_close(&world);
}
END_TEST

SUITE_MAIN("floor_pools", pools_are_one_a_skill_and_one_a_channel_that_needs_the_whole_agent,
           members_are_the_ready_and_open_are_the_whole_among_them,
           agent_without_capacity_for_calls_is_no_member_of_voice,
           set_of_skills_in_use_has_those_who_are_eligible_for_one_of_its_classes,
           class_covers_the_pools_of_what_it_needs,
           load_of_a_class_is_that_of_its_skills_its_exact_set_and_its_channel,
           new_rules_keep_the_past_of_skills_by_their_names_and_of_channels,
           forecast_of_a_skill_is_the_sum_of_the_queues_that_always_need_it)
