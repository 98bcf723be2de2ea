/* What the files of a simulated day share. */
#ifndef USHER_SIMULATE_DAY_STATE_H
#define USHER_SIMULATE_DAY_STATE_H

#include "base/heap.h"
#include "base/table.h"
#include "simulate/chance.h"
#include "simulate/day.h"

enum usher_timer_kind {
    USHER_TIMER_NONE = 0,
    USHER_TIMER_KIND_COMES,      /* the next customer of a kind */
    USHER_TIMER_CUSTOMER_COMES,  /* again */
    USHER_TIMER_CUSTOMER_LEAVES, /* has no more patience */
    USHER_TIMER_CONTACT_GOES_ON, /* the agent answers or declines; the talk or wrap-up ends */
    USHER_TIMER_AGENT,           /* the shift begins or ends, a break begins or ends */
    USHER_TIMER_AGENT_RETURNS,   /* who missed an offer */
};

struct usher_timer {
    struct usher_heap_node node;
    enum usher_timer_kind kind;
    void *owner;
};

/* What a customer is like is drawn from a key alone, before anything happens to him. */
struct usher_sim_customer {
    const struct usher_traffic_kind *kind;
    uint32_t slot;
    char id[40]; /* the contact's own */
    bool is_again;
    int64_t patience_ms;
    double work; /* mean 1 */
    double help; /* helped when below the share of the kind */
    double again;
    int64_t again_after_ms;
    uint64_t again_key;
    struct usher_chance of_agents; /* what agents do with the offers of this contact */
    enum usher_sim_step {
        USHER_SIM_COMING = 0,
        USHER_SIM_WAITING,
        USHER_SIM_OFFERED,
        USHER_SIM_TALKING,
        USHER_SIM_WRAPPING,
    } step;
    struct usher_sim_agent *agent; /* of the offer or talk */
    char offer[USHER_NUMBER_SIZE];
    size_t queue;     /* index, in which it waited last */
    bool is_by_phone; /* the offer */
    bool is_declined; /* it will be */
    double match;     /* of the offer, as the router sees it */
    int64_t wrap_up_ms;
    struct usher_timer leaves;
    struct usher_timer goes_on; /* COMING: comes */
};

struct usher_sim_agent {
    char id[USHER_AGENT_ID_MAX + 1];
    const struct usher_traffic_crew *crew;
    struct usher_chance chance; /* of the shift's breaks */
    int64_t begins_ms; /* the shift that runs or comes next, from the beginning of the day */
    int64_t breaks_left;
    bool is_there; /* the shift runs */
    bool wants_break;
    struct usher_timer shift;
    struct usher_timer returns;
};

/* How a kind of customers comes. */
struct usher_sim_source {
    const struct usher_traffic_kind *kind;
    struct usher_chance chance;
    uint64_t count;
    int64_t at_ms; /* of the day: when the next one comes */
    struct usher_timer timer;
};

struct usher_sim {
    const struct usher_traffic *traffic;
    struct usher_contender *contender;
    struct usher_daybook *book;
    struct usher_day_counts *counts;
    uint64_t seed; /* of this day */
    int64_t begins_ms;
    int64_t ends_ms; /* nobody comes from then on */
    int64_t now_ms;
    struct usher_heap timers;
    uint64_t ties;
    struct usher_sim_customer *
        *customers; /* [slot]: or NULL, of those who are there or come again */
    uint32_t *spare_slots;
    size_t spare_count;
    size_t customers_max;
    struct usher_sim_agent *agents;
    size_t agents_count;
    struct usher_table by_id; /* agents */
    struct usher_sim_source *sources;
    size_t there_count; /* customers who have come and are not done */
    size_t lines_count; /* of them those who have not hung up: whose wrap-up has not begun */
    bool is_full;
};

/* day_customer.c */
void usher_sim_source_start(struct usher_sim *sim, struct usher_sim_source *source);
void usher_sim_source_fire(struct usher_sim *sim, struct usher_sim_source *source);
/* One of the kind comes and is gone at once. */
void usher_sim_customer_pass_by(struct usher_sim *sim, const struct usher_traffic_kind *kind);
void usher_sim_customer_fire(struct usher_sim *sim, struct usher_sim_customer *customer,
                             enum usher_timer_kind kind);
/* An event of this customer's contact. */
void usher_sim_customer_hear(struct usher_sim *sim, struct usher_sim_customer *customer,
                             const struct usher_event *event);
void usher_sim_customer_free(struct usher_sim *sim, struct usher_sim_customer *customer);

/* day_agent.c */
void usher_sim_agent_start(struct usher_sim *sim, struct usher_sim_agent *agent);
void usher_sim_agent_fire(struct usher_sim *sim, struct usher_sim_agent *agent,
                          enum usher_timer_kind kind);
void usher_sim_agent_hear(struct usher_sim *sim, struct usher_sim_agent *agent,
                          const struct usher_event *event);

/* day.c: sends a command, and sees to what comes of it at the next turn. */
enum usher_error usher_sim_send(struct usher_sim *sim, struct usher_command *command);
void usher_sim_set(struct usher_sim *sim, struct usher_timer *timer, int64_t at_ms);

#endif
