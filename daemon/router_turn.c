/* The turn of the loop: batches gather, become durable one at a time, and are handed out.
 * Invariants: a batch is handed out only when it is durable (but see router_outage.h), and after
 * those before it; one is in flight at most. */
#include "router.h"

#include <event2/event.h>

#include "log.h"
#include "router_state.h"

#define ROUTER_SPARE_MAX 4 /* emptied batches that are kept */

/* Batches. */

static struct batch *router_new_batch(struct router *router)
{
    if (usher_list_is_empty(&router->spare))
        return batch_new();
    struct batch *batch = usher_list_entry(router->spare.next, struct batch, node);
    usher_list_remove(&batch->node);
    router->spare_count--;
    return batch;
}

void router_recycle(struct router *router, struct batch *batch)
{
    usher_list_remove(&batch->node);
    if (router->spare_count == ROUTER_SPARE_MAX) {
        batch_free(batch);
        return;
    }
    batch_clear(batch);
    usher_list_append(&router->spare, &batch->node);
    router->spare_count++;
}

/* The batch that gathers. A full one is closed here, between two commands, so that a command's
 * events stay together. */
static struct batch *router_gathering(struct router *router)
{
    if (!usher_list_is_empty(&router->waiting)) {
        struct batch *last = usher_list_entry(router->waiting.prev, struct batch, node);
        if (last->lines.length < (size_t)JOURNAL_BATCH_MAX)
            return last;
    }
    struct batch *batch = router_new_batch(router);
    usher_list_append(&router->waiting, &batch->node);
    return batch;
}

void router_gather(struct router *router)
{
    struct usher_outbox *outbox = usher_engine_outbox(router->engine);
    if (outbox->count == 0)
        return;
    batch_add_events(router_gathering(router), outbox);
    usher_outbox_clear(outbox);
}

void router_answer(struct router *router, uint64_t serial, struct usher_text id,
                   const struct usher_answer *answer, struct usher_text payload)
{
    if (serial == 0)
        return;
    if (usher_list_is_empty(&router->waiting))
        (void)router_gathering(router);
    /* Into the batch of the events that it answers for, even if those have filled it. */
    batch_add_answer(usher_list_entry(router->waiting.prev, struct batch, node), serial, id, answer,
                     payload);
}

void router_answer_at_once(struct router *router, uint64_t serial, struct usher_text id,
                           const struct usher_answer *answer)
{
    if (serial != 0)
        batch_add_answer(router->at_once, serial, id, answer, USHER_NO_TEXT);
}

/* Handing out. */

static void router_log_event(const struct router_event *event)
{
    char number[USHER_NUMBER_SIZE];
    if (!log_has_level(LOG_LEVEL_DEBUG))
        return;
    (void)usher_number_write(event->n, number);
    log_debug(usher_event_row(event->kind)->sentence, "ev=%s n=%s client=%.*s agent=%.*s",
              usher_event_row(event->kind)->name, number, USHER_TEXT_ARGS(event->client),
              USHER_TEXT_ARGS(event->agent));
}

void router_tell(struct router *router, struct batch *batch)
{
    for (size_t i = 0; i < batch->answers_count; i++) {
        struct router_party *party = parties_find(&router->parties, batch->answers[i].serial);
        if (!party)
            continue;
        struct usher_answer answer;
        struct usher_text payload;
        struct usher_text id = batch_answer(batch, i, &answer, &payload);
        party->ops->answer(party, id, &answer, payload);
    }
    for (size_t i = 0; i < batch->events_count; i++) {
        struct router_event event = batch_event(batch, i);
        if (event.kind == USHER_EVENT_CUSTOMER_ERASED)
            router_erase(router, &event);
        ring_add(&router->ring, &event);
        if (event.kind == USHER_EVENT_ROUTER_OUTAGE)
            router_take_outage(router);
        if (event.kind == USHER_EVENT_ROUTER_HEARTBEAT)
            continue; /* standbys read it in the journal; it is news to nobody else */
        router_log_event(&event);
        parties_hand_out(&router->parties, &event);
    }
}

void router_publish(struct router *router, struct batch *batch)
{
    router_tell(router, batch);
    router_recycle(router, batch);
}

void router_publish_withheld(struct router *router)
{
    while (!usher_list_is_empty(&router->withheld)) {
        struct batch *batch = usher_list_entry(router->withheld.next, struct batch, node);
        usher_list_remove(&batch->node);
        router_publish(router, batch);
    }
}

/* The turn. */

int64_t router_now_ms(struct router *router)
{
    if (!router->has_read_clock) {
        (void)clock_read(&router->clock);
        usher_engine_set_civil(router->engine, clock_civil_ms(), router->clock.now_ms);
    }
    router->has_read_clock = true;
    return router->clock.now_ms;
}

static void router_hand_out_at_once(struct router *router)
{
    struct batch *batch = router->at_once;
    router->at_once = router_new_batch(router);
    router_publish(router, batch);
}

/* A batch without a line. True when it may go with the next append. */
static bool router_flush_answers(struct router *router, struct batch *batch)
{
    /* While a late batch is withheld, these wait too: they may tell of it. */
    if (!usher_list_is_empty(&router->withheld) || router->is_frozen)
        return false;
    if (journal_is_fresh(router->journal)) {
        usher_list_remove(&batch->node);
        router_publish(router, batch);
        return false;
    }
    /* Another may lead by now: they go with a heartbeat, which tells. */
    if (router_is_holding(router))
        return false;
    router_order_simple(router, USHER_COMMAND_ROUTER_BEAT);
    return true;
}

/* Starts the next append, if it is time. */
static void router_flush(struct router *router)
{
    struct usher_list *list = &router->outage.backlog;
    if (usher_list_is_empty(list))
        list = &router->waiting;
    if (router->in_flight || usher_list_is_empty(list))
        return;
    struct batch *batch = usher_list_entry(list->next, struct batch, node);
    if (batch->lines_count == 0 && !router_flush_answers(router, batch))
        return;
    if (!router->is_leading || router_is_holding(router) || !journal_is_idle(router->journal))
        return;
    usher_list_remove(&batch->node);
    router->in_flight = batch;
    journal_append(router->journal, usher_bytes_text(&batch->lines), batch_last(batch),
                   batch->lines_count);
}

bool router_is_flushed(const struct router *router)
{
    return !router->in_flight && usher_list_is_empty(&router->waiting) &&
           usher_list_is_empty(&router->outage.backlog) && usher_list_is_empty(&router->withheld) &&
           usher_list_is_empty(&router->hold.list);
}

/* Arms the one timer of the engine for its next deadline. */
static void router_arm_deadline(struct router *router)
{
    bool is_live = router->is_leading && !router_is_holding(router);
    int64_t next_ms = is_live ? usher_engine_next_deadline_ms(router->engine) : INT64_MAX;
    if (next_ms == router->deadline_ms)
        return;
    router->deadline_ms = next_ms;
    if (next_ms == INT64_MAX) {
        event_del(router->deadline);
        return;
    }
    int64_t wait_ms = next_ms - router_now_ms(router);
    if (wait_ms < 0)
        wait_ms = 0;
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    event_add(router->deadline, &wait);
}

void router_turn_end(struct router *router)
{
    for (;;) {
        if (!batch_is_empty(router->at_once))
            router_hand_out_at_once(router);
        if (!router->has_ended && router_is_alone(router))
            router_go_alone(router);
        if (!router->has_ended)
            router_flush(router);
        if (batch_is_empty(router->at_once))
            break;
    }
    if (router->is_leading && !router->has_ended) {
        router_arm_deadline(router);
        if (router->is_draining && router_is_flushed(router))
            router_end(router, ROUTER_END_ORDERLY);
        else if (router->standby.is_yielding && router_is_flushed(router) &&
                 journal_is_idle(router->journal))
            router_end_yield(router);
        else if (router_is_flushed(router) && !router_is_holding(router) &&
                 usher_engine_rules(router->engine) && journal_is_idle(router->journal) &&
                 router_has_remembered(router))
            journal_consider_snapshot(router->journal,
                                      usher_text_of(usher_engine_rules(router->engine)->hash));
    }
    router->has_read_clock = false;
}
