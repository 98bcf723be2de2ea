/* The ring: the newest published events in memory, so that a client that was away for a moment gets
 * just what it missed. Bounded by bytes; the oldest give way. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>

#include "model/event.h"
#include "router.h"

struct ring_place; /* ring.c */

struct ring {
    char *bytes;
    size_t room;
    size_t head;               /* where the next record goes */
    struct ring_place *places; /* oldest first, from `first`, round */
    size_t places_room;
    size_t first;
    size_t count;
    struct usher_number before; /* of the event before the oldest; 0-0: not known */
};

/* Room for `room` bytes of events. 0 or -ENOMEM. */
int ring_init(struct ring *ring, size_t room);
void ring_fini(struct ring *ring);

/* Empties it; what is added follows `before`. */
void ring_begin(struct ring *ring, struct usher_number before);
/* The number must be above all that are in. An event that is larger than the ring empties it. */
void ring_add(struct ring *ring, const struct router_event *event);

/* Takes the personal data of this customer out of all that is in. */
void ring_erase(struct ring *ring, struct usher_text customer);

/* True when `after` is known and everything after it is here; `at` is then where ring_next begins.
 */
bool ring_find(const struct ring *ring, struct usher_number after, size_t *at);
/* The next event, borrowed until the next ring_add; false at the end. */
bool ring_next(const struct ring *ring, size_t *at, struct router_event *event);

#endif
