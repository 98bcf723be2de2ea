/* The calls that a Kamailio has: what usherd must remember to speak of them. Each has one row, from
 * arrival to end; after a connection was lost the sync makes them anew. */
#ifndef LINK_KAMAILIO_CALL_H
#define LINK_KAMAILIO_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/table.h"
#include "link/kamailio_message.h"

#define KAMAILIO_OFFER_SIZE       33 /* as USHER_FIELDS bounds an offer */
#define KAMAILIO_TRANSACTION_SIZE 48

/* An offer that waits until the phone of the one before has stopped ringing. */
struct kamailio_next {
    char offer[KAMAILIO_OFFER_SIZE];
    char agent[USHER_AGENT_ID_MAX + 1];
    char uri[USHER_NAME_MAX + 1];
    char queue[USHER_NAME_MAX + 1];
    int64_t ring_ms;
};

struct kamailio_call {
    char contact[USHER_CONTACT_OWN_ID_MAX + 1];
    char transaction[KAMAILIO_TRANSACTION_SIZE];
    char offer[KAMAILIO_OFFER_SIZE]; /* Kamailio was told to ring for it, and has not said what
                                        became of it; "" = none */
    bool is_talking;
    char referred[KAMAILIO_TRANSACTION_SIZE]; /* the REFER that waits for an answer; "" = none */
    struct kamailio_next *next;               /* ours; NULL = none */
    uint64_t serial;                          /* of its arrival */
    size_t slot;
    char call[]; /* the Call-ID */
};

struct kamailio_calls {
    struct usher_table by_contact;
    struct kamailio_call **slots;
    size_t *free_slots;
    size_t free_count;
    size_t count_max;
    uint64_t serial;
};

/* Room for `count_max` calls. 0 or -ENOMEM. */
int kamailio_calls_init(struct kamailio_calls *calls, size_t count_max,
                        struct usher_hash_seed seed);
void kamailio_calls_fini(struct kamailio_calls *calls);
void kamailio_calls_clear(struct kamailio_calls *calls);

/* A row for the call, whose contact must have none. NULL when there is no room. */
struct kamailio_call *kamailio_calls_add(struct kamailio_calls *calls, struct usher_text contact,
                                         struct usher_text call);
/* NULL when there is none. */
struct kamailio_call *kamailio_calls_find(const struct kamailio_calls *calls,
                                          struct usher_text contact);
/* The call whose arrival was told under this id, a<epoch>-<slot>-<serial>; NULL when it is over. */
struct kamailio_call *kamailio_calls_of_arrival(const struct kamailio_calls *calls,
                                                struct usher_text id);
void kamailio_calls_remove(struct kamailio_calls *calls, struct kamailio_call *call);

#endif
