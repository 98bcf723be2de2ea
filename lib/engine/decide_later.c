/* Commands about work for later: it is booked, also as what is left of a talk, and cancelled. */
#include <stdio.h>

#include "engine/callers.h"
#include "engine/decide.h"
#include "engine/later.h"
#include "engine/moves.h"
#include "engine/story.h"

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
    if (usher_channel_is_phone(channel) && usher_rules_is_withheld(fields->from))
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

/* Takes away all fields but those of `mask`. */
static void keep_only(struct usher_fields *fields, usher_field_mask mask)
{
    struct usher_fields kept = {.present = fields->present & mask};
#define KEEP(NAME, member, TYPE, bound, sentence)                                                  \
    if (kept.present & USHER_FIELD_BIT(NAME))                                                      \
        kept.member = fields->member;
    USHER_FIELDS(KEEP)
#undef KEEP
    *fields = kept;
}

/* Takes over what the command says, and where the contact belongs. */
static void fill(struct usher_event *event, const struct usher_request *request,
                 const struct usher_admission *admission)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    struct usher_fields *fields = &event->fields;
    *fields = request->command->fields;
    keep_only(fields, USHER_FIELD_BIT(FROM) | USHER_FIELD_BIT(TO) | USHER_FIELD_BIT(DATA) |
                          USHER_FIELD_BIT(NOTE) | USHER_FIELD_BIT(CUSTOMER) |
                          USHER_FIELD_BIT(CASE_ID) | USHER_FIELD_BIT(CAMPAIGN) |
                          USHER_FIELD_BIT(ZONE) | USHER_FIELD_BIT(NOT_AFTER_MS) |
                          USHER_FIELD_BIT(ATTEMPTS));
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(admission->channel));
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[admission->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[admission->tier].name);
    if (request->command->own_agent.at)
        USHER_FIELDS_SET(fields, AGENT, agent, request->command->own_agent);
}

/* Books what the request's command says, as `id`, from that time on. */
static enum usher_error book(struct usher_request *request, struct usher_text id, int64_t from_ms)
{
    struct usher_engine *engine = request->engine;
    struct usher_admission admission;
    struct usher_text zone = request->command->fields.zone;
    char customer[USHER_CUSTOMER_MAX];
    if (zone.at && !usher_zones_has(&request->engine->site.zones, zone))
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`zone` must be the name of a time zone, such as Europe/Kyiv");
    if (usher_admit(request, id, &admission))
        return request->answer->error;
    int64_t open_ms = usher_later_open_ms(engine, admission.channel, zone, from_ms);
    int64_t not_after_ms = request->command->fields.not_after_ms;
    if (open_ms == INT64_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`calling` of the rules has no hours in which customers may be "
                                "called");
    if (not_after_ms != 0 && open_ms >= not_after_ms)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "the calling hours leave no time to call before `not_after_ms`");
    enum usher_pause pause = open_ms > from_ms ? USHER_PAUSE_HOURS : USHER_PAUSE_NOT_BEFORE;
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_SCHEDULED};
    fill(&event, request, &admission);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, id);
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_pause_name(pause));
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, from_ms);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, open_ms);
    usher_admit_known(request, &event, admission.queue, customer);
    usher_engine_emit(engine, &event, request->now_ms);
    if (open_ms <= request->now_ms)
        usher_later_wake(engine, usher_engine_contact(engine, id), request->now_ms);
    return USHER_OK;
}

/* A customer is called back once, however often it is booked. */
static enum usher_error check_twice(struct usher_request *request,
                                    const struct usher_fields *fields)
{
    bool is_callback = usher_channel_find(fields->channel) == USHER_CHANNEL_CALLBACK;
    const struct usher_contact *other =
        is_callback ? usher_callers_callback(request->engine, fields->customer, NULL) : NULL;
    if (is_callback && usher_callers_waiting(request->engine, fields->customer, NULL))
        return usher_answer_set(request->answer, USHER_ERROR_CONTACT_EXISTS,
                                "the customer holds the line; contact.callback ends that");
    if (!other)
        return USHER_OK;
    return usher_answer_set(request->answer, USHER_ERROR_CONTACT_EXISTS,
                            "the customer is to be called back already: %.100s", other->id);
}

enum usher_error usher_decide_contact_schedule(struct usher_request *request)
{
    char room[USHER_CONTACT_ID_MAX + 1];
    char customer_room[USHER_CUSTOMER_MAX];
    struct usher_command booking = *request->command;
    struct usher_request booked = *request;
    struct usher_fields *fields = &booking.fields;
    struct usher_text customer = usher_customer_of(request->engine, fields, customer_room);
    struct usher_text id;
    int64_t now_ms = request->now_ms;
    int64_t from_ms = fields->not_before_ms > now_ms ? fields->not_before_ms : now_ms;
    if (customer.at)
        USHER_FIELDS_SET(fields, CUSTOMER, customer, customer);
    if (check_booking(request, from_ms) || check_twice(request, fields))
        return request->answer->error;
    if (!fields->contact.at)
        id = own_id(request->engine, room);
    else if (!usher_request_contact_id(request, room, &id))
        return request->answer->error;
    booked.command = &booking;
    return book(&booked, id, from_ms);
}

/* So that its promise runs out when it is due, or earlier. */
static int64_t follow_up_ms(const struct usher_request *request, size_t queue)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    const struct usher_fields *fields = &request->command->fields;
    int64_t promise_ms =
        usher_rules_promise_ms(rules, queue, rules->default_tier, USHER_CHANNEL_TASK);
    int64_t from_ms = fields->due_ms - promise_ms;
    return from_ms > request->now_ms ? from_ms : request->now_ms;
}

enum usher_error usher_decide_contact_follow_up(struct usher_request *request)
{
    const struct usher_fields *fields = &request->command->fields;
    const struct usher_rules *rules = request->engine->floor.rules;
    char room[USHER_CONTACT_ID_MAX + 1];
    char note_room[USHER_STORY_NOTE_MAX + 1];
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (!usher_contact_state_is_talk(contact->state) && contact->state != USHER_CONTACT_WRAPPING)
        return usher_request_wrong_state(request, contact,
                                         "only who talks or wraps up knows what is left to do");
    size_t queue = usher_rules_find_queue(rules, fields->queue);
    if (queue == SIZE_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`queue` must be one of the rules' queues");
    if (fields->due_ms - request->now_ms > BOOKED_MAX_MS)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`due_ms` is more than 400 days away");
    struct usher_command booking = *request->command;
    struct usher_request booked = *request;
    booked.command = &booking;
    booking.fields = (struct usher_fields){0};
    usher_contact_tell(contact, &booking.fields);
    booking.fields.present &= ~(USHER_FIELD_BIT(NOTE) | USHER_FIELD_BIT(CAMPAIGN));
    /* Nobody knows the matter better than who has it now. */
    USHER_FIELDS_SET(&booking.fields, LAST_AGENT, last_agent, usher_text_of(contact->agent->id));
    USHER_FIELDS_SET(&booking.fields, LAST_MS, last_ms, request->now_ms);
    struct usher_text note =
        usher_story_note(usher_text_of(contact->note), fields->note, note_room);
    if (note.length > 0)
        USHER_FIELDS_SET(&booking.fields, NOTE, note, note);
    USHER_FIELDS_SET(&booking.fields, CHANNEL, channel, usher_channel_name(USHER_CHANNEL_TASK));
    USHER_FIELDS_SET(&booking.fields, QUEUE, queue, fields->queue);
    if (!contact->case_id.at)
        USHER_FIELDS_SET(&booking.fields, CASE_ID, case_id, usher_text_of(contact->id));
    return book(&booked, own_id(request->engine, room), follow_up_ms(request, queue));
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
