/* Classes on the floor: interning, who is eligible, own ground, and the ranks.
 * A seat is an agent's place in a class for which he is eligible. Matches, seats and counts are
 * always right; ranks and their blocks are made anew when they are stale and asked for, so that a
 * thousand profiles read in one turn cost one ranking. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "routing/floor_internal.h"

#define ORDER_OFFSET 1000     /* 2 * match - ground lies in -1000 .. 2000 */
#define SHARE_MAX    10000000 /* arrivals a day; keeps the sums of 1,024 classes within 64 bits */
#define ORDER_COUNT  3001

static size_t bucket_of(const struct usher_class_key *key)
{
    struct usher_hash_seed fixed = {0x75736865722d636cu, 0x6173732d6b657973u};
    return usher_hash(fixed, key, sizeof(*key)) % USHER_CLASS_BUCKETS;
}

struct usher_class *usher_floor_find_class(const struct usher_floor *floor,
                                           const struct usher_class_key *key)
{
    for (uint16_t i = floor->class_buckets[bucket_of(key)]; i != 0; i = floor->class_chain[i - 1])
        if (memcmp(&floor->classes[i - 1]->key, key, sizeof(*key)) == 0)
            return floor->classes[i - 1];
    return NULL;
}

static void class_free(struct usher_class *class)
{
    if (!class)
        return;
    free(class->step);
    free(class->match);
    free(class->rank);
    free(class->orders);
    free(class->blocks);
    free(class->eligible);
    free(class->overlaps);
    free(class);
}

/* The steps of the queue's `relax`, up to the last that changes something for this class. */
static void take_steps(struct usher_class *class, const struct usher_queue *queue)
{
    class->steps_count = 1;
    for (uint32_t i = 0; i < queue->relax_count; i++) {
        class->steps[i + 1].after_ms = queue->relax_after_ms[i];
        for (size_t k = 0; k < class->key.needs_count; k++) {
            const struct usher_need *need = &class->key.needs[k];
            if (need->relaxed[i] < (i == 0 ? need->min : need->relaxed[i - 1]))
                class->steps_count = i + 2;
        }
    }
}

static bool needs_skill(const struct usher_class_key *key, size_t skill)
{
    for (size_t i = 0; i < key->needs_count; i++)
        if (key->needs[i].skill == skill)
            return true;
    return false;
}

static void add_age(struct usher_class *class, int64_t age_ms)
{
    class->ages[class->ages_count++] =
        (struct usher_class_age){.age_ms = age_ms, .cursor = &class->legs};
}

/* What the queue's and the site's rules say of who may be asked, and from when on. */
static void take_gates(struct usher_class *class, const struct usher_rules *rules)
{
    const struct usher_queue *queue = &rules->queues[class->key.queue];
    take_steps(class, queue);
    class->affinity_ms = queue->last_agent.worth_ms;
    class->within_ms = queue->last_agent.within_ms;
    class->wait_ms = queue->last_agent.wait_ms[class->key.channel];
    usher_list_init(&class->legs);
    for (uint32_t i = 1; i < class->steps_count; i++)
        add_age(class, class->steps[i].after_ms);
    for (size_t i = 0; i < rules->reserves_count; i++) {
        const struct usher_reserve *reserve = &rules->reserves[i];
        if (needs_skill(&class->key, reserve->skill))
            continue;
        class->reserves |= 1u << i;
        if (reserve->until_ms >= 0)
            add_age(class, reserve->until_ms);
    }
    class->is_plain = class->steps_count == 1 && class->wait_ms == 0 && class->reserves == 0;
}

static struct usher_class *class_new(const struct usher_floor *floor,
                                     const struct usher_class_key *key, int64_t now_ms)
{
    struct usher_class *class = calloc(1, sizeof(*class));
    if (!class)
        return NULL;
    const struct usher_rules *rules = floor->rules;
    class->key = *key;
    class->promise_ms =
        usher_rules_promise_ms(rules, key->queue, key->tier, (enum usher_channel)key->channel);
    class->second_promise_ms = rules->bid.second_promise * class->promise_ms;
    class->head_start_ms = rules->tiers[key->tier].head_start_ms;
    class->past.day_ms = now_ms;
    class->is_stale = true;
    usher_list_init(&class->line);
    class->cursor = &class->line;
    take_gates(class, rules);
    const size_t agents = floor->agents_max + 1;
    const size_t places = agents + (size_t)64 * (class->steps_count - 1);
    class->step = class->steps_count > 1 ? calloc(agents, sizeof(*class->step)) : NULL;
    class->match = malloc(agents * sizeof(*class->match));
    class->rank = malloc(places * sizeof(*class->rank));
    class->orders = malloc(places * sizeof(*class->orders));
    class->blocks = malloc((places / 64 + 1) * sizeof(*class->blocks));
    class->eligible = calloc(floor->agents_max / 64 + 1, sizeof(*class->eligible));
    class->overlaps = calloc(floor->classes_max + 1, sizeof(*class->overlaps));
    if (class->match && class->rank && class->orders && class->blocks && class->eligible &&
        class->overlaps && (class->step || class->steps_count == 1))
        return class;
    class_free(class);
    return NULL;
}

static bool add_seat(struct usher_stand *stand, uint16_t class, uint16_t match)
{
    if (stand->seats_count == stand->seats_room) {
        uint32_t room = stand->seats_room ? stand->seats_room * 2 : 16;
        struct usher_seat *seats = realloc(stand->seats, room * sizeof(*seats));
        if (!seats)
            return false;
        stand->seats = seats;
        stand->seats_room = room;
    }
    stand->seats[stand->seats_count++] = (struct usher_seat){class, match, 0};
    stand->classes[class / 64] |= UINT64_C(1) << (class % 64);
    return true;
}

/* Whether the agent is eligible; `match` says so. */
static void set_match(struct usher_class *class, size_t agent, uint16_t match)
{
    uint64_t bit = UINT64_C(1) << (agent % 64);
    class->match[agent] = match;
    class->eligible[agent / 64] &= ~bit;
    if (match != USHER_MATCH_NONE)
        class->eligible[agent / 64] |= bit;
}

/* Gives the agent a seat if the class is for him: if he may take the channel at all, and a step
 * lets him in. False when memory is out. */
static bool seat(struct usher_floor *floor, struct usher_class *class,
                 const struct usher_agent *agent)
{
    uint16_t match = USHER_MATCH_NONE;
    uint32_t step = 0;
    if (usher_agent_can_take(agent, (enum usher_channel) class->key.channel))
        match = usher_class_relaxed_match(&class->key, usher_floor_levels(floor, agent), &step);
    set_match(class, agent->index, match);
    if (match == USHER_MATCH_NONE)
        return true;
    if (class->step)
        class->step[agent->index] = (uint8_t)step;
    class->eligible_count += step == 0;
    class->is_stale = true;
    usher_class_count_sign_in(class, agent->index, agent->state != USHER_AGENT_SIGNED_OUT);
    return add_seat(&floor->stands[agent->index], class->index, match);
}

static bool seat_all(struct usher_floor *floor, struct usher_class *class)
{
    for (size_t i = 0; i < floor->agents_count; i++)
        if (!seat(floor, class, &floor->agents[i]))
            return false;
    return true;
}

/* What the queue expects, else what those who need the same took until now: the same set of skills,
 * which comes last among its pools, the same skill, or the same channel. */
static int64_t expected_handle_ms(const struct usher_floor *floor, const struct usher_class *class)
{
    int64_t forecast_ms = floor->rules->queues[class->key.queue].forecast_handle_ms;
    if (forecast_ms > 0 || class->own_pools_count == 0)
        return forecast_ms > 0 ? forecast_ms : USHER_HANDLE_DEFAULT_MS;
    uint32_t nearest = class->key.needs_count >= 2 ? class->own_pools_count - 1 : 0;
    return floor->pools[class->own_pools[nearest]].past.handle_ms;
}

struct usher_class *usher_floor_class(struct usher_floor *floor, const struct usher_class_key *key,
                                      int64_t now_ms)
{
    struct usher_class *class = usher_floor_find_class(floor, key);
    if (class || floor->classes_count == floor->classes_max)
        return class;
    class = class_new(floor, key, now_ms);
    if (!class)
        return NULL;
    class->index = (uint16_t)floor->classes_count;
    class->opening.tie = USHER_CLASS_TIE + class->index;
    floor->classes[floor->classes_count++] = class;
    size_t bucket = bucket_of(key);
    floor->class_chain[class->index] = floor->class_buckets[bucket];
    floor->class_buckets[bucket] = (uint16_t)(class->index + 1);
    bool is_whole = seat_all(floor, class) && usher_floor_cover(floor, class, now_ms);
    assert(is_whole); /* out of memory in the middle of a class: there is no way back */
    (void)is_whole;
    class->past.handle_ms = expected_handle_ms(floor, class);
    return class;
}

void usher_floor_key(const struct usher_floor *floor, size_t queue, size_t tier,
                     const struct usher_facts *facts, struct usher_class_key *key)
{
    memset(key, 0, sizeof(*key));
    key->queue = (uint16_t)queue;
    key->tier = (uint8_t)tier;
    key->channel = (uint8_t)facts->channel;
    struct usher_need needs[USHER_NEEDS_MAX];
    key->needs_count = (uint32_t)usher_rules_needs(floor->rules, queue, facts, needs);
    memcpy(key->needs, needs, key->needs_count * sizeof(*needs));
}

bool usher_floor_seat_agent(struct usher_floor *floor, struct usher_agent *agent)
{
    struct usher_stand *stand = &floor->stands[agent->index];
    int signed_in = agent->state != USHER_AGENT_SIGNED_OUT;
    for (uint32_t i = 0; i < stand->seats_count; i++) {
        struct usher_class *class = floor->classes[stand->seats[i].class];
        class->eligible_count -= usher_class_step_of(class, agent->index) == 0;
        class->is_stale = true;
        usher_class_count_sign_in(class, agent->index, -signed_in);
    }
    stand->seats_count = 0;
    floor->duty_version++;
    memset(stand->classes, 0, sizeof(stand->classes));
    for (size_t i = 0; i < floor->classes_count; i++)
        if (!seat(floor, floor->classes[i], agent))
            return false;
    return true;
}

void usher_floor_drop_classes(struct usher_floor *floor)
{
    for (size_t i = 0; i < floor->classes_count; i++) {
        assert(usher_list_is_empty(&floor->classes[i]->line));
        class_free(floor->classes[i]);
    }
    floor->classes_count = 0;
    if (floor->class_buckets)
        memset(floor->class_buckets, 0, USHER_CLASS_BUCKETS * sizeof(uint16_t));
    memset(floor->waiting, 0, sizeof(floor->waiting));
    for (size_t i = 0; i < floor->agents_count; i++) {
        floor->stands[i].seats_count = 0;
        memset(floor->stands[i].classes, 0, sizeof(floor->stands[i].classes));
    }
}

void usher_floor_note_arrival(struct usher_floor *floor, struct usher_class *class, int64_t now_ms)
{
    struct usher_class_past *past = &class->past;
    if (now_ms - past->day_ms >= USHER_DAY_MS) {
        past->before_count = now_ms - past->day_ms < 2 * USHER_DAY_MS ? past->today_count : 0;
        past->today_count = 0;
        past->day_ms = now_ms;
    }
    past->today_count++;
    for (uint32_t i = 0; i < class->own_pools_count; i++) {
        usher_pool_note_arrival(&floor->pools[class->own_pools[i]], now_ms);
        usher_floor_price_again(floor, class->own_pools[i]);
    }
}

void usher_floor_note_handled(struct usher_floor *floor, struct usher_class *class,
                              int64_t handle_ms)
{
    class->past.handle_ms = usher_pool_mean(class->past.handle_ms, handle_ms);
    for (uint32_t i = 0; i < class->own_pools_count; i++) {
        usher_pool_note_handled(&floor->pools[class->own_pools[i]], handle_ms);
        usher_floor_price_again(floor, class->own_pools[i]);
    }
}

/* A queue's forecast, shared out evenly among its classes; else what the last day brought. */
void usher_floor_take_shares(struct usher_floor *floor, int64_t now_ms)
{
    if (!floor->rules)
        return;
    int64_t classes_of_queue[USHER_QUEUES_MAX] = {0};
    for (size_t i = 0; i < floor->classes_count; i++)
        classes_of_queue[floor->classes[i]->key.queue]++;
    int64_t sum = 0;
    for (size_t i = 0; i < floor->classes_count; i++) {
        struct usher_class_key *key = &floor->classes[i]->key;
        struct usher_class_past *past = &floor->classes[i]->past;
        int64_t per_hour = floor->rules->queues[key->queue].forecast_per_hour;
        bool is_of_today = now_ms - past->day_ms < USHER_DAY_MS;
        past->share = per_hour >= 0 ? per_hour * 24 / classes_of_queue[key->queue]
                                    : past->today_count + (is_of_today ? past->before_count : 0);
        if (past->share > SHARE_MAX)
            past->share = SHARE_MAX;
        sum += past->share;
    }
    for (size_t i = 0; i < floor->classes_count && sum == 0; i++)
        floor->classes[i]->past.share = 1;
    floor->is_ground_stale = true;
}

static void refresh_grounds(struct usher_floor *floor)
{
    uint64_t weights[64 * USHER_CLASS_WORDS];
    for (size_t i = 0; i < floor->classes_count; i++) {
        const struct usher_class *class = floor->classes[i];
        uint64_t share = class->past.share > 0 ? (uint64_t) class->past.share : 0;
        weights[i] = class->eligible_count ? (share << 20) / class->eligible_count : 0;
        floor->classes[i]->is_stale = true;
    }
    for (size_t i = 0; i < floor->agents_count; i++) {
        struct usher_stand *stand = &floor->stands[i];
        uint64_t sum = 0;
        uint64_t weight = 0;
        for (uint32_t j = 0; j < stand->seats_count; j++) {
            uint16_t class = stand->seats[j].class;
            if (usher_class_step_of(floor->classes[class], (uint32_t)i) > 0)
                continue; /* what he is let in for later is not his usual work */
            weight += weights[class];
            sum += weights[class] * stand->seats[j].match;
        }
        stand->ground = 0;
        if (weight > 0)
            stand->ground = (uint16_t)((2 * sum + weight) / (2 * weight));
    }
    floor->is_ground_stale = false;
}

struct usher_seat *usher_floor_seat_in(struct usher_stand *stand, uint16_t class)
{
    uint32_t low = 0;
    uint32_t high = stand->seats_count;
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (stand->seats[middle].class <= class)
            low = middle;
        else
            high = middle;
    }
    return &stand->seats[low];
}

/* The blocks of a step whose rank has been made; everybody's place is free who is open. */
static void fill_blocks(const struct usher_floor *floor, struct usher_class *class,
                        const struct usher_class_step *step)
{
    for (uint32_t place = step->rank_begin; place < step->rank_end; place++) {
        const struct usher_agent *agent = &floor->agents[class->rank[place]];
        struct usher_block *block = &class->blocks[place / 64];
        block->index = agent->index < block->index ? agent->index : block->index;
        int64_t idle_since_ms = floor->idle_since_ms[agent->index];
        if (agent->open_mask & (1u << class->key.channel))
            usher_class_set_free(class, place,
                                 usher_class_lead(&floor->rules->bid, class->orders[place],
                                                  idle_since_ms, INT64_MIN / 2),
                                 idle_since_ms);
    }
}

static bool is_of_step(const struct usher_class *class, size_t agent, uint32_t step)
{
    return class->match[agent] != USHER_MATCH_NONE &&
           usher_class_step_of(class, (uint32_t)agent) == step;
}

/* Ranks by counting: the orders are few, and agents are taken by index upwards. */
static void rank_step(struct usher_floor *floor, struct usher_class *class, uint32_t number)
{
    struct usher_class_step *step = &class->steps[number];
    uint32_t start[ORDER_COUNT + 1] = {0};
    step->rank_begin = class->blocks_count * 64;
    start[0] = step->rank_begin;
    for (size_t i = 0; i < floor->agents_count; i++)
        if (is_of_step(class, i, number))
            start[ORDER_COUNT - (2 * class->match[i] - floor->stands[i].ground + ORDER_OFFSET)]++;
    for (size_t order = 1; order <= ORDER_COUNT; order++)
        start[order] += start[order - 1];
    step->rank_end = start[ORDER_COUNT];
    for (size_t i = 0; i < floor->agents_count; i++) {
        if (!is_of_step(class, i, number))
            continue;
        uint32_t order = (uint32_t)(2 * class->match[i] - floor->stands[i].ground + ORDER_OFFSET);
        uint32_t place = start[ORDER_COUNT - order - 1]++;
        class->rank[place] = (uint32_t)i;
        class->orders[place] = (int16_t)((int)order - ORDER_OFFSET);
        usher_floor_seat_in(&floor->stands[i], class->index)->place = place;
    }
    for (; class->blocks_count * 64 < step->rank_end; class->blocks_count++)
        class->blocks[class->blocks_count] =
            (struct usher_block){0, USHER_LEAD_NONE, INT64_MAX, UINT32_MAX};
    fill_blocks(floor, class, step);
}

void usher_floor_refresh(struct usher_floor *floor, struct usher_class *class)
{
    if (floor->is_ground_stale)
        refresh_grounds(floor);
    if (!class->is_stale)
        return;
    class->blocks_count = 0;
    for (uint32_t step = 0; step < class->steps_count; step++)
        rank_step(floor, class, step);
    class->is_stale = false;
}
