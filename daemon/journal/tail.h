/* The last batches that Redis accepted, kept in memory so that what Redis loses (a failover,
 * everysec) can be appended again. */
#ifndef JOURNAL_TAIL_H
#define JOURNAL_TAIL_H

#include <stddef.h>

#include "base/list.h"
#include "model/event.h"

#define JOURNAL_TAIL_BYTES_MAX                                                                     \
    ((size_t)1024 * 1024) /* of lines; the newest batch is kept whatever its size */

struct journal_batch {
    struct usher_list node;
    struct usher_number last;
    struct usher_text lines;
};

struct journal_tail {
    struct usher_list batches; /* oldest first, numbers rising */
    size_t bytes;
};

void journal_tail_init(struct journal_tail *tail);
void journal_tail_clear(struct journal_tail *tail);
/* Copies `lines`; forgets the oldest beyond the bound. `last` must be above the newest. When memory
 * is out everything is forgotten, which only makes a later repair a loss. */
void journal_tail_push(struct journal_tail *tail, struct usher_number last,
                       struct usher_text lines);
/* The batch whose last event is numbered so, or NULL. */
struct journal_batch *journal_tail_find(struct journal_tail *tail, struct usher_number last);
/* The batch after this one, or NULL. */
struct journal_batch *journal_tail_next(struct journal_tail *tail, struct journal_batch *batch);
/* 0-0 when empty. */
struct usher_number journal_tail_newest(const struct journal_tail *tail);

#endif
