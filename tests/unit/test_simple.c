/* The simple routers by themselves: whom they choose, and what they tell of offers and agents. */
#include <string.h>

#include "simulate/simple.h"
#include "unit/ruled.h"
#include "unit/suite.h"

static const char three_lines[] = "skills: [x]\n"
                                  "tiers: {gold: {}}\n"
                                  "queues: {a: {}, b: {}, c: {}}\n"
                                  "routes:\n"
                                  "  - {when: {dialled: \"1\"}, queue: a, tier: gold}\n"
                                  "  - {when: {dialled: \"2\"}, queue: b}\n"
                                  "  - {when: {dialled: \"3\"}, queue: c, tier: gold}\n"
                                  "  - queue: b\n";

struct world {
    struct usher_rules *rules;
    struct usher_simple *simple;
};

static struct world world_of(enum usher_way_to_choose way)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    struct world world = {.rules = ruled(three_lines)};
    limits.contacts = 100;
    limits.agents = 4;
    world.simple = usher_simple_new(way, world.rules, &limits, 1);
    ck_assert_ptr_nonnull(world.simple);
    return world;
}

static void world_fini(struct world *world)
{
    usher_simple_free(world->simple);
    usher_rules_free(world->rules);
}

static enum usher_error decide_contact(struct world *world, enum usher_command_kind kind,
                                       const char *id, const char *to)
{
    struct usher_command command = {
        .kind = kind, .role = USHER_ROLE_PBX, .client = USHER_TEXT("sim")};
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, usher_text_of(id));
    if (to) {
        USHER_FIELDS_SET(&command.fields, TO, to, usher_text_of(to));
        USHER_FIELDS_SET(&command.fields, CHANNEL, channel, USHER_TEXT("voice"));
    }
    return usher_simple_decide(world->simple, &command, 1000);
}

static void come(struct world *world, const char *id, const char *to)
{
    ck_assert_int_eq(decide_contact(world, USHER_COMMAND_CONTACT_ARRIVE, id, to), USHER_OK);
}

static void decide_agent(struct world *world, enum usher_command_kind kind, const char *id)
{
    struct usher_command command = {.kind = kind, .role = USHER_ROLE_DESK};
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(id));
    if (kind == USHER_COMMAND_PROFILE_SET) {
        USHER_FIELDS_SET(&command.fields, SKILLS, skills, USHER_TEXT("{}"));
        USHER_FIELDS_SET(&command.fields, PHONE, phone, USHER_TEXT("sip:agent"));
    }
    ck_assert_int_eq(usher_simple_decide(world->simple, &command, 1000), USHER_OK);
}

static void begin_shift(struct world *world, const char *id)
{
    decide_agent(world, USHER_COMMAND_PROFILE_SET, id);
    decide_agent(world, USHER_COMMAND_AGENT_READY, id);
}

/* Takes all events; the last of this kind is left in `found`. How many there were of it. */
static size_t take_all(struct world *world, enum usher_event_kind kind, struct usher_event *found)
{
    struct usher_event event;
    size_t count = 0;
    *found = (struct usher_event){0};
    while (usher_simple_take(world->simple, &event))
        if (event.kind == kind) {
            *found = event;
            count++;
        }
    return count;
}

/* Ends what is offered, after another like it has come. The offer's line. */
static char replace(struct world *world, unsigned number)
{
    struct usher_event event;
    char offered[64], id[16];
    ck_assert_uint_eq(take_all(world, USHER_EVENT_CONTACT_OFFERED, &event), 1);
    char line = event.fields.queue.at[0];
    char dialled[2] = {(char)(line - 'a' + '1')};
    (void)snprintf(offered, sizeof(offered), "%.*s", USHER_TEXT_ARGS(event.fields.contact));
    (void)snprintf(id, sizeof(id), "%u", number);
    come(world, id, dialled);
    ck_assert_int_eq(
        decide_contact(world, USHER_COMMAND_CONTACT_ABANDON, strchr(offered, '/') + 1, NULL),
        USHER_OK);
    return line;
}

/* A line of a worse tier between them does not make the first of the best tier likelier. */
START_TEST(penalties_choose_each_line_of_the_best_tier_as_often)
{
    struct world world = world_of(USHER_CHOOSE_PENALTIES);
    unsigned counts[3] = {0};
    come(&world, "gold-a", "1");
    come(&world, "b", "2");
    come(&world, "gold-c", "3");
    begin_shift(&world, "anna");
    for (unsigned i = 1; i <= 4000; i++)
        counts[replace(&world, i) - 'a']++;
    ck_assert_uint_eq(counts[1], 0);
    ck_assert_uint_gt(counts[0], 1900); /* 3 standard deviations */
    ck_assert_uint_gt(counts[2], 1900);
    world_fini(&world);
}
END_TEST

START_TEST(offer_that_rings_out_is_told_by_its_own_number)
{
    struct world world = world_of(USHER_CHOOSE_FIFO);
    struct usher_event offered, expired, offered_again;
    begin_shift(&world, "anna");
    begin_shift(&world, "boris");
    come(&world, "call", "2");
    ck_assert_uint_eq(take_all(&world, USHER_EVENT_CONTACT_OFFERED, &offered), 1);
    char number[USHER_NUMBER_SIZE];
    ck_assert(usher_text_copy(number, sizeof(number), offered.fields.offer));
    usher_simple_pass_time(world.simple, offered.fields.until_ms);
    ck_assert(usher_simple_take(world.simple, &expired));
    ck_assert_int_eq(expired.kind, USHER_EVENT_OFFER_EXPIRED);
    ck_assert_msg(usher_text_is_equal(expired.fields.offer, usher_text_of(number)),
                  "%.*s expired, not %s", USHER_TEXT_ARGS(expired.fields.offer), number);
    ck_assert_uint_eq(take_all(&world, USHER_EVENT_CONTACT_OFFERED, &offered_again), 1);
    ck_assert(!usher_text_is_equal(offered_again.fields.offer, usher_text_of(number)));
    world_fini(&world);
}
END_TEST

START_TEST(agent_who_goes_with_an_offer_in_hand_is_told_so_once)
{
    struct world world = world_of(USHER_CHOOSE_FIFO);
    struct usher_event event;
    begin_shift(&world, "anna");
    come(&world, "call", "2");
    decide_agent(&world, USHER_COMMAND_AGENT_SIGN_OUT, "anna");
    ck_assert_uint_eq(take_all(&world, USHER_EVENT_AGENT_SIGNED_OUT, &event), 0);
    usher_simple_pass_time(world.simple, usher_simple_next_ms(world.simple));
    ck_assert(usher_simple_take(world.simple, &event));
    ck_assert_int_eq(event.kind, USHER_EVENT_OFFER_EXPIRED);
    ck_assert(usher_simple_take(world.simple, &event));
    ck_assert_int_eq(event.kind, USHER_EVENT_AGENT_SIGNED_OUT);
    ck_assert(!usher_simple_take(world.simple, &event));
    world_fini(&world);
}
END_TEST

START_TEST(commands_are_refused_while_too_many_events_wait_to_be_taken)
{
    struct world world = world_of(USHER_CHOOSE_FIFO);
    struct usher_event event;
    unsigned count = 0;
    char id[16];
    do
        (void)snprintf(id, sizeof(id), "%u", ++count);
    while (decide_contact(&world, USHER_COMMAND_CONTACT_ARRIVE, id, "2") == USHER_OK);
    ck_assert_uint_gt(count, 16);
    ck_assert_uint_lt(count, 100);
    ck_assert_uint_eq(take_all(&world, USHER_EVENT_CONTACT_ARRIVED, &event), count - 1);
    come(&world, "later", "2");
    world_fini(&world);
}
END_TEST

SUITE_MAIN("simple", penalties_choose_each_line_of_the_best_tier_as_often,
           offer_that_rings_out_is_told_by_its_own_number,
           agent_who_goes_with_an_offer_in_hand_is_told_so_once,
           commands_are_refused_while_too_many_events_wait_to_be_taken)
