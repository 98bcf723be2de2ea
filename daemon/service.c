/* The service. Order of life: settings and rules are read, listeners and links open, the router
 * recovers and claims, and only when it leads are the profiles followed and systemd told. The end
 * goes the other way round. */
#include "service.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/folder.h"
#include "journal/profiles.h"
#include "link/kamailio.h"
#include "link/native.h"
#include "log.h"
#include "notify.h"
#include "passed.h"
#include "router.h"
#include "ruleset.h"
#include "settings.h"

#define SERVICE_STATUS_S 5 /* how often systemd's status line is looked at */

static const int service_signals[] = {SIGHUP, SIGTERM, SIGINT};
#define SERVICE_SIGNALS_COUNT USHER_COUNT_OF(service_signals)

struct service {
    struct settings settings;
    struct ruleset rules;
    struct passed passed; /* until the listeners are open */
    struct event_base *base;
    struct notify *notify;
    struct router *router;
    struct profiles *profiles;
    struct native *native;
    struct kamailio_link *links[SETTINGS_LINKS_MAX];
    struct event *signals[SERVICE_SIGNALS_COUNT];
    struct event *status;
    bool is_draining;
    bool has_stopped;
    enum service_exit exit;
};

/* What the router tells. */

static void service_tell_status(struct service *service)
{
    struct usher_engine_counts counts = usher_engine_count(router_engine(service->router));
    const char *what = "Leading";
    if (router_is_alone(service->router))
        what = "Leading without Redis";
    else if (router_is_holding(service->router))
        what = "Redis is away, nothing is decided";
    notify_status(service->notify, "%s; %zu contacts, %zu waiting, %zu talking; %zu agents ready",
                  what, counts.contacts, counts.waiting, counts.talking, counts.ready);
}

static void on_profiles_loaded(void *owner, size_t count)
{
    (void)owner;
    log_info("The agents' profiles are read", "count=%zu", count);
}

static const struct profiles_ops service_profiles_ops = {
    .profile = router_profile,
    .loaded = on_profiles_loaded,
};

/* Each time it leads the profiles are read anew: as a standby it heard of no change. */
static void on_leading(void *owner, bool is_leading)
{
    struct service *service = owner;
    if (service->profiles)
        profiles_free(service->profiles);
    service->profiles = NULL;
    if (!is_leading)
        return;
    int error = profiles_new(&service->profiles, service->base, &service->settings,
                             &service_profiles_ops, service->router);
    if (error < 0) {
        log_error("The profiles cannot be followed", "error=\"%s\"", strerror(-error));
        service->exit = SERVICE_EXIT_FAILED;
        service->has_stopped = true;
        return;
    }
    profiles_start(service->profiles);
    if (router_know_customers(service->router) < 0)
        log_error("Memory is out for what is remembered of customers: contacts are routed without",
                  NULL);
    native_serve(service->native);
    service_tell_status(service);
    notify_ready(service->notify);
}

static void on_following(void *owner)
{
    struct service *service = owner;
    native_serve(service->native);
    notify_status(service->notify, "Standby; follows the leader");
    notify_ready(service->notify);
}

static void on_reloaded(void *owner, bool is_loaded)
{
    struct service *service = owner;
    notify_status(service->notify,
                  is_loaded
                      ? "Leading; the rules are loaded"
                      : "Leading; the rules' file has problems, the old rules stay: see the log");
    notify_ready(service->notify);
}

static void on_ended(void *owner, int status)
{
    static const enum service_exit exits[] = {
        [ROUTER_END_ORDERLY] = SERVICE_EXIT_OK,
        [ROUTER_END_FAILED] = SERVICE_EXIT_FAILED,
        [ROUTER_END_LED] = SERVICE_EXIT_LED,
    };
    struct service *service = owner;
    service->has_stopped = true;
    if (service->exit == SERVICE_EXIT_OK)
        service->exit = exits[status];
    notify_stopping(service->notify);
}

/* What the system tells. */

static void service_stop(struct service *service, int number)
{
    if (service->is_draining) {
        log_warning("Asked twice to stop: ends at once", "signal=%s", strsignal(number));
        service->exit = SERVICE_EXIT_FAILED;
        service->has_stopped = true;
        return;
    }
    log_info("Asked to stop: takes nothing more, and ends when all is durable", "signal=%s",
             strsignal(number));
    service->is_draining = true;
    notify_stopping(service->notify);
    native_rest(service->native);
    router_drain(service->router);
}

static void on_signal(evutil_socket_t number, short what, void *owner)
{
    (void)what;
    struct service *service = owner;
    if (number != SIGHUP) {
        service_stop(service, (int)number);
        return;
    }
    if (!router_is_leading(service->router)) {
        log_warning("Asked to reload while this router does not lead: the leader's rules hold; ask "
                    "the leader, or again when this one leads",
                    "file=%s", service->settings.rules);
        return;
    }
    log_info("Asked to reload the rules", "file=%s", service->settings.rules);
    notify_reloading(service->notify);
    router_reload(service->router);
}

static void on_status(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    struct service *service = owner;
    if (router_is_leading(service->router))
        service_tell_status(service);
    else if (!service->is_draining)
        native_serve(service->native); /* it takes long: whoever waits hears why */
}

/* Building. Each returns SERVICE_EXIT_OK or why the process ends; it has logged it. */

static enum service_exit service_read_settings(struct service *service, const char *config)
{
    struct usher_problems problems;
    usher_problems_init(&problems);
    int error = settings_read(&service->settings, config, &problems);
    if (error < 0) {
        ruleset_log_problems(config, error, &problems);
        return SERVICE_EXIT_CONFIG;
    }
    error = ruleset_read(&service->rules, service->settings.rules, &problems);
    if (error < 0) {
        ruleset_log_problems(service->settings.rules, error, &problems);
        return SERVICE_EXIT_CONFIG;
    }
    return SERVICE_EXIT_OK;
}

static void service_log_start(const struct service *service, const char *config,
                              const char *version)
{
    const struct settings *settings = &service->settings;
    const char *redis = settings->redis.socket[0]             ? settings->redis.socket
                        : settings->redis.sentinels_count > 0 ? settings->redis.master
                                                              : settings->redis.place.host;
    const char *name = settings_redis_name(settings);
    bool has_port = !settings->redis.socket[0] && settings->redis.sentinels_count == 0;
    log_info("usherd starts",
             "version=%s pid=%ld site=%s config=%s rules=%s redis=%s port=%u sentinels=%zu",
             version, (long)getpid(), settings->site, config, settings->rules, redis,
             has_port ? (unsigned)settings->redis.place.port : 0U, settings->redis.sentinels_count);
    if (name)
        log_warning("A host of Redis is a name: while the system looks it up, at each connection "
                    "and with sentinels each second, usherd serves nobody. Write addresses under "
                    "`redis` in usherd.yaml, or the name into /etc/hosts",
                    "host=%s", name);
}

/* What stands in the way of the archive may go away again, and calls are routed without it. */
static void service_check_archive(const struct settings *settings)
{
    char why[FOLDER_WHY_SIZE];
    char value[LOG_VALUE_SIZE];
    if (settings->journal.archive[0] && !folder_is_fit(settings->journal.archive, why))
        log_error("The journal's archive cannot be written; usherd goes on, and the journal keeps "
                  "what is to be filed up to journal.max",
                  "archive=%s problem=%s", settings->journal.archive,
                  log_value(usher_text_of(why), value));
}

static int service_make_signals(struct service *service)
{
    for (size_t i = 0; i < SERVICE_SIGNALS_COUNT; i++) {
        service->signals[i] = evsignal_new(service->base, service_signals[i], on_signal, service);
        if (!service->signals[i] || event_add(service->signals[i], NULL) < 0)
            return -ENOMEM;
    }
    service->status = event_new(service->base, -1, EV_PERSIST, on_status, service);
    if (!service->status ||
        event_add(service->status, &(struct timeval){.tv_sec = SERVICE_STATUS_S}) < 0)
        return -ENOMEM;
    return 0;
}

static int service_make_parts(struct service *service)
{
    service->base = event_base_new();
    if (!service->base)
        return -ENOMEM;
    int error = service_make_signals(service);
    return error == 0 ? notify_new(&service->notify, service->base) : error;
}

/* Of the state folder, the only thing that a router opens: whether a person must see to it. Another
 * usherd that has it may end. */
static bool service_is_for_person(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -EPERM ||
           error == -EROFS || error == -ELOOP;
}

static enum service_exit service_make(struct service *service)
{
    struct router_host host = {
        .owner = service,
        .leading = on_leading,
        .following = on_following,
        .reloaded = on_reloaded,
        .ended = on_ended,
    };
    enum service_exit result = SERVICE_EXIT_FAILED;
    int error = service_make_parts(service);
    if (error == 0) {
        error = router_new(&service->router, service->base, &service->settings, &host);
        if (service_is_for_person(error))
            result = SERVICE_EXIT_CONFIG;
    }
    if (error == 0)
        return SERVICE_EXIT_OK;
    log_error("usherd cannot start", "error=\"%s\"", strerror(-error));
    return result;
}

/* Opens what faces the network; the functions log why they fail. */
static enum service_exit service_open(struct service *service)
{
    const struct settings *settings = &service->settings;
    if (native_open(&service->native, service->base, service->router, settings, &service->passed) <
        0)
        return SERVICE_EXIT_BIND;
    passed_fini(&service->passed);
    for (size_t i = 0; i < settings->links_count; i++)
        if (kamailio_link_open(&service->links[i], service->base, service->router,
                               &settings->links[i], settings) < 0)
            return SERVICE_EXIT_BIND;
    return SERVICE_EXIT_OK;
}

static void service_free_event(struct event *event)
{
    if (event)
        event_free(event);
}

static void service_free(struct service *service)
{
    native_close(service->native);
    for (size_t i = 0; i < service->settings.links_count; i++)
        kamailio_link_close(service->links[i]);
    if (service->profiles)
        profiles_free(service->profiles);
    router_free(service->router);
    notify_free(service->notify);
    service_free_event(service->status);
    for (size_t i = 0; i < SERVICE_SIGNALS_COUNT; i++)
        service_free_event(service->signals[i]);
    if (service->base)
        event_base_free(service->base);
    ruleset_fini(&service->rules);
    free(service);
}

static enum service_exit service_start(struct service *service, const char *config,
                                       const char *version, bool is_taking_over)
{
    if (passed_init(&service->passed) < 0)
        return SERVICE_EXIT_BIND;
    enum service_exit result = service_read_settings(service, config);
    if (result != SERVICE_EXIT_OK)
        return result;
    service_log_start(service, config, version);
    service_check_archive(&service->settings);
    result = service_make(service);
    if (result != SERVICE_EXIT_OK)
        return result;
    notify_status(service->notify, "Starting; waits for Redis and reads the journal");
    result = service_open(service);
    if (result == SERVICE_EXIT_OK)
        router_start(service->router, &service->rules, is_taking_over);
    return result;
}

enum service_exit service_run(const char *config, const char *version, bool is_taking_over)
{
    struct service *service = calloc(1, sizeof(*service));
    if (!service)
        return SERVICE_EXIT_FAILED;
    (void)signal(SIGPIPE, SIG_IGN);
    enum service_exit result = service_start(service, config, version, is_taking_over);
    if (result == SERVICE_EXIT_OK) {
        while (!service->has_stopped) {
            event_base_loop(service->base, EVLOOP_ONCE);
            router_turn_end(service->router);
        }
        result = service->exit;
        log_info("usherd ends", "exit=%d", (int)result);
    }
    service_free(service);
    return result;
}
