/* The loop: the clock jumps to what comes first, a timer of the world or a deadline of the router;
 * whatever the router then says is heard before anything else happens. */
#include "simulate/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/day_state.h"

#define BEFORE_MS     7200000  /* the router has seen each kind of customers once, so long ago */
#define OVERTIME_MS   86400000 /* who is not served so long after the day never will be */
#define CUSTOMERS_MAX 200000   /* there at the same time, or about to come again */

/* Wrap-ups that an agent has at the same time, of those who have hung up: enough, not exact. */
#define WRAP_UPS_MAX 10

static struct usher_limits limits_of(const struct usher_traffic *traffic)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.contacts = traffic->trunks + WRAP_UPS_MAX * traffic->agents_count;
    limits.agents = traffic->agents_count;
    limits.clients = 16;
    limits.ended = 1024;
    return limits;
}

void usher_sim_set(struct usher_sim *sim, struct usher_timer *timer, int64_t at_ms)
{
    if (!usher_heap_has(&timer->node))
        timer->node.tie = ++sim->ties;
    usher_heap_set(&sim->timers, &timer->node, at_ms);
}

enum usher_error usher_sim_send(struct usher_sim *sim, struct usher_command *command)
{
    struct usher_answer answer;
    return usher_contender_decide(sim->contender, command, sim->now_ms, &answer);
}

/* The customer of the contact "sim/NUMBER-SLOT". */
static struct usher_sim_customer *customer_of(const struct usher_sim *sim,
                                              struct usher_text contact)
{
    size_t at = contact.length;
    while (at > 0 && contact.at[at - 1] != '-')
        at--;
    struct usher_text number = {contact.at + at, contact.length - at};
    int64_t slot;
    if (!usher_text_read_int64(number, &slot) || slot < 0 || slot >= (int64_t)sim->customers_max)
        return NULL;
    return sim->customers[slot];
}

static void hear(struct usher_sim *sim)
{
    struct usher_event event;
    while (usher_contender_take(sim->contender, &event)) {
        sim->counts->events_count++;
        if (!usher_daybook_apply(sim->book, &event))
            sim->is_full = true;
        if (event.fields.agent.at) {
            struct usher_sim_agent *agent = usher_table_find(&sim->by_id, event.fields.agent);
            if (agent)
                usher_sim_agent_hear(sim, agent, &event);
        }
        if (event.fields.contact.at) {
            struct usher_sim_customer *customer = customer_of(sim, event.fields.contact);
            if (customer)
                usher_sim_customer_hear(sim, customer, &event);
        }
    }
}

static void fire(struct usher_sim *sim, struct usher_timer *timer)
{
    usher_heap_remove(&sim->timers, &timer->node);
    switch (timer->kind) {
    case USHER_TIMER_KIND_COMES:
        usher_sim_source_fire(sim, timer->owner);
        break;
    case USHER_TIMER_CUSTOMER_COMES:
    case USHER_TIMER_CUSTOMER_LEAVES:
    case USHER_TIMER_CONTACT_GOES_ON:
        usher_sim_customer_fire(sim, timer->owner, timer->kind);
        break;
    case USHER_TIMER_AGENT:
    case USHER_TIMER_AGENT_RETURNS:
        usher_sim_agent_fire(sim, timer->owner, timer->kind);
        break;
    case USHER_TIMER_NONE:
        break;
    }
}

/* Whether there is still something to see: customers, or some who will come. */
static bool is_over(const struct usher_sim *sim)
{
    bool is_empty = sim->there_count == 0;
    bool can_come = sim->now_ms < sim->ends_ms && usher_heap_first(&sim->timers);
    return (is_empty && !can_come) || sim->now_ms > sim->ends_ms + OVERTIME_MS;
}

static void live(struct usher_sim *sim)
{
    while (!is_over(sim) && !sim->is_full) {
        struct usher_heap_node *first = usher_heap_first(&sim->timers);
        int64_t due_ms = usher_contender_next_ms(sim->contender);
        if (!first && due_ms == INT64_MAX)
            return; /* some wait whom nobody will ever serve, and never leave */
        bool is_deadline = !first || due_ms < first->at_ms;
        int64_t at_ms = is_deadline ? due_ms : first->at_ms;
        sim->now_ms = at_ms > sim->now_ms ? at_ms : sim->now_ms;
        usher_contender_pass_time(sim->contender, sim->now_ms);
        hear(sim);
        first = usher_heap_first(&sim->timers);
        if (!is_deadline && first && first->at_ms <= sim->now_ms) {
            fire(sim, usher_container_of(first, struct usher_timer, node));
            hear(sim);
        }
    }
}

static struct usher_text key_of_agent(const void *item)
{
    const struct usher_sim_agent *agent = item;
    return usher_text_of(agent->id);
}

static bool make_agents(struct usher_sim *sim)
{
    const struct usher_traffic *traffic = sim->traffic;
    sim->agents = calloc(traffic->agents_count + 1, sizeof(*sim->agents));
    if (!sim->agents || !usher_table_init(&sim->by_id, traffic->agents_count + 1,
                                          (struct usher_hash_seed){1, 2}, key_of_agent))
        return false;
    for (size_t i = 0; i < traffic->crews_count; i++) {
        const struct usher_traffic_crew *crew = &traffic->crews[i];
        for (size_t k = 0; k < crew->count; k++) {
            struct usher_sim_agent *agent = &sim->agents[sim->agents_count];
            agent->crew = crew;
            agent->chance = usher_chance_of(sim->seed, sim->agents_count, 3);
            if (crew->count == 1)
                (void)snprintf(agent->id, sizeof(agent->id), "%.*s", USHER_TEXT_ARGS(crew->name));
            else
                (void)snprintf(agent->id, sizeof(agent->id), "%.*s.%zu",
                               USHER_TEXT_ARGS(crew->name), k + 1);
            if (usher_table_put(&sim->by_id, agent) != USHER_TABLE_PUT)
                return false;
            sim->agents_count++;
            usher_sim_agent_start(sim, agent);
        }
    }
    return true;
}

/* A router that serves a center for a day knows from the days before what customers there are. */
static void meet_kinds(struct usher_sim *sim)
{
    for (size_t i = 0; i < sim->traffic->kinds_count; i++) {
        usher_sim_customer_pass_by(sim, &sim->traffic->kinds[i]);
        struct usher_event event;
        while (usher_contender_take(sim->contender, &event)) {
        }
    }
}

static bool make(struct usher_sim *sim)
{
    const struct usher_traffic *traffic = sim->traffic;
    size_t timers_max =
        traffic->kinds_count + 2 * traffic->agents_count + 2 * sim->customers_max + 1;
    sim->customers = calloc(sim->customers_max, sizeof(struct usher_sim_customer *));
    sim->spare_slots = malloc(sim->customers_max * sizeof(*sim->spare_slots));
    sim->sources = calloc(traffic->kinds_count + 1, sizeof(*sim->sources));
    if (!sim->customers || !sim->spare_slots || !sim->sources ||
        !usher_heap_init(&sim->timers, timers_max))
        return false;
    while (sim->spare_count < sim->customers_max) {
        sim->spare_slots[sim->spare_count] = (uint32_t)(sim->customers_max - 1 - sim->spare_count);
        sim->spare_count++;
    }
    sim->now_ms = sim->begins_ms - BEFORE_MS;
    meet_kinds(sim);
    sim->now_ms = sim->begins_ms;
    usher_contender_pass_time(sim->contender, sim->now_ms);
    if (!make_agents(sim))
        return false;
    for (size_t i = 0; i < traffic->kinds_count; i++) {
        sim->sources[i].kind = &traffic->kinds[i];
        sim->sources[i].chance = usher_chance_of(sim->seed, i, 4);
        usher_sim_source_start(sim, &sim->sources[i]);
    }
    return true;
}

static void clean(struct usher_sim *sim)
{
    for (size_t i = 0; sim->customers && i < sim->customers_max; i++)
        if (sim->customers[i])
            usher_sim_customer_free(sim, sim->customers[i]);
    usher_table_fini(&sim->by_id);
    usher_heap_fini(&sim->timers);
    free(sim->customers);
    free(sim->spare_slots);
    free(sim->sources);
    free(sim->agents);
}

static bool live_through(struct usher_sim *sim)
{
    bool is_made = make(sim);
    if (is_made) {
        hear(sim);
        live(sim);
    }
    clean(sim);
    return is_made && !sim->is_full;
}

struct usher_daybook *usher_day_live(const struct usher_traffic *traffic,
                                     enum usher_way_to_choose way, struct usher_text rules,
                                     uint64_t seed, uint64_t day, struct usher_problems *problems,
                                     struct usher_day_counts *counts)
{
    struct usher_limits limits = limits_of(traffic);
    struct usher_sim sim = {
        .traffic = traffic,
        .counts = counts,
        .seed = usher_chance_of(seed, day, 0).state,
        .begins_ms = USHER_SIMULATED_MIDNIGHT_MS + traffic->starts_ms,
        .customers_max = CUSTOMERS_MAX,
    };
    sim.ends_ms = sim.begins_ms + traffic->day_ms;
    struct usher_rules *read = usher_rules_read(rules, "simulated", problems);
    if (!read)
        return NULL;
    sim.book = usher_daybook_new(&limits, sim.begins_ms + traffic->warm_up_ms, sim.ends_ms,
                                 read->tiers[0].name);
    sim.contender = usher_contender_new(way, read, &limits, sim.seed, sim.begins_ms - BEFORE_MS);
    bool is_lived = sim.book && sim.contender && live_through(&sim);
    usher_contender_free(sim.contender);
    if (is_lived)
        return sim.book;
    usher_daybook_free(sim.book);
    return NULL;
}
