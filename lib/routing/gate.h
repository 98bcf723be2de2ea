/* Gates: what the rules put between a contact and an agent who is fit and free for it. A step of
 * `relax` that is not open yet, the wait for the customer's last agent, the reserve of a skill.
 * Each opens by time or by what others do, and each is named by who explains. */
#ifndef USHER_ROUTING_GATE_H
#define USHER_ROUTING_GATE_H

#include <stdint.h>

#include "routing/floor.h"

enum usher_gate {
    USHER_GATE_OPEN = 0,
    USHER_GATE_STEP,    /* a later step of `relax` lets him in */
    USHER_GATE_HOLD,    /* the contact waits for the agent who served the customer last */
    USHER_GATE_RESERVE, /* he is one of the last who are free for a skill that it does not need */
    USHER_GATE_COUNT,
};

/* What stands between a contact and an agent who is eligible for its class; of several the first.
 */
enum usher_gate usher_gate_find(const struct usher_floor *floor,
                                const struct usher_contact *contact,
                                const struct usher_agent *agent, int64_t now_ms);
static inline bool usher_gate_is_open(const struct usher_floor *floor,
                                      const struct usher_contact *contact,
                                      const struct usher_agent *agent, int64_t now_ms)
{
    return contact->class->is_plain ||
           usher_gate_find(floor, contact, agent, now_ms) == USHER_GATE_OPEN;
}

/* When the gate that was found opens by itself, if nothing else opens it; 0 = it does not. */
int64_t usher_gate_until_ms(const struct usher_floor *floor, const struct usher_contact *contact,
                            const struct usher_agent *agent, enum usher_gate gate, int64_t now_ms);

/* The agent for whom the contact waits, whoever else is free: the customer's last, who is signed
 * in, may be asked for it and was not asked in vain; NULL = nobody. */
const struct usher_agent *usher_gate_held_for(const struct usher_contact *contact, int64_t now_ms);

/* The reserve that refuses the agent to the contact; NULL = none. */
const struct usher_reserve *usher_gate_reserve(const struct usher_floor *floor,
                                               const struct usher_contact *contact,
                                               const struct usher_agent *agent, int64_t now_ms);

/* How old a leg must be before steps and reserves let in the agent, who is eligible for the class:
 * 0 = at once; INT64_MAX = only what others do can let him in. */
int64_t usher_gate_age_ms(const struct usher_floor *floor, const struct usher_class *class,
                          const struct usher_agent *agent);

/* Whether this agent, who has just become free, leaves more of them free than some reserve keeps:
 * then others of them may be asked, too. */
bool usher_gate_has_eased(const struct usher_floor *floor, const struct usher_agent *agent);

#endif
