/* The state of a center as it is now: a snapshot, and the events after it. It follows what the
 * events say and decides nothing. */
#ifndef CTL_TOP_LIVE_H
#define CTL_TOP_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/table.h"
#include "base/zone.h"
#include "ctl/top/live_set.h"
#include "model/agent.h"
#include "model/contact.h"
#include "model/event.h"

struct live_queue {
    struct live_item item; /* its name */
    int64_t promise_ms;
    int64_t target; /* per cent; -1 = not told */
    bool is_closed;
    bool is_by_hand;  /* a supervisor has opened or closed it */
    int64_t until_ms; /* when that ends by itself; 0 = not told */
    /* As live_count has found them: */
    size_t waiting;
    size_t late;      /* of the waiting: the promise has run out */
    size_t talking;   /* held ones too */
    int64_t since_ms; /* the first place of those waiting; 0 = none waits */
    int64_t due_ms;   /* the promise that runs out first, or has; 0 = none */
    size_t signed_in; /* agents who can serve it */
    size_t free;
};

struct live_switch {
    struct live_item item; /* its name */
    bool is_on;
    int64_t until_ms; /* when it goes off by itself; 0 = not told */
};

#define LIVE_PHONE_SIZE 24

struct live_agent {
    struct live_item item;
    enum usher_agent_state state;
    int64_t since_ms;
    char name[USHER_NAME_MAX + 1];       /* the id when the profile has none */
    char reason[USHER_AGENT_ID_MAX + 1]; /* of not ready; of a ready one why nothing rings there */
    char phone[LIVE_PHONE_SIZE];         /* that reason, ready or not; "" = none, or not told */
    char *skills;                        /* "billing 8, lang.uk 10" */
    struct live_queue **queues;          /* that this agent can serve */
    size_t queues_count;
    struct usher_list contacts; /* live_contact.of_agent */
    int64_t freed_ms;           /* when the last of them was let go; 0 = not seen */
};

struct live_contact {
    struct live_item item;
    enum usher_contact_state state;
    struct live_queue *queue; /* NULL = not told */
    struct live_agent *agent; /* OFFERED to WRAPPING */
    struct usher_list of_agent;
    int64_t place_ms;
    int64_t due_ms; /* 0 = not told */
    int64_t since_ms;
};

struct live_counts {
    size_t waiting;
    size_t late;
    size_t talking;
    size_t ringing; /* offered, too */
    size_t wrapping;
    size_t scheduled;
    size_t signed_in;
    size_t free; /* ready, and holding nothing */
    size_t not_ready;
    int64_t since_ms; /* the first place of those waiting; 0 = none waits */
};

struct live {
    struct live_set queues;
    struct live_set agents;
    struct live_set contacts;
    struct live_set switches;
    struct usher_zone *zone; /* of the rules' hours; NULL = UTC */
    struct live_counts counts;
    /* Who can serve what may have changed: only a new snapshot tells. */
    bool is_outdated;
};

void live_init(struct live *live);
void live_fini(struct live *live);

/* The welcome before a snapshot, a line of it, or an event. */
void live_apply(struct live *live, const struct usher_event *event);

/* The same for those of queues and switches that say what is open and what is on: live_gates.c. The
 * queue is NULL when none is named. */
void live_apply_gates(struct live *live, struct live_queue *queue, const struct usher_event *event);

/* Counts anew, as of now: live->counts, and those of the queues. */
void live_count(struct live *live, int64_t now_ms);

/* NULL when it is not known. */
struct live_queue *live_find_queue(const struct live *live, struct usher_text name);
struct live_agent *live_find_agent(const struct live *live, struct usher_text id);
struct live_contact *live_find_contact(const struct live *live, struct usher_text id);

/* The agent's contact that is nearest to the customer: talking before ringing before wrapping up;
 * NULL when he holds none. */
const struct live_contact *live_contact_of(const struct live_agent *agent);
bool live_agent_is_free(const struct live_agent *agent);
bool live_agent_serves(const struct live_agent *agent, const struct live_queue *queue);

#endif
