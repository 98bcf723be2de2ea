/* What the files of the simple routers share. */
#ifndef USHER_SIMULATE_SIMPLE_STATE_H
#define USHER_SIMULATE_SIMPLE_STATE_H

#include "base/heap.h"
#include "base/list.h"
#include "base/table.h"
#include "routing/floor.h"
#include "simulate/chance.h"
#include "simulate/simple.h"

struct usher_simple_contact {
    char id[USHER_CONTACT_ID_MAX + 1];
    char offer[USHER_NUMBER_SIZE];
    enum usher_contact_state state;
    struct usher_class *class;
    struct usher_agent *agent; /* OFFERED to WRAPPING */
    int64_t arrived_ms;
    int64_t due_ms;
    struct usher_list in_line;
    struct usher_heap_node lease; /* of OFFERED and WRAPPING */
};

struct usher_simple_event {
    struct usher_event event;
    char offer[USHER_NUMBER_SIZE]; /* the event's own: the contact may have another one by then */
};

struct usher_simple {
    enum usher_way_to_choose way;
    const struct usher_rules *rules;
    struct usher_floor
        floor; /* classes, matches and levels; its lines and free agents stay empty */
    struct usher_list *lines;           /* [class]: contacts, by arrival */
    struct usher_simple_contact **held; /* [agent]: or NULL */
    struct usher_table agents;
    struct usher_table contacts; /* live ones */
    struct usher_heap leases;
    struct usher_chance chance;
    uint64_t last;                     /* the number of the last event */
    struct usher_simple_event *events; /* not taken yet: from taken_count on */
    size_t events_count;
    size_t events_room;
    size_t taken_count;
    struct usher_list ended; /* contacts of which events may still tell (in_line) */
};

/* The best free agent for who has come, and the contact that an agent takes who has become free;
 * NULL when there is none. */
struct usher_agent *usher_simple_choose_agent(const struct usher_simple *simple,
                                              const struct usher_simple_contact *contact);
struct usher_simple_contact *usher_simple_choose_contact(struct usher_simple *simple,
                                                         const struct usher_agent *agent);

#endif
