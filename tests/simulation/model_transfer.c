/* Contacts that go on: moved by a supervisor, transferred by an agent. */
#include <string.h>

#include "simulation/model.h"

/* Whether two classes ask for other agents: a tier alone makes no new work. */
static bool is_other_work(const struct model_class *a, const struct model_class *b)
{
    return a->queue != b->queue || a->channel != b->channel || a->needs_count != b->needs_count ||
           memcmp(a->needs, b->needs, a->needs_count * sizeof(a->needs[0])) != 0;
}

/* The contact waits; as new work it counts as an arrival in any case. */
static bool place(struct model *model, const struct usher_event *event,
                  struct model_contact *contact, bool is_new)
{
    const struct usher_fields *fields = &event->fields;
    if (fields->place_ms > event->at_ms || fields->due_ms < fields->place_ms)
        return model_fail(model, "%s moves into the future", contact->id);
    size_t before = contact->class;
    int64_t leg_ms = contact->leg_ms > contact->place_ms ? contact->leg_ms : contact->place_ms;
    contact->foretold_ms = -1;
    if (usher_channel_find(fields->channel) != contact->channel)
        contact->told_ms = contact->told_due_ms = 0;
    contact->channel = usher_channel_find(fields->channel);
    size_t queue = usher_rules_find_queue(model->rules, fields->queue);
    if (is_new || queue != contact->queue) {
        contact->leg_ms = event->at_ms;
    } else if (fields->place_ms < contact->place_ms && contact->leg_ms < leg_ms) {
        if (fields->since_ms != leg_ms)
            return model_fail(model, "%s has an older place, and is to have waited as long",
                              contact->id);
        contact->leg_ms = leg_ms;
    }
    contact->queue = queue;
    contact->tier = usher_rules_find_tier(model->rules, fields->tier);
    contact->place_ms = fields->place_ms;
    contact->due_ms = fields->due_ms;
    model_keep(contact->skills, sizeof(contact->skills), fields->skills);
    contact->class = model_class(model, contact, event->at_ms);
    model_recount(model, event->at_ms); /* whoever talked until now is not busy with it any more */
    if (is_new || is_other_work(&model->classes[before], &model->classes[contact->class]))
        model_note_arrival(model, contact->class, event->at_ms);
    return true;
}

bool model_on_moved(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    (void)agent;
    if (contact->state != MODEL_WAITING)
        return model_refuse(model, contact);
    contact->meant_until_ms = 0;
    if (usher_text_is_equal(event->fields.channel, USHER_TEXT("callback")) &&
        contact->channel != USHER_CHANNEL_CALLBACK)
        model_turn(contact, event);
    return place(model, event, contact, false);
}

/* How long the customer has waited in all never gets less, and the place never goes back; a talk
 * moves it on, and so does what the contact waited in a closed queue that it leaves. */
static bool check_place(struct model *model, const struct usher_event *event,
                        const struct model_contact *contact, bool was_talk)
{
    int64_t talk_ms = was_talk ? event->at_ms - contact->answered_ms : 0;
    int64_t waited_ms = contact->waited_ms + (was_talk ? 0 : event->at_ms - contact->since_ms);
    int64_t place_ms = contact->place_ms + talk_ms;
    bool may_move = !was_talk && model->is_closed[contact->queue];
    if (may_move ? event->fields.place_ms < place_ms : event->fields.place_ms != place_ms)
        return model_fail(model, "%s is transferred to a place that is not its own", contact->id);
    if (event->fields.waited_ms != waited_ms)
        return model_fail(model, "%s had waited %lld ms when it was transferred", contact->id,
                          (long long)waited_ms);
    return true;
}

bool model_on_transferred(struct model *model, const struct usher_event *event,
                          struct model_contact *contact, size_t agent)
{
    bool was_talk = model_is_talk(contact);
    if (!was_talk && contact->state != MODEL_WAITING)
        return model_refuse(model, contact);
    if (was_talk && contact->agent != agent)
        return model_fail(model, "%s is transferred by another agent than its own", contact->id);
    const struct model_client *pbx = &model->clients[contact->client];
    if (was_talk && model_is_rung(contact) && pbx->only_refers && event->fields.by.at &&
        !usher_text_is_equal(event->fields.by, usher_text_of(pbx->name)))
        return model_fail(model, "%s leaves a talk that its PBX does not move", contact->id);
    bool is_called = was_talk && contact->is_ours && contact->has_ringer;
    if (is_called != (event->fields.client.at != NULL))
        return model_fail(model, "%s: nobody knows on whose line it is", contact->id);
    if (is_called) {
        contact->is_ours = contact->has_ringer = false;
        memcpy(contact->dialled.offer, contact->offer, sizeof(contact->offer));
        contact->dialled.channel = contact->channel;
        contact->dialled.not_after_ms = contact->not_after_ms;
        contact->dialled.attempts = contact->attempts;
        contact->not_after_ms = contact->attempts = 0;
    }
    if (!check_place(model, event, contact, was_talk))
        return false;
    if (was_talk) {
        model_note_handled(model, contact->class, event->at_ms - contact->answered_ms);
        model_set_state(contact, MODEL_WAITING, event->at_ms);
        contact->agent = MODEL_NONE;
        model->agents[agent].idle_since_ms = event->at_ms;
    }
    size_t to = model_find_agent(model, event->fields.to_agent);
    if (event->fields.to_agent.at && (to == MODEL_NONE || !model->agents[to].is_signed_in))
        return model_fail(model, "%s is transferred to nobody", contact->id);
    contact->meant_for = to;
    contact->meant_until_ms = to != MODEL_NONE ? event->fields.until_ms : 0;
    if (agent != MODEL_NONE) {
        contact->has_transferred[agent] = true;
        contact->transferred_by = agent;
        contact->was_transferred = true;
        contact->served_by = MODEL_NONE;
    }
    if (to != MODEL_NONE) {
        contact->has_transferred[to] = false;
        for (size_t i = 0; i < contact->declines_count; i++)
            if (contact->declines[i].agent == to)
                contact->declines[i].until_ms = 0;
    }
    if (event->fields.data.at)
        model_keep(contact->data, sizeof(contact->data), event->fields.data);
    return place(model, event, contact, was_talk);
}

bool model_on_parted(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent)
{
    const struct usher_fields *fields = &event->fields;
    if (contact || !(contact = model_new_contact(model, event, MODEL_WRAPPING)))
        return model_fail(model, "a wrap-up that cannot be");
    contact->agent = agent;
    contact->is_parted = true;
    contact->place_ms = contact->due_ms = contact->answered_ms = fields->since_ms;
    contact->until_ms = fields->until_ms;
    contact->meant_for = contact->class = MODEL_NONE;
    if (contact->until_ms != event->at_ms + model->rules->queues[contact->queue].wrap_up_ms)
        return model_fail(model, "the wrap-up of %s has a wrong lease", contact->id);
    return true;
}
