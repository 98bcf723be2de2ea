/* The world of test_router.c, with the functions of journal/journal.h. */
#include "unit/router_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "ruleset.h"
#include "wire/codec.h"

static const char rules_text[] = "skills: [billing]\n"
                                 "not_ready: [lunch]\n"
                                 "queues:\n"
                                 "  general:\n"
                                 "    need: {billing: {min: 1}}\n"
                                 "    ring: 15s\n"
                                 "routes:\n"
                                 "  - queue: general\n";

struct journal {
    int unused;
};

static struct journal the_journal;
static struct world *the_world;

int journal_new(struct journal **journal, struct event_base *base, const struct settings *settings,
                const struct journal_ops *ops, void *owner)
{
    (void)base;
    (void)settings;
    the_world->ops = ops;
    the_world->owner = owner;
    *journal = &the_journal;
    return 0;
}

void journal_free(struct journal *journal)
{
    (void)journal;
}

void journal_introduce(struct journal *journal, struct usher_text outage, struct usher_text home)
{
    (void)journal;
    the_world->outage = outage;
    the_world->home = home;
}

void journal_start(struct journal *journal)
{
    (void)journal;
}

bool journal_is_live(const struct journal *journal)
{
    (void)journal;
    return the_world->is_live;
}

void journal_hurry(struct journal *journal)
{
    (void)journal;
    the_world->hurries_count++;
}

void journal_step_down(struct journal *journal)
{
    (void)journal;
    the_world->steps_down_count++;
    ck_assert(the_world->ops->forget(the_world->owner));
}

bool journal_is_idle(const struct journal *journal)
{
    (void)journal;
    return the_world->is_idle;
}

uint64_t journal_unconfirmed_count(const struct journal *journal)
{
    (void)journal;
    return 0;
}

bool journal_is_fresh(const struct journal *journal)
{
    (void)journal;
    return !the_world->is_stale;
}

void journal_append(struct journal *journal, struct usher_text lines, struct usher_number last,
                    size_t events_count)
{
    (void)journal;
    ck_assert(the_world->is_idle);
    the_world->is_idle = false;
    the_world->appended = lines;
    the_world->appended_last = last;
    the_world->appended_events = events_count;
    the_world->appends_count++;
}

void journal_keep_rules(struct journal *journal, struct usher_text hash, struct usher_text text,
                        void (*done)(void *owner, bool is_kept), void *owner)
{
    (void)journal;
    ck_assert_uint_eq(hash.length, 64);
    ck_assert_uint_gt(text.length, 0);
    done(owner, true);
}

void journal_consider_snapshot(struct journal *journal, struct usher_text rules_hash)
{
    (void)journal;
    ck_assert_uint_eq(rules_hash.length, 64);
}

void journal_wish_snapshot(struct journal *journal)
{
    (void)journal;
}

static void on_leading(void *owner, bool is_leading)
{
    ((struct world *)owner)->is_leading = is_leading;
}

static void on_reloaded(void *owner, bool is_loaded)
{
    struct world *world = owner;
    world->reloads_count++;
    world->is_reloaded = is_loaded;
}

static void on_following(void *owner)
{
    ((struct world *)owner)->followings_count++;
}

static void on_ended(void *owner, int status)
{
    struct world *world = owner;
    world->has_ended = true;
    world->status = status;
}

void world_write_rules(struct world *world, const char *text)
{
    FILE *file = fopen(world->rules_path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void open_world(struct world *world, bool is_standby, const char *state)
{
    *world = (struct world){.is_idle = true};
    the_world = world;
    log_open(LOG_LEVEL_ERROR - 1, 0);
    snprintf(world->settings.site, sizeof(world->settings.site), "test");
    world->settings.limits = USHER_LIMITS_DEFAULT;
    world->settings.limits.contacts = 100;
    world->settings.limits.agents = 100;
    world->settings.limits.clients = 100;
    world->settings.timing.heartbeat_ms = 1000;
    world->settings.timing.lease_ms = 2500;
    world->settings.timing.grace_ms = 30000;
    world->settings.ring_bytes = 65536;
    world->settings.pending_bytes = 1 << 20;
    snprintf(world->rules_path, sizeof(world->rules_path), "/tmp/usher-rules-XXXXXX");
    int fd = mkstemp(world->rules_path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    snprintf(world->settings.rules, sizeof(world->settings.rules), "%s", world->rules_path);
    world_write_rules(world, rules_text);
    world->settings.is_standby = is_standby;
    world->settings.outage = state ? SETTINGS_OUTAGE_ROUTE : SETTINGS_OUTAGE_HOLD;
    if (state)
        snprintf(world->settings.state, sizeof(world->settings.state), "%s", state);
    world->base = event_base_new();
    struct router_host host = {.owner = world,
                               .leading = on_leading,
                               .following = on_following,
                               .reloaded = on_reloaded,
                               .ended = on_ended};
    ck_assert_int_eq(router_new(&world->router, world->base, &world->settings, &host), 0);
    struct ruleset rules;
    struct usher_problems problems;
    usher_problems_init(&problems);
    ck_assert_int_eq(ruleset_read(&rules, world->rules_path, &problems), 0);
    router_start(world->router, &rules, false);
}

void world_open(struct world *world)
{
    open_world(world, false, NULL);
}

void world_open_route(struct world *world, const char *state)
{
    open_world(world, false, state);
}

void world_open_standby(struct world *world)
{
    open_world(world, true, NULL);
}

void world_close(struct world *world)
{
    router_free(world->router);
    event_base_free(world->base);
    unlink(world->rules_path);
}

void world_append(struct world *world, bool is_late)
{
    ck_assert(!world->is_idle);
    world->is_idle = true;
    world->ops->appended(world->owner, is_late);
}

void world_settle(struct world *world)
{
    router_turn_end(world->router);
    while (!world->is_idle) {
        world_append(world, false);
        router_turn_end(world->router);
    }
}

static struct listener *listener_of(struct router_party *party)
{
    return usher_container_of(party, struct listener, party);
}

static char *listener_room(struct listener *listener)
{
    ck_assert_uint_lt(listener->heard_count, HEARD_MAX);
    return listener->heard[listener->heard_count++];
}

static void on_answer(struct router_party *party, struct usher_text id,
                      const struct usher_answer *answer, struct usher_text payload)
{
    struct listener *listener = listener_of(party);
    struct usher_text code = usher_error_code(answer->error);
    if (answer->error == USHER_OK)
        code = USHER_TEXT("ok");
    snprintf(listener_room(listener), 64, "%.*s %.*s", USHER_TEXT_ARGS(id), USHER_TEXT_ARGS(code));
    usher_bytes_clear(&listener->payload);
    usher_bytes_append_text(&listener->payload, payload);
}

static void on_event(struct router_party *party, const struct router_event *event)
{
    snprintf(listener_room(listener_of(party)), 64, "%s", usher_event_row(event->kind)->name);
}

static const struct router_party_ops listener_ops = {.answer = on_answer, .event = on_event};

void listener_join(struct world *world, struct listener *listener, enum usher_role role,
                   const char *client, const char *agent)
{
    *listener = (struct listener){.party = {.ops = &listener_ops, .role = role}};
    snprintf(listener->party.client, sizeof(listener->party.client), "%s", client);
    snprintf(listener->party.agent, sizeof(listener->party.agent), "%s", agent);
    usher_bytes_init(&listener->payload, SIZE_MAX);
    router_join(world->router, &listener->party);
}

void listener_leave(struct world *world, struct listener *listener)
{
    router_leave(world->router, &listener->party);
    usher_bytes_fini(&listener->payload);
}

void listener_open(struct world *world, struct listener *listener, enum usher_role role,
                   const char *client, const char *agent)
{
    listener_join(world, listener, role, client, agent);
    router_submit_hello(world->router, &listener->party, USHER_TEXT("h"), USHER_NO_TEXT);
    world_settle(world);
    ck_assert_str_eq(listener->heard[0], "h ok");
    listener->heard_count = 0;
}

void listener_say(struct world *world, struct listener *listener, const char *line)
{
    static struct usher_scratch scratch;
    struct usher_command command = {0};
    struct usher_answer answer = {0};
    enum usher_error error = usher_command_decode(usher_text_of(line), &scratch, &command, &answer);
    ck_assert_msg(error == USHER_OK, "%s: %s", line, answer.message);
    router_submit(world->router, &listener->party, &command);
}

const char *listener_heard(struct listener *listener)
{
    static char text[HEARD_MAX * 66];
    size_t length = 0;
    text[0] = 0;
    for (size_t i = 0; i < listener->heard_count; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s", i ? ", " : "",
                                   listener->heard[i]);
    listener->heard_count = 0;
    return text;
}
