/* A world of one listener, and clients, around a router that only notes what it is told: for
 * test_session.c. */
#ifndef TESTS_UNIT_SESSION_WORLD_H
#define TESTS_UNIT_SESSION_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/session.h"

/* The router as far as a session sees it. */
struct router {
    int64_t now_ms;
    bool is_leading;
    bool is_standby;
    unsigned joined_count;
    unsigned left_count;
    unsigned submitted_count;
    struct router_party *party; /* who came last */
    char hello_id[65];          /* not yet answered; "" = none */
    char sync_id[65];
};

struct world {
    struct event_base *base;
    struct router router;
    struct settings *settings;
    struct session_origin origin;
    struct sessions sessions;
};

struct client {
    int fd;
    size_t length;
    char *read; /* all that came, with a NUL behind */
    bool has_ended;
};

void open_world(struct world *world);
/* Asserts that all sessions are freed and have left the router. */
void close_world(struct world *world);
/* One turn of the loop; as many as it takes. */
void turn(struct world *world);
void settle(struct world *world);

struct client connect_client(struct world *world);
/* Connects, says `hello` and is welcomed. */
struct client come(struct world *world, const char *hello);
void disconnect_client(struct world *world, struct client *client);
void say(const struct client *client, const char *bytes);
void say_times(const struct client *client, const char *line, int times);
/* Reads until nothing more comes; all that came since `forget`. */
const char *hear(struct world *world, struct client *client);
void forget(struct client *client);

/* The router answers the hello that is open, with a welcome of this many bytes. */
void welcome(struct world *world, size_t bytes);
/* The router tells the party that came last an event. */
void tell_event(struct world *world, const char *line);

#endif
