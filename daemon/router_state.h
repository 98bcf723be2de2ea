/* The router's inside, for its own files: router.c (what comes in), router_turn.c (batches),
 * router_session.c (hello), router_journal.c (what the journal tells), router_standby.c (following
 * and stepping down), router_outage.c (while Redis is away), router_life.c (timers, end) and
 * reload.c (rules).
 *
 * A batch's way: `waiting` (the last one gathers) -> `in_flight` -> `withheld` while its reply came
 * late -> handed out -> `spare`. Answers that depend on no state (refusals, pong) go by `at_once`.
 * States: starting (not is_leading) -> leading -> has_ended; a standby comes back from leading to
 * starting. While leading it holds (decides
 * nothing) when Redis is away, and between a snapshot after a loss and the journal's word that it
 * stands. With `outage: route` it goes on while Redis is away, and what it hands out first becomes
 * a batch of the backlog. */
#ifndef ROUTER_STATE_H
#define ROUTER_STATE_H

#include "base/bytes.h"
#include "batch.h"
#include "clock.h"
#include "hold.h"
#include "journal/journal.h"
#include "parties.h"
#include "reload.h"
#include "ring.h"
#include "router.h"
#include "router_customers.h"
#include "router_outage.h"

struct event;

#define ROUTER_BEATS_LEFT_OUT 10 /* heartbeats that other events may stand for */

/* What a standby knows of whoever leads, and a leader of its own stepping down. */
struct standby {
    bool is_yielding;  /* router.yielded is on its way: nothing else may follow it */
    bool is_following; /* all of the journal was known once since the start */
    bool is_vacant;    /* whoever led has said that he leads no more */
    bool is_compared;  /* a digest was */
    bool has_differed; /* one did: never takes over */
    bool has_skew;
    int64_t skew_ms;    /* of our clock before the leader's, at his last heartbeat */
    int64_t current_ms; /* when all of the journal was known last; the router's clock */
};

struct router {
    struct event_base *base;
    const struct settings *settings;
    struct router_host host;
    struct usher_engine *engine;
    struct journal *journal;
    struct clock clock;
    bool has_read_clock; /* in this turn */
    bool is_leading;
    bool is_away;   /* Redis */
    bool is_frozen; /* a snapshot after a loss is being written: the state must not run ahead of it
                     */
    bool is_draining;
    bool has_ended;
    struct parties parties;
    struct hold hold;
    struct customers customers;
    struct ring ring;
    struct usher_list waiting;
    struct batch *in_flight; /* or NULL */
    struct outage outage;
    struct usher_list withheld;
    struct usher_list spare;
    size_t spare_count;
    struct batch *at_once;
    struct reload reload;
    struct event *deadline;  /* the engine's next */
    int64_t deadline_ms;     /* for which it is armed; INT64_MAX = not */
    struct event *heartbeat; /* armed anew at each append, as long as the last one is not old */
    int64_t beaten_ms;       /* when the last heartbeat was decided */
    struct standby standby;
    struct event *patience; /* of a drain */
};

/* router.c */

/* Decides, gathers events and the answer to the party `serial` (0: nobody). `id` is given back in
 * the answer. */
void router_carry_out(struct router *router, uint64_t serial, struct usher_text id,
                      const struct usher_command *command);
/* A command of the router itself: carried out now, or held; its answer goes to `serial` with `id`.
 */
void router_order(struct router *router, uint64_t serial, struct usher_text id,
                  struct usher_command *command);
void router_order_simple(struct router *router, enum usher_command_kind kind);
/* Ends the list of a party's calls, if it is there still. */
void router_end_sync(struct router *router, const struct held *held);
/* Keeps a command until Redis is back. */
void router_hold(struct router *router, const struct held *held);
/* Decides all that was held, then lets the deadlines fire that have passed. */
void router_release_held(struct router *router);

/* Whether what comes may be taken in at all; else `answer` says why not. */
enum usher_error router_admit(const struct router *router, struct usher_answer *answer);

/* router_turn.c */

/* Moves the engine's outbox into the batch that gathers. */
void router_gather(struct router *router);
/* An answer that waits for what was decided before it. */
void router_answer(struct router *router, uint64_t serial, struct usher_text id,
                   const struct usher_answer *answer, struct usher_text payload);
/* An answer that depends on no state: goes out at the end of the turn. */
void router_answer_at_once(struct router *router, uint64_t serial, struct usher_text id,
                           const struct usher_answer *answer);
/* Hands a batch out. */
void router_tell(struct router *router, struct batch *batch);
/* Hands a durable batch out, and empties it for the next use. */
void router_publish(struct router *router, struct batch *batch);
void router_recycle(struct router *router, struct batch *batch);
void router_publish_withheld(struct router *router);
/* Nothing waits: for Redis, or to be handed out. */
bool router_is_flushed(const struct router *router);

/* router_life.c */

void router_end(struct router *router, int status);

/* router_standby.c */

/* A line of the journal that is about to be applied. */
void router_watch(struct router *router, struct usher_text line);
/* journal_ops */
bool router_followed(void *owner);
bool router_may_claim(void *owner);
bool router_forget(void *owner);
/* Leads no more, and tells everybody; what is not durable is dropped unpublished. The journal is to
 * follow next. */
void router_step_down(struct router *router);
/* router.switchover. */
void router_yield(struct router *router, struct router_party *party, struct usher_text id);
/* The yield is durable and published. */
void router_end_yield(struct router *router);

/* router_session.c */

void router_open_session(struct router *router, struct router_party *party, struct usher_text id,
                         struct usher_text after);

/* router_journal.c */

extern const struct journal_ops router_journal_ops;
/* Says what the next router.started tells of us. */
void router_introduce(struct router *router);
/* The rules are in use: begins to serve. */
void router_lead(struct router *router);

#endif
