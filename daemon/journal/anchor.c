/* The choice of the snapshots that stay. */
#include "journal/anchor.h"

#define NEWEST 2

void anchor_choose(struct anchor *list, size_t count, struct usher_number from, int64_t apart_ms)
{
    int64_t before_ms = -1;
    size_t kept = 0;
    for (size_t i = count; i > 0; i--) {
        struct anchor *anchor = &list[i - 1];
        bool stands = anchor->at_ms >= 0 && usher_number_compare(anchor->n, from) >= 0;
        anchor->is_kept =
            i <= NEWEST || (stands && (before_ms < 0 || anchor->at_ms - before_ms >= apart_ms));
        if (!anchor->is_kept || i <= NEWEST)
            continue;
        before_ms = anchor->at_ms;
        kept++;
    }
    for (size_t i = count; i > NEWEST && kept > ANCHORS_MAX; i--) {
        if (!list[i - 1].is_kept)
            continue;
        list[i - 1].is_kept = false;
        kept--;
    }
}
