/* When something ends by itself, as people say it: by the clock of the site. */
#ifndef CTL_UNTIL_H
#define CTL_UNTIL_H

#include <stdint.h>

#include "base/zone.h"

#define UNTIL_SIZE 40

/* The zone that usherd has named; NULL, which is UTC, when it or this machine knows none. */
struct usher_zone *until_zone(const char *name);

/* " until 18:00", with the date when that is not the day of `now_ms`; "" for 0. */
const char *until_write(int64_t until_ms, const struct usher_zone *zone, int64_t now_ms,
                        char room[UNTIL_SIZE]);

#endif
