/* One agent and one contact: what keeps them apart, in the order of the hurdles, or their bid. */
#include "engine/explain.h"

#include "engine/facts.h"
#include "engine/state.h"
#include "routing/gate.h"

static const char *const hurdle_names[USHER_HURDLE_COUNT] = {
    [USHER_HURDLE_NONE] = "",
    [USHER_HURDLE_CHANNEL] = "channel",
    [USHER_HURDLE_NO_PHONE] = "no_phone",
    [USHER_HURDLE_LEVEL] = "level",
    [USHER_HURDLE_STEP] = "step",
    [USHER_HURDLE_SIGNED_OUT] = "signed_out",
    [USHER_HURDLE_NOT_READY] = "not_ready",
    [USHER_HURDLE_LEAVING] = "leaving",
    [USHER_HURDLE_PHONE_BUSY] = "phone_busy",
    [USHER_HURDLE_PHONE_UNREACHABLE] = "phone_unreachable",
    [USHER_HURDLE_DESK_LOST] = "desk_lost",
    [USHER_HURDLE_FULL] = "full",
    [USHER_HURDLE_TRANSFERRED] = "transferred",
    [USHER_HURDLE_COOL_DOWN] = "cool_down",
    [USHER_HURDLE_NOT_WAITING] = "not_waiting",
    [USHER_HURDLE_OVER] = "not_after",
    [USHER_HURDLE_NOT_BEFORE] = "not_before",
    [USHER_HURDLE_RETRY] = "retry",
    [USHER_HURDLE_HOURS] = "calling_hours",
    [USHER_HURDLE_CLOSED] = "closed",
    [USHER_HURDLE_LIMIT_CLASSES] = "limit_classes",
    [USHER_HURDLE_LINK_LOST] = "link_lost",
    [USHER_HURDLE_SETTLING] = "settling",
    [USHER_HURDLE_MEANT] = "meant",
    [USHER_HURDLE_HOLD] = "hold",
    [USHER_HURDLE_RESERVE] = "reserve",
    [USHER_HURDLE_BEHIND] = "behind",
};

struct usher_text usher_hurdle_name(enum usher_hurdle hurdle)
{
    return usher_text_of(hurdle_names[hurdle]);
}

enum usher_hurdle usher_explain_wait(const struct usher_engine *engine,
                                     const struct usher_contact *contact, int64_t now_ms,
                                     int64_t *until_ms)
{
    static const enum usher_hurdle of_pauses[USHER_PAUSE_COUNT] = {
        [USHER_PAUSE_NOT_BEFORE] = USHER_HURDLE_NOT_BEFORE,
        [USHER_PAUSE_RETRY] = USHER_HURDLE_RETRY,
        [USHER_PAUSE_HOURS] = USHER_HURDLE_HOURS,
    };
    const struct usher_client *client = &engine->clients.list[contact->client];
    *until_ms = 0;
    if (usher_contact_is_over(contact, now_ms))
        return USHER_HURDLE_OVER;
    if (contact->call_until_ms != 0 && contact->call_until_ms <= now_ms &&
        contact->state == USHER_CONTACT_WAITING)
        return USHER_HURDLE_HOURS;
    if (contact->state == USHER_CONTACT_SCHEDULED) {
        *until_ms = contact->until_ms;
        return of_pauses[contact->pause];
    }
    if (client->is_lost && !contact->is_ours) {
        *until_ms = client->lost_until_ms;
        return USHER_HURDLE_LINK_LOST;
    }
    if (usher_site_is_closed(&engine->site, contact->queue)) {
        *until_ms = engine->site.doors[contact->queue].until_ms;
        return USHER_HURDLE_CLOSED;
    }
    if (!contact->class)
        return USHER_HURDLE_LIMIT_CLASSES;
    if (contact->settle_until_ms > now_ms) {
        *until_ms = contact->settle_until_ms;
        return USHER_HURDLE_SETTLING;
    }
    if (usher_contact_is_meant(contact, now_ms)) {
        *until_ms = contact->meant_until_ms;
        return USHER_HURDLE_MEANT;
    }
    return USHER_HURDLE_NONE;
}

/* The key of a contact's class, also of one for which there was no room. */
static void key_of(const struct usher_engine *engine, const struct usher_contact *contact,
                   struct usher_class_key *key)
{
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    if (contact->class)
        *key = contact->class->key;
    else
        usher_floor_key(&engine->floor, contact->queue, contact->tier, &facts, key);
}

/* The first level that he has not, of those that are needed at the step. */
static void find_missing(struct usher_explained_pair *pair, const struct usher_class_key *key,
                         const uint8_t *levels, uint32_t step)
{
    for (size_t i = 0; i < key->needs_count; i++) {
        const struct usher_need *need = &key->needs[i];
        uint8_t min = step == 0 ? need->min : need->relaxed[step - 1];
        if (levels[need->skill] >= min)
            continue;
        pair->skill = need->skill;
        pair->level = levels[need->skill];
        pair->min = min;
        return;
    }
}

/* Whether his profile fits what the contact needs. */
static enum usher_hurdle find_unfit(const struct usher_engine *engine,
                                    struct usher_explained_pair *pair, int64_t now_ms)
{
    const struct usher_agent *agent = pair->agent;
    enum usher_channel channel = pair->contact->channel;
    const uint8_t *levels = usher_floor_levels(&engine->floor, agent);
    struct usher_class_key key;
    if (agent->cap[channel] == 0)
        return USHER_HURDLE_CHANNEL;
    if (!usher_agent_can_take(agent, channel))
        return USHER_HURDLE_NO_PHONE;
    key_of(engine, pair->contact, &key);
    uint16_t match = usher_class_relaxed_match(&key, levels, &pair->step);
    uint32_t open =
        pair->contact->class ? usher_class_open_step(pair->contact->class, pair->contact, now_ms)
                             : 0;
    if (match != USHER_MATCH_NONE && pair->step <= open)
        return USHER_HURDLE_NONE;
    find_missing(pair, &key, levels, open);
    if (match == USHER_MATCH_NONE)
        return USHER_HURDLE_LEVEL;
    if (pair->contact->class)
        pair->until_ms =
            usher_gate_until_ms(&engine->floor, pair->contact, agent, USHER_GATE_STEP, now_ms);
    return USHER_HURDLE_STEP;
}

/* Whether he takes anything, or anything more of the channel, now. */
static enum usher_hurdle find_busy(struct usher_explained_pair *pair)
{
    const struct usher_agent *agent = pair->agent;
    enum usher_channel channel = pair->contact->channel;
    if (agent->open_mask & (1u << channel))
        return USHER_HURDLE_NONE;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return USHER_HURDLE_SIGNED_OUT;
    if (agent->state != USHER_AGENT_READY)
        return USHER_HURDLE_NOT_READY;
    if (agent->leaving_to != USHER_AGENT_NONE)
        return USHER_HURDLE_LEAVING;
    if (agent->phone_state != USHER_PHONE_IDLE) {
        pair->until_ms = agent->phone_until_ms;
        return agent->phone_state == USHER_PHONE_BUSY ? USHER_HURDLE_PHONE_BUSY
                                                      : USHER_HURDLE_PHONE_UNREACHABLE;
    }
    if (!usher_agent_has_desk_for(agent, channel)) {
        pair->until_ms = agent->desk_until_ms;
        return USHER_HURDLE_DESK_LOST;
    }
    pair->held_count = agent->active[channel];
    pair->cap = agent->cap[channel];
    return USHER_HURDLE_FULL;
}

/* Whether the contact waits for this agent alone: then it asks for no skill of his. */
static bool is_meant_for(const struct usher_explained_pair *pair, int64_t now_ms)
{
    return usher_contact_is_meant(pair->contact, now_ms) &&
           pair->contact->meant_for == pair->agent->index;
}

static bool is_as_late(const struct usher_contact *a, const struct usher_contact *b, int64_t now_ms)
{
    return usher_class_is_late(a->class, a, now_ms) == usher_class_is_late(b->class, b, now_ms);
}

/* Somebody before the contact in line for whom the agent may be asked, if there is one of whom it
 * is sure that he stood there; of those as late as the contact unless `is_strict`. */
static const struct usher_contact *find_before(const struct usher_engine *engine,
                                               const struct usher_explained_pair *pair,
                                               bool is_strict, int64_t now_ms)
{
    const struct usher_contact *unsure = NULL;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *other = usher_list_entry(node, struct usher_contact, live);
        if (!other->class || other->class != pair->contact->class ||
            !usher_explain_is_before(other, pair->contact) ||
            !usher_engine_can_offer(engine, other, now_ms) ||
            usher_match_is_excluded(&engine->floor, other, pair->agent, now_ms) ||
            !usher_gate_is_open(&engine->floor, other, pair->agent, now_ms) ||
            (!is_strict && !is_as_late(other, pair->contact, now_ms)))
            continue;
        if (!usher_list_is_empty(&other->in_line))
            return other;
        unsure = other;
    }
    return unsure;
}

static int64_t cool_down_of(const struct usher_contact *contact, const struct usher_agent *agent)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent->index)
            return contact->declines[i].until_ms;
    return 0;
}

/* What the rules put between the two, beside the steps. */
static enum usher_hurdle find_gate(const struct usher_floor *floor,
                                   struct usher_explained_pair *pair, int64_t now_ms)
{
    enum usher_gate gate = usher_gate_find(floor, pair->contact, pair->agent, now_ms);
    pair->until_ms = usher_gate_until_ms(floor, pair->contact, pair->agent, gate, now_ms);
    if (gate == USHER_GATE_HOLD) {
        pair->held_for = usher_gate_held_for(pair->contact, now_ms);
        return USHER_HURDLE_HOLD;
    }
    if (gate != USHER_GATE_RESERVE)
        return USHER_HURDLE_NONE;
    const struct usher_reserve *reserve =
        usher_gate_reserve(floor, pair->contact, pair->agent, now_ms);
    pair->skill = reserve->skill;
    pair->keep = (int)reserve->keep;
    pair->free_count = (int)floor->pools[reserve->skill].open_count;
    return USHER_HURDLE_RESERVE;
}

/* Where the agent is given, affinity counts for the first of a class only, and for who waits for
 * him. */
static void drop_affinity(const struct usher_engine *engine, struct usher_explained_pair *pair,
                          enum usher_choice choice, int64_t now_ms)
{
    struct usher_terms *terms = &pair->terms;
    bool is_contact_given = choice == USHER_CHOICE_BEST_AGENT || choice == USHER_CHOICE_NONE;
    if (terms->affinity_ms == 0 || is_contact_given ||
        usher_gate_held_for(pair->contact, now_ms) == pair->agent ||
        !find_before(engine, pair, false, now_ms))
        return;
    terms->bid.bid_ms -= terms->affinity_ms;
    terms->bid_of_agent_ms -= terms->affinity_ms;
    terms->bid.affinity_ms = terms->affinity_ms = 0;
}

static enum usher_hurdle find_hurdle(const struct usher_engine *engine,
                                     struct usher_explained_pair *pair, enum usher_choice choice,
                                     int64_t now_ms)
{
    const struct usher_contact *contact = pair->contact;
    enum usher_hurdle hurdle = find_unfit(engine, pair, now_ms);
    bool is_meant = is_meant_for(pair, now_ms);
    if (is_meant && (hurdle == USHER_HURDLE_LEVEL || hurdle == USHER_HURDLE_STEP))
        hurdle = USHER_HURDLE_NONE;
    if (hurdle == USHER_HURDLE_NONE)
        hurdle = find_busy(pair);
    if (hurdle != USHER_HURDLE_NONE)
        return hurdle;
    if (usher_contact_is_transferred_by(contact, pair->agent->index))
        return USHER_HURDLE_TRANSFERRED;
    if (contact->class && usher_match_is_excluded(&engine->floor, contact, pair->agent, now_ms)) {
        pair->until_ms = cool_down_of(contact, pair->agent);
        return USHER_HURDLE_COOL_DOWN;
    }
    if (contact->state != USHER_CONTACT_WAITING && contact->state != USHER_CONTACT_SCHEDULED)
        return USHER_HURDLE_NOT_WAITING;
    hurdle = usher_explain_wait(engine, contact, now_ms, &pair->until_ms);
    if (hurdle == USHER_HURDLE_MEANT && is_meant) {
        pair->until_ms = 0;
        return USHER_HURDLE_NONE;
    }
    if (hurdle == USHER_HURDLE_NONE)
        hurdle = find_gate(&engine->floor, pair, now_ms);
    if (hurdle != USHER_HURDLE_NONE || engine->floor.rules->bid.overtaking ||
        choice == USHER_CHOICE_BEST_AGENT)
        return hurdle;
    pair->before = find_before(engine, pair, true, now_ms);
    pair->is_unsure = pair->before && usher_list_is_empty(&pair->before->in_line);
    return pair->before && !pair->is_unsure ? USHER_HURDLE_BEHIND : USHER_HURDLE_NONE;
}

void usher_explain_pair(struct usher_engine *engine, const struct usher_contact *contact,
                        const struct usher_agent *agent, enum usher_choice choice, int64_t now_ms,
                        struct usher_explained_pair *pair)
{
    *pair = (struct usher_explained_pair){.agent = agent, .contact = contact};
    pair->hurdle = find_hurdle(engine, pair, choice, now_ms);
    if (pair->hurdle != USHER_HURDLE_NONE || is_meant_for(pair, now_ms))
        return;
    pair->is_unsure |= usher_list_is_empty(&contact->in_line);
    usher_match_weigh(&engine->floor, contact, agent, now_ms, &pair->terms);
    drop_affinity(engine, pair, choice, now_ms);
}
