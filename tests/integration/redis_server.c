/* A private redis-server. */
#include "integration/redis_server.h"

#include <check.h>
#include <ftw.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_TRIES 500

static void rest(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

void redis_server_init(struct redis_server *server)
{
    *server = (struct redis_server){.folder = "/tmp/usher-redis-XXXXXX", .is_durable = true};
    ck_assert_ptr_nonnull(mkdtemp(server->folder));
    (void)snprintf(server->socket, sizeof(server->socket), "%s/redis.sock", server->folder);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void redis_server_fini(struct redis_server *server)
{
    if (server->pid)
        redis_server_kill(server);
    (void)nftw(server->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool does_answer(struct redis_server *server)
{
    redisContext *redis = redisConnectUnix(server->socket);
    redisReply *reply = NULL;
    bool does = false;
    if (redis && !redis->err)
        reply = redisCommand(redis, "PING");
    does = reply && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    if (redis)
        redisFree(redis);
    return does;
}

void redis_server_start(struct redis_server *server)
{
    char log[128];
    pid_t parent = getpid();
    ck_assert_int_eq(server->pid, 0);
    (void)snprintf(log, sizeof(log), "%s/redis.log", server->folder);
    server->pid = fork();
    ck_assert_int_ge(server->pid, 0);
    if (server->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_FAILURE);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket,
               "--dir", server->folder, "--appendonly", server->is_durable ? "yes" : "no",
               "--appendfsync", "always", "--save", "", "--logfile", log, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    for (int i = 0; i < START_TRIES; i++) {
        if (does_answer(server))
            return;
        rest();
    }
    ck_abort_msg("redis-server does not answer");
}

void redis_server_kill(struct redis_server *server)
{
    ck_assert_int_gt(server->pid, 0);
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

struct redisContext *redis_server_connect(struct redis_server *server)
{
    redisContext *redis = redisConnectUnix(server->socket);
    ck_assert_ptr_nonnull(redis);
    ck_assert_msg(!redis->err, "%s", redis->errstr);
    return redis;
}

static redisReply *run(struct redis_server *server, const char *command)
{
    redisContext *redis = redis_server_connect(server);
    redisReply *reply = redisCommand(redis, command);
    ck_assert_ptr_nonnull(reply);
    ck_assert_msg(reply->type != REDIS_REPLY_ERROR, "%s: %s", command, reply->str);
    redisFree(redis);
    return reply;
}

long long redis_server_ask(struct redis_server *server, const char *format, ...)
{
    char command[512];
    va_list args;
    redisReply *reply;
    long long answer = -1;
    va_start(args, format);
    (void)vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    reply = run(server, command);
    if (reply->type == REDIS_REPLY_INTEGER)
        answer = reply->integer;
    else if (reply->type == REDIS_REPLY_ARRAY)
        answer = (long long)reply->elements;
    else if (reply->type != REDIS_REPLY_NIL)
        answer = (long long)reply->len;
    freeReplyObject(reply);
    return answer;
}

void redis_server_ask_text(struct redis_server *server, char *room, size_t room_size,
                           const char *command)
{
    redisReply *reply = run(server, command);
    room[0] = '\0';
    if (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS)
        (void)snprintf(room, room_size, "%s", reply->str);
    freeReplyObject(reply);
}
