/* Supervisors' commands about the contacts that wait: another queue, another tier, a place further
 * to the front. */
#include "engine/decide.h"
#include "engine/move.h"

/* The contact, which must still be before its answer. NULL with the answer filled. */
static struct usher_contact *find_waiting(struct usher_request *request)
{
    struct usher_contact *contact = usher_request_contact(request);
    if (!contact)
        return NULL;
    if (contact->state == USHER_CONTACT_WAITING || usher_contact_state_is_offer(contact->state))
        return contact;
    usher_request_wrong_state(request, contact,
                              "only who waits can be moved; contact.transfer moves a talk");
    return NULL;
}

/* The tier that the command names, or else the contact's. */
static enum usher_error find_tier(struct usher_request *request, size_t *tier)
{
    struct usher_text name = request->command->fields.tier;
    if (!name.at)
        return USHER_OK;
    *tier = usher_rules_find_tier(request->engine->floor.rules, name);
    if (*tier == SIZE_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`tier` must be one of the rules' tiers");
    return USHER_OK;
}

static bool is_same(const struct usher_move *move, const struct usher_contact *contact)
{
    return move->queue == contact->queue && move->tier == contact->tier &&
           move->place_ms == contact->place_ms && !move->skills.at == !contact->skills;
}

static enum usher_error make(struct usher_request *request, struct usher_contact *contact,
                             const struct usher_move *move)
{
    if (is_same(move, contact))
        return USHER_OK;
    if (usher_move_check(request->engine, contact, move, request->answer))
        return request->answer->error;
    usher_move_contact(request->engine, contact, move, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_contact_move(struct usher_request *request)
{
    struct usher_contact *contact = find_waiting(request);
    if (!contact)
        return request->answer->error;
    struct usher_move move = usher_move_of(contact);
    size_t queue =
        usher_rules_find_queue(request->engine->floor.rules, request->command->fields.queue);
    if (queue == SIZE_MAX)
        return usher_answer_set(request->answer, USHER_ERROR_NO_QUEUE,
                                "the rules have no queue of this name");
    usher_move_to_queue(request->engine, contact, queue, request->now_ms, &move);
    if (find_tier(request, &move.tier))
        return request->answer->error;
    move.skills = USHER_NO_TEXT;
    move.due_ms = usher_move_due_ms(request->engine, &move);
    move.reason = USHER_TEXT("moved");
    return make(request, contact, &move);
}

static bool is_before(const struct usher_contact *a, const struct usher_contact *b)
{
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

/* How many wait in its queue before `contact`; `moved` does not count. */
static int64_t count_before(const struct usher_engine *engine, const struct usher_contact *contact,
                            const struct usher_contact *moved)
{
    int64_t count = 0;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *other = usher_list_entry(node, struct usher_contact, live);
        count += other != moved && other->state == USHER_CONTACT_WAITING &&
                 other->queue == contact->queue && is_before(other, contact);
    }
    return count;
}

/* The place right before whoever stands at `position` of its queue now; its own when it stands
 * there or before. */
static int64_t place_at(const struct usher_engine *engine, const struct usher_contact *contact,
                        int64_t position)
{
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *other = usher_list_entry(node, struct usher_contact, live);
        if (other == contact || other->state != USHER_CONTACT_WAITING ||
            other->queue != contact->queue || !is_before(other, contact) ||
            count_before(engine, other, contact) != position - 1)
            continue;
        return other->place_ms > 0 ? other->place_ms - 1 : 0;
    }
    return contact->place_ms;
}

/* The place that the command names, or else the contact's. */
static enum usher_error find_place(struct usher_request *request,
                                   const struct usher_contact *contact, int64_t *place_ms)
{
    const struct usher_fields *fields = &request->command->fields;
    *place_ms = contact->place_ms;
    if (usher_fields_has(fields, USHER_FIELD_POSITION) && fields->position < 1)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`position` counts from 1, before everybody of the queue");
    if (usher_fields_has(fields, USHER_FIELD_POSITION))
        *place_ms = place_at(request->engine, contact, fields->position);
    if (!usher_fields_has(fields, USHER_FIELD_PLACE_MS))
        return USHER_OK;
    if (fields->place_ms > contact->place_ms)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`place_ms` must not be after the place that the contact has");
    *place_ms = fields->place_ms;
    return USHER_OK;
}

enum usher_error usher_decide_contact_prioritise(struct usher_request *request)
{
    const struct usher_fields *fields = &request->command->fields;
    struct usher_contact *contact = find_waiting(request);
    if (!contact)
        return request->answer->error;
    if (!fields->tier.at && !usher_fields_has(fields, USHER_FIELD_PLACE_MS) &&
        !usher_fields_has(fields, USHER_FIELD_POSITION))
        return usher_answer_set(request->answer, USHER_ERROR_MISSING_FIELD,
                                "`tier`, `position` or `place_ms` is needed: what it is to get");
    struct usher_move move = usher_move_of(contact);
    if (find_tier(request, &move.tier))
        return request->answer->error;
    /* What was promised stays, unless the tier promises more. */
    int64_t due_ms = usher_move_due_ms(request->engine, &move);
    move.due_ms = due_ms < contact->due_ms ? due_ms : contact->due_ms;
    if (find_place(request, contact, &move.place_ms))
        return request->answer->error;
    move.reason = USHER_TEXT("prioritised");
    return make(request, contact, &move);
}
