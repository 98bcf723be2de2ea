/* The calendar: days and times of day as people write them. A civil time is told in milliseconds as
 * if it were UTC ("local"), so that differences within a zone are plain numbers; zone.h leads from
 * there to moments. Proleptic Gregorian, without leap seconds. */
#ifndef USHER_BASE_CIVIL_H
#define USHER_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define USHER_MINUTE_MS   INT64_C(60000)
#define USHER_DAY_MINUTES 1440
#define USHER_DAY_MS      INT64_C(86400000)

struct usher_date {
    int64_t year;
    int month; /* 1 .. 12 */
    int day;   /* 1 .. 31 */
};

/* Days since 1970-01-01, which may be below 0. `date` must exist; its year lies within 0 .. 9999 or
 * not far from it. */
int64_t usher_date_days(struct usher_date date);
struct usher_date usher_date_of_days(int64_t days);
/* 0 = Monday .. 6 = Sunday. */
int usher_weekday_of_days(int64_t days);
int usher_month_days(int64_t year, int month);
bool usher_year_is_leap(int64_t year);

/* Rounds down, also below 0. `divisor` is above 0. */
static inline int64_t usher_floor_div(int64_t number, int64_t divisor)
{
    return number / divisor - (number % divisor < 0 ? 1 : 0);
}

/* Reads "2026-10-25", or with `may_be_yearly` also "12-25", whose year is -1. False, with `date`
 * unchanged, for anything else and for days that do not exist ("02-29" does). */
USHER_MUST_USE bool usher_date_read(struct usher_text text, bool may_be_yearly,
                                    struct usher_date *date);
/* Reads "08:00" to "24:00" as minutes of a day, 0 .. 1440. False, with `minutes` unchanged, for
 * anything else. */
USHER_MUST_USE bool usher_clock_read(struct usher_text text, int *minutes);

#endif
