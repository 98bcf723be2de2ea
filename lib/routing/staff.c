#include "routing/staff.h"

#include <stdlib.h>

#include "routing/class.h"

bool usher_staff_init(struct usher_staff *staff, const struct usher_rules *rules,
                      const struct usher_staff_member *members, size_t count)
{
    *staff = (struct usher_staff){.rules = rules, .members = members, .count = count};
    staff->levels = calloc(count * rules->skills_count + 1, 1);
    if (!staff->levels)
        return false;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < members[i].skills_count; j++) {
            size_t skill = usher_rules_find_skill(rules, members[i].skills[j].name);
            if (skill != SIZE_MAX)
                staff->levels[i * rules->skills_count + skill] = members[i].skills[j].level;
        }
    }
    return true;
}

void usher_staff_fini(struct usher_staff *staff)
{
    free(staff->levels);
    staff->levels = NULL;
}

/* As usher_floor_profile and usher_agent_can_take: who has no phone is offered no call. */
static bool has_channel(const struct usher_staff *staff, const struct usher_staff_member *member,
                        enum usher_channel channel)
{
    enum usher_channel pool = usher_channel_pool(channel);
    int cap = staff->rules->channels[channel].cap;
    if (member->capacity[channel] >= 0)
        cap = member->capacity[channel];
    else if (member->capacity[pool] == 0)
        cap = 0;
    return cap > 0 && (member->has_phone || !usher_channel_is_phone(channel));
}

bool usher_staff_can_take(const struct usher_staff *staff, size_t member, unsigned channels,
                          const struct usher_need *needs, size_t needs_count)
{
    struct usher_class_key key = {.needs_count = (uint32_t)needs_count};
    bool is_reached = false;
    memcpy(key.needs, needs, needs_count * sizeof(*needs));
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        is_reached |=
            (channels >> channel & 1) != 0 && has_channel(staff, &staff->members[member], channel);
    return is_reached &&
           usher_class_match(&key, staff->levels + member * staff->rules->skills_count) !=
               USHER_MATCH_NONE;
}

size_t usher_staff_count(const struct usher_staff *staff, unsigned channels,
                         const struct usher_need *needs, size_t needs_count, size_t *first)
{
    size_t count = 0;
    for (size_t i = 0; i < staff->count; i++) {
        if (!usher_staff_can_take(staff, i, channels, needs, needs_count))
            continue;
        if (count++ == 0 && first)
            *first = i;
    }
    return count;
}

unsigned usher_staff_highest(const struct usher_staff *staff, size_t skill)
{
    unsigned highest = 0;
    for (size_t i = 0; i < staff->count; i++) {
        unsigned level = staff->levels[i * staff->rules->skills_count + skill];
        if (level > highest)
            highest = level;
    }
    return highest;
}
