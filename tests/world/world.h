/* A world for tests: an engine, a time that is moved by hand, and the journal that the engine
 * writes. Everything is checked as it goes: a step that the journal cannot repeat is a failure of
 * the test. */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "engine/engine.h"
#include "engine/sync.h"

#define WORLD_START_MS  INT64_C(1763745600000)
#define WORLD_RULES_MAX 64

struct world_rules {
    char hash[65];
    char *text;
};

struct world {
    struct usher_engine *engine;
    struct usher_limits limits;
    int64_t now_ms;
    int64_t civil_offset_ms; /* of the civil clock to now_ms */
    uint32_t epoch;
    struct usher_bytes journal; /* all lines since the start */
    size_t taken;               /* how far world_take has given them out */
    struct world_rules rules[WORLD_RULES_MAX];
    size_t rules_count;
};

/* Starts at WORLD_START_MS, in epoch 1, without rules. Ends the process when memory is out. */
void world_open(struct world *world, const struct usher_limits *limits);
void world_close(struct world *world);

/* Takes rules into use. False when they have problems, which go to standard error, or the engine
 * refuses them. */
bool world_use_rules(struct world *world, struct usher_text text);

/* Reads the rules of this hash once more; NULL when the world never had any such. Gives them. */
struct usher_rules *world_read_rules(const struct world *world, struct usher_text hash);

/* Reads a zone of the machine's tzdata; NULL for UTC and when there is none. Gives it. */
struct usher_zone *world_read_zone(const char *name);
/* Sets the civil clock, without any time passing. */
void world_set_civil(struct world *world, int64_t civil_ms);

/* As usher_engine_decide, now. */
enum usher_error world_decide(struct world *world, const struct usher_command *command,
                              struct usher_answer *answer);

/* As usher_sync_finish, now. */
enum usher_error world_finish_sync(struct world *world, struct usher_sync *sync,
                                   struct usher_text client, int64_t count,
                                   struct usher_answer *answer);

/* Moves time to `at_ms`, firing each deadline at its own moment. */
void world_pass_to(struct world *world, int64_t at_ms);

/* Moves time to `at_ms` at once, so that the deadlines in between fire late. */
void world_jump_to(struct world *world, int64_t at_ms);
/* Moves the time to `at_ms` as after an outage in which nobody was heard. */
void world_pass_outage(struct world *world, int64_t at_ms);

/* The lines that the engine wrote since the last call. Valid until the next step. */
struct usher_text world_take(struct world *world);

/* Applies the journal in a second engine, and loads a saved state in a third: both must give the
 * bytes that the first one saves. On the way the state before each offer must explain it. NULL, or
 * what is wrong. */
const char *world_check_replay(const struct world *world);

/* kill -9 and start: a new engine applies the journal, begins the next epoch and fires the
 * deadlines that have passed. False when it cannot. */
bool world_restart(struct world *world);

#endif
