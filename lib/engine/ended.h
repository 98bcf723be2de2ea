/* The ids of contacts that have ended, by their hash: such an id is taken for an hour, or until so
 * many others have ended. */
#ifndef USHER_ENGINE_ENDED_H
#define USHER_ENGINE_ENDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

struct usher_ended_entry {
    uint64_t hash;
    int64_t at_ms;
};

struct usher_ended {
    struct usher_ended_entry *ring;
    size_t room;
    size_t first;
    size_t count;
    struct usher_table by_hash;
};

USHER_MUST_USE bool usher_ended_init(struct usher_ended *ended, size_t room,
                                     struct usher_hash_seed seed);
void usher_ended_fini(struct usher_ended *ended);
uint64_t usher_ended_hash(struct usher_text id);
/* Forgets those that ended at or before `before_ms`, and the oldest when there is no room. */
void usher_ended_add(struct usher_ended *ended, uint64_t hash, int64_t at_ms, int64_t before_ms);
/* Whether it ended after `after_ms`. */
bool usher_ended_has(const struct usher_ended *ended, uint64_t hash, int64_t after_ms);

#endif
