/* Customers: what is known of one when a contact comes, what later events tell of him, and how he
 * is forgotten. A contact without a customer costs nothing here. */
#include <stdlib.h>
#include <string.h>

#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/moves.h"
#include "wire/json.h"

struct usher_text usher_customer_of(const struct usher_engine *engine,
                                    const struct usher_fields *fields,
                                    char room[USHER_CUSTOMER_MAX])
{
    if (fields->customer.length > 0)
        return fields->customer;
    if (!engine->floor.rules)
        return USHER_NO_TEXT;
    return usher_rules_customer(engine->floor.rules, fields->from, fields->data, room);
}

void usher_event_add_customer(struct usher_event *event, const struct usher_engine *engine,
                              const struct usher_contact *contact)
{
    if (!contact->customer.at)
        return;
    USHER_FIELDS_SET(&event->fields, CUSTOMER, customer, contact->customer);
    if (usher_event_row(event->kind)->optional & USHER_FIELD_BIT(QUEUE))
        USHER_FIELDS_SET(&event->fields, QUEUE, queue,
                         engine->floor.rules->queues[contact->queue].name);
}

void usher_known_forget(struct usher_engine *engine)
{
    free(engine->known);
    engine->known = NULL;
}

struct usher_text usher_known_memory(const struct usher_engine *engine, struct usher_text contact)
{
    const struct usher_known *known = engine->known;
    if (!known || !usher_text_is_equal(usher_text_of(known->contact), contact))
        return USHER_NO_TEXT;
    return (struct usher_text){known->memory, known->memory_length};
}

bool usher_apply_customer_known(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_text memory = event->fields.memory;
    struct usher_known *known = malloc(sizeof(*known) + memory.length);
    if (!known || !usher_text_copy(known->contact, sizeof(known->contact), event->fields.contact)) {
        free(known);
        return false;
    }
    known->memory_length = memory.length;
    memcpy(known->memory, memory.at, memory.length);
    usher_known_forget(engine);
    engine->known = known;
    return true;
}

/* Without a number nobody can be called back: what was booked, and is not under way yet, ends. */
static bool is_void(const struct usher_contact *contact)
{
    bool is_dialled =
        contact->channel == USHER_CHANNEL_CALLBACK || contact->channel == USHER_CHANNEL_OUTBOUND;
    return is_dialled &&
           (contact->state == USHER_CONTACT_WAITING || contact->state == USHER_CONTACT_SCHEDULED ||
            usher_contact_state_is_offer(contact->state));
}

static void end_booked(struct usher_engine *engine, struct usher_text customer, int64_t now_ms)
{
    usher_list_for_each_safe (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (!usher_text_is_equal(contact->customer, customer) || !is_void(contact))
            continue;
        if (contact->agent)
            usher_withdraw_offer(engine, contact, USHER_ERASED, now_ms);
        usher_finish_contact(engine, contact, USHER_TEXT(USHER_ERASED), USHER_NO_TEXT, now_ms);
    }
}

enum usher_error usher_decide_customer_erase(struct usher_request *request)
{
    struct usher_event event = {.kind = USHER_EVENT_CUSTOMER_ERASED};
    struct usher_text customer = request->command->fields.customer;
    if (customer.length == 0)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`customer` must be the key of a customer");
    USHER_FIELDS_SET(&event.fields, CUSTOMER, customer, customer);
    request->engine->holds_offers = true;
    end_booked(request->engine, customer, request->now_ms);
    request->engine->holds_offers = false;
    usher_engine_emit(request->engine, &event, request->now_ms);
    usher_dispatch_all(request->engine, request->now_ms);
    return USHER_OK;
}

/* Of an object, what the queue's needs look at: without it the contact could not be routed any
 * more.
 */
static void keep_needed(const struct usher_queue *queue, bool is_customers,
                        struct usher_text object, struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < queue->needs_count; i++) {
        const struct usher_need_rule *need = &queue->needs[i];
        bool is_asked = need->key.at && need->is_customers == is_customers;
        for (size_t j = 0; j < i && is_asked; j++) {
            const struct usher_need_rule *before = &queue->needs[j];
            is_asked = !before->key.at || before->is_customers != is_customers ||
                       !usher_text_is_equal(before->key, need->key);
        }
        struct usher_text value = is_asked ? usher_json_find(object, need->key) : USHER_NO_TEXT;
        if (!value.at)
            continue;
        usher_json_write_key(&writer, need->key);
        usher_json_write_raw(&writer, value);
    }
    usher_json_write_close(&writer, '}');
}

static bool erase(const struct usher_engine *engine, struct usher_contact *contact)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[contact->queue];
    struct usher_bytes data;
    struct usher_bytes memory;
    struct usher_fields left = {.to = contact->to,
                                .case_id = contact->case_id,
                                .campaign = contact->campaign,
                                .zone = contact->zone};
    usher_bytes_init(&data, USHER_LINE_MAX);
    usher_bytes_init(&memory, USHER_LINE_MAX);
    if (contact->data.at) {
        keep_needed(queue, false, contact->data, &data);
        left.data = usher_bytes_text(&data);
    }
    if (contact->memory.at) {
        keep_needed(queue, true, contact->memory, &memory);
        left.memory = usher_bytes_text(&memory);
    }
    bool is_kept = !data.is_full && !memory.is_full && usher_contact_keep_texts(contact, &left);
    usher_bytes_fini(&data);
    usher_bytes_fini(&memory);
    usher_list_remove(&contact->of_customer);
    free(contact->note);
    contact->note = NULL;
    return is_kept;
}

bool usher_engine_erase(struct usher_engine *engine, struct usher_text customer)
{
    bool is_kept = true;
    usher_list_for_each (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->customer.at && usher_text_is_equal(contact->customer, customer))
            is_kept &= erase(engine, contact);
    }
    return is_kept;
}

bool usher_apply_customer_erased(struct usher_engine *engine, const struct usher_event *event)
{
    return usher_engine_erase(engine, event->fields.customer);
}
