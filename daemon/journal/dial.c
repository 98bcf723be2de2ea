/* Connections that block, each answer within a time. */
#include "journal/dial.h"

#include <hiredis/hiredis.h>
#include <stdio.h>

#include "journal/args.h"
#include "journal/login.h"
#include "journal/reply.h"

#define CONNECT_S_MAX 2
#define COMMAND_S_MAX 60

struct redisReply *dial_ask(struct redisContext *redis, const struct usher_text *args, size_t count)
{
    struct args split;
    args_take(&split, args, count);
    return redisCommandArgv(redis, split.count, split.at, split.lengths);
}

/* Says who we are. */
static bool log_in(redisContext *redis, const struct settings_login *login, char why[DIAL_WHY_MAX])
{
    struct usher_text args[LOGIN_ARGS_MAX];
    size_t count = login_write_auth(login, args);
    redisReply *reply;
    bool is_good;
    if (count == 0)
        return true;
    reply = dial_ask(redis, args, count);
    is_good = reply && login_read_auth(reply, login, why) == LOGIN_NONE;
    if (!reply)
        (void)snprintf(why, DIAL_WHY_MAX, "%s", redis->errstr);
    freeReplyObject(reply);
    return is_good;
}

/* `socket` may be "". */
static redisContext *open_at(const char *socket, const struct settings_place *place,
                             const struct settings_login *login, char why[DIAL_WHY_MAX])
{
    const struct timeval connect_max = {.tv_sec = CONNECT_S_MAX};
    const struct timeval command_max = {.tv_sec = COMMAND_S_MAX};
    redisContext *redis = socket[0]
                              ? redisConnectUnixWithTimeout(socket, connect_max)
                              : redisConnectWithTimeout(place->host, place->port, connect_max);
    if (!redis) {
        (void)snprintf(why, DIAL_WHY_MAX, "memory is out");
        return NULL;
    }
    if (redis->err) {
        (void)snprintf(why, DIAL_WHY_MAX, "%s", redis->errstr);
        redisFree(redis);
        return NULL;
    }
    (void)redisSetTimeout(redis, command_max);
    if (log_in(redis, login, why))
        return redis;
    redisFree(redis);
    return NULL;
}

struct redisContext *dial_open(const struct settings *settings, const struct settings_place *place,
                               char why[DIAL_WHY_MAX])
{
    return open_at(settings->redis.socket, place, &settings->redis.login, why);
}

static bool is_master(redisContext *redis, char why[DIAL_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("ROLE")};
    redisReply *reply = dial_ask(redis, args, 1);
    bool is = usher_text_is_equal(journal_reply_text(journal_reply_element(reply, 0)),
                                  USHER_TEXT("master"));
    if (!is)
        (void)snprintf(why, DIAL_WHY_MAX, "the Redis that the sentinels name is no master now");
    freeReplyObject(reply);
    return is;
}

/* Where the master is, by one sentinel's word. */
static bool ask_sentinel(const struct settings *settings, const struct settings_place *sentinel,
                         struct settings_place *place, char why[DIAL_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("SENTINEL"), USHER_TEXT("get-master-addr-by-name"),
                                      usher_text_of(settings->redis.master)};
    redisContext *redis = open_at("", sentinel, &settings->redis.sentinel_login, why);
    redisReply *reply;
    int64_t port = 0;
    bool is_known;
    if (!redis)
        return false;
    reply = dial_ask(redis, args, USHER_COUNT_OF(args));
    is_known = usher_text_copy(place->host, sizeof(place->host),
                               journal_reply_text(journal_reply_element(reply, 0))) &&
               usher_text_read_int64(journal_reply_text(journal_reply_element(reply, 1)), &port) &&
               port > 0 && port <= UINT16_MAX;
    place->port = (uint16_t)port;
    if (!is_known)
        (void)snprintf(why, DIAL_WHY_MAX, "the sentinel %s:%u knows no master \"%s\"",
                       sentinel->host, (unsigned)sentinel->port, settings->redis.master);
    freeReplyObject(reply);
    redisFree(redis);
    return is_known;
}

struct redisContext *dial_master(const struct settings *settings, char why[DIAL_WHY_MAX])
{
    struct settings_place place = settings->redis.place;
    if (settings->redis.sentinels_count == 0)
        return dial_open(settings, &place, why);
    for (size_t i = 0; i < settings->redis.sentinels_count; i++) {
        redisContext *redis;
        if (!ask_sentinel(settings, &settings->redis.sentinels[i], &place, why))
            continue;
        redis = dial_open(settings, &place, why);
        if (redis && is_master(redis, why))
            return redis;
        if (redis)
            redisFree(redis);
    }
    return NULL;
}
