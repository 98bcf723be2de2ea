/* What events of contacts change. */

#include "engine/callers.h"
#include "engine/facts.h"
#include "engine/move.h"

static struct usher_contact *contact_of(const struct usher_engine *engine,
                                        const struct usher_event *event)
{
    return usher_engine_contact(engine, event->fields.contact);
}

/* Queue, tier, channel and client of a new contact. */
static bool fill(struct usher_engine *engine, struct usher_contact *contact,
                 const struct usher_event *event)
{
    struct usher_fields whole = event->fields;
    const struct usher_fields *fields = &whole;
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_text name =
        contact->is_ours ? USHER_TEXT(USHER_OWN_CLIENT) : usher_contact_id_client(fields->contact);
    struct usher_client *client =
        name.length > 0 ? usher_clients_get(&engine->clients, name, event->at_ms) : NULL;
    whole.memory = usher_known_memory(engine, fields->contact);
    contact->queue = usher_rules_find_queue(rules, fields->queue);
    contact->tier = usher_rules_find_tier(rules, fields->tier);
    contact->channel = usher_channel_find(fields->channel);
    int64_t arrived_ms =
        usher_fields_has(fields, USHER_FIELD_SINCE_MS) ? fields->since_ms : event->at_ms;
    int64_t waited_ms = usher_fields_has(fields, USHER_FIELD_WAITED_MS)
                            ? fields->waited_ms
                            : event->at_ms - fields->place_ms;
    bool is_later = contact->is_ours && fields->place_ms <= fields->until_ms;
    if ((fields->place_ms > event->at_ms && !is_later) || arrived_ms > event->at_ms ||
        waited_ms > event->at_ms)
        return false; /* nobody comes in the future: he would have waited for less than nothing */
    if (!client || contact->queue == SIZE_MAX || contact->tier == SIZE_MAX || !contact->channel ||
        !usher_text_copy(contact->id, sizeof(contact->id), fields->contact) ||
        !usher_contact_keep_texts(contact, fields) ||
        !usher_text_keep(&contact->note, fields->note))
        return false;
    usher_callers_add(engine, contact);
    contact->is_repeat = fields->repeat != 0;
    usher_known_forget(engine);
    contact->client = client->index;
    usher_list_append(&client->contacts, &contact->of_client);
    contact->place_ms = fields->place_ms;
    contact->waited_ms = contact->is_ours ? 0 : waited_ms;
    contact->arrived_ms = arrived_ms;
    if (usher_fields_has(fields, USHER_FIELD_WAITED_MS))
        contact->leg_ms = event->at_ms - waited_ms; /* the place is older than its own waiting */
    contact->served_by =
        fields->last_agent.at ? usher_engine_agent(engine, fields->last_agent) : NULL;
    contact->served_ms = contact->served_by ? fields->last_ms : 0;
    contact->due_ms =
        usher_fields_has(fields, USHER_FIELD_DUE_MS)
            ? fields->due_ms
            : contact->place_ms +
                  usher_rules_promise_ms(rules, contact->queue, contact->tier, contact->channel);
    struct usher_class_key key;
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    usher_floor_key(&engine->floor, contact->queue, contact->tier, &facts, &key);
    contact->class = usher_floor_class(&engine->floor, &key, event->at_ms);
    return true;
}

bool usher_apply_contact_arrived(struct usher_engine *engine, const struct usher_event *event)
{
    if (!engine->floor.rules || contact_of(engine, event))
        return false;
    struct usher_contact *contact = usher_engine_new_contact(engine);
    if (!contact || !fill(engine, contact, event) || !contact->class ||
        usher_table_put(&engine->contacts_by_id, contact) != USHER_TABLE_PUT ||
        !usher_contact_move(contact, USHER_CONTACT_WAITING, event->at_ms))
        return false;
    engine->queue_waiting[contact->queue]++;
    usher_floor_note_arrival(&engine->floor, contact->class, event->at_ms);
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

bool usher_apply_contact_moved(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact)
        return false;
    contact->meant_until_ms = 0;
    return usher_move_apply(engine, contact, event, false);
}

bool usher_apply_contact_scheduled(struct usher_engine *engine, const struct usher_event *event)
{
    if (!engine->floor.rules || contact_of(engine, event))
        return false;
    struct usher_contact *contact = usher_engine_new_contact(engine);
    if (!contact)
        return false;
    contact->is_ours = true;
    if (!fill(engine, contact, event) || !contact->class ||
        usher_table_put(&engine->contacts_by_id, contact) != USHER_TABLE_PUT ||
        !usher_contact_move(contact, USHER_CONTACT_SCHEDULED, event->at_ms))
        return false;
    contact->pause = usher_pause_find(event->fields.reason);
    contact->until_ms = event->fields.until_ms;
    contact->not_after_ms = event->fields.not_after_ms;
    contact->attempts_max = event->fields.attempts;
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

void usher_contact_stop_waiting(struct usher_engine *engine, struct usher_contact *contact)
{
    contact->settle_until_ms = 0;
    engine->queue_waiting[contact->queue]--;
}

bool usher_contact_set_ringer(struct usher_engine *engine, struct usher_contact *contact,
                              const struct usher_event *event)
{
    struct usher_text name = event->fields.client;
    struct usher_client *client = usher_clients_get(
        &engine->clients, name.at ? name : USHER_TEXT(USHER_OWN_CLIENT), event->at_ms);
    if (!client)
        return false;
    contact->client = client->index;
    contact->has_ringer = name.at != NULL;
    usher_list_remove(&contact->of_client);
    usher_list_append(&client->contacts, &contact->of_client);
    return true;
}

bool usher_apply_contact_offered(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    struct usher_agent *agent = usher_engine_agent(engine, event->fields.agent);
    if (!contact || !agent || contact->state != USHER_CONTACT_WAITING)
        return false;
    usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_OFFERED, event->at_ms) ||
        (contact->is_ours && !usher_contact_set_ringer(engine, contact, event)))
        return false;
    if (usher_fields_has(&event->fields, USHER_FIELD_TURN))
        engine->deferred_turn = (uint32_t)(event->fields.turn + 1) % USHER_TURNS;
    contact->offer = event->n;
    contact->until_ms = event->fields.until_ms;
    contact->idle_before_ms = agent->idle_since_ms;
    agent->idle_since_ms = event->at_ms;
    usher_contact_give(contact, agent);
    usher_engine_place_contact(engine, contact, event->at_ms);
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    return true;
}

bool usher_apply_contact_ringing(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    return contact && usher_contact_move(contact, USHER_CONTACT_RINGING, event->at_ms);
}

bool usher_apply_contact_answered(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    struct usher_agent *agent = usher_engine_agent(engine, event->fields.agent);
    if (!contact || !agent || !usher_number_read(event->fields.offer, &contact->offer))
        return false;
    if (contact->state == USHER_CONTACT_WAITING) {
        usher_contact_stop_waiting(engine, contact);
        contact->idle_before_ms = agent->idle_since_ms;
        usher_contact_give(contact, agent);
    }
    if (contact->agent != agent ||
        !usher_contact_move(contact, USHER_CONTACT_TALKING, event->at_ms))
        return false;
    usher_contact_end_told(contact, true, event->at_ms);
    contact->until_ms = 0;
    contact->answered_ms = event->at_ms;
    usher_contact_forget_declines(contact);
    contact->meant_until_ms = 0;
    agent->missed_count = 0;
    agent->idle_since_ms = event->at_ms;
    usher_engine_place_contact(engine, contact, event->at_ms);
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    return true;
}

bool usher_apply_contact_held(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    return contact && usher_contact_move(contact, USHER_CONTACT_HELD, event->at_ms);
}

bool usher_apply_contact_resumed(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    return contact && contact->state == USHER_CONTACT_HELD &&
           usher_contact_move(contact, USHER_CONTACT_TALKING, event->at_ms);
}

bool usher_apply_contact_wrapping(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact || !usher_contact_move(contact, USHER_CONTACT_WRAPPING, event->at_ms))
        return false;
    contact->until_ms = event->fields.until_ms;
    contact->extended_count = 0;
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

bool usher_apply_contact_extended(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact || contact->state != USHER_CONTACT_WRAPPING)
        return false;
    contact->until_ms = event->fields.until_ms;
    contact->extended_count++;
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}

/* Everything that a final state lets go of. The id stays taken, so that a repeated arrival makes no
 * second contact; but whoever was only given up because the PBX was away too long may still be on
 * its line, and is taken in again when it says so. */
void usher_contact_let_go(struct usher_engine *engine, struct usher_contact *contact,
                          const struct usher_event *event)
{
    struct usher_agent *agent = contact->agent;
    int64_t now_ms = event->at_ms;
    usher_engine_leave_line(engine, contact);
    usher_contact_take_away(contact);
    if (!event->fields.reason.at ||
        !usher_text_is_equal(event->fields.reason, USHER_TEXT(USHER_LINK_LOST)))
        usher_ended_add(&engine->ended, usher_ended_hash(usher_text_of(contact->id)), now_ms,
                        now_ms - USHER_ENDED_MS);
    usher_engine_free_contact(engine, contact);
    if (agent)
        usher_floor_update_agent(&engine->floor, agent, now_ms);
}

bool usher_apply_contact_done(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact)
        return false;
    enum usher_contact_state from = contact->state;
    bool was_served = usher_contact_state_is_talk(from) || from == USHER_CONTACT_WRAPPING;
    if (from == USHER_CONTACT_WAITING)
        usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_DONE, event->at_ms))
        return false;
    if (contact->agent)
        contact->agent->idle_since_ms = was_served ? event->at_ms : contact->idle_before_ms;
    if (was_served && contact->class)
        usher_floor_note_handled(&engine->floor, contact->class,
                                 event->at_ms - contact->answered_ms);
    usher_contact_let_go(engine, contact, event);
    return true;
}

bool usher_apply_contact_abandoned(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact)
        return false;
    if (contact->state == USHER_CONTACT_WAITING)
        usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_ABANDONED, event->at_ms))
        return false;
    if (!event->fields.reason.at) /* given up by us, it says nothing of the wait */
        usher_contact_end_told(contact, false, event->at_ms);
    if (contact->agent)
        contact->agent->idle_since_ms = contact->idle_before_ms;
    usher_contact_let_go(engine, contact, event);
    return true;
}

bool usher_apply_contact_overflowed(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    if (!contact || contact->state != USHER_CONTACT_WAITING)
        return false;
    usher_contact_stop_waiting(engine, contact);
    if (!usher_contact_move(contact, USHER_CONTACT_OVERFLOWED, event->at_ms))
        return false;
    usher_contact_let_go(engine, contact, event);
    return true;
}

/* It was never here; only its id is taken. */
bool usher_apply_contact_refused(struct usher_engine *engine, const struct usher_event *event)
{
    if (contact_of(engine, event))
        return false;
    usher_ended_add(&engine->ended, usher_ended_hash(event->fields.contact), event->at_ms,
                    event->at_ms - USHER_ENDED_MS);
    return true;
}

bool usher_apply_contact_noted(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_contact *contact = contact_of(engine, event);
    return contact && usher_text_keep(&contact->note, event->fields.note);
}
