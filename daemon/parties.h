/* Who is there, and whom an event concerns: a PBX those of its own contacts, a desk those of its
 * agent, all others everything. 10,000 desks cost an event nothing: parties are kept in groups by
 * client and by agent. */
#ifndef PARTIES_H
#define PARTIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/table.h"
#include "router.h"

struct parties_slot {
    struct router_party *party; /* NULL = free */
    uint32_t use;               /* how often the slot was given out: half of the serial */
    size_t next_free;
};

struct parties {
    struct parties_slot *slots;
    size_t slots_count;
    size_t free_slot;          /* SIZE_MAX = none */
    struct usher_list seeing;  /* open, and concerned by everything */
    struct usher_list groups;  /* of PBXs and desks, all */
    struct usher_table by_key; /* group by role and name */
    struct usher_hash_seed seed;
    bool is_handing_out; /* groups that get empty stay until its end */
};

/* 0 or -ENOMEM. */
int parties_init(struct parties *parties, struct usher_hash_seed seed);
/* All must have left. */
void parties_fini(struct parties *parties);

/* Gives the party its serial; it is concerned by nothing until parties_open. 0 or -ENOMEM. */
int parties_add(struct parties *parties, struct router_party *party);
/* Its events follow from here: those above party->since. Open already is fine. 0 or -ENOMEM. */
int parties_open(struct parties *parties, struct router_party *party);
bool parties_is_open(const struct router_party *party);
void parties_remove(struct parties *parties, struct router_party *party);
/* NULL when that party has left. */
struct router_party *parties_find(const struct parties *parties, uint64_t serial);
/* True when an open party of a PBX of this name is there. */
bool parties_has_desk(const struct parties *parties, struct usher_text agent);
bool parties_has_pbx(const struct parties *parties, struct usher_text client);

/* The rule of the head of this file. */
bool parties_is_concerned(const struct router_party *party, const struct router_event *event);
/* Hands an event to all whom it concerns. A party may leave in its own callback. */
void parties_hand_out(struct parties *parties, const struct router_event *event);
/* Calls `leading` of all. A party may leave in its own callback. */
void parties_tell_leading(struct parties *parties, bool is_leading);

#endif
