/* Offers made after a change. For the engine's own files. */
#ifndef USHER_ENGINE_DISPATCH_H
#define USHER_ENGINE_DISPATCH_H

#include "engine/state.h"

void usher_dispatch_contact(struct usher_engine *engine, struct usher_contact *contact,
                            int64_t now_ms);
void usher_dispatch_agent(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms);
/* The agent's profile has changed, and with it who may be asked for others: who is excluded, which
 * steps are skipped, whether somebody still waits for him. */
void usher_dispatch_profiled(struct usher_engine *engine, const struct usher_agent *agent,
                             int64_t now_ms);
/* Several free and several waiting, after rules or links changed. */
void usher_dispatch_all(struct usher_engine *engine, int64_t now_ms);

#endif
