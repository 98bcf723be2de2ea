/* Snapshots for tests: a state with something of everything, and bytes sealed anew. */
#ifndef UNIT_SNAPSHOT_WORLD_H
#define UNIT_SNAPSHOT_WORLD_H

#include "unit/engine_world.h"

/* Where the lowest byte of the version stands: behind the length of the magic text and the text. */
#define SNAPSHOT_VERSION_AT (8 + 15)

/* Contacts in every state, agents in every state, declines, notes, a lost link, what has ended. */
void snapshot_open_rich(struct engine_world *world);
/* An engine that has the world's rules on its shelf. */
struct usher_engine *snapshot_engine(const struct engine_world *world,
                                     const struct usher_limits *limits);
void snapshot_save(const struct usher_engine *engine, struct usher_bytes *saved);
/* Loads a copy of its own size, so that a byte read too far is seen. */
bool snapshot_load(struct usher_engine *engine, const struct usher_bytes *saved,
                   struct usher_answer *answer);
/* Lets `ms` pass in the world's engine and in another of the same state, in steps: both decide the
 * same, at least `events_min` events. */
void snapshot_go_on(struct engine_world *world, struct usher_engine *other, int64_t ms,
                    size_t events_min);
/* Writes the checksum of what stands before it. */
void snapshot_seal(struct usher_bytes *saved);

#endif
