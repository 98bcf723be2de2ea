/* What the searches share, and nobody else uses. */
#ifndef USHER_ROUTING_MATCH_INTERNAL_H
#define USHER_ROUTING_MATCH_INTERNAL_H

#include "base/civil.h"
#include "routing/gate.h"
#include "routing/match.h"

/* `order` is 2 * match - ground. */
static inline int64_t usher_match_term(const struct usher_floor *floor, int64_t order)
{
    return usher_floor_div(floor->rules->bid.match_worth_ms * order, 2000);
}

static inline int64_t usher_match_lend_term(const struct usher_floor *floor, int64_t lend)
{
    return usher_floor_div(floor->rules->bid.lend_worth_ms * lend, USHER_PRICE_ONE);
}

static inline int64_t usher_match_idle_of(int64_t idle_since_ms, int64_t now_ms)
{
    return now_ms > idle_since_ms ? now_ms - idle_since_ms : 0;
}

static inline int64_t usher_match_idle_term(const struct usher_floor *floor, int64_t idle_ms)
{
    const struct usher_bid_knobs *knobs = &floor->rules->bid;
    int64_t counted = idle_ms < knobs->idle_cap_ms ? idle_ms : knobs->idle_cap_ms;
    return usher_floor_div(knobs->fairness_per_mille * counted, 1000);
}

static inline int64_t usher_match_affinity(const struct usher_contact *contact,
                                           const struct usher_agent *agent)
{
    if (contact->served_by != agent || !usher_class_last_agent(contact->class, contact))
        return 0;
    return contact->class->affinity_ms;
}

/* Whether a free agent of its class may be asked for the contact now. */
static inline bool usher_match_may_ask(const struct usher_floor *floor,
                                       const struct usher_contact *contact,
                                       const struct usher_agent *agent, int64_t now_ms)
{
    return !usher_match_is_excluded(floor, contact, agent, now_ms) &&
           usher_gate_is_open(floor, contact, agent, now_ms);
}

/* The best agent for a contact as usher_match_agent finds him. `before`, or NULL: the first of the
 * line whom he must not pass without overtaking; who passes one is worth no affinity. */
struct usher_agent *usher_match_find_agent(struct usher_floor *floor,
                                           const struct usher_contact *contact,
                                           const struct usher_contact *before, int64_t now_ms,
                                           struct usher_bid *bid);

#endif
