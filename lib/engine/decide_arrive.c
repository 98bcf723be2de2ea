/* How a contact comes in: whether there is room for it, and where it belongs. */
#include <inttypes.h>

#include "engine/callback.h"
#include "engine/callers.h"
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/facts.h"
#include "engine/later.h"
#include "engine/leave.h"
#include "engine/promise.h"
#include "wire/json.h"

/* What the command names of queue and tier; what it does not name the rules say. */
static enum usher_error find_named(struct usher_request *request, struct usher_admission *admission)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    const struct usher_fields *fields = &request->command->fields;
    if (fields->queue.at) {
        admission->queue = usher_rules_find_queue(rules, fields->queue);
        admission->tier = rules->default_tier;
    }
    if (fields->tier.at)
        admission->tier = usher_rules_find_tier(rules, fields->tier);
    if (admission->queue == SIZE_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`queue` must be one of the rules' queues");
    if (admission->tier == SIZE_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`tier` must be one of the rules' tiers");
    return USHER_OK;
}

static enum usher_error find_queue(struct usher_request *request, struct usher_admission *admission)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    const struct usher_fields *fields = &request->command->fields;
    const struct usher_facts facts =
        usher_engine_facts_of(request->engine, admission->channel, fields);
    const struct usher_route *route =
        rules && !fields->queue.at ? usher_rules_route(rules, &facts) : NULL;
    if (route) {
        admission->queue = route->queue;
        admission->tier = route->tier;
        admission->notice = route->notice;
    } else if (!rules || !fields->queue.at) {
        return usher_answer_set(request->answer, USHER_ERROR_NO_QUEUE,
                                "no route of the rules fits the contact");
    }
    return find_named(request, admission);
}

static enum usher_error check_id(struct usher_request *request, struct usher_text id)
{
    struct usher_engine *engine = request->engine;
    struct usher_answer *answer = request->answer;
    if (usher_engine_contact(engine, id))
        return usher_answer_set(answer, USHER_ERROR_CONTACT_EXISTS, "a live contact has this id");
    if (usher_ended_has(&engine->ended, usher_ended_hash(id), request->now_ms - USHER_ENDED_MS))
        return usher_answer_set(answer, USHER_ERROR_CONTACT_EXISTS,
                                "a contact of this id ended less than an hour ago; use a new id");
    return USHER_OK;
}

static enum usher_error check_data(struct usher_request *request)
{
    struct usher_text data = request->command->fields.data;
    size_t context_bytes = request->engine->limits.context_bytes;
    if (data.length > 0 && data.at[0] != '{')
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD, "`data` must be an object");
    if (data.length > context_bytes)
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "limits.context: `data` has more than %zu bytes", context_bytes);
    return USHER_OK;
}

static enum usher_error check_room(struct usher_request *request,
                                   const struct usher_admission *admission)
{
    struct usher_engine *engine = request->engine;
    struct usher_class_key key;
    bool is_booked = request->command->kind != USHER_COMMAND_CONTACT_ARRIVE;
    const struct usher_facts facts =
        usher_engine_facts_of(engine, admission->channel, &request->command->fields);
    if (engine->free_slots_count == 0)
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "limits.contacts: there are %zu live contacts",
                                engine->limits.contacts);
    usher_floor_key(&engine->floor, admission->queue, admission->tier, &facts, &key);
    if (engine->floor.classes_count == engine->floor.classes_max &&
        !usher_floor_find_class(&engine->floor, &key))
        return usher_answer_set(
            request->answer, USHER_ERROR_LIMIT,
            "limits.classes: there are %zu kinds of requirement; use fewer different needs",
            engine->floor.classes_max);
    if (!usher_clients_has_room(&engine->clients,
                                is_booked ? USHER_TEXT(USHER_OWN_CLIENT) : request->command->client,
                                request->now_ms))
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "limits.clients: too many clients");
    return USHER_OK;
}

enum usher_error usher_admit(struct usher_request *request, struct usher_text id,
                             struct usher_admission *admission)
{
    *admission = (struct usher_admission){
        .channel = usher_channel_find(request->command->fields.channel),
        .notice = USHER_NOTICE_NONE,
    };
    if (!admission->channel)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`channel` must be voice, chat, email, callback, task or outbound");
    if (check_id(request, id) || check_data(request) || find_queue(request, admission) ||
        check_room(request, admission))
        return request->answer->error;
    return USHER_OK;
}

/* Where a contact that belongs to the admission's queue really gets, since that may be closed or
 * full; what is booked does not count there. While a PBX lists its calls, each is taken in where it
 * belongs: some of them talk already. Who waits in a closed queue leaves it afterwards. */
static enum usher_error find_destination(struct usher_request *request,
                                         struct usher_admission *admission,
                                         struct usher_destination *destination)
{
    const struct usher_engine *engine = request->engine;
    *destination = usher_leave_find(engine, admission->channel, admission->queue);
    bool is_same = destination->queue == admission->queue;
    if (engine->holds_offers && (!destination->is_full || !is_same))
        *destination = (struct usher_destination){admission->queue, .notice = USHER_NOTICE_NONE};
    if (destination->notice == USHER_NOTICE_NONE)
        destination->notice = admission->notice;
    const struct usher_queue *queue = &engine->floor.rules->queues[destination->queue];
    if (destination->is_full)
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "queue %.*s: limit.waiting of %" PRId64 " is reached",
                                USHER_TEXT_ARGS(queue->name), queue->waiting_max);
    admission->queue = destination->queue;
    return is_same ? USHER_OK : check_room(request, admission);
}

/* Takes over what the command says of the customer and the matter. */
static void keep_story(struct usher_fields *event, const struct usher_fields *command)
{
    *event = (struct usher_fields){
        .present = command->present &
                   (USHER_FIELD_BIT(FROM) | USHER_FIELD_BIT(TO) | USHER_FIELD_BIT(DATA) |
                    USHER_FIELD_BIT(CUSTOMER) | USHER_FIELD_BIT(CASE_ID)),
        .from = command->from,
        .to = command->to,
        .data = command->data,
        .customer = command->customer,
        .case_id = command->case_id,
    };
}

/* Whether the customer has come by himself, and not we to him, or to the work he left. */
static bool comes_again(enum usher_channel channel)
{
    return channel != USHER_CHANNEL_OUTBOUND && channel != USHER_CHANNEL_TASK;
}

/* Whose the contact is, and what is remembered of him: read before the contact came here. */
static void add_customer(struct usher_request *request, struct usher_event *event, size_t queue,
                         char room[USHER_CUSTOMER_MAX])
{
    const struct usher_rules *rules = request->engine->floor.rules;
    const struct usher_fields *fields = &request->command->fields;
    struct usher_text customer = usher_customer_of(request->engine, fields, room);
    if (customer.at)
        USHER_FIELDS_SET(&event->fields, CUSTOMER, customer, customer);
    if (fields->last_agent.length > 0) {
        USHER_FIELDS_SET(&event->fields, LAST_AGENT, last_agent, fields->last_agent);
        USHER_FIELDS_SET(&event->fields, LAST_MS, last_ms,
                         usher_fields_has(fields, USHER_FIELD_LAST_MS) ? fields->last_ms
                                                                       : request->now_ms);
    }
    if (comes_again(usher_channel_find(event->fields.channel)) && fields->memory.at &&
        usher_rules_is_repeat(rules, queue, fields->memory, request->now_ms))
        USHER_FIELDS_SET(&event->fields, REPEAT, repeat, 1);
}

/* Before the contact itself: what it needs may depend on it. */
static void tell_known(struct usher_request *request, const struct usher_event *arrived,
                       size_t queue)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    struct usher_text memory = request->command->fields.memory;
    struct usher_event event = {.kind = USHER_EVENT_CUSTOMER_KNOWN};
    if (!memory.at || !arrived->fields.customer.at)
        return;
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, arrived->fields.contact);
    USHER_FIELDS_SET(&event.fields, CUSTOMER, customer, arrived->fields.customer);
    USHER_FIELDS_SET(&event.fields, MEMORY, memory, memory);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, arrived->fields.queue);
    if (comes_again(usher_channel_find(arrived->fields.channel)) &&
        usher_rules_served_ms(rules, queue, memory) > 0)
        USHER_FIELDS_SET(&event.fields, RESOLVED, resolved, arrived->fields.repeat == 0);
    usher_engine_emit(request->engine, &event, request->now_ms);
}

void usher_admit_known(struct usher_request *request, struct usher_event *event, size_t queue,
                       char room[USHER_CUSTOMER_MAX])
{
    add_customer(request, event, queue, room);
    tell_known(request, event, queue);
}

/* A call that a PBX has already is not thrown out. */
static bool is_blocked(struct usher_request *request)
{
    char room[USHER_CUSTOMER_MAX];
    const struct usher_engine *engine = request->engine;
    const struct usher_fields *fields = &request->command->fields;
    return !engine->holds_offers && usher_rules_is_blocked(engine->floor.rules, fields->from,
                                                           usher_customer_of(engine, fields, room));
}

static enum usher_error refuse(struct usher_request *request, struct usher_text id,
                               enum usher_channel channel)
{
    char room[USHER_CUSTOMER_MAX];
    const struct usher_fields *fields = &request->command->fields;
    struct usher_text customer = usher_customer_of(request->engine, fields, room);
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_REFUSED};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, id);
    USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_channel_name(channel));
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("blocked"));
    if (fields->from.at)
        USHER_FIELDS_SET(&event.fields, FROM, from, fields->from);
    if (fields->to.at)
        USHER_FIELDS_SET(&event.fields, TO, to, fields->to);
    if (customer.at)
        USHER_FIELDS_SET(&event.fields, CUSTOMER, customer, customer);
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}

/* In the place of the customer's callback, as long as nobody has that in hand; what is earlier is
 * the contact's own. */
static void take_place(const struct usher_request *request, const struct usher_contact *callback,
                       struct usher_fields *event)
{
    int64_t place_ms = usher_later_place_ms(request->engine, callback, request->now_ms);
    if (usher_contact_state_is_talk(callback->state) || place_ms >= event->place_ms)
        return;
    event->place_ms = place_ms;
    USHER_FIELDS_SET(event, WAITED_MS, waited_ms, request->now_ms - event->since_ms);
}

/* `callback`: of the same customer, whose matter the contact goes on with; or NULL. */
static enum usher_error arrive(struct usher_request *request, struct usher_contact *callback)
{
    char customer[USHER_CUSTOMER_MAX];
    const struct usher_fields *fields = &request->command->fields;
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text id;
    struct usher_admission admission;
    struct usher_destination destination;
    if (!usher_request_contact_id(request, room, &id))
        return request->answer->error;
    if (usher_admit(request, id, &admission))
        return request->answer->error;
    if (is_blocked(request))
        return refuse(request, id, admission.channel);
    if (find_destination(request, &admission, &destination))
        return request->answer->error;
    const struct usher_rules *rules = request->engine->floor.rules;
    bool is_earlier =
        usher_fields_has(fields, USHER_FIELD_SINCE_MS) && fields->since_ms < request->now_ms;
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_ARRIVED};
    keep_story(&event.fields, fields);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, id);
    USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_channel_name(admission.channel));
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, rules->queues[admission.queue].name);
    USHER_FIELDS_SET(&event.fields, TIER, tier, rules->tiers[admission.tier].name);
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms,
                     is_earlier ? fields->since_ms : request->now_ms);
    USHER_FIELDS_SET(&event.fields, SINCE_MS, since_ms,
                     is_earlier ? fields->since_ms : request->now_ms);
    if (callback)
        take_place(request, callback, &event.fields);
    if (callback && callback->note)
        USHER_FIELDS_SET(&event.fields, NOTE, note, usher_text_of(callback->note));
    int64_t promise_ms =
        usher_rules_promise_ms(rules, admission.queue, admission.tier, admission.channel);
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms,
                     event.fields.place_ms + promise_ms +
                         usher_site_opens_in_ms(request->engine, admission.queue, request->now_ms));
    add_customer(request, &event, admission.queue, customer);
    usher_leave_tell(request->engine, destination.notice, &event);
    tell_known(request, &event, admission.queue);
    usher_engine_emit(request->engine, &event, request->now_ms);
    struct usher_contact *contact = usher_engine_contact(request->engine, id);
    if (destination.kind != USHER_WAY_NONE) {
        usher_leave_by(request->engine, contact, &destination, request->now_ms);
        return USHER_OK;
    }
    usher_dispatch_contact(request->engine, contact, request->now_ms);
    if (callback && !usher_contact_state_is_talk(callback->state))
        usher_later_drop(request->engine, callback, USHER_CALLED_AGAIN, request->now_ms);
    usher_promise_tell(request->engine, contact, request->now_ms);
    usher_callback_consider(request->engine, contact, request->now_ms);
    return USHER_OK;
}

/* What was known of the matter before, as far as the new call does not say it itself. */
static void take_over(struct usher_command *command, const struct usher_contact *callback,
                      struct usher_bytes *merged)
{
    struct usher_fields *fields = &command->fields;
    if (!fields->case_id.at)
        USHER_FIELDS_SET(fields, CASE_ID, case_id,
                         callback->case_id.at ? callback->case_id : usher_text_of(callback->id));
    if (!callback->data.at)
        return;
    if (!fields->data.at)
        USHER_FIELDS_SET(fields, DATA, data, callback->data);
    else if (usher_json_merge(fields->data, callback->data, merged))
        USHER_FIELDS_SET(fields, DATA, data, usher_bytes_text(merged));
}

enum usher_error usher_decide_contact_arrive(struct usher_request *request)
{
    const struct usher_command *command = request->command;
    char room[USHER_CUSTOMER_MAX];
    struct usher_text customer = usher_customer_of(request->engine, &command->fields, room);
    bool is_call = usher_channel_find(command->fields.channel) == USHER_CHANNEL_VOICE;
    struct usher_contact *callback =
        is_call ? usher_callers_callback(request->engine, customer, NULL) : NULL;
    if (is_call && !callback)
        callback = usher_callers_called(request->engine, customer);
    if (!callback)
        return arrive(request, NULL);
    struct usher_command whole = *command;
    struct usher_request again = *request;
    struct usher_bytes merged;
    usher_bytes_init(&merged, request->engine->limits.context_bytes);
    again.command = &whole;
    take_over(&whole, callback, &merged);
    enum usher_error error = arrive(&again, callback);
    usher_bytes_fini(&merged);
    return error;
}
