/* How the simple routers choose. The bands are those into which people put penalties by hand: good
 * at it, fair, and the rest. */
#include "simulate/simple_state.h"

#define GOOD 800 /* per mille */
#define FAIR 550

static unsigned band_of(unsigned match)
{
    return match >= GOOD ? 2 : match >= FAIR ? 1 : 0;
}

static unsigned rank_of(const struct usher_simple *simple, unsigned match)
{
    switch (simple->way) {
    case USHER_CHOOSE_GREEDY:
        return match;
    case USHER_CHOOSE_PENALTIES:
        return band_of(match);
    case USHER_CHOOSE_FIFO:
    case USHER_CHOOSE_BY_BID:
    case USHER_CHOOSE_NONE:
    case USHER_CHOOSE_COUNT:
        break;
    }
    return 0;
}

struct usher_agent *usher_simple_choose_agent(const struct usher_simple *simple,
                                              const struct usher_simple_contact *contact)
{
    struct usher_agent *best = NULL;
    unsigned best_rank = 0;
    for (size_t i = 0; i < simple->floor.agents_count; i++) {
        struct usher_agent *agent = &simple->floor.agents[i];
        unsigned match = contact->class->match[i];
        if (agent->state != USHER_AGENT_READY || simple->held[i] || match == USHER_MATCH_NONE ||
            !usher_agent_can_take(agent, (enum usher_channel)contact->class->key.channel))
            continue;
        unsigned rank = rank_of(simple, match);
        if (best && (rank < best_rank ||
                     (rank == best_rank && agent->idle_since_ms >= best->idle_since_ms)))
            continue;
        best = agent;
        best_rank = rank;
    }
    return best;
}

/* Whether `contact` comes before `best`, of the same agent. */
static bool is_before(struct usher_simple *simple, const struct usher_agent *agent,
                      const struct usher_simple_contact *contact,
                      const struct usher_simple_contact *best, size_t heads_count)
{
    unsigned tier = contact->class->key.tier;
    unsigned best_tier = best->class->key.tier;
    if (simple->way == USHER_CHOOSE_GREEDY) {
        unsigned match = contact->class->match[agent->index];
        unsigned best_match = best->class->match[agent->index];
        if (match != best_match)
            return match > best_match;
        return contact->arrived_ms < best->arrived_ms;
    }
    if (tier != best_tier)
        return tier < best_tier;
    if (simple->way == USHER_CHOOSE_PENALTIES) /* each of those seen so far is as likely */
        return usher_chance_uniform(&simple->chance) * (double)heads_count <= 1;
    return contact->arrived_ms < best->arrived_ms;
}

struct usher_simple_contact *usher_simple_choose_contact(struct usher_simple *simple,
                                                         const struct usher_agent *agent)
{
    struct usher_simple_contact *best = NULL;
    size_t heads_count = 0; /* of the best one's tier */
    for (size_t i = 0; i < simple->floor.classes_count; i++) {
        const struct usher_class *class = simple->floor.classes[i];
        if (class->match[agent->index] == USHER_MATCH_NONE ||
            !usher_agent_can_take(agent, (enum usher_channel) class->key.channel))
            continue;
        if (usher_list_is_empty(&simple->lines[i]))
            continue;
        struct usher_simple_contact *head =
            usher_list_entry(simple->lines[i].next, struct usher_simple_contact, in_line);
        if (!best || head->class->key.tier < best->class->key.tier)
            heads_count = 1;
        else if (head->class->key.tier == best->class->key.tier)
            heads_count++;
        if (!best || is_before(simple, agent, head, best, heads_count))
            best = head;
    }
    return best;
}
