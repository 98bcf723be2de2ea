/* Agents who look at whom to call next. For the engine's own files. */
#ifndef USHER_ENGINE_PREVIEW_H
#define USHER_ENGINE_PREVIEW_H

#include "engine/state.h"

/* `contact` waits, and nobody is free for it: where it is live, an agent who could take
 * it and only looks at whom to call next gives that up for who waits. */
void usher_preview_yield(struct usher_engine *engine, const struct usher_contact *contact,
                         int64_t now_ms);

#endif
