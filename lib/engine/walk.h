/* One thing's walk each, for those who walk the state: snapshot.c all of it, digest.c a slice. */
#ifndef USHER_ENGINE_WALK_H
#define USHER_ENGINE_WALK_H

#include "engine/archive.h"
#include "engine/state.h"

/* Loaded, what has been for it must have been before `now_ms`. */
void usher_walk_agent(struct usher_archive *archive, struct usher_agent *agent, int64_t now_ms);
void usher_walk_class_key(struct usher_archive *archive, struct usher_class_key *key);
void usher_walk_class_past(struct usher_archive *archive, struct usher_class_past *past);
void usher_walk_pool_past(struct usher_archive *archive, struct usher_pool_past *past);
/* Loaded, the contact is put where it belongs. */
void usher_walk_contact(struct usher_archive *archive, struct usher_engine *engine,
                        struct usher_contact *contact);

#endif
