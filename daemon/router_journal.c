/* What the journal tells the router: recovery, the claim, durability, the fence. */
#include <event2/event.h>

#include "engine/engine.h"
#include "log.h"
#include "router.h"
#include "router_state.h"
#include "zones.h"

/* Recovery. */

static bool on_rules(void *owner, struct usher_text hash, struct usher_text text)
{
    struct router *router = owner;
    char name[sizeof(((struct ruleset *)NULL)->hash)];
    struct usher_problems problems;
    if (usher_engine_has_rules(router->engine, hash))
        return true;
    usher_problems_init(&problems);
    struct usher_rules *rules =
        usher_text_copy(name, sizeof(name), hash) ? usher_rules_read(text, name, &problems) : NULL;
    if (!rules) {
        log_error("Rules of the journal cannot be read; were they written by a newer usherd?",
                  "rules=%.*s problems=%zu first=\"%s\"", USHER_TEXT_ARGS(hash), problems.count,
                  problems.count ? problems.list[0].what : "");
        return false;
    }
    usher_engine_shelve(router->engine, rules);
    return true;
}

static bool on_snapshot(void *owner, struct usher_text saved)
{
    struct router *router = owner;
    struct usher_answer answer = {.error = USHER_OK};
    if (!usher_engine_load(router->engine, saved, &answer)) {
        log_error("The snapshot cannot be read", "bytes=%zu reason=\"%s\"", saved.length,
                  answer.message);
        return false;
    }
    clock_follow(&router->clock, usher_engine_last_ms(router->engine));
    return true;
}

static bool on_line(void *owner, struct usher_text line)
{
    struct router *router = owner;
    struct usher_answer answer = {.error = USHER_OK};
    char number[USHER_NUMBER_SIZE];
    if (!router->is_leading) {
        router_watch(router, line);
        router_remember_line(router, line);
    }
    if (usher_engine_apply_line(router->engine, line, &answer))
        return true;
    (void)usher_number_write(usher_engine_last_number(router->engine), number);
    log_error("The journal cannot be followed", "after=%s reason=\"%s\"", number, answer.message);
    return false;
}

/* The claim. */

/* No PBX is connected yet: their contacts get no offers until they are. Nor is any desk. */
static void router_lose_links(struct router *router)
{
    struct usher_command links = {.kind = USHER_COMMAND_LINK_LOSE};
    struct usher_command desks = {.kind = USHER_COMMAND_DESK_LOSE};
    USHER_FIELDS_SET(&links.fields, UNTIL_MS, until_ms,
                     router_now_ms(router) + router->settings->timing.grace_ms);
    USHER_FIELDS_SET(&desks.fields, UNTIL_MS, until_ms,
                     router_now_ms(router) + router->settings->timing.desk_grace_ms);
    router_order(router, 0, USHER_NO_TEXT, &links);
    router_order(router, 0, USHER_NO_TEXT, &desks);
}

/* Starts the engine's numbers behind the claim, which is the first event of its epoch and came in
 * as a line. */
static void router_begin_epoch(struct router *router, uint32_t epoch)
{
    clock_follow(&router->clock, usher_engine_last_ms(router->engine));
    if (usher_engine_last_number(router->engine).epoch < epoch)
        usher_engine_begin_epoch(router->engine, epoch);
}

static void on_claimed(void *owner, uint32_t epoch, bool is_first)
{
    struct router *router = owner;
    struct usher_engine_counts counts = usher_engine_count(router->engine);
    log_info("The journal is ours", "epoch=%u first=%s contacts=%zu agents=%zu", (unsigned)epoch,
             is_first ? "yes" : "no", counts.contacts, counts.agents);
    router->standby = (struct standby){0};
    router->outage.is_taking_over = false;
    router->is_frozen = false; /* a journal that was gone at the start was written anew before */
    router_begin_epoch(router, epoch);
    zones_give(router->engine);
    ring_begin(&router->ring, usher_engine_last_number(router->engine));
    if (!is_first)
        router_lose_links(router);
    reload_first(router);
}

/* From now, anew; but a router that always has something to write beats, too, now and then. */
static void router_arm_heartbeat(struct router *router)
{
    int64_t beat_ms = router->settings->timing.heartbeat_ms;
    if (router_now_ms(router) - router->beaten_ms >= ROUTER_BEATS_LEFT_OUT * beat_ms)
        return;
    event_add(router->heartbeat,
              &(struct timeval){.tv_sec = beat_ms / 1000, .tv_usec = beat_ms % 1000 * 1000});
}

void router_introduce(struct router *router)
{
    journal_introduce(router->journal, usher_text_of(settings_outage_name(router->outage.mode)),
                      usher_text_of(router->outage.home.name));
}

void router_lead(struct router *router)
{
    if (router->is_leading || router->has_ended)
        return;
    router->is_leading = true;
    router->beaten_ms = router_now_ms(router);
    router_arm_heartbeat(router);
    log_info("The router serves", "site=%s rules=%s", router->settings->site,
             usher_engine_rules(router->engine)->hash);
    router->host.leading(router->host.owner, true);
    parties_tell_leading(&router->parties, true);
}

/* Durability. */

static void on_appended(void *owner, bool is_late)
{
    struct router *router = owner;
    router_arm_heartbeat(router);
    router_remember(router, router->in_flight);
    usher_list_append(&router->withheld, &router->in_flight->node);
    router->in_flight = NULL;
    if (is_late && router->outage.mode != SETTINGS_OUTAGE_ROUTE) {
        /* Another router may have taken over meanwhile: only an append in time proves that none
         * has. */
        log_warning("Redis answered late; nothing is told before it has answered in time", NULL);
        router_order_simple(router, USHER_COMMAND_ROUTER_BEAT);
        return;
    }
    router_publish_withheld(router);
}

static void on_fenced(void *owner)
{
    struct router *router = owner;
    if (router->settings->is_standby && !router->is_draining) {
        log_error("Another router has taken over this site; this one becomes a standby", "site=%s",
                  router->settings->site);
        router_step_down(router);
        return;
    }
    log_error("Another router has taken over this site; this one ends, so that its supervisor may "
              "start it afresh",
              "site=%s", router->settings->site);
    router_end(router, ROUTER_END_FAILED);
}

static void on_restored(void *owner, struct usher_text lines)
{
    router_erase_again(owner, lines);
}

static void on_away(void *owner, bool is_away)
{
    struct router *router = owner;
    if (router->is_away == is_away)
        return;
    if (!is_away) {
        router_end_outage(router);
        return;
    }
    router->is_away = true;
    log_warning(router_is_alone(router)
                    ? "Redis is away; goes on from memory, and appends to the journal later"
                    : "Redis is away; commands wait, and no deadline fires",
                "outage=%s", settings_outage_name(router->outage.mode));
}

/* The snapshot that was written holds all that was decided, so that what waited is durable with it.
 */
static void on_lost(void *owner, uint32_t epoch)
{
    struct router *router = owner;
    log_error("The journal was gone and is written anew from memory; was Redis flushed, or is this "
              "another database?",
              "epoch=%u", (unsigned)epoch);
    if (router->in_flight)
        usher_list_append(&router->withheld, &router->in_flight->node);
    router->in_flight = NULL;
    usher_list_for_each (node, &router->outage.backlog)
        router_remember(router, usher_list_entry(node, struct batch, node));
    while (!usher_list_is_empty(&router->waiting)) {
        struct usher_list *node = router->waiting.next;
        usher_list_remove(node);
        usher_list_append(&router->withheld, node);
    }
    usher_list_for_each (node, &router->withheld)
        router_remember(router, usher_list_entry(node, struct batch, node));
    router_drop_backlog(router);
    router_begin_epoch(router, epoch);
    router->is_frozen = router->is_away = router->outage.is_full = false;
    router_publish_withheld(router);
    router_order_simple(router, USHER_COMMAND_JOURNAL_LOSE);
    router_release_held(router);
}

/* In the child the flag is the child's own. In the router itself it stops deciding until on_lost:
 * what would be decided in between would stand neither in the snapshot nor in the new journal. */
static void on_save(void *owner, struct usher_bytes *out)
{
    struct router *router = owner;
    router->is_frozen = true;
    usher_engine_save(router->engine, out);
}

static void on_failed(void *owner)
{
    struct router *router = owner;
    router_end(router, router->outage.is_led ? ROUTER_END_LED : ROUTER_END_FAILED);
}

const struct journal_ops router_journal_ops = {
    .rules = on_rules,
    .snapshot = on_snapshot,
    .line = on_line,
    .followed = router_followed,
    .may_claim = router_may_claim,
    .forget = router_forget,
    .claimed = on_claimed,
    .appended = on_appended,
    .fenced = on_fenced,
    .away = on_away,
    .restored = on_restored,
    .lost = on_lost,
    .save = on_save,
    .failed = on_failed,
};
