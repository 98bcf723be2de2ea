/* The digest that heartbeats carry: the same for the same state, another for another. */
#include <stdio.h>
#include <string.h>

#include "unit/suite.h"
#include "world/world.h"

enum { HEARTBEATS = 16, AGENTS = 40, CONTACTS = 40 };

static const char rules_text[] = "skills: [billing, sales]\n"
                                 "not_ready: [lunch, training]\n"
                                 "queues:\n"
                                 "  billing: {need: {billing: {min: 1}}, wrap_up: 10s}\n"
                                 "  sales: {need: {sales: {min: 1}}}\n"
                                 "routes:\n"
                                 "  - when: {data.topic: sales}\n"
                                 "    queue: sales\n"
                                 "  - queue: billing\n";

static void decide(struct world *world, struct usher_command *command)
{
    struct usher_answer answer = {0};
    command->client = USHER_TEXT("pbx1");
    if (command->role == USHER_ROLE_NONE)
        command->role = USHER_ROLE_ADMIN;
    ck_assert_msg(world_decide(world, command, &answer) == USHER_OK, "%s", answer.message);
}

static void profile(struct world *world, int number, const char *skills)
{
    char id[32];
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET, .role = USHER_ROLE_ROUTER};
    snprintf(id, sizeof(id), "agent%d", number);
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(id));
    USHER_FIELDS_SET(&command.fields, SKILLS, skills, usher_text_of(skills));
    decide(world, &command);
}

static void not_ready(struct world *world, int number, const char *reason)
{
    char id[32];
    struct usher_command command = {.kind = USHER_COMMAND_AGENT_SIGN_IN};
    snprintf(id, sizeof(id), "agent%d", number);
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(id));
    decide(world, &command);
    command.kind = USHER_COMMAND_AGENT_NOT_READY;
    USHER_FIELDS_SET(&command.fields, REASON, reason, usher_text_of(reason));
    decide(world, &command);
}

static void arrive(struct world *world, int number, const char *topic)
{
    char id[32];
    char data[64];
    struct usher_command command = {.kind = USHER_COMMAND_CONTACT_ARRIVE, .role = USHER_ROLE_PBX};
    snprintf(id, sizeof(id), "%d", number);
    snprintf(data, sizeof(data), "{\"topic\":\"%s\"}", topic);
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, usher_text_of(id));
    USHER_FIELDS_SET(&command.fields, CHANNEL, channel, USHER_TEXT("voice"));
    USHER_FIELDS_SET(&command.fields, DATA, data, usher_text_of(data));
    decide(world, &command);
}

static void note(struct world *world, int number, const char *text)
{
    char id[32];
    struct usher_command command = {.kind = USHER_COMMAND_CONTACT_NOTE};
    snprintf(id, sizeof(id), "pbx1/%d", number);
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, usher_text_of(id));
    USHER_FIELDS_SET(&command.fields, NOTE, note, usher_text_of(text));
    decide(world, &command);
}

/* Agents who are not there, and contacts that wait for them. */
static void open_center(struct world *world)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.agents = limits.contacts = 100;
    world_open(world, &limits);
    ck_assert(world_use_rules(world, usher_text_of(rules_text)));
    for (int i = 0; i < AGENTS; i++)
        profile(world, i, "{\"billing\":5}");
    for (int i = 0; i < CONTACTS; i++)
        arrive(world, i, "billing");
}

/* Beats 16 times in both; the number of heartbeats whose digests differ. */
static int count_differences(struct world *a, struct world *b)
{
    int differences = 0;
    for (int i = 0; i < HEARTBEATS; i++) {
        struct usher_command beat = {.kind = USHER_COMMAND_ROUTER_BEAT, .role = USHER_ROLE_ROUTER};
        (void)world_take(a);
        (void)world_take(b);
        decide(a, &beat);
        decide(b, &beat);
        struct usher_text line = world_take(a);
        ck_assert_ptr_nonnull(memmem(line.at, line.length, "\"digest\":\"", 10));
        differences += !usher_text_is_equal(line, world_take(b));
    }
    return differences;
}

static void close_both(struct world *a, struct world *b)
{
    ck_assert_ptr_null(world_check_replay(a));
    ck_assert_ptr_null(world_check_replay(b));
    world_close(a);
    world_close(b);
}

START_TEST(same_states_have_the_same_digests)
{
    struct world a, b;
    open_center(&a);
    open_center(&b);
    not_ready(&a, 7, "lunch");
    not_ready(&b, 7, "lunch");
    ck_assert_int_eq(count_differences(&a, &b), 0);
    close_both(&a, &b);
}
END_TEST

/* Both have as many events, at the same times. */
START_TEST(changed_state_changes_a_digest_within_16_heartbeats)
{
    for (int i = 0; i < AGENTS; i++) {
        struct world a, b;
        open_center(&a);
        open_center(&b);
        switch (i % 4) {
        case 0:
            not_ready(&a, i, "lunch");
            not_ready(&b, i, "training");
            break;
        case 1:
            profile(&a, i, "{\"billing\":6}");
            profile(&b, i, "{\"billing\":7}");
            break;
        case 2:
            note(&a, i, "calls again at five");
            note(&b, i, "calls again at six");
            break;
        default:
            arrive(&a, CONTACTS, "billing");
            arrive(&b, CONTACTS, "sales");
            break;
        }
        ck_assert_int_ge(count_differences(&a, &b), 1);
        close_both(&a, &b);
    }
}
END_TEST

START_TEST(leader_of_the_last_start_stands_in_the_snapshot)
{
    struct world world;
    struct usher_command start = {.kind = USHER_COMMAND_ROUTER_START, .role = USHER_ROLE_ROUTER};
    open_center(&world);
    USHER_FIELDS_SET(&start.fields, TOKEN, token, USHER_TEXT("t"));
    USHER_FIELDS_SET(&start.fields, PREV, prev, USHER_TEXT("1-1"));
    USHER_FIELDS_SET(&start.fields, VERSION, version, 1);
    USHER_FIELDS_SET(&start.fields, OUTAGE, outage, USHER_TEXT("hold"));
    USHER_FIELDS_SET(&start.fields, ADDRESSES, addresses, USHER_TEXT("/run/a.sock,host:7411"));
    decide(&world, &start);
    struct usher_leader leader = usher_engine_leader(world.engine);
    ck_assert_str_eq(leader.addresses.at, "/run/a.sock,host:7411");
    ck_assert_str_eq(leader.outage.at, "hold");
    ck_assert_ptr_null(world_check_replay(&world));
    world_close(&world);
}
END_TEST

SUITE_MAIN("digest", same_states_have_the_same_digests,
           changed_state_changes_a_digest_within_16_heartbeats,
           leader_of_the_last_start_stands_in_the_snapshot)
