/* What is kept of classes and sets while other rules come into force. A class is the same when it
 * needs the same of the same queue, tier and channel, by their names. */
#include <stdlib.h>
#include <string.h>

#include "routing/floor_internal.h"

/* A class, by its key under the next rules. */
struct kept_class {
    struct usher_class_key key;
    struct usher_class_past past;
};

/* A set of skills, by their places in the next rules. */
struct kept_set {
    uint16_t skills[USHER_NEEDS_MAX];
    uint32_t skills_count;
    struct usher_pool_past past;
};

struct usher_kept {
    size_t classes_count;
    size_t sets_count;
    struct kept_class *classes;
    struct kept_set *sets;
};

static bool is_same_skill(const struct usher_rules *rules, size_t skill,
                          const struct usher_rules *next, size_t other)
{
    if (skill == USHER_SKILL_NONE || other == USHER_SKILL_NONE)
        return skill == other;
    return usher_text_is_equal(rules->skills[skill], next->skills[other]);
}

static bool is_same_need(const struct usher_rules *rules, const struct usher_need_rule *need,
                         const struct usher_rules *next, const struct usher_need_rule *other)
{
    return is_same_skill(rules, need->skill, next, other->skill) &&
           usher_text_is_equal(need->prefix, other->prefix) &&
           usher_text_is_equal(need->key, other->key) &&
           need->is_customers == other->is_customers && need->min == other->min &&
           need->weight == other->weight &&
           memcmp(need->relaxed, other->relaxed, sizeof(need->relaxed)) == 0;
}

/* Whether contacts of the queue need under the next rules what they need now. */
static bool asks_the_same(const struct usher_rules *rules, const struct usher_queue *queue,
                          const struct usher_rules *next, const struct usher_queue *other)
{
    if (queue->needs_count != other->needs_count)
        return false;
    for (size_t i = 0; i < queue->needs_count; i++)
        if (!is_same_need(rules, &queue->needs[i], next, &other->needs[i]))
            return false;
    return true;
}

static int compare_needs(const void *a, const void *b)
{
    const struct usher_need *one = a;
    const struct usher_need *other = b;
    return (one->skill > other->skill) - (one->skill < other->skill);
}

/* The key under the next rules; false when nothing there is the same. */
static bool carry_key(const struct usher_rules *rules, const struct usher_rules *next,
                      struct usher_class_key *key)
{
    size_t queue = usher_rules_find_queue(next, rules->queues[key->queue].name);
    size_t tier = usher_rules_find_tier(next, rules->tiers[key->tier].name);
    if (queue == SIZE_MAX || tier == SIZE_MAX ||
        !asks_the_same(rules, &rules->queues[key->queue], next, &next->queues[queue]))
        return false;
    for (size_t i = 0; i < key->needs_count; i++) {
        size_t skill = usher_rules_find_skill(next, rules->skills[key->needs[i].skill]);
        if (skill == SIZE_MAX)
            return false;
        key->needs[i].skill = (uint16_t)skill;
    }
    qsort(key->needs, key->needs_count, sizeof(*key->needs), compare_needs);
    key->queue = (uint16_t)queue;
    key->tier = (uint8_t)tier;
    return true;
}

static int compare_skills(const void *a, const void *b)
{
    const uint16_t *one = a;
    const uint16_t *other = b;
    return (*one > *other) - (*one < *other);
}

static bool carry_set(const struct usher_rules *rules, const struct usher_rules *next,
                      const struct usher_pool *pool, struct kept_set *set)
{
    set->skills_count = pool->skills_count;
    set->past = pool->past;
    for (size_t i = 0; i < pool->skills_count; i++) {
        size_t skill = usher_rules_find_skill(next, rules->skills[pool->skills[i]]);
        if (skill == SIZE_MAX)
            return false;
        set->skills[i] = (uint16_t)skill;
    }
    qsort(set->skills, set->skills_count, sizeof(*set->skills), compare_skills);
    return true;
}

struct usher_kept *usher_floor_keep(const struct usher_floor *floor, const struct usher_rules *next)
{
    struct usher_kept *kept = calloc(1, sizeof(*kept));
    if (!kept)
        return NULL;
    kept->classes = calloc(floor->classes_count + 1, sizeof(*kept->classes));
    kept->sets = calloc(floor->pools_count + 1, sizeof(*kept->sets));
    if (!kept->classes || !kept->sets) {
        usher_kept_free(kept);
        return NULL;
    }
    for (size_t i = 0; i < floor->classes_count; i++) {
        struct kept_class *class = &kept->classes[kept->classes_count];
        class->key = floor->classes[i]->key;
        class->past = floor->classes[i]->past;
        kept->classes_count += carry_key(floor->rules, next, &class->key);
    }
    for (size_t i = 0; i < floor->pools_count; i++)
        if (floor->pools[i].kind == USHER_POOL_SET)
            kept->sets_count +=
                carry_set(floor->rules, next, &floor->pools[i], &kept->sets[kept->sets_count]);
    return kept;
}

void usher_kept_free(struct usher_kept *kept)
{
    if (!kept)
        return;
    free(kept->classes);
    free(kept->sets);
    free(kept);
}

static bool is_of_set(const struct usher_pool *pool, const struct kept_set *set)
{
    return pool->kind == USHER_POOL_SET && pool->skills_count == set->skills_count &&
           memcmp(pool->skills, set->skills, set->skills_count * sizeof(*set->skills)) == 0;
}

static void recall_set(struct usher_floor *floor, const struct kept_set *set)
{
    for (size_t i = 0; i < floor->pools_count; i++) {
        if (!is_of_set(&floor->pools[i], set))
            continue;
        usher_pool_inherit(&floor->pools[i], &set->past);
        usher_floor_price_again(floor, (uint16_t)i);
    }
}

/* Whether a class without a live contact is worth its room: contacts came lately, and half of all
 * room stays free for what the next rules bring. */
static bool is_in_use(const struct usher_floor *floor, const struct usher_class_past *past,
                      int64_t now_ms)
{
    return past->today_count > 0 && now_ms - past->day_ms < 2 * USHER_DAY_MS &&
           floor->classes_count < floor->classes_max / 2;
}

void usher_floor_recall(struct usher_floor *floor, const struct usher_kept *kept, int64_t now_ms)
{
    for (size_t i = 0; i < kept->classes_count; i++) {
        const struct kept_class *one = &kept->classes[i];
        struct usher_class *class = usher_floor_find_class(floor, &one->key);
        if (!class && is_in_use(floor, &one->past, now_ms))
            class = usher_floor_class(floor, &one->key, now_ms);
        if (class)
            class->past = one->past;
    }
    for (size_t i = 0; i < kept->sets_count; i++)
        recall_set(floor, &kept->sets[i]);
}
