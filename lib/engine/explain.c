/* Pairs of an agent and a contact in the order of the searches in routing/match.h, and offers held
 * against the state that led to them. */
#include "engine/explain.h"

#include <stdlib.h>
#include <string.h>

#include "engine/state.h"

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

/* What comes first; at a turn of deferred contacts these. */
static int rank_of(enum usher_channel channel, bool is_deferred_first)
{
    enum usher_rank rank = usher_channel_rank(channel);
    return (int)(is_deferred_first && rank == USHER_RANK_DEFERRED ? USHER_RANK_COUNT : rank);
}

/* The same agent: the channel's rank, the bid, the place. */
static int compare_contacts_by(const struct usher_explained_pair *a,
                               const struct usher_explained_pair *b, int64_t bid_a_ms,
                               int64_t bid_b_ms, bool is_deferred_first)
{
    int hurdles = compare_hurdles(a, b);
    if (hurdles != 0)
        return hurdles;
    if (a->hurdle == USHER_HURDLE_NONE) {
        int ranks = rank_of(b->contact->channel, is_deferred_first) -
                    rank_of(a->contact->channel, is_deferred_first);
        if (ranks != 0)
            return ranks;
        if (bid_a_ms != bid_b_ms)
            return bid_a_ms > bid_b_ms ? -1 : 1;
    }
    return usher_explain_is_before(a->contact, b->contact) ? -1 : 1;
}

static int compare_contacts(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    return compare_contacts_by(a, b, a->terms.bid_of_agent_ms, b->terms.bid_of_agent_ms, false);
}

static int compare_contacts_deferred(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    return compare_contacts_by(a, b, a->terms.bid_of_agent_ms, b->terms.bid_of_agent_ms, true);
}

static int compare_contacts_in_full(const void *one, const void *other)
{
    const struct usher_explained_pair *a = one;
    const struct usher_explained_pair *b = other;
    return compare_contacts_by(a, b, a->terms.bid.bid_ms, b->terms.bid.bid_ms, false);
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
    sort(explanation, choice == USHER_CHOICE_BEST_PAIR  ? compare_contacts_in_full
                      : choice == USHER_CHOICE_DEFERRED ? compare_contacts_deferred
                                                        : compare_contacts);
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
        place.before_count +=
            other->class == contact->class && usher_explain_is_before(other, contact);
    }
    return place;
}

/* Whether the figures of the event are those of the pair. An event of a journal of before may lack
 * some. */
static bool has_terms(const struct usher_fields *fields, const struct usher_terms *terms,
                      enum usher_choice choice)
{
    const struct usher_bid *bid = &terms->bid;
    return fields->bid_ms ==
               (usher_choice_is_of_agent(choice) ? terms->bid_of_agent_ms : bid->bid_ms) &&
           fields->late_ms == bid->late_ms && fields->match == bid->match &&
           fields->lend == bid->lend && fields->idle_ms == bid->idle_ms &&
           fields->affinity_ms == bid->affinity_ms &&
           fields->ground == (usher_choice_is_of_agent(choice) ? 0 : bid->ground);
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
    if (!usher_fields_has(fields, USHER_FIELD_BID_MS))
        return USHER_AGREES_NOT_ASKED;
    if (offer->chosen.hurdle != USHER_HURDLE_NONE)
        return USHER_DISAGREES_AGENT;
    if (!usher_choice_is_of_agent(offer->choice) && agents->pairs[0].agent != offer->chosen.agent)
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
