/* A short connection for each question, so that none can be half dead. A first word of a start, and
 * each after a master that proved to be none, is taken from all that answer; otherwise the first
 * that is not older than what is known will do.
 *
 * hiredis 0.14: nothing is freed inside the connect callback; there the library frees. */
#include "journal/sentinel.h"

#include <event2/event.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/args.h"
#include "journal/login.h"
#include "journal/word.h"
#include "log.h"

#define ANSWER_MS_MAX 500
#define WATCH_MS      1000

enum sentinel_state {
    SENTINEL_STOPPED = 0,
    SENTINEL_ASKING,
    SENTINEL_WATCHING,
};

struct sentinel {
    struct event_base *base;
    const struct settings *settings;
    const char *name;
    const struct sentinel_ops *ops;
    void *owner;
    enum sentinel_state state;
    redisAsyncContext *context; /* of the question that is out */
    struct event *timer;        /* its deadline, or without one, the moment of the next */
    size_t index;               /* whom it goes to */
    size_t preferred;           /* who answered last */
    size_t asked_count;
    size_t answered_count; /* how many of those gave a word */
    size_t unknown_count;  /* how many of those know no such master */
    size_t silent_count;   /* questions in a row without an answer, while watching */
    struct word word;      /* the answer that is being read */
    struct word best;      /* of this round */
    struct word known;     /* that was told last */
    bool is_known_good;    /* it proved to be a master */
    bool is_split;         /* words of this round differ */
    bool is_split_logged;
    char why[LOG_VALUE_SIZE]; /* each that gave no word that counts, and its reason */
};

static void arm(struct sentinel *sentinel, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
    event_add(sentinel->timer, &wait);
}

static void note(struct sentinel *sentinel, const char *why)
{
    const struct settings_place *place = &sentinel->settings->redis.sentinels[sentinel->index];
    size_t length = strlen(sentinel->why);
    (void)snprintf(sentinel->why + length, sizeof(sentinel->why) - length, "%s%s:%u %s",
                   length > 0 ? "; " : "", place->host, (unsigned)place->port, why);
}

static void note_word(struct sentinel *sentinel)
{
    char text[SETTINGS_HOST_MAX + 64];
    bool is_old = sentinel->word.epoch < sentinel->known.epoch;
    (void)snprintf(text, sizeof(text), "says %s:%u of %s epoch %lld", sentinel->word.place.host,
                   (unsigned)sentinel->word.place.port, is_old ? "the older" : "the",
                   (long long)sentinel->word.epoch);
    note(sentinel, text);
}

/* Ends the question that is out. */
static void hang_up(struct sentinel *sentinel)
{
    redisAsyncContext *context = sentinel->context;
    event_del(sentinel->timer);
    if (!context)
        return;
    sentinel->context = NULL;
    context->data = NULL;
    redisAsyncFree(context);
}

/* An older word than the one that is known is the truth only if all say so: the master was made
 * known to them anew. Else it may be that of one that was cut off. */
static bool has_good_word(const struct sentinel *sentinel)
{
    if (sentinel->best.epoch < 0)
        return false;
    return sentinel->best.epoch >= sentinel->known.epoch ||
           sentinel->answered_count == sentinel->settings->redis.sentinels_count;
}

static enum sentinel_failure failure_of(const struct sentinel *sentinel)
{
    if (sentinel->answered_count > 0)
        return SENTINEL_FAILURE_OLDER;
    if (sentinel->unknown_count > 0 && sentinel->unknown_count == sentinel->asked_count)
        return SENTINEL_FAILURE_UNKNOWN;
    return SENTINEL_FAILURE_SILENT;
}

static void end_round(struct sentinel *sentinel)
{
    char value[LOG_VALUE_SIZE];
    sentinel->state = SENTINEL_STOPPED;
    if (!has_good_word(sentinel)) {
        sentinel->ops->failed(sentinel->owner, failure_of(sentinel), sentinel->why);
        return;
    }
    if (sentinel->is_split && !sentinel->is_split_logged)
        log_warning("The sentinels do not agree on the master; the newest word is taken",
                    "connection=%s why=%s", sentinel->name,
                    log_value(usher_text_of(sentinel->why), value));
    sentinel->is_split_logged = sentinel->is_split;
    sentinel->known = sentinel->best;
    sentinel->is_known_good = false;
    sentinel->ops->found(sentinel->owner, &sentinel->known.place);
}

/* True when no other needs to be asked. */
static bool take_word(struct sentinel *sentinel)
{
    const struct word *word = &sentinel->word;
    bool has_best = sentinel->best.epoch >= 0;
    sentinel->answered_count++;
    note_word(sentinel);
    if (has_best && !settings_is_same_place(&sentinel->best.place, &word->place))
        sentinel->is_split = true;
    if (word_is_newer(word, &sentinel->best)) {
        sentinel->best = *word;
        sentinel->preferred = sentinel->index;
    }
    if (sentinel->known.epoch < 0)
        return false;
    return word->epoch > sentinel->known.epoch ||
           (sentinel->is_known_good && word->epoch == sentinel->known.epoch);
}

/* The epoch may rise though the master stays: a failover that was begun and given up. Else one that
 * was cut off meanwhile could say something newer than what is known here. */
static void take_epoch(struct sentinel *sentinel)
{
    if (word_is_newer(&sentinel->word, &sentinel->known))
        sentinel->known.epoch = sentinel->word.epoch;
}

static void end_look(struct sentinel *sentinel, bool has_word)
{
    const struct word *word = &sentinel->word;
    size_t count = sentinel->settings->redis.sentinels_count;
    if (!has_word) {
        if (++sentinel->silent_count == count)
            log_warning("No sentinel answers: a switch of the master would be seen late",
                        "connection=%s", sentinel->name);
        arm(sentinel, WATCH_MS);
        return;
    }
    if (sentinel->silent_count >= count)
        log_info("The sentinels are back", "connection=%s", sentinel->name);
    sentinel->silent_count = 0;
    sentinel->preferred = sentinel->index;
    if (!word_is_newer(word, &sentinel->known) ||
        settings_is_same_place(&word->place, &sentinel->known.place)) {
        take_epoch(sentinel);
        arm(sentinel, WATCH_MS);
        return;
    }
    sentinel->state = SENTINEL_STOPPED;
    sentinel->ops->moved(sentinel->owner);
}

/* The question is over: `why` NULL means that `word` is its answer. The owner may have freed the
 * sentinel when this returns. */
static void end_question(struct sentinel *sentinel, const char *why)
{
    size_t count = sentinel->settings->redis.sentinels_count;
    hang_up(sentinel);
    if (sentinel->state == SENTINEL_WATCHING) {
        end_look(sentinel, !why);
        return;
    }
    sentinel->asked_count++;
    if (why)
        note(sentinel, why);
    if ((!why && take_word(sentinel)) || sentinel->asked_count == count) {
        end_round(sentinel);
        return;
    }
    sentinel->index = (sentinel->index + 1) % count;
    arm(sentinel, 0);
}

/* The sentinel whose question this context still is. */
static struct sentinel *sentinel_of(const redisAsyncContext *context)
{
    struct sentinel *sentinel = context->data;
    return sentinel && sentinel->context == context ? sentinel : NULL;
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct sentinel *sentinel = sentinel_of(context);
    if (!sentinel || status == REDIS_OK)
        return;
    sentinel->context = NULL; /* the library frees it */
    end_question(sentinel, context->errstr && context->errstr[0] ? context->errstr : "refused");
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct sentinel *sentinel = sentinel_of(context);
    if (!sentinel)
        return;
    sentinel->context = NULL;
    end_question(sentinel, status != REDIS_OK && context->errstr ? context->errstr : "closed");
}

static void on_auth(redisAsyncContext *context, void *answer, void *arg)
{
    struct sentinel *sentinel = sentinel_of(context);
    const redisReply *reply = answer;
    char found[LOGIN_FOUND_MAX];
    (void)arg;
    if (sentinel && reply &&
        login_read_auth(reply, &sentinel->settings->redis.sentinel_login, found) != LOGIN_NONE)
        end_question(sentinel, found);
}

/* What is wrong with the answer shows in that for the address too, but for missing rights. */
static void on_epoch(redisAsyncContext *context, void *answer, void *arg)
{
    struct sentinel *sentinel = sentinel_of(context);
    char why[WORD_WHY_MAX];
    (void)arg;
    if (!sentinel || !answer)
        return;
    if (word_read_epoch(&sentinel->word, answer, why) != WORD_READ && login_is_refusal(answer))
        end_question(sentinel, why);
}

static void on_address(redisAsyncContext *context, void *answer, void *arg)
{
    struct sentinel *sentinel = sentinel_of(context);
    char why[WORD_WHY_MAX] = "tells no config-epoch";
    enum word_result result;
    (void)arg;
    if (!sentinel || !answer)
        return;
    result = word_read_address(&sentinel->word, answer, why);
    if (result == WORD_UNKNOWN)
        sentinel->unknown_count++;
    end_question(sentinel, result == WORD_READ && sentinel->word.epoch >= 0 ? NULL : why);
}

static int send_question(redisAsyncContext *context, redisCallbackFn *on_reply,
                         const struct usher_text *args, size_t count)
{
    struct args split;
    args_take(&split, args, count);
    return redisAsyncCommandArgv(context, on_reply, NULL, split.count, split.at, split.lengths);
}

/* What is sent before the connection stands waits in it. */
static int send_questions(struct sentinel *sentinel, redisAsyncContext *context)
{
    struct usher_text question[WORD_ARGS];
    struct usher_text auth[LOGIN_ARGS_MAX];
    size_t count = login_write_auth(&sentinel->settings->redis.sentinel_login, auth);
    int result = count > 0 ? send_question(context, on_auth, auth, count) : REDIS_OK;
    word_ask_epoch(sentinel->settings, question);
    if (result == REDIS_OK)
        result = send_question(context, on_epoch, question, WORD_ARGS);
    word_ask_address(sentinel->settings, question);
    if (result == REDIS_OK)
        result = send_question(context, on_address, question, WORD_ARGS);
    return result;
}

static void begin_question(struct sentinel *sentinel)
{
    const struct settings_place *place = &sentinel->settings->redis.sentinels[sentinel->index];
    redisAsyncContext *context = redisAsyncConnect(place->host, place->port);
    char why[96] = "memory is out";
    sentinel->word = WORD_NONE;
    if (!context || context->err) {
        if (context) {
            (void)snprintf(why, sizeof(why), "%s", context->errstr);
            redisAsyncFree(context);
        }
        end_question(sentinel, why);
        return;
    }
    context->data = sentinel;
    sentinel->context = context;
    redisLibeventAttach(context, sentinel->base);
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    arm(sentinel, ANSWER_MS_MAX);
    if (send_questions(sentinel, context) != REDIS_OK)
        end_question(sentinel, why);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct sentinel *sentinel = arg;
    (void)fd, (void)what;
    if (sentinel->context) {
        end_question(sentinel, "no answer within 500 ms");
        return;
    }
    if (sentinel->state == SENTINEL_WATCHING)
        sentinel->index = (sentinel->index + 1) % sentinel->settings->redis.sentinels_count;
    begin_question(sentinel);
}

struct sentinel *sentinel_new(struct event_base *base, const struct settings *settings,
                              const char *name, const struct sentinel_ops *ops, void *owner)
{
    struct sentinel *made = calloc(1, sizeof(*made));
    if (!made)
        return NULL;
    made->base = base;
    made->settings = settings;
    made->name = name;
    made->ops = ops;
    made->owner = owner;
    made->known.epoch = -1;
    made->timer = evtimer_new(base, on_timer, made);
    if (!made->timer) {
        free(made);
        return NULL;
    }
    return made;
}

void sentinel_free(struct sentinel *sentinel)
{
    if (!sentinel)
        return;
    sentinel_stop(sentinel);
    event_free(sentinel->timer);
    free(sentinel);
}

void sentinel_ask(struct sentinel *sentinel)
{
    sentinel_stop(sentinel);
    sentinel->state = SENTINEL_ASKING;
    sentinel->index = sentinel->preferred;
    sentinel->asked_count = sentinel->answered_count = sentinel->unknown_count = 0;
    sentinel->best.epoch = -1;
    sentinel->is_split = false;
    sentinel->why[0] = '\0';
    arm(sentinel, 0);
}

void sentinel_watch(struct sentinel *sentinel)
{
    sentinel->state = SENTINEL_WATCHING;
    sentinel->is_known_good = true;
    sentinel->silent_count = 0;
    arm(sentinel, WATCH_MS);
}

void sentinel_stop(struct sentinel *sentinel)
{
    sentinel->state = SENTINEL_STOPPED;
    hang_up(sentinel);
}
