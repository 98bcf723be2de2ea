/* Pools on the floor: first one a skill, in the order of the rules, then one a channel that needs
 * the whole agent, then the sets of skills in the order in which classes brought them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "routing/floor_internal.h"

static struct usher_pool *add_pool(struct usher_floor *floor, enum usher_pool_kind kind,
                                   int64_t per_hour, int64_t handle_ms, int64_t now_ms)
{
    if (floor->pools_count == floor->pools_room) {
        size_t room = floor->pools_room ? floor->pools_room * 2 : 64;
        struct usher_pool *pools = realloc(floor->pools, room * sizeof(*pools));
        if (!pools)
            return NULL;
        floor->pools = pools;
        uint16_t *prices = realloc(floor->prices, room * sizeof(*prices));
        if (!prices)
            return NULL;
        floor->prices = prices;
        floor->pools_room = room;
    }
    floor->prices[floor->pools_count] = USHER_PRICE_STALE;
    struct usher_pool *pool = &floor->pools[floor->pools_count++];
    usher_pool_init(pool, kind, per_hour, handle_ms, now_ms);
    if (floor->is_of_version_2)
        usher_pool_begin_as_version_2(pool);
    return pool;
}

void usher_floor_drop_pools(struct usher_floor *floor)
{
    for (size_t i = 0; i < floor->pools_count; i++)
        usher_pool_fini(&floor->pools[i]);
    free(floor->pools);
    free(floor->prices);
    floor->pools = NULL;
    floor->prices = NULL;
    floor->pools_count = 0;
    floor->pools_room = 0;
    for (size_t i = 0; i < floor->agents_count; i++) {
        floor->stands[i].pools_count = 0;
        floor->stands[i].is_counted = false;
        floor->stands[i].is_counted_open = false;
    }
}

void usher_floor_price_again(struct usher_floor *floor, uint16_t pool)
{
    bool is_known = usher_pool_knows_price(&floor->pools[pool]);
    floor->prices[pool] =
        is_known ? (uint16_t)usher_pool_price(&floor->pools[pool]) : USHER_PRICE_STALE;
}

void usher_floor_follow_leader(struct usher_floor *floor, bool is_of_version_2)
{
    floor->is_of_version_2 = is_of_version_2;
    for (size_t i = 0; i < floor->pools_count; i++) {
        if (is_of_version_2)
            usher_pool_go_on_as_version_2(&floor->pools[i]);
        else
            usher_pool_go_on(&floor->pools[i]);
        usher_floor_price_again(floor, (uint16_t)i);
    }
}

static bool has_skill(const struct usher_queue *queue, size_t skill)
{
    for (size_t i = 0; i < queue->needs_count; i++)
        if (!queue->needs[i].key.at && queue->needs[i].skill == skill)
            return true;
    return false;
}

/* The forecast of a skill: the sum over the queues that always need it, with the mean of their
 * handle times. */
static void forecast_of_skill(const struct usher_rules *rules, size_t skill, int64_t *per_hour,
                              int64_t *handle_ms)
{
    int64_t work_ms = 0;
    *per_hour = 0;
    *handle_ms = -1;
    for (size_t i = 0; i < rules->queues_count; i++) {
        const struct usher_queue *queue = &rules->queues[i];
        if (!has_skill(queue, skill) || queue->forecast_per_hour <= 0)
            continue;
        *per_hour += queue->forecast_per_hour;
        work_ms += queue->forecast_per_hour *
                   (queue->forecast_handle_ms > 0 ? queue->forecast_handle_ms : 300000);
    }
    if (*per_hour > 0)
        *handle_ms = work_ms / *per_hour;
}

/* Makes the pools of the rules' skills; those of the same name keep their past. */
static bool make_skill_pools(struct usher_floor *floor, const struct usher_rules *before,
                             const struct usher_pool *old, int64_t now_ms)
{
    for (size_t skill = 0; skill < floor->rules->skills_count; skill++) {
        int64_t per_hour;
        int64_t handle_ms;
        forecast_of_skill(floor->rules, skill, &per_hour, &handle_ms);
        struct usher_pool *pool = add_pool(floor, USHER_POOL_SKILL, per_hour, handle_ms, now_ms);
        if (!pool)
            return false;
        pool->skills[0] = (uint16_t)skill;
        pool->skills_count = 1;
        size_t same =
            before ? usher_rules_find_skill(before, floor->rules->skills[skill]) : SIZE_MAX;
        if (same != SIZE_MAX)
            usher_pool_inherit(pool, &old[same].past);
    }
    return true;
}

/* Makes the pools of the channels that need the whole agent; they keep their past. */
static bool make_channel_pools(struct usher_floor *floor, const struct usher_pool *old,
                               size_t old_count, int64_t now_ms)
{
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT;
         channel++) {
        if (floor->rules->channels[channel].unit < 100 || usher_channel_pool(channel) != channel)
            continue;
        struct usher_pool *pool = add_pool(floor, USHER_POOL_CHANNEL, 0, -1, now_ms);
        if (!pool)
            return false;
        pool->channel = (uint8_t)channel;
        for (size_t i = 0; i < old_count; i++)
            if (old[i].kind == USHER_POOL_CHANNEL && old[i].channel == pool->channel)
                usher_pool_inherit(pool, &old[i].past);
    }
    return true;
}

bool usher_floor_make_pools(struct usher_floor *floor, const struct usher_rules *before,
                            int64_t now_ms)
{
    struct usher_pool *old = floor->pools;
    uint16_t *old_prices = floor->prices;
    size_t old_count = floor->pools_count;
    floor->pools = NULL;
    floor->prices = NULL;
    floor->pools_count = 0;
    floor->pools_room = 0;
    bool is_made = make_skill_pools(floor, before, old, now_ms) &&
                   make_channel_pools(floor, old, old_count, now_ms);
    struct usher_floor gone = {.pools = old, .prices = old_prices, .pools_count = old_count};
    usher_floor_drop_pools(&gone);
    for (size_t i = 0; i < floor->agents_count; i++) {
        floor->stands[i].pools_count = 0;
        floor->stands[i].is_counted = false;
        floor->stands[i].is_counted_open = false;
    }
    return is_made;
}

static bool join_pool(struct usher_stand *stand, uint16_t pool)
{
    if (stand->pools_count == stand->pools_room) {
        uint32_t room = stand->pools_room ? stand->pools_room * 2 : 16;
        uint16_t *pools = realloc(stand->pools, room * sizeof(*pools));
        if (!pools)
            return false;
        stand->pools = pools;
        stand->pools_room = room;
    }
    stand->pools[stand->pools_count++] = pool;
    return true;
}

static bool is_same_set(const struct usher_pool *pool, const struct usher_class_key *key)
{
    if (pool->skills_count != key->needs_count)
        return false;
    for (size_t i = 0; i < key->needs_count; i++)
        if (pool->skills[i] != key->needs[i].skill)
            return false;
    return true;
}

static bool is_member(const struct usher_floor *floor, const struct usher_agent *agent,
                      const struct usher_pool *pool)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    switch (pool->kind) {
    case USHER_POOL_SKILL:
        return usher_floor_levels(floor, agent)[pool->skills[0]] > 0;
    case USHER_POOL_CHANNEL:
        return usher_agent_can_take(agent, (enum usher_channel)pool->channel);
    case USHER_POOL_SET:
        for (uint32_t i = 0; i < stand->seats_count; i++)
            if (is_same_set(pool, &floor->classes[stand->seats[i].class]->key) &&
                usher_class_step_of(floor->classes[stand->seats[i].class], agent->index) == 0)
                return true;
        return false;
    case USHER_POOL_NONE:
    case USHER_POOL_KIND_COUNT:
        break;
    }
    return false;
}

static void set_duty(struct usher_floor *floor, size_t agent, bool is_on_duty)
{
    uint64_t bit = UINT64_C(1) << (agent % 64);
    floor->duty[agent / 64] &= ~bit;
    if (is_on_duty)
        floor->duty[agent / 64] |= bit;
    floor->duty_version++;
}

/* Counts the agent in or out of his pools. */
static void count(struct usher_floor *floor, size_t agent, bool is_counted, bool is_open,
                  int64_t now_ms)
{
    struct usher_stand *stand = &floor->stands[agent];
    int members = (int)is_counted - (int)stand->is_counted;
    int open = (int)is_open - (int)stand->is_counted_open;
    if (members == 0 && open == 0)
        return;
    if (members != 0)
        set_duty(floor, agent, is_counted);
    stand->is_counted = is_counted;
    stand->is_counted_open = is_open;
    for (uint32_t i = 0; i < stand->pools_count; i++) {
        usher_pool_change(&floor->pools[stand->pools[i]], members, open, now_ms);
        usher_floor_price_again(floor, stand->pools[i]);
    }
}

void usher_floor_count_agent(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms)
{
    count(floor, agent->index, usher_agent_is_serving(agent), agent->is_open, now_ms);
}

bool usher_floor_pool_agent(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms)
{
    struct usher_stand *stand = &floor->stands[agent->index];
    count(floor, agent->index, false, false, now_ms);
    stand->pools_count = 0;
    for (size_t i = 0; i < floor->pools_count; i++)
        if (is_member(floor, agent, &floor->pools[i]) && !join_pool(stand, (uint16_t)i))
            return false;
    usher_floor_count_agent(floor, agent, now_ms);
    return true;
}

static bool needs_all(const struct usher_class_key *key, const struct usher_pool *pool)
{
    for (size_t i = 0; i < pool->skills_count; i++) {
        bool is_needed = false;
        for (size_t j = 0; j < key->needs_count; j++)
            is_needed |= key->needs[j].skill == pool->skills[i];
        if (!is_needed)
            return false;
    }
    return true;
}

static bool is_covered(const struct usher_class *class, const struct usher_pool *pool)
{
    if (pool->kind == USHER_POOL_CHANNEL)
        return pool->channel == usher_channel_pool((enum usher_channel) class->key.channel);
    return needs_all(&class->key, pool);
}

static void set_covers(const struct usher_floor *floor, struct usher_class *class)
{
    memset(class->covers, 0, sizeof(class->covers));
    class->own_pools_count = 0;
    for (size_t i = 0; i < floor->pools_count; i++) {
        const struct usher_pool *pool = &floor->pools[i];
        if (!is_covered(class, pool))
            continue;
        class->covers[i / 64] |= UINT64_C(1) << (i % 64);
        if (pool->kind != USHER_POOL_SET || is_same_set(pool, &class->key))
            class->own_pools[class->own_pools_count++] = (uint16_t)i;
    }
}

static size_t find_set(const struct usher_floor *floor, const struct usher_class_key *key)
{
    for (size_t i = 0; i < floor->pools_count; i++)
        if (floor->pools[i].kind == USHER_POOL_SET && is_same_set(&floor->pools[i], key))
            return i;
    return SIZE_MAX;
}

/* Gives the set's pool those who are eligible for the class and not yet in it. */
static bool join_set(struct usher_floor *floor, const struct usher_class *class, uint16_t pool,
                     int64_t now_ms)
{
    for (size_t i = 0; i < floor->agents_count; i++) {
        struct usher_stand *stand = &floor->stands[i];
        if (class->match[i] == USHER_MATCH_NONE || usher_class_step_of(class, (uint32_t)i) > 0)
            continue;
        bool is_in = false;
        for (uint32_t j = 0; j < stand->pools_count; j++)
            is_in |= stand->pools[j] == pool;
        if (is_in)
            continue;
        if (!join_pool(stand, pool))
            return false;
        usher_pool_change(&floor->pools[pool], stand->is_counted, stand->is_counted_open, now_ms);
        usher_floor_price_again(floor, pool);
    }
    return true;
}

bool usher_floor_cover(struct usher_floor *floor, struct usher_class *class, int64_t now_ms)
{
    if (class->key.needs_count >= 2) {
        size_t set = find_set(floor, &class->key);
        if (set == SIZE_MAX && floor->pools_count < (size_t)64 * USHER_POOL_WORDS) {
            const struct usher_queue *queue = &floor->rules->queues[class->key.queue];
            struct usher_pool *pool = add_pool(floor, USHER_POOL_SET, queue->forecast_per_hour,
                                               queue->forecast_handle_ms, now_ms);
            if (!pool)
                return false;
            set = floor->pools_count - 1;
            pool->skills_count = class->key.needs_count;
            for (size_t i = 0; i < class->key.needs_count; i++)
                pool->skills[i] = class->key.needs[i].skill;
            for (size_t i = 0; i < floor->classes_count; i++)
                set_covers(floor, floor->classes[i]);
        }
        if (set != SIZE_MAX && !join_set(floor, class, (uint16_t)set, now_ms))
            return false;
    }
    set_covers(floor, class);
    return true;
}

bool usher_floor_take_rules(struct usher_floor *floor, const struct usher_rules *rules,
                            int64_t now_ms)
{
    const struct usher_rules *before = floor->rules;
    uint8_t *levels = calloc(floor->agents_max + 1, rules->skills_count + 1);
    if (!levels)
        return false;
    usher_floor_drop_classes(floor);
    free(floor->levels);
    floor->levels = levels;
    floor->rules = rules;
    if (!usher_floor_make_pools(floor, before, now_ms))
        return false;
    for (size_t i = 0; i < floor->agents_count; i++)
        if (!usher_floor_profile(floor, &floor->agents[i], now_ms))
            return false;
    floor->is_ground_stale = true;
    return true;
}
