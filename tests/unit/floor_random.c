/* Times are multiples of 5 s, so that ties are common. */
#include "unit/floor_random.h"

#include <stdio.h>

#include "unit/random.h"

#define CENTER                                                                                     \
    "skills: [billing, french, sales, card]\n"                                                     \
    "tiers:\n  gold: {head_start: 30s}\n"                                                          \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 1}}, promise: {answer_within: 20s}}\n"                      \
    "  french: {need: {french: {min: 3}}, promise: {answer_within: 15s},\n"                        \
    "           forecast: {per_hour: 20, handle: 4m}}\n"                                           \
    "  sales: {need: {sales: {min: 2, weight: 3}, french: {min: 1}}, promise: {answer_within: "    \
    "30s}}\n"                                                                                      \
    "  card: {need: {card: {min: 1}, billing: {min: 4}, french: {min: 1}}}\n"                      \
    "  any: {promise: {answer_within: 60s}}\n"                                                     \
    "routes:\n  - queue: any\n"

#define GATED                                                                                      \
    "skills: [billing, french, sales, card]\n"                                                     \
    "tiers:\n  gold: {head_start: 30s}\n"                                                          \
    "reserve: {french: {keep: 1, until: 100s}, card: {keep: 2}}\n"                                 \
    "queues:\n"                                                                                    \
    "  billing: {need: {billing: {min: 4}}, promise: {answer_within: 20s},\n"                      \
    "            relax: [{after: 15s, billing: {min: 2}}, {after: 40s, billing: {min: 0}}],\n"     \
    "            last_agent: {worth: 60s, within: 1h}}\n"                                          \
    "  french: {need: {french: {min: 6}}, promise: {answer_within: 15s},\n"                        \
    "           relax: [{after: 10s, french: {min: 3}}], forecast: {per_hour: 20, handle: 4m},\n"  \
    "           last_agent: {wait: {email: 100s, callback: 50s, outbound: 300s}}}\n"               \
    "  sales: {need: {sales: {min: 5, weight: 3}, french: {min: 2}},\n"                            \
    "          relax: [{after: 20s, french: {min: 0}}, {after: 60s, sales: {min: 2}}],\n"          \
    "          last_agent: {worth: 100s, wait: {email: 500s, task: 30s, callback: 200s}},\n"       \
    "          promise: {answer_within: 30s}}\n"                                                   \
    "  card: {need: {card: {min: 1}, billing: {min: 4}, french: {min: 1}}}\n"                      \
    "  any: {promise: {answer_within: 60s}, last_agent: {worth: 0s, wait: {task: 400s}}}\n"        \
    "routes:\n  - queue: any\n"

const char floor_center[] = CENTER;
const char floor_gated[] = GATED;

static const char *const any_rules[] = {
    CENTER,
    CENTER "bid: {overtaking: false}\n",
    CENTER "bid: {second_promise: off}\n",
    CENTER "bid: {match_worth: 1s, lend_worth: 2s, fairness: 0}\n",
    CENTER "bid: {match_worth: 7s, lend_worth: 0s, fairness: 0.01, idle_cap: 20s}\n",
    CENTER "bid: {match_worth: 0s, lend_worth: 600s, second_promise: 5}\n",
    CENTER "bid: {match_worth: 10ms, lend_worth: 0s, fairness: 0}\n",
    CENTER
    "channels: {voice: {unit: 60, cap: 1}, chat: {unit: 100, cap: 1, interruptible: true}}\n",
    GATED,
    GATED,
    GATED "bid: {overtaking: false}\n",
    GATED "bid: {match_worth: 7s, lend_worth: 0s, fairness: 0.01, idle_cap: 20s}\n",
};

static const char *const queues[] = {"billing", "french", "sales", "card", "any"};
static const char *const skills[] = {"billing", "french", "sales", "card"};
static const char *const tiers[] = {"gold", "standard"};

static int below(uint64_t *state, int count)
{
    return (int)random_below(state, (uint64_t)count);
}

/* 0 .. 15 s ago up to 600 s ago */
static int64_t before(const struct floor_world *world, uint64_t *state)
{
    return world->now_ms - 5000 * below(state, below(state, 2) ? 4 : 120);
}

static enum usher_channel any_channel(uint64_t *state)
{
    return (enum usher_channel)(USHER_CHANNEL_VOICE + below(state, USHER_CHANNEL_COUNT - 1));
}

struct profile {
    char levels[128];
    char capacity[64];
};

static const char *any_profile(struct profile *profile, uint64_t *state)
{
    size_t length = (size_t)snprintf(profile->levels, sizeof(profile->levels), "{\"golf\":1");
    for (size_t i = 0; i < USHER_COUNT_OF(skills); i++)
        if (below(state, 2))
            length += (size_t)snprintf(profile->levels + length, sizeof(profile->levels) - length,
                                       ",\"%s\":%d", skills[i],
                                       1 + below(state, below(state, 2) ? 2 : 10));
    (void)snprintf(profile->levels + length, sizeof(profile->levels) - length, "}");
    (void)snprintf(profile->capacity, sizeof(profile->capacity), "{\"voice\":%d,\"chat\":%d}",
                   below(state, 5) > 0, below(state, 4));
    return below(state, 3) ? NULL : profile->capacity;
}

static struct usher_agent *add_agent(struct floor_world *world, uint64_t *state, int number)
{
    char id[16];
    struct profile profile;
    const char *capacity = any_profile(&profile, state);
    (void)snprintf(id, sizeof(id), "a%d", number);
    return floor_agent(world, id, profile.levels, capacity);
}

void floor_profile_random(struct floor_world *world, uint64_t *state)
{
    struct profile profile;
    const char *capacity = any_profile(&profile, state);
    floor_profile(world, &world->floor.agents[random_below(state, world->floor.agents_count)],
                  profile.levels, capacity);
}

void floor_change_random(struct floor_world *world, uint64_t *state)
{
    struct usher_agent *agent =
        &world->floor.agents[random_below(state, world->floor.agents_count)];
    switch (below(state, 6)) {
    case 0:
        if (agent->state != USHER_AGENT_SIGNED_OUT)
            floor_sign_out(world, agent);
        break;
    case 1:
        if (agent->state == USHER_AGENT_READY)
            floor_not_ready(world, agent);
        break;
    case 2:
        if (agent->state != USHER_AGENT_READY)
            floor_ready(world, agent, before(world, state));
        break;
    case 3:
        agent->phone_state = below(state, 3) ? USHER_PHONE_IDLE : USHER_PHONE_BUSY;
        usher_floor_update_agent(&world->floor, agent, world->now_ms);
        break;
    default:
        agent->idle_since_ms = before(world, state);
        floor_hold(world, agent, any_channel(state), (uint16_t)(below(state, 3)));
        break;
    }
}

static struct usher_class *any_class(struct floor_world *world, uint64_t *state)
{
    enum usher_channel channel = below(state, 2) ? USHER_CHANNEL_VOICE : any_channel(state);
    return floor_class(world, queues[below(state, USHER_COUNT_OF(queues))],
                       tiers[below(state, USHER_COUNT_OF(tiers))], channel, NULL);
}

/* Somebody served some of the customers before; some came to their class later than to their place.
 */
static void add_contact(struct floor_world *world, uint64_t *state)
{
    struct usher_contact *contact =
        floor_contact_of(world, any_class(world, state), before(world, state));
    usher_floor_leave(&world->floor, contact);
    contact->arrived_ms = contact->place_ms;
    if (below(state, 4) == 0)
        contact->leg_ms = before(world, state);
    if (below(state, 2)) {
        contact->served_by = &world->floor.agents[random_below(state, world->floor.agents_count)];
        contact->served_ms = contact->place_ms - (below(state, 4) ? 1000 : 86400000);
    }
    usher_floor_join(&world->floor, contact);
}

void floor_open_random(struct floor_world *world, const char *rules, uint64_t *state)
{
    floor_open(world, rules ? rules : any_rules[below(state, USHER_COUNT_OF(any_rules))], 100);
    int agents = 1 + below(state, below(state, 2) ? 5 : 40);
    if (below(state, 50) == 0)
        agents = 100 + below(state, 500); /* several blocks of a rank */
    world->now_ms = 1000000;
    for (int i = 0; i < agents; i++) {
        struct usher_agent *agent = add_agent(world, state, i);
        if (below(state, 8) == 0)
            floor_phone(world, agent, "");
        if (below(state, 4))
            floor_ready(world, agent, before(world, state));
        if (below(state, 3) == 0)
            any_class(world, state);
    }
    for (int i = 0; i < agents; i++)
        floor_change_random(world, state);
    int together = below(state, 2) ? agents : 0;
    for (int i = 0; i < together; i++) { /* a shift that begins together */
        world->floor.agents[i].idle_since_ms = world->now_ms - 10000;
        usher_floor_update_agent(&world->floor, &world->floor.agents[i], world->now_ms);
    }
    for (int i = below(state, 200); i > 0; i--)
        usher_floor_note_arrival(&world->floor, any_class(world, state), world->now_ms - 1000 * i);
    if (below(state, 2))
        usher_floor_take_shares(&world->floor, world->now_ms);
    for (int i = 1 + below(state, below(state, 2) ? 5 : 60); i > 0; i--)
        add_contact(world, state);
}

void floor_decline_random(struct floor_world *world, uint64_t *state)
{
    for (size_t i = 0; i < world->contacts_count; i++)
        while (below(state, 2))
            usher_contact_remember_decline(&world->contacts[i],
                                           (uint32_t)random_below(state, world->floor.agents_count),
                                           world->now_ms + 5000 * (below(state, 9) - 2));
}
