/* A list in the order in which they came: a site has one or two. */
#include "engine/zones.h"

#include <stdlib.h>

void usher_zones_fini(struct usher_zones *zones)
{
    for (size_t i = 0; i < zones->count; i++)
        usher_zone_free(zones->list[i].zone);
    free(zones->list);
}

static const struct usher_zones_entry *find(const struct usher_zones *zones, struct usher_text name)
{
    for (size_t i = 0; i < zones->count; i++)
        if (usher_text_is_equal(usher_text_of(zones->list[i].name), name))
            return &zones->list[i];
    return NULL;
}

static bool make_room(struct usher_zones *zones)
{
    if (zones->count < zones->room)
        return true;
    size_t room = zones->room ? zones->room * 2 : 4;
    struct usher_zones_entry *list = realloc(zones->list, room * sizeof(*list));
    if (!list)
        return false;
    zones->list = list;
    zones->room = room;
    return true;
}

bool usher_zones_take(struct usher_zones *zones, struct usher_text name, struct usher_zone *zone)
{
    if (find(zones, name)) {
        usher_zone_free(zone);
        return true;
    }
    if (!usher_zone_is_name(name) || zones->count == USHER_ZONES_MAX || !make_room(zones)) {
        usher_zone_free(zone);
        return false;
    }
    struct usher_zones_entry *entry = &zones->list[zones->count];
    entry->zone = zone;
    bool is_copied = usher_text_copy(entry->name, sizeof(entry->name), name);
    zones->count += is_copied;
    return is_copied;
}

bool usher_zones_has(const struct usher_zones *zones, struct usher_text name)
{
    return find(zones, name) != NULL;
}

const struct usher_zone *usher_zones_find(const struct usher_zones *zones, struct usher_text name)
{
    const struct usher_zones_entry *entry = find(zones, name);
    return entry ? entry->zone : NULL;
}
