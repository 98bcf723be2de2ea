/* What the rules may ask of a contact, gathered from the places where the engine knows it. The
 * texts are borrowed from the contact or the fields. */
#ifndef USHER_ENGINE_FACTS_H
#define USHER_ENGINE_FACTS_H

#include "engine/state.h"

/* Of a contact that is there. */
struct usher_facts usher_engine_facts(const struct usher_engine *engine,
                                      const struct usher_contact *contact);
/* Of one that arrives with these fields. */
struct usher_facts usher_engine_facts_of(const struct usher_engine *engine,
                                         enum usher_channel channel,
                                         const struct usher_fields *fields);

#endif
