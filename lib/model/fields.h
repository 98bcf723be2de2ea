/* The vocabulary of commands and events: each field that a line may have, once.
 * The struct, the codec, the reference in PROTOCOL.md and the masks of the tables all come from
 * this list. */
#ifndef USHER_MODEL_FIELDS_H
#define USHER_MODEL_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/limits.h"

/* X(NAME, member, TYPE, bound, sentence)
 * TYPE is TEXT (bound: bytes), RAW (a JSON object or array, kept as it was written; bound: bytes)
 * or INT (bound: the highest value; the lowest is 0, or minus the bound where the bound is given as
 * negative). The name on the wire is the member's. */
#define USHER_FIELDS(X)                                                                            \
    X(CONTACT, contact, TEXT, USHER_CONTACT_ID_MAX,                                                \
      "The contact: `<client>/<id>`; a bare id is one of the sender's own.")                       \
    X(AGENT, agent, TEXT, USHER_AGENT_ID_MAX, "The agent's id, as in the key of the profile.")     \
    X(OFFER, offer, TEXT, 32, "The offer: the number of the event that made it.")                  \
    X(QUEUE, queue, TEXT, USHER_NAME_MAX, "A queue of the rules.")                                 \
    X(TIER, tier, TEXT, USHER_NAME_MAX, "A tier of the rules.")                                    \
    X(CHANNEL, channel, TEXT, 16, "`voice`, `chat`, `email`, `callback`, `task` or `outbound`.")   \
    X(FROM, from, TEXT, 256, "Who contacts us: a number or an address.")                           \
    X(TO, to, TEXT, 256, "What was dialled or addressed.")                                         \
    X(DATA, data, RAW, 16384, "The contact's context: an object of the sender's own making.")      \
    X(NAME, name, TEXT, USHER_NAME_MAX, "A person's name, for people to read.")                    \
    X(PHONE, phone, TEXT, USHER_NAME_MAX, "Where the agent is rung: a SIP URI from the profile.")  \
    X(SKILLS, skills, RAW, 16384, "An object: skill to level, 1 to 10.")                           \
    X(CAPACITY, capacity, RAW, 1024, "An object: channel to how many contacts at the same time.")  \
    X(STATE, state, TEXT, 16, "A state, by its name.")                                             \
    X(DESK, desk, TEXT, 16, "The link to the agent's desk: `connected` or `lost`.")                \
    X(THEN, then, TEXT, 16,                                                                        \
      "What the agent becomes when the contacts in hand have ended: `not_ready` or "               \
      "`signed_out`.")                                                                             \
    X(REASON, reason, TEXT, 64, "Why.")                                                            \
    X(ACCEPT, accept, TEXT, 8, "Who takes the offer: `phone` or `desk`.")                          \
    X(NOTE, note, TEXT, 2048, "A note for whoever serves the contact next.")                       \
    X(DISPOSITION, disposition, TEXT, 64, "How the contact ended, in the center's own words.")     \
    X(CLIENT, client, TEXT, USHER_CLIENT_NAME_MAX, "The name of a client: a PBX, a desk, a tool.") \
    X(ROLE, role, TEXT, 16, "`pbx`, `desk`, `supervisor`, `admin` or `observer`.")                 \
    X(TOKEN, token, TEXT, 128,                                                                     \
      "The secret that lets a client in over TCP; the random one of a start.")                     \
    X(INSTANCE, instance, TEXT, 64,                                                                \
      "The PBX's present life; another value means that all its calls are gone.")                  \
    X(CAN, can, RAW, 256, "An array: what a PBX can beside ringing agents: `dial` customers.")     \
    X(AFTER, after, TEXT, 32, "The number of the last event that was seen.")                       \
    X(PREV, prev, TEXT, 32, "The number of the last event before this router took over.")          \
    X(RESUMED, resumed, INT, 1, "1: the events after `after` follow. 0: a snapshot follows.")      \
    X(HASH, hash, TEXT, 64, "The SHA-256 of the rules, in hexadecimal.")                           \
    X(OUTAGE, outage, TEXT, 16, "What the router does while Redis is away: `hold` or `route`.")    \
    X(BY, by, TEXT, USHER_CLIENT_NAME_MAX,                                                         \
      "The client whose command caused this, on the first event of a command.")                    \
    X(BY_ID, by_id, TEXT, 64, "The id of that command.")                                           \
    X(VERSION, version, INT, 1000000, "The version of the journal's or protocol's form.")          \
    X(COUNT, count, INT, 1000000000, "How many lines of a list were sent.")                        \
    X(SINCE_MS, since_ms, INT, INT64_MAX,                                                          \
      "When the contact arrived, or the state began: milliseconds since 1970.")                    \
    X(PLACE_MS, place_ms, INT, INT64_MAX, "The contact's place in line: milliseconds since 1970.") \
    X(UNTIL_MS, until_ms, INT, INT64_MAX, "When this ends by itself: milliseconds since 1970.")    \
    X(DUE_MS, due_ms, INT, INT64_MAX, "When the promise runs out: milliseconds since 1970.")       \
    X(PROMISE_MS, promise_ms, INT, INT64_MAX, "How soon an answer is promised.")                   \
    X(TARGET, target, INT, 100, "The share of promises to keep, per cent.")                        \
    X(RING_MS, ring_ms, INT, 3600000, "How long to ring.")                                         \
    X(WAITED_MS, waited_ms, INT, INT64_MAX, "How long the contact has waited in all.")             \
    X(WAITING, waiting, INT, 1000000000, "Contacts waiting.")                                      \
    X(SIGNED_IN, signed_in, INT, 1000000000, "Agents signed in.")                                  \
    X(FREE, free, INT, 1000000000, "Agents free.")                                                 \
    X(BID_MS, bid_ms, INT, -INT64_MAX, "The winning bid, in milliseconds.")                        \
    X(LATE_MS, late_ms, INT, -INT64_MAX,                                                           \
      "The bid's lateness: below 0 before the promise, and then before the second one.")           \
    X(MATCH, match, INT, 1000, "The match of levels to the need, per mille.")                      \
    X(GROUND, ground, INT, 1000, "The agent's own ground, per mille.")                             \
    X(LEND, lend, INT, 10000, "The price of lending the agent, per ten thousand.")                 \
    X(IDLE_MS, idle_ms, INT, INT64_MAX, "How long the agent was idle.")                            \
    X(ADDRESSES, addresses, TEXT, 128,                                                             \
      "How clients reach the leader, with commas: paths of Unix sockets, `host:port`.")            \
    X(DIGEST, digest, TEXT, 16, "A digest of the state: counts, and a sixteenth of the rest.")     \
    X(BEHIND_MS, behind_ms, INT, INT64_MAX,                                                        \
      "How long ago a standby last knew all of the journal.")                                      \
    X(SKEW_MS, skew_ms, INT, -INT64_MAX,                                                           \
      "By how much a standby's clock is ahead of the leader's.")                                   \
    X(HOME, home, TEXT, 16,                                                                        \
      "The random name of the leader's state folder, which one usherd at a time can have.")        \
    X(UNCONFIRMED, unconfirmed, INT, INT64_MAX,                                                    \
      "How many batches were published that too few of Redis's replicas have confirmed.")          \
    X(SITE, site, TEXT, 32, "The site: what the router serves.")                                   \
    X(QUEUES, queues, RAW, 131072, "An array: the queues whose contacts the agent can serve.")     \
    X(CUSTOMER, customer, TEXT, USHER_CUSTOMER_MAX, "The key of the customer.")                    \
    X(MEMORY, memory, RAW, 16384, "An object: what is remembered of the customer.")                \
    X(LAST_AGENT, last_agent, TEXT, USHER_AGENT_ID_MAX, "The agent who served the customer last.") \
    X(LAST_MS, last_ms, INT, INT64_MAX, "When that was: milliseconds since 1970.")                 \
    X(REPEAT, repeat, INT, 1, "1: the customer was here with this lately.")                        \
    X(RESOLVED, resolved, INT, 1, "1: the matter was settled. 0: it was not.")                     \
    X(CASE_ID, case_id, TEXT, USHER_CONTACT_ID_MAX, "What the contacts of one matter share.")      \
    X(CAMPAIGN, campaign, TEXT, USHER_NAME_MAX, "The outbound list to which the contact belongs.") \
    X(NOT_BEFORE_MS, not_before_ms, INT, INT64_MAX,                                                \
      "The contact is not offered before: milliseconds since 1970.")                               \
    X(NOT_AFTER_MS, not_after_ms, INT, INT64_MAX,                                                  \
      "The contact has no use after: milliseconds since 1970.")                                    \
    X(ZONE, zone, TEXT, 64, "A time zone, such as `Europe/Kyiv`.")                                 \
    X(ATTEMPT, attempt, INT, USHER_ATTEMPTS_MAX,                                                   \
      "Which attempt to reach the customer this is, from 1.")                                      \
    X(ATTEMPTS, attempts, INT, USHER_ATTEMPTS_MAX, "How many attempts there are at most.")         \
    X(MODE, mode, TEXT, 16,                                                                        \
      "In which way: `check`, `after` or `preview`, as the command or event says.")                \
    X(NOTICE, notice, TEXT, USHER_NAME_MAX, "A notice of the rules, to be played or shown.")       \
    X(POSITION, position, INT, 1000000000, "The position in line, from 1.")                        \
    X(WAIT_MS, wait_ms, INT, INT64_MAX, "The estimated wait from now on.")                         \
    X(WAIT_MIN_MS, wait_min_ms, INT, INT64_MAX, "The shortest wait that is likely.")               \
    X(WAIT_MAX_MS, wait_max_ms, INT, INT64_MAX, "The longest wait that is likely.")                \
    X(TURN, turn, INT, 99,                                                                         \
      "Which of each hundred agents able to take live and deferred contacts this was, from 0.")    \
    X(RAW_MS, raw_ms, INT, INT64_MAX, "The estimated wait before it was calibrated and rounded.")  \
    X(KEPT, kept, INT, 1, "1: the promise was kept. 0: it was broken.")                            \
    X(TO_AGENT, to_agent, TEXT, USHER_AGENT_ID_MAX, "The agent to whom the contact goes.")         \
    X(TRANSFERRED_BY, transferred_by, TEXT, USHER_AGENT_ID_MAX,                                    \
      "The agent who transferred the contact last.")                                               \
    X(AFFINITY_MS, affinity_ms, INT, INT64_MAX,                                                    \
      "What the bid gains because the agent served this customer last.")                           \
    X(STEP, step, INT, 255, "The step of `relax` that lets the agent in; 0 = the need itself.")

enum usher_field {
#define USHER_FIELD_ENUM(NAME, member, TYPE, bound, sentence) USHER_FIELD_##NAME,
    USHER_FIELDS(USHER_FIELD_ENUM)
#undef USHER_FIELD_ENUM
        USHER_FIELDS_COUNT, /* of all fields; USHER_FIELD_COUNT is the field `count` */
};

#define USHER_FIELD_TYPE_TEXT struct usher_text
#define USHER_FIELD_TYPE_RAW  struct usher_text
#define USHER_FIELD_TYPE_INT  int64_t

/* A set of fields, one bit each. */
__extension__ typedef unsigned __int128 usher_field_mask;

/* An absent text has `at` NULL; `present` says for numbers (and for texts) whether the line had the
 * field. */
struct usher_fields {
    usher_field_mask present;
#define USHER_FIELD_MEMBER(NAME, member, TYPE, bound, sentence) USHER_FIELD_TYPE_##TYPE member;
    USHER_FIELDS(USHER_FIELD_MEMBER)
#undef USHER_FIELD_MEMBER
};

#define USHER_FIELD_BIT(NAME) ((usher_field_mask)1 << USHER_FIELD_##NAME)
/* USHER_FIELDS_SET(&fields, CONTACT, contact, text): sets a member and its bit. */
#define USHER_FIELDS_SET(fields, NAME, member_, value)                                             \
    ((fields)->member_ = (value), (fields)->present |= USHER_FIELD_BIT(NAME))

static inline bool usher_fields_has(const struct usher_fields *fields, enum usher_field field)
{
    return ((fields->present >> field) & 1) != 0;
}

/* The bytes that the texts of the fields take, each with a NUL behind it. */
size_t usher_fields_bytes(const struct usher_fields *fields);
/* Copies the texts to `room`, which has as many bytes, and lets the fields borrow them from there.
 * Absent ones stay absent. Returns the place behind the last. */
char *usher_fields_move(struct usher_fields *fields, char *room);

/* The first field of a mask that is not empty. */
static inline enum usher_field usher_fields_first(usher_field_mask mask)
{
    uint64_t low = (uint64_t)mask;
    return (enum usher_field)(low ? __builtin_ctzll(low)
                                  : 64 + __builtin_ctzll((uint64_t)(mask >> 64)));
}

#endif
