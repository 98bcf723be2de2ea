/* The two searches. For a contact, the rank of its class is walked in blocks of 64. A block knows
 * how much its free agents could bid at most if lending cost nothing (its lead), and as lending
 * costs no less than that, a block whose lead does not reach the best bid need not be looked into.
 * The block with the highest lead comes first; then few others are left. For an agent, each class
 * that he may serve and that has a line puts forward two contacts at most: its first late and its
 * first on time. */
#include "routing/match.h"

#define STRIDE 8 /* blocks after which a walk asks whether the rest could matter */

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

static int64_t idle_of(int64_t idle_since_ms, int64_t now_ms)
{
    return now_ms > idle_since_ms ? now_ms - idle_since_ms : 0;
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

/* The same as usher_match_lend while that is below `enough`; else any that is not. Sets come last
 * among an agent's pools, and are the dear ones more often than not. */
static uint32_t lend_below(struct usher_floor *floor, const struct usher_stand *stand,
                           const struct usher_class *class, uint32_t enough)
{
    uint32_t lend = 0;
    if (!stand->is_counted_open)
        return 0;
    for (uint32_t i = stand->pools_count; i-- > 0 && lend < enough;) {
        uint16_t pool = stand->pools[i];
        if ((class->covers[pool / 64] >> (pool % 64)) & 1)
            continue;
        uint32_t price = usher_floor_price(floor, pool);
        if (price > lend)
            lend = price;
    }
    return lend;
}

uint32_t usher_match_lend(struct usher_floor *floor, const struct usher_agent *agent,
                          const struct usher_class *class)
{
    return lend_below(floor, &floor->stands[agent->index], class, UINT32_MAX);
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
    bid->idle_ms = idle_of(agent->idle_since_ms, now_ms);
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
    int64_t as_good; /* the least lead that can reach the best bid; INT64_MIN = any */
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

/* Whether a bid of an agent who idles since then is better than the best, or is as good and comes
 * before it; `index` may be 0 for the best that can be. */
static bool is_better(const struct search *search, int64_t bid_ms, int64_t idle_since_ms,
                      uint32_t index)
{
    if (!search->best || bid_ms != search->bid.bid_ms)
        return !search->best || bid_ms > search->bid.bid_ms;
    if (idle_since_ms != search->best->idle_since_ms)
        return idle_since_ms < search->best->idle_since_ms;
    return index < search->best->index;
}

/* The least price that makes a bid of `bid_ms` worse than the best. */
static uint32_t too_dear(const struct search *search, int64_t bid_ms)
{
    int64_t worth_ms = search->floor->rules->bid.lend_worth_ms;
    if (!search->best || worth_ms == 0)
        return UINT32_MAX;
    int64_t price = ((bid_ms - search->bid.bid_ms + 1) * USHER_PRICE_ONE + worth_ms - 1) / worth_ms;
    return price > USHER_PRICE_ONE ? UINT32_MAX : (uint32_t)price;
}

static void take_best(struct search *search, struct usher_agent *agent, const struct usher_bid *bid)
{
    const struct usher_floor *floor = search->floor;
    search->best = agent;
    search->bid = *bid;
    if (search->now_ms >= floor->newest_ms) /* leads hold from then on; before, nobody is passed */
        search->as_good = 2000 * (bid->bid_ms - search->late_ms) -
                          2 * floor->rules->bid.fairness_per_mille * search->now_ms;
}

static void look_at(struct search *search, uint32_t place)
{
    struct usher_floor *floor = search->floor;
    uint32_t index = search->class->rank[place];
    int64_t order = search->class->orders[place];
    int64_t since_ms = floor->idle_since_ms[index];
    int64_t idle_ms = idle_of(since_ms, search->now_ms);
    int64_t bid_ms = search->late_ms + match_term(floor, order) + idle_term(floor, idle_ms);
    if (!is_better(search, bid_ms, since_ms, index)) /* nor is it with a price */
        return;
    const struct usher_stand *stand = &floor->stands[index];
    int64_t lend = lend_below(floor, stand, search->class, too_dear(search, bid_ms));
    bid_ms -= lend_term(floor, lend);
    struct usher_agent *agent = &floor->agents[index];
    if (!is_better(search, bid_ms, since_ms, index) ||
        usher_match_is_excluded(search->contact, agent, search->now_ms) || passes(search, agent))
        return;
    int64_t ground = stand->ground;
    take_best(
        search, agent,
        &(struct usher_bid){bid_ms, search->late_ms, (order + ground) / 2, ground, lend, idle_ms});
}

/* Looks at the free agents of a block who may be better, and makes its bounds what they are. */
static void look_into(struct search *search, uint32_t number)
{
    struct usher_floor *floor = search->floor;
    const struct usher_class *class = search->class;
    struct usher_block *block = &search->class->blocks[number];
    int64_t leads[64];
    uint32_t first = number * 64;
    uint32_t promising = 0;
    block->lead = USHER_LEAD_NONE;
    block->idle_since_ms = INT64_MAX;
    for (uint64_t bits = block->free; bits != 0; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(bits);
        int64_t since_ms = floor->idle_since_ms[class->rank[first + i]];
        leads[i] = usher_class_lead(&floor->rules->bid, class->orders[first + i], since_ms,
                                    search->now_ms);
        promising = leads[i] > block->lead ? i : promising;
        usher_block_widen(block, leads[i], since_ms);
    }
    if (block->free == 0 || block->lead < search->as_good)
        return;
    look_at(search, first + promising);
    for (uint64_t bits = block->free; bits != 0; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(bits);
        if (leads[i] >= search->as_good && i != promising)
            look_at(search, first + i);
    }
}

/* What nobody's lead at the block's places or behind can be above, however long he idles. */
static int64_t lead_from(const struct search *search, uint32_t number)
{
    const struct usher_bid_knobs *knobs = &search->floor->rules->bid;
    return usher_class_lead(knobs, search->class->orders[(size_t)number * 64], INT64_MIN,
                            search->now_ms);
}

/* The block with the highest lead, of those that could have it. */
static uint32_t most_promising(const struct search *search)
{
    const struct usher_class *class = search->class;
    uint32_t found = 0;
    int64_t highest = USHER_LEAD_NONE;
    for (uint32_t i = 0; i < class->blocks_count; i++) {
        if (i % STRIDE == 0 && lead_from(search, i) < highest)
            break;
        if (class->blocks[i].lead > highest) {
            highest = class->blocks[i].lead;
            found = i;
        }
    }
    return found;
}

/* Whether all of a block whose lead is as good as the best come behind it, by the ties. */
static bool is_behind(const struct search *search, const struct usher_block *block)
{
    const struct usher_agent *best = search->best;
    if (!best || search->as_good == INT64_MIN || block->lead - search->as_good >= 2000)
        return false;
    return block->idle_since_ms > best->idle_since_ms ||
           (block->idle_since_ms == best->idle_since_ms && block->index > best->index);
}

/* Looks into every block where somebody may be better than the best. `done` was looked into. */
static void look_further(struct search *search, uint32_t done)
{
    const struct usher_class *class = search->class;
    for (uint32_t i = 0; i < class->blocks_count; i++) {
        const struct usher_block *block = &class->blocks[i];
        if (i % STRIDE == 0 && lead_from(search, i) < search->as_good)
            break;
        if (block->lead >= search->as_good && i != done && !is_behind(search, block))
            look_into(search, i);
    }
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
                            .now_ms = now_ms,
                            .as_good = INT64_MIN};
    usher_floor_refresh(floor, class);
    usher_floor_note_time(floor, now_ms);
    search.late_ms = usher_class_lateness_ms(class, contact, now_ms);
    if (class->blocks_count > 0) {
        uint32_t first = most_promising(&search);
        look_into(&search, first);
        look_further(&search, first);
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

/* The best contact for an agent so far. */
struct choice {
    struct usher_contact *contact;
    struct usher_bid bid;
};

static void choose(struct usher_floor *floor, const struct usher_agent *agent, int64_t match,
                   struct usher_contact *contact, int64_t now_ms, struct choice *best)
{
    int64_t late_ms = usher_class_lateness_ms(contact->class, contact, now_ms);
    int64_t bid_ms = late_ms + match_term(floor, 2 * match);
    if (!precedes(contact, bid_ms, best->contact, best->bid.bid_ms))
        return; /* the price can only lower it */
    int64_t lend = usher_match_lend(floor, agent, contact->class);
    bid_ms -= lend_term(floor, lend);
    if (!precedes(contact, bid_ms, best->contact, best->bid.bid_ms))
        return;
    best->contact = contact;
    best->bid =
        (struct usher_bid){bid_ms, late_ms, match, 0, lend, idle_of(agent->idle_since_ms, now_ms)};
}

static bool has_waiting(const struct usher_floor *floor, const struct usher_stand *stand)
{
    uint64_t any = 0;
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++)
        any |= floor->waiting[word] & stand->classes[word];
    return any != 0;
}

struct usher_contact *usher_match_contact(struct usher_floor *floor,
                                          const struct usher_agent *agent, int64_t now_ms,
                                          struct usher_bid *bid)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    struct choice best = {0};
    uint32_t seats_count = has_waiting(floor, stand) ? stand->seats_count : 0;
    for (uint32_t i = 0; i < seats_count; i++) {
        const struct usher_seat *seat = &stand->seats[i];
        struct usher_class *class = floor->classes[seat->class];
        struct usher_contact *candidates[2];
        if (!((floor->waiting[seat->class / 64] >> (seat->class % 64)) & 1) ||
            !(agent->open_mask & (1u << class->key.channel)))
            continue;
        size_t count = put_forward(floor, class, agent, now_ms, candidates);
        for (size_t j = 0; j < count; j++)
            choose(floor, agent, seat->match, candidates[j], now_ms, &best);
    }
    *bid = best.bid;
    return best.contact;
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
