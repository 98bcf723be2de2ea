/* A contact's move to another line or place. What decide has worked out stands in the event, and
 * apply does what it says. */
#include "engine/move.h"

#include <inttypes.h>
#include <string.h>

#include "engine/callers.h"
#include "engine/dispatch.h"
#include "engine/facts.h"
#include "engine/leave.h"
#include "engine/moves.h"
#include "engine/promise.h"

struct usher_move usher_move_of(const struct usher_contact *contact)
{
    return (struct usher_move){
        .queue = contact->queue,
        .tier = contact->tier,
        .channel = contact->channel,
        .place_ms = contact->place_ms,
        .due_ms = contact->due_ms,
        .skills = usher_text_of(contact->skills),
    };
}

void usher_move_to_queue(const struct usher_engine *engine, const struct usher_contact *contact,
                         size_t queue, int64_t now_ms, struct usher_move *move)
{
    if (queue != contact->queue)
        move->place_ms = contact->place_ms + usher_site_shut_ms(engine, contact, now_ms);
    move->queue = queue;
}

int64_t usher_move_due_ms(const struct usher_engine *engine, const struct usher_move *move)
{
    return move->place_ms +
           usher_rules_promise_ms(engine->floor.rules, move->queue, move->tier, move->channel);
}

enum usher_error usher_move_check(const struct usher_engine *engine,
                                  const struct usher_contact *contact,
                                  const struct usher_move *move, struct usher_answer *answer)
{
    const struct usher_floor *floor = &engine->floor;
    const struct usher_queue *queue = &floor->rules->queues[move->queue];
    struct usher_class_key key;
    if (move->queue != contact->queue && !contact->is_ours &&
        usher_leave_is_full(engine, move->queue))
        return usher_answer_set(answer, USHER_ERROR_LIMIT,
                                "queue %.*s: limit.waiting of %" PRId64 " is reached",
                                USHER_TEXT_ARGS(queue->name), queue->waiting_max);
    struct usher_facts facts = usher_engine_facts(engine, contact);
    facts.channel = move->channel;
    facts.skills = move->skills;
    usher_floor_key(floor, move->queue, move->tier, &facts, &key);
    if (floor->classes_count == floor->classes_max && !usher_floor_find_class(floor, &key))
        return usher_answer_set(
            answer, USHER_ERROR_LIMIT,
            "limits.classes: there are %zu kinds of requirement; use fewer different needs",
            floor->classes_max);
    return USHER_OK;
}

void usher_move_tell(const struct usher_engine *engine, const struct usher_move *move,
                     struct usher_event *event)
{
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_fields *fields = &event->fields;
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[move->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[move->tier].name);
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(move->channel));
    USHER_FIELDS_SET(fields, PLACE_MS, place_ms, move->place_ms);
    /* One that was kept from another tier, and made shorter by other rules, could be below none. */
    USHER_FIELDS_SET(fields, DUE_MS, due_ms,
                     move->due_ms > move->place_ms ? move->due_ms : move->place_ms);
    if (move->from.at)
        USHER_FIELDS_SET(fields, FROM, from, move->from);
    if (move->skills.at)
        USHER_FIELDS_SET(fields, SKILLS, skills, move->skills);
    if (move->notice.at)
        USHER_FIELDS_SET(fields, NOTICE, notice, move->notice);
    if (move->reason.at)
        USHER_FIELDS_SET(fields, REASON, reason, move->reason);
}

void usher_move_contact(struct usher_engine *engine, struct usher_contact *contact,
                        const struct usher_move *move, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    if (usher_contact_state_is_offer(contact->state))
        usher_withdraw_offer(engine, contact, "moved", now_ms);
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_MOVED, contact);
    usher_move_tell(engine, move, &event);
    /* An older place is no longer wait: the leg begins where it did. */
    if (move->queue == contact->queue && move->place_ms < contact->place_ms &&
        contact->leg_ms < contact->place_ms)
        USHER_FIELDS_SET(&event.fields, SINCE_MS, since_ms, contact->place_ms);
    if (move->from.at)
        usher_event_add_customer(&event, engine, contact);
    usher_engine_emit(engine, &event, now_ms);
    if (agent)
        usher_dispatch_all(engine, now_ms); /* he is free, too */
    else
        usher_dispatch_contact(engine, contact, now_ms);
    usher_promise_tell(engine, contact, now_ms);
}

/* Whether the two classes ask for other agents: then the contact is new work for those. */
static bool is_other_work(const struct usher_class_key *a, const struct usher_class_key *b)
{
    return a->queue != b->queue || a->channel != b->channel || a->needs_count != b->needs_count ||
           memcmp(a->needs, b->needs, sizeof(a->needs)) != 0;
}

bool usher_move_apply(struct usher_engine *engine, struct usher_contact *contact,
                      const struct usher_event *event, bool is_new)
{
    const struct usher_fields *fields = &event->fields;
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_floor *floor = &engine->floor;
    size_t queue = usher_rules_find_queue(rules, fields->queue);
    size_t tier = usher_rules_find_tier(rules, fields->tier);
    enum usher_channel channel = usher_channel_find(fields->channel);
    if (contact->state != USHER_CONTACT_WAITING || queue == SIZE_MAX || tier == SIZE_MAX ||
        channel == USHER_CHANNEL_NONE || fields->place_ms > event->at_ms ||
        fields->since_ms > event->at_ms || !usher_text_keep(&contact->skills, fields->skills))
        return false;
    usher_engine_leave_line(engine, contact);
    engine->queue_waiting[contact->queue]--;
    contact->told.raw_ms = -1; /* it was foretold for another place */
    if (channel != contact->channel)
        contact->told = (struct usher_told){0}; /* who leaves the line is told anew */
    if (is_new || contact->queue != queue)
        contact->leg_ms = event->at_ms;
    else if (usher_fields_has(fields, USHER_FIELD_SINCE_MS))
        contact->leg_ms = fields->since_ms;
    bool is_turned = channel == USHER_CHANNEL_CALLBACK && contact->channel != channel;
    contact->leave_again_ms = 0;
    contact->queue = queue;
    contact->tier = tier;
    contact->channel = channel;
    if (is_turned && !usher_contact_leave_line(engine, contact, event))
        return false;
    usher_callers_add(engine, contact);
    contact->place_ms = fields->place_ms;
    contact->due_ms = fields->due_ms;
    engine->queue_waiting[queue]++;
    const struct usher_class *before = contact->class;
    struct usher_class_key key;
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    usher_floor_key(floor, queue, tier, &facts, &key);
    contact->class = usher_floor_class(floor, &key, event->at_ms);
    if (contact->class && (is_new || !before || is_other_work(&before->key, &key)))
        usher_floor_note_arrival(floor, contact->class, event->at_ms);
    usher_engine_place_contact(engine, contact, event->at_ms);
    return true;
}
