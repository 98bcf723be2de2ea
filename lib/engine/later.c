/* Work for later: nobody is on a line for it, so it can wait for its time, and be tried again. Its
 * place in line is kept meanwhile. */
#include "engine/later.h"

#include "engine/callers.h"
#include "engine/dispatch.h"
#include "engine/move.h"
#include "engine/moves.h"

const struct usher_client *usher_later_ringer(const struct usher_engine *engine,
                                              const struct usher_contact *contact)
{
    const struct usher_clients *clients = &engine->clients;
    const struct usher_client *client =
        usher_clients_find(clients, usher_contact_id_client(usher_text_of(contact->id)));
    if (!usher_channel_is_phone(contact->channel))
        return NULL;
    if (client && client->can_dial && !client->is_lost)
        return client;
    for (size_t i = 0; i < clients->count; i++)
        if (clients->list[i].can_dial && !clients->list[i].is_lost)
            return &clients->list[i];
    return NULL;
}

/* `ringer`: who is to ring the agent, too; NULL when he is on the line already. */
static void dial(struct usher_engine *engine, const struct usher_contact *contact,
                 const struct usher_client *ringer, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_DIAL, contact);
    usher_event_add_offer(&event, contact, room);
    USHER_FIELDS_SET(&event.fields, TO, to, contact->from);
    if (contact->to.at)
        USHER_FIELDS_SET(&event.fields, FROM, from, contact->to);
    if (contact->agent->phone[0])
        USHER_FIELDS_SET(&event.fields, PHONE, phone, usher_text_of(contact->agent->phone));
    USHER_FIELDS_SET(&event.fields, ATTEMPT, attempt, contact->attempts_count + 1);
    if (ringer) {
        USHER_FIELDS_SET(&event.fields, CLIENT, client, usher_text_of(ringer->name));
        USHER_FIELDS_SET(&event.fields, MODE, mode, USHER_TEXT("preview"));
    }
    usher_event_add_customer(&event, engine, contact);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_later_dial(struct usher_engine *engine, const struct usher_contact *contact,
                      int64_t now_ms)
{
    dial(engine, contact, NULL, now_ms);
}

void usher_later_dial_preview(struct usher_engine *engine, const struct usher_contact *contact,
                              int64_t now_ms)
{
    const struct usher_client *ringer = usher_later_ringer(engine, contact);
    if (ringer && contact->from.length > 0)
        dial(engine, contact, ringer, now_ms);
}

/* The customer is on the line, or waits there: the call takes the place of the callback. */
static void give_place(struct usher_engine *engine, struct usher_contact *call,
                       const struct usher_contact *callback, int64_t now_ms)
{
    if (call->state != USHER_CONTACT_WAITING || call->place_ms <= callback->place_ms)
        return;
    struct usher_move move = usher_move_of(call);
    move.place_ms = callback->place_ms;
    move.due_ms = usher_move_due_ms(engine, &move);
    move.reason = USHER_TEXT(USHER_CALLED_AGAIN);
    usher_move_contact(engine, call, &move, now_ms);
}

/* What the customer was dialled for, which may have been before a transfer. */
static struct usher_dialled calling_of(const struct usher_contact *contact)
{
    if (!contact->is_ours)
        return contact->dialled;
    return (struct usher_dialled){.offer = contact->offer,
                                  .channel = contact->channel,
                                  .not_after_ms = contact->not_after_ms,
                                  .attempts_count = contact->attempts_count,
                                  .attempts_max = contact->attempts_max};
}

/* Ends the contact after attempts in vain: it is gone afterwards. */
static void give_up(struct usher_engine *engine, struct usher_contact *contact, const char *reason,
                    int64_t attempts, int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_DONE, contact);
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_text_of(reason));
    USHER_FIELDS_SET(&event.fields, ATTEMPT, attempt, calling_of(contact).attempts_count + 1);
    USHER_FIELDS_SET(&event.fields, ATTEMPTS, attempts, attempts);
    usher_engine_emit(engine, &event, now_ms);
}

static void try_again(struct usher_engine *engine, struct usher_contact *contact,
                      struct usher_text reason, int64_t attempts, int64_t until_ms, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_dialled calling = calling_of(contact);
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_POSTPONED, contact);
    USHER_FIELDS_SET(&event.fields, OFFER, offer, usher_number_write(calling.offer, room));
    if (!contact->is_ours)
        USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_channel_name(calling.channel));
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, until_ms);
    USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    USHER_FIELDS_SET(&event.fields, ATTEMPT, attempt, calling.attempts_count + 1);
    USHER_FIELDS_SET(&event.fields, ATTEMPTS, attempts, attempts);
    usher_engine_emit(engine, &event, now_ms);
}

/* When to look again at what may be called from open_ms on: tomorrow, if that is never. */
static int64_t look_again_ms(int64_t open_ms, int64_t now_ms)
{
    return open_ms == INT64_MAX ? now_ms + USHER_DAY_MS : open_ms;
}

void usher_later_miss(struct usher_engine *engine, struct usher_contact *contact,
                      struct usher_text reason, int64_t now_ms)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[contact->queue];
    const struct usher_dialled calling = calling_of(contact);
    int64_t attempts = calling.attempts_max ? calling.attempts_max : queue->callback.attempts;
    int64_t open_ms = usher_later_open_ms(engine, calling.channel, contact->zone,
                                          now_ms + queue->callback.every_ms);
    int64_t until_ms = look_again_ms(open_ms, now_ms);
    bool is_callback = calling.channel == USHER_CHANNEL_CALLBACK;
    struct usher_agent *agent = contact->agent;
    struct usher_contact *call =
        is_callback ? usher_callers_call(engine, contact->customer, contact) : NULL;
    if (usher_contact_state_is_offer(contact->state))
        usher_withdraw_offer(engine, contact, "not_reached", now_ms);
    if (contact->from.length == 0) {
        give_up(engine, contact, "erased", attempts, now_ms);
    } else if (is_callback && usher_callers_callback(engine, contact->customer, contact)) {
        give_up(engine, contact, "booked_again", attempts, now_ms);
    } else if (call) {
        give_place(engine, call, contact, now_ms);
        give_up(engine, contact, USHER_CALLED_AGAIN, attempts, now_ms);
    } else if (calling.attempts_count + 1 >= attempts ||
               (calling.not_after_ms != 0 && calling.not_after_ms <= until_ms)) {
        give_up(engine, contact, "not_reached", attempts, now_ms);
    } else {
        try_again(engine, contact, reason, attempts, until_ms, now_ms);
    }
    if (agent)
        usher_dispatch_agent(engine, agent, now_ms);
}

void usher_later_drop(struct usher_engine *engine, struct usher_contact *contact,
                      const char *reason, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    if (agent)
        usher_withdraw_offer(engine, contact, reason, now_ms);
    usher_finish_contact(engine, contact, usher_text_of(reason), USHER_NO_TEXT, now_ms);
    if (agent)
        usher_dispatch_agent(engine, agent, now_ms);
}

void usher_later_expire(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_EXPIRED, contact);
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("not_after"));
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms, usher_contact_waited_ms(contact, now_ms));
    usher_engine_emit(engine, &event, now_ms);
}

/* When somebody who lives by the zone's clocks may be called, and until when. */
static struct usher_opening calling_at(const struct usher_engine *engine,
                                       enum usher_channel channel, struct usher_text zone,
                                       int64_t at_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    const struct usher_hours *hours = rules->calling_hours;
    if (!hours || !usher_channel_is_phone(channel))
        return (struct usher_opening){true, INT64_MAX};
    int64_t offset_ms = engine->site.civil_offset_ms;
    const struct usher_zone *clocks = zone.at && usher_zones_has(&engine->site.zones, zone)
                                          ? usher_zones_find(&engine->site.zones, zone)
                                          : usher_site_zone(engine);
    struct usher_opening opening =
        usher_hours_within(hours, rules->calling_keeps_holidays ? &rules->holidays : NULL, clocks,
                           usher_site_civil_ms(engine, at_ms));
    if (opening.until_ms != INT64_MAX)
        opening.until_ms -= offset_ms;
    return opening;
}

int64_t usher_later_open_ms(const struct usher_engine *engine, enum usher_channel channel,
                            struct usher_text zone, int64_t from_ms)
{
    struct usher_opening opening = calling_at(engine, channel, zone, from_ms);
    return opening.is_open ? from_ms : opening.until_ms;
}

/* The same, of somebody who may be called by an agent of the contact's queue, by its hours. */
static struct usher_opening served_at(const struct usher_engine *engine,
                                      const struct usher_contact *contact, int64_t at_ms)
{
    struct usher_opening calling = calling_at(engine, contact->channel, contact->zone, at_ms);
    struct usher_opening queue =
        usher_rules_opening(engine->floor.rules, contact->queue, usher_site_zone(engine),
                            usher_site_civil_ms(engine, at_ms));
    if (queue.until_ms != INT64_MAX)
        queue.until_ms -= engine->site.civil_offset_ms;
    return (struct usher_opening){calling.is_open && queue.is_open,
                                  calling.until_ms < queue.until_ms ? calling.until_ms
                                                                    : queue.until_ms};
}

/* How much of that time nobody could call the customer. */
static int64_t hushed_ms(const struct usher_engine *engine, const struct usher_contact *contact,
                         int64_t from_ms, int64_t until_ms)
{
    int64_t sum_ms = 0;
    while (from_ms < until_ms) {
        struct usher_opening opening = served_at(engine, contact, from_ms);
        int64_t end_ms = opening.until_ms < until_ms ? opening.until_ms : until_ms;
        if (end_ms <= from_ms)
            break;
        sum_ms += opening.is_open ? 0 : end_ms - from_ms;
        from_ms = end_ms;
    }
    return sum_ms;
}

int64_t usher_later_place_ms(const struct usher_engine *engine, const struct usher_contact *contact,
                             int64_t now_ms)
{
    int64_t from_ms = contact->since_ms > contact->place_ms ? contact->since_ms : contact->place_ms;
    int64_t until_ms = contact->until_ms < now_ms ? contact->until_ms : now_ms;
    if (contact->state != USHER_CONTACT_SCHEDULED)
        return contact->place_ms + usher_site_shut_ms(engine, contact, now_ms);
    if (contact->pause == USHER_PAUSE_RETRY)
        return contact->place_ms + hushed_ms(engine, contact, from_ms, until_ms);
    bool moves = contact->pause == USHER_PAUSE_HOURS && until_ms > from_ms;
    return contact->place_ms + (moves ? until_ms - from_ms : 0);
}

static void postpone(struct usher_engine *engine, struct usher_contact *contact,
                     enum usher_pause pause, int64_t until_ms, int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_POSTPONED, contact);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, look_again_ms(until_ms, now_ms));
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_pause_name(pause));
    int64_t place_ms = usher_later_place_ms(engine, contact, now_ms);
    if (place_ms != contact->place_ms)
        USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, place_ms);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_later_rest(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    int64_t open_ms = usher_later_open_ms(engine, contact->channel, contact->zone, now_ms);
    postpone(engine, contact, USHER_PAUSE_HOURS, open_ms, now_ms);
    if (open_ms <= now_ms)
        usher_later_wake(engine, contact, now_ms);
}

void usher_later_wake(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    if (usher_contact_is_over(contact, now_ms)) {
        usher_later_expire(engine, contact, now_ms);
        return;
    }
    struct usher_opening opening = calling_at(engine, contact->channel, contact->zone, now_ms);
    if (!opening.is_open) {
        postpone(engine, contact, USHER_PAUSE_HOURS, opening.until_ms, now_ms);
        return;
    }
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_DUE, contact);
    if (opening.until_ms != INT64_MAX)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, opening.until_ms);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, rules->queues[contact->queue].name);
    USHER_FIELDS_SET(&event.fields, TIER, tier, rules->tiers[contact->tier].name);
    USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_channel_name(contact->channel));
    int64_t place_ms = usher_later_place_ms(engine, contact, now_ms);
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, place_ms);
    int64_t promise_ms =
        usher_rules_promise_ms(rules, contact->queue, contact->tier, contact->channel);
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms,
                     place_ms + promise_ms +
                         usher_site_opens_in_ms(engine, contact->queue, now_ms));
    if (contact->attempts_count > 0)
        USHER_FIELDS_SET(&event.fields, ATTEMPT, attempt, contact->attempts_count + 1);
    usher_engine_emit(engine, &event, now_ms);
    usher_dispatch_contact(engine, contact, now_ms);
}

/* It may be due earlier than it was; if later, that is found when it is. */
static void review_scheduled(struct usher_engine *engine, struct usher_contact *contact,
                             int64_t now_ms)
{
    const struct usher_queue *queue = &engine->floor.rules->queues[contact->queue];
    bool is_retry = contact->pause == USHER_PAUSE_RETRY;
    int64_t from_ms = is_retry ? contact->since_ms + queue->callback.every_ms : contact->place_ms;
    if (from_ms < now_ms)
        from_ms = now_ms;
    int64_t open_ms = usher_later_open_ms(engine, contact->channel, contact->zone, from_ms);
    if (open_ms <= now_ms)
        usher_later_wake(engine, contact, now_ms);
    else if (open_ms < contact->until_ms - USHER_CLOCK_JITTER_MS)
        postpone(engine, contact, is_retry ? USHER_PAUSE_RETRY : USHER_PAUSE_HOURS, open_ms,
                 now_ms);
}

static void review_waiting(struct usher_engine *engine, struct usher_contact *contact,
                           int64_t now_ms)
{
    struct usher_opening opening = calling_at(engine, contact->channel, contact->zone, now_ms);
    int64_t until_ms = opening.until_ms == INT64_MAX ? 0 : opening.until_ms;
    int64_t off_ms = until_ms - contact->call_until_ms;
    if (!opening.is_open || off_ms > USHER_CLOCK_JITTER_MS || off_ms < -USHER_CLOCK_JITTER_MS)
        usher_later_rest(engine, contact, now_ms);
}

void usher_later_review(struct usher_engine *engine, int64_t now_ms)
{
    usher_list_for_each_safe (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (!contact->is_ours || !usher_channel_is_phone(contact->channel))
            continue;
        if (contact->state == USHER_CONTACT_SCHEDULED)
            review_scheduled(engine, contact, now_ms);
        else if (contact->state == USHER_CONTACT_WAITING)
            review_waiting(engine, contact, now_ms);
    }
}
