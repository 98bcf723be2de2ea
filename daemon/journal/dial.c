/* Connections that block, each answer within a time. */
#include "journal/dial.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

#include "journal/args.h"
#include "journal/login.h"
#include "journal/word.h"

#define CONNECT_S_MAX 2
/* Of silence: an answer that goes on arriving may take longer. */
#define CHILD_S_MAX  60
#define PERSON_S_MAX 5

struct redisReply *dial_ask(struct redisContext *redis, const struct usher_text *args, size_t count)
{
    struct args split;
    args_take(&split, args, count);
    return redisCommandArgv(redis, split.count, split.at, split.lengths);
}

const char *dial_why(const struct redisContext *redis)
{
    if (!redis->err)
        return "it gave no answer";
    if (redis->err == REDIS_ERR_IO && strcmp(redis->errstr, strerror(EAGAIN)) == 0)
        return "it does not answer";
    return redis->errstr;
}

/* Says who we are. */
static enum dial_result log_in(redisContext *redis, const struct settings_login *login,
                               char why[DIAL_WHY_MAX])
{
    struct usher_text args[LOGIN_ARGS_MAX];
    size_t count = login_write_auth(login, args);
    enum login_result result;
    redisReply *reply;
    if (count == 0)
        return DIAL_DONE;
    reply = dial_ask(redis, args, count);
    if (!reply) {
        (void)snprintf(why, DIAL_WHY_MAX, "%s", dial_why(redis));
        return DIAL_UNREACHABLE;
    }
    result = login_read_auth(reply, login, why);
    freeReplyObject(reply);
    if (result == LOGIN_NONE)
        return DIAL_DONE;
    return result == LOGIN_REFUSED ? DIAL_REFUSED : DIAL_UNREACHABLE;
}

/* `socket` may be "". */
static enum dial_result open_at(redisContext **redis, const char *socket,
                                const struct settings_place *place,
                                const struct settings_login *login, int answer_s_max,
                                char why[DIAL_WHY_MAX])
{
    const struct timeval connect_max = {.tv_sec = CONNECT_S_MAX};
    const struct timeval command_max = {.tv_sec = answer_s_max};
    enum dial_result result = DIAL_UNREACHABLE;
    redisContext *made = socket[0] ? redisConnectUnixWithTimeout(socket, connect_max)
                                   : redisConnectWithTimeout(place->host, place->port, connect_max);
    if (!made) {
        (void)snprintf(why, DIAL_WHY_MAX, "memory is out");
        return result;
    }
    if (made->err) {
        (void)snprintf(why, DIAL_WHY_MAX, "%s", dial_why(made));
    } else {
        (void)redisSetTimeout(made, command_max);
        result = log_in(made, login, why);
    }
    if (result == DIAL_DONE)
        *redis = made;
    else
        redisFree(made);
    return result;
}

enum dial_result dial_open(struct redisContext **redis, const struct settings *settings,
                           const struct settings_place *place, char why[DIAL_WHY_MAX])
{
    return open_at(redis, settings->redis.socket, place, &settings->redis.login, CHILD_S_MAX, why);
}

/* One question and its answer. */
static enum dial_result ask_for(redisContext *redis, const struct usher_text args[WORD_ARGS],
                                enum word_result (*read)(struct word *word, const redisReply *reply,
                                                         char why[WORD_WHY_MAX]),
                                struct word *word, char why[DIAL_WHY_MAX])
{
    redisReply *reply = dial_ask(redis, args, WORD_ARGS);
    enum word_result result;
    if (!reply) {
        (void)snprintf(why, DIAL_WHY_MAX, "%s", dial_why(redis));
        return DIAL_UNREACHABLE;
    }
    result = read(word, reply, why);
    if (result == WORD_REFUSED && login_is_refusal(reply)) {
        freeReplyObject(reply);
        return DIAL_REFUSED;
    }
    freeReplyObject(reply);
    return result == WORD_READ ? DIAL_DONE : DIAL_NO_MASTER;
}

static enum dial_result ask_sentinel(const struct settings *settings,
                                     const struct settings_place *sentinel, struct word *word,
                                     char why[DIAL_WHY_MAX])
{
    struct usher_text args[WORD_ARGS];
    redisContext *redis = NULL;
    enum dial_result result =
        open_at(&redis, "", sentinel, &settings->redis.sentinel_login, PERSON_S_MAX, why);
    if (result != DIAL_DONE)
        return result;
    word_ask_epoch(settings, args);
    result = ask_for(redis, args, word_read_epoch, word, why);
    word_ask_address(settings, args);
    if (result == DIAL_DONE)
        result = ask_for(redis, args, word_read_address, word, why);
    redisFree(redis);
    return result;
}

static void add_reason(char why[DIAL_WHY_MAX], const struct settings_place *place,
                       const char *reason)
{
    size_t length = strlen(why);
    (void)snprintf(why + length, DIAL_WHY_MAX - length, "%ssentinel %s:%u: %s",
                   length > 0 ? "; " : "", place->host, (unsigned)place->port, reason);
}

/* The newest word of all sentinels that give one. Else each one's reason, and the weightiest of
 * their results. */
static enum dial_result ask_sentinels(const struct settings *settings, struct settings_place *place,
                                      char why[DIAL_WHY_MAX])
{
    struct word best = WORD_NONE;
    enum dial_result worst = DIAL_UNREACHABLE;
    why[0] = '\0';
    for (size_t i = 0; i < settings->redis.sentinels_count; i++) {
        const struct settings_place *sentinel = &settings->redis.sentinels[i];
        struct word word = WORD_NONE;
        char reason[DIAL_WHY_MAX];
        enum dial_result result = ask_sentinel(settings, sentinel, &word, reason);
        if (result != DIAL_DONE)
            add_reason(why, sentinel, reason);
        else if (word_is_newer(&word, &best))
            best = word;
        if (result > worst)
            worst = result;
    }
    *place = best.place;
    return best.epoch >= 0 ? DIAL_DONE : worst;
}

static enum dial_result check_master(redisContext *redis, char why[DIAL_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("ROLE")};
    redisReply *reply = dial_ask(redis, args, 1);
    enum login_result result = reply ? login_read(reply, why) : LOGIN_AWAY;
    if (!reply)
        (void)snprintf(why, DIAL_WHY_MAX, "%s", dial_why(redis));
    freeReplyObject(reply);
    switch (result) {
    case LOGIN_MASTER:
        return DIAL_DONE;
    case LOGIN_REFUSED:
        return DIAL_REFUSED;
    case LOGIN_OTHER:
        return DIAL_NO_MASTER;
    case LOGIN_NONE:
    case LOGIN_AWAY:
        break;
    }
    return DIAL_UNREACHABLE;
}

enum dial_result dial_master(struct redisContext **redis, const struct settings *settings,
                             struct settings_place *place, char why[DIAL_WHY_MAX])
{
    enum dial_result result = DIAL_DONE;
    *place = settings->redis.place;
    if (settings->redis.sentinels_count > 0)
        result = ask_sentinels(settings, place, why);
    if (result == DIAL_DONE)
        result = open_at(redis, settings->redis.socket, place, &settings->redis.login, PERSON_S_MAX,
                         why);
    if (result != DIAL_DONE || settings->redis.sentinels_count == 0)
        return result;
    result = check_master(*redis, why);
    if (result != DIAL_DONE)
        redisFree(*redis);
    return result;
}
