/* Sets of queues, agents and contacts that grow, found by id. */
#ifndef CTL_TOP_LIVE_SET_H
#define CTL_TOP_LIVE_SET_H

#include <stddef.h>

#include "base/table.h"
#include "base/text.h"

/* Things that are found by their id, in no order of their own. */
struct live_item {
    size_t at; /* in live_set.items */
    char *id;
};

struct live_set {
    struct usher_table table;
    struct live_item **items;
    size_t count;
    size_t room;
};

/* NULL when there is none. */
void *live_set_find(const struct live_set *set, struct usher_text id);
/* A new item of `size` bytes, all zero but for its id, which no other item of the set may have. */
void *live_set_add(struct live_set *set, struct usher_text id, size_t size);
void live_set_drop(struct live_set *set, struct live_item *item);
/* Drops all. */
void live_set_clear(struct live_set *set);

#endif
