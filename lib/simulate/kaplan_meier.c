#include "simulate/kaplan_meier.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct usher_wait_seen *first = a;
    const struct usher_wait_seen *second = b;
    if (first->wait_ms != second->wait_ms)
        return first->wait_ms < second->wait_ms ? -1 : 1;
    if (first->wait_ms == 0)
        return (int)first->is_left - (int)second->is_left;
    return (int)second->is_left - (int)first->is_left;
}

void usher_kaplan_meier(struct usher_wait_seen *waits, size_t waits_count, const int64_t *at_ms,
                        size_t at_count, struct usher_survival *survivals)
{
    double share = 1;
    size_t next = 0;
    if (waits_count > 0)
        qsort(waits, waits_count, sizeof(*waits), compare);
    for (size_t i = 0; i < at_count; i++) {
        size_t first = next;
        while (first < waits_count && waits[first].wait_ms < at_ms[i]) {
            if (waits[first].is_left)
                share *= 1 - 1 / (double)(waits_count - first);
            first++;
        }
        survivals[i].at_risk = waits_count - first;
        next = first;
        while (next < waits_count && waits[next].wait_ms == at_ms[i]) {
            if (waits[next].is_left)
                share *= 1 - 1 / (double)(waits_count - next);
            next++;
        }
        survivals[i].share = share;
    }
}
