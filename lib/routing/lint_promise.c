/* Promises against agents: by the forecasts, and as if all who could take a queue's contacts were
 * signed in and did nothing else. What cannot be kept even so is told; more is not known here. */
#include <stdio.h>

#include "routing/erlang.h"
#include "routing/linter.h"
#include "rules/value.h"

#define TEXT_SIZE 160

/* A queue with a forecast, as the busiest of its channels shows it. */
struct demand {
    enum usher_channel channel;
    size_t together; /* contacts of the channel that one agent has at the same time */
    uint64_t load;   /* thousandths of such places that it keeps busy */
    uint64_t agents; /* the same of agents */
};

static const char *write_ms(int64_t ms, char room[USHER_VALUE_TEXT_SIZE])
{
    return usher_value_write(USHER_VALUE_DURATION, ms, room);
}

/* Calls before anything else; false when nothing is expected. */
static bool find_demand(const struct linter *linter, size_t queue, struct demand *demand)
{
    const struct usher_queue *from = &linter->rules->queues[queue];
    unsigned channel = USHER_CHANNEL_VOICE;
    if (linter->channels[queue] == 0 || from->forecast_per_hour <= 0 ||
        from->forecast_handle_ms <= 0)
        return false;
    while (!(linter->channels[queue] >> channel & 1))
        channel++;
    const struct usher_channel_load *load = &linter->rules->channels[channel];
    int fitting = 100 / load->unit;
    *demand = (struct demand){.channel = (enum usher_channel)channel};
    demand->together = (size_t)(load->cap < fitting ? load->cap : fitting);
    demand->load = usher_erlang_load(from->forecast_per_hour, from->forecast_handle_ms);
    demand->agents = (demand->load + demand->together - 1) / demand->together;
    return true;
}

static size_t count_takers(const struct linter *linter, size_t queue)
{
    const uint64_t *takers = usher_linter_takers(linter, queue);
    size_t count = 0;
    for (size_t i = 0; i < linter->words; i++)
        count += (size_t)__builtin_popcountll(takers[i]);
    return count;
}

static const struct usher_node *forecast_node(const struct linter *linter, size_t queue)
{
    const struct usher_node *node = usher_linter_queue(linter, queue);
    const struct usher_node *own = node ? usher_node_find(node, USHER_TEXT("forecast")) : NULL;
    return own ? own : node;
}

/* "40 an hour of 5m each". */
static const char *write_forecast(const struct usher_queue *queue, char room[TEXT_SIZE])
{
    char handle[USHER_VALUE_TEXT_SIZE];
    (void)snprintf(room, TEXT_SIZE, "%lld an hour of %s each", (long long)queue->forecast_per_hour,
                   write_ms(queue->forecast_handle_ms, handle));
    return room;
}

static void look_at_promise(struct linter *linter, size_t queue, const struct demand *demand,
                            size_t agents)
{
    const struct usher_rules *rules = linter->rules;
    const struct usher_queue *from = &rules->queues[queue];
    size_t places = agents * demand->together;
    int64_t promise_ms = usher_rules_promise_ms(rules, queue, rules->default_tier, demand->channel);
    unsigned target = (unsigned)from->target_percent * 10;
    if (places > USHER_ERLANG_AGENTS_MAX)
        return;
    unsigned answered =
        usher_erlang_answered(demand->load, places, promise_ms, from->forecast_handle_ms);
    size_t needed = usher_erlang_agents(demand->load, target, promise_ms, from->forecast_handle_ms);
    char promise[USHER_VALUE_TEXT_SIZE], forecast[TEXT_SIZE];
    if (answered >= target || needed == SIZE_MAX)
        return;
    usher_linter_add(
        linter, USHER_FINDING_PROMISE, forecast_node(linter, queue), from->name, USHER_NO_TEXT,
        "queue `%.*s`: the %zu agent%s who can take its contacts would answer %u of 100 within %s "
        "at its forecast (%s), and it promises %d: it takes %zu at a time; train more, or promise "
        "less",
        USHER_TEXT_ARGS(from->name), agents, agents == 1 ? "" : "s", answered / 10,
        write_ms(promise_ms, promise), write_forecast(from, forecast), from->target_percent,
        (needed + demand->together - 1) / demand->together);
}

/* Whether all who take `inner` take `outer`. */
static bool is_subset(const struct linter *linter, size_t inner, size_t outer)
{
    const uint64_t *some = usher_linter_takers(linter, inner);
    const uint64_t *all = usher_linter_takers(linter, outer);
    for (size_t i = 0; i < linter->words; i++)
        if (some[i] & ~all[i])
            return false;
    return true;
}

/* The load of all queues whose contacts only the takers of `queue` take, in thousandths of agents;
 * `*others` is how many they are beside it, `*first` the first of them. */
static uint64_t load_of_takers(const struct linter *linter, size_t queue, size_t *others,
                               size_t *first)
{
    uint64_t load = 0;
    *others = 0;
    for (size_t i = 0; i < linter->rules->queues_count; i++) {
        struct demand demand;
        if (!find_demand(linter, i, &demand) || count_takers(linter, i) == 0 ||
            !is_subset(linter, i, queue))
            continue;
        load += demand.agents;
        if (i != queue && (*others)++ == 0)
            *first = i;
    }
    return load;
}

static void tell_overload(struct linter *linter, size_t queue, uint64_t load, size_t agents,
                          const char *whose)
{
    struct usher_text name = linter->rules->queues[queue].name;
    usher_linter_add(linter, USHER_FINDING_OVERLOAD, forecast_node(linter, queue), name,
                     USHER_NO_TEXT,
                     "queue `%.*s`%s: what is forecast keeps %llu.%llu agents busy without a "
                     "pause, and %zu can take it: who waits would wait ever longer; train more, or "
                     "see to `forecast`",
                     USHER_TEXT_ARGS(name), whose, (unsigned long long)(load / 1000),
                     (unsigned long long)(load % 1000 / 100), agents);
}

static void look_at_demand(struct linter *linter, size_t queue)
{
    struct demand demand;
    size_t agents = count_takers(linter, queue), others = 0, first = 0;
    char whose[TEXT_SIZE], more[32] = "";
    if (agents == 0 || !find_demand(linter, queue, &demand))
        return; /* nobody can take it, which was told */
    if (demand.agents >= (uint64_t)agents * 1000) {
        tell_overload(linter, queue, demand.agents, agents, "");
        return;
    }
    uint64_t load = load_of_takers(linter, queue, &others, &first);
    look_at_promise(linter, queue, &demand, agents);
    if (others == 0 || load < (uint64_t)agents * 1000)
        return;
    if (others > 1)
        (void)snprintf(more, sizeof(more), " and %zu more", others - 1);
    (void)snprintf(whose, sizeof(whose), " with `%.*s`%s, which need the same agents",
                   USHER_TEXT_ARGS(linter->rules->queues[first].name), more);
    tell_overload(linter, queue, load, agents, whose);
}

void usher_lint_promises(struct linter *linter)
{
    for (size_t queue = 0; queue < linter->rules->queues_count; queue++)
        look_at_demand(linter, queue);
}

/* Whether a route leads to the queue with the tier. */
static bool is_given(const struct usher_rules *rules, size_t queue, size_t tier)
{
    for (size_t i = 0; i < rules->routes_count; i++)
        if (rules->routes[i].queue == queue && rules->routes[i].tier == tier)
            return true;
    return false;
}

/* Whether contacts of `tier` may pass late ones of `other` in the queue for longer than the rule of
 * the second promise would have it. */
static bool is_starving(const struct linter *linter, size_t queue, size_t tier, size_t other)
{
    const struct usher_rules *rules = linter->rules;
    int64_t lead = rules->tiers[tier].head_start_ms - rules->tiers[other].head_start_ms;
    unsigned channel = USHER_CHANNEL_VOICE;
    if (!is_given(rules, queue, tier) || !is_given(rules, queue, other))
        return false;
    while (!(linter->channels[queue] >> channel & 1))
        channel++;
    return lead > rules->bid.second_promise *
                      usher_rules_promise_ms(rules, queue, other, (enum usher_channel)channel);
}

static void look_at_tier(struct linter *linter, const struct usher_node *node, size_t tier)
{
    const struct usher_rules *rules = linter->rules;
    char start[USHER_VALUE_TEXT_SIZE];
    for (size_t i = 0; i < rules->queues_count * rules->tiers_count; i++) {
        size_t queue = i / rules->tiers_count, other = i % rules->tiers_count;
        if (!is_starving(linter, queue, tier, other))
            continue;
        usher_linter_add(
            linter, USHER_FINDING_STARVING_TIER, node, rules->queues[queue].name, USHER_NO_TEXT,
            "tier `%.*s`: its head start of %s is longer than %lld promise%s of `%.*s` in queue "
            "`%.*s`: while its contacts keep coming, late ones of `%.*s` wait on; 15s to 45s is "
            "usual",
            USHER_TEXT_ARGS(rules->tiers[tier].name),
            write_ms(rules->tiers[tier].head_start_ms, start), (long long)rules->bid.second_promise,
            rules->bid.second_promise == 1 ? "" : "s", USHER_TEXT_ARGS(rules->tiers[other].name),
            USHER_TEXT_ARGS(rules->queues[queue].name), USHER_TEXT_ARGS(rules->tiers[other].name));
        return;
    }
}

void usher_lint_tiers(struct linter *linter)
{
    const struct usher_node *tiers = usher_node_find(linter->root, USHER_TEXT("tiers"));
    size_t tier = 0;
    if (!tiers)
        return;
    usher_node_for_each (member, tiers)
        look_at_tier(linter, member, tier++);
}
