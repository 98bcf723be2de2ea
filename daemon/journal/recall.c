/* Answers come in the order of the questions, so the first in the list is the next to be answered.
 * One whose time is over is told so and stays in the list: until its answer comes, Redis is slow,
 * and nobody else is made to wait for it. */
#include "journal/recall.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/list.h"
#include "journal/again.h"
#include "journal/customer.h"
#include "journal/keys.h"
#include "journal/redis.h"
#include "journal/reply.h"
#include "log.h"

#define QUESTIONS_MAX 4096

struct question {
    struct usher_list node;
    uint64_t ticket;
    int64_t until_ms;
    bool is_over; /* the owner was told that nothing came */
};

struct recall {
    const struct settings *settings;
    const struct recall_ops *ops;
    void *owner;
    struct redis *redis;
    struct event *timer; /* of the first question that is not over */
    struct usher_list questions;
    size_t questions_count;
    struct customer customer;
    uint64_t missed_count; /* contacts that were not answered for, since it was told last */
    int64_t told_ms;
};

/* Some contacts are routed without what is remembered. */
static void tell_missed(struct recall *recall)
{
    recall->missed_count++;
    if (!again_is_due(&recall->told_ms, redis_now_ms()))
        return;
    log_warning("Redis does not tell in time what is remembered of customers: contacts are routed "
                "without",
                "site=%s contacts=%" PRIu64, recall->settings->site, recall->missed_count);
    recall->missed_count = 0;
}

static struct question *first_open(struct recall *recall)
{
    usher_list_for_each (node, &recall->questions) {
        struct question *question = usher_list_entry(node, struct question, node);
        if (!question->is_over)
            return question;
    }
    return NULL;
}

static void arm(struct recall *recall)
{
    const struct question *question = first_open(recall);
    int64_t ms = question ? question->until_ms - redis_now_ms() : 0;
    if (!question) {
        event_del(recall->timer);
        return;
    }
    if (ms < 0)
        ms = 0;
    event_add(recall->timer, &(struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000});
}

static void end(struct recall *recall, struct question *question)
{
    bool is_over = question->is_over;
    uint64_t ticket = question->ticket;
    question->is_over = true;
    if (!is_over)
        recall->ops->recalled(recall->owner, ticket, NULL);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
    struct recall *recall = owner;
    struct question *question;
    int64_t now_ms = redis_now_ms();
    (void)fd, (void)what;
    while ((question = first_open(recall)) != NULL && question->until_ms <= now_ms) {
        tell_missed(recall);
        end(recall, question);
    }
    arm(recall);
}

static void on_memory(void *owner, const struct redisReply *reply)
{
    struct recall *recall = owner;
    struct question *question = usher_list_entry(recall->questions.next, struct question, node);
    bool is_read = reply->type == REDIS_REPLY_ARRAY;
    assert(!usher_list_is_empty(&recall->questions));
    usher_list_remove(&question->node);
    recall->questions_count--;
    if (!is_read && !question->is_over)
        tell_missed(recall);
    if (is_read && !question->is_over) {
        customer_read(&recall->customer, reply);
        recall->ops->recalled(recall->owner, question->ticket, &recall->customer);
    } else {
        end(recall, question);
    }
    free(question);
    arm(recall);
}

static void forget(struct recall *recall)
{
    usher_list_for_each_safe (node, &recall->questions) {
        usher_list_remove(node);
        free(usher_list_entry(node, struct question, node));
    }
    recall->questions_count = 0;
}

static void on_up(void *owner)
{
    (void)owner;
}

/* Redis is away: nothing is asked while they are told so. */
static void on_down(void *owner, const char *reason)
{
    struct recall *recall = owner;
    (void)reason;
    event_del(recall->timer);
    usher_list_for_each (node, &recall->questions)
        end(recall, usher_list_entry(node, struct question, node));
    forget(recall);
}

static const struct redis_ops connection_ops = {.up = on_up, .down = on_down};

int recall_open(struct recall **recall, struct event_base *base, const struct settings *settings,
                const struct recall_ops *ops, void *owner)
{
    struct recall *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->settings = settings;
    made->ops = ops;
    made->owner = owner;
    usher_list_init(&made->questions);
    customer_init(&made->customer);
    made->timer = evtimer_new(base, on_timer, made);
    int error = made->timer
                    ? redis_open(&made->redis, base, settings, "customers", &connection_ops, made)
                    : -ENOMEM;
    if (error < 0) {
        recall_close(made);
        return error;
    }
    redis_start(made->redis);
    *recall = made;
    return 0;
}

void recall_close(struct recall *recall)
{
    if (!recall)
        return;
    redis_close(recall->redis);
    forget(recall);
    if (recall->timer)
        event_free(recall->timer);
    customer_fini(&recall->customer);
    free(recall);
}

bool recall_ask(struct recall *recall, struct usher_text customer, int64_t within_ms,
                uint64_t ticket)
{
    char room[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {USHER_TEXT("HGETALL"),
                                      journal_key_customer(recall->settings->site, customer, room)};
    const struct question *first =
        usher_list_is_empty(&recall->questions)
            ? NULL
            : usher_list_entry(recall->questions.next, struct question, node);
    struct question *question;
    bool is_slow = (first && first->is_over) || recall->questions_count == QUESTIONS_MAX;
    if (within_ms == 0)
        return false;
    if (!redis_is_up(recall->redis) || is_slow) {
        tell_missed(recall);
        return false;
    }
    question = calloc(1, sizeof(*question));
    if (!question)
        return false;
    *question = (struct question){.ticket = ticket, .until_ms = redis_now_ms() + within_ms};
    usher_list_init(&question->node);
    usher_list_append(&recall->questions, &question->node);
    recall->questions_count++;
    redis_command(recall->redis, args, USHER_COUNT_OF(args), on_memory, recall);
    if (recall->questions_count == 1)
        arm(recall);
    return true;
}
