/* A contact's way as it is being told, to a person or as JSON: what is kept from step to step, and
 * what the states in between say. */
#ifndef CTL_EXPLAIN_TELLING_H
#define CTL_EXPLAIN_TELLING_H

#include <stdio.h>

#include "ctl/explain/trail.h"
#include "ctl/options.h"
#include "engine/explain.h"
#include "wire/codec.h"
#include "wire/json.h"

#define TELLING_INDENT "          " /* behind the time of day */

struct telling {
    const struct options *options;
    const struct trail *trail;
    size_t next;          /* step to be told */
    size_t blind_count;   /* offers whose state before is not known */
    size_t strange_count; /* offers that the state before does not explain */
    char told_rules[65];  /* by whose hash it was told what the contact needs; "" = not yet */
    int64_t wait_ms;      /* when the contact came into the line where it stands; 0 = in none */
    FILE *out;            /* what a person reads; it is kept back until all is known */
    struct usher_bytes json;
    struct usher_json_writer writer;
    struct usher_scratch scratch;
};

/* Members of the open JSON object. */
void telling_number(struct telling *telling, const char *key, int64_t number);
void telling_text(struct telling *telling, const char *key, struct usher_text text);

/* Goes on with an offer by the state right before it; NULL when that is not known. */
void telling_offer(struct telling *telling, struct usher_engine *engine,
                   const struct usher_event *event);
/* All that happened in the moment in which a wait began is applied: what the contact waits for, if
 * that took a while. */
void telling_wait(struct telling *telling, struct usher_engine *engine);
/* How the contact is where the fold has ended; nothing when it is gone. */
void telling_state(struct telling *telling, struct usher_engine *engine, int64_t now_ms);

#endif
