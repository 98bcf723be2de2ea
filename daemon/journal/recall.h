/* Reads what is remembered of customers, on a connection of its own: with a journal that waits for
 * the disk, answers on the journal's would wait as well. */
#ifndef JOURNAL_RECALL_H
#define JOURNAL_RECALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "settings.h"

struct event_base;
struct customer;
struct recall;

struct recall_ops {
    /* The answer to a question, once for each and never inside recall_ask: `customer` is borrowed
     * for the call, and NULL when nothing was read in time. */
    void (*recalled)(void *owner, uint64_t ticket, const struct customer *customer);
};

/* 0 or -ENOMEM. It connects at once. */
int recall_open(struct recall **recall, struct event_base *base, const struct settings *settings,
                const struct recall_ops *ops, void *owner);
/* What was asked is not answered any more. */
void recall_close(struct recall *recall);

/* Asks for a customer's memory, for at most `within_ms`; the owner's `ticket` comes back with the
 * answer. False, with nothing asked, when no answer is to be expected in time: Redis is away, or
 * has let an earlier question wait for longer than its time. */
USHER_MUST_USE bool recall_ask(struct recall *recall, struct usher_text customer, int64_t within_ms,
                               uint64_t ticket);

#endif
