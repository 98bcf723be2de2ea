/* Zones for tests, from the machine's tzdata. */
#ifndef UNIT_ZONE_FILE_H
#define UNIT_ZONE_FILE_H

#include <check.h>
#include <stdio.h>

#include "base/zone.h"

static inline struct usher_text zone_file_bytes(const char *name, char room[USHER_ZONE_BYTES_MAX])
{
    char path[128];
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: install tzdata", path);
    size_t length = fread(room, 1, USHER_ZONE_BYTES_MAX, file);
    fclose(file);
    return (struct usher_text){room, length};
}

static inline struct usher_zone *zone_file_read(const char *name)
{
    static char room[USHER_ZONE_BYTES_MAX];
    const char *why = "";
    struct usher_zone *zone = usher_zone_read(zone_file_bytes(name, room), &why);
    ck_assert_msg(zone != NULL, "%s: %s", name, why);
    return zone;
}

/* "2026-10-25 03:30" as a local time. */
static inline int64_t zone_file_local(const char *text)
{
    struct usher_date date = {0};
    int minutes = 0;
    ck_assert_msg(usher_date_read((struct usher_text){text, 10}, false, &date) &&
                      usher_clock_read(usher_text_of(text + 11), &minutes),
                  "%s", text);
    return usher_date_days(date) * USHER_DAY_MS + minutes * USHER_MINUTE_MS;
}

#endif
