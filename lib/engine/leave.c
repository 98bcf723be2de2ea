/* A way leads from queue to queue until one is open and has room, or to an end. Ways of one kind
 * have no circle (rules); one of two kinds is cut after as many steps as there are queues. */
#include "engine/leave.h"

#include "engine/callback.h"
#include "engine/move.h"
#include "engine/moves.h"

#define RETRY_MS 30000 /* until a contact that found no way out is looked at again */

/* Whether the customer is on the line, and cannot wait for another day. */
static bool channel_holds_line(enum usher_channel channel)
{
    return channel == USHER_CHANNEL_VOICE || channel == USHER_CHANNEL_CHAT;
}

bool usher_leave_is_full(const struct usher_engine *engine, size_t queue)
{
    int64_t waiting_max = engine->floor.rules->queues[queue].waiting_max;
    int64_t count = 0;
    if (engine->queue_waiting[queue] < waiting_max)
        return false;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        count +=
            contact->queue == queue && contact->state == USHER_CONTACT_WAITING && !contact->is_ours;
        if (count >= waiting_max)
            return true;
    }
    return false;
}

/* The way from this queue on; NULL: it may stay there. */
static const struct usher_way *way_on(const struct usher_engine *engine, enum usher_channel channel,
                                      struct usher_destination *destination)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[destination->queue];
    if (usher_site_is_closed(&engine->site, destination->queue) && channel_holds_line(channel)) {
        destination->reason = "closed";
        return queue->closed.kind == USHER_WAY_WAIT ? NULL : &queue->closed;
    }
    if (!usher_leave_is_full(engine, destination->queue))
        return NULL;
    destination->reason = "limit";
    destination->is_full = queue->full.kind == USHER_WAY_NONE ||
                           (queue->full.kind != USHER_WAY_QUEUE && !channel_holds_line(channel));
    return destination->is_full ? NULL : &queue->full;
}

struct usher_destination usher_leave_find(const struct usher_engine *engine,
                                          enum usher_channel channel, size_t queue)
{
    struct usher_destination destination = {.queue = queue, .notice = USHER_NOTICE_NONE};
    for (size_t i = 0; i <= engine->floor.rules->queues_count; i++) {
        const struct usher_way *way = way_on(engine, channel, &destination);
        if (!way) {
            const struct usher_way *closed = &engine->floor.rules->queues[destination.queue].closed;
            bool waits_closed = usher_site_is_closed(&engine->site, destination.queue);
            if (waits_closed && channel_holds_line(channel))
                destination.notice = closed->notice;
            return destination;
        }
        if (way->notice != USHER_NOTICE_NONE)
            destination.notice = way->notice;
        if (way->kind != USHER_WAY_QUEUE) {
            destination.kind = way->kind;
            return destination;
        }
        destination.queue = way->queue;
    }
    destination.kind = USHER_WAY_FAREWELL;
    return destination;
}

void usher_leave_tell(const struct usher_engine *engine, size_t notice, struct usher_event *event)
{
    if (notice != USHER_NOTICE_NONE)
        USHER_FIELDS_SET(&event->fields, NOTICE, notice, engine->floor.rules->notices[notice]);
}

static void say_farewell(struct usher_engine *engine, struct usher_contact *contact,
                         const struct usher_destination *destination, int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_OVERFLOWED, contact);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, engine->floor.rules->queues[contact->queue].name);
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_text_of(destination->reason));
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms, usher_contact_waited_ms(contact, now_ms));
    usher_leave_tell(engine, destination->notice, &event);
    usher_event_add_customer(&event, engine, contact);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_leave_by(struct usher_engine *engine, struct usher_contact *contact,
                    const struct usher_destination *destination, int64_t now_ms)
{
    struct usher_answer answer;
    struct usher_text notice = destination->notice == USHER_NOTICE_NONE
                                   ? USHER_NO_TEXT
                                   : engine->floor.rules->notices[destination->notice];
    if (destination->kind == USHER_WAY_CALLBACK && contact->channel == USHER_CHANNEL_VOICE &&
        usher_callback_turn(engine, contact, USHER_NO_TEXT, destination->reason, notice, now_ms,
                            &answer) == USHER_OK)
        return;
    say_farewell(engine, contact, destination, now_ms);
}

static bool is_closed_for(const struct usher_engine *engine, const struct usher_contact *contact)
{
    return usher_site_is_closed(&engine->site, contact->queue) && !contact->is_ours &&
           channel_holds_line(contact->channel) &&
           engine->floor.rules->queues[contact->queue].closed.kind != USHER_WAY_WAIT;
}

/* Only who holds the line hears a farewell, or becomes a callback. */
static bool may_overflow(const struct usher_engine *engine, const struct usher_contact *contact)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[contact->queue];
    bool holds_line = !contact->is_ours && channel_holds_line(contact->channel);
    return !usher_site_is_closed(&engine->site, contact->queue) && queue->overflow_after_ms >= 0 &&
           (holds_line || queue->overflow.kind == USHER_WAY_QUEUE);
}

static int64_t later(int64_t a_ms, int64_t b_ms)
{
    return a_ms > b_ms ? a_ms : b_ms;
}

int64_t usher_leave_deadline_ms(const struct usher_engine *engine,
                                const struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[contact->queue];
    int64_t due_ms = INT64_MAX;
    if (!contact->is_ours && engine->clients.list[contact->client].is_lost)
        return INT64_MAX;
    if (is_closed_for(engine, contact))
        due_ms = now_ms;
    else if (may_overflow(engine, contact))
        due_ms = usher_contact_leg_since_ms(contact) + queue->overflow_after_ms;
    if (due_ms == INT64_MAX)
        return INT64_MAX;
    return later(later(due_ms, contact->leave_again_ms), contact->settle_until_ms);
}

/* True when it went into another queue. */
static bool move_on(struct usher_engine *engine, struct usher_contact *contact,
                    const struct usher_destination *destination, int64_t now_ms)
{
    struct usher_answer answer;
    struct usher_move move = usher_move_of(contact);
    if (destination->queue == contact->queue)
        return false;
    usher_move_to_queue(engine, contact, destination->queue, now_ms, &move);
    move.skills = USHER_NO_TEXT;
    move.due_ms = usher_move_due_ms(engine, &move);
    move.reason = usher_text_of(destination->reason);
    if (destination->notice != USHER_NOTICE_NONE)
        move.notice = engine->floor.rules->notices[destination->notice];
    if (usher_move_check(engine, contact, &move, &answer))
        return false;
    usher_move_contact(engine, contact, &move, now_ms);
    return true;
}

/* It has waited too long: into another queue only where that takes it. */
static struct usher_destination find_overflow(const struct usher_engine *engine,
                                              const struct usher_contact *contact)
{
    const struct usher_way *way = &engine->floor.rules->queues[contact->queue].overflow;
    struct usher_destination destination = {
        .queue = contact->queue, .kind = way->kind, .notice = way->notice, .reason = "overflow"};
    if (way->kind != USHER_WAY_QUEUE)
        return destination;
    destination.kind = USHER_WAY_NONE;
    if (!usher_site_is_closed(&engine->site, way->queue) &&
        (contact->is_ours || !usher_leave_is_full(engine, way->queue)))
        destination.queue = way->queue;
    return destination;
}

bool usher_leave_if_due(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    if (contact->state != USHER_CONTACT_WAITING ||
        usher_leave_deadline_ms(engine, contact, now_ms) > now_ms)
        return false;
    struct usher_destination destination =
        is_closed_for(engine, contact) ? usher_leave_find(engine, contact->channel, contact->queue)
                                       : find_overflow(engine, contact);
    if (destination.is_full) /* the queue that it was to go to is full, and leads nowhere */
        destination.kind = USHER_WAY_FAREWELL;
    if (destination.kind != USHER_WAY_NONE) {
        usher_leave_by(engine, contact, &destination, now_ms);
        return true;
    }
    if (move_on(engine, contact, &destination, now_ms))
        return true;
    contact->leave_again_ms = now_ms + RETRY_MS;
    return false;
}
