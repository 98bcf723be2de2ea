/* Classes on the floor: who is eligible, own grounds, ranks, shares. */
#include <check.h>

#include "unit/floor_world.h"
#include "unit/suite.h"

#define QUEUES                                                                                     \
    "skills: [billing, sales]\n"                                                                   \
    "tiers:\n"                                                                                     \
    "  gold: {head_start: 30s}\n"                                                                  \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 3}}, promise: {answer_within: 15s, gold: 10s}}\n"           \
    "  sales: {need: {sales: {min: 1}}}\n"
#define ROUTES "routes:\n  - queue: billing\n"
#define RULES  QUEUES ROUTES
#define FORECAST                                                                                   \
    "skills: [billing, sales]\n"                                                                   \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 3}}, forecast: {per_hour: 10}}\n"                           \
    "  sales: {need: {sales: {min: 1}}, forecast: {per_hour: 20}}\n" ROUTES

static struct floor_world world;

static struct usher_class *voice(const char *queue)
{
    return floor_class(&world, queue, "standard", USHER_CHANNEL_VOICE, NULL);
}

static uint16_t ground_of(const struct usher_agent *agent)
{
    for (size_t i = 0; i < world.floor.classes_count; i++)
        usher_floor_refresh(&world.floor, world.floor.classes[i]);
    return world.floor.stands[agent->index].ground;
}

START_TEST(class_has_the_promises_and_the_head_start_of_its_tier)
{
    floor_open(&world, QUEUES "bid: {second_promise: 3}\n" ROUTES, 10);
    const struct usher_class *standard = voice("billing");
    ck_assert_int_eq(standard->promise_ms, 15000);
    ck_assert_int_eq(standard->second_promise_ms, 45000);
    ck_assert_int_eq(standard->head_start_ms, 0);
    const struct usher_class *gold =
        floor_class(&world, "billing", "gold", USHER_CHANNEL_VOICE, NULL);
    ck_assert_int_eq(gold->promise_ms, 10000);
    ck_assert_int_eq(gold->second_promise_ms, 30000);
    ck_assert_int_eq(gold->head_start_ms, 30000);
    floor_close(&world);
}
END_TEST

START_TEST(agent_without_the_minimum_has_no_seat)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":3}", NULL);
    struct usher_agent *petro = floor_agent(&world, "petro", "{\"billing\":2,\"sales\":1}", NULL);
    const struct usher_class *billing = voice("billing");
    ck_assert_uint_eq(billing->match[olena->index], 300);
    ck_assert_uint_eq(billing->match[petro->index], USHER_MATCH_NONE);
    ck_assert_uint_eq(billing->eligible_count, 1);
    ck_assert_uint_eq(world.floor.stands[olena->index].seats_count, 1);
    ck_assert_uint_eq(world.floor.stands[petro->index].seats_count, 0);
    ck_assert_uint_eq(world.floor.stands[petro->index].classes[0], 0);
    floor_profile(&world, petro, "{\"billing\":9}", NULL);
    ck_assert_uint_eq(billing->match[petro->index], 900);
    ck_assert_uint_eq(billing->eligible_count, 2);
    ck_assert_uint_eq(world.floor.stands[petro->index].classes[0], 1);
    floor_profile(&world, olena, "{}", NULL);
    ck_assert_uint_eq(billing->eligible_count, 1);
    ck_assert_uint_eq(world.floor.stands[olena->index].seats_count, 0);
    floor_close(&world);
}
END_TEST

START_TEST(agent_without_capacity_for_the_channel_has_no_seat)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":3}", "{\"voice\":0}");
    const struct usher_class *billing = voice("billing");
    ck_assert_uint_eq(billing->match[olena->index], USHER_MATCH_NONE);
    ck_assert_uint_eq(
        floor_class(&world, "billing", "standard", USHER_CHANNEL_CHAT, NULL)->eligible_count, 1);
    floor_close(&world);
}
END_TEST

START_TEST(signed_in_are_counted_through_shifts_and_profiles)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":3}", NULL);
    struct usher_agent *petro = floor_ready_agent(&world, "petro", "{\"billing\":5}", 0);
    const struct usher_class *billing = voice("billing");
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 1);
    floor_ready(&world, olena, 0);
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 2);
    floor_not_ready(&world, petro);
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 2);
    floor_profile(&world, petro, "{\"sales\":5}", NULL);
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 1);
    floor_profile(&world, petro, "{\"billing\":4}", NULL);
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 2);
    floor_sign_out(&world, olena);
    floor_sign_out(&world, petro);
    ck_assert_uint_eq(billing->steps[0].signed_in_count, 0);
    floor_close(&world);
}
END_TEST

START_TEST(rank_is_by_twice_the_match_less_the_ground)
{
    /* All shares are equal, so grounds are: anna 900, petro (800 + 200) / 2 = 500, olena 800. */
    floor_open(&world, RULES, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{\"billing\":9}", 0);
    struct usher_agent *petro =
        floor_ready_agent(&world, "petro", "{\"billing\":8,\"sales\":2}", 0);
    struct usher_agent *olena = floor_ready_agent(&world, "olena", "{\"billing\":9}", 0);
    struct usher_class *billing = voice("billing");
    voice("sales");
    for (size_t i = 0; i < 2; i++) /* of one share each, whoever may take them: v / N */
        world.floor.classes[i]->past.share = world.floor.classes[i]->eligible_count;
    world.floor.is_ground_stale = true;
    ck_assert_uint_eq(ground_of(petro), 500);
    ck_assert_uint_eq(ground_of(anna), 900);
    ck_assert_uint_eq(billing->steps[0].rank_end, 3);
    ck_assert_uint_eq(billing->rank[0], petro->index); /* 1600 - 500 */
    ck_assert_uint_eq(billing->rank[1], anna->index);  /* 1800 - 900, and the lower index */
    ck_assert_uint_eq(billing->rank[2], olena->index);
    floor_close(&world);
}
END_TEST

START_TEST(free_places_follow_the_agents)
{
    floor_open(&world, RULES, 10);
    struct usher_agent *anna = floor_ready_agent(&world, "anna", "{\"billing\":9}", 0);
    struct usher_agent *petro = floor_ready_agent(&world, "petro", "{\"billing\":8}", 0);
    struct usher_class *billing = voice("billing");
    usher_floor_refresh(&world.floor, billing);
    ck_assert_uint_eq(billing->blocks[0].free, 3);
    floor_hold(&world, anna, USHER_CHANNEL_CHAT, 1);
    ck_assert_uint_eq(billing->blocks[0].free, 2);
    floor_not_ready(&world, petro);
    ck_assert_uint_eq(billing->blocks[0].free, 0);
    floor_hold(&world, anna, USHER_CHANNEL_CHAT, 0);
    ck_assert_uint_eq(billing->blocks[0].free, 1);
    floor_close(&world);
}
END_TEST

START_TEST(ground_is_the_usual_match_weighted_by_forecast_shares)
{
    floor_open(&world, FORECAST, 10);
    voice("billing");
    voice("sales");
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":8,\"sales\":4}", NULL);
    struct usher_agent *petro = floor_agent(&world, "petro", "{\"billing\":6}", NULL);
    struct usher_agent *anna = floor_agent(&world, "anna", "{}", NULL);
    /* v = 240 / 2 and 480 / 1 a day: (120 * 800 + 480 * 400) / 600 */
    ck_assert_uint_eq(ground_of(olena), 480);
    ck_assert_uint_eq(ground_of(petro), 600);
    ck_assert_uint_eq(ground_of(anna), 0);
    floor_close(&world);
}
END_TEST

START_TEST(forecast_is_shared_out_among_the_classes_of_a_queue)
{
    floor_open(&world, FORECAST, 10);
    const struct usher_class *first = voice("sales");
    const struct usher_class *second =
        floor_class(&world, "sales", "standard", USHER_CHANNEL_CHAT, NULL);
    usher_floor_take_shares(&world.floor, 0);
    ck_assert_int_eq(first->past.share, 240);
    ck_assert_int_eq(second->past.share, 240);
    floor_close(&world);
}
END_TEST

START_TEST(class_interned_later_weighs_nothing_until_shares_are_taken)
{
    floor_open(&world, FORECAST, 10);
    voice("billing");
    struct usher_agent *olena = floor_agent(&world, "olena", "{\"billing\":8,\"sales\":4}", NULL);
    voice("sales");
    world.floor.is_ground_stale = true;
    ck_assert_uint_eq(ground_of(olena), 800);
    usher_floor_take_shares(&world.floor, 0);
    ck_assert_uint_eq(ground_of(olena), 533); /* (240 * 800 + 480 * 400) / 720 = 533.3 */
    floor_close(&world);
}
END_TEST

START_TEST(without_forecast_shares_are_what_the_last_day_brought)
{
    floor_open(&world, RULES, 10);
    struct usher_class *billing = voice("billing");
    struct usher_class *sales = voice("sales");
    usher_floor_take_shares(&world.floor, 0);
    ck_assert_int_eq(billing->past.share, 1); /* nothing is known: all are equal */
    ck_assert_int_eq(sales->past.share, 1);
    for (int i = 0; i < 5; i++)
        usher_floor_note_arrival(&world.floor, billing, 1000 * i);
    usher_floor_take_shares(&world.floor, 5000);
    ck_assert_int_eq(billing->past.share, 5);
    ck_assert_int_eq(sales->past.share, 0);
    usher_floor_note_arrival(&world.floor, billing, USHER_DAY_MS);
    ck_assert_int_eq(billing->past.today_count, 1);
    ck_assert_int_eq(billing->past.before_count, 5);
    usher_floor_note_arrival(&world.floor, billing, 3 * USHER_DAY_MS); /* a day without any */
    ck_assert_int_eq(billing->past.today_count, 1);
    ck_assert_int_eq(billing->past.before_count, 0);
    floor_close(&world);
}
END_TEST

SUITE_MAIN("floor_classes", class_has_the_promises_and_the_head_start_of_its_tier,
           agent_without_the_minimum_has_no_seat,
           agent_without_capacity_for_the_channel_has_no_seat,
           signed_in_are_counted_through_shifts_and_profiles,
           rank_is_by_twice_the_match_less_the_ground, free_places_follow_the_agents,
           ground_is_the_usual_match_weighted_by_forecast_shares,
           forecast_is_shared_out_among_the_classes_of_a_queue,
           class_interned_later_weighs_nothing_until_shares_are_taken,
           without_forecast_shares_are_what_the_last_day_brought)
