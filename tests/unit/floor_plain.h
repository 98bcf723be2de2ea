/* Who may be asked for whom, by the definitions, in plain loops over everybody: what the floor's
 * own short cuts are compared with. */
#ifndef UNIT_FLOOR_PLAIN_H
#define UNIT_FLOOR_PLAIN_H

#include "unit/floor_world.h"

/* Whether the agent may take one more contact of the channel: ready, the phone idle, and room
 * beside his load. */
bool floor_may_take(const struct floor_world *world, const struct usher_agent *agent,
                    enum usher_channel channel);
/* The first step of the class whose minima the agent has; USHER_STEPS_MAX when none is. */
uint32_t floor_step(const struct floor_world *world, const struct usher_class *class,
                    const struct usher_agent *agent);
/* Whether the agent is fit and free for the contact, and no rule keeps him from it. */
bool floor_may_ask(const struct floor_world *world, const struct usher_contact *contact,
                   const struct usher_agent *agent);
/* The agent for whom the contact waits; NULL = nobody. */
const struct usher_agent *floor_held_for(const struct floor_world *world,
                                         const struct usher_contact *contact);
/* What it is worth that the agent served this customer last. */
int64_t floor_affinity_ms(const struct floor_world *world, const struct usher_contact *contact,
                          const struct usher_agent *agent);
/* Whether nobody of the contact's class for whom the agent may be asked comes before it; of those
 * as late as it is, unless `is_strict`. */
bool floor_is_first(const struct floor_world *world, const struct usher_contact *contact,
                    const struct usher_agent *agent, bool is_strict);

#endif
