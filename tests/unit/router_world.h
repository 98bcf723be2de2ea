/* A router whose journal is the test's: what was appended waits until the test says that it is
 * durable. */
#ifndef UNIT_ROUTER_WORLD_H
#define UNIT_ROUTER_WORLD_H

#include <event2/event.h>

#include "base/bytes.h"
#include "journal/journal.h"
#include "router.h"
#include "settings.h"

enum { HEARD_MAX = 64 };

/* A party that remembers what it was told: answers as "c-1 ok" or "c-1 wrong_state", events by
 * name; payloads whole. */
struct listener {
    struct router_party party;
    char heard[HEARD_MAX][64];
    size_t heard_count;
    struct usher_bytes payload; /* of the last answer */
};

struct world {
    struct settings settings;
    struct event_base *base;
    struct router *router;
    const struct journal_ops *ops; /* the router's, with `owner` */
    void *owner;
    bool is_idle;
    bool is_stale;              /* the last append is long ago */
    struct usher_text appended; /* in flight */
    size_t appends_count;
    size_t appended_events;
    struct usher_number appended_last;
    bool is_leading;
    struct usher_text outage; /* what router.started would tell */
    struct usher_text home;
    bool is_live; /* what journal_is_live says */
    int hurries_count;
    int steps_down_count;
    int followings_count;
    bool has_ended;
    int status;
    int reloads_count;
    bool is_reloaded;
    char rules_path[64];
};

/* Rules with the skill `billing` and one queue `general`; claimed and leading, with nothing to
 * append. */
void world_open(struct world *world);
/* The same with `standby: true`. */
void world_open_standby(struct world *world);
/* The same with `outage: route` and this state folder. */
void world_open_route(struct world *world, const char *state);
void world_close(struct world *world);
void world_write_rules(struct world *world, const char *text);
/* The batch in flight becomes durable. */
void world_append(struct world *world, bool is_late);
/* Ends turns and makes all durable until nothing is left. */
void world_settle(struct world *world);

void listener_join(struct world *world, struct listener *listener, enum usher_role role,
                   const char *client, const char *agent);
void listener_leave(struct world *world, struct listener *listener);
/* Joined, and has heard its welcome; nothing of that is in `heard`. */
void listener_open(struct world *world, struct listener *listener, enum usher_role role,
                   const char *client, const char *agent);
/* Sends a line of the protocol. */
void listener_say(struct world *world, struct listener *listener, const char *line);
/* What was heard, with commas between, and forgets it. */
const char *listener_heard(struct listener *listener);

#endif
