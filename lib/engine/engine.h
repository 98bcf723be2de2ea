/* The engine: takes commands and the time, changes its state by events alone, and hands the events
 * out as lines. It reads no clock and calls nobody. All room is taken at creation, but for
 * contexts, profiles, the tables of rules, done commands and the outbox. */
#ifndef USHER_ENGINE_ENGINE_H
#define USHER_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/outbox.h"
#include "model/answer.h"
#include "model/command.h"
#include "model/event.h"
#include "model/limits.h"
#include "rules/rules.h"

/* The form of journal and snapshot that this code writes; it reads this one and lower. */
#define USHER_JOURNAL_VERSION 3

struct usher_engine;

/* `seed` is for hash tables only; it decides nothing. NULL when memory is out. */
struct usher_engine *usher_engine_new(const struct usher_limits *limits,
                                      struct usher_hash_seed seed);
void usher_engine_free(struct usher_engine *engine);

/* Puts compiled rules on the shelf, so that an event rules.loaded with their hash can be applied.
 * Takes `rules`. The shelf keeps the rules in use and the last four. */
void usher_engine_shelve(struct usher_engine *engine, struct usher_rules *rules);
bool usher_engine_has_rules(const struct usher_engine *engine, struct usher_text hash);
/* The rules in use, or NULL before the first rules.loaded. */
const struct usher_rules *usher_engine_rules(const struct usher_engine *engine);

/* Hands a zone in, under its name; NULL for one that cannot be had, which then is UTC. Takes
 * `zone`. False when there is no room for it. */
USHER_MUST_USE bool usher_engine_take_zone(struct usher_engine *engine, struct usher_text name,
                                           struct usher_zone *zone);
bool usher_engine_has_zone(const struct usher_engine *engine, struct usher_text name);
/* The name of a zone by which rules on the shelf or a live contact go and that was not handed in
 * yet; absent when there is none. Whoever decides hands all of them in; whoever only applies need
 * not. */
struct usher_text usher_engine_missing_zone(const struct usher_engine *engine);
/* Tells what the civil clock shows now: by it queues open and close and switches go off. Without it
 * that is now_ms. It may go back. */
void usher_engine_set_civil(struct usher_engine *engine, int64_t civil_ms, int64_t now_ms);

/* Sets the number of the next event to epoch-1. `epoch` must be above that of the last event. Then
 * usher_engine_decide may be called. */
void usher_engine_begin_epoch(struct usher_engine *engine, uint32_t epoch);

/* Decides one command at `now_ms`. The events that it causes are applied, and stand in the outbox
 * behind those of before. On an error the state is unchanged and there is no event. now_ms must not
 * be below that of any call or event before. Session commands (hello, ping, sync.*, rules.reload,
 * router.drain) are not the engine's: they must not come here. */
enum usher_error usher_engine_decide(struct usher_engine *engine,
                                     const struct usher_command *command, int64_t now_ms,
                                     struct usher_answer *answer);

/* Fires all deadlines up to now_ms, in their order; none before the first rules. */
void usher_engine_pass_time(struct usher_engine *engine, int64_t now_ms);
/* The same at the end of an outage in which nobody was heard: offers that have run out are
 * withdrawn (`outage`) without blame. */
void usher_engine_pass_outage(struct usher_engine *engine, int64_t now_ms);
/* INT64_MAX when there is none. */
int64_t usher_engine_next_deadline_ms(const struct usher_engine *engine);

/* The events since the last usher_outbox_clear, as lines. */
struct usher_outbox *usher_engine_outbox(struct usher_engine *engine);

/* Applies a line of the journal. False, with the reason in `answer`, when it cannot follow: the
 * journal is not ours, of a newer version, out of order, has a time that is none, or names rules
 * that are not on the shelf. The state is then undefined but for being freed. Nothing goes to the
 * outbox. */
USHER_MUST_USE bool usher_engine_apply_line(struct usher_engine *engine, struct usher_text line,
                                            struct usher_answer *answer);

/* The number and time of the last event applied; 0-0 and 0 in a new engine. */
struct usher_number usher_engine_last_number(const struct usher_engine *engine);
int64_t usher_engine_last_ms(const struct usher_engine *engine);

/* What the last router.started, and a router.outage since, say of whoever leads. The texts are the
 * engine's, and empty when nothing was said. */
struct usher_leader {
    struct usher_text addresses; /* with commas */
    struct usher_text outage;
    struct usher_text home;
};
struct usher_leader usher_engine_leader(const struct usher_engine *engine);

/* The customer of the contact that these fields of contact.arrive tell of: their own, or by the
 * rules. Absent when there is none; borrowed from the fields, or in `room`. */
struct usher_text usher_customer_of(const struct usher_engine *engine,
                                    const struct usher_fields *fields,
                                    char room[USHER_CUSTOMER_MAX]);
/* The full id, <client>/<id>, of the contact that a command names, in `room`; a bare id is the
 * client's own. False when it is none. */
USHER_MUST_USE bool usher_engine_contact_id(const struct usher_command *command,
                                            char room[USHER_CONTACT_ID_MAX + 1],
                                            struct usher_text *id);
/* Takes the personal data of this customer out of the state, as applying customer.erased does.
 * False when memory is out. */
USHER_MUST_USE bool usher_engine_erase(struct usher_engine *engine, struct usher_text customer);

/* The digest that a heartbeat of the number `n` carries when the state is as it is now: a hash, in
 * hexadecimal, over counts and over one slice of 16 of agents, contacts, classes, pools and
 * clients, in their form of usher_engine_save (of long texts the beginning). 16 heartbeats in a row
 * look at everything. */
#define USHER_DIGEST_SIZE 17
struct usher_text usher_engine_digest(const struct usher_engine *engine, struct usher_number n,
                                      char room[USHER_DIGEST_SIZE]);

/* Appends the whole state in a form of its own: the same state gives the same bytes. The last bytes
 * are a checksum. */
void usher_engine_save(const struct usher_engine *engine, struct usher_bytes *out);
/* Reads what usher_engine_save wrote into a new engine; the rules in use then must be on the shelf
 * (usher_engine_saved_hash tells which). False with the reason in `answer`; the engine is then only
 * good for being freed. */
USHER_MUST_USE bool usher_engine_load(struct usher_engine *engine, struct usher_text saved,
                                      struct usher_answer *answer);
/* The hash of the rules in use that a saved state names; absent when `saved` is none. */
struct usher_text usher_engine_saved_hash(struct usher_text saved);
/* The time of the last event that a saved state holds. False when `saved` is none. */
USHER_MUST_USE bool usher_engine_saved_ms(struct usher_text saved, int64_t *at_ms);

/* Whom a description of the state is for. */
struct usher_view {
    enum usher_role role;     /* PBX: its own contacts; DESK: its agent and that agent's contacts;
                                 others: everything */
    struct usher_text client; /* role PBX */
    struct usher_text agent;  /* role DESK */
};
/* Appends state.agent, state.contact and state.queue lines with their newlines, and snapshot.end.
 */
void usher_engine_describe(const struct usher_engine *engine, const struct usher_view *view,
                           int64_t now_ms, struct usher_bytes *out);

/* Counts, for status lines. */
struct usher_engine_counts {
    size_t contacts;
    size_t waiting;
    size_t scheduled;
    size_t talking;
    size_t agents;
    size_t signed_in;
    size_t ready;
};
struct usher_engine_counts usher_engine_count(const struct usher_engine *engine);

/* Whether this command of this client was decided before, and caused an event: the answer was "ok".
 * The last 1,024 such ids of a client are known; any other command may be decided again. */
bool usher_engine_has_done(const struct usher_engine *engine, struct usher_text client,
                           struct usher_text id);

#endif
