/* A connection to Redis. What hiredis 0.14 asks of its user is kept here and nowhere else: its
 * context is never freed inside the connect callback (so `up` is told from a timer of our own),
 * never used after it failed or was disconnected, and every request's memory goes back when hiredis
 * gives it its last answer, which may be later than our giving the connection up. */
#include "journal/redis.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/util.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/list.h"
#include "log.h"

#define CONNECT_MS_MAX 2000
#define COMMAND_MS     5000
#define BACKOFF_MS_MIN 50
#define BACKOFF_MS_MAX 2000

enum connection_state {
    CONNECTION_CLOSED = 0,
    CONNECTION_WAITING,    /* for the next attempt */
    CONNECTION_CONNECTING, /* the timer is the deadline */
    CONNECTION_CONNECTED,  /* the timer will tell `up` */
    CONNECTION_UP,
};

struct redis {
    struct event_base *base;
    const struct settings *settings;
    const char *name;
    const struct redis_ops *ops;
    void *owner;
    enum connection_state state;
    redisAsyncContext *context; /* CONNECTING, CONNECTED, UP */
    struct event *timer;        /* what it is for follows from the state */
    struct event *watch;        /* the deadline of the oldest request */
    struct usher_list requests; /* in the order of their sending */
    redis_reply on_message;
    void *message_owner;
    int64_t backoff_ms;
    int64_t command_ms; /* a command may go unanswered for so long */
    bool is_logged_away;
};

struct request {
    struct usher_list node;
    struct redis *redis;
    redis_reply on_reply;
    void *owner;
    int64_t sent_ms;
};

static void redis_connect(struct redis *redis);

int64_t redis_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void arm(struct event *timer, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
    event_add(timer, &wait);
}

/* Half of the back-off is certain, half is chance: many connections do not come back in step. */
static int64_t next_backoff_ms(struct redis *redis)
{
    uint32_t chance;
    int64_t half_ms = redis->backoff_ms / 2;
    evutil_secure_rng_get_bytes(&chance, sizeof(chance));
    redis->backoff_ms *= 2;
    if (redis->backoff_ms > BACKOFF_MS_MAX)
        redis->backoff_ms = BACKOFF_MS_MAX;
    return half_ms + (int64_t)chance % (half_ms + 1);
}

/* Takes the requests out of the list: hiredis still answers each with nothing, and that frees them.
 */
static void forget_requests(struct redis *redis)
{
    while (!usher_list_is_empty(&redis->requests))
        usher_list_remove(redis->requests.next);
    event_del(redis->watch);
    redis->on_message = NULL;
}

/* The context is gone or about to go. The owner may close `redis` in `down`, so nothing follows
 * that call. */
static void lose(struct redis *redis, const char *reason)
{
    bool was_up = redis->state == CONNECTION_UP;
    char value[LOG_VALUE_SIZE];
    redis->context = NULL;
    redis->state = CONNECTION_WAITING;
    forget_requests(redis);
    arm(redis->timer, next_backoff_ms(redis));
    if (!redis->is_logged_away)
        log_warning("Redis cannot be reached; trying again until it can", "connection=%s reason=%s",
                    redis->name, log_value(usher_text_of(reason), value));
    redis->is_logged_away = true;
    if (was_up)
        redis->ops->down(redis->owner, reason);
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;
    if (!redis)
        return;
    if (status != REDIS_OK) {
        lose(redis, context->errstr && context->errstr[0] ? context->errstr : "refused");
        return;
    }
    redis->state = CONNECTION_CONNECTED;
    arm(redis->timer, 0);
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;
    if (redis)
        lose(redis, status != REDIS_OK && context->errstr ? context->errstr : "closed");
}

void redis_drop(struct redis *redis, const char *reason)
{
    redisAsyncContext *context = redis->context;
    if (!context)
        return;
    forget_requests(redis);
    context->data = NULL;
    redisAsyncFree(context);
    lose(redis, reason);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct redis *redis = arg;
    (void)fd, (void)what;
    switch (redis->state) {
    case CONNECTION_WAITING:
        redis_connect(redis);
        break;
    case CONNECTION_CONNECTING:
        redis_drop(redis, "no connection within 2 s");
        break;
    case CONNECTION_CONNECTED:
        redis->state = CONNECTION_UP;
        redis->ops->up(redis->owner);
        break;
    case CONNECTION_CLOSED:
    case CONNECTION_UP:
        break;
    }
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    struct redis *redis = arg;
    struct request *oldest;
    int64_t age_ms;
    (void)fd, (void)what;
    if (usher_list_is_empty(&redis->requests))
        return;
    oldest = usher_list_entry(redis->requests.next, struct request, node);
    age_ms = redis_now_ms() - oldest->sent_ms;
    if (age_ms >= redis->command_ms)
        redis_drop(redis, "no answer in time");
    else
        arm(redis->watch, redis->command_ms - age_ms);
}

static void redis_connect(struct redis *redis)
{
    const struct settings *settings = redis->settings;
    redisAsyncContext *context =
        settings->redis.socket[0]
            ? redisAsyncConnectUnix(settings->redis.socket)
            : redisAsyncConnect(settings->redis.place.host, settings->redis.place.port);
    char reason[160] = "memory is out";
    if (!context || context->err) {
        if (context) {
            (void)snprintf(reason, sizeof(reason), "%s", context->errstr);
            redisAsyncFree(context);
        }
        lose(redis, reason);
        return;
    }
    context->data = redis;
    redis->context = context;
    redis->state = CONNECTION_CONNECTING;
    redisLibeventAttach(context, redis->base);
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    arm(redis->timer, CONNECT_MS_MAX);
}

static void on_reply(redisAsyncContext *context, void *answer, void *arg)
{
    struct request *request = arg;
    struct redis *redis = request->redis;
    redis_reply owner_on_reply = request->on_reply;
    void *owner = request->owner;
    /* A request that stands in no list was forgotten: `redis` may be gone. */
    bool is_wanted = answer && !usher_list_is_empty(&request->node);
    (void)context;
    usher_list_remove(&request->node);
    free(request);
    if (!is_wanted)
        return;
    /* A Redis that only says LOADING is not back yet. */
    if (((const redisReply *)answer)->type != REDIS_REPLY_ERROR) {
        redis->backoff_ms = BACKOFF_MS_MIN;
        if (redis->is_logged_away)
            log_info("Redis is back", "connection=%s", redis->name);
        redis->is_logged_away = false;
    }
    if (usher_list_is_empty(&redis->requests))
        event_del(redis->watch);
    owner_on_reply(owner, answer);
}

static void on_message(redisAsyncContext *context, void *answer, void *arg)
{
    struct redis *redis = context->data;
    (void)arg;
    if (redis && answer && redis->on_message)
        redis->on_message(redis->message_owner, answer);
}

int redis_open(struct redis **redis, struct event_base *base, const struct settings *settings,
               const char *name, const struct redis_ops *ops, void *owner)
{
    struct redis *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->base = base;
    made->settings = settings;
    made->name = name;
    made->ops = ops;
    made->owner = owner;
    made->backoff_ms = BACKOFF_MS_MIN;
    made->command_ms = COMMAND_MS;
    usher_list_init(&made->requests);
    made->timer = evtimer_new(base, on_timer, made);
    made->watch = evtimer_new(base, on_watch, made);
    if (!made->timer || !made->watch) {
        redis_close(made);
        return -ENOMEM;
    }
    *redis = made;
    return 0;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    if (redis->watch)
        forget_requests(redis);
    if (redis->context) {
        redis->context->data = NULL;
        redisAsyncFree(redis->context);
    }
    if (redis->timer)
        event_free(redis->timer);
    if (redis->watch)
        event_free(redis->watch);
    free(redis);
}

void redis_start(struct redis *redis)
{
    assert(redis->state == CONNECTION_CLOSED);
    redis->state = CONNECTION_WAITING;
    arm(redis->timer, 0);
}

void redis_set_patience(struct redis *redis, int64_t ms)
{
    redis->command_ms = ms;
}

bool redis_is_up(const struct redis *redis)
{
    return redis->state == CONNECTION_UP;
}

void redis_command(struct redis *redis, const struct usher_text *args, size_t count,
                   redis_reply on_owner_reply, void *owner)
{
    const char *argv[REDIS_ARGS_MAX];
    size_t lengths[REDIS_ARGS_MAX];
    struct request *request;
    assert(redis->state == CONNECTION_UP && count > 0 && count <= REDIS_ARGS_MAX);
    request = malloc(sizeof(*request));
    if (!request) {
        redis_drop(redis, "memory is out");
        return;
    }
    *request = (struct request){
        .redis = redis, .on_reply = on_owner_reply, .owner = owner, .sent_ms = redis_now_ms()};
    usher_list_init(&request->node);
    for (size_t i = 0; i < count; i++) {
        argv[i] = args[i].at ? args[i].at : "";
        lengths[i] = args[i].length;
    }
    if (redisAsyncCommandArgv(redis->context, on_reply, request, (int)count, argv, lengths) !=
        REDIS_OK) {
        free(request); /* the connection is breaking: `down` follows by itself */
        return;
    }
    if (usher_list_is_empty(&redis->requests))
        arm(redis->watch, redis->command_ms);
    usher_list_append(&redis->requests, &request->node);
}

void redis_subscribe(struct redis *redis, struct usher_text channel, redis_reply on_owner_message,
                     void *owner)
{
    const char *argv[] = {"SUBSCRIBE", channel.at};
    size_t lengths[] = {9, channel.length};
    assert(redis->state == CONNECTION_UP && !redis->on_message);
    redis->on_message = on_owner_message;
    redis->message_owner = owner;
    (void)redisAsyncCommandArgv(redis->context, on_message, NULL, 2, argv, lengths);
}
