/* What customers are told of their wait, where the queue has `announce`. For the engine's own
 * files. */
#ifndef USHER_ENGINE_PROMISE_H
#define USHER_ENGINE_PROMISE_H

#include "engine/state.h"

/* Tells a live contact that stands in line and was told nothing yet; not while offers are held. */
void usher_promise_tell(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);
/* Tells those in line of a class to whom something else is to be said than before. */
void usher_promise_tell_class(struct usher_engine *engine, struct usher_class *class,
                              int64_t now_ms);
/* All who wait, after much has changed at the same time. */
void usher_promise_tell_all(struct usher_engine *engine, int64_t now_ms);
/* Adds to the event of the answer, or the end, whether what was told has come true. A customer who
 * hung up before it could breaks no promise, and has none kept. */
void usher_promise_judge(struct usher_event *event, const struct usher_contact *contact,
                         int64_t now_ms);

#endif
