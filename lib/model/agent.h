/* Agents: who they are, what they can, whether they may be offered contacts. */
#ifndef USHER_MODEL_AGENT_H
#define USHER_MODEL_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "model/channel.h"
#include "model/limits.h"

enum usher_agent_state {
    USHER_AGENT_NONE = 0,
    USHER_AGENT_SIGNED_OUT,
    USHER_AGENT_READY,
    USHER_AGENT_NOT_READY,
    USHER_AGENT_STATE_COUNT,
};

enum usher_phone_state {
    USHER_PHONE_NONE = 0,
    USHER_PHONE_IDLE,
    USHER_PHONE_BUSY,
    USHER_PHONE_UNREACHABLE,
    USHER_PHONE_STATE_COUNT,
};

/* Whether a desk is connected for the agent: only who had one can lose it. */
enum usher_desk_state {
    USHER_DESK_NONE = 0, /* a phone is all there is, or nothing yet */
    USHER_DESK_CONNECTED,
    USHER_DESK_LOST,
    USHER_DESK_STATE_COUNT,
};

struct usher_agent {
    /* What a match reads of every candidate comes first, so that it lies close together. */
    uint32_t index; /* in the order of the first profiles; "the lower id" of ties */
    enum usher_agent_state state;
    uint8_t open_mask;     /* bit 1 << channel: may be offered a contact of it now */
    bool is_open;          /* may be offered something that needs the whole agent */
    uint8_t missed_count;  /* offers rung out in a row */
    int64_t idle_since_ms; /* end of the last contact or wrap-up, or ready; while partly loaded the
                              last assignment */
    uint16_t active[USHER_CHANNEL_COUNT]; /* contacts held, wrap-ups and open offers included */
    uint16_t cap[USHER_CHANNEL_COUNT];    /* how many at most, of profile and rules */
    enum usher_agent_state leaving_to; /* NOT_READY or SIGNED_OUT: becomes that when the contacts in
                                          hand have ended, and takes no others; NONE = stays */
    enum usher_phone_state phone_state;
    int64_t phone_until_ms; /* when a phone that is not idle counts as idle again; 0 = when the PBX
                               says so */
    enum usher_desk_state desk_state;
    int64_t desk_until_ms;        /* LOST: not ready from then on; 0 = that was, or is not to be */
    int64_t away_until_ms;        /* NOT_READY: ready again then, by itself; 0 = not by itself */
    struct usher_heap_node lease; /* the first of the times at which something ends by itself */
    struct usher_list contacts;   /* held by this agent (usher_contact.of_agent) */
    struct usher_list meant;      /* contacts that wait for this agent alone */
    struct usher_list leaving;    /* of the engine's, while leaving_to is set */
    int64_t since_ms;             /* when `state` began */
    char *skills;                 /* the profile's JSON object, ours */
    char *capacity;               /* likewise; NULL = none given */
    char id[USHER_AGENT_ID_MAX + 1];
    char reason[USHER_AGENT_ID_MAX + 1];         /* of not ready; "" = none given */
    char leaving_reason[USHER_AGENT_ID_MAX + 1]; /* of leaving_to NOT_READY; likewise */
    char name[USHER_NAME_MAX + 1];
    char phone[USHER_NAME_MAX + 1];
};

/* False, with nothing changed, when the move is not in the table. */
USHER_MUST_USE bool usher_agent_move(struct usher_agent *agent, enum usher_agent_state to,
                                     int64_t now_ms);

/* Ready, and not about to leave. */
bool usher_agent_is_serving(const struct usher_agent *agent);

/* Whether contacts of the channel are for this agent at all, whatever is in hand: who has no phone
 * is offered no call, since it could never ring. */
bool usher_agent_can_take(const struct usher_agent *agent, enum usher_channel channel);

/* "signed_out", "ready", "not_ready". */
struct usher_text usher_agent_state_name(enum usher_agent_state state);
/* NONE when there is no such state. */
enum usher_agent_state usher_agent_state_find(struct usher_text name);
/* When the next of the agent's leases ends: the phone's rest, a lost desk's grace, a break that
 * ends by itself. INT64_MAX when none runs. */
int64_t usher_agent_next_ms(const struct usher_agent *agent);
/* Whether an offer of the channel can be taken now, as far as the desk goes: a call that comes in
 * needs none. */
bool usher_agent_has_desk_for(const struct usher_agent *agent, enum usher_channel channel);
/* "none", "connected", "lost". */
struct usher_text usher_desk_state_name(enum usher_desk_state state);
/* USHER_DESK_STATE_COUNT when there is no such state. */
enum usher_desk_state usher_desk_state_find(struct usher_text name);
struct usher_text usher_phone_state_name(enum usher_phone_state state);
enum usher_phone_state usher_phone_state_find(struct usher_text name);

#endif
