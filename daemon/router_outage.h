/* While Redis is away: hold, and decide nothing; or go on alone, from memory, and append later.
 *
 * Whoever goes on alone tells everybody what it decided before that is durable, and keeps the lines
 * in a backlog. That is safe because nobody else may lead meanwhile: the journal says so
 * (router.started, router.outage), standbys do not follow such a leader, and another usherd starts
 * only when it has the same state folder, which means that this one is dead, or is told to. */
#ifndef ROUTER_OUTAGE_H
#define ROUTER_OUTAGE_H

#include <stdbool.h>

#include "base/list.h"
#include "home.h"
#include "model/answer.h"
#include "settings.h"

struct router;
struct batch;

struct outage {
    enum settings_outage mode;
    enum settings_outage
        wanted;                /* the last one ordered: it comes into force when that is durable */
    struct home home;          /* held with ROUTE */
    struct usher_list backlog; /* batches that were handed out, to be appended in this order */
    bool is_full;              /* at limits.pending: holds until Redis is back */
    bool is_taking_over;       /* the last leader is known to be dead */
    bool is_led;               /* somebody leads, or may, who goes on alone */
};

/* 0 or a negative errno, logged. `router->outage` needs router_outage_fini in both cases. */
int router_outage_init(struct router *router);
void router_outage_fini(struct router *router);

/* Alone, at the end of a turn: hands out all that was decided, and keeps the lines. */
void router_go_alone(struct router *router);
/* Redis is back. */
void router_end_outage(struct router *router);
/* Whether nobody leads, or may: a start beside a leader that goes on alone is refused (logged). */
bool router_may_lead(struct router *router);

/* What was handed out and is not in the journal goes into the state folder, with an alarm. */
void router_keep_refused(struct router *router);
/* All of it is durable otherwise, or must be forgotten. */
void router_drop_backlog(struct router *router);

/* Reads usherd.yaml again, for a reload. False when it has problems, or an `outage` that cannot be
 * taken into use: `answer` tells the first, the log all. */
bool router_check_settings(struct router *router, struct usher_answer *answer,
                           enum settings_outage *outage);
/* Takes `outage`, which was checked, into use: HOLD at once, ROUTE when that is durable. False when
 * there is nothing to do; else the answer goes to `serial` when it is durable. */
bool router_change_outage(struct router *router, enum settings_outage outage, uint64_t serial,
                          struct usher_text id);
/* router.outage was handed out. */
void router_take_outage(struct router *router);

#endif
