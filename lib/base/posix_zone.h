/* The rule of a zone for all time to come, as a POSIX TZ text such as EET-2EEST,M3.5.0/3,M10.5.0/4:
 * standard time, and in zones that change their clocks the days on which they do. */
#ifndef USHER_BASE_POSIX_ZONE_H
#define USHER_BASE_POSIX_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* A day of each year, and the time of that day at which clocks change. */
struct usher_posix_day {
    enum usher_posix_day_kind {
        USHER_POSIX_DAY_NONE = 0,
        USHER_POSIX_DAY_JULIAN,   /* Jn: 1 .. 365, February 29 is not counted */
        USHER_POSIX_DAY_OF_YEAR,  /* n: 0 .. 365 */
        USHER_POSIX_DAY_OF_MONTH, /* Mm.w.d: weekday d of week w, of which 5 is the last */
    } kind;
    int day; /* the n of both, or the weekday d: 0 = Sunday */
    int month;
    int week;
    int32_t time_s; /* since midnight; may be below 0 or beyond the day */
};

struct usher_posix_zone {
    int32_t standard_s; /* ahead of UTC */
    int32_t summer_s;
    bool has_summer;
    struct usher_posix_day begins;
    struct usher_posix_day ends;
};

/* False, with `zone` undefined, for what is no such text. */
USHER_MUST_USE bool usher_posix_zone_read(struct usher_text text, struct usher_posix_zone *zone);
/* How far clocks are ahead of UTC at `at_s`. */
int32_t usher_posix_zone_offset_s(const struct usher_posix_zone *zone, int64_t at_s);

#endif
