/* Offers: the highest bid becomes contact.offered. */
#include "engine/dispatch.h"

#include "engine/later.h"
#include "engine/moves.h"
#include "engine/preview.h"
#include "routing/gate.h"

/* The terms of the bid, so that anyone can see why. */
static void add_terms(struct usher_event *event, const struct usher_bid *bid)
{
    USHER_FIELDS_SET(&event->fields, BID_MS, bid_ms, bid->bid_ms);
    USHER_FIELDS_SET(&event->fields, LATE_MS, late_ms, bid->late_ms);
    USHER_FIELDS_SET(&event->fields, MATCH, match, bid->match);
    USHER_FIELDS_SET(&event->fields, GROUND, ground, bid->ground);
    USHER_FIELDS_SET(&event->fields, LEND, lend, bid->lend);
    USHER_FIELDS_SET(&event->fields, IDLE_MS, idle_ms, bid->idle_ms);
    if (bid->affinity_ms > 0)
        USHER_FIELDS_SET(&event->fields, AFFINITY_MS, affinity_ms, bid->affinity_ms);
}

/* `bid` NULL: of a contact that is meant for the agent. `turn`: of `deferred_share`; below 0 when
 * that was no question. */
static void offer_at_turn(struct usher_engine *engine, struct usher_contact *contact,
                          const struct usher_agent *agent, const struct usher_bid *bid,
                          enum usher_choice choice, int64_t turn, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    const struct usher_rules *rules = engine->floor.rules;
    /* Who is to call a customer of ours looks first at whom, and why. */
    bool is_preview = contact->is_ours && contact->channel == USHER_CHANNEL_OUTBOUND;
    const struct usher_client *ringer =
        contact->is_ours && !is_preview ? usher_later_ringer(engine, contact) : NULL;
    bool is_rung = usher_channel_is_phone(contact->channel) && (ringer || !contact->is_ours);
    int64_t ring_ms = rules->queues[contact->queue].ring_ms;
    struct usher_number n = {engine->last.epoch, engine->last.seq + 1};
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_OFFERED, contact);
    struct usher_fields *fields = &event.fields;
    USHER_FIELDS_SET(fields, OFFER, offer, usher_number_write(n, room));
    USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(contact->channel));
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[contact->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[contact->tier].name);
    USHER_FIELDS_SET(fields, ACCEPT, accept, is_rung ? USHER_TEXT("phone") : USHER_TEXT("desk"));
    USHER_FIELDS_SET(fields, RING_MS, ring_ms, ring_ms);
    USHER_FIELDS_SET(fields, UNTIL_MS, until_ms,
                     now_ms + ring_ms + (is_rung ? USHER_RING_GRACE_MS : 0));
    USHER_FIELDS_SET(fields, WAITED_MS, waited_ms, usher_contact_waited_ms(contact, now_ms));
    if (is_preview)
        USHER_FIELDS_SET(fields, MODE, mode, USHER_TEXT("preview"));
    if (ringer)
        USHER_FIELDS_SET(fields, CLIENT, client, usher_text_of(ringer->name));
    if (contact->attempts_count > 0)
        USHER_FIELDS_SET(fields, ATTEMPT, attempt, contact->attempts_count + 1);
    if (agent->phone[0])
        USHER_FIELDS_SET(fields, PHONE, phone, usher_text_of(agent->phone));
    usher_contact_tell(contact, fields);
    if (contact->transferred_by != UINT32_MAX)
        USHER_FIELDS_SET(fields, TRANSFERRED_BY, transferred_by,
                         usher_text_of(engine->floor.agents[contact->transferred_by].id));
    USHER_FIELDS_SET(fields, REASON, reason, usher_choice_name(choice));
    if (bid)
        add_terms(&event, bid);
    uint32_t step = bid ? usher_class_step_of(contact->class, agent->index) : 0;
    if (step > 0)
        USHER_FIELDS_SET(fields, STEP, step, step);
    if (turn >= 0)
        USHER_FIELDS_SET(fields, TURN, turn, turn);
    usher_engine_emit(engine, &event, now_ms);
}

static void offer(struct usher_engine *engine, struct usher_contact *contact,
                  const struct usher_agent *agent, const struct usher_bid *bid,
                  enum usher_choice choice, int64_t now_ms)
{
    offer_at_turn(engine, contact, agent, bid, choice, -1, now_ms);
}

static bool is_open_for(const struct usher_agent *agent, const struct usher_contact *contact)
{
    return (agent->open_mask & (1u << contact->channel)) != 0;
}

static bool precedes(const struct usher_contact *a, const struct usher_contact *b)
{
    bool is_live = usher_channel_is_live(a->channel);
    if (is_live != usher_channel_is_live(b->channel))
        return is_live;
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

/* Of the contacts that wait for this agent alone the first that he may be offered now. */
static struct usher_contact *first_meant(const struct usher_engine *engine,
                                         const struct usher_agent *agent, int64_t now_ms)
{
    struct usher_contact *first = NULL;
    usher_list_for_each (node, &agent->meant) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_meant);
        if (is_open_for(agent, contact) && usher_contact_is_meant(contact, now_ms) &&
            usher_engine_may_offer(engine, contact, now_ms) && (!first || precedes(contact, first)))
            first = contact;
    }
    return first;
}

/* Contacts that wait for him alone come before all others. */
static void offer_meant(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms)
{
    struct usher_contact *contact;
    while ((contact = first_meant(engine, agent, now_ms)))
        offer(engine, contact, agent, NULL, USHER_CHOICE_MEANT, now_ms);
}

/* Takes it out of line if its time has run out, and its own deadline has only not been handled yet.
 */
static bool is_over(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    if (!contact->is_ours || usher_engine_may_offer(engine, contact, now_ms))
        return false;
    usher_engine_place_contact(engine, contact, now_ms);
    return true;
}

/* Offers the best contact to an agent, live before deferred; but where both wait for him, some
 * turns are those of the deferred. `choice`: of the search that found the two. */
static void offer_best(struct usher_engine *engine, const struct usher_agent *agent,
                       struct usher_contact *contact, const struct usher_bid *bid,
                       enum usher_choice choice, int64_t now_ms)
{
    int64_t share = engine->floor.rules->bid.deferred_share;
    struct usher_bid bid_of_deferred;
    struct usher_contact *deferred = NULL;
    if (is_over(engine, contact, now_ms))
        return;
    if (share > 0 && usher_channel_is_live(contact->channel))
        deferred = usher_match_deferred(&engine->floor, agent, now_ms, &bid_of_deferred);
    if (deferred && is_over(engine, deferred, now_ms))
        return;
    int64_t turn = deferred ? (int64_t)engine->deferred_turn : -1;
    if (deferred && usher_match_is_deferred_turn(share, turn))
        offer_at_turn(engine, deferred, agent, &bid_of_deferred, USHER_CHOICE_DEFERRED, turn,
                      now_ms);
    else
        offer_at_turn(engine, contact, agent, bid, choice, turn, now_ms);
}

void usher_dispatch_contact(struct usher_engine *engine, struct usher_contact *contact,
                            int64_t now_ms)
{
    struct usher_bid bid;
    if (engine->holds_offers)
        return;
    if (!usher_list_is_empty(&contact->of_meant)) {
        offer_meant(engine, &engine->floor.agents[contact->meant_for], now_ms);
        if (!usher_list_is_empty(&contact->of_meant))
            usher_preview_yield(engine, contact, now_ms);
        return;
    }
    if (usher_list_is_empty(&contact->in_line) || is_over(engine, contact, now_ms))
        return;
    struct usher_agent *agent = usher_match_agent(&engine->floor, contact, now_ms, &bid);
    if (!agent) {
        usher_preview_yield(engine, contact, now_ms);
        return;
    }
    offer(engine, contact, agent, &bid, USHER_CHOICE_BEST_AGENT, now_ms);
    /* Who is not wholly free any more is kept for nobody: what is left of him is for all. */
    if (engine->floor.rules->reserves_count > 0)
        usher_dispatch_agent(engine, agent, now_ms);
}

void usher_dispatch_agent(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms)
{
    struct usher_bid bid;
    struct usher_contact *contact;
    if (engine->holds_offers)
        return;
    offer_meant(engine, agent, now_ms);
    if (usher_gate_has_eased(&engine->floor, agent)) {
        usher_dispatch_all(engine, now_ms);
        return;
    }
    while (agent->open_mask && (contact = usher_match_contact(&engine->floor, agent, now_ms, &bid)))
        offer_best(engine, agent, contact, &bid, USHER_CHOICE_BEST_CONTACT, now_ms);
}

void usher_dispatch_all(struct usher_engine *engine, int64_t now_ms)
{
    struct usher_bid bid;
    struct usher_agent *agent;
    struct usher_contact *contact;
    if (engine->holds_offers)
        return;
    for (size_t i = 0; engine->meant_count > 0 && i < engine->floor.agents_count; i++)
        offer_meant(engine, &engine->floor.agents[i], now_ms);
    while (usher_match_pair(&engine->floor, now_ms, &agent, &contact, &bid))
        offer_best(engine, agent, contact, &bid, USHER_CHOICE_BEST_PAIR, now_ms);
}

/* Some wait for whom a step is skipped, since nobody of those before is there. */
static bool skips_steps(const struct usher_floor *floor)
{
    for (size_t i = 0; i < floor->classes_count; i++) {
        const struct usher_class *class = floor->classes[i];
        for (uint32_t step = 0; step + 1 < class->steps_count && class->line_count > 0; step++)
            if (class->steps[step].signed_in_count == 0)
                return true;
    }
    return false;
}

void usher_dispatch_profiled(struct usher_engine *engine, const struct usher_agent *agent,
                             int64_t now_ms)
{
    const struct usher_floor *floor = &engine->floor;
    if (!usher_list_is_empty(&engine->declined) ||
        !usher_list_is_empty(&floor->stands[agent->index].hopes) || skips_steps(floor))
        usher_dispatch_all(engine, now_ms);
}
