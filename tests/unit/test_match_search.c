/* The match against a search that looks at everybody, on thousands of floors: the early exit and
 * the two candidates of a class must never change who is found. */
#include <check.h>

#include "unit/floor_random.h"
#include "unit/random.h"
#include "unit/suite.h"

enum { FLOORS = 2000 };

static struct floor_world world;

/* The greatest whole number that is not above number / by. */
static int64_t floor_of(int64_t number, int64_t by)
{
    int64_t rest = number % by;
    return (number - (rest < 0 ? rest + by : rest)) / by;
}

static int64_t plain_lend(const struct usher_agent *agent, const struct usher_class *class)
{
    const struct usher_stand *stand = &world.floor.stands[agent->index];
    uint32_t dearest = 0;
    for (uint32_t i = 0; agent->is_open && i < stand->pools_count; i++) {
        size_t pool = stand->pools[i];
        uint32_t price = usher_pool_price(&world.floor.pools[pool]);
        if (!((class->covers[pool / 64] >> (pool % 64)) & 1) && price > dearest)
            dearest = price;
    }
    return dearest;
}

/* The definition, term by term; without ground and idle where the agent is given. */
static int64_t plain_bid(const struct usher_contact *contact, const struct usher_agent *agent,
                         bool is_agent_given)
{
    const struct usher_bid_knobs *knobs = &world.rules->bid;
    const struct usher_class *class = contact->class;
    int64_t late_ms = world.now_ms - contact->place_ms - class->promise_ms;
    if (late_ms > 0)
        late_ms -= (knobs->second_promise - 1) * class->promise_ms;
    uint32_t step;
    int64_t match =
        usher_class_relaxed_match(&class->key, usher_floor_levels(&world.floor, agent), &step);
    int64_t bid_ms = late_ms + class->head_start_ms -
                     floor_of(knobs->lend_worth_ms * plain_lend(agent, class), USHER_PRICE_ONE);
    if (is_agent_given)
        return bid_ms + floor_of(knobs->match_worth_ms * 2 * match, 2000);
    int64_t idle_ms = world.now_ms - agent->idle_since_ms;
    if (idle_ms > knobs->idle_cap_ms)
        idle_ms = knobs->idle_cap_ms;
    int64_t ground = world.floor.stands[agent->index].ground;
    return bid_ms + floor_of(knobs->match_worth_ms * (2 * match - ground), 2000) +
           floor_of(knobs->fairness_per_mille * idle_ms, 1000);
}

static struct usher_agent *plain_agent(const struct usher_contact *contact, int64_t *best_bid_ms)
{
    struct usher_agent *best = NULL;
    for (size_t i = 0; i < world.floor.agents_count; i++) {
        struct usher_agent *agent = &world.floor.agents[i];
        if (!floor_may_ask(&world, contact, agent))
            continue;
        int64_t bid_ms =
            plain_bid(contact, agent, false) + floor_affinity_ms(&world, contact, agent);
        if (!best || bid_ms > *best_bid_ms ||
            (bid_ms == *best_bid_ms && agent->idle_since_ms < best->idle_since_ms)) {
            best = agent;
            *best_bid_ms = bid_ms;
        }
    }
    return best;
}

/* Without overtaking only the first of a class whom the agent may be asked for is a candidate. */
static bool is_passed(const struct usher_contact *contact, const struct usher_agent *agent)
{
    return !world.rules->bid.overtaking && !floor_is_first(&world, contact, agent, true);
}

/* Who is not the first of his class is worth no affinity to the agent, unless he waits for him. */
static int64_t affinity_of(const struct usher_contact *contact, const struct usher_agent *agent)
{
    bool counts =
        floor_held_for(&world, contact) == agent || floor_is_first(&world, contact, agent, false);
    return counts ? floor_affinity_ms(&world, contact, agent) : 0;
}

static bool precedes(const struct usher_contact *contact, int64_t bid_ms,
                     const struct usher_contact *best, int64_t best_bid_ms)
{
    enum usher_rank rank = usher_channel_rank(contact->channel);
    if (!best || rank != usher_channel_rank(best->channel))
        return !best || rank > usher_channel_rank(best->channel);
    if (bid_ms != best_bid_ms)
        return bid_ms > best_bid_ms;
    if (contact->place_ms != best->place_ms)
        return contact->place_ms < best->place_ms;
    return contact->serial < best->serial;
}

static struct usher_contact *plain_contact(const struct usher_agent *agent, int64_t *best_bid_ms)
{
    struct usher_contact *best = NULL;
    for (size_t i = 0; i < world.contacts_count; i++) {
        struct usher_contact *contact = &world.contacts[i];
        if (!floor_may_ask(&world, contact, agent) || is_passed(contact, agent))
            continue;
        int64_t bid_ms = plain_bid(contact, agent, true) + affinity_of(contact, agent);
        if (precedes(contact, bid_ms, best, *best_bid_ms)) {
            best = contact;
            *best_bid_ms = bid_ms;
        }
    }
    return best;
}

START_TEST(agent_found_is_the_one_that_looking_at_all_finds)
{
    for (uint64_t seed = 1; seed <= FLOORS; seed++) {
        uint64_t state = seed;
        floor_open_random(&world, NULL, &state);
        floor_decline_random(&world, &state);
        for (size_t i = 0; i < world.contacts_count; i++) {
            struct usher_bid bid;
            const struct usher_agent *found =
                usher_match_agent(&world.floor, &world.contacts[i], world.now_ms, &bid);
            int64_t bid_ms = 0;
            const struct usher_agent *wanted = plain_agent(&world.contacts[i], &bid_ms);
            ck_assert_msg(found == wanted, "seed %u, contact %zu: %s and not %s", (unsigned)seed, i,
                          found ? found->id : "nobody", wanted ? wanted->id : "nobody");
            if (found)
                ck_assert_int_eq(bid.bid_ms, bid_ms);
            floor_change_random(&world, &state);
        }
        floor_close(&world);
    }
}
END_TEST

START_TEST(contact_found_is_the_one_that_looking_at_all_finds)
{
    for (uint64_t seed = 1; seed <= FLOORS; seed++) {
        uint64_t state = seed;
        floor_open_random(&world, NULL, &state);
        floor_decline_random(&world, &state);
        for (size_t i = 0; i < world.floor.agents_count; i++) {
            struct usher_bid bid;
            const struct usher_contact *found =
                usher_match_contact(&world.floor, &world.floor.agents[i], world.now_ms, &bid);
            int64_t bid_ms = 0;
            const struct usher_contact *wanted = plain_contact(&world.floor.agents[i], &bid_ms);
            ck_assert_msg(found == wanted, "seed %u, agent %zu: %d and not %d", (unsigned)seed, i,
                          found ? (int)found->serial : 0, wanted ? (int)wanted->serial : 0);
            if (found)
                ck_assert_int_eq(bid.bid_ms, bid_ms);
        }
        floor_close(&world);
    }
}
END_TEST

/* The best of all pairs; the agent of a contact by the ties of plain_agent. */
static const struct usher_contact *plain_pair(const struct usher_agent **taker,
                                              int64_t *best_bid_ms)
{
    const struct usher_contact *best = NULL;
    for (size_t i = 0; i < world.contacts_count; i++) {
        const struct usher_contact *contact = &world.contacts[i];
        for (size_t j = 0; j < world.floor.agents_count; j++) {
            const struct usher_agent *agent = &world.floor.agents[j];
            if (!floor_may_ask(&world, contact, agent) || is_passed(contact, agent))
                continue;
            int64_t bid_ms = plain_bid(contact, agent, false) + affinity_of(contact, agent);
            bool is_better = contact == best ? bid_ms > *best_bid_ms ||
                                                   (bid_ms == *best_bid_ms &&
                                                    agent->idle_since_ms < (*taker)->idle_since_ms)
                                             : precedes(contact, bid_ms, best, *best_bid_ms);
            if (!is_better)
                continue;
            best = contact;
            *taker = agent;
            *best_bid_ms = bid_ms;
        }
    }
    return best;
}

static void expect_pair(uint64_t seed, bool with_declines)
{
    uint64_t state = seed;
    struct usher_agent *agent = NULL;
    struct usher_contact *contact = NULL;
    struct usher_bid bid;
    const struct usher_agent *taker = NULL;
    int64_t wanted_bid_ms = 0;
    floor_open_random(&world, NULL, &state);
    if (with_declines)
        floor_decline_random(&world, &state);
    bool is_found = usher_match_pair(&world.floor, world.now_ms, &agent, &contact, &bid);
    const struct usher_contact *wanted = plain_pair(&taker, &wanted_bid_ms);
    ck_assert_int_eq(is_found, wanted != NULL);
    ck_assert_msg(contact == wanted, "seed %u: %d and not %d", (unsigned)seed,
                  contact ? (int)contact->serial : 0, wanted ? (int)wanted->serial : 0);
    ck_assert_msg(agent == taker, "seed %u: %s and not %s", (unsigned)seed,
                  agent ? agent->id : "nobody", taker ? taker->id : "nobody");
    if (is_found)
        ck_assert_int_eq(bid.bid_ms, wanted_bid_ms);
    floor_close(&world);
}

START_TEST(pair_found_is_the_one_that_looking_at_all_finds)
{
    for (uint64_t seed = 1; seed <= FLOORS; seed++)
        expect_pair(seed, false);
}
END_TEST

START_TEST(pair_found_is_the_same_when_some_have_declined)
{
    for (uint64_t seed = 1; seed <= FLOORS; seed++)
        expect_pair(seed, true);
}
END_TEST

SUITE_MAIN("match_search", agent_found_is_the_one_that_looking_at_all_finds,
           contact_found_is_the_one_that_looking_at_all_finds,
           pair_found_is_the_one_that_looking_at_all_finds,
           pair_found_is_the_same_when_some_have_declined)
