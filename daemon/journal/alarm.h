/* What keeps the journal from going on, told to people with what to do about it: when it begins,
 * again while it lasts (again.h), and once more when it is over. */
#ifndef JOURNAL_ALARM_H
#define JOURNAL_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum alarm_kind {
    ALARM_NONE = 0,
    ALARM_FOREIGN_ENTRY,   /* entry.h */
    ALARM_FOREIGN_TRACE,   /* the same, deleted by hand */
    ALARM_REPLICAS_STRICT, /* fewer than redis.wait_replicas have confirmed: it is held */
    ALARM_REPLICAS_BEST,   /* it goes on without */
    /* Redis's errors, by their first word. */
    ALARM_MEMORY,      /* OOM */
    ALARM_DISK,        /* MISCONF */
    ALARM_REPLICAS,    /* NOREPLICAS */
    ALARM_LOADING,     /* LOADING */
    ALARM_READ_ONLY,   /* READONLY */
    ALARM_MASTER_DOWN, /* MASTERDOWN */
    ALARM_BUSY,        /* BUSY */
    ALARM_CLUSTER,     /* CLUSTERDOWN, TRYAGAIN, MOVED, ASK */
    ALARM_PASSWORD,    /* NOAUTH, WRONGPASS */
    ALARM_PERMISSION,  /* NOPERM */
    ALARM_TYPE,        /* WRONGTYPE */
    ALARM_OTHER,       /* any other */
    ALARM_COUNT,
};

struct alarm {
    bool is_any;
    bool is_on[ALARM_COUNT];
    int64_t began_ms[ALARM_COUNT];
    int64_t told_ms[ALARM_COUNT]; /* 0 = not since it began */
};

/* Which alarm an error of Redis's is. */
enum alarm_kind alarm_of_error(struct usher_text error);

/* Times are CLOCK_BOOTTIME's; `key` is the journal's. `entry` is for the foreign ones, an absent
 * text else. True when it was told just now, and not held back as one that lasts. */
bool alarm_raise(struct alarm *alarm, enum alarm_kind kind, struct usher_text key,
                 struct usher_text entry, struct usher_text reason, int64_t now_ms);
/* All that was raised is over. */
void alarm_end(struct alarm *alarm, struct usher_text key, int64_t now_ms);

#endif
