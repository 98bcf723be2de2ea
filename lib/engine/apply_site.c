/* What events of queues and switches change, and how that is saved. */
#include <string.h>

#include "engine/walk.h"

static void place_contacts(struct usher_engine *engine, size_t queue, int64_t now_ms)
{
    usher_list_for_each (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->queue == queue)
            usher_engine_place_contact(engine, contact, now_ms);
    }
}

static bool set_door(struct usher_engine *engine, const struct usher_event *event, bool is_closed)
{
    const struct usher_rules *rules = engine->floor.rules;
    size_t queue = rules ? usher_rules_find_queue(rules, event->fields.queue) : SIZE_MAX;
    if (queue == SIZE_MAX)
        return false;
    struct usher_door *door = &engine->site.doors[queue];
    bool is_ordered = usher_text_is_equal(event->fields.reason, USHER_TEXT(USHER_BY_SUPERVISOR));
    *door = (struct usher_door){
        .is_closed = is_closed,
        .is_ordered = is_ordered,
        .until_ms = event->fields.until_ms,
        .closed_ms = !is_closed        ? 0
                     : door->is_closed ? door->closed_ms
                                       : event->at_ms,
    };
    engine->site.is_stale = true;
    place_contacts(engine, queue, event->at_ms);
    return true;
}

bool usher_apply_queue_closed(struct usher_engine *engine, const struct usher_event *event)
{
    return set_door(engine, event, true);
}

bool usher_apply_queue_opened(struct usher_engine *engine, const struct usher_event *event)
{
    return set_door(engine, event, false);
}

bool usher_apply_switch_set(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_rules *rules = engine->floor.rules;
    size_t index = rules ? usher_rules_find_switch(rules, event->fields.name) : SIZE_MAX;
    if (index == SIZE_MAX)
        return false;
    bool is_on = usher_text_is_equal(event->fields.state, USHER_TEXT("on"));
    engine->site.switches[index] = (struct usher_switch){is_on, is_on ? event->fields.until_ms : 0};
    engine->site.is_stale = true;
    return true;
}

void usher_site_take_rules(struct usher_site *site, const struct usher_rules *before,
                           const struct usher_rules *rules)
{
    struct usher_door doors[USHER_QUEUES_MAX];
    struct usher_switch switches[USHER_SWITCHES_MAX];
    memcpy(doors, site->doors, sizeof(doors));
    memcpy(switches, site->switches, sizeof(switches));
    memset(site->doors, 0, sizeof(site->doors));
    memset(site->switches, 0, sizeof(site->switches));
    site->is_stale = true;
    for (size_t i = 0; before && i < rules->queues_count; i++) {
        size_t old = usher_rules_find_queue(before, rules->queues[i].name);
        if (old != SIZE_MAX)
            site->doors[i] = doors[old];
    }
    for (size_t i = 0; before && i < rules->switches_count; i++) {
        size_t old = usher_rules_find_switch(before, rules->switches[i]);
        if (old != SIZE_MAX)
            site->switches[i] = switches[old];
    }
}

static bool is_plain(const struct usher_door *door)
{
    return !door->is_closed && !door->is_ordered && door->until_ms == 0;
}

static void walk_door(struct usher_archive *archive, struct usher_door *door)
{
    uint32_t flags = (door->is_closed ? 1u : 0) | (door->is_ordered ? 2u : 0);
    usher_archive_u32(archive, &flags);
    usher_walk_time(archive, &door->until_ms);
    usher_walk_time(archive, &door->closed_ms);
    door->is_closed = (flags & 1) != 0;
    door->is_ordered = (flags & 2) != 0;
    if (flags > 3 || (!door->is_closed && door->closed_ms != 0))
        archive->is_bad = true;
}

/* Only those that are not as new. */
static void walk_doors(struct usher_archive *archive, struct usher_site *site, size_t queues_count)
{
    size_t count = 0;
    uint64_t queue = 0;
    for (size_t i = 0; i < queues_count; i++)
        count += !is_plain(&site->doors[i]);
    usher_archive_count(archive, &count, queues_count);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        while (!usher_archive_is_loading(archive) && is_plain(&site->doors[queue]))
            queue++;
        uint64_t index = queue;
        usher_archive_u64(archive, &index);
        if (index < queue || index >= queues_count) {
            archive->is_bad = true;
            return;
        }
        walk_door(archive, &site->doors[index]);
        queue = index + 1;
    }
}

void usher_walk_site(struct usher_archive *archive, struct usher_engine *engine)
{
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_site *site = &engine->site;
    uint64_t switches = usher_site_switches(site);
    if (usher_archive_is_loading(archive))
        site->is_stale = true;
    if (archive->version < 3)
        return;
    walk_doors(archive, site, rules ? rules->queues_count : 0);
    usher_archive_u64(archive, &switches);
    for (size_t i = 0; i < USHER_SWITCHES_MAX && !archive->is_bad; i++) {
        site->switches[i].is_on = (switches >> i & 1) != 0;
        if (!site->switches[i].is_on)
            continue;
        usher_walk_time(archive, &site->switches[i].until_ms);
        archive->is_bad |= !rules || i >= rules->switches_count;
    }
}
