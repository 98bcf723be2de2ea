/* What must hold of a state that was loaded, beyond the form of its bytes: all that decide and
 * apply take for granted because they made it so. A checksum keeps accidents out; this keeps what
 * passed it from doing harm. */
#ifndef USHER_ENGINE_SOUND_H
#define USHER_ENGINE_SOUND_H

#include "engine/state.h"

/* 0 .. 2^53: times and spans of them can be added without care. */
bool usher_sound_is_time(int64_t ms);
/* Its own fields; skills and capacity are absent or JSON. `now_ms`: what has been was before. */
bool usher_sound_agent(const struct usher_agent *agent, int64_t now_ms);
/* Its state against what belongs to the state, its names, texts and numbers. `has_agent`: it is
 * about to be given to one. The clients and agents must be loaded. */
bool usher_sound_contact(const struct usher_engine *engine, const struct usher_contact *contact,
                         bool has_agent);

#endif
