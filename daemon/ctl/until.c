#include "ctl/until.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/civil.h"
#include "zones.h"

struct usher_zone *until_zone(const char *name)
{
    const char *why;
    return zones_read(usher_text_of(name), &why);
}

const char *until_write(int64_t until_ms, const struct usher_zone *zone, int64_t now_ms,
                        char room[UNTIL_SIZE])
{
    int64_t local_ms = usher_zone_local_ms(zone, until_ms);
    int64_t days = usher_floor_div(local_ms, USHER_DAY_MS);
    int64_t minutes = (local_ms - days * USHER_DAY_MS) / USHER_MINUTE_MS;
    struct usher_date date = usher_date_of_days(days);
    bool is_today = days == usher_floor_div(usher_zone_local_ms(zone, now_ms), USHER_DAY_MS);
    room[0] = '\0';
    if (until_ms == 0)
        return room;
    size_t length = (size_t)snprintf(room, UNTIL_SIZE, " until ");
    if (!is_today)
        length += (size_t)snprintf(room + length, UNTIL_SIZE - length, "%04" PRId64 "-%02d-%02d ",
                                   date.year, date.month, date.day);
    (void)snprintf(room + length, UNTIL_SIZE - length, "%02d:%02d", (int)(minutes / 60),
                   (int)(minutes % 60));
    return room;
}
