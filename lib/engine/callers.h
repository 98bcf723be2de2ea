/* The live calls and callbacks of one customer, found by the key: so that nobody waits twice. */
#ifndef USHER_ENGINE_CALLERS_H
#define USHER_ENGINE_CALLERS_H

#include "engine/state.h"

/* Remembers the contact by its customer, if it is a call or a callback of a known one. To be said
 * again when its channel has become another. */
void usher_callers_add(struct usher_engine *engine, struct usher_contact *contact);

/* The customer's callback that waits, is scheduled or is being offered, the first by its place;
 * NULL when there is none or `customer` is absent. `but` is not meant. */
struct usher_contact *usher_callers_callback(const struct usher_engine *engine,
                                             struct usher_text customer,
                                             const struct usher_contact *but);
/* The callback in which an agent is calling this customer just now, or talks; NULL for none. */
struct usher_contact *usher_callers_called(const struct usher_engine *engine,
                                           struct usher_text customer);
/* The customer's call that nobody has answered yet; NULL when there is none. `but` is not meant. */
struct usher_contact *usher_callers_waiting(const struct usher_engine *engine,
                                            struct usher_text customer,
                                            const struct usher_contact *but);
/* The customer's call, at whatever point it is; NULL when there is none. `but` is not meant. */
struct usher_contact *usher_callers_call(const struct usher_engine *engine,
                                         struct usher_text customer,
                                         const struct usher_contact *but);

#endif
