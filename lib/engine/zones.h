/* Zones by their names, as whoever can read them hands them in. */
#ifndef USHER_ENGINE_ZONES_H
#define USHER_ENGINE_ZONES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/zone.h"

#define USHER_ZONES_MAX 1000 /* tzdata has some 600 names */

struct usher_zones {
    struct usher_zones_entry {
        char name[USHER_ZONE_NAME_MAX + 1];
        struct usher_zone *zone; /* NULL: UTC, or no such zone */
    } * list;
    size_t count;
    size_t room;
};

void usher_zones_fini(struct usher_zones *zones);
/* Takes `zone` under `name`, unless the name is there. False, with `zone` freed, when it is no name
 * of a zone, there are too many, or memory is out. */
USHER_MUST_USE bool usher_zones_take(struct usher_zones *zones, struct usher_text name,
                                     struct usher_zone *zone);
bool usher_zones_has(const struct usher_zones *zones, struct usher_text name);
/* NULL, which is UTC, for a name that is not there. */
const struct usher_zone *usher_zones_find(const struct usher_zones *zones, struct usher_text name);

#endif
