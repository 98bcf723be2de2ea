/* The two searches. For a contact, the heads of two orders are walked in turn: the class's rank
 * (who fits best beyond his own ground) and all free agents by idle time. Nobody who was not looked
 * at can bid more than the two heads together, since lending has no price below 0: the walk ends
 * when that bound is not above the best. For an agent, each class that he may serve and that has a
 * line puts forward two contacts at most: its first late and its first on time. */
#include "routing/match.h"

static const char *const choice_names[USHER_CHOICE_COUNT] = {
    [USHER_CHOICE_NONE] = "",
    [USHER_CHOICE_BEST_AGENT] = "best_agent",
    [USHER_CHOICE_BEST_CONTACT] = "best_contact",
    [USHER_CHOICE_BEST_PAIR] = "best_pair",
};

struct usher_text usher_choice_name(enum usher_choice choice)
{
    return usher_text_of(choice_names[choice]);
}

enum usher_choice usher_choice_find(struct usher_text name)
{
    for (unsigned i = USHER_CHOICE_NONE + 1; i < USHER_CHOICE_COUNT; i++)
        if (usher_text_is_equal(name, usher_text_of(choice_names[i])))
            return (enum usher_choice)i;
    return USHER_CHOICE_NONE;
}

/* Division rounded down, of a number that may be negative. */
static int64_t divide_down(int64_t number, int64_t by)
{
    int64_t quotient = number / by;
    return quotient * by > number ? quotient - 1 : quotient;
}

/* `order` is 2 * match - ground. */
static int64_t match_term(const struct usher_floor *floor, int64_t order)
{
    return divide_down(floor->rules->bid.match_worth_ms * order, 2000);
}

static int64_t lend_term(const struct usher_floor *floor, int64_t lend)
{
    return divide_down(floor->rules->bid.lend_worth_ms * lend, USHER_PRICE_ONE);
}

static int64_t idle_of(const struct usher_agent *agent, int64_t now_ms)
{
    return now_ms > agent->idle_since_ms ? now_ms - agent->idle_since_ms : 0;
}

static int64_t idle_term(const struct usher_floor *floor, int64_t idle_ms)
{
    const struct usher_bid_knobs *knobs = &floor->rules->bid;
    int64_t counted = idle_ms < knobs->idle_cap_ms ? idle_ms : knobs->idle_cap_ms;
    return divide_down(knobs->fairness_per_mille * counted, 1000);
}

/* The price and, in `dearest`, the pool whose it is. */
static uint32_t find_dearest(struct usher_floor *floor, const struct usher_agent *agent,
                             const struct usher_class *class, size_t *dearest)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    uint32_t lend = 0;
    *dearest = SIZE_MAX;
    if (!stand->is_counted_open)
        return 0;
    for (uint32_t i = 0; i < stand->pools_count; i++) {
        uint16_t pool = stand->pools[i];
        if ((class->covers[pool / 64] >> (pool % 64)) & 1)
            continue;
        uint32_t price = usher_floor_price(floor, pool);
        if (price > lend) {
            lend = price;
            *dearest = pool;
        }
    }
    return lend;
}

uint32_t usher_match_lend(struct usher_floor *floor, const struct usher_agent *agent,
                          const struct usher_class *class)
{
    size_t dearest;
    return find_dearest(floor, agent, class, &dearest);
}

void usher_match_weigh(struct usher_floor *floor, const struct usher_contact *contact,
                       const struct usher_agent *agent, int64_t now_ms, struct usher_terms *terms)
{
    struct usher_class *class = contact->class;
    struct usher_bid *bid = &terms->bid;
    usher_floor_refresh(floor, class);
    bid->late_ms = usher_class_lateness_ms(class, contact, now_ms);
    bid->match = class->match[agent->index];
    bid->ground = floor->stands[agent->index].ground;
    bid->lend = find_dearest(floor, agent, class, &terms->dear_pool);
    bid->idle_ms = idle_of(agent, now_ms);
    terms->match_ms = match_term(floor, 2 * bid->match);
    terms->ground_ms = match_term(floor, 2 * bid->match - bid->ground) - terms->match_ms;
    terms->lend_ms = -lend_term(floor, bid->lend);
    terms->idle_ms = idle_term(floor, bid->idle_ms);
    terms->bid_of_agent_ms = bid->late_ms + terms->match_ms + terms->lend_ms;
    bid->bid_ms = terms->bid_of_agent_ms + terms->ground_ms + terms->idle_ms;
}

bool usher_match_is_excluded(const struct usher_contact *contact, const struct usher_agent *agent,
                             int64_t now_ms)
{
    if (contact->declines_count == 0 ||
        !usher_contact_is_declined_by(contact, agent->index, now_ms))
        return false;
    uint32_t others = contact->class->signed_in_count - (agent->state != USHER_AGENT_SIGNED_OUT);
    return others > 0;
}

/* One search for a contact. */
struct search {
    struct usher_floor *floor;
    const struct usher_contact *contact;
    struct usher_class *class;
    const struct usher_contact *not_passed; /* of the line: whoever may be asked for this one, or
                                               for one from it up to `contact`, is not looked at;
                                               NULL = everybody is */
    int64_t now_ms;
    int64_t late_ms;
    struct usher_agent *best;
    struct usher_bid bid;
};

/* Whether `agent` would pass somebody whom he must not pass. */
static bool passes(const struct search *search, const struct usher_agent *agent)
{
    for (const struct usher_contact *before = search->not_passed;
         before && before != search->contact; before = usher_class_next(search->class, before))
        if (!usher_match_is_excluded(before, agent, search->now_ms))
            return true;
    return false;
}

static bool is_better(const struct search *search, const struct usher_agent *agent, int64_t bid_ms)
{
    if (!search->best || bid_ms != search->bid.bid_ms)
        return !search->best || bid_ms > search->bid.bid_ms;
    if (agent->idle_since_ms != search->best->idle_since_ms)
        return agent->idle_since_ms < search->best->idle_since_ms;
    return agent->index < search->best->index;
}

static void look_at(struct search *search, struct usher_agent *agent)
{
    struct usher_floor *floor = search->floor;
    int64_t match = search->class->match[agent->index];
    if (match == USHER_MATCH_NONE || agent == search->best ||
        usher_match_is_excluded(search->contact, agent, search->now_ms) || passes(search, agent))
        return;
    int64_t ground = floor->stands[agent->index].ground;
    int64_t idle_ms = idle_of(agent, search->now_ms);
    int64_t bid_ms =
        search->late_ms + match_term(floor, 2 * match - ground) + idle_term(floor, idle_ms);
    if (search->best && bid_ms < search->bid.bid_ms)
        return; /* the price can only lower it */
    int64_t lend = usher_match_lend(floor, agent, search->class);
    bid_ms -= lend_term(floor, lend);
    if (!is_better(search, agent, bid_ms))
        return;
    search->best = agent;
    search->bid = (struct usher_bid){bid_ms, search->late_ms, match, ground, lend, idle_ms};
}

/* Whether somebody at `place` of the rank or behind, and not before `idle` among the idle, could
 * still be better than the best. */
static bool may_improve(const struct search *search, size_t place, const struct usher_agent *idle)
{
    const struct usher_floor *floor = search->floor;
    if (!search->best)
        return true;
    int64_t bound = search->late_ms + match_term(floor, search->class->orders[place]) +
                    idle_term(floor, idle_of(idle, search->now_ms));
    if (bound != search->bid.bid_ms)
        return bound > search->bid.bid_ms;
    if (idle->idle_since_ms != search->best->idle_since_ms)
        return idle->idle_since_ms < search->best->idle_since_ms;
    return idle->index < search->best->index; /* the rank does not tell: terms are rounded */
}

static struct usher_agent *find_agent(struct usher_floor *floor,
                                      const struct usher_contact *contact,
                                      const struct usher_contact *not_passed, int64_t now_ms,
                                      struct usher_bid *bid)
{
    struct usher_class *class = contact->class;
    struct search search = {.floor = floor,
                            .contact = contact,
                            .class = class,
                            .not_passed = not_passed,
                            .now_ms = now_ms};
    unsigned channel_bit = 1u << class->key.channel;
    usher_floor_refresh(floor, class);
    search.late_ms = usher_class_lateness_ms(class, contact, now_ms);
    size_t place = usher_bits_next(&class->free, 0);
    struct usher_list *node = floor->idle.next;
    while (place != USHER_BITS_NONE && node != &floor->idle) {
        struct usher_agent *idle = usher_list_entry(node, struct usher_agent, idle_node);
        if (!may_improve(&search, place, idle))
            break;
        look_at(&search, &floor->agents[class->rank[place]]);
        if (idle->open_mask & channel_bit)
            look_at(&search, idle);
        place = usher_bits_next(&class->free, place + 1);
        node = node->next;
    }
    *bid = search.bid;
    return search.best;
}

struct usher_agent *usher_match_agent(struct usher_floor *floor,
                                      const struct usher_contact *contact, int64_t now_ms,
                                      struct usher_bid *bid)
{
    return find_agent(floor, contact, NULL, now_ms, bid);
}

/* The first contact of the class, from `contact` on, whom the agent may be asked for. */
static struct usher_contact *skip_excluded(const struct usher_class *class,
                                           struct usher_contact *contact,
                                           const struct usher_agent *agent, int64_t now_ms)
{
    while (contact && usher_match_is_excluded(contact, agent, now_ms))
        contact = usher_class_next(class, contact);
    return contact;
}

/* The contacts that a class puts forward: its first, which is late if anybody is, and its first on
 * time. Returns how many. */
static size_t put_forward(struct usher_floor *floor, struct usher_class *class,
                          const struct usher_agent *agent, int64_t now_ms,
                          struct usher_contact *candidates[2])
{
    size_t count = 0;
    struct usher_contact *first = skip_excluded(class, usher_class_first(class), agent, now_ms);
    if (!first)
        return 0;
    candidates[count++] = first;
    if (!floor->rules->bid.overtaking || !usher_class_is_late(class, first, now_ms))
        return count;
    struct usher_contact *on_time =
        skip_excluded(class, usher_class_first_on_time(class, now_ms), agent, now_ms);
    if (on_time)
        candidates[count++] = on_time;
    return count;
}

/* The best so far among contacts: live before others, then the bid, the place, the serial. */
static bool precedes(const struct usher_contact *contact, int64_t bid_ms,
                     const struct usher_contact *best, int64_t best_bid_ms)
{
    if (!best)
        return true;
    bool is_live = usher_channel_is_live(contact->channel);
    if (is_live != usher_channel_is_live(best->channel))
        return is_live;
    if (bid_ms != best_bid_ms)
        return bid_ms > best_bid_ms;
    if (contact->place_ms != best->place_ms)
        return contact->place_ms < best->place_ms;
    return contact->serial < best->serial;
}

struct usher_contact *usher_match_contact(struct usher_floor *floor,
                                          const struct usher_agent *agent, int64_t now_ms,
                                          struct usher_bid *bid)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    struct usher_contact *best = NULL;
    *bid = (struct usher_bid){0};
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++) {
        for (uint64_t bits = floor->waiting[word] & stand->classes[word]; bits != 0;
             bits &= bits - 1) {
            struct usher_class *class = floor->classes[word * 64 + (size_t)__builtin_ctzll(bits)];
            struct usher_contact *candidates[2];
            if (!(agent->open_mask & (1u << class->key.channel)))
                continue;
            size_t count = put_forward(floor, class, agent, now_ms, candidates);
            for (size_t i = 0; i < count; i++) {
                int64_t match = class->match[agent->index];
                int64_t late_ms = usher_class_lateness_ms(class, candidates[i], now_ms);
                int64_t lend = usher_match_lend(floor, agent, class);
                int64_t bid_ms = late_ms + match_term(floor, 2 * match) - lend_term(floor, lend);
                if (!precedes(candidates[i], bid_ms, best, bid->bid_ms))
                    continue;
                best = candidates[i];
                *bid = (struct usher_bid){bid_ms, late_ms, match, 0, lend, idle_of(agent, now_ms)};
            }
        }
    }
    return best;
}

/* The best pair so far. */
struct pair {
    struct usher_agent *agent;
    struct usher_contact *contact;
    struct usher_bid bid;
};

/* Pairs `contact` and those behind it. Somebody who has declined it may still take the next, and so
 * on up to the first whom nobody has declined: whoever could take one behind that would rather take
 * that one, or must, where overtaking is off. */
static void pair_from(struct usher_floor *floor, struct usher_contact *contact, int64_t now_ms,
                      struct pair *best)
{
    const struct usher_class *class = contact ? contact->class : NULL;
    const struct usher_contact *not_passed = floor->rules->bid.overtaking ? NULL : contact;
    for (; contact; contact = usher_class_next(class, contact)) {
        struct usher_bid bid;
        struct usher_agent *taker = find_agent(floor, contact, not_passed, now_ms, &bid);
        if (taker && precedes(contact, bid.bid_ms, best->contact, best->bid.bid_ms))
            *best = (struct pair){taker, contact, bid};
        if (contact->declines_count == 0)
            break;
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
    *agent = best.agent;
    *contact = best.contact;
    *bid = best.bid;
    return best.contact != NULL;
}
