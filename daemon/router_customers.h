/* The router's part in what is remembered of customers: a contact waits for a moment until its
 * customer's memory is read, and what events say of customers is written when it is durable. */
#ifndef ROUTER_CUSTOMERS_H
#define ROUTER_CUSTOMERS_H

#include "arriving.h"
#include "model/event.h"

struct batch;
struct recall;
struct remember;
struct router;
struct router_event;

struct customers {
    struct recall *recall; /* NULL: nothing is read */
    struct remember *remember;
    struct arriving arriving;
    bool is_erasing;             /* nobody's memory is asked for: it may be one that goes */
    struct usher_number erasing; /* until an event after this one is durable */
};

/* 0 or -ENOMEM. */
int router_customers_init(struct router *router, struct usher_hash_seed seed);
void router_customers_fini(struct router *router);

/* Takes the command if it must wait: an arrival whose customer's memory is asked for now, or what
 * comes after such an arrival. False, with nothing taken, when it is to be carried out now. */
USHER_MUST_USE bool router_await_memory(struct router *router, const struct held *held);
/* The same of the end of a PBX's list of its calls: the memory of the customers of those that are
 * not known yet is asked for. What this PBX says meanwhile waits behind it. */
USHER_MUST_USE bool router_await_listed(struct router *router, const struct held *held,
                                        struct usher_text client);
/* Whoever waits for a memory is carried out without it, now. */
void router_release_arrivals(struct router *router);

/* The batch is durable. */
void router_remember(struct router *router, const struct batch *batch);
/* A line of the journal, while somebody else leads or nobody does. */
void router_remember_line(struct router *router, struct usher_text line);
/* Nothing is left to be written. */
bool router_has_remembered(const struct router *router);
/* A customer is forgotten: what is in memory for others goes, and the archive is to follow soon. */
void router_erase(struct router *router, const struct router_event *event);
/* Lines of the journal, of a time of which Redis may have lost something: erasures among them are
 * carried out once more. */
void router_erase_again(struct router *router, struct usher_text lines);
/* What was remembered for writing is void, and so is whoever waits. */
void router_forget_customers(struct router *router);

#endif
