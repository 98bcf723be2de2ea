/* Contacts: one customer's matter on one channel, from arrival to its end. */
#ifndef USHER_MODEL_CONTACT_H
#define USHER_MODEL_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/text.h"
#include "model/agent.h"
#include "model/channel.h"
#include "model/event.h"
#include "model/limits.h"

enum usher_contact_state {
    USHER_CONTACT_NONE = 0, /* not yet arrived */
    USHER_CONTACT_WAITING,
    USHER_CONTACT_OFFERED, /* a lease: until_ms */
    USHER_CONTACT_RINGING, /* the same lease */
    USHER_CONTACT_TALKING,
    USHER_CONTACT_HELD,
    USHER_CONTACT_WRAPPING,   /* a lease: until_ms */
    USHER_CONTACT_DONE,       /* final */
    USHER_CONTACT_ABANDONED,  /* final */
    USHER_CONTACT_SCHEDULED,  /* a lease: until_ms; then it waits */
    USHER_CONTACT_EXPIRED,    /* final */
    USHER_CONTACT_OVERFLOWED, /* final: sent away with a farewell */
    USHER_CONTACT_STATE_COUNT,
};

/* What a SCHEDULED contact stays out of line for. */
enum usher_pause {
    USHER_PAUSE_NONE = 0,
    USHER_PAUSE_NOT_BEFORE, /* it was booked for later */
    USHER_PAUSE_RETRY,      /* the customer was not reached, and is tried again */
    USHER_PAUSE_HOURS,      /* customers are not called at this time of their day */
    USHER_PAUSE_COUNT,
};

#define USHER_DECLINES_MAX 8

#define USHER_FOREVER_MS (INT64_C(1) << 53) /* the last time there is */

/* An agent who is not asked again for this contact before a time; who has transferred it away is
 * not asked at all, whoever else is there: USHER_FOREVER_MS. */
struct usher_decline {
    uint32_t agent; /* index */
    int64_t until_ms;
};

/* What a waiting customer was told since he joined the line. */
struct usher_told {
    int64_t first_ms; /* when first; 0 = nothing was told, and nothing else counts */
    int64_t last_ms;
    int64_t raw_ms; /* the first estimate before calibration; -1 = none was known */
    int64_t due_ms; /* answered by then, all that was told is true; 0 = no wait was told */
    /* Told last; -1 = not known: */
    int64_t wait_ms;
    int64_t wait_min_ms;
    int64_t wait_max_ms;
    uint32_t position;
};

/* What a customer was dialled for who was transferred perhaps before he answered: if he does not,
 * it is tried again. */
struct usher_dialled {
    struct usher_number offer; /* of contact.dial; 0-0 = nobody was dialled so */
    enum usher_channel channel;
    int64_t not_after_ms;
    int64_t attempts_count;
    int64_t attempts_max;
};

struct usher_class;

struct usher_contact {
    char id[USHER_CONTACT_ID_MAX + 1]; /* <client>/<id> */
    uint32_t slot;                     /* in the engine's table */
    uint32_t client;                   /* index of the PBX in the engine's clients */
    enum usher_contact_state state;
    /* What a search reads of every candidate lies close together. */
    enum usher_channel channel;
    uint64_t serial;           /* counts arrivals; "the lower id" of ties */
    struct usher_class *class; /* NULL when there was no room for it: then it is not offered */
    struct usher_list in_line; /* of its class, while it may be offered */
    int64_t place_ms;          /* its place in line */
    const struct usher_agent *served_by; /* who served this customer last; NULL = not known */
    size_t declines_count;
    struct usher_decline declines[USHER_DECLINES_MAX];
    int64_t leg_ms; /* when it came to its present class; what is before place_ms does not count */
    int64_t served_ms; /* when the customer was served last */
    size_t queue;      /* index in the rules in use */
    size_t tier;       /* likewise */
    int64_t arrived_ms;
    int64_t due_ms;          /* when the promise of this leg runs out */
    int64_t leave_again_ms;  /* derived: it found no way out of its queue, and looks again then */
    int64_t since_ms;        /* when `state` began */
    int64_t waited_ms;       /* up to since_ms: usher_contact_waited_ms tells it as of now */
    int64_t until_ms;        /* the lease of OFFERED, RINGING, WRAPPING and SCHEDULED; else 0 */
    int64_t settle_until_ms; /* WAITING: not offered before this, or the PBX's word; 0 = nothing to
                                wait for */
    struct usher_number offer; /* the open offer, or the last one; 0-0 = none yet */
    struct usher_agent *agent; /* OFFERED to WRAPPING: whose it is; else NULL */
    int64_t idle_before_ms;  /* the agent's idle_since_ms before the offer, for an offer taken back
                                without blame */
    uint32_t extended_count; /* WRAPPING: how often its time was made longer */
    int64_t answered_ms;     /* TALKING, HELD, WRAPPING: when the agent answered */
    bool is_ours;            /* nobody is on a line for it (a callback, a task): while it waits no
                                PBX's word or silence ends it */
    bool has_ringer;         /* is_ours, OFFERED to HELD: the PBX `client` rings for it; else the
                                desk accepts */
    bool was_asked;          /* the caller was offered to be called back */
    bool has_waited;         /* it has been in state WAITING: it has arrived */
    enum usher_pause pause;  /* SCHEDULED: why */
    int64_t
        call_until_ms;    /* WAITING: then customers are not called any more today; 0 = no matter */
    int64_t not_after_ms; /* of no use from then on; 0 = never so */
    int64_t attempts_count;       /* how often the customer was called in vain */
    int64_t attempts_max;         /* 0 = as often as its queue says */
    struct usher_dialled dialled; /* not is_ours: what it was before the transfer */
    uint32_t last_agent;          /* index of the agent of `offer`; UINT32_MAX = none yet */
    struct usher_told told;
    char *texts; /* ours: what those below lie in */
    struct usher_text from;
    struct usher_text to;
    struct usher_text data;      /* a checked JSON object, or absent */
    struct usher_text customer;  /* the key; absent: nobody knows who it is */
    struct usher_text memory;    /* what is remembered of the customer: an object, or absent */
    bool is_repeat;              /* the customer was served in this queue lately */
    struct usher_text case_id;   /* absent: the contact is a case of its own, by its id */
    struct usher_text campaign;  /* absent: it is of no outbound list */
    struct usher_text zone;      /* the customer's time zone; absent: that of the rules */
    char *note;                  /* ours; NULL = none */
    char *skills;                /* ours: its own needs, a checked JSON object of skill to level,
                                    instead of what its queue needs; NULL = the queue's */
    struct usher_list in_legs;   /* as in_line, of a class with ages */
    struct usher_list in_hopes;  /* likewise, of one that may wait for `served_by`: his */
    struct usher_list in_waits;  /* and the floor's */
    uint32_t meant_for;          /* index of the agent for whom alone it waits; UINT32_MAX = none */
    int64_t meant_until_ms;      /* so long; then it stands in line; 0 = for none */
    uint32_t transferred_by;     /* index of the agent who transferred it last; UINT32_MAX = none */
    bool is_parted;              /* the wrap-up of a transferred one: is in no class */
    struct usher_list of_meant;  /* usher_agent.meant, as long as it waits for him alone */
    struct usher_list of_agent;  /* usher_agent.contacts */
    struct usher_list of_client; /* the PBX's contacts */
    struct usher_list live;      /* all live contacts, by serial */
    struct usher_list of_slice;  /* those of one slice of the digest */
    struct usher_list of_customer; /* engine/callers.h */
    struct usher_list declined;    /* waiting contacts that somebody has declined */
    struct usher_list of_previews; /* contacts at whom an agent looks before they are called */
    struct usher_heap_node lease;
};

/* The one place that sets `state`. False, with nothing changed, when the move is not in the table.
 */
USHER_MUST_USE bool usher_contact_move(struct usher_contact *contact, enum usher_contact_state to,
                                       int64_t now_ms);

/* How long the customer has waited in all: in line, and while agents were asked; a ringing phone is
 * no answer yet. */
int64_t usher_contact_waited_ms(const struct usher_contact *contact, int64_t now_ms);

/* "not_before", "retry" ...; "" for NONE. */
struct usher_text usher_pause_name(enum usher_pause pause);
/* NONE when there is no such pause. */
enum usher_pause usher_pause_find(struct usher_text name);

/* Whether an offer of it makes a PBX ring, whose phone then answers; else the desk accepts. */
static inline bool usher_contact_is_rung(const struct usher_contact *contact)
{
    return contact->is_ours ? contact->has_ringer : usher_channel_is_phone(contact->channel);
}

/* Whether an agent looks at it, and may begin to call its customer or not. */
static inline bool usher_contact_is_preview(const struct usher_contact *contact)
{
    return contact->is_ours && contact->channel == USHER_CHANNEL_OUTBOUND &&
           contact->state == USHER_CONTACT_OFFERED;
}

/* Whether it goes on as a call, and the PBX may still say of the offer `n` that the customer whom
 * it dialled was not reached. */
static inline bool usher_contact_is_dialled(const struct usher_contact *contact,
                                            struct usher_number n)
{
    return contact->dialled.offer.epoch != 0 &&
           usher_number_compare(contact->dialled.offer, n) == 0;
}

/* Whether it is of no use any more. */
static inline bool usher_contact_is_over(const struct usher_contact *contact, int64_t now_ms)
{
    return contact->not_after_ms != 0 && contact->not_after_ms <= now_ms;
}

/* "waiting", "offered" ... */
struct usher_text usher_contact_state_name(enum usher_contact_state state);
bool usher_contact_state_is_offer(enum usher_contact_state state); /* OFFERED, RINGING */
bool usher_contact_state_is_talk(enum usher_contact_state state);  /* TALKING, HELD */

/* The part of a contact's full id before its slash: its client. Absent when there is no slash. */
struct usher_text usher_contact_id_client(struct usher_text id);

/* Remembers that `agent` is not to be asked before `until_ms`. With the memory full the entry that
 * ends first gives way. */
void usher_contact_remember_decline(struct usher_contact *contact, uint32_t agent,
                                    int64_t until_ms);
/* Remembers that `agent` has transferred it away: it is not offered to him again. */
void usher_contact_remember_transfer(struct usher_contact *contact, uint32_t agent);
bool usher_contact_is_transferred_by(const struct usher_contact *contact, uint32_t agent);
/* Forgets what `agent` declined or transferred: it is meant for him now. */
void usher_contact_forgive(struct usher_contact *contact, uint32_t agent);
/* Forgets the declines, and keeps who transferred. */
void usher_contact_forget_declines(struct usher_contact *contact);
/* Whether it waits for one agent alone. */
bool usher_contact_is_meant(const struct usher_contact *contact, int64_t now_ms);
/* Whether `agent` declined and its cool-down runs still. */
bool usher_contact_is_declined_by(const struct usher_contact *contact, uint32_t agent,
                                  int64_t now_ms);
/* The end of the cool-down that ends next after now; INT64_MAX when none runs. */
int64_t usher_contact_next_cool_down_ms(const struct usher_contact *contact, int64_t now_ms);

#endif
