/* Commands about the work after a talk: more time, and its end with what came of the contact. */
#include <inttypes.h>

#include "engine/decide.h"
#include "engine/moves.h"

/* The contact, when its agent finishes the work. NULL with the answer filled. */
static struct usher_contact *find(struct usher_request *request, const char *hint)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact || contact->state == USHER_CONTACT_WRAPPING)
        return contact;
    usher_request_wrong_state(request, contact, hint);
    return NULL;
}

/* False with the answer filled. */
static bool check_disposition(struct usher_request *request, const struct usher_queue *queue)
{
    struct usher_text given = request->command->fields.disposition;
    bool is_given = given.length > 0;
    char list[160];
    if (is_given ? usher_dispositions_has(&queue->dispositions, given) : !queue->needs_disposition)
        return true;
    usher_request_list(queue->dispositions.list, queue->dispositions.count, list, sizeof(list));
    if (is_given)
        usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                         "`disposition` must be one of those in the rules: %s", list);
    else
        usher_answer_set(request->answer, USHER_ERROR_MISSING_FIELD,
                         "`disposition` is needed in queue %.*s: %s", USHER_TEXT_ARGS(queue->name),
                         queue->dispositions.count > 0 ? list : "any words");
    return false;
}

enum usher_error usher_decide_contact_wrap_up(struct usher_request *request)
{
    struct usher_text disposition = request->command->fields.disposition;
    struct usher_contact *contact = find(request, "only the work after a talk can be finished");
    if (!contact ||
        !check_disposition(request, &request->engine->floor.rules->queues[contact->queue]))
        return request->answer->error;
    usher_finish_contact(request->engine, contact, USHER_TEXT("served"),
                         disposition.length > 0 ? disposition : USHER_NO_TEXT, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_extend(struct usher_request *request)
{
    struct usher_contact *contact = find(request, "only the work after a talk can take more time");
    if (!contact)
        return request->answer->error;
    const struct usher_queue *queue = &request->engine->floor.rules->queues[contact->queue];
    if (contact->extended_count >= queue->extend_max)
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "queue %.*s: wrap_up.extend of %" PRId64
                                " is reached; finish with contact.wrap_up",
                                USHER_TEXT_ARGS(queue->name), queue->extend_max);
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_EXTENDED, contact);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, contact->until_ms + queue->extend_ms);
    USHER_FIELDS_SET(&event.fields, COUNT, count, contact->extended_count + 1);
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}
