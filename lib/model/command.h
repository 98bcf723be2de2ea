/* Commands: what others ask and tell. One table says for each its fields, its roles and what it may
 * cause. */
#ifndef USHER_MODEL_COMMAND_H
#define USHER_MODEL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/fields.h"
#include "model/role.h"

/* X(NAME, name, needed fields, optional fields, roles, sentence) - F() and R() are the bits of
 * fields and roles. */
#define USHER_COMMANDS(X, F, R)                                                                    \
    X(HELLO, "hello", F(ROLE), F(CLIENT) | F(TOKEN) | F(AGENT) | F(AFTER) | F(INSTANCE) | F(CAN),  \
      R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN) | R(OBSERVER),                                   \
      "Says who the client is; must come first.")                                                  \
    X(PING, "ping", 0, 0, R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN) | R(OBSERVER),               \
      "Asks for a sign of life; the answer is `ok`.")                                              \
    X(SYNC_BEGIN, "sync.begin", 0, F(INSTANCE), R(PBX),                                            \
      "Begins the list of all calls that the PBX has.")                                            \
    X(SYNC_CONTACT, "sync.contact", F(CONTACT) | F(CHANNEL) | F(STATE),                            \
      F(AGENT) | F(OFFER) | F(FROM) | F(TO) | F(DATA) | F(SINCE_MS) | F(CUSTOMER), R(PBX),         \
      "One call of that list, with its `state`: waiting, ringing, talking or held.")               \
    X(SYNC_END, "sync.end", F(COUNT), 0, R(PBX),                                                   \
      "Ends the list: with the right count, calls that are not in it are closed, unknown ones "    \
      "taken in.")                                                                                 \
    X(CONTACT_ARRIVE, "contact.arrive", F(CONTACT) | F(CHANNEL),                                   \
      F(FROM) | F(TO) | F(DATA) | F(CUSTOMER) | F(CASE_ID) | F(LAST_AGENT) | F(LAST_MS) |          \
          F(SINCE_MS),                                                                             \
      R(PBX), "A customer has come.")                                                              \
    X(CONTACT_SCHEDULE, "contact.schedule", F(CHANNEL),                                            \
      F(CONTACT) | F(QUEUE) | F(TIER) | F(FROM) | F(TO) | F(DATA) | F(NOTE) | F(CUSTOMER) |        \
          F(CASE_ID) | F(CAMPAIGN) | F(ZONE) | F(NOT_BEFORE_MS) | F(NOT_AFTER_MS) | F(ATTEMPTS) |  \
          F(LAST_AGENT) | F(LAST_MS),                                                              \
      R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN),                                                 \
      "Books a callback, a task, an email or an outbound call, for now or for later.")             \
    X(CONTACT_CALLBACK, "contact.callback", F(CONTACT), F(FROM) | F(NOTE),                         \
      R(PBX) | R(SUPERVISOR) | R(ADMIN),                                                           \
      "A caller who waits is called back instead, and keeps the place in line.")                   \
    X(CONTACT_CANCEL, "contact.cancel", F(CONTACT), F(REASON),                                     \
      R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN), "What was booked is not wanted any more.")      \
    X(CONTACT_ABANDON, "contact.abandon", F(CONTACT), 0, R(PBX),                                   \
      "The customer left before an agent answered.")                                               \
    X(CONTACT_RING, "contact.ring", F(CONTACT) | F(OFFER), 0, R(PBX), "The agent's phone rings.")  \
    X(CONTACT_ANSWER, "contact.answer", F(CONTACT) | F(OFFER), F(AGENT), R(PBX),                   \
      "The agent answered.")                                                                       \
    X(CONTACT_FAIL, "contact.fail", F(CONTACT) | F(OFFER) | F(REASON), 0, R(PBX) | R(DESK),        \
      "The agent or, of a call that was dialled, the customer was not reached: busy, no_answer, "  \
      "rejected, unreachable or error.")                                                           \
    X(CONTACT_HOLD, "contact.hold", F(CONTACT), 0, R(PBX), "The customer is put on hold.")         \
    X(CONTACT_RESUME, "contact.resume", F(CONTACT), 0, R(PBX), "The talk goes on.")                \
    X(CONTACT_END, "contact.end", F(CONTACT), F(REASON), R(PBX) | R(DESK), "The talk is over.")    \
    X(CONTACT_NOTE, "contact.note", F(CONTACT) | F(NOTE), 0, R(DESK) | R(SUPERVISOR) | R(ADMIN),   \
      "Adds a note that stays with the contact, behind those that are there.")                     \
    X(CONTACT_MOVE, "contact.move", F(CONTACT) | F(QUEUE), F(TIER), R(SUPERVISOR) | R(ADMIN),      \
      "The waiting contact goes to another queue, and keeps its place.")                           \
    X(CONTACT_PRIORITISE, "contact.prioritise", F(CONTACT), F(TIER) | F(POSITION) | F(PLACE_MS),   \
      R(SUPERVISOR) | R(ADMIN),                                                                    \
      "The waiting contact gets another tier, or comes further to the front of its queue.")        \
    X(CONTACT_FOLLOW_UP, "contact.follow_up", F(CONTACT) | F(QUEUE), F(DUE_MS) | F(NOTE),          \
      R(DESK) | R(SUPERVISOR) | R(ADMIN), "Books a task for what is left to do in the same case.") \
    X(CONTACT_TRANSFER, "contact.transfer", F(CONTACT),                                            \
      F(TO_AGENT) | F(QUEUE) | F(SKILLS) | F(TIER) | F(DATA) | F(NOTE) | F(MODE),                  \
      R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN),                                                 \
      "The contact goes on to an agent, to a queue, or to whoever has these `skills`; `data` is "  \
      "added to its context. With `mode` `check` nothing happens: would it be allowed?")           \
    X(CONTACT_WRAP_UP, "contact.wrap_up", F(CONTACT), F(DISPOSITION),                              \
      R(DESK) | R(SUPERVISOR) | R(ADMIN), "The agent has finished the work after the talk.")       \
    X(CONTACT_EXTEND, "contact.extend", F(CONTACT), 0, R(DESK) | R(SUPERVISOR) | R(ADMIN),         \
      "The agent needs more time for the work after the talk; as often as the rules allow.")       \
    X(CUSTOMER_ERASE, "customer.erase", F(CUSTOMER), 0, R(ADMIN),                                  \
      "Forgets a customer: what is remembered of him, and his data in all that was written.")      \
    X(OFFER_ACCEPT, "offer.accept", F(OFFER), F(AGENT), R(DESK),                                   \
      "The agent takes the offer (not on voice).")                                                 \
    X(OFFER_DECLINE, "offer.decline", F(OFFER), F(AGENT) | F(REASON), R(DESK),                     \
      "The agent does not take it.")                                                               \
    X(AGENT_SIGN_IN, "agent.sign_in", 0, F(AGENT), R(DESK) | R(SUPERVISOR) | R(ADMIN),             \
      "The shift begins.")                                                                         \
    X(AGENT_READY, "agent.ready", 0, F(AGENT), R(DESK) | R(SUPERVISOR) | R(ADMIN),                 \
      "Ready for contacts; signs in when needed.")                                                 \
    X(AGENT_NOT_READY, "agent.not_ready", 0, F(AGENT) | F(REASON) | F(MODE),                       \
      R(DESK) | R(SUPERVISOR) | R(ADMIN),                                                          \
      "No further contacts, for a reason of the rules; with `mode` `after` the state changes "     \
      "when the contacts in hand have ended.")                                                     \
    X(AGENT_SIGN_OUT, "agent.sign_out", 0, F(AGENT) | F(MODE), R(DESK) | R(SUPERVISOR) | R(ADMIN), \
      "The shift ends; with `mode` `after` when the contacts in hand have ended.")                 \
    X(AGENT_FORCE, "agent.force", F(AGENT) | F(STATE), F(REASON), R(SUPERVISOR) | R(ADMIN),        \
      "Makes an agent `ready`, `not_ready` or `signed_out`, whatever the agent's desk says; who "  \
      "talks is signed out after the talk.")                                                       \
    X(AGENT_PHONE, "agent.phone", F(AGENT) | F(STATE), 0, R(PBX),                                  \
      "The phone is idle, busy or unreachable.")                                                   \
    X(QUEUE_OPEN, "queue.open", F(QUEUE), F(UNTIL_MS), R(SUPERVISOR) | R(ADMIN),                   \
      "Opens a queue against its hours, until they say the same, or `until_ms`.")                  \
    X(QUEUE_CLOSE, "queue.close", F(QUEUE), F(UNTIL_MS), R(SUPERVISOR) | R(ADMIN),                 \
      "Closes a queue against its hours, likewise.")                                               \
    X(SWITCH_SET, "switch.set", F(NAME) | F(STATE), F(UNTIL_MS), R(SUPERVISOR) | R(ADMIN),         \
      "Turns a switch of the rules `on` or `off`; with `until_ms` it goes off by itself.")         \
    X(RULES_RELOAD, "rules.reload", 0, F(HASH), R(ADMIN),                                          \
      "Reads the rules' file again; swaps whole or not at all. With `hash` only if it is still "   \
      "that of the file.")                                                                         \
    X(ROUTER_DRAIN, "router.drain", 0, 0, R(ADMIN),                                                \
      "Stops the router when what is under way is durable.")                                       \
    X(ROUTER_SWITCHOVER, "router.switchover", 0, 0, R(ADMIN),                                      \
      "Hands the site over to a standby, and becomes one.")                                        \
    X(ROUTER_DESCRIBE, "router.describe", 0, F(TOKEN),                                             \
      R(PBX) | R(DESK) | R(SUPERVISOR) | R(ADMIN) | R(OBSERVER),                                   \
      "Asks what this usherd is, leader or standby; allowed before `hello`, too.")                 \
    /* usherd's own, on no wire: */                                                                \
    X(PROFILE_SET, "profile.set", F(AGENT) | F(SKILLS), F(NAME) | F(PHONE) | F(CAPACITY),          \
      R(ROUTER), "A profile was read.")                                                            \
    X(RULES_LOAD, "rules.load", F(HASH), 0, R(ROUTER),                                             \
      "Rules are on the shelf; takes them into use.")                                              \
    X(ROUTER_START, "router.start", F(TOKEN) | F(PREV) | F(VERSION) | F(OUTAGE),                   \
      F(ADDRESSES) | F(HOME), R(ROUTER), "A claim.")                                               \
    X(ROUTER_BEAT, "router.beat", 0, 0, R(ROUTER), "A second has passed with nothing to write.")   \
    X(ROUTER_STOP, "router.stop", 0, 0, R(ROUTER), "An orderly end.")                              \
    X(ROUTER_YIELD, "router.yield", 0, 0, R(ROUTER), "A standby is to take over.")                 \
    X(ROUTER_SET_OUTAGE, "router.set_outage", F(OUTAGE), F(HOME), R(ROUTER),                       \
      "usherd.yaml says anew what to do while Redis is away.")                                     \
    X(JOURNAL_LOSE, "journal.lose", 0, 0, R(ROUTER),                                               \
      "The journal was gone, and was written anew.")                                               \
    X(LINK_LOSE, "link.lose", F(UNTIL_MS), F(CLIENT), R(ROUTER),                                   \
      "A PBX's connection is gone; without `client`, as at a start, those of all that have "       \
      "contacts.")                                                                                 \
    X(LINK_REGAIN, "link.regain", F(CLIENT), F(INSTANCE) | F(CAN), R(ROUTER),                      \
      "A PBX's connection is back.")                                                               \
    X(DESK_LOSE, "desk.lose", F(UNTIL_MS), F(AGENT), R(ROUTER),                                    \
      "The last desk of an agent is gone; without `agent`, as at a start, those of all.")          \
    X(DESK_REGAIN, "desk.regain", F(AGENT), 0, R(ROUTER), "A desk of the agent is connected.")     \
    X(CONTACT_VANISH, "contact.vanish", F(CONTACT), 0, R(ROUTER),                                  \
      "A full sync did not name this call.")

#define USHER_COMMAND_NO_BITS(NAME) 0
enum usher_command_kind {
    USHER_COMMAND_NONE = 0,
#define USHER_COMMAND_ENUM(NAME, name, needed, optional, roles, sentence) USHER_COMMAND_##NAME,
    USHER_COMMANDS(USHER_COMMAND_ENUM, USHER_COMMAND_NO_BITS, USHER_COMMAND_NO_BITS)
#undef USHER_COMMAND_ENUM
        USHER_COMMAND_COUNT,
};

struct usher_command {
    enum usher_command_kind kind;
    struct usher_text id;        /* the client's own, given back in the answer; may be absent */
    struct usher_text client;    /* who asks; set by the session, not by the line */
    enum usher_role role;        /* the session's */
    struct usher_text own_agent; /* role DESK: the agent of the session */
    struct usher_fields fields;
};

struct usher_command_row {
    const char *name;
    usher_field_mask needed;   /* bits of fields */
    usher_field_mask optional; /* bits of fields */
    unsigned roles;            /* bits of roles: who may; everybody else may not */
    const char *sentence;
};

/* `kind` must be a command. */
const struct usher_command_row *usher_command_row(enum usher_command_kind kind);
/* NONE when no command has this name. */
enum usher_command_kind usher_command_find(struct usher_text name);
/* True for commands that only usherd itself gives. */
bool usher_command_is_internal(enum usher_command_kind kind);

#endif
