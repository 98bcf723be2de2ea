/* Work for later: booked, due, put off, called back. */
#include "simulation/model.h"

bool model_is_rung(const struct model_contact *contact)
{
    return contact->is_ours ? contact->has_ringer : usher_channel_is_phone(contact->channel);
}

bool model_on_scheduled(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent)
{
    const struct usher_fields *fields = &event->fields;
    (void)agent;
    if (contact)
        return model_fail(model, "a live contact is booked");
    contact = model_new_contact(model, event, MODEL_SCHEDULED);
    if (!contact || fields->place_ms < event->at_ms || fields->until_ms < event->at_ms)
        return model_fail(model, "a booking that cannot be");
    contact->served_by = model_find_agent(model, fields->last_agent);
    contact->served_ms = fields->last_ms;
    contact->arrived_ms = event->at_ms;
    contact->is_ours = true;
    contact->due_ms = fields->place_ms + usher_rules_promise_ms(model->rules, contact->queue,
                                                                contact->tier, contact->channel);
    contact->until_ms = fields->until_ms;
    contact->not_after_ms = fields->not_after_ms;
    if (!model_take_known(model, event, contact))
        return false;
    contact->class = model_class(model, contact, event->at_ms);
    return true;
}

/* When the next attempt is: as it was told, or earlier by rules that came since then. */
static int64_t attempt_ms(const struct model *model, const struct model_contact *contact)
{
    int64_t again_ms = contact->since_ms + model->rules->queues[contact->queue].callback.every_ms;
    return contact->attempts > 0 && again_ms < contact->until_ms ? again_ms : contact->until_ms;
}

/* While it waits for another attempt, hours in which its queue is closed move the place, and
 * nothing else does. */
static bool take_place(const struct model *model, struct model_contact *contact, int64_t place_ms,
                       int64_t until_ms)
{
    bool may_move = contact->attempts > 0 && model->rules->queues[contact->queue].hours;
    int64_t forward_ms = place_ms - contact->place_ms;
    contact->place_ms = place_ms;
    return forward_ms >= 0 && forward_ms <= (may_move ? until_ms - contact->since_ms : 0);
}

bool model_on_due(struct model *model, const struct usher_event *event,
                  struct model_contact *contact, size_t agent)
{
    (void)agent;
    if (contact->state != MODEL_SCHEDULED)
        return model_refuse(model, contact);
    if (event->at_ms < attempt_ms(model, contact) ||
        !take_place(model, contact, event->fields.place_ms, contact->until_ms))
        return model_fail(model, "%s is due too early, or in another place", contact->id);
    if (contact->waited_ms == 0 && contact->attempts == 0)
        model_note_arrival(model, contact->class, event->at_ms);
    model_set_state(contact, MODEL_WAITING, event->at_ms);
    contact->due_ms = event->fields.due_ms;
    return true;
}

/* Whoever was transferred, and is not reached after all, is what he was before. */
static bool take_back(struct model *model, const struct usher_event *event,
                      struct model_contact *contact)
{
    if (contact->dialled.offer[0] == '\0' ||
        usher_channel_find(event->fields.channel) != contact->dialled.channel ||
        !usher_text_is_equal(event->fields.offer, usher_text_of(contact->dialled.offer)))
        return model_fail(model, "%s was never dialled, and is called again", contact->id);
    contact->channel = contact->dialled.channel;
    contact->attempts = contact->dialled.attempts;
    contact->not_after_ms = contact->dialled.not_after_ms;
    contact->told_ms = contact->told_due_ms = 0;
    contact->meant_until_ms = 0;
    model_turn(contact, event);
    contact->class = model_class(model, contact, event->at_ms);
    return true;
}

/* Other rules let it be tried again earlier. */
static bool hasten(struct model *model, const struct usher_event *event,
                   struct model_contact *contact)
{
    if (contact->attempts == 0 || event->fields.attempt != 0 ||
        event->fields.until_ms >= contact->until_ms ||
        event->fields.until_ms != attempt_ms(model, contact))
        return model_fail(model, "%s is put off without a reason", contact->id);
    if (usher_fields_has(&event->fields, USHER_FIELD_PLACE_MS) &&
        !take_place(model, contact, event->fields.place_ms, event->at_ms))
        return model_fail(model, "%s is put off to another place", contact->id);
    model_set_state(contact, MODEL_SCHEDULED, event->at_ms);
    contact->until_ms = event->fields.until_ms;
    return true;
}

bool model_on_postponed(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent)
{
    if (contact->state == MODEL_SCHEDULED)
        return hasten(model, event, contact);
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    bool is_talk = model_is_talk(contact);
    bool was_ours = contact->is_ours;
    if (was_ours ? !is_talk : !is_talk && contact->state != MODEL_WAITING)
        return model_refuse(model, contact);
    if (contact->agent != agent || was_ours != !event->fields.channel.at)
        return model_refuse(model, contact);
    if (!was_ours && !take_back(model, event, contact))
        return false;
    if (event->fields.attempt != contact->attempts + 1 ||
        event->fields.attempt >= event->fields.attempts ||
        event->fields.until_ms != event->at_ms + queue->callback.every_ms)
        return model_fail(model, "%s is tried again too often, or at a wrong time", contact->id);
    model_set_state(contact, MODEL_SCHEDULED, event->at_ms);
    contact->until_ms = event->fields.until_ms;
    contact->attempts++;
    contact->agent = MODEL_NONE;
    if (agent != MODEL_NONE)
        model->agents[agent].idle_since_ms = event->at_ms;
    return true;
}

bool model_on_expired(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent)
{
    (void)agent;
    if (contact->state != MODEL_SCHEDULED && contact->state != MODEL_WAITING)
        return model_refuse(model, contact);
    if (contact->not_after_ms == 0 || event->at_ms < contact->not_after_ms)
        return model_fail(model, "%s expires too early", contact->id);
    contact->state = MODEL_GONE;
    return true;
}

bool model_on_asked(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    (void)agent;
    if (contact->state != MODEL_WAITING || contact->channel != USHER_CHANNEL_VOICE ||
        contact->was_asked || !queue->callback.is_offered)
        return model_fail(model, "%s is asked whether to be called back", contact->id);
    if (usher_fields_has(&event->fields, USHER_FIELD_WAIT_MS) &&
        event->fields.wait_ms <= queue->callback.when_wait_over_ms)
        return model_fail(model, "%s is asked, and would wait for a short while only", contact->id);
    contact->was_asked = true;
    return true;
}

bool model_on_dial(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t agent)
{
    bool is_preview = contact->channel == USHER_CHANNEL_OUTBOUND;
    if (contact->state != MODEL_TALKING || contact->agent != agent || !contact->is_ours ||
        contact->has_ringer == is_preview || is_preview != (event->fields.client.at != NULL))
        return model_refuse(model, contact);
    if (is_preview) {
        contact->client = model_find_client(model, event->fields.client);
        contact->has_ringer = true;
    }
    const struct model_client *client = &model->clients[contact->client];
    if (is_preview && (!client->can_dial || client->is_lost))
        return model_fail(model, "%s is to be dialled by %s, which cannot", contact->id,
                          client->name);
    if (!usher_text_is_equal(event->fields.to, usher_text_of(contact->from)))
        return model_fail(model, "another number than that of %s is dialled", contact->id);
    return true;
}

bool model_take_ringer(struct model *model, const struct usher_event *event,
                       struct model_contact *contact)
{
    bool is_phone = contact->channel == USHER_CHANNEL_CALLBACK; /* others are looked at first */
    bool can_any = false;
    for (size_t i = 0; i < model->clients_count; i++)
        can_any |= model->clients[i].can_dial && !model->clients[i].is_lost;
    contact->has_ringer = event->fields.client.at != NULL;
    if (contact->has_ringer != (is_phone && can_any))
        return model_fail(model, "%s is offered to be %s", contact->id,
                          contact->has_ringer ? "rung" : "dialled by hand");
    if (!contact->has_ringer)
        return true;
    contact->client = model_find_client(model, event->fields.client);
    const struct model_client *client = &model->clients[contact->client];
    if (!client->can_dial || client->is_lost)
        return model_fail(model, "%s is to be rung by %s, which cannot dial", contact->id,
                          client->name);
    return true;
}

void model_turn(struct model_contact *contact, const struct usher_event *event)
{
    contact->is_ours = true;
    contact->has_ringer = false;
    contact->dialled.offer[0] = '\0';
    if (event->fields.from.at)
        model_keep(contact->from, sizeof(contact->from), event->fields.from);
}

/* Whether somebody is to call this customer back, and has not talked yet: one who was reached, and
 * is transferred, is on the line. */
static bool is_callback(const struct model_contact *contact)
{
    return contact->channel == USHER_CHANNEL_CALLBACK && contact->customer[0] != '\0' &&
           contact->answered_ms == 0 &&
           (contact->state == MODEL_WAITING || contact->state == MODEL_SCHEDULED ||
            contact->state == MODEL_OFFERED || contact->state == MODEL_RINGING);
}

bool model_check_callbacks(struct model *model)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        for (size_t j = 0; j < i && is_callback(&model->contacts[i]); j++)
            if (is_callback(&model->contacts[j]) &&
                strcmp(model->contacts[i].customer, model->contacts[j].customer) == 0)
                return model_fail(model, "%s and %s are to call the same customer",
                                  model->contacts[i].id, model->contacts[j].id);
    return true;
}
