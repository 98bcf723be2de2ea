/* The requests of one connection that are not answered yet, in the order of their sending, and the
 * deadline of the oldest. hiredis gives each request its last answer only when it is done with it,
 * perhaps long after the connection was given up, and perhaps after the owner is gone: such a
 * request is forgotten here, and frees itself then. */
#ifndef JOURNAL_REQUESTS_H
#define JOURNAL_REQUESTS_H

#include <stdbool.h>

#include "base/list.h"
#include "journal/redis.h"

struct event;
struct redisAsyncContext;

struct requests_ops {
    /* The answer to a request, before `on_reply` gets it. False: it goes no further, and the
     * requests may have been forgotten. */
    bool (*answered)(void *owner, const struct redisReply *reply);
    /* The oldest has waited too long. The requests may be forgotten inside. */
    void (*late)(void *owner);
};

struct requests {
    const struct requests_ops *ops;
    void *owner;
    struct usher_list list;
    struct event *watch;
    int64_t patience_ms; /* at first REDIS_PATIENCE_MS; may be set at any time */
};

/* 0 or -ENOMEM. */
int requests_init(struct requests *requests, struct event_base *base,
                  const struct requests_ops *ops, void *owner);
/* Forgets all. For what failed to be made, too. */
void requests_fini(struct requests *requests);

/* Sends one. -ENOMEM, or -EIO when the connection is breaking: then it gets no answer. */
USHER_MUST_USE int requests_send(struct requests *requests, struct redisAsyncContext *context,
                                 const struct usher_text *args, size_t count, redis_reply on_reply,
                                 void *owner);
/* None of those that are out is answered any more. */
void requests_forget(struct requests *requests);

#endif
