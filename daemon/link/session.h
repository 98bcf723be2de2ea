/* One connection of the native protocol: bytes to lines, lines to commands, answers and events to
 * bytes.
 *
 *     GREETING ── hello ──> OPENING ── welcome ──> OPEN
 *         │                    │                     │        the last line is written, then
 *         ├── no such token ──> REFUSING ────────> ENDING ──> CLOSED, freed in the next turn
 *
 * Every state but OPEN and CLOSED has a deadline. While OPENING and REFUSING no line is read.
 */
#ifndef LINK_SESSION_H
#define LINK_SESSION_H

#include <event2/util.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/list.h"
#include "link/tokens.h"
#include "router.h"
#include "wire/codec.h"

struct bufferevent;
struct event;
struct usher_sync;

#define SESSION_LINES_MAX 1000 /* lines of one session in one turn of the loop */
#define SESSION_OUTPUT_MAX                                                                         \
    ((size_t)1 << 20)             /* bytes that may wait for a reader, beside its snapshot */
#define SESSION_GREETING_MS 5000  /* for hello */
#define SESSION_OPENING_MS  30000 /* for the router's answer to it */
#define SESSION_ENDING_MS   5000  /* for the peer to take the last line */
#define SESSION_SILENCE_MS  30000 /* of a client that has sent a ping before */
#define SESSION_REFUSAL_MS                                                                         \
    250 /* the first wrong token's answer comes this late, doubled for each further */
#define SESSION_REFUSAL_DOUBLINGS 5 /* up to 8 s */
#define SESSION_PEER_SIZE         40

/* What the sessions of one listener share. */
struct session_origin {
    const struct settings_listener *settings;
    struct tokens *tokens; /* NULL: the peer's user and groups decide */
    size_t sessions_count;
    unsigned refusals_count; /* wrong tokens since the last right one */
};

/* What all sessions share. */
struct sessions {
    struct event_base *base;
    struct router *router;
    const struct settings *settings;
    struct usher_list live;   /* of session.node: not CLOSED */
    struct usher_list closed; /* of session.node: freed in the next turn */
    struct usher_list paused; /* of session.paused_node: have lines to read in the next turn */
    struct usher_list fresh;  /* of session.fresh_node: PBXs just opened, whose older sessions give
                                 way in the next turn */
    struct event *next_turn;
    struct usher_bytes line; /* one that is being written */
    struct usher_scratch scratch;
    uint64_t serial;
};

enum session_state {
    SESSION_NONE = 0,
    SESSION_GREETING, /* no hello yet */
    SESSION_OPENING,  /* the router prepares the welcome */
    SESSION_OPEN,
    SESSION_REFUSING, /* a wrong token: the answer is held back for a while */
    SESSION_ENDING,   /* the last line is written; what still comes is thrown away */
    SESSION_CLOSED,
    SESSION_STATE_COUNT,
};

struct session {
    struct sessions *sessions;
    struct session_origin *origin;
    enum session_state state;
    struct bufferevent *stream;
    struct event *timer; /* the state's deadline */
    struct usher_list node;
    struct usher_list paused_node;
    struct usher_list fresh_node;
    struct router_party party;
    uint64_t serial;              /* of the sessions that joined */
    bool is_joined;               /* party is the router's */
    bool has_pinged;              /* then silence means that it is gone */
    bool has_ended;               /* the peer sends no more */
    int64_t heard_ms;             /* when the last lines came */
    size_t output_max;            /* of bytes that wait for the reader */
    unsigned roles;               /* bits: what a Unix peer may be */
    char peer[SESSION_PEER_SIZE]; /* for the log */
    struct usher_sync *sync;      /* role PBX, from the first sync.begin */
    bool is_syncing;  /* sync.end was submitted: `sync` is the router's until its answer */
    char sync_id[65]; /* the id of that command */
};

int sessions_init(struct sessions *sessions, struct event_base *base, struct router *router,
                  const struct settings *settings);
/* Tells each client that it is over, writes what can be written at once, and frees all sessions. */
void sessions_fini(struct sessions *sessions);
/* A live session that has this client's name in another role, or NULL. */
struct session *sessions_find_rival(struct sessions *sessions, struct usher_text client,
                                    enum usher_role role);

/* Takes `fd` (closed on failure too). `peer` is who it is, for the log. 0 or a negative errno. */
int session_open(struct sessions *sessions, struct session_origin *origin, evutil_socket_t fd,
                 unsigned roles, const char *peer);
/* Reads the lines that an earlier turn left. */
void session_read_on(struct session *session);
/* The only writer of `state`. The move must be one of the table's. */
void session_set_state(struct session *session, enum session_state state);
/* Writes an answer; an absent id is null. */
void session_answer(struct session *session, struct usher_text id,
                    const struct usher_answer *answer);
/* Writes a line of the router's. */
void session_write(struct session *session, struct usher_text line);
/* Leaves the router, writes an error with the id null as the last line and closes when the peer has
 * it. */
void session_end(struct session *session, enum usher_error error, const char *message);
/* The same with an answer that was already written. */
void session_finish(struct session *session);
/* Leaves the router and closes at once. Ended already is fine. */
void session_close(struct session *session);

#endif
