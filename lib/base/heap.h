/* A heap of deadlines: intrusive, earliest first, equal times in the order of `tie`. */
#ifndef USHER_BASE_HEAP_H
#define USHER_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

struct usher_heap_node {
    int64_t at_ms;
    uint64_t tie; /* set by the owner before the first insertion; decides between equal times */
    size_t index; /* 1-based place in the heap; 0 = in no heap */
};

struct usher_heap {
    struct usher_heap_node **nodes; /* 1-based */
    size_t count;
    size_t room;
};

/* Takes room for `nodes_max` nodes. False when memory is out. */
USHER_MUST_USE bool usher_heap_init(struct usher_heap *heap, size_t nodes_max);
/* The heap need not be empty: its nodes belong to others. */
void usher_heap_fini(struct usher_heap *heap);
/* Puts `node` at `at_ms`, or moves it there when it is in the heap. There must be room. */
void usher_heap_set(struct usher_heap *heap, struct usher_heap_node *node, int64_t at_ms);
/* In no heap is fine. */
void usher_heap_remove(struct usher_heap *heap, struct usher_heap_node *node);
/* The earliest, or NULL. It stays in the heap. */
struct usher_heap_node *usher_heap_first(const struct usher_heap *heap);

static inline bool usher_heap_has(const struct usher_heap_node *node)
{
    return node->index != 0;
}

#endif
