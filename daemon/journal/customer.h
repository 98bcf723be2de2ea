/* One customer: the fields of the hash in Redis, as the router wants them. Fields whose names begin
 * with `usher.` are usherd's own (remember.h writes them); all others are the CRM's. */
#ifndef JOURNAL_CUSTOMER_H
#define JOURNAL_CUSTOMER_H

#include "base/bytes.h"
#include "model/limits.h"

struct redisReply;

#define CUSTOMER_PREFIX       "usher."
#define CUSTOMER_MEMORY_MAX   3072 /* bytes of `memory`, so that its events fit into their lines */
#define CUSTOMER_VALUE_MAX    256  /* bytes of a value; longer ones are left out */
#define CUSTOMER_SERVED_BYTES 1024 /* of `memory` for the queues that served the customer */

struct customer {
    struct usher_bytes memory;               /* a JSON object: see customer_read */
    char last_agent[USHER_AGENT_ID_MAX + 1]; /* empty = not known */
    int64_t last_ms;                         /* when that was; 0 = not known */
};

void customer_init(struct customer *customer);
void customer_fini(struct customer *customer);
/* Reads the answer to HGETALL: `contacts`, `last_queue`, `outcome`, `disposition` and `served`
 * (queue to milliseconds) from our own fields, then the CRM's by their names as texts. What is no
 * UTF-8, too long, or called as one of ours is left out, and so is what does not fit. */
void customer_read(struct customer *customer, const struct redisReply *reply);

#endif
