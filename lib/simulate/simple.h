/* The simple routers: what others do, over the same rules' queues, needs and tiers. Agents take one
 * contact at a time. They know of hours, limits, overflow and callbacks nothing. */
#ifndef USHER_SIMULATE_SIMPLE_H
#define USHER_SIMULATE_SIMPLE_H

#include "simulate/contender.h"

struct usher_simple;

/* Borrows `rules`. NULL when memory is out. */
struct usher_simple *usher_simple_new(enum usher_way_to_choose way, const struct usher_rules *rules,
                                      const struct usher_limits *limits, uint64_t seed);
void usher_simple_free(struct usher_simple *simple);
/* Events have to be taken after few commands, and after time has passed: while there is no room for
 * more of them, commands are refused, and what is due stays due. */
enum usher_error usher_simple_decide(struct usher_simple *simple,
                                     const struct usher_command *command, int64_t now_ms);
void usher_simple_pass_time(struct usher_simple *simple, int64_t now_ms);
int64_t usher_simple_next_ms(const struct usher_simple *simple);
USHER_MUST_USE bool usher_simple_take(struct usher_simple *simple, struct usher_event *event);

#endif
