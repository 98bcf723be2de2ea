/* Why: why this agent, why does a contact wait, why is an agent idle. All of it follows from the
 * state at a time; nothing here changes what is decided. It looks at every agent, or at every
 * contact, and is for people: no decision calls it. */
#ifndef USHER_ENGINE_EXPLAIN_H
#define USHER_ENGINE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "model/agent.h"
#include "model/contact.h"
#include "routing/floor.h"
#include "routing/match.h"

/* What keeps an agent from a contact; of several the first in this order. */
enum usher_hurdle {
    USHER_HURDLE_NONE = 0, /* nothing: he is a candidate */
    USHER_HURDLE_CHANNEL,  /* he takes no contacts of the channel */
    USHER_HURDLE_NO_PHONE, /* his profile has no phone that could ring */
    USHER_HURDLE_LEVEL,    /* he has not the level that is needed */
    USHER_HURDLE_STEP,     /* not the one that is needed now; a later step of `relax` lets him in */
    USHER_HURDLE_SIGNED_OUT,
    USHER_HURDLE_NOT_READY,
    USHER_HURDLE_LEAVING, /* he finishes what is in hand, and takes no more */
    USHER_HURDLE_PHONE_BUSY,
    USHER_HURDLE_PHONE_UNREACHABLE,
    USHER_HURDLE_DESK_LOST,   /* only a desk could accept it, and his is gone */
    USHER_HURDLE_FULL,        /* he holds all that he may hold */
    USHER_HURDLE_TRANSFERRED, /* he has transferred it away */
    USHER_HURDLE_COOL_DOWN,   /* he declined it a short while ago */
    /* What follows is the contact's: to each agent without one of the above. */
    USHER_HURDLE_NOT_WAITING,   /* it is offered, or talks */
    USHER_HURDLE_OVER,          /* it is of no use any more, and about to end */
    USHER_HURDLE_NOT_BEFORE,    /* it was booked for later */
    USHER_HURDLE_RETRY,         /* its customer was not reached, and is tried again later */
    USHER_HURDLE_HOURS,         /* customers are not called at this time of their day */
    USHER_HURDLE_CLOSED,        /* its queue is closed */
    USHER_HURDLE_LIMIT_CLASSES, /* limits.classes was reached when it came */
    USHER_HURDLE_LINK_LOST,     /* its PBX is away */
    USHER_HURDLE_SETTLING,      /* its PBX may still ring for the offer before */
    USHER_HURDLE_MEANT,         /* it was transferred to another agent, and waits for that one */
    USHER_HURDLE_HOLD,          /* it waits for the agent who served the customer last */
    USHER_HURDLE_RESERVE,       /* he is kept free for a skill that it does not need */
    USHER_HURDLE_BEHIND,        /* without overtaking: somebody before it in line is his */
    USHER_HURDLE_COUNT,
};
/* "channel", "no_phone" ...; "" for NONE. */
struct usher_text usher_hurdle_name(enum usher_hurdle hurdle);

/* An agent and a contact. All pointers are the engine's, and good until its state changes. */
struct usher_explained_pair {
    const struct usher_agent *agent;
    const struct usher_contact *contact;
    enum usher_hurdle hurdle;
    bool is_unsure; /* a wait has ended, of this contact or of one before it in line, and whether
                       the engine had seen that when it decided is not known */
    struct usher_terms terms; /* of a candidate */
    size_t skill;             /* LEVEL, STEP: the first that is missing, by the rules'
                                 order; RESERVE: for which he is kept */
    int level;                /* LEVEL, STEP: what he has */
    int min;                  /* LEVEL, STEP: what is needed */
    uint32_t step;            /* the step of `relax` that lets him in; 0 = the need itself */
    const struct usher_agent *held_for; /* HOLD: who */
    int free_count;                     /* RESERVE: how many are free with the skill */
    int keep;                           /* RESERVE: how many are kept */
    int held_count;                     /* FULL: contacts of the channel */
    int cap;                            /* FULL: how many he may have of them */
    int64_t until_ms;                   /* when the hurdle ends by itself; 0 = not known */
    const struct usher_contact *before; /* BEHIND: such a one */
};

struct usher_explanation {
    struct usher_explained_pair *pairs; /* candidates, the best first; then the others by hurdle */
    size_t count;
    size_t candidates_count;
};
void usher_explanation_fini(struct usher_explanation *explanation);

/* Puts in line whoever has no more to wait for, as the engine does when its deadlines pass. To be
 * called before what follows when the events alone led to the state, but not for an offer. */
void usher_explain_pass_time(struct usher_engine *engine, int64_t now_ms);

/* Every agent for this contact. BEHIND is no hurdle with `choice` BEST_AGENT, whose search does not
 * look at the line. False when memory is out. */
USHER_MUST_USE bool usher_explain_contact(struct usher_engine *engine,
                                          const struct usher_contact *contact,
                                          enum usher_choice choice, int64_t now_ms,
                                          struct usher_explanation *explanation);
/* Every waiting contact for this agent. `choice` BEST_PAIR orders by the bid in full, otherwise the
 * agent is given. False when memory is out. */
USHER_MUST_USE bool usher_explain_agent(struct usher_engine *engine,
                                        const struct usher_agent *agent, enum usher_choice choice,
                                        int64_t now_ms, struct usher_explanation *explanation);
/* One agent and one contact; `choice` as above. */
void usher_explain_pair(struct usher_engine *engine, const struct usher_contact *contact,
                        const struct usher_agent *agent, enum usher_choice choice, int64_t now_ms,
                        struct usher_explained_pair *pair);

/* Why a waiting or scheduled contact is in no line: NOT_BEFORE to MEANT; NONE when it is.
 * `until_ms` as in a pair. */
enum usher_hurdle usher_explain_wait(const struct usher_engine *engine,
                                     const struct usher_contact *contact, int64_t now_ms,
                                     int64_t *until_ms);

/* Whether the one stands before the other, in a line that has both. */
static inline bool usher_explain_is_before(const struct usher_contact *one,
                                           const struct usher_contact *other)
{
    return one->place_ms < other->place_ms ||
           (one->place_ms == other->place_ms && one->serial < other->serial);
}

/* How many of its class are before `contact` in line, and how many of its queue wait in all. */
struct usher_line_place {
    size_t before_count;
    size_t waiting_count;
};
struct usher_line_place usher_explain_place(const struct usher_engine *engine,
                                            const struct usher_contact *contact);

/* How an offer and the state right before it agree. */
enum usher_agreement {
    USHER_AGREES = 0,
    USHER_DISAGREES_AGENT,   /* another agent would have been the best */
    USHER_DISAGREES_CONTACT, /* another contact would have been the agent's best */
    USHER_DISAGREES_TERMS,   /* the same two, but other figures */
    USHER_AGREES_NOT_ASKED,  /* the event has no figures, or memory is out */
};

/* An offer of `event` (contact.offered), which is to be applied next, with all that led to it. The
 * two explanations are as of the event's time. */
struct usher_explained_offer {
    enum usher_choice choice; /* as the event says; of one without a reason as its figures say */
    struct usher_explanation agents;   /* for the contact */
    struct usher_explanation contacts; /* for the agent */
    struct usher_explained_pair chosen;
    enum usher_agreement agreement;
};
/* False when contact or agent are not there, or memory is out. */
USHER_MUST_USE bool usher_explain_offer(struct usher_engine *engine,
                                        const struct usher_event *event,
                                        struct usher_explained_offer *offer);
void usher_explained_offer_fini(struct usher_explained_offer *offer);

/* For who reads a state: its parts by their ids, and the rules' words. NULL when there is none. */
const struct usher_contact *usher_explain_find_contact(const struct usher_engine *engine,
                                                       struct usher_text id);
/* By a bare id, of whatever client: one of `*count`. */
const struct usher_contact *usher_explain_find_bare(const struct usher_engine *engine,
                                                    struct usher_text id, size_t *count);
const struct usher_agent *usher_explain_find_agent(const struct usher_engine *engine,
                                                   struct usher_text id);
const struct usher_floor *usher_explain_floor(const struct usher_engine *engine);

#endif
