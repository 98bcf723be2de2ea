/* Holding, and going on alone. Invariant: everything in the backlog was handed out, and comes
 * before everything that waits. */
#include "router_outage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "router_state.h"
#include "ruleset.h"

int router_outage_init(struct router *router)
{
    struct outage *outage = &router->outage;
    int error = 0;
    home_init(&outage->home);
    usher_list_init(&outage->backlog);
    outage->mode = outage->wanted = router->settings->outage;
    if (outage->mode == SETTINGS_OUTAGE_ROUTE)
        error = home_hold(&outage->home, router->settings->state);
    return error;
}

void router_outage_fini(struct router *router)
{
    router_drop_backlog(router);
    home_fini(&router->outage.home);
}

/* Holding or not. */

bool router_is_alone(const struct router *router)
{
    return router->is_leading && router->is_away && !router->is_frozen &&
           router->outage.mode == SETTINGS_OUTAGE_ROUTE && !router->outage.is_full;
}

bool router_is_holding(const struct router *router)
{
    return router->is_frozen || (router->is_away && !router_is_alone(router));
}

/* Without what is decided and not handed out yet: that is at most a turn's. */
static size_t router_backlog_bytes(const struct router *router)
{
    size_t bytes = router->in_flight ? batch_bytes(router->in_flight) : 0;
    usher_list_for_each (node, &router->outage.backlog)
        bytes += batch_bytes(usher_list_entry(node, struct batch, node));
    return bytes;
}

/* Few large batches, so that appending them takes few turns of Redis. */
static void router_put_back(struct router *router, struct batch *batch)
{
    struct usher_list *backlog = &router->outage.backlog;
    if (!usher_list_is_empty(backlog)) {
        struct batch *last = usher_list_entry(backlog->prev, struct batch, node);
        if (last->lines.length + batch->lines.length <= (size_t)JOURNAL_BATCH_MAX) {
            batch_join(last, batch);
            router_recycle(router, batch);
            return;
        }
    }
    usher_list_append(backlog, &batch->node);
}

void router_go_alone(struct router *router)
{
    router_publish_withheld(router);
    if (router->in_flight) {
        router_tell(router, router->in_flight);
        batch_forget(router->in_flight);
    }
    while (!usher_list_is_empty(&router->waiting)) {
        struct batch *batch = usher_list_entry(router->waiting.next, struct batch, node);
        usher_list_remove(&batch->node);
        router_tell(router, batch);
        batch_forget(batch);
        if (batch->lines_count > 0)
            router_put_back(router, batch);
        else
            router_recycle(router, batch);
    }
    if (router_backlog_bytes(router) <= (size_t)router->settings->pending_bytes)
        return;
    router->outage.is_full = true;
    log_error("Redis is away, and limits.pending is reached: nothing more is decided until it is "
              "back. Bring Redis back",
              "bytes=%" PRId64, router->settings->pending_bytes);
}

void router_end_outage(struct router *router)
{
    size_t bytes = router_backlog_bytes(router);
    router->is_away = false;
    router->outage.is_full = false;
    log_info("Redis is back", "held_bytes=%zu backlog_bytes=%zu", router->hold.bytes, bytes);
    router_release_held(router);
}

/* Leading at all. */

bool router_may_lead(struct router *router)
{
    struct usher_leader leader = usher_engine_leader(router->engine);
    if (router->outage.is_taking_over || router->standby.is_vacant || leader.outage.length == 0 ||
        usher_text_is_equal(leader.outage, USHER_TEXT("hold")))
        return true;
    if (leader.home.length > 0 &&
        usher_text_is_equal(leader.home, usher_text_of(router->outage.home.name)))
        return true; /* it was this folder's: dead */
    router->outage.is_led = true;
    log_error("The site's last leader goes on without Redis (outage: route) and did not end in "
              "order, so its silence does not tell that it is dead. See to it; when it is dead, "
              "start once with --take-over, or on its own machine, with its state folder",
              "site=%s leader=%.*s", router->settings->site, USHER_TEXT_ARGS(leader.addresses));
    return false;
}

/* The backlog's other ends. */

void router_drop_backlog(struct router *router)
{
    usher_list_for_each_safe (node, &router->outage.backlog)
        router_recycle(router, usher_list_entry(node, struct batch, node));
}

/* The first batch that was handed out and is not in the journal, or NULL. */
static struct batch *router_first_refused(struct router *router)
{
    struct batch *first = router->in_flight;
    if (first && first->lines_count > 0 && first->events_count == 0)
        return first;
    if (usher_list_is_empty(&router->outage.backlog))
        return NULL;
    return usher_list_entry(router->outage.backlog.next, struct batch, node);
}

void router_keep_refused(struct router *router)
{
    struct outage *outage = &router->outage;
    struct batch *first = router_first_refused(router);
    struct home_refused file;
    size_t count = 0;
    if (!first)
        return;
    home_refused_open(&file, &outage->home, batch_last(first).epoch);
    if (first == router->in_flight) {
        count += first->lines_count;
        home_refused_write(&file, usher_bytes_text(&first->lines));
    }
    usher_list_for_each (node, &outage->backlog) {
        struct batch *batch = usher_list_entry(node, struct batch, node);
        count += batch->lines_count;
        home_refused_write(&file, usher_bytes_text(&batch->lines));
    }
    if (home_refused_close(&file) == 0)
        log_error("Events that were told while Redis was away did not reach the journal. What the "
                  "PBXs say of their calls decides; the file, an event a line, is for the record "
                  "of those contacts",
                  "events=%zu file=%s/%s", count, router->settings->state, file.name);
    else
        log_error("Events that were told while Redis was away did not reach the journal, and could "
                  "not be kept. What the PBXs say of their calls decides; see to the state folder",
                  "events=%zu file=%s/%s error=\"%s\"", count, router->settings->state, file.name,
                  strerror(-file.error));
}

/* Changing it. */

/* Whether `outage` may come into force in this process. */
static bool router_can_take(struct router *router, enum settings_outage outage,
                            struct usher_answer *answer)
{
    struct home *home = &router->outage.home;
    const char *exclusion = settings_without_route(router->settings);
    if (outage != SETTINGS_OUTAGE_ROUTE || outage == router->outage.wanted)
        return true;
    if (exclusion)
        (void)usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                               "`outage: route` needs a restart: usherd was started with %s",
                               exclusion);
    else if (!home->name[0] && home_hold(home, router->settings->state) < 0)
        (void)usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                               "`outage: route` needs the state folder %s; the log says why it "
                               "cannot be used",
                               router->settings->state);
    else
        return true;
    return false;
}

bool router_check_settings(struct router *router, struct usher_answer *answer,
                           enum settings_outage *outage)
{
    const struct settings *now = router->settings;
    struct settings *read = malloc(sizeof(*read));
    struct usher_problems problems;
    int error = read ? 0 : -ENOMEM;
    usher_problems_init(&problems);
    if (error == 0 && now->file[0])
        error = settings_read(read, now->file, &problems);
    else if (error == 0)
        *read = *now;
    *outage = router->outage.wanted;
    if (error == 0 && now->file[0]) {
        *outage = read->outage;
        read->outage = now->outage;
        /* settings_read sets all bytes first; padding that differs would cost a needless warning.
         * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
        if (memcmp(read, now, sizeof(*read)) != 0)
            log_warning("usherd.yaml has changed in more than `outage` since the start; the rest "
                        "is taken into use by a restart",
                        "file=%s", now->file);
    } else if (error < 0) {
        ruleset_refuse(now->file, error, &problems, answer);
    }
    free(read);
    return error == 0 && router_can_take(router, *outage, answer);
}

bool router_change_outage(struct router *router, enum settings_outage outage, uint64_t serial,
                          struct usher_text id)
{
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_SET_OUTAGE};
    const struct home *home = &router->outage.home;
    if (outage == router->outage.wanted)
        return false;
    router->outage.wanted = outage;
    if (outage == SETTINGS_OUTAGE_HOLD)
        router->outage.mode = outage;
    log_warning("What is done while Redis is away is changed", "outage=%s",
                settings_outage_name(outage));
    USHER_FIELDS_SET(&command.fields, OUTAGE, outage, usher_text_of(settings_outage_name(outage)));
    if (home->name[0])
        USHER_FIELDS_SET(&command.fields, HOME, home, usher_text_of(home->name));
    router_order(router, serial, id, &command);
    return true;
}

void router_take_outage(struct router *router)
{
    struct usher_leader leader = usher_engine_leader(router->engine);
    router->outage.mode = usher_text_is_equal(leader.outage, USHER_TEXT("route"))
                              ? SETTINGS_OUTAGE_ROUTE
                              : SETTINGS_OUTAGE_HOLD;
    router_introduce(router);
}
