/* What the files of the floor share, and nobody else uses. */
#ifndef USHER_ROUTING_FLOOR_INTERNAL_H
#define USHER_ROUTING_FLOOR_INTERNAL_H

#include "routing/floor.h"

#define USHER_CLASS_BUCKETS 2048

/* floor_classes.c: the agent's seats, matches and the classes' counts, of his present levels. */
USHER_MUST_USE bool usher_floor_seat_agent(struct usher_floor *floor, struct usher_agent *agent);
void usher_floor_drop_classes(struct usher_floor *floor);
/* floor_pools.c: the agent's pools, of his present levels and seats; he is counted out of the old
 * ones and into the new. */
USHER_MUST_USE bool usher_floor_pool_agent(struct usher_floor *floor, struct usher_agent *agent,
                                           int64_t now_ms);
/* Counts the agent in his pools as his state is now. */
void usher_floor_count_agent(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms);
/* Makes the pools of rules' skills and channels; each keeps the past of the one of the same
 * name under `before`. */
USHER_MUST_USE bool usher_floor_make_pools(struct usher_floor *floor,
                                           const struct usher_rules *before, int64_t now_ms);
/* Finds or makes the pool of the class's set, gives its members to it, and sets class->covers. */
USHER_MUST_USE bool usher_floor_cover(struct usher_floor *floor, struct usher_class *class,
                                      int64_t now_ms);
/* A pool's past or counts have changed: its price is looked up anew, or asked for when it is
 * needed. */
void usher_floor_price_again(struct usher_floor *floor, uint16_t pool);
void usher_floor_drop_pools(struct usher_floor *floor);

#endif
