/* What lasts is told to people when it begins, and again once a minute. */
#ifndef JOURNAL_AGAIN_H
#define JOURNAL_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#define AGAIN_MS INT64_C(60000)

/* Whether to tell it now; then `*told_ms` is set. That is 0 when it has just begun; times are
 * CLOCK_BOOTTIME's. */
static inline bool again_is_due(int64_t *told_ms, int64_t now_ms)
{
    if (*told_ms != 0 && now_ms - *told_ms < AGAIN_MS)
        return false;
    *told_ms = now_ms;
    return true;
}

#endif
