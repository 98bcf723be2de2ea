/* The match: whose bid is the highest. One bid serves both ways: the best agent for a contact, the
 * best contact for an agent.
 *
 *   bid = lateness + match_worth * (q - G/2) - lend_worth * S + fairness * min(idle, idle_cap)
 *         + affinity * [the agent served this customer last]
 *
 * Milliseconds throughout; every term is one division rounded down. README.md tells what the terms
 * mean. */
#ifndef USHER_ROUTING_MATCH_H
#define USHER_ROUTING_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "routing/floor.h"

struct usher_bid {
    int64_t bid_ms;
    int64_t late_ms; /* the contact's lateness; below 0: on time */
    int64_t match;   /* q, per mille */
    int64_t ground;  /* G, per mille; 0 where the agent is given */
    int64_t lend;    /* S, per ten thousand */
    int64_t idle_ms;
    int64_t affinity_ms; /* above 0: the agent served this customer last */
};

/* Which of the searches below came to an offer. */
enum usher_choice {
    USHER_CHOICE_NONE = 0,
    USHER_CHOICE_BEST_AGENT,   /* the best of the agents who are free for a contact */
    USHER_CHOICE_BEST_CONTACT, /* the best of the contacts that wait for an agent */
    USHER_CHOICE_BEST_PAIR,    /* the best of several contacts and several agents */
    USHER_CHOICE_MEANT,        /* no search: the contact was transferred to this agent */
    USHER_CHOICE_DEFERRED, /* the best of the deferred contacts that wait for an agent, whose turn
                              it was (`deferred_share`) */
    USHER_CHOICE_COUNT,
};
/* "best_agent", "best_contact", "best_pair", "meant", "deferred_turn"; "" for NONE. */
struct usher_text usher_choice_name(enum usher_choice choice);
/* NONE when there is no such choice. */
enum usher_choice usher_choice_find(struct usher_text name);
/* The agent was given: his ground and idle time did not count. */
static inline bool usher_choice_is_of_agent(enum usher_choice choice)
{
    return choice == USHER_CHOICE_BEST_CONTACT || choice == USHER_CHOICE_DEFERRED;
}

/* A bid with each of its terms in milliseconds, as they count in the sum. */
struct usher_terms {
    struct usher_bid bid; /* in full */
    int64_t match_ms;
    int64_t ground_ms; /* 0 or below: half of the agent's own ground */
    int64_t lend_ms;   /* 0 or below */
    int64_t idle_ms;
    int64_t affinity_ms;
    int64_t bid_of_agent_ms; /* the bid where the agent is given: without ground and idle */
    size_t dear_pool;        /* whose price `bid.lend` is; SIZE_MAX = of none */
};
/* The terms of one pair, of the same formulas as the searches. The agent must be eligible for the
 * contact's class; whether he may be asked now is not looked at. */
void usher_match_weigh(struct usher_floor *floor, const struct usher_contact *contact,
                       const struct usher_agent *agent, int64_t now_ms, struct usher_terms *terms);

/* S(a|c): the dearest of the agent's pools that the class does not need itself; 0 while the agent
 * is not wholly free. */
uint32_t usher_match_lend(struct usher_floor *floor, const struct usher_agent *agent,
                          const struct usher_class *class);

/* The free agent with the highest bid for `contact`; NULL when nobody may be asked. Ties: longer
 * idle, then the lower index. `bid` is then filled. */
struct usher_agent *usher_match_agent(struct usher_floor *floor,
                                      const struct usher_contact *contact, int64_t now_ms,
                                      struct usher_bid *bid);

/* The waiting contact with the highest bid for `agent`: live ones before the others; G and idle
 * drop out. NULL when there is none. Ties: the earlier place, then the lower serial. Affinity
 * counts for who stands first in its class, of the late or of those on time, and for who waits for
 * this agent; nobody else is looked at. */
struct usher_contact *usher_match_contact(struct usher_floor *floor,
                                          const struct usher_agent *agent, int64_t now_ms,
                                          struct usher_bid *bid);

/* The same of the deferred contacts alone. */
struct usher_contact *usher_match_deferred(struct usher_floor *floor,
                                           const struct usher_agent *agent, int64_t now_ms,
                                           struct usher_bid *bid);
/* Whether a deferred contact comes first at this of each hundred turns, 0 .. 99: `share` of them,
 * evenly spread. */
static inline bool usher_match_is_deferred_turn(int64_t share, int64_t turn)
{
    return (turn + 1) * share / 100 > turn * share / 100;
}

/* Several free and several waiting: the pair with the highest bid of all (live before others).
 * False when nobody waits whom a free agent may take. */
USHER_MUST_USE bool usher_match_pair(struct usher_floor *floor, int64_t now_ms,
                                     struct usher_agent **agent, struct usher_contact **contact,
                                     struct usher_bid *bid);

/* Whether `agent` must not be asked for `contact` now: he declined it a short while ago and
 * somebody else eligible is signed in who has not transferred it away. */
bool usher_match_is_excluded(const struct usher_floor *floor, const struct usher_contact *contact,
                             const struct usher_agent *agent, int64_t now_ms);

#endif
