/* Nobody starves: whoever comes long after a waiting contact is never put before it. How long is
 * known: the second promise, the most that any term of the bid can be worth, less the shortest
 * promise of another class. */
#include <check.h>

#include "unit/floor_random.h"
#include "unit/random.h"
#include "unit/suite.h"

enum { FLOORS = 3000 };

static struct floor_world world;

static bool is_live(const struct usher_contact *contact)
{
    return contact->channel == USHER_CHANNEL_VOICE || contact->channel == USHER_CHANNEL_CHAT ||
           contact->channel == USHER_CHANNEL_CALLBACK;
}

static int64_t shortest_other_promise_ms(const struct usher_class *class)
{
    int64_t shortest_ms = INT64_MAX;
    for (size_t i = 0; i < world.floor.classes_count; i++)
        if (world.floor.classes[i] != class && world.floor.classes[i]->promise_ms < shortest_ms)
            shortest_ms = world.floor.classes[i]->promise_ms;
    return shortest_ms == INT64_MAX ? 0 : shortest_ms;
}

static int64_t longest_head_start_ms(void)
{
    int64_t longest_ms = 0;
    for (size_t i = 0; i < world.rules->tiers_count; i++)
        if (world.rules->tiers[i].head_start_ms > longest_ms)
            longest_ms = world.rules->tiers[i].head_start_ms;
    return longest_ms;
}

static int64_t dearest_last_agent_ms(void)
{
    int64_t dearest_ms = 0;
    for (size_t i = 0; i < world.rules->queues_count; i++)
        if (world.rules->queues[i].last_agent.worth_ms > dearest_ms)
            dearest_ms = world.rules->queues[i].last_agent.worth_ms;
    return dearest_ms;
}

/* How much later than a contact of the class another may come and yet be put before it. */
static int64_t bound_ms(const struct usher_class *class)
{
    const struct usher_bid_knobs *knobs = &world.rules->bid;
    return knobs->second_promise * class->promise_ms + longest_head_start_ms() +
           knobs->match_worth_ms + knobs->lend_worth_ms + dearest_last_agent_ms() -
           shortest_other_promise_ms(class);
}

/* Whether `contact` waits for this agent as the chosen one did, and so was passed over. */
static bool was_passed(const struct usher_contact *contact, const struct usher_contact *chosen,
                       const struct usher_agent *agent)
{
    return contact != chosen && is_live(contact) == is_live(chosen) &&
           floor_may_ask(&world, contact, agent);
}

/* Lets each agent choose; counts how often somebody who came later was chosen. */
static size_t choose_for_all(uint64_t seed)
{
    size_t overtaken = 0;
    for (size_t i = 0; i < world.floor.agents_count; i++) {
        const struct usher_agent *agent = &world.floor.agents[i];
        struct usher_bid bid;
        const struct usher_contact *chosen =
            usher_match_contact(&world.floor, agent, world.now_ms, &bid);
        for (size_t j = 0; chosen && j < world.contacts_count; j++) {
            const struct usher_contact *contact = &world.contacts[j];
            if (!was_passed(contact, chosen, agent))
                continue;
            int64_t later_ms = chosen->place_ms - contact->place_ms;
            ck_assert_msg(later_ms <= bound_ms(contact->class),
                          "seed %u: %lld ms later, and before one that may be passed for %lld ms",
                          (unsigned)seed, (long long)later_ms, (long long)bound_ms(contact->class));
            overtaken += later_ms > 0;
        }
    }
    return overtaken;
}

START_TEST(nobody_who_comes_later_than_the_bound_is_put_before_a_waiting_contact)
{
    size_t overtaken = 0;
    for (uint64_t seed = 1; seed <= FLOORS; seed++) {
        uint64_t state = seed;
        floor_open_random(&world, seed % 2 ? floor_center : floor_gated, &state);
        floor_decline_random(&world, &state);
        overtaken += choose_for_all(seed);
        floor_close(&world);
    }
    ck_assert_uint_gt(overtaken, 1000); /* so that the bound was tried */
}
END_TEST

START_TEST(with_defaults_the_bound_is_that_of_the_definition)
{
    floor_open(&world, floor_center, 10);
    const struct usher_class *any =
        floor_class(&world, "any", "standard", USHER_CHANNEL_VOICE, NULL);
    const struct usher_class *french =
        floor_class(&world, "french", "standard", USHER_CHANNEL_VOICE, NULL);
    const struct usher_class *sales =
        floor_class(&world, "sales", "standard", USHER_CHANNEL_VOICE, NULL);
    ck_assert_int_eq(bound_ms(any), 120000 + 30000 + 240000 + 160000 + 30000 - 15000);
    ck_assert_int_eq(bound_ms(french), 30000 + 30000 + 240000 + 160000 + 30000 - 30000);
    ck_assert_int_eq(bound_ms(sales), 505000); /* the reference's worst case */
    floor_close(&world);
}
END_TEST

SUITE_MAIN("starvation", nobody_who_comes_later_than_the_bound_is_put_before_a_waiting_contact,
           with_defaults_the_bound_is_that_of_the_definition)
