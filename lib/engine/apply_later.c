/* What the events of work for later change: it comes due, is put off, or is of no use any more. Its
 * place in line was told when it was booked, and stays. */
#include "engine/callers.h"
#include "engine/facts.h"

bool usher_contact_leave_line(struct usher_engine *engine, struct usher_contact *contact,
                              const struct usher_event *event)
{
    struct usher_client *own =
        usher_clients_get(&engine->clients, USHER_TEXT(USHER_OWN_CLIENT), event->at_ms);
    if (!own)
        return false;
    contact->is_ours = true;
    contact->has_ringer = false;
    contact->dialled = (struct usher_dialled){.channel = USHER_CHANNEL_NONE};
    contact->client = own->index;
    usher_list_remove(&contact->of_client);
    usher_list_append(&own->contacts, &contact->of_client);
    if (!event->fields.from.at)
        return true;
    struct usher_fields fields = usher_contact_texts(contact);
    fields.from = event->fields.from;
    return usher_contact_keep_texts(contact, &fields);
}

bool usher_apply_contact_due(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    bool has_waited = contact && contact->has_waited;
    if (!contact || contact->state != USHER_CONTACT_SCHEDULED ||
        event->fields.place_ms > event->at_ms ||
        !usher_contact_move(contact, USHER_CONTACT_WAITING, event->at_ms))
        return false;
    if (!has_waited && contact->class)
        usher_floor_note_arrival(&engine->floor, contact->class, event->at_ms);
    contact->pause = USHER_PAUSE_NONE;
    contact->until_ms = 0;
    contact->call_until_ms = event->fields.until_ms;
    contact->place_ms = event->fields.place_ms;
    if (usher_fields_has(&event->fields, USHER_FIELD_DUE_MS))
        contact->due_ms = event->fields.due_ms;
    engine->queue_waiting[contact->queue]++;
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

/* The customer was transferred, and did not answer after all: what it was before the transfer, in
 * the queue where it is now. */
static bool call_again(struct usher_engine *engine, struct usher_contact *contact,
                       const struct usher_event *event)
{
    struct usher_dialled dialled = contact->dialled;
    struct usher_class_key key;
    usher_engine_leave_line(engine, contact);
    contact->channel = usher_channel_find(event->fields.channel);
    if (!contact->channel || !usher_contact_leave_line(engine, contact, event))
        return false;
    usher_callers_add(engine, contact);
    contact->told = (struct usher_told){0};
    contact->leave_again_ms = 0;
    contact->meant_until_ms = 0;
    contact->not_after_ms = dialled.not_after_ms;
    contact->attempts_max = dialled.attempts_max;
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    usher_floor_key(&engine->floor, contact->queue, contact->tier, &facts, &key);
    contact->class = usher_floor_class(&engine->floor, &key, event->at_ms);
    return true;
}

bool usher_apply_contact_postponed(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    bool is_again = event->fields.channel.at != NULL;
    if (!contact || contact->is_ours == is_again)
        return false;
    struct usher_agent *agent = contact->agent;
    if (event->fields.place_ms > event->at_ms)
        return false;
    if (contact->state == USHER_CONTACT_WAITING)
        usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_SCHEDULED, event->at_ms))
        return false;
    if (usher_fields_has(&event->fields, USHER_FIELD_PLACE_MS))
        contact->place_ms = event->fields.place_ms;
    contact->pause = usher_pause_find(event->fields.reason);
    if (contact->pause == USHER_PAUSE_NONE)
        contact->pause = USHER_PAUSE_RETRY;
    if (usher_fields_has(&event->fields, USHER_FIELD_ATTEMPT))
        contact->attempts_count = event->fields.attempt;
    contact->until_ms = event->fields.until_ms;
    usher_contact_take_away(contact);
    if (is_again && !call_again(engine, contact, event))
        return false;
    usher_engine_place_contact(engine, contact, event->at_ms);
    if (agent) {
        agent->idle_since_ms = event->at_ms;
        usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    }
    return true;
}

bool usher_apply_contact_expired(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    if (!contact)
        return false;
    if (contact->state == USHER_CONTACT_WAITING)
        usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_EXPIRED, event->at_ms))
        return false;
    usher_contact_let_go(engine, contact, event);
    return true;
}

bool usher_apply_callback_offered(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    if (!contact)
        return false;
    contact->was_asked = true;
    return true;
}

bool usher_apply_contact_dial(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    if (!contact || !contact->is_ours || !usher_contact_state_is_talk(contact->state))
        return false;
    return !event->fields.client.at || usher_contact_set_ringer(engine, contact, event);
}
