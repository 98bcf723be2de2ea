/* Contacts that do not stay in their queue: it is closed, full, or they have waited too long. For
 * the engine's own files. */
#ifndef USHER_ENGINE_LEAVE_H
#define USHER_ENGINE_LEAVE_H

#include "engine/state.h"

/* Where a contact that comes, or goes on, to a queue really gets. */
struct usher_destination {
    size_t queue;
    /* What becomes of it there: NONE, it waits its turn (while the queue is closed: until it
     * opens); CALLBACK or FAREWELL. REFUSED is told apart by is_full. */
    enum usher_way_kind kind;
    size_t notice;      /* that it is played on the way; USHER_NOTICE_NONE */
    const char *reason; /* why it is not the queue it was to get to; NULL when it is */
    bool is_full;       /* the limit of `queue`, which names no way out, is reached */
};

/* Whether as many wait in the queue as its limit lets. Callbacks, and what else was booked, count
 * nothing: nobody is on a line for them. */
bool usher_leave_is_full(const struct usher_engine *engine, size_t queue);

struct usher_destination usher_leave_find(const struct usher_engine *engine,
                                          enum usher_channel channel, size_t queue);

/* When a waiting contact has to leave its queue, at or after now_ms; INT64_MAX for never. */
int64_t usher_leave_deadline_ms(const struct usher_engine *engine,
                                const struct usher_contact *contact, int64_t now_ms);
/* If that is now: moves or ends it, and returns true; the contact may be gone. Where there is no
 * way out it stays, and is looked at again later. */
bool usher_leave_if_due(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);

/* The way out that `destination` names: CALLBACK or FAREWELL. The contact may be gone afterwards.
 */
void usher_leave_by(struct usher_engine *engine, struct usher_contact *contact,
                    const struct usher_destination *destination, int64_t now_ms);

/* Puts the notice into an event, if there is one. */
void usher_leave_tell(const struct usher_engine *engine, size_t notice, struct usher_event *event);

#endif
