/* Redis is killed and started, stopped and woken, and the router dies too, all at random moments:
 * in claims, in recoveries, in appends, while snapshots are written. After each life of a router,
 * the next must know exactly what was durable, once and in order; a batch that was in flight is
 * there whole or not at all. The seed is printed, and can be given in USHER_SEED. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "integration/journal_world.h"

#define LIVES     30
#define STATE_MAX ((size_t)64 * 1024 * 1024)

static struct world world;

static void open_world(void)
{
    const char *seed = getenv("USHER_SEED");
    unsigned number = seed ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)time(NULL);
    world_open(&world);
    world.settings.journal.snapshot_every = 50;
    world.settings.journal.keep_ms = 0;
    srandom(number);
    (void)fprintf(stderr, "USHER_SEED=%u\n", number);
}

static void close_world(void)
{
    world_close(&world);
}

static int chance(int below)
{
    return (int)(random() % below);
}

static void hurt_redis(void)
{
    switch (chance(4)) {
    case 0:
        redis_server_kill(&world.redis);
        world_turn(&world, chance(60));
        redis_server_start(&world.redis);
        break;
    case 1:
        (void)kill(world.redis.pid, SIGSTOP);
        world_turn(&world, chance(60));
        (void)kill(world.redis.pid, SIGCONT);
        break;
    case 2:
        redis_server_ask(&world.redis, "CLIENT KILL TYPE normal");
        break;
    default:
        break;
    }
}

/* What a recovery must give back. */
struct truth {
    struct usher_bytes durable;
    struct usher_bytes in_flight; /* may follow it, whole */
};

static void set(struct usher_bytes *bytes, struct usher_text text)
{
    usher_bytes_clear(bytes);
    usher_bytes_append_text(bytes, text);
}

static void note(struct truth *truth, const struct stand_in *router)
{
    struct usher_text state = usher_bytes_text(&router->state);
    bool is_idle = journal_is_idle(router->journal);
    set(&truth->in_flight, is_idle ? USHER_TEXT("") : usher_bytes_text(&router->batch));
    state.length -= truth->in_flight.length;
    set(&truth->durable, state);
}

static void work(struct stand_in *router)
{
    stand_in_load_rules(router, "rules1");
    for (int turns = chance(60); turns > 0; turns--) {
        if (journal_is_idle(router->journal)) {
            journal_consider_snapshot(router->journal, USHER_TEXT("rules1"));
            stand_in_send(router, (size_t)chance(5) + 1);
        }
        world_turn(&world, chance(4));
        if (chance(20) == 0)
            hurt_redis();
    }
    ck_assert_int_eq(router->fences + router->failures + router->losses, 0);
}

/* One router from its start to its death, which may come before it leads. */
static void live(struct truth *truth)
{
    struct stand_in router;
    stand_in_start(&router, &world);
    world_turn(&world, chance(10));
    hurt_redis();
    if (chance(5) != 0) {
        world_wait(&world, &router.claims, 1);
        work(&router);
        note(truth, &router);
    }
    stand_in_stop(&router);
}

static bool begins_with(struct usher_text text, struct usher_text start)
{
    return text.length >= start.length &&
           (start.length == 0 || memcmp(text.at, start.at, start.length) == 0);
}

static struct usher_text after(struct usher_text text, size_t length)
{
    return (struct usher_text){text.at + length, text.length - length};
}

/* Behind what was durable, and perhaps what was in flight, stand only claims. */
static void agrees(struct usher_text state, const struct truth *truth)
{
    struct usher_text durable = usher_bytes_text(&truth->durable);
    struct usher_text in_flight = usher_bytes_text(&truth->in_flight);
    ck_assert(begins_with(state, durable));
    state = after(state, durable.length);
    if (begins_with(state, in_flight))
        state = after(state, in_flight.length);
    ck_assert_uint_gt(state.length, 0);
    while (state.length > 0) {
        const char *newline = memchr(state.at, '\n', state.length);
        ck_assert_ptr_nonnull(newline);
        ck_assert_ptr_nonnull(
            memmem(state.at, (size_t)(newline - state.at), "\"router.started\"", 16));
        state = after(state, (size_t)(newline + 1 - state.at));
    }
}

START_TEST(nothing_is_lost_or_repeated_whatever_dies)
{
    struct truth truth;
    usher_bytes_init(&truth.durable, STATE_MAX);
    usher_bytes_init(&truth.in_flight, STATE_MAX);
    for (int i = 0; i < LIVES; i++) {
        struct stand_in heir;
        live(&truth);
        stand_in_lead(&heir, &world);
        agrees(usher_bytes_text(&heir.state), &truth);
        note(&truth, &heir);
        stand_in_stop(&heir);
    }
    usher_bytes_fini(&truth.durable);
    usher_bytes_fini(&truth.in_flight);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {nothing_is_lost_or_repeated_whatever_dies};
    return world_run_suite("journal_torment", open_world, close_world, tests, 1);
}
