/* Opening hours: times of day by weekday, dates that are different, and when somebody who lives by
 * them in a zone is open. A range belongs to the day on which it begins and may end on the next. A
 * date of the holidays is all that holds on it: a range of the day before ends at midnight, and
 * what begins on the date is what the holiday says.
 *
 * Where clocks change, a time that comes twice means the first, and one that is skipped the moment
 * at which it is. */
#ifndef USHER_RULES_HOURS_H
#define USHER_RULES_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"

#define USHER_DAY_RANGES_MAX     8
#define USHER_HOLIDAYS_MAX       400
#define USHER_HOURS_HORIZON_DAYS 400 /* how far ahead a change is looked for */

struct usher_time_range {
    int from;  /* minutes of the day, 0 .. 1439 */
    int until; /* above `from`; beyond 1440 on the next day, 2879 at most */
};

struct usher_day_hours {
    struct usher_time_range ranges[USHER_DAY_RANGES_MAX]; /* by `from`, apart from each other */
    size_t count;
};

struct usher_hours {
    struct usher_day_hours days[7]; /* from Monday */
};

struct usher_holiday {
    struct usher_date date; /* year -1: each year */
    struct usher_day_hours hours;
};

struct usher_holidays {
    const struct usher_holiday *list; /* in the order of the file */
    size_t count;
};

struct usher_opening {
    bool is_open;
    int64_t until_ms; /* when that changes; INT64_MAX when it does not within the horizon */
};

/* `hours` NULL: always open; `holidays` NULL: none; `zone` NULL: UTC. `at_ms` is civil time, 0 to
 * 2^53. */
struct usher_opening usher_hours_at(const struct usher_hours *hours,
                                    const struct usher_holidays *holidays,
                                    const struct usher_zone *zone, int64_t at_ms);
/* The same, but a date of the holidays takes from the hours of its weekday and adds nothing to
 * them.
 */
struct usher_opening usher_hours_within(const struct usher_hours *hours,
                                        const struct usher_holidays *holidays,
                                        const struct usher_zone *zone, int64_t at_ms);

extern const char *const usher_weekdays[7]; /* "mon" .. "sun" */

#endif
