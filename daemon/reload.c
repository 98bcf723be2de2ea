/* Reloading. Invariants: one reload at a time; its rules are on the engine's shelf, and their text
 * is in Redis, before the engine is told. */
#include "reload.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "log.h"
#include "router_state.h"
#include "ruleset.h"
#include "zones.h"

#define RELOAD_RETRY_US 500000

static void reload_ask_redis(struct router *router);

static struct usher_text reload_id(const struct reload *reload)
{
    return reload->has_id ? usher_text_of(reload->id) : USHER_NO_TEXT;
}

static bool reload_is_in_use(const struct router *router, const struct ruleset *ruleset)
{
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    return rules && strcmp(rules->hash, ruleset->hash) == 0;
}

static void on_retry(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    reload_ask_redis(owner);
}

/* The engine takes the rules, which Redis now has; the answer tells when that is durable. */
static void reload_finish(struct router *router)
{
    struct reload *reload = &router->reload;
    struct usher_command command = {.kind = USHER_COMMAND_RULES_LOAD};
    char hash[sizeof(reload->ruleset.hash)];
    memcpy(hash, reload->ruleset.hash, sizeof(hash));
    usher_engine_shelve(router->engine, reload->ruleset.rules);
    zones_give(router->engine);
    reload->ruleset.rules = NULL;
    ruleset_fini(&reload->ruleset);
    reload->is_busy = false;
    USHER_FIELDS_SET(&command.fields, HASH, hash, usher_text_of(hash));
    router_order(router, reload->serial, reload_id(reload), &command);
    log_info("The rules are taken into use", "rules=%s", hash);
    if (reload->is_first)
        router_lead(router);
    else
        router->host.reloaded(router->host.owner, true);
    reload->is_first = false;
}

static void on_kept(void *owner, bool is_kept)
{
    struct router *router = owner;
    struct reload *reload = &router->reload;
    if (router->has_ended)
        return;
    if (is_kept) {
        reload_finish(router);
        return;
    }
    if (reload->is_first) {
        event_add(reload->retry, &(struct timeval){.tv_usec = RELOAD_RETRY_US});
        return;
    }
    struct usher_answer answer;
    (void)usher_answer_set(
        &answer, USHER_ERROR_STORAGE_UNAVAILABLE,
        "Redis did not keep the rules; the old ones stay. Reload again when Redis is back");
    log_error("Redis did not keep the rules; the old ones stay", "rules=%s", reload->ruleset.hash);
    router_answer_at_once(router, reload->serial, reload_id(reload), &answer);
    ruleset_fini(&reload->ruleset);
    reload->is_busy = false;
    router->host.reloaded(router->host.owner, false);
}

static void reload_ask_redis(struct router *router)
{
    struct ruleset *ruleset = &router->reload.ruleset;
    journal_keep_rules(router->journal, usher_text_of(ruleset->hash),
                       usher_bytes_text(&ruleset->text), on_kept, router);
}

int reload_init(struct router *router)
{
    router->reload = (struct reload){0};
    router->reload.retry = evtimer_new(router->base, on_retry, router);
    return router->reload.retry ? 0 : -ENOMEM;
}

void reload_fini(struct router *router)
{
    ruleset_fini(&router->reload.ruleset);
    if (router->reload.retry)
        event_free(router->reload.retry);
}

void reload_prepare(struct router *router, struct ruleset *ruleset)
{
    router->reload.ruleset = *ruleset;
    router->reload.is_first = true;
    router->reload.is_busy = true;
    *ruleset = (struct ruleset){0};
}

/* The rules of the start are gone when this router has led before. */
static bool reload_keeps_journal(const struct router *router)
{
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    if (!router->settings->is_standby || !rules)
        return false;
    if (router->reload.ruleset.hash[0] && !reload_is_in_use(router, &router->reload.ruleset))
        log_warning("The rules' file is not what the last leader had loaded; his rules stay. "
                    "`usherctl reload` takes the file into use",
                    "file=%s rules=%s", router->settings->rules, rules->hash);
    return true;
}

static bool reload_read(struct router *router, struct ruleset *ruleset,
                        struct usher_answer *answer);

void reload_first(struct router *router)
{
    struct reload *reload = &router->reload;
    struct usher_answer answer;
    reload->is_first = reload->is_busy = true;
    if (!reload_keeps_journal(router) && !reload_is_in_use(router, &reload->ruleset)) {
        if (reload->ruleset.rules || reload_read(router, &reload->ruleset, &answer))
            reload_ask_redis(router);
        else
            router_end(router, ROUTER_END_FAILED);
        return;
    }
    ruleset_fini(&reload->ruleset);
    reload->is_busy = false;
    reload->is_first = false;
    router_lead(router);
}

void reload_drop(struct router *router)
{
    struct reload *reload = &router->reload;
    bool is_asked = reload->is_busy && !reload->is_first;
    event_del(reload->retry);
    if (!reload->is_busy || reload->is_first)
        return;
    ruleset_fini(&reload->ruleset);
    reload->is_busy = false;
    if (is_asked)
        router->host.reloaded(router->host.owner, false);
}

/* Answers a reload that ends here: not begun, or nothing to do. */
static void reload_end(struct router *router, uint64_t serial, struct usher_text id,
                       const struct usher_answer *answer)
{
    router_answer_at_once(router, serial, id, answer);
    router->host.reloaded(router->host.owner, answer->error == USHER_OK);
}

/* Reads and checks the file. On failure `answer` tells the first problem, the log all. */
static bool reload_read(struct router *router, struct ruleset *ruleset, struct usher_answer *answer)
{
    const char *path = router->settings->rules;
    struct usher_problems problems;
    usher_problems_init(&problems);
    int error = ruleset_read(ruleset, path, &problems);
    if (error < 0)
        ruleset_refuse(path, error, &problems, answer);
    return error == 0;
}

/* Reads the settings and the file. False, with the answer and nothing to free, when they cannot be
 * taken into use. */
static bool reload_read_all(struct router *router, struct usher_text hash, struct ruleset *ruleset,
                            enum settings_outage *outage, struct usher_answer *answer)
{
    if (!router_check_settings(router, answer, outage) || !reload_read(router, ruleset, answer))
        return false;
    if (!hash.at || usher_text_is_equal(hash, usher_text_of(ruleset->hash)))
        return true;
    (void)usher_answer_set(
        answer, USHER_ERROR_WRONG_STATE,
        "The rules' file that usherd reads is not the one that was looked at: it has "
        "changed since, or is on another machine; look again, where usherd runs");
    ruleset_fini(ruleset);
    return false;
}

void reload_begin(struct router *router, uint64_t serial, struct usher_text id,
                  struct usher_text hash)
{
    struct reload *reload = &router->reload;
    struct usher_answer answer = {.error = USHER_OK};
    struct ruleset ruleset;
    enum settings_outage outage;
    bool is_changed;
    if (reload->is_busy) {
        (void)usher_answer_set(&answer, USHER_ERROR_LIMIT,
                               "Another reload is under way; try again in a moment");
        router_answer_at_once(router, serial, id, &answer);
        return;
    }
    if (!reload_read_all(router, hash, &ruleset, &outage, &answer)) {
        reload_end(router, serial, id, &answer);
        return;
    }
    if (reload_is_in_use(router, &ruleset)) {
        log_info("The rules' file is as it was", "rules=%s", ruleset.hash);
        ruleset_fini(&ruleset);
        is_changed = router_change_outage(router, outage, serial, id);
        reload_end(router, is_changed ? 0 : serial, id, &answer);
        return;
    }
    (void)router_change_outage(router, outage, 0, USHER_NO_TEXT);
    reload->ruleset = ruleset;
    reload->is_busy = true;
    reload->serial = serial;
    reload->has_id = id.at && usher_text_copy(reload->id, sizeof(reload->id), id);
    reload_ask_redis(router);
}
