/* What the floor keeps beside the agents is derived, and is the same whatever way it came about:
 * after any changes it is what its definition says. */
#include <check.h>

#include "unit/floor_random.h"
#include "unit/random.h"
#include "unit/suite.h"

enum { FLOORS = 150, CHANGES = 30 };

static struct floor_world world;

static bool may_ever_take(const struct usher_agent *agent, enum usher_channel channel)
{
    return agent->cap[channel] > 0 && (!usher_channel_is_phone(channel) || agent->phone[0]);
}

static uint16_t match_of(const struct usher_class *class, const struct usher_agent *agent)
{
    uint32_t step;
    if (!may_ever_take(agent, (enum usher_channel) class->key.channel))
        return USHER_MATCH_NONE;
    return usher_class_relaxed_match(&class->key, usher_floor_levels(&world.floor, agent), &step);
}

static bool is_let_in(const struct usher_class *class, const struct usher_agent *agent,
                      uint32_t step)
{
    return match_of(class, agent) != USHER_MATCH_NONE && floor_step(&world, class, agent) == step;
}

/* The agents of one step. */
static void check_rank(const struct usher_class *class, uint32_t step)
{
    int before = INT32_MAX;
    uint32_t before_index = 0;
    uint32_t count = 0;
    for (size_t i = 0; i < world.floor.agents_count; i++)
        count += is_let_in(class, &world.floor.agents[i], step);
    ck_assert_uint_eq(class->steps[step].rank_end - class->steps[step].rank_begin, count);
    ck_assert_uint_eq(class->steps[step].rank_begin % 64, 0);
    for (uint32_t place = class->steps[step].rank_begin; place < class->steps[step].rank_end;
         place++) {
        const struct usher_agent *agent = &world.floor.agents[class->rank[place]];
        const struct usher_stand *stand = &world.floor.stands[agent->index];
        int order = 2 * match_of(class, agent) - stand->ground;
        ck_assert(is_let_in(class, agent, step));
        ck_assert_int_eq(class->orders[place], order);
        ck_assert(order < before || (order == before && agent->index > before_index));
        before = order;
        before_index = agent->index;
        ck_assert_int_eq(usher_class_is_free(class, place),
                         floor_may_take(&world, agent, (enum usher_channel) class->key.channel));
        bool has_seat = false;
        for (uint32_t i = 0; i < stand->seats_count; i++)
            has_seat |= stand->seats[i].class == class->index && stand->seats[i].place == place;
        ck_assert(has_seat);
    }
}

/* What a search trusts: nobody free is beyond the bounds of his block. */
static void check_blocks(const struct usher_class *class, uint32_t step)
{
    const struct usher_bid_knobs *knobs = &world.rules->bid;
    ck_assert_uint_ge(class->blocks_count, (class->steps[step].rank_end + 63) / 64);
    for (uint32_t place = class->steps[step].rank_begin; place < class->steps[step].rank_end;
         place++) {
        const struct usher_block *block = &class->blocks[place / 64];
        const struct usher_agent *agent = &world.floor.agents[class->rank[place]];
        if (!usher_class_is_free(class, place))
            continue;
        ck_assert_int_le(block->idle_since_ms, agent->idle_since_ms);
        ck_assert_int_ge(block->lead, usher_class_lead(knobs, class->orders[place],
                                                       agent->idle_since_ms, world.now_ms));
    }
}

static void check_classes(void)
{
    for (size_t i = 0; i < world.floor.classes_count; i++) {
        struct usher_class *class = world.floor.classes[i];
        uint32_t eligible = 0;
        uint32_t signed_in[USHER_STEPS_MAX] = {0};
        usher_floor_refresh(&world.floor, class);
        for (size_t j = 0; j < world.floor.agents_count; j++) {
            const struct usher_agent *agent = &world.floor.agents[j];
            const struct usher_stand *stand = &world.floor.stands[j];
            bool is_eligible = match_of(class, agent) != USHER_MATCH_NONE;
            ck_assert_uint_eq(class->match[j], match_of(class, agent));
            ck_assert_int_eq((stand->classes[i / 64] >> (i % 64)) & 1, is_eligible);
            eligible += is_let_in(class, agent, 0);
            for (uint32_t step = 0; step < class->steps_count; step++)
                signed_in[step] += is_eligible && floor_step(&world, class, agent) <= step &&
                                   agent->state != USHER_AGENT_SIGNED_OUT;
        }
        ck_assert_uint_eq(class->eligible_count, eligible);
        ck_assert_int_eq((world.floor.waiting[i / 64] >> (i % 64)) & 1, class->line_count > 0);
        for (uint32_t step = 0; step < class->steps_count; step++) {
            ck_assert_uint_eq(class->steps[step].signed_in_count, signed_in[step]);
            check_rank(class, step);
            check_blocks(class, step);
        }
    }
}

static bool is_of_set(const struct usher_pool *pool, const struct usher_class *class)
{
    if (pool->skills_count != class->key.needs_count)
        return false;
    for (size_t i = 0; i < pool->skills_count; i++)
        if (pool->skills[i] != class->key.needs[i].skill)
            return false;
    return true;
}

static bool is_member(const struct usher_agent *agent, const struct usher_pool *pool)
{
    if (pool->kind == USHER_POOL_SKILL)
        return usher_floor_levels(&world.floor, agent)[pool->skills[0]] > 0;
    if (pool->kind == USHER_POOL_CHANNEL)
        return may_ever_take(agent, (enum usher_channel)pool->channel);
    for (size_t i = 0; i < world.floor.classes_count; i++)
        if (is_of_set(pool, world.floor.classes[i]) && is_let_in(world.floor.classes[i], agent, 0))
            return true;
    return false;
}

/* Ready, the phone idle, and nothing but what can be interrupted. */
static bool is_whole(const struct usher_agent *agent)
{
    bool is_whole = agent->state == USHER_AGENT_READY && agent->phone_state == USHER_PHONE_IDLE;
    for (int channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        is_whole &= agent->active[channel] == 0 || world.rules->channels[channel].is_interruptible;
    return is_whole;
}

static void check_pools(void)
{
    for (size_t i = 0; i < world.floor.pools_count; i++) {
        struct usher_pool *pool = &world.floor.pools[i];
        uint32_t members = 0;
        uint32_t open = 0;
        for (size_t j = 0; j < world.floor.agents_count; j++) {
            const struct usher_agent *agent = &world.floor.agents[j];
            bool is_counted = agent->state == USHER_AGENT_READY && is_member(agent, pool);
            members += is_counted;
            open += is_counted && is_whole(agent);
        }
        ck_assert_uint_eq(pool->member_count, members);
        ck_assert_uint_eq(pool->open_count, open);
        ck_assert_uint_eq(usher_floor_price(&world.floor, (uint16_t)i), usher_pool_price(pool));
        for (size_t j = 0; j < world.floor.classes_count; j++) {
            const struct usher_class *class = world.floor.classes[j];
            bool is_covered =
                pool->kind != USHER_POOL_CHANNEL ||
                pool->channel == usher_channel_pool((enum usher_channel) class->key.channel);
            for (size_t k = 0; k < pool->skills_count; k++) {
                bool is_needed = false;
                for (size_t l = 0; l < class->key.needs_count; l++)
                    is_needed |= class->key.needs[l].skill == pool->skills[k];
                is_covered &= is_needed;
            }
            ck_assert_int_eq((class->covers[i / 64] >> (i % 64)) & 1, is_covered);
        }
    }
}

static void check_open(void)
{
    for (size_t i = 0; i < world.floor.agents_count; i++) {
        const struct usher_agent *agent = &world.floor.agents[i];
        for (int channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
            ck_assert_int_eq((agent->open_mask >> channel) & 1,
                             floor_may_take(&world, agent, (enum usher_channel)channel));
        ck_assert_int_eq(world.floor.idle_since_ms[i], agent->idle_since_ms);
        ck_assert_int_ge(world.floor.newest_ms, agent->idle_since_ms);
    }
}

START_TEST(everything_derived_is_what_its_definition_says)
{
    for (uint64_t seed = 1; seed <= FLOORS; seed++) {
        uint64_t state = seed;
        floor_open_random(&world, NULL, &state);
        for (int change = 0; change < CHANGES; change++) {
            if (random_below(&state, 4) == 0)
                floor_profile_random(&world, &state);
            else
                floor_change_random(&world, &state);
            if (random_below(&state, 4) == 0)
                usher_floor_leave(&world.floor,
                                  &world.contacts[random_below(&state, world.contacts_count)]);
            world.now_ms += 1000;
            if (random_below(&state, 6) != 0)
                continue;
            check_classes();
            check_pools();
            check_open();
        }
        floor_close(&world);
    }
}
END_TEST

SUITE_MAIN("floor_derived", everything_derived_is_what_its_definition_says)
