/* Commands about work for later: it is booked, and cancelled. */
#include <stdio.h>

#include "engine/decide.h"

#define BOOKED_MAX_MS (INT64_C(400) * 86400000)

/* "usher/u-<epoch>-<seq>", by the event that books it. */
static struct usher_text own_id(const struct usher_engine *engine,
                                char room[USHER_CONTACT_ID_MAX + 1])
{
    char number[USHER_NUMBER_SIZE];
    struct usher_number n = {engine->last.epoch, engine->last.seq + 1};
    (void)usher_number_write(n, number);
    int length = snprintf(room, USHER_CONTACT_ID_MAX + 1, USHER_OWN_CLIENT "/u-%s", number);
    return (struct usher_text){room, (size_t)length};
}

static bool is_bookable(enum usher_channel channel)
{
    return channel == USHER_CHANNEL_CALLBACK || channel == USHER_CHANNEL_OUTBOUND ||
           channel == USHER_CHANNEL_TASK || channel == USHER_CHANNEL_EMAIL;
}

static enum usher_error check_booking(struct usher_request *request, int64_t from_ms)
{
    const struct usher_fields *fields = &request->command->fields;
    enum usher_channel channel = usher_channel_find(fields->channel);
    struct usher_answer *answer = request->answer;
    if (!is_bookable(channel))
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD,
                                "`channel` must be callback, task, email or outbound");
    if (usher_channel_is_phone(channel) && fields->from.length == 0)
        return usher_answer_set(answer, USHER_ERROR_MISSING_FIELD,
                                "`from` is needed: the number at which the customer is called");
    if (from_ms - request->now_ms > BOOKED_MAX_MS)
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD,
                                "`not_before_ms` is more than 400 days away");
    if (usher_fields_has(fields, USHER_FIELD_NOT_AFTER_MS) && fields->not_after_ms <= from_ms)
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD,
                                "`not_after_ms` must be later than now and `not_before_ms`");
    return USHER_OK;
}

/* Takes over what the command says, and where the contact belongs. */
static void fill(struct usher_event *event, const struct usher_request *request,
                 const struct usher_admission *admission)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    struct usher_fields *fields = &event->fields;
    *fields = request->command->fields;
    fields->present &= USHER_FIELD_BIT(FROM) | USHER_FIELD_BIT(TO) | USHER_FIELD_BIT(DATA) |
                       USHER_FIELD_BIT(NOTE) | USHER_FIELD_BIT(CUSTOMER) |
                       USHER_FIELD_BIT(CASE_ID) | USHER_FIELD_BIT(CAMPAIGN) |
                       USHER_FIELD_BIT(ZONE) | USHER_FIELD_BIT(NOT_AFTER_MS) |
                       USHER_FIELD_BIT(ATTEMPTS);
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(admission->channel));
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[admission->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[admission->tier].name);
    if (request->command->own_agent.at)
        USHER_FIELDS_SET(fields, AGENT, agent, request->command->own_agent);
}

enum usher_error usher_decide_contact_schedule(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    const struct usher_fields *fields = &request->command->fields;
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_admission admission;
    struct usher_text id;
    int64_t now_ms = request->now_ms;
    int64_t from_ms = fields->not_before_ms > now_ms ? fields->not_before_ms : now_ms;
    if (check_booking(request, from_ms))
        return request->answer->error;
    if (!fields->contact.at)
        id = own_id(engine, room);
    else if (!usher_request_contact_id(request, room, &id))
        return request->answer->error;
    if (usher_admit(request, id, &admission))
        return request->answer->error;
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_SCHEDULED};
    fill(&event, request, &admission);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, id);
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_pause_name(USHER_PAUSE_NOT_BEFORE));
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, from_ms);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, from_ms);
    usher_engine_emit(engine, &event, now_ms);
    if (from_ms == now_ms)
        usher_later_wake(engine, usher_engine_contact(engine, id), now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_cancel(struct usher_request *request)
{
    struct usher_text reason = request->command->fields.reason;
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (!contact->is_ours ||
        (contact->state != USHER_CONTACT_WAITING && contact->state != USHER_CONTACT_SCHEDULED))
        return usher_request_wrong_state(
            request, contact, "only what was booked and is with nobody can be cancelled");
    usher_finish_contact(request->engine, contact, reason.at ? reason : USHER_TEXT("cancelled"),
                         USHER_NO_TEXT, request->now_ms);
    return USHER_OK;
}
