/* A binary heap: nodes[i / 2] is never after nodes[i], and nodes[i]->index is i. */
#include "base/heap.h"

#include <assert.h>
#include <stdlib.h>

static bool is_before(const struct usher_heap_node *a, const struct usher_heap_node *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->tie < b->tie;
}

static void place(struct usher_heap *heap, struct usher_heap_node *node, size_t index)
{
    heap->nodes[index] = node;
    node->index = index;
}

static void rise(struct usher_heap *heap, struct usher_heap_node *node, size_t index)
{
    while (index > 1 && is_before(node, heap->nodes[index / 2])) {
        place(heap, heap->nodes[index / 2], index);
        index /= 2;
    }
    place(heap, node, index);
}

static void sink(struct usher_heap *heap, struct usher_heap_node *node, size_t index)
{
    for (;;) {
        size_t child = index * 2;
        if (child > heap->count)
            break;
        if (child < heap->count && is_before(heap->nodes[child + 1], heap->nodes[child]))
            child++;
        if (!is_before(heap->nodes[child], node))
            break;
        place(heap, heap->nodes[child], index);
        index = child;
    }
    place(heap, node, index);
}

/* Puts `node` right from `index`, where any of the two orders may be broken. */
static void settle(struct usher_heap *heap, struct usher_heap_node *node, size_t index)
{
    if (index > 1 && is_before(node, heap->nodes[index / 2]))
        rise(heap, node, index);
    else
        sink(heap, node, index);
}

bool usher_heap_init(struct usher_heap *heap, size_t nodes_max)
{
    *heap = (struct usher_heap){0};
    if (nodes_max >= SIZE_MAX / sizeof(struct usher_heap_node *))
        return false;
    heap->nodes = malloc((nodes_max + 1) * sizeof(struct usher_heap_node *));
    if (!heap->nodes)
        return false;
    heap->room = nodes_max;
    return true;
}

void usher_heap_fini(struct usher_heap *heap)
{
    free(heap->nodes);
    *heap = (struct usher_heap){0};
}

void usher_heap_set(struct usher_heap *heap, struct usher_heap_node *node, int64_t at_ms)
{
    node->at_ms = at_ms;
    if (node->index != 0) {
        assert(heap->nodes[node->index] == node);
        settle(heap, node, node->index);
        return;
    }
    assert(heap->count < heap->room);
    heap->count++;
    rise(heap, node, heap->count);
}

void usher_heap_remove(struct usher_heap *heap, struct usher_heap_node *node)
{
    size_t index = node->index;
    if (index == 0)
        return;
    assert(index <= heap->count && heap->nodes[index] == node);
    struct usher_heap_node *last = heap->nodes[heap->count];
    heap->count--;
    node->index = 0;
    if (last != node)
        settle(heap, last, index);
}

struct usher_heap_node *usher_heap_first(const struct usher_heap *heap)
{
    return heap->count > 0 ? heap->nodes[1] : NULL;
}
