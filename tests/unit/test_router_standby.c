/* The router as a standby: what it makes of the leader's heartbeats, whom it turns away, and how a
 * leader comes down to it. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "router.h"
#include "unit/router_world.h"
#include "unit/suite.h"

#define ARRIVE(id, contact)                                                                        \
    "{\"id\":\"" id "\",\"do\":\"contact.arrive\",\"contact\":\"" contact                          \
    "\",\"channel\":\"voice\"}"

/* The leader's state, and what he has appended so far. */
struct leader {
    struct usher_engine *engine;
    uint64_t seq;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The leader appends `rest`, an event's name and fields, and the standby is handed the line. */
static bool append(struct world *world, struct leader *leader, int64_t at_ms, const char *rest)
{
    char line[512];
    struct usher_answer answer = {0};
    snprintf(line, sizeof(line), "{\"at\":%" PRId64 ",\"n\":\"100-%" PRIu64 "\",\"ev\":%s}", at_ms,
             ++leader->seq, rest);
    ck_assert_msg(usher_engine_apply_line(leader->engine, usher_text_of(line), &answer), "%s: %s",
                  line, answer.message);
    return world->ops->line(world->owner, usher_text_of(line)) &&
           world->ops->followed(world->owner);
}

static bool append_start(struct world *world, struct leader *leader, const char *outage)
{
    char rest[256];
    snprintf(rest, sizeof(rest),
             "\"router.started\",\"token\":\"t\",\"prev\":\"0-0\",\"version\":1,\"outage\":\"%s\","
             "\"addresses\":\"/run/a.sock,host:7411\"",
             outage);
    return append(world, leader, now_ms(), rest);
}

static void beat(struct world *world, struct leader *leader, int64_t skew_ms, bool is_true)
{
    char rest[128];
    char room[USHER_DIGEST_SIZE];
    struct usher_number n = {100, leader->seq + 1};
    struct usher_text digest = usher_engine_digest(leader->engine, n, room);
    snprintf(rest, sizeof(rest), "\"router.heartbeat\",\"digest\":\"%.*s\"",
             USHER_TEXT_ARGS(is_true ? digest : USHER_TEXT("0000000000000000")));
    ck_assert(append(world, leader, now_ms() - skew_ms, rest));
}

/* Follows a leader, and knows all of the journal. */
static void follow(struct world *world, struct leader *leader)
{
    struct usher_hash_seed seed = {1, 2};
    world_open_standby(world);
    *leader = (struct leader){.engine = usher_engine_new(&world->settings.limits, seed)};
    ck_assert(append_start(world, leader, "hold"));
    ck_assert_int_eq(world->followings_count, 1);
    world->is_live = true;
}

static void close_both(struct world *world, struct leader *leader)
{
    usher_engine_free(leader->engine);
    world_close(world);
}

static const char *described(struct world *world)
{
    static struct usher_bytes line;
    usher_bytes_init(&line, USHER_LINE_MAX);
    router_describe(world->router, &line);
    usher_bytes_append_char(&line, '\0');
    return line.at;
}

static void assert_described(struct world *world, const char *part)
{
    const char *line = described(world);
    ck_assert_msg(strstr(line, part) != NULL, "%s in %s", part, line);
    free((void *)(uintptr_t)line);
}

START_TEST(same_state_and_clock_may_claim)
{
    struct world world;
    struct leader leader;
    follow(&world, &leader);
    for (int i = 0; i < 20; i++)
        beat(&world, &leader, 0, true);
    ck_assert(world.ops->may_claim(world.owner));
    assert_described(&world, "\"state\":\"standby\"");
    assert_described(&world, "\"digest\":\"same\"");
    assert_described(&world, "\"addresses\":\"/run/a.sock,host:7411\"");
    close_both(&world, &leader);
}
END_TEST

START_TEST(other_digest_never_takes_over)
{
    struct world world;
    struct leader leader;
    follow(&world, &leader);
    beat(&world, &leader, 0, false);
    beat(&world, &leader, 0, true);
    ck_assert(!world.ops->may_claim(world.owner));
    assert_described(&world, "\"digest\":\"differs\"");
    assert_described(&world, "\"reason\":\"digest\"");
    ck_assert(world.ops->forget(world.owner));
    ck_assert(world.ops->may_claim(world.owner));
    close_both(&world, &leader);
}
END_TEST

START_TEST(clock_that_is_30_s_off_does_not_take_over_until_it_is_right)
{
    static const int64_t skews_ms[] = {-31000, 31000};
    struct world world;
    struct leader leader;
    follow(&world, &leader);
    for (size_t i = 0; i < USHER_COUNT_OF(skews_ms); i++) {
        beat(&world, &leader, skews_ms[i], true);
        ck_assert(!world.ops->may_claim(world.owner));
        assert_described(&world, "\"reason\":\"clock\"");
        beat(&world, &leader, 5000, true);
        ck_assert(world.ops->may_claim(world.owner));
    }
    close_both(&world, &leader);
}
END_TEST

START_TEST(what_was_read_late_tells_nothing_of_the_clock)
{
    struct world world;
    struct leader leader;
    follow(&world, &leader);
    world.is_live = false;
    beat(&world, &leader, 60000, false);
    ck_assert(world.ops->may_claim(world.owner));
    close_both(&world, &leader);
}
END_TEST

START_TEST(leader_that_goes_on_without_redis_is_not_followed)
{
    struct world world;
    struct leader leader;
    struct usher_hash_seed seed = {1, 2};
    world_open_standby(&world);
    leader = (struct leader){.engine = usher_engine_new(&world.settings.limits, seed)};
    ck_assert(!append_start(&world, &leader, "route"));
    close_both(&world, &leader);
}
END_TEST

START_TEST(leader_that_yields_or_stops_is_followed_at_once)
{
    static const char *const words[] = {"\"router.yielded\"", "\"router.stopped\""};
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++) {
        struct world world;
        struct leader leader;
        struct usher_answer answer = {0};
        follow(&world, &leader);
        ck_assert_int_eq(router_refuse(world.router, &answer), USHER_ERROR_NOT_LEADER);
        ck_assert_str_eq(answer.message, "This usherd is a standby; leader: /run/a.sock,host:7411");
        ck_assert(append(&world, &leader, now_ms(), words[i]));
        ck_assert_int_eq(world.hurries_count, 1);
        router_refuse(world.router, &answer);
        ck_assert_str_eq(answer.message, "This usherd is a standby; leader: unknown");
        close_both(&world, &leader);
    }
}
END_TEST

/* Leads, with a PBX and a contact that stands in the journal. */
static void lead(struct world *world, struct listener *pbx)
{
    world_open_standby(world);
    world->ops->claimed(world->owner, 100, true);
    world_settle(world);
    ck_assert(world->is_leading);
    listener_open(world, pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(world, pbx, ARRIVE("c-1", "1"));
    world_settle(world);
    (void)listener_heard(pbx);
}

START_TEST(fenced_leader_drops_its_state_and_follows)
{
    struct world world;
    struct listener pbx;
    lead(&world, &pbx);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    listener_say(&world, &pbx, ARRIVE("c-3", "3"));
    world.ops->fenced(world.owner);
    ck_assert(world.ops->forget(world.owner));
    world.is_idle = true;
    router_turn_end(world.router);
    ck_assert(!world.is_leading && !world.has_ended);
    ck_assert_str_eq(listener_heard(&pbx), "");
    ck_assert_uint_eq(usher_engine_count(router_engine(world.router)).contacts, 0);
    listener_say(&world, &pbx, ARRIVE("c-4", "4"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-4 not_leader");
    listener_leave(&world, &pbx);

    world.ops->claimed(world.owner, 101, true);
    world_settle(&world);
    ck_assert(world.is_leading);
    world_close(&world);
}
END_TEST

START_TEST(switchover_is_told_before_it_steps_down)
{
    struct world world;
    struct listener pbx;
    struct listener admin;
    lead(&world, &pbx);
    listener_open(&world, &admin, USHER_ROLE_ADMIN, "admin", "");
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    listener_say(&world, &admin, "{\"id\":\"s\",\"do\":\"router.switchover\"}");
    listener_say(&world, &pbx, ARRIVE("c-3", "3"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-3 draining");
    ck_assert(world.is_leading);
    ck_assert_int_eq(world.steps_down_count, 0);
    world_append(&world, false);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-2 ok, contact.arrived");
    ck_assert_str_eq(listener_heard(&admin), "s ok, contact.arrived, router.yielded");
    ck_assert_int_eq(world.steps_down_count, 1);
    ck_assert(!world.is_leading && !world.has_ended);
    listener_leave(&world, &pbx);
    listener_leave(&world, &admin);
    world_close(&world);
}
END_TEST

START_TEST(switchover_needs_a_router_that_can_follow)
{
    struct world world;
    struct listener admin;
    world_open(&world);
    world.ops->claimed(world.owner, 100, true);
    world_settle(&world);
    listener_open(&world, &admin, USHER_ROLE_ADMIN, "admin", "");
    listener_say(&world, &admin, "{\"id\":\"s\",\"do\":\"router.switchover\"}");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&admin), "s wrong_state");
    ck_assert(world.is_leading);
    listener_leave(&world, &admin);
    world_close(&world);
}
END_TEST

SUITE_MAIN("router_standby", same_state_and_clock_may_claim, other_digest_never_takes_over,
           clock_that_is_30_s_off_does_not_take_over_until_it_is_right,
           what_was_read_late_tells_nothing_of_the_clock,
           leader_that_goes_on_without_redis_is_not_followed,
           leader_that_yields_or_stops_is_followed_at_once,
           fenced_leader_drops_its_state_and_follows, switchover_is_told_before_it_steps_down,
           switchover_needs_a_router_that_can_follow)
