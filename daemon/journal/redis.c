/* A connection to Redis. What hiredis 0.14 asks of its user is kept here: its context is never
 * freed inside the connect callback (`up` is told inside the answer to ROLE), never used after it
 * failed or was disconnected.
 *
 * Each attempt begins with the sentinels, if there are any, and each connection with AUTH and ROLE:
 * nobody is told of a Redis that is no master. One that becomes a replica is left at the first
 * answer that shows it, or when a sentinel names another. */
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
#include <string.h>
#include <time.h>

#include "journal/again.h"
#include "journal/args.h"
#include "journal/login.h"
#include "journal/reply.h"
#include "journal/requests.h"
#include "journal/sentinel.h"
#include "journal/trouble.h"
#include "log.h"

#define CONNECT_MS_MAX          2000
#define BACKOFF_MS_MIN          50
#define BACKOFF_MS_MAX          2000
#define SENTINEL_BACKOFF_MS_MAX 500 /* the new master is there when they say so, and not before */

enum connection_state {
    CONNECTION_CLOSED = 0,
    CONNECTION_WAITING,    /* for the next attempt */
    CONNECTION_ASKING,     /* the sentinels */
    CONNECTION_CONNECTING, /* the timer is the deadline */
    CONNECTION_GREETING,   /* AUTH and ROLE are not answered yet; the timer is the deadline */
    CONNECTION_UP,
};

struct redis {
    struct event_base *base;
    const struct settings *settings;
    const struct redis_ops *ops;
    void *owner;
    enum connection_state state;
    redisAsyncContext *context;       /* CONNECTING, GREETING, UP */
    struct sentinel *sentinel;        /* NULL without sentinels */
    struct settings_place place;      /* of this attempt, or the last */
    struct settings_place last_place; /* of the last master */
    struct event *timer;              /* what it is for follows from the state */
    struct requests requests;
    redis_reply on_message;
    void *message_owner;
    int64_t backoff_ms;
    struct trouble trouble;
    int64_t refusal_told_ms; /* of one of the commands; 0 = not yet */
};

static void begin_attempt(struct redis *redis);

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
    int64_t max_ms = redis->sentinel ? SENTINEL_BACKOFF_MS_MAX : BACKOFF_MS_MAX;
    redis->backoff_ms *= 2;
    if (redis->backoff_ms > max_ms)
        redis->backoff_ms = max_ms;
    return half_ms + (int64_t)chance % (half_ms + 1);
}

/* Nobody is answered any more. */
static void forget(struct redis *redis)
{
    requests_forget(&redis->requests);
    redis->on_message = NULL;
}

/* The context is gone or about to go. The owner may close `redis` in `down`, so nothing follows
 * that call. */
static void lose(struct redis *redis, enum trouble_kind trouble, const char *reason)
{
    bool was_up = redis->state == CONNECTION_UP;
    redis->context = NULL;
    redis->state = CONNECTION_WAITING;
    if (redis->sentinel)
        sentinel_stop(redis->sentinel);
    forget(redis);
    arm(redis->timer, next_backoff_ms(redis));
    trouble_tell(&redis->trouble, trouble, &redis->place, reason);
    if (was_up)
        redis->ops->down(redis->owner, reason);
}

/* Nothing may follow: see lose. Not for the connect callback. */
static void leave(struct redis *redis, enum trouble_kind trouble, const char *reason)
{
    redisAsyncContext *context = redis->context;
    forget(redis);
    context->data = NULL;
    redisAsyncFree(context);
    lose(redis, trouble, reason);
}

static void give_up(struct redis *redis, const char *reason)
{
    if (redis->context)
        leave(redis, TROUBLE_AWAY, reason);
}

void redis_drop(struct redis *redis, const char *reason)
{
    if (redis->context)
        leave(redis, TROUBLE_DROPPED, reason);
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;
    if (!redis)
        return;
    if (status != REDIS_OK) {
        lose(redis, TROUBLE_AWAY,
             context->errstr && context->errstr[0] ? context->errstr : "refused");
        return;
    }
    redis->state = CONNECTION_GREETING;
    arm(redis->timer, redis->requests.patience_ms);
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;
    if (redis)
        lose(redis, TROUBLE_AWAY,
             status != REDIS_OK && context->errstr ? context->errstr : "closed");
}

static void log_move(const struct redis *redis)
{
    char place[LOG_VALUE_SIZE];
    char was[LOG_VALUE_SIZE];
    if (redis->last_place.port == 0 || settings_is_same_place(&redis->place, &redis->last_place))
        return;
    log_warning("Another Redis is the master now", "connection=%s redis=%s was=%s",
                redis->trouble.connection, trouble_place(redis->settings, &redis->place, place),
                trouble_place(redis->settings, &redis->last_place, was));
}

static void be_up(struct redis *redis)
{
    event_del(redis->timer);
    redis->state = CONNECTION_UP;
    log_move(redis);
    redis->last_place = redis->place;
    if (redis->sentinel)
        sentinel_watch(redis->sentinel);
    redis->ops->up(redis->owner);
}

static void on_auth(redisAsyncContext *context, void *answer, void *arg)
{
    struct redis *redis = context->data;
    const redisReply *reply = answer;
    char found[LOGIN_FOUND_MAX];
    enum login_result result;
    (void)arg;
    if (!redis || !reply)
        return;
    result = login_read_auth(reply, &redis->settings->redis.login, found);
    if (result != LOGIN_NONE)
        leave(redis, result == LOGIN_REFUSED ? TROUBLE_REFUSED : TROUBLE_AWAY, found);
}

static void on_role(redisAsyncContext *context, void *answer, void *arg)
{
    struct redis *redis = context->data;
    char found[LOGIN_FOUND_MAX];
    (void)arg;
    if (!redis || !answer)
        return;
    switch (login_read(answer, found)) {
    case LOGIN_MASTER:
        be_up(redis);
        break;
    case LOGIN_REFUSED:
        leave(redis, TROUBLE_REFUSED, found);
        break;
    case LOGIN_OTHER:
        leave(redis, TROUBLE_NO_MASTER, found);
        break;
    case LOGIN_NONE:
    case LOGIN_AWAY:
        leave(redis, TROUBLE_AWAY, found);
        break;
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct redis *redis = arg;
    (void)fd, (void)what;
    switch (redis->state) {
    case CONNECTION_WAITING:
        begin_attempt(redis);
        break;
    case CONNECTION_CONNECTING:
        give_up(redis, "no connection within 2 s");
        break;
    case CONNECTION_GREETING:
        give_up(redis, "no answer in time");
        break;
    case CONNECTION_CLOSED:
    case CONNECTION_ASKING:
    case CONNECTION_UP:
        break;
    }
}

static int send_command(redisAsyncContext *context, redisCallbackFn *callback, void *callback_arg,
                        const struct usher_text *args, size_t count)
{
    struct args split;
    args_take(&split, args, count);
    return redisAsyncCommandArgv(context, callback, callback_arg, split.count, split.at,
                                 split.lengths);
}

/* What is sent before the connection stands waits in it. */
static int send_greeting(struct redis *redis)
{
    const struct usher_text role[] = {USHER_TEXT("ROLE")};
    struct usher_text auth[LOGIN_ARGS_MAX];
    size_t count = login_write_auth(&redis->settings->redis.login, auth);
    int result = count > 0 ? send_command(redis->context, on_auth, NULL, auth, count) : REDIS_OK;
    if (result == REDIS_OK)
        result = send_command(redis->context, on_role, NULL, role, 1);
    return result;
}

static void redis_connect(struct redis *redis)
{
    const struct settings *settings = redis->settings;
    redisAsyncContext *context = settings->redis.socket[0]
                                     ? redisAsyncConnectUnix(settings->redis.socket)
                                     : redisAsyncConnect(redis->place.host, redis->place.port);
    char reason[160] = "memory is out";
    if (!context || context->err) {
        if (context) {
            (void)snprintf(reason, sizeof(reason), "%s", context->errstr);
            redisAsyncFree(context);
        }
        lose(redis, TROUBLE_AWAY, reason);
        return;
    }
    context->data = redis;
    redis->context = context;
    redis->state = CONNECTION_CONNECTING;
    redisLibeventAttach(context, redis->base);
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    arm(redis->timer, CONNECT_MS_MAX);
    if (send_greeting(redis) != REDIS_OK)
        redis_drop(redis, reason);
}

static void begin_attempt(struct redis *redis)
{
    if (redis->sentinel) {
        redis->state = CONNECTION_ASKING;
        sentinel_ask(redis->sentinel);
        return;
    }
    redis->place = redis->settings->redis.place;
    redis_connect(redis);
}

static void on_found(void *owner, const struct settings_place *place)
{
    struct redis *redis = owner;
    redis->place = *place;
    redis_connect(redis);
}

static void on_not_found(void *owner, enum sentinel_failure failure, const char *why)
{
    static const enum trouble_kind troubles[] = {
        [SENTINEL_FAILURE_NONE] = TROUBLE_SENTINELS,
        [SENTINEL_FAILURE_SILENT] = TROUBLE_SENTINELS,
        [SENTINEL_FAILURE_UNKNOWN] = TROUBLE_NAME,
        [SENTINEL_FAILURE_OLDER] = TROUBLE_OLDER,
    };
    lose(owner, troubles[failure], why);
}

static void on_moved(void *owner)
{
    redis_drop(owner, "the sentinels name another master");
}

static const struct sentinel_ops sentinel_ops = {
    .found = on_found, .failed = on_not_found, .moved = on_moved};

/* An answer by which a master shows that it is a replica now: READONLY to what writes, UNBLOCKED to
 * a read that waited. */
static bool is_demotion(const redisReply *reply)
{
    struct usher_text text = journal_reply_text(reply);
    return reply->type == REDIS_REPLY_ERROR && text.length >= 9 &&
           (memcmp(text.at, "READONLY ", 9) == 0 || memcmp(text.at, "UNBLOCKED", 9) == 0);
}

/* Apart from `trouble`: another command may be answered well in between, and that would forget. */
static void tell_refusal(struct redis *redis, const redisReply *reply)
{
    if (again_is_due(&redis->refusal_told_ms, redis_now_ms()))
        login_log_refusal(redis->settings, redis->trouble.connection, journal_reply_text(reply));
}

/* The answer to one of the owner's requests, before he gets it. */
static void look_at(struct redis *redis, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        if (login_is_refusal(reply))
            tell_refusal(redis, reply);
        return; /* a Redis that only says LOADING is not back yet */
    }
    redis->backoff_ms = BACKOFF_MS_MIN;
    trouble_end(&redis->trouble);
}

static bool on_answered(void *owner, const struct redisReply *reply)
{
    struct redis *redis = owner;
    if (is_demotion(reply)) {
        redis_drop(redis, "it is a replica now");
        return false;
    }
    look_at(redis, reply);
    return true;
}

static void on_late(void *owner)
{
    give_up(owner, "no answer in time");
}

static const struct requests_ops requests_ops = {.answered = on_answered, .late = on_late};

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
    made->trouble = (struct trouble){.settings = settings, .connection = name};
    made->ops = ops;
    made->owner = owner;
    made->backoff_ms = BACKOFF_MS_MIN;
    made->timer = evtimer_new(base, on_timer, made);
    if (settings->redis.sentinels_count > 0)
        made->sentinel = sentinel_new(base, settings, name, &sentinel_ops, made);
    if (requests_init(&made->requests, base, &requests_ops, made) != 0 || !made->timer ||
        (settings->redis.sentinels_count > 0 && !made->sentinel)) {
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
    requests_fini(&redis->requests);
    if (redis->context) {
        redis->context->data = NULL;
        redisAsyncFree(redis->context);
    }
    sentinel_free(redis->sentinel);
    if (redis->timer)
        event_free(redis->timer);
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
    redis->requests.patience_ms = ms;
}

bool redis_is_up(const struct redis *redis)
{
    return redis->state == CONNECTION_UP;
}

const struct settings_place *redis_place(const struct redis *redis)
{
    return &redis->place;
}

void redis_command(struct redis *redis, const struct usher_text *args, size_t count,
                   redis_reply on_reply, void *owner)
{
    assert(redis->state == CONNECTION_UP);
    /* When the connection is breaking, `down` follows by itself. */
    if (requests_send(&redis->requests, redis->context, args, count, on_reply, owner) == -ENOMEM)
        redis_drop(redis, "memory is out");
}

void redis_subscribe(struct redis *redis, struct usher_text channel, redis_reply on_owner_message,
                     void *owner)
{
    const struct usher_text args[] = {USHER_TEXT("SUBSCRIBE"), channel};
    assert(redis->state == CONNECTION_UP && !redis->on_message);
    redis->on_message = on_owner_message;
    redis->message_owner = owner;
    (void)send_command(redis->context, on_message, NULL, args, 2);
}
