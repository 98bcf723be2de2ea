/* One thing's walk each, for those who walk the state: snapshot.c all of it, digest.c a slice. What
 * came with a later version of the form than the saved one keeps its default:
 * `if (archive->version >= 3)`. */
#ifndef USHER_ENGINE_WALK_H
#define USHER_ENGINE_WALK_H

#include "engine/archive.h"
#include "engine/state.h"

/* A time, or a span of time. */
void usher_walk_time(struct usher_archive *archive, int64_t *ms);
/* A text of our own. Loading makes the copy; saving only reads. */
void usher_walk_owned(struct usher_archive *archive, char **owned);

/* Loaded, what has been for it must have been before `now_ms`. */
void usher_walk_agent(struct usher_archive *archive, struct usher_agent *agent, int64_t now_ms);
void usher_walk_class_key(struct usher_archive *archive, struct usher_class_key *key);
void usher_walk_class_past(struct usher_archive *archive, struct usher_class_past *past);
void usher_walk_pool_past(struct usher_archive *archive, struct usher_pool_past *past);
/* Loaded, the contact is put where it belongs. */
void usher_walk_contact(struct usher_archive *archive, struct usher_engine *engine,
                        struct usher_contact *contact);

/* All of a kind, for the snapshot. */
void usher_walk_agents(struct usher_archive *archive, struct usher_engine *engine);
void usher_walk_classes(struct usher_archive *archive, struct usher_engine *engine);
void usher_walk_contacts(struct usher_archive *archive, struct usher_engine *engine);
void usher_walk_pools(struct usher_archive *archive, struct usher_engine *engine);

#endif
