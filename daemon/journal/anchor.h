/* Which snapshots stay: the two newest, from which a start recovers, and anchors, from which the
 * past is folded - a few, apart in time, over all that the stream still holds. */
#ifndef JOURNAL_ANCHOR_H
#define JOURNAL_ANCHOR_H

#include <stdbool.h>

#include "model/event.h"

#define ANCHORS_PER_KEEP 8  /* how many lie in the time that journal.keep keeps */
#define ANCHORS_MAX      16 /* when nothing can be trimmed */

struct anchor {
    struct usher_number n;
    int64_t at_ms; /* of its event; -1: the stream does not have its entry any more */
    bool is_kept;
};

/* `list`: all snapshots, the newest first. Sets is_kept. Of those that are no longer among the two
 * newest only such can stay whose entry stands at or behind `from`; they are chosen from the oldest
 * on, each at least `apart_ms` behind the one before, so that whoever was chosen once stays. */
void anchor_choose(struct anchor *list, size_t count, struct usher_number from, int64_t apart_ms);

#endif
