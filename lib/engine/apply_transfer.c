/* What a transfer changes: the contact leaves its agent and waits again, in a leg of its own; what
 * the agent has to finish is a contact of its own. */
#include "engine/facts.h"
#include "engine/move.h"
#include "engine/state.h"

/* The whole context as the event has it. */
static bool keep_data(struct usher_contact *contact, struct usher_text data)
{
    struct usher_fields fields = {.zone = contact->zone};
    if (!data.at)
        return true;
    usher_contact_tell(contact, &fields);
    fields.data = data;
    return usher_contact_keep_texts(contact, &fields);
}

/* The talk is over for the agent. */
static bool end_talk(struct usher_engine *engine, struct usher_contact *contact, int64_t at_ms)
{
    struct usher_agent *agent = contact->agent;
    if (contact->class)
        usher_floor_note_handled(&engine->floor, contact->class, at_ms - contact->answered_ms);
    if (!usher_contact_move(contact, USHER_CONTACT_WAITING, at_ms))
        return false;
    usher_contact_take_away(contact);
    agent->idle_since_ms = at_ms;
    engine->queue_waiting[contact->queue]++;
    usher_floor_update_agent(&engine->floor, agent, at_ms);
    return true;
}

/* Who was dialled is on the line of that PBX now, as if the customer had called. */
static bool take_line(struct usher_engine *engine, struct usher_contact *contact,
                      struct usher_text name)
{
    const struct usher_client *client = usher_clients_find(&engine->clients, name);
    if (!client || !contact->is_ours || client->index != contact->client)
        return false;
    contact->dialled = (struct usher_dialled){.offer = contact->offer,
                                              .channel = contact->channel,
                                              .not_after_ms = contact->not_after_ms,
                                              .attempts_count = contact->attempts_count,
                                              .attempts_max = contact->attempts_max};
    contact->is_ours = false;
    contact->has_ringer = false;
    contact->not_after_ms = 0;
    contact->call_until_ms = 0;
    contact->attempts_count = 0;
    contact->attempts_max = 0;
    return true;
}

bool usher_apply_contact_transferred(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct usher_contact *contact = usher_engine_contact(engine, fields->contact);
    struct usher_agent *from = usher_engine_agent(engine, fields->agent);
    struct usher_agent *to = usher_engine_agent(engine, fields->to_agent);
    if (!contact || (fields->agent.at && !from) || (fields->to_agent.at && !to))
        return false;
    bool was_talk = usher_contact_state_is_talk(contact->state);
    if (was_talk && (contact->agent != from || !end_talk(engine, contact, event->at_ms)))
        return false;
    if (fields->client.at && !(was_talk && take_line(engine, contact, fields->client)))
        return false;
    contact->meant_for = to ? to->index : UINT32_MAX;
    contact->meant_until_ms = to ? fields->until_ms : 0;
    if (from) {
        usher_contact_remember_transfer(contact, from->index);
        contact->transferred_by = from->index;
        contact->served_by = NULL; /* whoever served the customer before is not waited for */
    }
    if (to)
        usher_contact_forgive(contact, to->index);
    return (!fields->note.at || usher_text_keep(&contact->note, fields->note)) &&
           keep_data(contact, fields->data) && usher_move_apply(engine, contact, event, was_talk);
}

bool usher_apply_contact_parted(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_agent *agent = usher_engine_agent(engine, fields->agent);
    struct usher_text name = usher_contact_id_client(fields->contact);
    if (!rules || !agent || name.length == 0 || usher_engine_contact(engine, fields->contact))
        return false;
    struct usher_client *client = usher_clients_get(&engine->clients, name, event->at_ms);
    struct usher_contact *contact = client ? usher_engine_new_contact(engine) : NULL;
    if (!contact)
        return false;
    usher_list_append(&client->contacts, &contact->of_client);
    contact->client = client->index;
    contact->is_parted = true;
    contact->queue = usher_rules_find_queue(rules, fields->queue);
    contact->tier = usher_rules_find_tier(rules, fields->tier);
    contact->channel = usher_channel_find(fields->channel);
    if (contact->queue == SIZE_MAX || contact->tier == SIZE_MAX || !contact->channel ||
        fields->since_ms > event->at_ms || fields->until_ms == 0 ||
        !usher_text_copy(contact->id, sizeof(contact->id), fields->contact) ||
        !usher_contact_keep_texts(contact, fields) ||
        usher_table_put(&engine->contacts_by_id, contact) != USHER_TABLE_PUT)
        return false;
    contact->arrived_ms = contact->place_ms = contact->due_ms = contact->answered_ms =
        fields->since_ms;
    contact->until_ms = fields->until_ms;
    contact->idle_before_ms = agent->idle_since_ms;
    usher_contact_give(contact, agent);
    if (!usher_contact_move(contact, USHER_CONTACT_WRAPPING, event->at_ms))
        return false;
    usher_engine_place_contact(engine, contact, event->at_ms);
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    return true;
}
