/* Pairs of an agent and a contact: each with its bid, or with what keeps them apart. The order of
 * candidates is that of the searches in routing/match.c, the bid is theirs. */
#include "engine/explain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_before(const struct usher_contact *a, const struct usher_contact *b)
{
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
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
        if (other->class != pair->contact->class || !is_before(other, pair->contact) ||
            !usher_engine_can_offer(engine, other, now_ms) ||
            usher_match_is_excluded(other, pair->agent, now_ms) ||
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
    if (contact->class && usher_match_is_excluded(contact, pair->agent, now_ms)) {
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

/* Candidates first, then by hurdle. 0 when both are alike in that. */
static int compare_hurdles(const struct usher_explained_pair *a,
                           const struct usher_explained_pair *b)
{
    return (a->hurdle > b->hurdle) - (a->hurdle < b->hurdle);
}

/* The same contact: the bid, the longer idle, the lower index. */
static int compare_agents(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    int hurdles = compare_hurdles(a, b);
    if (hurdles != 0)
        return hurdles;
    if (a->hurdle == USHER_HURDLE_NONE) {
        if (a->terms.bid.bid_ms != b->terms.bid.bid_ms)
            return a->terms.bid.bid_ms > b->terms.bid.bid_ms ? -1 : 1;
        if (a->agent->idle_since_ms != b->agent->idle_since_ms)
            return a->agent->idle_since_ms < b->agent->idle_since_ms ? -1 : 1;
    }
    return a->agent->index < b->agent->index ? -1 : 1;
}

/* The same agent: live ones first, the bid, the place. */
static int compare_contacts_by(const struct usher_explained_pair *a,
                               const struct usher_explained_pair *b, int64_t bid_a_ms,
                               int64_t bid_b_ms)
{
    int hurdles = compare_hurdles(a, b);
    if (hurdles != 0)
        return hurdles;
    if (a->hurdle == USHER_HURDLE_NONE) {
        int ranks =
            usher_channel_rank(b->contact->channel) - usher_channel_rank(a->contact->channel);
        if (ranks != 0)
            return ranks;
        if (bid_a_ms != bid_b_ms)
            return bid_a_ms > bid_b_ms ? -1 : 1;
    }
    return is_before(a->contact, b->contact) ? -1 : 1;
}

static int compare_contacts(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    return compare_contacts_by(a, b, a->terms.bid_of_agent_ms, b->terms.bid_of_agent_ms);
}

static int compare_contacts_in_full(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    return compare_contacts_by(a, b, a->terms.bid.bid_ms, b->terms.bid.bid_ms);
}

static void sort(struct usher_explanation *explanation, int (*compare)(const void *, const void *))
{
    if (explanation->count > 0)
        qsort(explanation->pairs, explanation->count, sizeof(*explanation->pairs), compare);
    for (size_t i = 0; i < explanation->count; i++)
        explanation->candidates_count += explanation->pairs[i].hurdle == USHER_HURDLE_NONE;
}

static bool take_room(struct usher_explanation *explanation, size_t count)
{
    *explanation = (struct usher_explanation){0};
    explanation->pairs = calloc(count + 1, sizeof(*explanation->pairs));
    return explanation->pairs != NULL;
}

void usher_explanation_fini(struct usher_explanation *explanation)
{
    free(explanation->pairs);
    *explanation = (struct usher_explanation){0};
}

void usher_explain_pass_time(struct usher_engine *engine, int64_t now_ms)
{
    usher_list_for_each (node, &engine->live)
        usher_engine_place_contact(engine, usher_list_entry(node, struct usher_contact, live),
                                   now_ms);
}

bool usher_explain_contact(struct usher_engine *engine, const struct usher_contact *contact,
                           enum usher_choice choice, int64_t now_ms,
                           struct usher_explanation *explanation)
{
    const struct usher_floor *floor = &engine->floor;
    if (!take_room(explanation, floor->agents_count))
        return false;
    for (size_t i = 0; i < floor->agents_count; i++)
        usher_explain_pair(engine, contact, &floor->agents[i], choice, now_ms,
                           &explanation->pairs[explanation->count++]);
    sort(explanation, compare_agents);
    return true;
}

bool usher_explain_agent(struct usher_engine *engine, const struct usher_agent *agent,
                         enum usher_choice choice, int64_t now_ms,
                         struct usher_explanation *explanation)
{
    if (!take_room(explanation, engine->limits.contacts - engine->free_slots_count))
        return false;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->state == USHER_CONTACT_WAITING)
            usher_explain_pair(engine, contact, agent, choice, now_ms,
                               &explanation->pairs[explanation->count++]);
    }
    sort(explanation,
         choice == USHER_CHOICE_BEST_PAIR ? compare_contacts_in_full : compare_contacts);
    return true;
}

struct usher_line_place usher_explain_place(const struct usher_engine *engine,
                                            const struct usher_contact *contact)
{
    struct usher_line_place place = {0};
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *other = usher_list_entry(node, struct usher_contact, live);
        if (other->state != USHER_CONTACT_WAITING || other->queue != contact->queue)
            continue;
        place.waiting_count++;
        place.before_count += other->class == contact->class && is_before(other, contact);
    }
    return place;
}

/* Whether the figures of the event are those of the pair. An event of a journal of before may lack
 * some. */
static bool has_terms(const struct usher_fields *fields, const struct usher_terms *terms,
                      enum usher_choice choice)
{
    bool is_of_agent = choice == USHER_CHOICE_BEST_CONTACT;
    const struct usher_bid *bid = &terms->bid;
    return fields->bid_ms == (is_of_agent ? terms->bid_of_agent_ms : bid->bid_ms) &&
           fields->late_ms == bid->late_ms && fields->match == bid->match &&
           fields->lend == bid->lend && fields->idle_ms == bid->idle_ms &&
           fields->affinity_ms == bid->affinity_ms &&
           fields->ground == (is_of_agent ? 0 : bid->ground);
}

/* Which search it was, by the event. */
static enum usher_choice choice_of(const struct usher_fields *fields,
                                   const struct usher_terms *terms)
{
    enum usher_choice choice = usher_choice_find(fields->reason);
    if (choice != USHER_CHOICE_NONE)
        return choice;
    return has_terms(fields, terms, USHER_CHOICE_BEST_CONTACT) ? USHER_CHOICE_BEST_CONTACT
                                                               : USHER_CHOICE_BEST_AGENT;
}

/* Whether nobody comes before the contact who was in line for certain. */
static bool is_first(const struct usher_explanation *contacts, const struct usher_contact *contact)
{
    size_t place = 0;
    while (place < contacts->candidates_count && contacts->pairs[place].is_unsure &&
           contacts->pairs[place].contact != contact)
        place++;
    return place < contacts->candidates_count && contacts->pairs[place].contact == contact;
}

static enum usher_agreement compare(const struct usher_explained_offer *offer,
                                    const struct usher_fields *fields)
{
    const struct usher_explanation *agents = &offer->agents;
    bool is_of_agent = offer->choice == USHER_CHOICE_BEST_CONTACT;
    if (!usher_fields_has(fields, USHER_FIELD_BID_MS))
        return USHER_AGREES_NOT_ASKED;
    if (offer->chosen.hurdle != USHER_HURDLE_NONE)
        return USHER_DISAGREES_AGENT;
    if (!is_of_agent && agents->pairs[0].agent != offer->chosen.agent)
        return USHER_DISAGREES_AGENT;
    if (offer->choice != USHER_CHOICE_BEST_AGENT &&
        !is_first(&offer->contacts, offer->chosen.contact))
        return USHER_DISAGREES_CONTACT;
    return has_terms(fields, &offer->chosen.terms, offer->choice) ? USHER_AGREES
                                                                  : USHER_DISAGREES_TERMS;
}

bool usher_explain_offer(struct usher_engine *engine, const struct usher_event *event,
                         struct usher_explained_offer *offer)
{
    const struct usher_fields *fields = &event->fields;
    const struct usher_contact *contact = usher_engine_contact(engine, fields->contact);
    const struct usher_agent *agent = usher_engine_agent(engine, fields->agent);
    *offer = (struct usher_explained_offer){0};
    if (!contact || !agent)
        return false;
    usher_explain_pair(engine, contact, agent, USHER_CHOICE_BEST_AGENT, event->at_ms,
                       &offer->chosen);
    offer->choice = choice_of(fields, &offer->chosen.terms);
    if (!usher_explain_contact(engine, contact, offer->choice, event->at_ms, &offer->agents) ||
        !usher_explain_agent(engine, agent, offer->choice, event->at_ms, &offer->contacts)) {
        usher_explained_offer_fini(offer);
        return false;
    }
    offer->agreement = compare(offer, fields);
    return true;
}

void usher_explained_offer_fini(struct usher_explained_offer *offer)
{
    usher_explanation_fini(&offer->agents);
    usher_explanation_fini(&offer->contacts);
}

const struct usher_contact *usher_explain_find_contact(const struct usher_engine *engine,
                                                       struct usher_text id)
{
    return usher_engine_contact(engine, id);
}

const struct usher_contact *usher_explain_find_bare(const struct usher_engine *engine,
                                                    struct usher_text id, size_t *count)
{
    const struct usher_contact *found = NULL;
    *count = 0;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        struct usher_text own = usher_text_of(strchr(contact->id, '/') + 1);
        if (!usher_text_is_equal(own, id))
            continue;
        found = contact;
        ++*count;
    }
    return found;
}

const struct usher_agent *usher_explain_find_agent(const struct usher_engine *engine,
                                                   struct usher_text id)
{
    return usher_engine_agent(engine, id);
}

const struct usher_floor *usher_explain_floor(const struct usher_engine *engine)
{
    return &engine->floor;
}
