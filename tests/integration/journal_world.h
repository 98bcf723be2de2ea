/* A world for the journal's tests: a loop, a private Redis, and stand-ins for routers. A stand-in's
 * state is simply the text of all lines that it has applied, so that whether recovery gave
 * everything back, once and in order, is a comparison of texts. */
#ifndef INTEGRATION_JOURNAL_WORLD_H
#define INTEGRATION_JOURNAL_WORLD_H

#include <check.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "integration/redis_server.h"
#include "journal/journal.h"

#define WORLD_KEY "usher:{test}:journal"

struct world {
    struct event_base *base;
    struct redis_server redis;
    struct settings settings;
};

struct stand_in {
    struct world *world;
    struct journal *journal;
    struct usher_bytes state; /* every line applied, each with its newline */
    struct usher_bytes batch; /* what is in flight */
    struct usher_bytes rules; /* hashes handed over, with spaces */
    uint32_t epoch;
    uint64_t seq;
    size_t events_in_batch;
    int claims, fences, failures, losses, forgets;
    int appends, late_appends;
    int aways, backs;
    int kept, snapshots;
    bool is_first;
    bool is_away;
};

void world_open(struct world *world);
void world_close(struct world *world);
/* Turns the loop until `*counter` is at least `wanted`; the test fails after 20 s. */
void world_wait(struct world *world, const int *counter, int wanted);
/* Turns the loop for so long. */
void world_turn(struct world *world, int ms);

/* A router that begins to start. */
void stand_in_start(struct stand_in *router, struct world *world);
/* It dies as by kill -9: nothing is told to Redis. */
void stand_in_stop(struct stand_in *router);
/* Starts one and waits for its claim. */
void stand_in_lead(struct stand_in *router, struct world *world);
/* Decides so many events and sends them; does not wait. */
void stand_in_send(struct stand_in *router, size_t events_count);
/* The same, and waits until they are durable. */
void stand_in_append(struct stand_in *router, size_t events_count);
/* Stores rules and appends the rules.loaded that names them; waits. */
void stand_in_load_rules(struct stand_in *router, const char *hash);
/* True when `router`, just recovered, knows exactly what `state` says and then its own claim. */
bool stand_in_is_after(const struct stand_in *router, struct usher_text state);

/* The main function's work: one suite; each test runs between `open` and `close`. */
int world_run_suite(const char *name, void (*open)(void), void (*close)(void),
                    const TTest *const *tests, size_t count);

#endif
