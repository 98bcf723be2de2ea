/* What the end of an offer changes: the contact is back in its place, the agent is free, to blame
 * or not. */
#include "engine/state.h"

/* A phone may still ring for an offer that ended on our side: the next offer waits for the PBX's
 * word, or a second. */
static void settle(struct usher_contact *contact, const struct usher_event *event)
{
    bool is_told_by_pbx = event->kind == USHER_EVENT_OFFER_FAILED;
    if (usher_contact_is_rung(contact) && !is_told_by_pbx)
        contact->settle_until_ms = event->at_ms + USHER_SETTLE_MS;
}

static bool is_missed(const struct usher_event *event)
{
    return event->kind == USHER_EVENT_OFFER_EXPIRED ||
           (event->kind == USHER_EVENT_OFFER_FAILED &&
            usher_text_is_equal(event->fields.reason, USHER_TEXT("no_answer")));
}

static void free_agent(struct usher_engine *engine, struct usher_contact *contact,
                       const struct usher_event *event)
{
    struct usher_agent *agent = contact->agent;
    usher_contact_take_away(contact);
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        contact->meant_until_ms = 0;
    if (event->kind == USHER_EVENT_OFFER_WITHDRAWN) {
        agent->idle_since_ms = contact->idle_before_ms;
    } else {
        agent->idle_since_ms = event->at_ms;
        usher_contact_remember_decline(contact, agent->index, event->fields.until_ms);
        contact->meant_until_ms = 0; /* nor is he waited for any more */
        if (is_missed(event) && agent->missed_count < UINT8_MAX)
            agent->missed_count++;
        else if (event->kind == USHER_EVENT_OFFER_DECLINED)
            agent->missed_count = 0;
    }
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
}

bool usher_apply_offer_over(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    struct usher_number offer;
    if (!contact || !usher_number_read(event->fields.offer, &offer))
        return false;
    /* What we took for a talk is taken back like an offer when the PBX knows better. */
    bool is_taken_back =
        event->kind == USHER_EVENT_OFFER_WITHDRAWN && usher_contact_state_is_talk(contact->state);
    bool is_open = (usher_contact_state_is_offer(contact->state) || is_taken_back) &&
                   usher_number_compare(contact->offer, offer) == 0;
    if (is_open) {
        if (!usher_contact_move(contact, USHER_CONTACT_WAITING, event->at_ms))
            return false;
        contact->until_ms = 0;
        engine->queue_waiting[contact->queue]++;
        free_agent(engine, contact, event);
    } else if (event->kind != USHER_EVENT_OFFER_WITHDRAWN) {
        return false;
    }
    if (contact->state == USHER_CONTACT_WAITING)
        settle(contact, event);
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

bool usher_apply_offer_settled(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    if (!contact)
        return false;
    contact->settle_until_ms = 0;
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}
