/* Taking the rules' file into use: read, checked, kept in Redis, and only then decided: whole or
 * not at all. */
#ifndef RELOAD_H
#define RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "ruleset.h"

struct event;
struct router;

#define RELOAD_ID_SIZE 65

struct reload {
    bool is_busy;  /* Redis is asked to keep `ruleset` */
    bool is_first; /* at the start: tried again until it succeeds */
    struct ruleset ruleset;
    uint64_t serial; /* who asked; 0 = a signal, or the start */
    bool has_id;
    char id[RELOAD_ID_SIZE];
    struct event *retry;
};

/* 0 or -ENOMEM. */
int reload_init(struct router *router);
void reload_fini(struct router *router);
/* Takes `ruleset` for the start: reload_first takes it into use after the claim, then the router
 * leads. A standby that takes over keeps the rules of the journal: its file may be older than what
 * the leader has loaded. */
void reload_prepare(struct router *router, struct ruleset *ruleset);
void reload_first(struct router *router);
/* Forgets what is under way; nobody is answered, but the host is told. */
void reload_drop(struct router *router);
/* Reads the file for a party (0: a signal) and answers it. `hash`, if it is there, is what the file
 * must have: whoever looked at it first takes nothing into use that he did not see. */
void reload_begin(struct router *router, uint64_t serial, struct usher_text id,
                  struct usher_text hash);

#endif
