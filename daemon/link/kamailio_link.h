/* A Kamailio link's inside, for its own files: kamailio.c holds the connection, kamailio_talk.c
 * knows what is said on it.
 *
 *     DOWN ── the router leads ──> CONNECTING ──> SYNCING ── sync.end ──> UP
 *      ^                               │             │                    │
 *      └── refused, silent, broken, behind, or the router leads no more ──┘
 *
 * Each state but a DOWN without a leading router has a deadline in `timer`. The router's party
 * exists in UP alone: from there the calls of Kamailio and of the router are the same.
 */
#ifndef LINK_KAMAILIO_LINK_H
#define LINK_KAMAILIO_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "link/kamailio.h"
#include "link/kamailio_call.h"
#include "link/netstring.h"
#include "router.h"
#include "wire/codec.h"

struct bufferevent;
struct event;
struct usher_sync;

/* Bytes that may wait for Kamailio to read, and that may come during a sync. */
#define KAMAILIO_OUTPUT_MAX ((size_t)4 * 1024 * 1024)
#define KAMAILIO_HELD_MAX   ((size_t)8 * 1024 * 1024)

enum kamailio_state {
    KAMAILIO_DOWN = 0,
    KAMAILIO_CONNECTING,
    KAMAILIO_SYNCING,
    KAMAILIO_UP,
};

struct kamailio_link {
    struct event_base *base;
    struct router *router;
    const struct settings_link *settings;
    struct sockaddr_storage address;
    int address_length;
    enum kamailio_state state;
    struct bufferevent *stream; /* in DOWN: closed, and freed by the timer */
    struct event *timer;
    int64_t retry_ms;     /* how long DOWN lasts next time */
    unsigned quiet_ticks; /* since the last byte came */
    bool is_warned;       /* of a Kamailio that cannot be reached */

    struct router_party watch; /* tells whether the router leads; joined always */
    struct router_party party; /* the PBX */
    uint32_t epoch;            /* of the last event, for what is sent */

    struct kamailio_calls calls;
    uint64_t transfer_serial; /* of the last command about a transfer */
    struct usher_sync *sync;
    char sync_id[32]; /* of the sync asked for */
    uint64_t sync_serial;
    bool is_syncing; /* asked for, and its end has not come: what happens meanwhile is held */
    bool is_sync_submitted;  /* `sync` is the router's until its answer */
    bool wants_sync;         /* as soon as possible, for an arrival was not taken */
    int64_t sync_skipped;    /* calls of the list that could not be taken in */
    struct usher_bytes held; /* netstrings */

    struct usher_bytes body; /* of the message being written */
    struct usher_bytes line; /* the netstring of it */
    struct usher_scratch scratch;
};

/* kamailio.c */

/* Sends what is in link->body. It may take the link DOWN. */
void kamailio_send(struct kamailio_link *link);
/* Closes the connection, leaves the router, and tries again later. `why` is for the log. */
void kamailio_drop(struct kamailio_link *link, const char *why);
/* The sync is whole for the first time in this connection. */
void kamailio_come_up(struct kamailio_link *link);

/* kamailio_talk.c */

extern const struct router_party_ops kamailio_party_ops;
/* Asks Kamailio for all its calls. */
void kamailio_ask_sync(struct kamailio_link *link);
void kamailio_ping(struct kamailio_link *link);
/* A message came. It may take the link DOWN. */
void kamailio_take(struct kamailio_link *link, struct usher_text body);

/* For what is sent: the highest epoch that the router has had. */
uint32_t kamailio_epoch(struct kamailio_link *link);

/* kamailio_transfer.c */

/* A phone asks for a transfer; `call` NULL: of a call that has no row. */
void kamailio_take_refer(struct kamailio_link *link, const struct kamailio_message *message,
                         struct kamailio_call *call, struct usher_command *command);
/* What the agent's phone calls `to`: an agent of this id, or else a queue. */
void kamailio_set_target(struct kamailio_link *link, struct usher_text to,
                         struct usher_fields *fields);
/* The caller has come. */
void kamailio_take_transfer(struct kamailio_link *link, const struct kamailio_message *message,
                            struct kamailio_call *call, struct usher_command *command);
/* The router's answer to what kamailio_take_refer has asked. */
void kamailio_answer_refer(struct kamailio_link *link, struct usher_text id,
                           const struct usher_answer *answer);

#endif
