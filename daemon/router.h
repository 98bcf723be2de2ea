/* The router: the turn of the loop. Parties (sessions, PBX links, the profiles' follower) hand
 * commands in; the engine decides; the events and answers of a turn are gathered into a batch, made
 * durable by the journal, and only then handed out.
 *
 *     turn:  party -> router_submit -> engine -> outbox -> batch
 *     end:   router_turn_end: the batch goes to the journal if none is in flight
 *     later: the journal's answer -> answers to their askers, then events to all whom they concern,
 * in order
 */
#ifndef ROUTER_H
#define ROUTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "engine/engine.h"
#include "model/answer.h"
#include "model/command.h"
#include "settings.h"

struct event_base;
struct router;

/* A published event: the line is borrowed for the time of the call, without its newline. */
struct router_event {
    enum usher_event_kind kind;
    struct usher_number n;
    struct usher_text line;
    struct usher_text client; /* see struct usher_outbox_entry */
    struct usher_text agent;
};

struct router_party;
struct router_party_ops {
    /* The answer to a command that this party submitted, after it is durable (or, with
     * `outage: route`, decided without Redis). `payload` (the lines
     * of a snapshot or resume, each with its newline) is absent but for router_submit_hello. */
    void (*answer)(struct router_party *party, struct usher_text id,
                   const struct usher_answer *answer, struct usher_text payload);
    /* An event that concerns this party: by role, client and agent. */
    void (*event)(struct router_party *party, const struct router_event *event);
    /* The router began or ceased to lead: while it does not, commands are refused. NULL is fine. */
    void (*leading)(struct router_party *party, bool is_leading);
};

/* Owned by its maker; it must stay where it is from router_join to router_leave. */
struct router_party {
    const struct router_party_ops *ops;
    enum usher_role role;
    char client[USHER_CLIENT_NAME_MAX + 1];
    char agent[USHER_AGENT_ID_MAX + 1]; /* role DESK */
    char instance[65];                  /* role PBX: its present life; may be empty */
    bool can_dial;                      /* role PBX: it dials customers when it is told to */
    bool only_refers;                   /* role PBX: its talks move when agents' phones ask alone */
    /* the router's: */
    struct usher_list node;
    struct usher_number since; /* events up to here are not handed to it */
    uint64_t serial;           /* answers to a party that left are dropped */
};

/* Why it has ended; but for an orderly end it is logged. */
enum router_ending {
    ROUTER_END_ORDERLY = 0,
    ROUTER_END_FAILED,
    ROUTER_END_LED, /* somebody leads, or may, whom this one must not replace or follow */
};

/* What the router tells its process. */
struct router_host {
    void *owner;
    /* It leads, or leads no more. */
    void (*leading)(void *owner, bool is_leading);
    /* A reload is over; `is_loaded`: the file as it is now is in use. */
    void (*reloaded)(void *owner, bool is_loaded);
    /* It follows another router as a standby, and knows all of the journal. */
    void (*following)(void *owner);
    /* The loop should end, and the process; why is an enum router_ending. */
    void (*ended)(void *owner, int status);
};

struct ruleset; /* ruleset.h */

/* Starts without leading: commands are answered with storage_unavailable until the journal has
 * claimed. 0 or a negative errno. */
int router_new(struct router **router, struct event_base *base, const struct settings *settings,
               const struct router_host *host);
/* All parties must have left. */
void router_free(struct router *router);
/* Recovers, claims, and takes `rules` into use if they are others than the journal's. Takes what is
 * in `rules`. `is_taking_over`: the last leader is known to be dead (outage: route). */
void router_start(struct router *router, struct ruleset *rules, bool is_taking_over);

/* A profile as it is now, for profiles_ops (journal/profiles.h); `owner` is the router. */
void router_profile(void *owner, struct usher_text agent, struct usher_text name,
                    struct usher_text phone, struct usher_text skills, struct usher_text capacity);

/* It leads: from here on what Redis remembers of customers is read before their contacts are
 * routed, and written from events, until it leads no more. 0 or -ENOMEM. */
int router_know_customers(struct router *router);

/* From here the party may submit. It gets no events before router_submit_hello. */
void router_join(struct router *router, struct router_party *party);
/* No call to the party follows. Inside its own callbacks this is allowed. When it was the last open
 * session of a PBX, the router decides link.lose for it: its contacts are kept for timing.grace;
 * when it was the last of an agent's desk, desk.lose: the agent stays ready for timing.desk_grace.
 */
void router_leave(struct router *router, struct router_party *party);

/* Decides a command for a party: sets its client, role and own_agent from the party, repeats the
 * first answer for a known id. The answer comes by ops->answer, never inside this call. The texts
 * of `command` are borrowed for the call only. rules.reload, router.drain and
 * router.switchover are carried out here;
 * ping is answered. */
void router_submit(struct router *router, struct router_party *party,
                   struct usher_command *command);

/* Opens a session for a party whose role, client and agent are checked: answers with the line of
 * `welcome` and either the events after `after` (if they are in memory) or a snapshot as payload;
 * from there on its events follow. For a PBX the payload ends with sync.wanted, and link.regain
 * with its instance is decided behind it. */
void router_submit_hello(struct router *router, struct router_party *party, struct usher_text id,
                         struct usher_text after);

/* Ends a counted sync for a PBX's party (engine/sync.h). `sync` must stay untouched until the
 * answer; when the party leaves before, it is not looked at again. */
struct usher_sync;
void router_submit_sync(struct router *router, struct router_party *party, struct usher_text id,
                        struct usher_sync *sync, int64_t count);

/* The router's clock of this turn (settings and clock.h): milliseconds since 1970 that never go
 * back. */
int64_t router_now_ms(struct router *router);

/* To be called once after each turn of the loop. */
void router_turn_end(struct router *router);

/* Reads the rules' file again, and takes it into use when Redis has kept its text: whole or not at
 * all. Problems go to the log; the host is told at the end. (An admin's rules.reload does the same
 * and gets the first problem as its answer.) */
void router_reload(struct router *router);

/* Stops taking commands; the host is told when all is durable and handed out. */
void router_drain(struct router *router);
bool router_is_leading(const struct router *router);
/* While Redis is away: decides nothing; or goes on from memory (outage: route). */
bool router_is_holding(const struct router *router);
bool router_is_alone(const struct router *router);
/* Why it does not lead now, as an answer to whoever comes: NOT_LEADER with the leader's addresses
 * at a standby, else STORAGE_UNAVAILABLE. */
enum usher_error router_refuse(const struct router *router, struct usher_answer *answer);
/* Appends the line of state.router, without its newline. */
void router_describe(struct router *router, struct usher_bytes *out);

struct usher_engine *router_engine(struct router *router);

#endif
