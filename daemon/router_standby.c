/* A standby: it applies what the leader appends, compares its state and its clock with his at each
 * heartbeat, and tells everybody who comes where he is. And the way back: a leader that steps down,
 * because it was fenced or asked to, drops its whole state and is a standby again. */
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "clock.h"
#include "log.h"
#include "router.h"
#include "router_state.h"
#include "wire/codec.h"

#define SKEW_WARN_MS 1000
#define SKEW_MAX_MS  30000 /* above, this clock would end offers and wrap-ups at the wrong time */

static bool is_far(int64_t skew_ms, int64_t max_ms)
{
    return skew_ms > max_ms || skew_ms < -max_ms;
}

/* Following. */

static void router_compare_clock(struct router *router, int64_t at_ms)
{
    struct standby *standby = &router->standby;
    int64_t skew_ms = clock_civil_ms() - at_ms;
    bool was_far = standby->has_skew && is_far(standby->skew_ms, SKEW_WARN_MS);
    bool was_too_far = standby->has_skew && is_far(standby->skew_ms, SKEW_MAX_MS);
    standby->has_skew = true;
    standby->skew_ms = skew_ms;
    if (is_far(skew_ms, SKEW_MAX_MS) && !was_too_far)
        log_error("This standby's clock is too far from the leader's: it will not take over. Set "
                  "both clocks by NTP; a leader whose clock was wrong needs a restart",
                  "skew_ms=%" PRId64, skew_ms);
    else if (is_far(skew_ms, SKEW_WARN_MS) && !was_far)
        log_warning("This standby's clock differs from the leader's: set both by NTP",
                    "skew_ms=%" PRId64, skew_ms);
    else if (was_far && !is_far(skew_ms, SKEW_WARN_MS))
        log_info("This standby's clock is right again", "skew_ms=%" PRId64, skew_ms);
}

static void router_compare_digest(struct router *router, const struct usher_event *beat)
{
    struct standby *standby = &router->standby;
    char own[USHER_DIGEST_SIZE];
    char number[USHER_NUMBER_SIZE];
    if (standby->has_differed)
        return;
    standby->is_compared = true;
    if (usher_text_is_equal(usher_engine_digest(router->engine, beat->n, own), beat->fields.digest))
        return;
    standby->has_differed = true;
    log_error("This standby's state differs from the leader's: it will not take over. Keep the "
              "journal and both logs for a report, see that both run the same version, and restart "
              "this standby: it starts from the newest snapshot",
              "n=%s own=%s leader=%.*s", usher_number_write(beat->n, number).at, own,
              USHER_TEXT_ARGS(beat->fields.digest));
}

void router_watch(struct router *router, struct usher_text line)
{
    struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    struct usher_text name = USHER_TEXT("\"router.");
    /* Cheap for nearly all lines; the decoder has the last word. */
    if (!memmem(line.at, line.length, name.at, name.length) ||
        !usher_event_decode(line, &scratch, &event, &answer))
        return;
    if (event.kind == USHER_EVENT_ROUTER_STARTED) {
        router->standby.is_vacant = false;
    } else if (event.kind == USHER_EVENT_ROUTER_STOPPED ||
               event.kind == USHER_EVENT_ROUTER_YIELDED) {
        router->standby.is_vacant = true;
        journal_hurry(router->journal);
    } else if (event.kind == USHER_EVENT_ROUTER_HEARTBEAT && journal_is_live(router->journal)) {
        router_compare_clock(router, event.at_ms);
        if (event.fields.digest.at)
            router_compare_digest(router, &event);
    }
}

/* A leader that goes on without Redis decides what a standby cannot know. */
static bool router_can_follow(struct router *router)
{
    struct usher_leader leader = usher_engine_leader(router->engine);
    if (router->outage.is_taking_over || router->standby.is_vacant || leader.outage.length == 0 ||
        usher_text_is_equal(leader.outage, USHER_TEXT("hold")))
        return true;
    router->outage.is_led = true;
    log_error("The leader goes on without Redis, so no standby can follow it. Set `outage: hold` "
              "in the leader's usherd.yaml and reload it, then start this standby again. When that "
              "leader is dead, start this one once with --take-over",
              "outage=%.*s leader=%.*s", USHER_TEXT_ARGS(leader.outage),
              USHER_TEXT_ARGS(leader.addresses));
    return false;
}

bool router_followed(void *owner)
{
    struct router *router = owner;
    struct usher_leader leader = usher_engine_leader(router->engine);
    char number[USHER_NUMBER_SIZE];
    router->standby.current_ms = router_now_ms(router);
    if (!router_can_follow(router))
        return false;
    if (router->standby.is_following)
        return true;
    router->standby.is_following = true;
    log_info("This usherd is a standby and knows all of the journal", "site=%s last=%s leader=%.*s",
             router->settings->site,
             usher_number_write(usher_engine_last_number(router->engine), number).at,
             USHER_TEXT_ARGS(leader.addresses));
    router->host.following(router->host.owner);
    return true;
}

bool router_may_claim(void *owner)
{
    struct router *router = owner;
    struct standby *standby = &router->standby;
    if (!router->settings->is_standby)
        return router_may_lead(router);
    if (standby->has_differed) {
        log_error("Nobody leads the site, and this standby does not take over: its state differs "
                  "from the leader's. Restart it: it then starts from the newest snapshot",
                  "site=%s", router->settings->site);
        return false;
    }
    if (standby->has_skew && is_far(standby->skew_ms, SKEW_MAX_MS)) {
        log_error("Nobody leads the site, and this standby does not take over: its clock is too "
                  "far from the leader's. Set the clock and restart it",
                  "site=%s skew_ms=%" PRId64, router->settings->site, standby->skew_ms);
        return false;
    }
    return !router->is_draining;
}

bool router_forget(void *owner)
{
    struct router *router = owner;
    struct usher_hash_seed seed;
    struct usher_engine *engine = NULL;
    if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
        engine = usher_engine_new(&router->settings->limits, seed);
    if (!engine) {
        log_error("Memory is out for a new state", NULL);
        return false;
    }
    usher_engine_free(router->engine);
    router_forget_customers(router);
    router->engine = engine;
    router->standby = (struct standby){0};
    return true;
}

/* Telling. */

enum usher_error router_refuse(const struct router *router, struct usher_answer *answer)
{
    const struct standby *standby = &router->standby;
    struct usher_leader leader = usher_engine_leader(router->engine);
    if (!router->settings->is_standby)
        return usher_answer_set(answer, USHER_ERROR_STORAGE_UNAVAILABLE,
                                "usherd has not read its journal in Redis yet; try again, or "
                                "see its log");
    if (!standby->is_following || standby->is_vacant || leader.addresses.length == 0)
        leader.addresses = USHER_TEXT("unknown");
    return usher_answer_set(answer, USHER_ERROR_NOT_LEADER,
                            "This usherd is a standby; leader: %.*s",
                            USHER_TEXT_ARGS(leader.addresses));
}

static struct usher_text router_what(const struct router *router)
{
    if (router->is_leading)
        return USHER_TEXT("leader");
    return router->settings->is_standby ? USHER_TEXT("standby") : USHER_TEXT("starting");
}

void router_describe(struct router *router, struct usher_bytes *out)
{
    const struct standby *standby = &router->standby;
    struct usher_leader leader = usher_engine_leader(router->engine);
    struct usher_event event = {
        .kind = USHER_EVENT_STATE_ROUTER,
        .at_ms = router_now_ms(router),
        .n = usher_engine_last_number(router->engine),
    };
    uint64_t unconfirmed_count = journal_unconfirmed_count(router->journal);
    USHER_FIELDS_SET(&event.fields, STATE, state, router_what(router));
    if (router->is_leading && unconfirmed_count > 0)
        USHER_FIELDS_SET(&event.fields, UNCONFIRMED, unconfirmed, (int64_t)unconfirmed_count);
    if (leader.addresses.length > 0)
        USHER_FIELDS_SET(&event.fields, ADDRESSES, addresses, leader.addresses);
    if (!router->is_leading && standby->is_following)
        USHER_FIELDS_SET(&event.fields, BEHIND_MS, behind_ms, event.at_ms - standby->current_ms);
    if (!router->is_leading && standby->has_skew)
        USHER_FIELDS_SET(&event.fields, SKEW_MS, skew_ms, standby->skew_ms);
    if (!router->is_leading && standby->is_compared)
        USHER_FIELDS_SET(&event.fields, DIGEST, digest,
                         standby->has_differed ? USHER_TEXT("differs") : USHER_TEXT("same"));
    if (standby->has_differed)
        USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("digest"));
    else if (standby->has_skew && is_far(standby->skew_ms, SKEW_MAX_MS))
        USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("clock"));
    usher_event_encode(&event, out);
}

/* Stepping down. */

static void router_drop_batches(struct router *router, struct usher_list *list)
{
    usher_list_for_each_safe (node, list)
        router_recycle(router, usher_list_entry(node, struct batch, node));
}

void router_step_down(struct router *router)
{
    bool was_leading = router->is_leading;
    router_keep_refused(router);
    router->is_leading = router->is_away = router->is_frozen = false;
    router->standby = (struct standby){0};
    router->deadline_ms = INT64_MAX;
    event_del(router->deadline);
    event_del(router->heartbeat);
    reload_drop(router);
    if (router->in_flight)
        router_recycle(router, router->in_flight);
    router->in_flight = NULL;
    router_drop_batches(router, &router->waiting);
    router_drop_batches(router, &router->withheld);
    router_drop_backlog(router);
    hold_fini(&router->hold);
    hold_init(&router->hold);
    router_forget_customers(router);
    if (!was_leading)
        return;
    router->host.leading(router->host.owner, false);
    parties_tell_leading(&router->parties, false);
}

void router_yield(struct router *router, struct router_party *party, struct usher_text id)
{
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_YIELD};
    struct usher_answer answer = {.error = USHER_OK};
    if (router_admit(router, &answer) == USHER_OK) {
        if (!router->settings->is_standby)
            (void)usher_answer_set(&answer, USHER_ERROR_WRONG_STATE,
                                   "This usherd is none that can follow; set `standby: true` in "
                                   "its usherd.yaml, or use router.drain");
        else if (router_is_holding(router))
            (void)usher_answer_set(&answer, USHER_ERROR_STORAGE_UNAVAILABLE,
                                   "Redis is away; try again when it is back");
    }
    if (answer.error != USHER_OK) {
        router_answer_at_once(router, party->serial, id, &answer);
        return;
    }
    log_warning("The site is handed over: this usherd becomes a standby", "client=%s",
                party->client);
    router->standby.is_yielding = true;
    router_order(router, party->serial, id, &command);
}

void router_end_yield(struct router *router)
{
    router_step_down(router);
    journal_step_down(router->journal);
}
