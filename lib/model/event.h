/* Events: what has become true. They alone change the engine's state, and they alone stand in the
 * journal. */
#ifndef USHER_MODEL_EVENT_H
#define USHER_MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/fields.h"

/* X(NAME, name, needed fields, optional fields, journaled, sentence). Every event may have `by` and
 * `by_id`. */
#define USHER_EVENTS(X, F)                                                                         \
    X(ROUTER_STARTED, "router.started", F(TOKEN) | F(PREV) | F(VERSION) | F(OUTAGE),               \
      F(ADDRESSES) | F(HOME), true, "A router took over the site under a new epoch.")              \
    X(ROUTER_HEARTBEAT, "router.heartbeat", 0, F(DIGEST), true,                                    \
      "The router is alive; a standby compares the digest with that of its own state.")            \
    X(ROUTER_STOPPED, "router.stopped", 0, 0, true, "The router stopped in order.")                \
    X(ROUTER_YIELDED, "router.yielded", 0, 0, true,                                                \
      "The router leads no more, by its own will: a standby takes over at once.")                  \
    X(ROUTER_OUTAGE, "router.outage", F(OUTAGE), F(HOME), true,                                    \
      "From here on the router does this while Redis is away.")                                    \
    X(JOURNAL_LOST, "journal.lost", 0, 0, true,                                                    \
      "The journal was gone; a full snapshot was written.")                                        \
    X(RULES_LOADED, "rules.loaded", F(HASH), 0, true, "From here on these rules hold.")            \
    X(QUEUE_CLOSED, "queue.closed", F(QUEUE) | F(REASON), F(UNTIL_MS) | F(NOTICE), true,           \
      "The queue is closed by its `hours` or a `supervisor`: nobody is offered from it.")          \
    X(QUEUE_OPENED, "queue.opened", F(QUEUE) | F(REASON), F(UNTIL_MS), true,                       \
      "The queue is open, by its `hours` or a `supervisor`.")                                      \
    X(SWITCH_SET, "switch.set", F(NAME) | F(STATE), F(UNTIL_MS) | F(REASON), true,                 \
      "A switch of the rules is `on` or `off`.")                                                   \
    X(LINK_LOST, "link.lost", F(CLIENT) | F(UNTIL_MS), 0, true,                                    \
      "A PBX is gone; its contacts get no new offers.")                                            \
    X(LINK_REGAINED, "link.regained", F(CLIENT), F(INSTANCE) | F(CAN), true, "The PBX is back.")   \
    X(AGENT_PROFILED, "agent.profiled", F(AGENT) | F(SKILLS), F(NAME) | F(PHONE) | F(CAPACITY),    \
      true, "An agent's profile came or changed.")                                                 \
    X(AGENT_SIGNED_IN, "agent.signed_in", F(AGENT), 0, true, "The agent's shift began.")           \
    X(AGENT_READY, "agent.ready", F(AGENT), 0, true, "The agent may be offered contacts.")         \
    X(AGENT_NOT_READY, "agent.not_ready", F(AGENT) | F(REASON), F(UNTIL_MS), true,                 \
      "The agent is not offered contacts; with `until_ms` until then at most.")                    \
    X(AGENT_LEAVING, "agent.leaving", F(AGENT) | F(STATE), F(REASON), true,                        \
      "The agent is offered nothing more, and becomes `not_ready` or `signed_out` when the "       \
      "contacts in hand have ended; `agent.ready` takes it back.")                                 \
    X(AGENT_SIGNED_OUT, "agent.signed_out", F(AGENT), 0, true, "The agent's shift ended.")         \
    X(AGENT_DESK, "agent.desk", F(STATE), F(AGENT) | F(UNTIL_MS), true,                            \
      "The agent's desk is `connected`, `lost` (with `until_ms`: not ready from then on) or, "     \
      "of no interest any more, `none`; without `agent` all that were connected.")                 \
    X(AGENT_PHONE, "agent.phone", F(AGENT) | F(STATE), F(UNTIL_MS), true,                          \
      "The agent's phone is `idle`, `busy` or `unreachable`; not idle overrides ready.")           \
    X(CONTACT_ARRIVED, "contact.arrived",                                                          \
      F(CONTACT) | F(CHANNEL) | F(QUEUE) | F(TIER) | F(PLACE_MS),                                  \
      F(FROM) | F(TO) | F(DATA) | F(NOTE) | F(CUSTOMER) | F(CASE_ID) | F(LAST_AGENT) |             \
          F(LAST_MS) | F(REPEAT) | F(SINCE_MS) | F(DUE_MS) | F(WAITED_MS) | F(NOTICE),             \
      true, "A contact came, and waits in a queue.")                                               \
    X(CONTACT_MOVED, "contact.moved",                                                              \
      F(CONTACT) | F(QUEUE) | F(TIER) | F(CHANNEL) | F(PLACE_MS) | F(DUE_MS),                      \
      F(SKILLS) | F(FROM) | F(CUSTOMER) | F(REASON) | F(NOTICE) | F(SINCE_MS), true,               \
      "A waiting contact waits in this queue and place from here on; with `skills`, whoever has "  \
      "these instead of what the queue needs.")                                                    \
    X(CONTACT_PROMISED, "contact.promised", F(CONTACT) | F(POSITION),                              \
      F(WAIT_MS) | F(WAIT_MIN_MS) | F(WAIT_MAX_MS) | F(DUE_MS) | F(RAW_MS), true,                  \
      "What a waiting customer is told: its position, and how long it takes if that is known. "    \
      "Answered by `due_ms`, the promise is kept.")                                                \
    X(CALLBACK_OFFERED, "callback.offered", F(CONTACT), F(WAIT_MS), true,                          \
      "The wait is long, or nobody is there: the PBX may ask the caller whether to be called "     \
      "back.")                                                                                     \
    X(CONTACT_DIAL, "contact.dial", F(CONTACT) | F(OFFER) | F(AGENT) | F(TO),                      \
      F(FROM) | F(PHONE) | F(CUSTOMER) | F(ATTEMPT) | F(CLIENT) | F(MODE), true,                   \
      "The agent is ready to talk: the PBX dials the customer, at `to`; with `mode: preview` it "  \
      "rings the agent first.")                                                                    \
    X(CONTACT_SCHEDULED, "contact.scheduled",                                                      \
      F(CONTACT) | F(CHANNEL) | F(QUEUE) | F(TIER) | F(PLACE_MS) | F(UNTIL_MS),                    \
      F(FROM) | F(TO) | F(DATA) | F(NOTE) | F(CUSTOMER) | F(CASE_ID) | F(CAMPAIGN) | F(ZONE) |     \
          F(AGENT) | F(REASON) | F(NOT_AFTER_MS) | F(ATTEMPTS) | F(LAST_AGENT) | F(LAST_MS) |      \
          F(REPEAT),                                                                               \
      true, "A contact was booked; at `until_ms` it joins the line.")                              \
    X(CONTACT_DUE, "contact.due", F(CONTACT) | F(QUEUE) | F(TIER) | F(CHANNEL) | F(PLACE_MS),      \
      F(DUE_MS) | F(ATTEMPT) | F(UNTIL_MS), true,                                                  \
      "A scheduled contact's time has come: it waits in its queue.")                               \
    X(CONTACT_POSTPONED, "contact.postponed", F(CONTACT) | F(UNTIL_MS) | F(REASON),                \
      F(AGENT) | F(OFFER) | F(CHANNEL) | F(ATTEMPT) | F(ATTEMPTS) | F(PLACE_MS), true,             \
      "The customer was not reached, or may not be called now: scheduled until then, in its "      \
      "place, or in the one that is named. `channel`, after a transfer: what it is again.")        \
    X(CONTACT_EXPIRED, "contact.expired", F(CONTACT) | F(REASON), F(WAITED_MS), true,              \
      "The contact ended: nobody came to it before it had no more use.")                           \
    X(CONTACT_TRANSFERRED, "contact.transferred",                                                  \
      F(CONTACT) | F(QUEUE) | F(TIER) | F(CHANNEL) | F(PLACE_MS) | F(DUE_MS),                      \
      F(AGENT) | F(TO_AGENT) | F(UNTIL_MS) | F(SKILLS) | F(NOTE) | F(DATA) | F(CUSTOMER) |         \
          F(WAITED_MS) | F(CLIENT),                                                                \
      true,                                                                                        \
      "The contact left its `agent` and waits again: until `until_ms` for `to_agent` alone, then " \
      "for whom the queue, or `skills`, asks. `client` dialled the customer, and has the call.")   \
    X(CONTACT_PARTED, "contact.parted",                                                            \
      F(CONTACT) | F(AGENT) | F(QUEUE) | F(TIER) | F(CHANNEL) | F(SINCE_MS) | F(UNTIL_MS),         \
      F(CUSTOMER) | F(CASE_ID), true,                                                              \
      "The wrap-up of an agent who transferred a contact, as a contact of its own.")               \
    X(CONTACT_OFFERED, "contact.offered",                                                          \
      F(CONTACT) | F(OFFER) | F(AGENT) | F(CHANNEL) | F(QUEUE) | F(ACCEPT) | F(RING_MS) |          \
          F(UNTIL_MS),                                                                             \
      F(TIER) | F(CLIENT) | F(ATTEMPT) | F(PHONE) | F(FROM) | F(TO) | F(DATA) | F(NOTE) |          \
          F(CUSTOMER) | F(MEMORY) | F(REPEAT) | F(CASE_ID) | F(CAMPAIGN) | F(WAITED_MS) |          \
          F(BID_MS) | F(LATE_MS) | F(MATCH) | F(GROUND) | F(LEND) | F(IDLE_MS) | F(AFFINITY_MS) |  \
          F(STEP) | F(REASON) | F(MODE) | F(TRANSFERRED_BY) | F(TURN),                             \
      true, "The contact is offered to an agent; with `accept: phone` the PBX rings.")             \
    X(CONTACT_RINGING, "contact.ringing", F(CONTACT) | F(OFFER) | F(AGENT), 0, true,               \
      "The agent's phone rings.")                                                                  \
    X(CONTACT_ANSWERED, "contact.answered", F(CONTACT) | F(OFFER) | F(AGENT),                      \
      F(WAITED_MS) | F(KEPT) | F(QUEUE) | F(CUSTOMER), true, "Customer and agent talk.")           \
    X(CONTACT_HELD, "contact.held", F(CONTACT) | F(AGENT), 0, true, "The customer is on hold.")    \
    X(CONTACT_RESUMED, "contact.resumed", F(CONTACT) | F(AGENT), 0, true,                          \
      "Customer and agent talk again.")                                                            \
    X(CONTACT_WRAPPING, "contact.wrapping", F(CONTACT) | F(AGENT) | F(UNTIL_MS), F(REASON), true,  \
      "The talk is over; the agent finishes the work.")                                            \
    X(CONTACT_EXTENDED, "contact.extended", F(CONTACT) | F(AGENT) | F(UNTIL_MS), F(COUNT), true,   \
      "The agent has more time for the work after the talk; `count` is how often so far.")         \
    X(CONTACT_DONE, "contact.done", F(CONTACT) | F(REASON),                                        \
      F(AGENT) | F(DISPOSITION) | F(ATTEMPT) | F(ATTEMPTS) | F(QUEUE) | F(CUSTOMER), true,         \
      "The contact ended.")                                                                        \
    X(CONTACT_ABANDONED, "contact.abandoned", F(CONTACT),                                          \
      F(AGENT) | F(OFFER) | F(REASON) | F(WAITED_MS) | F(KEPT) | F(QUEUE) | F(CUSTOMER), true,     \
      "The customer left before an agent answered, or (`reason`) was given up.")                   \
    X(CONTACT_OVERFLOWED, "contact.overflowed", F(CONTACT) | F(QUEUE) | F(REASON),                 \
      F(NOTICE) | F(WAITED_MS) | F(CUSTOMER), true,                                                \
      "The contact is sent away, since the queue is `closed`, at its `limit` or (`overflow`) let " \
      "it wait too long; the PBX plays the notice and hangs up.")                                  \
    X(CONTACT_REFUSED, "contact.refused", F(CONTACT) | F(REASON),                                  \
      F(CHANNEL) | F(FROM) | F(TO) | F(CUSTOMER), true,                                            \
      "The contact is not let in: the rules have its number or customer among the `blocked`.")     \
    X(CONTACT_NOTED, "contact.noted", F(CONTACT) | F(NOTE), F(AGENT) | F(CUSTOMER), true,          \
      "A note was written; `note` is all that is noted from now on.")                              \
    X(CUSTOMER_KNOWN, "customer.known", F(CONTACT) | F(CUSTOMER) | F(MEMORY),                      \
      F(QUEUE) | F(RESOLVED), true,                                                                \
      "What is remembered of the customer who came; `resolved` tells of the last time in this "    \
      "queue.")                                                                                    \
    X(CUSTOMER_ERASED, "customer.erased", F(CUSTOMER), 0, true,                                    \
      "The customer is forgotten: personal data of all before this are shown to nobody.")          \
    X(OFFER_DECLINED, "offer.declined", F(CONTACT) | F(OFFER) | F(AGENT) | F(UNTIL_MS), F(REASON), \
      true,                                                                                        \
      "The agent declined, and is not asked again until then; the contact is back in its place.")  \
    X(OFFER_FAILED, "offer.failed", F(CONTACT) | F(OFFER) | F(AGENT) | F(REASON) | F(UNTIL_MS), 0, \
      true, "The PBX did not reach the agent; the contact is back in its place.")                  \
    X(OFFER_EXPIRED, "offer.expired", F(CONTACT) | F(OFFER) | F(AGENT) | F(UNTIL_MS), 0, true,     \
      "Nobody answered in time; the contact is back in its place.")                                \
    X(OFFER_WITHDRAWN, "offer.withdrawn", F(CONTACT) | F(OFFER) | F(AGENT) | F(REASON),            \
      F(UNTIL_MS), true,                                                                           \
      "The offer was taken back without blame; the contact is back in its place.")                 \
    X(OFFER_SETTLED, "offer.settled", F(CONTACT) | F(OFFER), 0, true,                              \
      "The PBX has stopped ringing for an offer that is over; the contact may be offered again.")  \
    /* on the wire only, in no journal: */                                                         \
    X(WELCOME, "welcome", F(VERSION) | F(RESUMED) | F(ROLE) | F(CLIENT),                           \
      F(AGENT) | F(SITE) | F(HASH) | F(ZONE), false,                                               \
      "The session is open; `n` is the last event that it includes.")                              \
    X(STATE_ROUTER, "state.router", F(STATE),                                                      \
      F(ADDRESSES) | F(DIGEST) | F(BEHIND_MS) | F(SKEW_MS) | F(REASON) | F(UNCONFIRMED), false,    \
      "What this usherd is: `leader`, `standby` or `starting`; a `reason` when it would not take " \
      "over.")                                                                                     \
    X(SYNC_WANTED, "sync.wanted", 0, 0, false, "The PBX should send a counted sync of its calls.") \
    X(STATE_AGENT, "state.agent", F(AGENT) | F(STATE) | F(SINCE_MS),                               \
      F(NAME) | F(PHONE) | F(SKILLS) | F(CAPACITY) | F(REASON) | F(CONTACT) | F(COUNT) |           \
          F(QUEUES) | F(THEN) | F(UNTIL_MS) | F(DESK),                                             \
      false, "A snapshot's agent.")                                                                \
    X(STATE_CONTACT, "state.contact",                                                              \
      F(CONTACT) | F(STATE) | F(CHANNEL) | F(QUEUE) | F(TIER) | F(PLACE_MS),                       \
      F(SINCE_MS) | F(AGENT) | F(OFFER) | F(UNTIL_MS) | F(FROM) | F(TO) | F(DATA) | F(NOTE) |      \
          F(CUSTOMER) | F(MEMORY) | F(REPEAT) | F(CASE_ID) | F(CAMPAIGN) | F(REASON) | F(DUE_MS) | \
          F(NOT_AFTER_MS) | F(ATTEMPT) | F(SKILLS) | F(POSITION) | F(WAIT_MS) | F(TO_AGENT) |      \
          F(TRANSFERRED_BY) | F(WAITED_MS),                                                        \
      false, "A snapshot's contact; of a scheduled one `waited_ms` if it has arrived already.")    \
    X(STATE_QUEUE, "state.queue", F(QUEUE) | F(WAITING) | F(FREE) | F(SIGNED_IN),                  \
      F(STATE) | F(REASON) | F(UNTIL_MS) | F(SINCE_MS) | F(DUE_MS) | F(PROMISE_MS) | F(TARGET),    \
      false, "A snapshot's queue; `since_ms` is when its longest waiting contact joined.")         \
    X(STATE_SWITCH, "state.switch", F(NAME) | F(STATE), F(UNTIL_MS), false,                        \
      "A snapshot's switch.")                                                                      \
    X(SNAPSHOT_END, "snapshot.end", F(COUNT), 0, false,                                            \
      "The snapshot is whole when `count` lines were seen.")

#define USHER_EVENT_NO_BITS(NAME) 0
enum usher_event_kind {
    USHER_EVENT_NONE = 0,
#define USHER_EVENT_ENUM(NAME, name, needed, optional, journaled, sentence) USHER_EVENT_##NAME,
    USHER_EVENTS(USHER_EVENT_ENUM, USHER_EVENT_NO_BITS)
#undef USHER_EVENT_ENUM
        USHER_EVENT_COUNT,
};

/* The number of an event: written `epoch-seq`. seq starts at 1 in each epoch and has no gap in a
 * journal. */
struct usher_number {
    uint32_t epoch; /* below 2^31 */
    uint64_t seq;
};

#define USHER_NUMBER_SIZE 32 /* of its text, with the NUL */

struct usher_event {
    enum usher_event_kind kind;
    int64_t at_ms; /* the router's clock: milliseconds since 1970 that never go back */
    struct usher_number n;
    struct usher_fields fields;
};

struct usher_event_row {
    const char *name;
    usher_field_mask needed;
    usher_field_mask optional;
    bool is_journaled;
    const char *sentence;
};

const struct usher_event_row *usher_event_row(enum usher_event_kind kind);
/* NONE when no event has this name. */
enum usher_event_kind usher_event_find(struct usher_text name);

/* Whether the contact that it names is no more. */
bool usher_event_ends_contact(enum usher_event_kind kind);

/* Writes "epoch-seq" and a NUL into `room` and returns the text in it. */
struct usher_text usher_number_write(struct usher_number n, char room[USHER_NUMBER_SIZE]);
USHER_MUST_USE bool usher_number_read(struct usher_text text, struct usher_number *n);
/* Below 0, 0 or above 0, by epoch and then seq. */
int usher_number_compare(struct usher_number a, struct usher_number b);

#endif
