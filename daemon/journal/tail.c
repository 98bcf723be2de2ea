/* The last accepted batches: a list, oldest first. */
#include "journal/tail.h"

#include <stdlib.h>
#include <string.h>

void journal_tail_init(struct journal_tail *tail)
{
    usher_list_init(&tail->batches);
    tail->bytes = 0;
}

static void forget(struct journal_tail *tail, struct usher_list *node)
{
    struct journal_batch *batch = usher_list_entry(node, struct journal_batch, node);
    usher_list_remove(node);
    tail->bytes -= batch->lines.length;
    free(batch);
}

void journal_tail_clear(struct journal_tail *tail)
{
    usher_list_for_each_safe (node, &tail->batches)
        forget(tail, node);
}

void journal_tail_push(struct journal_tail *tail, struct usher_number last, struct usher_text lines)
{
    struct journal_batch *batch = malloc(sizeof(*batch) + lines.length);
    if (!batch) {
        journal_tail_clear(tail);
        return;
    }
    memcpy(batch + 1, lines.at, lines.length);
    batch->last = last;
    batch->lines = (struct usher_text){(const char *)(batch + 1), lines.length};
    usher_list_init(&batch->node);
    usher_list_append(&tail->batches, &batch->node);
    tail->bytes += lines.length;
    usher_list_for_each_safe (node, &tail->batches) {
        if (tail->bytes <= JOURNAL_TAIL_BYTES_MAX || node == &batch->node)
            break;
        forget(tail, node);
    }
}

struct journal_batch *journal_tail_find(struct journal_tail *tail, struct usher_number last)
{
    usher_list_for_each (node, &tail->batches) {
        struct journal_batch *batch = usher_list_entry(node, struct journal_batch, node);
        if (usher_number_compare(batch->last, last) == 0)
            return batch;
    }
    return NULL;
}

struct journal_batch *journal_tail_next(struct journal_tail *tail, struct journal_batch *batch)
{
    if (batch->node.next == &tail->batches)
        return NULL;
    return usher_list_entry(batch->node.next, struct journal_batch, node);
}

struct usher_number journal_tail_newest(const struct journal_tail *tail)
{
    if (usher_list_is_empty(&tail->batches))
        return (struct usher_number){0, 0};
    return usher_list_entry(tail->batches.prev, struct journal_batch, node)->last;
}
