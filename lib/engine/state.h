/* The engine's state, for the engine's own files. Events alone change it: usher_engine_emit and
 * usher_engine_apply. What follows from state and time (who stands in line, the next deadlines) is
 * also brought up to date when a deadline passes. */
#ifndef USHER_ENGINE_STATE_H
#define USHER_ENGINE_STATE_H

#include "base/heap.h"
#include "base/list.h"
#include "base/table.h"
#include "engine/clients.h"
#include "engine/ended.h"
#include "engine/engine.h"
#include "engine/site.h"
#include "model/agent.h"
#include "model/contact.h"
#include "routing/floor.h"
#include "routing/match.h"
#include "wire/codec.h"

#define USHER_COOL_DOWN_MS 60000 /* a decliner is not asked again for the contact */
#define USHER_SETTLE_MS    1000  /* how long the PBX may take to stop ringing */
#define USHER_PHONE_REST_MS                                                                        \
    30000 /* how long a phone that was found busy or unreachable is left alone */
#define USHER_RING_GRACE_MS  2000 /* the PBX owns the ring timer: our lease is that much longer */
#define USHER_ENDED_MS       3600000 /* how long the id of an ended contact stays taken */
#define USHER_SHELF_SIZE     5
#define USHER_TURNS          100
#define USHER_ANNOUNCE_TIE   (UINT64_C(3) << 62) /* of the leases of classes, and above */
#define USHER_CALLERS_LISTS  4096
#define USHER_DIGEST_SLICES  16
#define USHER_DIGEST_BLOCK   64 /* contacts in a row that are of one slice */
#define USHER_RING_NO_ANSWER "ring_no_answer"
#define USHER_NO_DISPOSITION "none"
#define USHER_DESK_IS_LOST   "desk_lost"
#define USHER_BY_SUPERVISOR  "supervisor" /* a queue is open or closed by his order */
#define USHER_FORCED         "forced"
#define USHER_OWN_CLIENT     "usher"        /* has the contacts that no PBX has on a line */
#define USHER_CALLED_AGAIN   "called_again" /* why a callback ended: its customer did not wait */
#define USHER_ERASED         "erased"       /* why what was booked for a customer ended */
#define USHER_LINK_LOST      "link_lost" /* why a contact ended: its PBX did not come back in time */

/* What customer.known told of the contact whose contact.arrived comes next, in the same batch. */
struct usher_known {
    char contact[USHER_CONTACT_ID_MAX + 1];
    size_t memory_length;
    char memory[];
};

struct usher_engine {
    struct usher_limits limits;
    struct usher_floor floor;
    struct usher_contact *contacts; /* [limits.contacts] */
    uint32_t *free_slots;
    size_t free_slots_count;
    struct usher_table contacts_by_id;
    struct usher_table agents_by_id;
    struct usher_clients clients;
    struct usher_ended ended;
    struct usher_list live; /* contacts by serial */
    struct usher_list
        slices[USHER_DIGEST_SLICES]; /* contacts by serial, each in that of its serial */
    struct usher_list *callers;      /* [USHER_CALLERS_LISTS]: see callers.h */
    size_t meant_count;              /* waiting contacts that stand in an agent's `meant` */
    struct usher_list declined;      /* waiting contacts with a decline, in no order that matters */
    struct usher_list previews;      /* outbound contacts at whom an agent looks, likewise */
    struct usher_list leaving;       /* agents who leave after the contacts in hand, likewise */
    uint64_t serial_last;
    struct usher_site site;
    int64_t *queue_waiting; /* [USHER_QUEUES_MAX]: contacts in state WAITING */
    struct usher_heap deadlines;
    struct usher_rules *shelf[USHER_SHELF_SIZE]; /* [0] is the newest put there */
    struct usher_number last;
    int64_t last_ms;
    struct usher_outbox outbox;
    struct usher_known *known;  /* ours; NULL = nothing */
    char leader_addresses[129]; /* of the last router.started */
    char leader_outage[17];     /* of that, or of a router.outage since */
    char leader_home[17];
    uint32_t leader_version; /* of the form in which it writes; 0 = none has started */
    uint32_t deferred_turn;  /* the next, 0 .. 99: see `deferred_share` */
    bool holds_offers; /* much changes at the same time: offers are made when all of it is known */
    const struct usher_command
        *cause; /* the command whose first event is still to come; NULL = none */
    struct usher_scratch scratch;
};

/* engine.c: gives `event` its number and time, puts it into the outbox and applies it. The event
 * must be possible. */
void usher_engine_emit(struct usher_engine *engine, struct usher_event *event, int64_t now_ms);
/* apply.c: changes the state. False when the event is not possible in this state. */
USHER_MUST_USE bool usher_engine_apply(struct usher_engine *engine,
                                       const struct usher_event *event);

struct usher_contact *usher_engine_contact(const struct usher_engine *engine, struct usher_text id);
struct usher_agent *usher_engine_agent(const struct usher_engine *engine, struct usher_text id);
/* The contact of the agent whose open or accepted offer is `offer`; NULL when there is none. */
struct usher_contact *usher_engine_offer(const struct usher_agent *agent, struct usher_text offer);

/* Counts as the router that leads does, whose version has just become known. */
void usher_engine_follow_leader(struct usher_engine *engine);

/* Whether `contact` waits and its PBX can be told: then it stands in the line of its class. */
bool usher_engine_can_offer(const struct usher_engine *engine, const struct usher_contact *contact,
                            int64_t now_ms);
/* The same, but for whether it waits for one agent alone, and so in no line. */
bool usher_engine_may_offer(const struct usher_engine *engine, const struct usher_contact *contact,
                            int64_t now_ms);
/* Brings line, deadline, decline list and the agent up to date after a change of `contact`. */
void usher_engine_place_contact(struct usher_engine *engine, struct usher_contact *contact,
                                int64_t now_ms);

/* promise.c: what was told has come to its end: the class learns from it, and nothing is told any
 * more. A customer who was not `is_answered` has hung up. */
void usher_contact_end_told(struct usher_contact *contact, bool is_answered, int64_t now_ms);
/* Those who stand in line of the class are told anew when that is due. */
void usher_engine_announce(struct usher_engine *engine, struct usher_class *class, int64_t now_ms);
/* apply_agent.c: brings the agent's deadline up to date. */
void usher_engine_place_agent(struct usher_engine *engine, struct usher_agent *agent);
/* Takes the contact out of its line, if it stands in one, and brings its class's deadline up to
 * date: when more agents may be asked for one of the line. */
void usher_engine_leave_line(struct usher_engine *engine, struct usher_contact *contact);
void usher_engine_place_class(struct usher_engine *engine, struct usher_class *class);

/* contacts.c: the table of contacts. NULL when it is full. */
struct usher_contact *usher_engine_new_contact(struct usher_engine *engine);
/* Puts it into the slice of its serial, behind those that are there. */
void usher_engine_slice_contact(struct usher_engine *engine, struct usher_contact *contact);
void usher_engine_free_contact(struct usher_engine *engine, struct usher_contact *contact);
/* Replaces the texts of a contact (from to zone, absent ones too) by copies of those in `fields`.
 * False when memory is out. */
USHER_MUST_USE bool usher_contact_keep_texts(struct usher_contact *contact,
                                             const struct usher_fields *fields);
/* Those texts of a contact, without their bits. Borrowed. */
struct usher_fields usher_contact_texts(const struct usher_contact *contact);
/* Sets in `fields` what is known of a contact: who it is and what it is about. Borrowed. */
void usher_contact_tell(const struct usher_contact *contact, struct usher_fields *fields);
/* customer.c: what was told just before of this contact's customer, borrowed; absent when nothing
 * was. */
struct usher_text usher_known_memory(const struct usher_engine *engine, struct usher_text contact);
void usher_known_forget(struct usher_engine *engine);
/* The agent takes or leaves the contact: load, lists. */
void usher_contact_give(struct usher_contact *contact, struct usher_agent *agent);
void usher_contact_take_away(struct usher_contact *contact);

/* apply_contact.c: it stands in line no longer; to be called before the move. */
void usher_contact_stop_waiting(struct usher_engine *engine, struct usher_contact *contact);
/* Of a contact of ours: the event's `client` rings or dials for it from now on, or nobody: then its
 * agent's desk. False when the table of clients is full. */
USHER_MUST_USE bool usher_contact_set_ringer(struct usher_engine *engine,
                                             struct usher_contact *contact,
                                             const struct usher_event *event);
/* apply_later.c: the caller's line may end: the contact, which has become a callback, stays. False
 * when memory or the table of clients is out. */
USHER_MUST_USE bool usher_contact_leave_line(struct usher_engine *engine,
                                             struct usher_contact *contact,
                                             const struct usher_event *event);
/* Everything that a final state, which it has, lets go of. The contact is gone afterwards. */
void usher_contact_let_go(struct usher_engine *engine, struct usher_contact *contact,
                          const struct usher_event *event);

/* apply_*.c: the functions of the table, by event. */
typedef bool (*usher_apply)(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_router(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_router_started(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_router_outage(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_rules_loaded(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_link_lost(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_link_regained(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_profiled(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_signed_in(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_ready(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_not_ready(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_leaving(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_signed_out(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_desk(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_agent_phone(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_arrived(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_moved(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_promised(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_scheduled(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_callback_offered(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_dial(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_due(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_postponed(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_expired(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_transferred(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_parted(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_offered(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_ringing(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_answered(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_held(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_resumed(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_wrapping(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_extended(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_done(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_abandoned(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_overflowed(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_refused(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_contact_noted(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_customer_known(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_customer_erased(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_offer_over(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_offer_settled(struct usher_engine *engine, const struct usher_event *event);

#endif
