/* The search for an agent. The rank of a contact's class is walked in blocks of 64, step after step
 * as far as they are open. A block knows how much its free agents could bid at most if lending cost
 * nothing (its lead), and as lending costs no less than that, a block whose lead does not reach the
 * best bid need not be looked into. The block with the highest lead comes first; then few others
 * are left. The agent who served the customer last is looked at before all. */
#include "routing/match.h"

#include "routing/match_internal.h"

#define STRIDE 8 /* blocks after which a walk asks whether the rest could matter */

static const char *const choice_names[USHER_CHOICE_COUNT] = {
    [USHER_CHOICE_NONE] = "",
    [USHER_CHOICE_BEST_AGENT] = "best_agent",
    [USHER_CHOICE_BEST_CONTACT] = "best_contact",
    [USHER_CHOICE_BEST_PAIR] = "best_pair",
    [USHER_CHOICE_MEANT] = "meant",
    [USHER_CHOICE_DEFERRED] = "deferred_turn",
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
    bid->idle_ms = usher_match_idle_of(agent->idle_since_ms, now_ms);
    bid->affinity_ms = usher_match_affinity(contact, agent);
    terms->match_ms = usher_match_term(floor, 2 * bid->match);
    terms->ground_ms = usher_match_term(floor, 2 * bid->match - bid->ground) - terms->match_ms;
    terms->lend_ms = -usher_match_lend_term(floor, bid->lend);
    terms->idle_ms = usher_match_idle_term(floor, bid->idle_ms);
    terms->affinity_ms = bid->affinity_ms;
    terms->bid_of_agent_ms = bid->late_ms + terms->match_ms + terms->lend_ms + terms->affinity_ms;
    bid->bid_ms = terms->bid_of_agent_ms + terms->ground_ms + terms->idle_ms;
}

/* Whether the agent is one of those signed in who may be asked at this step. */
static bool counts(const struct usher_class *class, const struct usher_agent *agent, uint32_t step)
{
    return agent->state != USHER_AGENT_SIGNED_OUT &&
           class->match[agent->index] != USHER_MATCH_NONE &&
           usher_class_step_of(class, agent->index) <= step;
}

bool usher_match_is_excluded(const struct usher_floor *floor, const struct usher_contact *contact,
                             const struct usher_agent *agent, int64_t now_ms)
{
    if (contact->declines_count == 0 ||
        !usher_contact_is_declined_by(contact, agent->index, now_ms))
        return false;
    if (usher_contact_is_transferred_by(contact, agent->index))
        return true;
    if (contact->channel == USHER_CHANNEL_OUTBOUND)
        return true; /* a preview that was skipped: nobody waits for it */
    const struct usher_class *class = contact->class;
    uint32_t step = usher_class_open_step(class, contact, now_ms);
    int64_t others = (int64_t) class->steps[step].signed_in_count - counts(class, agent, step);
    for (size_t i = 0; i < contact->declines_count; i++) /* who transferred it is no other */
        others -= contact->declines[i].until_ms == USHER_FOREVER_MS &&
                  counts(class, &floor->agents[contact->declines[i].agent], step);
    return others > 0;
}

/* One search for a contact. */
struct search {
    struct usher_floor *floor;
    const struct usher_contact *contact;
    struct usher_class *class;
    const struct usher_contact *before; /* of the line, or NULL: who may be asked for this one, or
                                           for one from it up to `contact`, passes them */
    bool is_strict;                     /* nobody may pass */
    int64_t now_ms;
    int64_t late_ms;
    struct usher_agent *best;
    struct usher_bid bid;
    int64_t as_good; /* the least lead that can reach the best bid; INT64_MIN = any */
};

/* Whether `agent` would pass somebody before the contact for whom he may be asked. */
static bool passes(const struct search *search, const struct usher_agent *agent)
{
    for (const struct usher_contact *before = search->before; before && before != search->contact;
         before = usher_class_next(search->class, before))
        if (usher_match_may_ask(search->floor, before, agent, search->now_ms))
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

static inline void weigh_at(struct search *search, uint32_t place, int64_t affinity_ms)
{
    struct usher_floor *floor = search->floor;
    uint32_t index = search->class->rank[place];
    int64_t order = search->class->orders[place];
    int64_t since_ms = floor->idle_since_ms[index];
    int64_t idle_ms = usher_match_idle_of(since_ms, search->now_ms);
    int64_t bid_ms = search->late_ms + usher_match_term(floor, order) +
                     usher_match_idle_term(floor, idle_ms) + affinity_ms;
    if (!is_better(search, bid_ms, since_ms, index)) /* nor is it with a price */
        return;
    const struct usher_stand *stand = &floor->stands[index];
    int64_t lend = lend_below(floor, stand, search->class, too_dear(search, bid_ms));
    bid_ms -= usher_match_lend_term(floor, lend);
    struct usher_agent *agent = &floor->agents[index];
    if (!is_better(search, bid_ms, since_ms, index) ||
        !usher_match_may_ask(floor, search->contact, agent, search->now_ms) ||
        (search->is_strict && passes(search, agent)))
        return;
    int64_t ground = stand->ground;
    take_best(search, agent,
              &(struct usher_bid){bid_ms, search->late_ms, (order + ground) / 2, ground, lend,
                                  idle_ms, affinity_ms});
}

static void look_at(struct search *search, uint32_t place)
{
    weigh_at(search, place, 0);
}

/* The agent who served the customer last comes first, with what that is worth; without it he is
 * found like anybody else, if others of the line are his as well. */
static void look_at_last_agent(struct search *search, const struct usher_agent *held_for)
{
    const struct usher_class *class = search->class;
    const struct usher_agent *agent = usher_class_last_agent(class, search->contact);
    if (!agent || class->match[agent->index] == USHER_MATCH_NONE)
        return;
    uint32_t place = usher_floor_seat_in(&search->floor->stands[agent->index], class->index)->place;
    if (usher_class_is_free(class, place) && (agent == held_for || !passes(search, agent)))
        weigh_at(search, place, class->affinity_ms);
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

/* The blocks of a step. */
struct blocks {
    uint32_t begin;
    uint32_t end;
};

/* What nobody's lead at the block's places or behind can be above, however long he idles. */
static int64_t lead_from(const struct search *search, uint32_t number)
{
    const struct usher_bid_knobs *knobs = &search->floor->rules->bid;
    return usher_class_lead(knobs, search->class->orders[(size_t)number * 64], INT64_MIN,
                            search->now_ms);
}

/* The block with the highest lead, of the step's that could have it; UINT32_MAX when none has any.
 */
static uint32_t most_promising(const struct search *search, struct blocks blocks)
{
    const struct usher_class *class = search->class;
    uint32_t found = UINT32_MAX;
    int64_t highest = USHER_LEAD_NONE;
    for (uint32_t i = blocks.begin; i < blocks.end; i++) {
        if ((i - blocks.begin) % STRIDE == 0 && lead_from(search, i) < highest)
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
static void look_further(struct search *search, struct blocks blocks, uint32_t done)
{
    const struct usher_class *class = search->class;
    for (uint32_t i = blocks.begin; i < blocks.end; i++) {
        const struct usher_block *block = &class->blocks[i];
        if ((i - blocks.begin) % STRIDE == 0 && lead_from(search, i) < search->as_good)
            break;
        if (block->lead >= search->as_good && i != done && !is_behind(search, block))
            look_into(search, i);
    }
}

/* Of the agents whom one step adds. */
static void look_in_step(struct search *search, const struct usher_class_step *step)
{
    struct blocks blocks = {step->rank_begin / 64, (step->rank_end + 63) / 64};
    uint32_t first = most_promising(search, blocks);
    if (first == UINT32_MAX)
        return;
    look_into(search, first);
    look_further(search, blocks, first);
}

struct usher_agent *usher_match_find_agent(struct usher_floor *floor,
                                           const struct usher_contact *contact,
                                           const struct usher_contact *before, int64_t now_ms,
                                           struct usher_bid *bid)
{
    struct usher_class *class = contact->class;
    struct search search = {.floor = floor,
                            .contact = contact,
                            .class = class,
                            .before = before,
                            .is_strict = before && !floor->rules->bid.overtaking,
                            .now_ms = now_ms,
                            .as_good = INT64_MIN};
    usher_floor_refresh(floor, class);
    usher_floor_note_time(floor, now_ms);
    search.late_ms = usher_class_lateness_ms(class, contact, now_ms);
    const struct usher_agent *held_for =
        class->is_plain ? NULL : usher_gate_held_for(contact, now_ms);
    if (contact->served_by)
        look_at_last_agent(&search, held_for);
    uint32_t last = class->is_plain ? 0 : usher_class_open_step(class, contact, now_ms);
    for (uint32_t step = 0; step <= last && !held_for; step++)
        look_in_step(&search, &class->steps[step]);
    *bid = search.bid;
    return search.best;
}

struct usher_agent *usher_match_agent(struct usher_floor *floor,
                                      const struct usher_contact *contact, int64_t now_ms,
                                      struct usher_bid *bid)
{
    return usher_match_find_agent(floor, contact, NULL, now_ms, bid);
}
