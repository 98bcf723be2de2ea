/* Customers: what is told of one comes right before the contact, and an erased one is nobody from
 * then on; routing still knows what it needs. */
#include <stdio.h>
#include <string.h>

#include "simulation/model.h"
#include "wire/json.h"

bool model_on_known(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    (void)agent;
    if (contact || model->known_contact[0] != '\0')
        return model_fail(model, "a customer is told of for nobody who comes");
    model_keep(model->known_contact, sizeof(model->known_contact), event->fields.contact);
    model_keep(model->known_memory, sizeof(model->known_memory), event->fields.memory);
    return true;
}

bool model_take_known(struct model *model, const struct usher_event *event,
                      struct model_contact *contact)
{
    bool is_known = model->known_contact[0] != '\0';
    if (is_known &&
        !usher_text_is_equal(usher_text_of(model->known_contact), event->fields.contact))
        return model_fail(model, "%s was told of, and another arrives", model->known_contact);
    if (is_known && !event->fields.customer.at)
        return model_fail(model, "something is remembered of nobody");
    model_keep(contact->customer, sizeof(contact->customer), event->fields.customer);
    if (is_known)
        model_keep(contact->memory, sizeof(contact->memory), usher_text_of(model->known_memory));
    model->known_contact[0] = '\0';
    return true;
}

/* Of an object, what the needs of the queue look at. */
static void keep_needed(const struct usher_queue *queue, bool is_customers, char *object,
                        size_t object_size)
{
    char kept[128] = "{";
    for (size_t i = 0; i < queue->needs_count; i++) {
        const struct usher_need_rule *need = &queue->needs[i];
        struct usher_text value = need->key.at && need->is_customers == is_customers
                                      ? usher_json_find(usher_text_of(object), need->key)
                                      : USHER_NO_TEXT;
        size_t length = strlen(kept);
        if (value.at) /* a scene's queue has one such need */
            snprintf(kept + length, sizeof(kept) - length, "\"%.*s\":%.*s",
                     USHER_TEXT_ARGS(need->key), USHER_TEXT_ARGS(value));
    }
    snprintf(object, object_size, "%s}", kept);
}

bool model_on_erased(struct model *model, const struct usher_event *event,
                     struct model_contact *contact, size_t agent)
{
    (void)contact, (void)agent;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        struct model_contact *live = &model->contacts[i];
        const struct usher_queue *queue = &model->rules->queues[live->queue];
        if (live->state == MODEL_GONE ||
            !usher_text_is_equal(usher_text_of(live->customer), event->fields.customer))
            continue;
        if (live->data[0] != '\0')
            keep_needed(queue, false, live->data, sizeof(live->data));
        if (live->memory[0] != '\0')
            keep_needed(queue, true, live->memory, sizeof(live->memory));
        live->from[0] = live->customer[0] = '\0';
    }
    return true;
}
