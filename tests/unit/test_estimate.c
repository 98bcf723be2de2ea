/* The estimated wait: its terms, what is told of it, and how it learns. */
#include "routing/estimate.h"

#include <check.h>

#include "unit/floor_world.h"
#include "unit/suite.h"

static struct floor_world world;

static const char rules[] = "skills: [billing, french]\n"
                            "queues:\n"
                            "  billing: {need: {billing: {min: 1}}, forecast: {handle: 6m}}\n"
                            "  french: {need: {french: {min: 1}}, forecast: {handle: 4m}}\n"
                            "  any: {forecast: {handle: 5m}}\n"
                            "routes: [{queue: any}]\n";

/* Agents on duty who talk: two for billing, one of them and another for French, one for neither. */
static void open_busy(void)
{
    floor_open(&world, rules, 8);
    const char *const skills[] = {"{\"billing\":5}", "{\"billing\":5,\"french\":5}",
                                  "{\"french\":5}", "{}"};
    const char *const ids[] = {"olena", "petro", "marie", "ivan"};
    for (size_t i = 0; i < 4; i++)
        floor_hold(&world, floor_ready_agent(&world, ids[i], skills[i], 0), USHER_CHANNEL_VOICE, 1);
}

static struct usher_estimate estimate_of(const struct usher_contact *contact)
{
    return usher_estimate_contact(&world.floor, contact, world.now_ms);
}

START_TEST(wait_is_position_times_handle_time_by_the_agents_on_duty)
{
    open_busy();
    const struct usher_contact *first = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    const struct usher_contact *second = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 1);
    struct usher_estimate estimate = estimate_of(second);
    ck_assert_uint_eq(estimate.position, 2);
    ck_assert_uint_eq(estimate.agents_count, 2);
    ck_assert_int_eq(estimate.raw_ms, 2 * 360000 / 2);
    ck_assert_int_eq(estimate.wait_ms, 360000);
    ck_assert_int_eq(estimate_of(first).wait_ms, 180000);
    floor_not_ready(&world, &world.floor.agents[0]); /* a break is no help */
    ck_assert_int_eq(estimate_of(first).wait_ms, 360000);
    floor_close(&world);
}
END_TEST

START_TEST(others_count_by_the_share_of_their_agents_who_are_ours_a_third_of_them_before_us)
{
    open_busy();
    const struct usher_contact *ours = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    floor_contact(&world, "french", USHER_CHANNEL_VOICE, 0);
    floor_contact(&world, "french", USHER_CHANNEL_VOICE, 0);
    floor_contact(&world, "any", USHER_CHANNEL_VOICE, 0);
    /* X = 2 * 1/2 + 1 * 2/4 = 1.5; (1 + .5) * 6 min / 2 */
    ck_assert_int_eq(estimate_of(ours).raw_ms, 270000);
    floor_contact(&world, "any", USHER_CHANNEL_EMAIL, 0); /* comes behind those on the line */
    ck_assert_int_eq(estimate_of(ours).raw_ms, 270000);
    floor_sign_out(&world, &world.floor.agents[1]);
    /* French has no agent of ours left: X = 1/3 */
    ck_assert_int_eq(estimate_of(ours).raw_ms, (1000 + 333 / 3) * INT64_C(360));
    floor_close(&world);
}
END_TEST

START_TEST(wait_is_none_beside_a_free_agent_and_unknown_without_any)
{
    floor_open(&world, rules, 8);
    struct usher_agent *agent = floor_ready_agent(&world, "olena", "{\"billing\":5}", 0);
    const struct usher_contact *contact = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    ck_assert_int_eq(estimate_of(contact).wait_ms, 0);
    floor_sign_out(&world, agent);
    struct usher_estimate estimate = estimate_of(contact);
    ck_assert_uint_eq(estimate.position, 1);
    ck_assert_int_eq(estimate.wait_ms, -1);
    ck_assert_int_eq(usher_estimate_say(&estimate).wait_ms, -1);
    ck_assert_int_eq(usher_estimate_say(&estimate).until_ms, -1);
    floor_close(&world);
}
END_TEST

#define GATED(until)                                                                               \
    "skills: [net, french]\nreserve: {french: {keep: 1" until "}}\nqueues:\n"                      \
    "  net: {need: {net: {min: 7}}, relax: [{after: 20s, net: {min: 3}}], forecast: {handle: "     \
    "5m}}\nroutes: [{queue: net}]\n"

/* One who talks, one of a later step, and one who is kept for the French. */
static void open_gated(const char *gated)
{
    floor_open(&world, gated, 8);
    floor_hold(&world, floor_ready_agent(&world, "olena", "{\"net\":9}", 0), USHER_CHANNEL_VOICE,
               1);
    floor_ready_agent(&world, "petro", "{\"net\":4}", 0);
    floor_ready_agent(&world, "marie", "{\"net\":9,\"french\":5}", 0);
}

START_TEST(wait_beside_somebody_free_lasts_until_he_may_be_asked)
{
    open_gated(GATED(", until: 40s"));
    struct usher_contact *first = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    struct usher_contact *second = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 1000);
    const struct usher_contact *third = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 2000);
    world.now_ms = 5000;
    ck_assert_int_eq(estimate_of(first).wait_ms, 15000);
    ck_assert_int_eq(estimate_of(first).raw_ms, -1);
    ck_assert_int_eq(estimate_of(second).wait_ms, 36000);
    ck_assert_int_eq(estimate_of(third).wait_ms, 300000);
    ck_assert_int_eq(estimate_of(third).raw_ms, 300000);
    usher_contact_remember_decline(first, 2, 60000); /* marie will not be asked */
    ck_assert_int_eq(estimate_of(first).wait_ms, 35000);
    world.now_ms = 50000; /* it is about to be offered */
    usher_contact_forgive(first, 2);
    ck_assert_int_eq(estimate_of(first).wait_ms, 0);
    floor_close(&world);
    open_gated(GATED(""));
    floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    const struct usher_contact *next = floor_contact(&world, "net", USHER_CHANNEL_VOICE, 0);
    ck_assert_int_eq(estimate_of(next).wait_ms, 200000);
    floor_close(&world);
}
END_TEST

START_TEST(chat_takes_the_part_of_an_agent_that_its_channel_says)
{
    floor_open(&world, rules, 8);
    struct usher_agent *agent = floor_ready_agent(&world, "olena", "{}", 0);
    floor_hold(&world, agent, USHER_CHANNEL_CHAT, 3);
    const struct usher_contact *contact = floor_contact(&world, "any", USHER_CHANNEL_CHAT, 0);
    ck_assert_int_eq(estimate_of(contact).raw_ms, 300000 * 33 / 100);
    floor_close(&world);
}
END_TEST

START_TEST(class_remembers_how_long_its_own_contacts_take)
{
    open_busy();
    const struct usher_contact *contact = floor_contact(&world, "billing", USHER_CHANNEL_VOICE, 0);
    for (int i = 0; i < 200; i++)
        usher_floor_note_handled(&world.floor, contact->class, 100000);
    ck_assert_int_le(contact->class->past.handle_ms, 100015); /* whole milliseconds */
    ck_assert_int_le(estimate_of(contact).raw_ms, 50008);
    floor_close(&world);
}
END_TEST

START_TEST(position_counts_those_with_an_earlier_place)
{
    open_busy();
    const struct usher_contact *first = floor_contact(&world, "any", USHER_CHANNEL_VOICE, 10);
    const struct usher_contact *last = floor_contact(&world, "any", USHER_CHANNEL_VOICE, 30);
    struct usher_contact *middle = floor_contact(&world, "any", USHER_CHANNEL_VOICE, 20);
    ck_assert_uint_eq(usher_class_position(first->class, first), 1);
    ck_assert_uint_eq(usher_class_position(first->class, middle), 2);
    ck_assert_uint_eq(usher_class_position(first->class, last), 3);
    usher_floor_leave(&world.floor, middle);
    ck_assert_uint_eq(usher_class_position(first->class, middle), 2); /* if it joined */
    ck_assert_uint_eq(usher_class_position(first->class, last), 2);
    floor_close(&world);
}
END_TEST

START_TEST(calibration_is_what_came_of_what_was_foretold)
{
    struct usher_class_past past = {0};
    ck_assert_int_eq(usher_estimate_calibration(&past), 10000);
    usher_estimate_learn(&past, 100000, 150000, true);
    ck_assert_int_eq(usher_estimate_calibration(&past), 15000);
    usher_estimate_learn(&past, 100000, 50000, true); /* (145.5 + 50) / (97 + 100) */
    ck_assert_int_eq(usher_estimate_calibration(&past), 9923);
    /* Who hangs up early would have waited as long as was foretold; who hangs up late, longer. */
    past = (struct usher_class_past){0};
    usher_estimate_learn(&past, 100000, 120000, true);
    usher_estimate_learn(&past, 100000, 20000, false); /* (116.4 + 120) / (97 + 100) */
    ck_assert_int_eq(usher_estimate_calibration(&past), 12000);
    usher_estimate_learn(&past, 100000, 200000, false);
    ck_assert_int_eq(past.actual_ms, 236400 * 97 / 100 + 200000);
    ck_assert_int_eq(past.raw_ms, 197000 * 97 / 100 + 100000);
}
END_TEST

START_TEST(calibration_stays_between_half_and_twice)
{
    struct usher_class_past past = {0};
    usher_estimate_learn(&past, 1000, 60000, true);
    ck_assert_int_eq(usher_estimate_calibration(&past), 20000);
    for (int i = 0; i < 300; i++)
        usher_estimate_learn(&past, 60000, 1000, true);
    ck_assert_int_eq(usher_estimate_calibration(&past), 5000);
    for (int i = 0; i < 300; i++) /* times that are none overflow nothing */
        usher_estimate_learn(&past, INT64_C(1) << 53, INT64_C(1) << 53, true);
    ck_assert_int_ge(usher_estimate_calibration(&past), 9900);
}
END_TEST

static struct usher_saying say(int64_t wait_ms, int64_t spread_ms, uint32_t agents)
{
    struct usher_estimate estimate = {.position = 1,
                                      .agents_count = agents,
                                      .raw_ms = wait_ms,
                                      .wait_ms = wait_ms,
                                      .spread_ms = spread_ms};
    return usher_estimate_say(&estimate);
}

START_TEST(wait_is_told_in_half_minutes_and_then_in_minutes)
{
    static const int64_t rows[][2] = {{1, 30},    {44, 30},   {46, 60},   {75, 90},
                                      {179, 180}, {180, 180}, {209, 180}, {211, 240}};
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        struct usher_saying saying = say(rows[i][0] * 1000, 1000, 8);
        ck_assert_int_eq(saying.wait_ms, rows[i][1] * 1000);
        ck_assert_int_eq(saying.min_ms, saying.wait_ms);
        ck_assert_int_eq(saying.max_ms, saying.wait_ms);
        ck_assert_int_eq(saying.until_ms, saying.wait_ms + (rows[i][1] < 180 ? 30000 : 60000));
    }
    ck_assert_int_eq(say(0, 0, 8).wait_ms, 0);
    ck_assert_int_eq(say(0, 0, 8).until_ms, 30000);
}
END_TEST

START_TEST(few_agents_make_it_a_range)
{
    struct usher_saying saying = say(150000, 100000, 7);
    ck_assert_int_eq(saying.wait_ms, 150000);
    ck_assert_int_eq(saying.min_ms, 30000);
    ck_assert_int_eq(saying.max_ms, 240000);
    ck_assert_int_eq(saying.until_ms, 300000);
    saying = say(20000, 13000, 1);
    ck_assert_int_eq(saying.min_ms, 0);
    ck_assert_int_eq(saying.max_ms, 30000);
}
END_TEST

SUITE_MAIN("estimate", wait_is_position_times_handle_time_by_the_agents_on_duty,
           others_count_by_the_share_of_their_agents_who_are_ours_a_third_of_them_before_us,
           wait_is_none_beside_a_free_agent_and_unknown_without_any,
           wait_beside_somebody_free_lasts_until_he_may_be_asked,
           chat_takes_the_part_of_an_agent_that_its_channel_says,
           class_remembers_how_long_its_own_contacts_take,
           position_counts_those_with_an_earlier_place,
           calibration_is_what_came_of_what_was_foretold, calibration_stays_between_half_and_twice,
           wait_is_told_in_half_minutes_and_then_in_minutes, few_agents_make_it_a_range)
