/* The walk over classes and pools: what they are is made from the rules, their past is kept. */
#include <assert.h>

#include "engine/walk.h"

#define WAITS_MAX INT64_C(1000000000000) /* the sum of waits that are remembered, and more */

/* Arrivals of a class in a day. */
static void walk_arrivals(struct usher_archive *archive, int64_t *count)
{
    usher_archive_i64(archive, count);
    if (usher_archive_is_loading(archive) && (*count < 0 || *count > INT32_MAX))
        archive->is_bad = true;
}

/* Before version 3 there was no `relax`. */
static void walk_relaxed(struct usher_archive *archive, struct usher_need *need)
{
    for (size_t i = 0; i < USHER_RELAX_MAX; i++) {
        uint32_t min = usher_archive_is_loading(archive) ? need->min : need->relaxed[i];
        if (archive->version >= 3)
            usher_archive_u32(archive, &min);
        archive->is_bad |= min > USHER_LEVEL_MAX;
        need->relaxed[i] = (uint8_t)min;
    }
}

void usher_walk_class_key(struct usher_archive *archive, struct usher_class_key *key)
{
    uint32_t queue = key->queue;
    uint32_t tier = key->tier;
    uint32_t channel = key->channel;
    size_t needs_count = key->needs_count;
    usher_archive_u32(archive, &queue);
    usher_archive_u32(archive, &tier);
    usher_archive_u32(archive, &channel);
    usher_archive_count(archive, &needs_count, USHER_NEEDS_MAX);
    for (size_t i = 0; i < needs_count; i++) {
        uint32_t need = (uint32_t)key->needs[i].skill << 16 | (uint32_t)key->needs[i].min << 8 |
                        key->needs[i].weight;
        usher_archive_u32(archive, &need);
        key->needs[i].skill = (uint16_t)(need >> 16);
        key->needs[i].min = (uint8_t)(need >> 8);
        key->needs[i].weight = (uint8_t)need;
        walk_relaxed(archive, &key->needs[i]);
    }
    key->queue = (uint16_t)queue;
    key->tier = (uint8_t)tier;
    key->channel = (uint8_t)channel;
    key->needs_count = (uint32_t)needs_count;
}

static bool is_key_sound(const struct usher_class_key *key, const struct usher_rules *rules)
{
    assert(rules); /* without rules the count of classes is 0 */
    for (size_t i = 0; i < key->needs_count; i++)
        if (key->needs[i].skill >= rules->skills_count)
            return false;
    return key->queue < rules->queues_count && key->tier < rules->tiers_count &&
           key->channel != USHER_CHANNEL_NONE && key->channel < USHER_CHANNEL_COUNT;
}

void usher_walk_class_past(struct usher_archive *archive, struct usher_class_past *past)
{
    usher_walk_time(archive, &past->day_ms);
    walk_arrivals(archive, &past->today_count);
    walk_arrivals(archive, &past->before_count);
    walk_arrivals(archive, &past->share);
    if (archive->version < 3)
        return;
    usher_walk_time(archive, &past->handle_ms);
    usher_walk_time(archive, &past->actual_ms);
    usher_walk_time(archive, &past->raw_ms);
    if (past->handle_ms < 1 || past->actual_ms > WAITS_MAX || past->raw_ms > WAITS_MAX)
        archive->is_bad = true;
}

void usher_walk_classes(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->classes_count;
    usher_archive_count(archive, &count, floor->rules ? floor->classes_max : 0);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_class_key key = {0};
        struct usher_class *class = NULL;
        if (!usher_archive_is_loading(archive)) {
            class = floor->classes[i];
            key = class->key;
        }
        usher_walk_class_key(archive, &key);
        if (usher_archive_is_loading(archive)) {
            class = !archive->is_bad && is_key_sound(&key, floor->rules)
                        ? usher_floor_class(floor, &key, 0)
                        : NULL;
            if (!class) {
                archive->is_bad = true;
                return;
            }
        }
        assert(class);
        usher_walk_class_past(archive, &class->past);
    }
    floor->is_ground_stale |= usher_archive_is_loading(archive);
}

void usher_walk_pool_past(struct usher_archive *archive, struct usher_pool_past *past)
{
    usher_archive_u64(archive, &past->arrivals_q16);
    usher_walk_time(archive, &past->arrivals_ms);
    usher_archive_u64(archive, &past->busy_q16);
    usher_walk_time(archive, &past->busy_ms);
    usher_walk_time(archive, &past->handle_ms);
    usher_archive_u32(archive, &past->load_used);
}

void usher_walk_pools(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->pools_count;
    usher_archive_count(archive, &count, floor->pools_count);
    archive->is_bad |= count != floor->pools_count;
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        usher_walk_pool_past(archive, &floor->pools[i].past);
        if (!usher_archive_is_loading(archive))
            continue;
        floor->pools[i].is_stale = true;
        floor->prices[i] = USHER_PRICE_STALE;
    }
}
