/* A connection to the Redis that is master, which comes back by itself: hiredis's asynchronous
 * client with what it lacks - a deadline for connecting and for each command, and reconnecting with
 * a back-off - and the way to the master, by its address or by its sentinels. RESP2, commands as
 * argument vectors only. SIGPIPE must be ignored. */
#ifndef JOURNAL_REDIS_H
#define JOURNAL_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "settings.h"

struct event_base;
struct redis;
struct redisReply;

struct redis_ops {
    /* Connected with a master, and let in: commands may be given. */
    void (*up)(void *owner);
    /* The connection is gone. Commands that were not answered never will be; whether Redis did them
     * is not known. Called once after each `up`. */
    void (*down)(void *owner, const char *reason);
};

/* `reply` is never NULL, and is freed after the call. */
typedef void (*redis_reply)(void *owner, const struct redisReply *reply);

/* `name` (a literal) tells the connections apart in the log. The settings are borrowed for its
 * life. 0 or -ENOMEM. */
int redis_open(struct redis **redis, struct event_base *base, const struct settings *settings,
               const char *name, const struct redis_ops *ops, void *owner);
/* No call to the owner follows. Allowed inside every callback. */
void redis_close(struct redis *redis);
/* Connects, and from then on stays connected or tries to. */
void redis_start(struct redis *redis);

#define REDIS_PATIENCE_MS 5000

/* How long a command may go unanswered before the connection is given up; at first
 * REDIS_PATIENCE_MS. */
void redis_set_patience(struct redis *redis, int64_t ms);

bool redis_is_up(const struct redis *redis);
/* Where it is, or was last; meaningless when the settings name a socket. */
const struct settings_place *redis_place(const struct redis *redis);
/* Gives a command of at most ARGS_MAX arguments (args.h); it must be up. Answers come in the order
 * of the commands. */
void redis_command(struct redis *redis, const struct usher_text *args, size_t count,
                   redis_reply on_reply, void *owner);
/* Subscribes to one channel for the rest of this connection. `on_message` gets the acknowledgement
 * and every message. Nothing but that may be done with the connection afterwards. */
void redis_subscribe(struct redis *redis, struct usher_text channel, redis_reply on_message,
                     void *owner);
/* Ends the present connection, though Redis can be reached (`down` is called inside), and makes a
 * new one. */
void redis_drop(struct redis *redis, const char *reason);

/* Milliseconds of CLOCK_BOOTTIME: it goes on while the machine sleeps, and nobody sets it. */
int64_t redis_now_ms(void);

#endif
