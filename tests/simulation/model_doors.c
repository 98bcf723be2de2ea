/* Doors and switches: nobody is offered from a closed queue, nobody who holds the line is left in
 * one that sends callers on, and who was sent away is gone. */
#include "simulation/model.h"

static bool is_text(struct usher_text text, const char *wanted)
{
    return usher_text_is_equal(text, usher_text_of(wanted));
}

bool model_on_queue(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    size_t queue = usher_rules_find_queue(model->rules, event->fields.queue);
    (void)contact;
    (void)agent;
    if (queue == SIZE_MAX)
        return model_fail(model, "a queue that is none opens or closes");
    model->is_closed[queue] = event->kind == USHER_EVENT_QUEUE_CLOSED;
    return true;
}

bool model_on_switch(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent)
{
    size_t index = usher_rules_find_switch(model->rules, event->fields.name);
    (void)contact;
    (void)agent;
    if (index == SIZE_MAX)
        return model_fail(model, "a switch that is none is set");
    uint64_t bit = UINT64_C(1) << index;
    model->switches =
        is_text(event->fields.state, "on") ? model->switches | bit : model->switches & ~bit;
    if (is_text(event->fields.state, "on") && event->fields.until_ms != 0 &&
        event->fields.until_ms <= event->at_ms)
        return model_fail(model, "a switch goes on until a time that is over");
    return true;
}

bool model_on_overflowed(struct model *model, const struct usher_event *event,
                         struct model_contact *contact, size_t agent)
{
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    int64_t waited_ms = contact->waited_ms + event->at_ms - contact->since_ms;
    int64_t leg_ms = contact->leg_ms > contact->place_ms ? contact->leg_ms : contact->place_ms;
    (void)agent;
    if (contact->state != MODEL_WAITING || contact->is_ours ||
        (contact->channel != USHER_CHANNEL_VOICE && contact->channel != USHER_CHANNEL_CHAT))
        return model_refuse(model, contact);
    if (is_text(event->fields.reason, "overflow") &&
        (queue->overflow_after_ms < 0 || event->at_ms < leg_ms + queue->overflow_after_ms))
        return model_fail(model, "%s overflows too early", contact->id);
    if (event->fields.waited_ms != waited_ms)
        return model_fail(model, "%s had waited %lld ms when it was sent away", contact->id,
                          (long long)waited_ms);
    contact->state = MODEL_GONE;
    return true;
}

bool model_on_refused(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent)
{
    (void)agent;
    if (contact || !usher_rules_is_blocked(model->rules, event->fields.from, USHER_NO_TEXT))
        return model_fail(model, "somebody is refused who is not blocked");
    return true;
}

void model_take_doors(struct model *model, const struct usher_rules *before)
{
    bool was_closed[USHER_QUEUES_MAX];
    uint64_t switches = 0;
    memcpy(was_closed, model->is_closed, sizeof(was_closed));
    for (size_t i = 0; i < model->rules->queues_count; i++) {
        size_t old =
            before ? usher_rules_find_queue(before, model->rules->queues[i].name) : SIZE_MAX;
        model->is_closed[i] = old != SIZE_MAX && was_closed[old];
    }
    for (size_t i = 0; i < model->rules->switches_count; i++) {
        size_t old = before ? usher_rules_find_switch(before, model->rules->switches[i]) : SIZE_MAX;
        if (old != SIZE_MAX && (model->switches >> old & 1) != 0)
            switches |= UINT64_C(1) << i;
    }
    model->switches = switches;
}

bool model_check_site(struct model *model, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    if (event->kind == USHER_EVENT_STATE_SWITCH) {
        size_t index = usher_rules_find_switch(model->rules, fields->name);
        bool is_on = (model->switches >> index & 1) != 0;
        return is_text(fields->state, is_on ? "on" : "off") ||
               model_fail(model, "the engine describes a switch as %.*s",
                          USHER_TEXT_ARGS(fields->state));
    }
    size_t queue = usher_rules_find_queue(model->rules, fields->queue);
    return is_text(fields->state, model->is_closed[queue] ? "closed" : "open") ||
           model_fail(model, "the engine describes %.*s as %.*s", USHER_TEXT_ARGS(fields->queue),
                      USHER_TEXT_ARGS(fields->state));
}

/* Whoever must leave has a deadline that is now, or half a minute off when there was no way. */
bool model_check_leaving(struct model *model)
{
    int64_t next_ms = usher_engine_next_deadline_ms(model->world->engine);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &model->contacts[i];
        bool holds_line = !contact->is_ours && (contact->channel == USHER_CHANNEL_VOICE ||
                                                contact->channel == USHER_CHANNEL_CHAT);
        if (contact->state != MODEL_WAITING || !holds_line ||
            model->clients[contact->client].is_lost || !model->is_closed[contact->queue] ||
            model->rules->queues[contact->queue].closed.kind == USHER_WAY_WAIT)
            continue;
        if (next_ms > model->world->now_ms + 30000)
            return model_fail(model, "%s is left in a closed queue", contact->id);
    }
    return true;
}
