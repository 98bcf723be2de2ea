/* The search for a contact. Each class that an agent may serve and that has a line puts forward two
 * contacts at most: its first late and its first on time; and those who wait for this agent come
 * from wherever they stand. Several of both are paired by the same. */
#include "routing/match.h"

#include "routing/match_internal.h"

/* The first contact of the class, from `contact` on, whom the agent may be asked for. */
static struct usher_contact *skip_closed(const struct usher_floor *floor,
                                         const struct usher_class *class,
                                         struct usher_contact *contact,
                                         const struct usher_agent *agent, int64_t now_ms)
{
    while (contact && !usher_match_may_ask(floor, contact, agent, now_ms))
        contact = usher_class_next(class, contact);
    return contact;
}

/* Whether the agent's step is open to nobody in line, as it is not to the oldest leg. */
static bool is_step_closed(const struct usher_class *class, const struct usher_agent *agent,
                           int64_t now_ms)
{
    uint32_t step = usher_class_step_of(class, agent->index);
    const struct usher_contact *oldest = step > 0 ? usher_class_oldest(class) : NULL;
    return oldest && usher_class_open_step(class, oldest, now_ms) < step;
}

/* The contacts that a class puts forward: its first, which is late if anybody is, and its first on
 * time. Returns how many. */
static size_t put_forward(struct usher_floor *floor, struct usher_class *class,
                          const struct usher_agent *agent, int64_t now_ms,
                          struct usher_contact *candidates[2])
{
    size_t count = 0;
    if (is_step_closed(class, agent, now_ms))
        return 0;
    struct usher_contact *first =
        skip_closed(floor, class, usher_class_first(class), agent, now_ms);
    if (!first)
        return 0;
    candidates[count++] = first;
    if (!floor->rules->bid.overtaking || !usher_class_is_late(class, first, now_ms))
        return count;
    struct usher_contact *on_time =
        skip_closed(floor, class, usher_class_first_on_time(class, now_ms), agent, now_ms);
    if (on_time)
        candidates[count++] = on_time;
    return count;
}

/* The best so far among contacts: by the channel's rank, then the bid, the place, the serial. */
static bool precedes(const struct usher_contact *contact, int64_t bid_ms,
                     const struct usher_contact *best, int64_t best_bid_ms)
{
    if (!best)
        return true;
    enum usher_rank rank = usher_channel_rank(contact->channel);
    enum usher_rank best_rank = usher_channel_rank(best->channel);
    if (rank != best_rank)
        return rank > best_rank;
    if (bid_ms != best_bid_ms)
        return bid_ms > best_bid_ms;
    if (contact->place_ms != best->place_ms)
        return contact->place_ms < best->place_ms;
    return contact->serial < best->serial;
}

/* The best contact for an agent so far. */
struct choice {
    struct usher_contact *contact;
    struct usher_bid bid;
};

static void choose(struct usher_floor *floor, const struct usher_agent *agent, int64_t match,
                   struct usher_contact *contact, int64_t now_ms, struct choice *best)
{
    int64_t late_ms = usher_class_lateness_ms(contact->class, contact, now_ms);
    int64_t affinity_ms = contact->served_by == agent ? usher_match_affinity(contact, agent) : 0;
    int64_t bid_ms = late_ms + usher_match_term(floor, 2 * match) + affinity_ms;
    if (!precedes(contact, bid_ms, best->contact, best->bid.bid_ms))
        return; /* the price can only lower it */
    int64_t lend = usher_match_lend(floor, agent, contact->class);
    bid_ms -= usher_match_lend_term(floor, lend);
    if (!precedes(contact, bid_ms, best->contact, best->bid.bid_ms))
        return;
    best->contact = contact;
    best->bid = (struct usher_bid){
        bid_ms,     late_ms, match, 0, lend, usher_match_idle_of(agent->idle_since_ms, now_ms),
        affinity_ms};
}

/* Those who wait for this agent, wherever they stand; without overtaking the line is strict. */
static void choose_of_hopes(struct usher_floor *floor, const struct usher_agent *agent,
                            unsigned mask, int64_t now_ms, struct choice *best)
{
    usher_list_for_each (node, &floor->stands[agent->index].hopes) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, in_hopes);
        const struct usher_class *class = contact->class;
        if (usher_gate_held_for(contact, now_ms) != agent || !(mask & (1u << class->key.channel)) ||
            !usher_match_may_ask(floor, contact, agent, now_ms))
            continue;
        if (floor->rules->bid.overtaking ||
            skip_closed(floor, class, usher_class_first(class), agent, now_ms) == contact)
            choose(floor, agent, class->match[agent->index], contact, now_ms, best);
    }
}

static bool has_waiting(const struct usher_floor *floor, const struct usher_stand *stand)
{
    uint64_t any = 0;
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++)
        any |= floor->waiting[word] & stand->classes[word];
    return any != 0;
}

/* The best contact of the channels in `mask`. */
static struct usher_contact *find_contact(struct usher_floor *floor,
                                          const struct usher_agent *agent, unsigned mask,
                                          int64_t now_ms, struct usher_bid *bid)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    struct choice best = {0};
    uint32_t seats_count = has_waiting(floor, stand) ? stand->seats_count : 0;
    for (uint32_t i = 0; i < seats_count; i++) {
        const struct usher_seat *seat = &stand->seats[i];
        struct usher_class *class = floor->classes[seat->class];
        struct usher_contact *candidates[2];
        if (!((floor->waiting[seat->class / 64] >> (seat->class % 64)) & 1) ||
            !(mask & (1u << class->key.channel)))
            continue;
        size_t count = put_forward(floor, class, agent, now_ms, candidates);
        for (size_t j = 0; j < count; j++)
            choose(floor, agent, seat->match, candidates[j], now_ms, &best);
    }
    if (seats_count > 0)
        choose_of_hopes(floor, agent, mask, now_ms, &best);
    *bid = best.bid;
    return best.contact;
}

struct usher_contact *usher_match_contact(struct usher_floor *floor,
                                          const struct usher_agent *agent, int64_t now_ms,
                                          struct usher_bid *bid)
{
    return find_contact(floor, agent, agent->open_mask, now_ms, bid);
}

struct usher_contact *usher_match_deferred(struct usher_floor *floor,
                                           const struct usher_agent *agent, int64_t now_ms,
                                           struct usher_bid *bid)
{
    unsigned mask = agent->open_mask;
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (usher_channel_rank(channel) != USHER_RANK_DEFERRED)
            mask &= ~(1u << channel);
    return find_contact(floor, agent, mask, now_ms, bid);
}

/* The best pair so far. */
struct pair {
    struct usher_agent *agent;
    struct usher_contact *contact;
    struct usher_bid bid;
};

static void pair_one(struct usher_floor *floor, struct usher_contact *contact,
                     const struct usher_contact *before, int64_t now_ms, struct pair *best)
{
    struct usher_bid bid;
    struct usher_agent *taker = usher_match_find_agent(floor, contact, before, now_ms, &bid);
    if (taker && precedes(contact, bid.bid_ms, best->contact, best->bid.bid_ms))
        *best = (struct pair){taker, contact, bid};
}

/* Whether whoever may be asked for one behind the contact may be asked for the contact. */
static bool is_open_to_all(const struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_class *class = contact->class;
    return contact->declines_count == 0 &&
           (class->is_plain || (!usher_gate_held_for(contact, now_ms) &&
                                (class->ages_count == 0 || usher_class_oldest(class) == contact)));
}

/* Pairs `contact` and those behind it. Somebody who may not be asked for it may still take the
 * next, and so on up to the first who is open to all: whoever could take one behind that would
 * rather take that one, or must, where overtaking is off. */
static void pair_from(struct usher_floor *floor, struct usher_contact *contact, int64_t now_ms,
                      struct pair *best)
{
    const struct usher_class *class = contact ? contact->class : NULL;
    const struct usher_contact *before = contact;
    for (; contact; contact = usher_class_next(class, contact)) {
        pair_one(floor, contact, before, now_ms, best);
        if (is_open_to_all(contact, now_ms))
            break;
    }
}

/* Those who wait for one agent, wherever they stand. */
static void pair_waits(struct usher_floor *floor, int64_t now_ms, struct pair *best)
{
    usher_list_for_each (node, &floor->waits) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, in_waits);
        if (usher_gate_held_for(contact, now_ms))
            pair_one(floor, contact, usher_class_first(contact->class), now_ms, best);
    }
}

bool usher_match_pair(struct usher_floor *floor, int64_t now_ms, struct usher_agent **agent,
                      struct usher_contact **contact, struct usher_bid *bid)
{
    struct pair best = {0};
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++) {
        for (uint64_t bits = floor->waiting[word]; bits != 0; bits &= bits - 1) {
            struct usher_class *class = floor->classes[word * 64 + (size_t)__builtin_ctzll(bits)];
            struct usher_contact *first = usher_class_first(class);
            pair_from(floor, first, now_ms, &best);
            if (floor->rules->bid.overtaking && first && usher_class_is_late(class, first, now_ms))
                pair_from(floor, usher_class_first_on_time(class, now_ms), now_ms, &best);
        }
    }
    pair_waits(floor, now_ms, &best);
    *agent = best.agent;
    *contact = best.contact;
    *bid = best.bid;
    return best.contact != NULL;
}
