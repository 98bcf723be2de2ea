/* A request that stands in no list was forgotten: whatever comes for it then, only its own memory
 * is touched. */
#include "journal/requests.h"

#include <errno.h>
#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "journal/args.h"

struct request {
    struct usher_list node;
    struct requests *requests;
    redis_reply on_reply;
    void *owner;
    int64_t sent_ms;
};

static void arm(struct requests *requests, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
    event_add(requests->watch, &wait);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    struct requests *requests = arg;
    struct request *oldest;
    int64_t age_ms;
    (void)fd, (void)what;
    if (usher_list_is_empty(&requests->list))
        return;
    oldest = usher_list_entry(requests->list.next, struct request, node);
    age_ms = redis_now_ms() - oldest->sent_ms;
    if (age_ms >= requests->patience_ms)
        requests->ops->late(requests->owner);
    else
        arm(requests, requests->patience_ms - age_ms);
}

static void on_reply(redisAsyncContext *context, void *answer, void *arg)
{
    struct request *request = arg;
    struct requests *requests = request->requests;
    redis_reply owner_on_reply = request->on_reply;
    void *owner = request->owner;
    /* Else `requests` may be gone. */
    bool is_wanted = answer && !usher_list_is_empty(&request->node);
    (void)context;
    usher_list_remove(&request->node);
    free(request);
    if (!is_wanted || !requests->ops->answered(requests->owner, answer))
        return;
    if (usher_list_is_empty(&requests->list))
        event_del(requests->watch);
    owner_on_reply(owner, answer);
}

int requests_init(struct requests *requests, struct event_base *base,
                  const struct requests_ops *ops, void *owner)
{
    *requests = (struct requests){.ops = ops, .owner = owner, .patience_ms = REDIS_PATIENCE_MS};
    usher_list_init(&requests->list);
    requests->watch = evtimer_new(base, on_watch, requests);
    return requests->watch ? 0 : -ENOMEM;
}

void requests_fini(struct requests *requests)
{
    if (!requests->watch)
        return;
    requests_forget(requests);
    event_free(requests->watch);
    requests->watch = NULL;
}

int requests_send(struct requests *requests, struct redisAsyncContext *context,
                  const struct usher_text *args, size_t count, redis_reply on_owner_reply,
                  void *owner)
{
    struct request *request = malloc(sizeof(*request));
    struct args split;
    if (!request)
        return -ENOMEM;
    *request = (struct request){.requests = requests,
                                .on_reply = on_owner_reply,
                                .owner = owner,
                                .sent_ms = redis_now_ms()};
    usher_list_init(&request->node);
    args_take(&split, args, count);
    if (redisAsyncCommandArgv(context, on_reply, request, split.count, split.at, split.lengths) !=
        REDIS_OK) {
        free(request);
        return -EIO;
    }
    if (usher_list_is_empty(&requests->list))
        arm(requests, requests->patience_ms);
    usher_list_append(&requests->list, &request->node);
    return 0;
}

void requests_forget(struct requests *requests)
{
    while (!usher_list_is_empty(&requests->list))
        usher_list_remove(requests->list.next);
    event_del(requests->watch);
}
