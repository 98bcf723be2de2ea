/* Customers who were erased: their keys stand in Redis as long as the stream may hold events of
 * theirs, so that every reader takes them for nobody. */
#ifndef JOURNAL_ERASURES_H
#define JOURNAL_ERASURES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "model/event.h"

struct redisReply;

struct erasure {
    char customer[USHER_CUSTOMER_MAX + 1];
    struct usher_number n; /* of the event that erased him */
    bool is_filed;         /* the archive was rewritten since */
};

#define ERASURE_VALUE_SIZE (USHER_NUMBER_SIZE + 8)

/* Reads and writes a value of the hash: the number, and ` filed` behind it when the archive was
 * rewritten. */
USHER_MUST_USE bool erasure_read(struct usher_text value, struct erasure *erasure);
struct usher_text erasure_write(const struct erasure *erasure, char room[ERASURE_VALUE_SIZE]);

struct erasures {
    struct erasure *list; /* by customer */
    size_t count;
};

/* Reads the answer to HGETALL of journal_key_erased; what is no customer and number is left out.
 * False when memory is out; the list is then empty. */
USHER_MUST_USE bool erasures_read(struct erasures *erasures, const struct redisReply *reply);
void erasures_fini(struct erasures *erasures);
/* NULL when the customer was not erased. */
const struct erasure *erasures_find(const struct erasures *erasures, struct usher_text customer);

/* The line of the event `n`: as it is, or without personal data, in `room`, when its customer was
 * erased after it, or by it: customer.erased no longer says who it was. */
struct usher_text erasures_mask(const struct erasures *erasures, struct usher_number n,
                                struct usher_text line, struct usher_bytes *room);

#endif
