/* Contacts whose customer's memory is being read: the contact.arrive of each, and the commands of
 * the same contact that came after it, which wait behind it in their order. Likewise the end of a
 * PBX's list of its calls, under a name that no contact has, and all that this PBX says after it.
 */
#ifndef ARRIVING_H
#define ARRIVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"
#include "hold.h"

#define ARRIVING_MAX          4096 /* contacts */
#define ARRIVING_COMMANDS_MAX 16   /* of one contact, its arrival among them */

struct arrival {
    struct usher_list node;
    char contact[USHER_CONTACT_ID_MAX + 1];
    uint64_t ticket; /* the first of `tickets_count` that follow each other */
    uint64_t tickets_count;
    uint64_t asked_count;    /* questions that are not answered yet; of a PBX's list */
    struct usher_sync *sync; /* a PBX's list, borrowed from its party; else NULL */
    struct hold commands;    /* the first is contact.arrive, or ends the list */
    size_t commands_count;
};

struct arriving {
    struct usher_list list; /* the oldest first */
    struct usher_table by_contact;
    size_t count;
    size_t bytes; /* of all commands */
    uint64_t ticket_last;
};

/* 0 or -ENOMEM. */
int arriving_init(struct arriving *arriving, struct usher_hash_seed seed);
/* Drops all. */
void arriving_fini(struct arriving *arriving);

/* Copies the command; a contact of this id must not be there. NULL when there is no room. */
struct arrival *arriving_add(struct arriving *arriving, struct usher_text contact,
                             const struct held *held);
/* Takes so many tickets more for the arrival that was added last. */
void arriving_take_tickets(struct arriving *arriving, struct arrival *arrival, uint64_t count);
/* NULL when it is not there. */
struct arrival *arriving_find(const struct arriving *arriving, struct usher_text contact);
struct arrival *arriving_find_ticket(const struct arriving *arriving, uint64_t ticket);
struct arrival *arriving_oldest(const struct arriving *arriving);
/* Puts a command behind those of the contact. False when there is no room: then nobody should wait
 * any longer. */
USHER_MUST_USE bool arriving_push(struct arriving *arriving, struct arrival *arrival,
                                  const struct held *held);
/* Takes it out; its commands and itself are the caller's, to be ended with arrival_free. */
void arriving_remove(struct arriving *arriving, struct arrival *arrival);
void arrival_free(struct arrival *arrival);

#endif
