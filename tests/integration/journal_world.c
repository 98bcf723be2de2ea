/* A world for the journal's tests. */
#include "integration/journal_world.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "wire/codec.h"

#define STATE_MAX       (64 * 1024 * 1024)
#define WAIT_S          20
#define SUITE_TIMEOUT_S 120

void world_open(struct world *world)
{
    *world = (struct world){.base = event_base_new()};
    ck_assert_ptr_nonnull(world->base);
    (void)signal(SIGPIPE, SIG_IGN);
    log_open(LOG_LEVEL_INFO, 0);
    redis_server_init(&world->redis);
    (void)snprintf(world->settings.site, sizeof(world->settings.site), "test");
    (void)snprintf(world->settings.redis.socket, sizeof(world->settings.redis.socket), "%s",
                   world->redis.socket);
    world->settings.timing.lease_ms = 2500;
    world->settings.journal.keep_ms = 48LL * 3600 * 1000;
    world->settings.journal.max_bytes = 1024 * 1024 * 1024;
    world->settings.journal.snapshot_every = 100000;
    redis_server_start(&world->redis);
}

void world_close(struct world *world)
{
    redis_server_fini(&world->redis);
    event_base_free(world->base);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* A timer that only makes the loop turn. */
static struct event *new_tick(struct world *world)
{
    struct event *tick = event_new(world->base, -1, EV_PERSIST, on_tick, NULL);
    ck_assert_ptr_nonnull(tick);
    (void)event_add(tick, &(struct timeval){.tv_usec = 10000});
    return tick;
}

void world_wait(struct world *world, const int *counter, int wanted)
{
    struct event *tick = new_tick(world);
    struct timeval begun, now;
    (void)gettimeofday(&begun, NULL);
    while (*counter < wanted) {
        (void)event_base_loop(world->base, EVLOOP_ONCE);
        (void)gettimeofday(&now, NULL);
        ck_assert_msg(now.tv_sec - begun.tv_sec < WAIT_S, "waited in vain for %d, is %d", wanted,
                      *counter);
    }
    event_free(tick);
}

void world_turn(struct world *world, int ms)
{
    struct event *tick = new_tick(world);
    (void)event_base_loopexit(world->base,
                              &(struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000});
    (void)event_base_dispatch(world->base);
    event_free(tick);
}

static bool on_rules(void *owner, struct usher_text hash, struct usher_text text)
{
    struct stand_in *router = owner;
    ck_assert_uint_gt(text.length, 0);
    usher_bytes_append_text(&router->rules, hash);
    usher_bytes_append_char(&router->rules, ' ');
    return true;
}

static bool on_snapshot(void *owner, struct usher_text saved)
{
    struct stand_in *router = owner;
    router->snapshots++;
    ck_assert_uint_eq(router->state.length, 0);
    usher_bytes_append_text(&router->state, saved);
    return true;
}

static bool on_line(void *owner, struct usher_text line)
{
    struct stand_in *router = owner;
    ck_assert_ptr_null(memchr(line.at, '\n', line.length));
    usher_bytes_append_text(&router->state, line);
    usher_bytes_append_char(&router->state, '\n');
    return true;
}

static bool on_may_claim(void *owner)
{
    (void)owner;
    return true;
}

static bool on_forget(void *owner)
{
    struct stand_in *router = owner;
    router->forgets++;
    return true;
}

static void on_claimed(void *owner, uint32_t epoch, bool is_first)
{
    struct stand_in *router = owner;
    router->claims++;
    router->epoch = epoch;
    router->seq = 1;
    router->is_first = is_first;
}

static void on_appended(void *owner, bool is_late)
{
    struct stand_in *router = owner;
    router->appends++;
    if (is_late)
        router->late_appends++;
}

static void on_fenced(void *owner)
{
    ((struct stand_in *)owner)->fences++;
}

static void on_restored(void *owner, struct usher_text lines)
{
    (void)owner, (void)lines;
}

static void on_away(void *owner, bool is_away)
{
    struct stand_in *router = owner;
    ck_assert_int_ne(router->is_away, is_away);
    router->is_away = is_away;
    if (is_away)
        router->aways++;
    else
        router->backs++;
}

static void on_lost(void *owner, uint32_t epoch)
{
    struct stand_in *router = owner;
    ck_assert_uint_gt(epoch, router->epoch);
    router->losses++;
    router->epoch = epoch;
    router->seq = 1;
}

static void on_save(void *owner, struct usher_bytes *out)
{
    struct stand_in *router = owner;
    usher_bytes_append_text(out, usher_bytes_text(&router->state));
}

static void on_failed(void *owner)
{
    ((struct stand_in *)owner)->failures++;
}

static const struct journal_ops ops = {
    .rules = on_rules,
    .snapshot = on_snapshot,
    .line = on_line,
    .may_claim = on_may_claim,
    .forget = on_forget,
    .claimed = on_claimed,
    .appended = on_appended,
    .fenced = on_fenced,
    .away = on_away,
    .restored = on_restored,
    .lost = on_lost,
    .save = on_save,
    .failed = on_failed,
};

void stand_in_start(struct stand_in *router, struct world *world)
{
    *router = (struct stand_in){.world = world};
    usher_bytes_init(&router->state, STATE_MAX);
    usher_bytes_init(&router->batch, STATE_MAX);
    usher_bytes_init(&router->rules, 4096);
    ck_assert_int_eq(journal_new(&router->journal, world->base, &world->settings, &ops, router), 0);
    journal_start(router->journal);
}

void stand_in_stop(struct stand_in *router)
{
    journal_free(router->journal);
    usher_bytes_fini(&router->state);
    usher_bytes_fini(&router->batch);
    usher_bytes_fini(&router->rules);
}

void stand_in_lead(struct stand_in *router, struct world *world)
{
    stand_in_start(router, world);
    world_wait(world, &router->claims, 1);
}

static void decide(struct stand_in *router, struct usher_event *event)
{
    event->n = (struct usher_number){router->epoch, ++router->seq};
    event->at_ms = 1763745600000 + (int64_t)router->seq;
    usher_event_encode(event, &router->batch);
    usher_bytes_append_char(&router->batch, '\n');
    router->events_in_batch++;
}

static void send_batch(struct stand_in *router)
{
    ck_assert(journal_is_idle(router->journal));
    usher_bytes_append_text(&router->state, usher_bytes_text(&router->batch));
    journal_append(router->journal, usher_bytes_text(&router->batch),
                   (struct usher_number){router->epoch, router->seq}, router->events_in_batch);
    router->events_in_batch = 0;
}

void stand_in_send(struct stand_in *router, size_t events_count)
{
    usher_bytes_clear(&router->batch);
    for (size_t i = 0; i < events_count; i++)
        decide(router, &(struct usher_event){.kind = USHER_EVENT_ROUTER_HEARTBEAT});
    send_batch(router);
}

void stand_in_append(struct stand_in *router, size_t events_count)
{
    int wanted = router->appends + 1;
    stand_in_send(router, events_count);
    world_wait(router->world, &router->appends, wanted);
}

static void on_kept(void *owner, bool is_kept)
{
    struct stand_in *router = owner;
    ck_assert(is_kept);
    router->kept++;
}

static void wait_idle(struct stand_in *router)
{
    for (int ms = 0; !journal_is_idle(router->journal); ms += 5) {
        ck_assert_int_lt(ms, WAIT_S * 1000);
        world_turn(router->world, 5);
    }
}

void stand_in_load_rules(struct stand_in *router, const char *hash)
{
    struct usher_event event = {.kind = USHER_EVENT_RULES_LOADED};
    int wanted = router->kept + 1;
    journal_keep_rules(router->journal, usher_text_of(hash), USHER_TEXT("queues: {}\n"), on_kept,
                       router);
    world_wait(router->world, &router->kept, wanted);
    wait_idle(router); /* a repair may still be under way */
    USHER_FIELDS_SET(&event.fields, HASH, hash, usher_text_of(hash));
    usher_bytes_clear(&router->batch);
    wanted = router->appends + 1;
    decide(router, &event);
    send_batch(router);
    world_wait(router->world, &router->appends, wanted);
}

bool stand_in_is_after(const struct stand_in *router, struct usher_text state)
{
    struct usher_text mine = usher_bytes_text(&router->state);
    struct usher_text rest;
    if (mine.length <= state.length || memcmp(mine.at, state.at, state.length) != 0)
        return false;
    rest = (struct usher_text){mine.at + state.length, mine.length - state.length};
    return memchr(rest.at, '\n', rest.length) == rest.at + rest.length - 1 &&
           memmem(rest.at, rest.length, "\"router.started\"", 16) != NULL;
}

int world_run_suite(const char *name, void (*open)(void), void (*close)(void),
                    const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(tcase, SUITE_TIMEOUT_S);
    tcase_add_checked_fixture(tcase, open, close);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
