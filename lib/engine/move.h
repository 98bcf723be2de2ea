/* Another line or place for a contact that waits: a supervisor's move, an overflow, a callback that
 * keeps its place. A transfer ends a talk first and then does the same. For the engine's own files.
 */
#ifndef USHER_ENGINE_MOVE_H
#define USHER_ENGINE_MOVE_H

#include "engine/state.h"

/* Where a contact is to wait. All of it goes into the event as it is, so that a journal is read the
 * same under other rules. */
struct usher_move {
    size_t queue; /* index in the rules in use */
    size_t tier;  /* likewise */
    enum usher_channel channel;
    int64_t place_ms;         /* at or before now */
    int64_t due_ms;           /* when the promise runs out */
    struct usher_text skills; /* its own needs, a checked JSON object of skill to level that has at
                                 least one skill of the rules; absent: what the queue needs */
    struct usher_text from;   /* absent: as it is */
    struct usher_text notice; /* what the customer is played; absent: nothing */
    struct usher_text reason; /* why, for people: "overflow", "supervisor"; absent: unsaid */
};

/* Where the contact waits now: to be changed in part. Its texts are the contact's. */
struct usher_move usher_move_of(const struct usher_contact *contact);
/* To another queue: what the contact waited in its own while that was closed does not count there,
 * as it would not have when it opened. To its own nothing is moved. */
void usher_move_to_queue(const struct usher_engine *engine, const struct usher_contact *contact,
                         size_t queue, int64_t now_ms, struct usher_move *move);
/* When the promise of queue, tier and channel runs out for whoever has stood there since place_ms.
 */
int64_t usher_move_due_ms(const struct usher_engine *engine, const struct usher_move *move);

/* Whether there is room: in the table of classes and, when the queue is another, under its
 * limit.waiting. An error with the answer filled. */
enum usher_error usher_move_check(const struct usher_engine *engine,
                                  const struct usher_contact *contact,
                                  const struct usher_move *move, struct usher_answer *answer);

/* Moves a contact that waits, or is offered: an open offer is withdrawn first (`moved`), and its
 * agent offered another. Then the contact is offered to whoever is free for it. Without room in the
 * table of classes it waits and is not offered (limit_classes). */
void usher_move_contact(struct usher_engine *engine, struct usher_contact *contact,
                        const struct usher_move *move, int64_t now_ms);

/* Puts where the contact is to wait into an event. */
void usher_move_tell(const struct usher_engine *engine, const struct usher_move *move,
                     struct usher_event *event);
/* apply: takes a contact that waits to where the event says; as work that is `is_new` it counts as
 * an arrival there in any case. False when that cannot be. */
USHER_MUST_USE bool usher_move_apply(struct usher_engine *engine, struct usher_contact *contact,
                                     const struct usher_event *event, bool is_new);

#endif
