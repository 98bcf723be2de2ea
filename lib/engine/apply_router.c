/* What the router's own events, rules and links change. */
#include <string.h>

#include "engine/facts.h"
#include "wire/json.h"

bool usher_apply_router(struct usher_engine *engine, const struct usher_event *event)
{
    (void)engine;
    (void)event; /* the number and the time are all that they change */
    return true;
}

static void keep(char *room, size_t size, struct usher_text text)
{
    room[0] = '\0';
    if (text.at)
        (void)!usher_text_copy(room, size, text);
}

bool usher_apply_router_outage(struct usher_engine *engine, const struct usher_event *event)
{
    keep(engine->leader_outage, sizeof(engine->leader_outage), event->fields.outage);
    keep(engine->leader_home, sizeof(engine->leader_home), event->fields.home);
    return true;
}

void usher_engine_follow_leader(struct usher_engine *engine)
{
    bool is_of_version_2 = engine->leader_version != 0 && engine->leader_version < 3;
    usher_floor_follow_leader(&engine->floor, is_of_version_2);
}

bool usher_apply_router_started(struct usher_engine *engine, const struct usher_event *event)
{
    keep(engine->leader_addresses, sizeof(engine->leader_addresses), event->fields.addresses);
    engine->leader_version = (uint32_t)event->fields.version;
    usher_engine_follow_leader(engine);
    return usher_apply_router_outage(engine, event);
}

static struct usher_rules *on_shelf(const struct usher_engine *engine, struct usher_text hash)
{
    for (size_t i = 0; i < USHER_SHELF_SIZE; i++)
        if (engine->shelf[i] && usher_text_is_equal(usher_text_of(engine->shelf[i]->hash), hash))
            return engine->shelf[i];
    return NULL;
}

/* Where the contact belongs now; its promise is as much longer or shorter as that of its queue. */
static void route_again(struct usher_engine *engine, struct usher_contact *contact,
                        const struct usher_rules *before, int64_t now_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_class_key key;
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    if (before)
        contact->due_ms -=
            usher_rules_promise_ms(before, contact->queue, contact->tier, contact->channel);
    usher_rules_route_again(rules, before, &facts, &contact->queue, &contact->tier);
    contact->due_ms +=
        usher_rules_promise_ms(rules, contact->queue, contact->tier, contact->channel);
    usher_floor_key(&engine->floor, contact->queue, contact->tier, &facts, &key);
    contact->class = contact->is_parted ? NULL : usher_floor_class(&engine->floor, &key, now_ms);
    if (contact->state == USHER_CONTACT_WAITING)
        engine->queue_waiting[contact->queue]++;
}

static bool take_rules(struct usher_engine *engine, const struct usher_rules *rules,
                       const struct usher_kept *kept, int64_t now_ms)
{
    const struct usher_rules *before = engine->floor.rules;
    if (!usher_floor_take_rules(&engine->floor, rules, now_ms))
        return false;
    usher_site_take_rules(&engine->site, before, rules);
    memset(engine->queue_waiting, 0, USHER_QUEUES_MAX * sizeof(*engine->queue_waiting));
    usher_list_for_each (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        route_again(engine, contact, before, now_ms);
        usher_engine_place_contact(engine, contact, now_ms);
    }
    if (kept)
        usher_floor_recall(&engine->floor, kept, now_ms);
    usher_floor_take_shares(&engine->floor, now_ms);
    return true;
}

bool usher_apply_rules_loaded(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_rules *rules = on_shelf(engine, event->fields.hash);
    struct usher_kept *kept = NULL;
    if (!rules)
        return false;
    usher_list_for_each (node, &engine->live)
        usher_floor_leave(&engine->floor, usher_list_entry(node, struct usher_contact, live));
    for (size_t i = 0; i < engine->floor.classes_count; i++) {
        usher_heap_remove(&engine->deadlines, &engine->floor.classes[i]->announcing);
        usher_heap_remove(&engine->deadlines, &engine->floor.classes[i]->opening);
    }
    /* A router of version 2 began anew with each set of rules. */
    if (engine->floor.rules && engine->leader_version >= 3) {
        kept = usher_floor_keep(&engine->floor, rules);
        if (!kept)
            return false;
    }
    bool is_taken = take_rules(engine, rules, kept, event->at_ms);
    usher_kept_free(kept);
    return is_taken;
}

static void place_contacts(struct usher_engine *engine, struct usher_client *client, int64_t now_ms)
{
    usher_list_for_each (node, &client->contacts)
        usher_engine_place_contact(engine, usher_list_entry(node, struct usher_contact, of_client),
                                   now_ms);
}

bool usher_apply_link_lost(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_client *client =
        usher_clients_get(&engine->clients, event->fields.client, event->at_ms);
    if (!client)
        return false;
    client->is_lost = true;
    client->lost_until_ms = event->fields.until_ms;
    usher_heap_set(&engine->deadlines, &client->lease, client->lost_until_ms);
    place_contacts(engine, client, event->at_ms);
    return true;
}

bool usher_apply_link_regained(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_client *client =
        usher_clients_get(&engine->clients, event->fields.client, event->at_ms);
    if (!client)
        return false;
    client->is_lost = false;
    client->can_dial = usher_json_has_text(event->fields.can, USHER_TEXT("dial"));
    client->only_refers = usher_json_has_text(event->fields.can, USHER_TEXT("refer"));
    client->lost_until_ms = 0;
    usher_heap_remove(&engine->deadlines, &client->lease);
    if (event->fields.instance.at &&
        !usher_text_copy(client->instance, sizeof(client->instance), event->fields.instance))
        return false;
    place_contacts(engine, client, event->at_ms);
    return true;
}
