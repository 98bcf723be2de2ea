/* Commands about live contacts: talk, note, end. */
#include "engine/decide.h"
#include "engine/moves.h"
#include "engine/story.h"

/* The customer's line may end: nobody waits on it. */
static bool is_line_of_ours(const struct usher_contact *contact)
{
    return contact->is_ours && !usher_contact_state_is_talk(contact->state);
}

enum usher_error usher_decide_contact_abandon(struct usher_request *request)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (is_line_of_ours(contact))
        return USHER_OK;
    if (contact->state != USHER_CONTACT_WAITING && !usher_contact_state_is_offer(contact->state))
        return usher_request_wrong_state(request, contact,
                                         "contact.end is for those an agent has answered");
    usher_abandon_contact(request->engine, contact, USHER_NO_TEXT, request->now_ms);
    return USHER_OK;
}

/* Between TALKING and HELD; in the wanted state already there is nothing to do. */
static enum usher_error move_talk(struct usher_request *request, enum usher_contact_state to,
                                  enum usher_event_kind kind)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (!usher_contact_state_is_talk(contact->state))
        return usher_request_wrong_state(request, contact, "only a talk can be held and resumed");
    if (contact->state == to)
        return USHER_OK;
    struct usher_event event = usher_event_about(kind, contact);
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_hold(struct usher_request *request)
{
    return move_talk(request, USHER_CONTACT_HELD, USHER_EVENT_CONTACT_HELD);
}

enum usher_error usher_decide_contact_resume(struct usher_request *request)
{
    return move_talk(request, USHER_CONTACT_TALKING, USHER_EVENT_CONTACT_RESUMED);
}

enum usher_error usher_decide_contact_end(struct usher_request *request)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    if (request->command->role == USHER_ROLE_DESK && usher_contact_is_rung(contact))
        return usher_answer_set(request->answer, USHER_ERROR_NOT_ALLOWED,
                                "the phone ends a call, not the desk");
    if (contact->state == USHER_CONTACT_WRAPPING || is_line_of_ours(contact))
        return USHER_OK;
    if (!usher_contact_state_is_talk(contact->state))
        return usher_request_wrong_state(request, contact,
                                         "contact.abandon is for those nobody has answered");
    struct usher_text reason = request->command->fields.reason;
    usher_end_talk(request->engine, contact, reason.at ? reason : USHER_TEXT("served"),
                   request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_note(struct usher_request *request)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    usher_story_tell(request->engine, contact, request->command->fields.note, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_vanish(struct usher_request *request)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return request->answer->error;
    usher_close_contact(request->engine, contact, "vanished", request->now_ms);
    return USHER_OK;
}
