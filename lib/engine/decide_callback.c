/* A caller who would wait for long, or for whom nobody is on duty, is offered to be called back:
 * the same contact goes on waiting in its place, and nobody has to hold the line. */
#include "engine/callback.h"
#include "engine/callers.h"
#include "engine/decide.h"
#include "engine/later.h"
#include "engine/move.h"
#include "engine/moves.h"
#include "engine/story.h"
#include "routing/estimate.h"

static bool may_be_asked(const struct usher_engine *engine, const struct usher_contact *contact)
{
    return contact->channel == USHER_CHANNEL_VOICE && !contact->is_ours && !contact->was_asked &&
           !usher_list_is_empty(&contact->in_line) &&
           engine->floor.rules->queues[contact->queue].callback.is_offered;
}

void usher_callback_offer(struct usher_engine *engine, struct usher_contact *contact,
                          int64_t wait_ms, int64_t now_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    int64_t bound_ms = rules->queues[contact->queue].callback.when_wait_over_ms;
    if (bound_ms < 0)
        bound_ms =
            3 * usher_rules_promise_ms(rules, contact->queue, contact->tier, contact->channel);
    bool is_known = wait_ms >= 0;
    if (!may_be_asked(engine, contact) || (is_known && wait_ms <= bound_ms))
        return;
    struct usher_event event = usher_event_about(USHER_EVENT_CALLBACK_OFFERED, contact);
    if (is_known)
        USHER_FIELDS_SET(&event.fields, WAIT_MS, wait_ms, wait_ms);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_callback_consider(struct usher_engine *engine, struct usher_contact *contact,
                             int64_t now_ms)
{
    if (!may_be_asked(engine, contact))
        return;
    struct usher_estimate estimate = usher_estimate_contact(&engine->floor, contact, now_ms);
    usher_callback_offer(engine, contact, estimate.wait_ms, now_ms);
}

enum usher_error usher_callback_turn(struct usher_engine *engine, struct usher_contact *contact,
                                     struct usher_text from, const char *reason,
                                     struct usher_text notice, int64_t now_ms,
                                     struct usher_answer *answer)
{
    struct usher_contact *other = usher_callers_callback(engine, contact->customer, contact);
    struct usher_move move = usher_move_of(contact);
    if (usher_rules_is_withheld(from.length ? from : contact->from))
        return usher_answer_set(answer, USHER_ERROR_MISSING_FIELD,
                                "`from` is needed: nobody knows the customer's number");
    if (usher_callers_called(engine, contact->customer))
        return usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                                "an agent is calling this customer back just now");
    if (!usher_clients_has_room(&engine->clients, USHER_TEXT(USHER_OWN_CLIENT), now_ms))
        return usher_answer_set(answer, USHER_ERROR_LIMIT, "limits.clients: too many clients");
    move.channel = USHER_CHANNEL_CALLBACK;
    int64_t place_ms = other ? usher_later_place_ms(engine, other, now_ms) : INT64_MAX;
    if (place_ms < move.place_ms)
        move.place_ms = place_ms;
    move.due_ms =
        usher_move_due_ms(engine, &move) + usher_site_opens_in_ms(engine, contact->queue, now_ms);
    move.from = from;
    move.reason = usher_text_of(reason);
    move.notice = notice;
    if (usher_move_check(engine, contact, &move, answer))
        return answer->error;
    if (other)
        usher_later_drop(engine, other, USHER_CALLED_AGAIN, now_ms);
    usher_move_contact(engine, contact, &move, now_ms);
    if (engine->floor.rules->calling_hours && contact->state == USHER_CONTACT_WAITING)
        usher_later_rest(engine, contact, now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_callback(struct usher_request *request)
{
    const struct usher_fields *fields = &request->command->fields;
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (contact->is_ours && contact->channel == USHER_CHANNEL_CALLBACK)
        return USHER_OK;
    if (contact->channel != USHER_CHANNEL_VOICE)
        return usher_request_wrong_state(request, contact, "only a call can become a callback");
    if (contact->state != USHER_CONTACT_WAITING && !usher_contact_state_is_offer(contact->state))
        return usher_request_wrong_state(request, contact,
                                         "only who waits still can be called back instead");
    if (usher_callback_turn(request->engine, contact, fields->from, "callback", USHER_NO_TEXT,
                            request->now_ms, request->answer))
        return request->answer->error;
    if (fields->note.at)
        usher_story_tell(request->engine, contact, fields->note, request->now_ms);
    return USHER_OK;
}
