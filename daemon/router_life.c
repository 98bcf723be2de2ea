/* The router's life: its making, its timers, its end. */
#include "router.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/random.h>

#include "log.h"
#include "router_state.h"

#define ROUTER_DRAIN_PATIENCE_S 5 /* how long an orderly end waits for Redis */

/* Timers. */

static void on_deadline(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    struct router *router = owner;
    router->deadline_ms = INT64_MAX;
    if (!router->is_leading || router_is_holding(router) || router->standby.is_yielding)
        return;
    usher_engine_pass_time(router->engine, router_now_ms(router));
    router_gather(router);
}

static void on_heartbeat(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    struct router *router = owner;
    int64_t age_ms = router_now_ms(router) - router->beaten_ms;
    bool is_due = router_is_flushed(router) ||
                  age_ms >= ROUTER_BEATS_LEFT_OUT * router->settings->timing.heartbeat_ms;
    if (!router->is_leading || router->is_away || router_is_holding(router) ||
        router->is_draining || router->standby.is_yielding || !is_due)
        return;
    router->beaten_ms = router_now_ms(router);
    router_order_simple(router, USHER_COMMAND_ROUTER_BEAT);
}

static void on_patience(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    struct router *router = owner;
    if (usher_list_is_empty(&router->outage.backlog))
        log_error(
            "Redis did not take the last batch; what was acknowledged is durable, the rest is not",
            "waited_s=%d", ROUTER_DRAIN_PATIENCE_S);
    else
        log_error("Redis did not come back; what was told without it stays in the state folder",
                  "waited_s=%d", ROUTER_DRAIN_PATIENCE_S);
    router_end(router, ROUTER_END_FAILED);
}

/* The end. */

void router_end(struct router *router, int status)
{
    if (router->has_ended)
        return;
    bool was_leading = router->is_leading;
    router_keep_refused(router);
    router->has_ended = true;
    router->is_leading = false;
    event_del(router->deadline);
    event_del(router->heartbeat);
    event_del(router->patience);
    router_forget_customers(router);
    if (was_leading) {
        parties_tell_leading(&router->parties, false);
        router->host.leading(router->host.owner, false);
    }
    router->host.ended(router->host.owner, status);
}

void router_drain(struct router *router)
{
    if (router->is_draining)
        return;
    router->is_draining = true;
    if (!router->is_leading || (router_is_holding(router) && router_is_flushed(router))) {
        router_end(router, ROUTER_END_ORDERLY); /* nothing waits for Redis */
        return;
    }
    router_order_simple(router, USHER_COMMAND_ROUTER_STOP);
    event_add(router->patience, &(struct timeval){.tv_sec = ROUTER_DRAIN_PATIENCE_S});
}

bool router_is_leading(const struct router *router)
{
    return router->is_leading;
}

struct usher_engine *router_engine(struct router *router)
{
    return router->engine;
}

void router_reload(struct router *router)
{
    reload_begin(router, 0, USHER_NO_TEXT, USHER_NO_TEXT);
}

/* Making it. */

static int router_make_parts(struct router *router, struct usher_hash_seed seed)
{
    int error = parties_init(&router->parties, seed);
    if (error == 0)
        error = ring_init(&router->ring, (size_t)router->settings->ring_bytes);
    if (error == 0)
        error = reload_init(router);
    if (error == 0)
        error = router_outage_init(router);
    if (error == 0)
        error = router_customers_init(router, seed);
    if (error < 0)
        return error;
    router->engine = usher_engine_new(&router->settings->limits, seed);
    router->deadline = evtimer_new(router->base, on_deadline, router);
    router->heartbeat = event_new(router->base, -1, EV_PERSIST, on_heartbeat, router);
    router->patience = evtimer_new(router->base, on_patience, router);
    if (!router->engine || !router->deadline || !router->heartbeat || !router->patience)
        return -ENOMEM;
    error =
        journal_new(&router->journal, router->base, router->settings, &router_journal_ops, router);
    if (error == 0)
        router_introduce(router);
    return error;
}

int router_new(struct router **router, struct event_base *base, const struct settings *settings,
               const struct router_host *host)
{
    struct usher_hash_seed seed;
    struct router *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
        free(made);
        return -EIO;
    }
    made->base = base;
    made->settings = settings;
    made->host = *host;
    made->deadline_ms = INT64_MAX;
    made->at_once = batch_new();
    clock_init(&made->clock);
    hold_init(&made->hold);
    usher_list_init(&made->waiting);
    usher_list_init(&made->withheld);
    usher_list_init(&made->spare);
    int error = router_make_parts(made, seed);
    if (error < 0) {
        router_free(made);
        return error;
    }
    *router = made;
    return 0;
}

static void router_free_batches(struct usher_list *list)
{
    usher_list_for_each_safe (node, list) {
        struct batch *batch = usher_list_entry(node, struct batch, node);
        usher_list_remove(&batch->node);
        batch_free(batch);
    }
}

static void router_free_event(struct event *event)
{
    if (event)
        event_free(event);
}

void router_free(struct router *router)
{
    if (!router)
        return;
    journal_free(router->journal);
    reload_fini(router);
    router_free_event(router->deadline);
    router_free_event(router->heartbeat);
    router_free_event(router->patience);
    router_free_batches(&router->waiting);
    router_free_batches(&router->withheld);
    router_outage_fini(router);
    router_free_batches(&router->spare);
    batch_free(router->in_flight);
    batch_free(router->at_once);
    hold_fini(&router->hold);
    router_customers_fini(router);
    ring_fini(&router->ring);
    parties_fini(&router->parties);
    usher_engine_free(router->engine);
    free(router);
}

void router_start(struct router *router, struct ruleset *rules, bool is_taking_over)
{
    router->outage.is_taking_over = is_taking_over;
    reload_prepare(router, rules);
    journal_start(router->journal);
}
