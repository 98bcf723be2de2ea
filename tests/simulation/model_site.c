/* Events of the site: its rules, and the links to its PBXs. */
#include "simulation/model.h"
#include "wire/json.h"

bool model_on_rules(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    (void)contact;
    (void)agent;
    struct usher_rules *before = model->rules;
    struct usher_rules *rules = world_read_rules(model->world, event->fields.hash);
    if (!rules)
        return model_fail(model, "rules that never were");
    static struct model_kept kept;
    model_keep_past(model, &kept);
    model_take_rules(model, rules, event->at_ms);
    model_take_doors(model, before);
    /* Contacts by the order of their arrival: queue and tier of the same name, else as routed anew,
     * else the last route. */
    for (uint64_t serial = 1; serial <= model->serial; serial++) {
        for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
            struct model_contact *live = &model->contacts[i];
            if (live->state == MODEL_GONE || live->serial != serial)
                continue;
            const struct usher_facts facts = model_facts(live);
            const struct usher_route *route = usher_rules_route(rules, &facts);
            size_t queue = route ? route->queue : rules->routes[rules->routes_count - 1].queue;
            size_t tier = route ? route->tier : rules->default_tier;
            size_t same_queue = usher_rules_find_queue(rules, before->queues[live->queue].name);
            size_t same_tier = usher_rules_find_tier(rules, before->tiers[live->tier].name);
            live->due_ms -= usher_rules_promise_ms(before, live->queue, live->tier, live->channel);
            live->queue = same_queue != SIZE_MAX ? same_queue : queue;
            live->tier = same_tier != SIZE_MAX ? same_tier : tier;
            live->due_ms += usher_rules_promise_ms(rules, live->queue, live->tier, live->channel);
            if (!live->is_parted)
                live->class = model_class(model, live, event->at_ms);
        }
    }
    if (before)
        model_recall(model, before, &kept, event->at_ms);
    model_take_shares(model, event->at_ms);
    usher_rules_free(before);
    return true;
}

bool model_on_link(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t agent)
{
    (void)contact;
    (void)agent;
    struct model_client *client = &model->clients[model_find_client(model, event->fields.client)];
    client->is_lost = event->kind == USHER_EVENT_LINK_LOST;
    if (!client->is_lost) {
        client->can_dial = usher_json_has_text(event->fields.can, USHER_TEXT("dial"));
        client->only_refers = usher_json_has_text(event->fields.can, USHER_TEXT("refer"));
    }
    client->until_ms = client->is_lost ? event->fields.until_ms : 0;
    return true;
}
