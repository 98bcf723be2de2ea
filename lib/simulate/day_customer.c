/* Customers: they come, wait as long as their patience lasts, are helped or not, and perhaps come
 * again. The desk and the phone of whoever serves them act here, too. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/day_state.h"

/* ---- what they are like ---- */

/* The wait at which so many are still there: between the points exponential, and behind the last as
 * before it. A table has one point at least. */
static double survive(const struct usher_patience *patience, double share)
{
    double at = 0;
    double left = 1;
    double rate = 0;
    for (size_t i = 0; i < patience->points_count; i++) {
        double next_at = (double)patience->points[i].at_ms;
        double next_left = patience->points[i].share;
        rate = log(left / next_left) / (next_at - at);
        if (share >= next_left)
            break;
        at = next_at;
        left = next_left;
    }
    return at + log(left / share) / rate;
}

static int64_t draw_patience(const struct usher_patience *patience, struct usher_chance *chance)
{
    double share = usher_chance_uniform(chance);
    if (patience->mean_ms == USHER_NEVER_LEAVES)
        return USHER_NEVER_LEAVES;
    double ms =
        patience->mean_ms > 0 ? -log(share) * (double)patience->mean_ms : survive(patience, share);
    return (int64_t)(ms + .5);
}

static double draw_work(const struct usher_traffic_kind *kind, struct usher_chance *chance)
{
    switch (kind->law) {
    case USHER_LAW_EXPONENTIAL:
        return usher_chance_exponential(chance);
    case USHER_LAW_LOGNORMAL:
        return usher_chance_lognormal(chance, kind->spread);
    case USHER_LAW_CONSTANT:
    case USHER_LAW_NONE:
    case USHER_LAW_COUNT:
        break;
    }
    return 1;
}

/* NULL when nobody more can be there. */
static struct usher_sim_customer *make(struct usher_sim *sim, const struct usher_traffic_kind *kind,
                                       uint64_t key)
{
    struct usher_chance chance = usher_chance_of(sim->seed, key, 1);
    struct usher_sim_customer *customer =
        sim->spare_count > 0 ? calloc(1, sizeof(*customer)) : NULL;
    if (!customer) {
        sim->is_full = true;
        return NULL;
    }
    customer->slot = sim->spare_slots[--sim->spare_count];
    sim->customers[customer->slot] = customer;
    (void)snprintf(customer->id, sizeof(customer->id), "%llu-%u",
                   (unsigned long long)++sim->counts->customers_count, customer->slot);
    customer->kind = kind;
    customer->patience_ms = draw_patience(&kind->patience, &chance);
    customer->help = usher_chance_uniform(&chance);
    customer->again = usher_chance_uniform(&chance);
    customer->again_after_ms =
        (int64_t)(usher_chance_exponential(&chance) * (double)kind->again_ms);
    customer->again_key = chance.state;
    customer->work = draw_work(kind, &chance);
    customer->of_agents = usher_chance_of(sim->seed, key, 2);
    customer->leaves = (struct usher_timer){.kind = USHER_TIMER_CUSTOMER_LEAVES, .owner = customer};
    customer->goes_on =
        (struct usher_timer){.kind = USHER_TIMER_CONTACT_GOES_ON, .owner = customer};
    return customer;
}

void usher_sim_customer_free(struct usher_sim *sim, struct usher_sim_customer *customer)
{
    usher_heap_remove(&sim->timers, &customer->leaves.node);
    usher_heap_remove(&sim->timers, &customer->goes_on.node);
    sim->customers[customer->slot] = NULL;
    sim->spare_slots[sim->spare_count++] = customer->slot;
    free(customer);
}

/* ---- coming ---- */

static struct usher_command command_of(const struct usher_sim_customer *customer,
                                       enum usher_command_kind kind)
{
    struct usher_command command = {
        .kind = kind, .role = USHER_ROLE_PBX, .client = USHER_TEXT("sim")};
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, usher_text_of(customer->id));
    return command;
}

static struct usher_text contact_of(const struct usher_sim_customer *customer, char room[64])
{
    (void)snprintf(room, 64, "sim/%s", customer->id);
    return usher_text_of(room);
}

static struct usher_command arrival_of(const struct usher_traffic_kind *kind, struct usher_text id)
{
    struct usher_command command = {
        .kind = USHER_COMMAND_CONTACT_ARRIVE, .role = USHER_ROLE_PBX, .client = USHER_TEXT("sim")};
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, id);
    USHER_FIELDS_SET(&command.fields, CHANNEL, channel, usher_channel_name(kind->channel));
    USHER_FIELDS_SET(&command.fields, FROM, from, id); /* nobody is known, and all can be called */
    if (kind->to.at)
        USHER_FIELDS_SET(&command.fields, TO, to, kind->to);
    if (kind->data.at)
        USHER_FIELDS_SET(&command.fields, DATA, data, kind->data);
    return command;
}

void usher_sim_customer_pass_by(struct usher_sim *sim, const struct usher_traffic_kind *kind)
{
    char id[32];
    (void)snprintf(id, sizeof(id), "before.%zu", (size_t)(kind - sim->traffic->kinds));
    struct usher_command arrives = arrival_of(kind, usher_text_of(id));
    struct usher_command leaves = {
        .kind = USHER_COMMAND_CONTACT_ABANDON, .role = USHER_ROLE_PBX, .client = USHER_TEXT("sim")};
    USHER_FIELDS_SET(&leaves.fields, CONTACT, contact, usher_text_of(id));
    if (usher_sim_send(sim, &arrives) != USHER_OK)
        return;
    usher_sim_send(sim, &leaves);
    leaves.kind = USHER_COMMAND_CONTACT_CANCEL; /* if he was to be called back */
    usher_sim_send(sim, &leaves);
}

static void come(struct usher_sim *sim, struct usher_sim_customer *customer)
{
    struct usher_command command = arrival_of(customer->kind, usher_text_of(customer->id));
    customer->step = USHER_SIM_WAITING;
    if (sim->lines_count >= sim->traffic->trunks || usher_sim_send(sim, &command) != USHER_OK) {
        usher_daybook_note_refused(sim->book, sim->now_ms);
        usher_sim_customer_free(sim, customer);
        return;
    }
    sim->there_count++;
    sim->lines_count++;
    if (customer->patience_ms != USHER_NEVER_LEAVES)
        usher_sim_set(sim, &customer->leaves, sim->now_ms + customer->patience_ms);
}

/* The next moment at which somebody comes, by the rates of the half hours; beyond the day's end
 * when nobody does. */
static void plan(struct usher_sim *sim, struct usher_sim_source *source)
{
    const struct usher_traffic_kind *kind = source->kind;
    double left = usher_chance_exponential(&source->chance);
    int64_t day_ms = sim->traffic->day_ms;
    double at = (double)source->at_ms;
    while (at < (double)day_ms && kind->per_hour_count > 0) {
        size_t half = (size_t)(at / USHER_HALF_HOUR_MS);
        double rate = sim->traffic->load * kind->per_hour[half % kind->per_hour_count] / 3600000;
        double until = ((double)half + 1) * USHER_HALF_HOUR_MS;
        if (left < rate * (until - at)) {
            source->at_ms = (int64_t)(at + left / rate);
            if (source->at_ms < day_ms)
                usher_sim_set(sim, &source->timer, sim->begins_ms + source->at_ms);
            return;
        }
        left -= rate * (until - at);
        at = until;
    }
}

void usher_sim_source_start(struct usher_sim *sim, struct usher_sim_source *source)
{
    source->timer = (struct usher_timer){.kind = USHER_TIMER_KIND_COMES, .owner = source};
    plan(sim, source);
}

void usher_sim_source_fire(struct usher_sim *sim, struct usher_sim_source *source)
{
    uint64_t kind = (uint64_t)(source->kind - sim->traffic->kinds);
    struct usher_sim_customer *customer =
        make(sim, source->kind, ((kind + 1) << 40) + ++source->count);
    plan(sim, source);
    if (customer)
        come(sim, customer);
}

/* `share` of those to whom this happened come again, unless the day is over then. */
static void come_again(struct usher_sim *sim, const struct usher_sim_customer *before, double share)
{
    int64_t at_ms = sim->now_ms + before->again_after_ms;
    if (before->again >= share || at_ms >= sim->ends_ms)
        return;
    struct usher_sim_customer *customer = make(sim, before->kind, before->again_key);
    if (!customer)
        return;
    customer->is_again = true;
    customer->goes_on.kind = USHER_TIMER_CUSTOMER_COMES;
    usher_sim_set(sim, &customer->goes_on, at_ms);
}

/* ---- being served ---- */

/* How well the agent fits what it takes to help this kind. */
static double true_match(const struct usher_sim_customer *customer)
{
    const struct usher_traffic_kind *kind = customer->kind;
    const struct usher_traffic_crew *crew = customer->agent->crew;
    int64_t weights = 0;
    int64_t sum = 0;
    if (kind->needs_count == 0)
        return customer->match;
    for (size_t i = 0; i < kind->needs_count; i++) {
        weights += kind->needs[i].number;
        for (size_t k = 0; k < crew->levels_count; k++)
            if (usher_text_is_equal(crew->levels[k].name, kind->needs[i].name))
                sum += kind->needs[i].number * crew->levels[k].number;
    }
    return (double)sum / (double)(weights * USHER_LEVEL_MAX);
}

static void be_offered(struct usher_sim *sim, struct usher_sim_customer *customer,
                       const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct usher_sim_agent *agent = usher_table_find(&sim->by_id, fields->agent);
    const struct usher_traffic_crew *crew = agent->crew;
    double what = usher_chance_uniform(&customer->of_agents);
    double when = usher_chance_uniform(&customer->of_agents);
    bool is_copied = usher_text_copy(customer->offer, sizeof(customer->offer), fields->offer);
    assert(is_copied);
    (void)is_copied;
    customer->step = USHER_SIM_OFFERED;
    customer->agent = agent;
    customer->match = (double)fields->match / 1000;
    customer->is_by_phone = usher_text_is_equal(fields->accept, USHER_TEXT("phone"));
    if (what < crew->misses)
        return; /* it rings out */
    customer->is_declined = what < crew->misses + crew->declines;
    double spread = (double)(crew->answers_ms[1] - crew->answers_ms[0]);
    usher_sim_set(sim, &customer->goes_on,
                  sim->now_ms + crew->answers_ms[0] + (int64_t)(when * spread));
}

static void take_offer(struct usher_sim *sim, struct usher_sim_customer *customer)
{
    bool is_by_desk = customer->is_declined || !customer->is_by_phone;
    struct usher_command command = command_of(customer, is_by_desk ? USHER_COMMAND_OFFER_ACCEPT
                                                                   : USHER_COMMAND_CONTACT_ANSWER);
    if (is_by_desk) {
        command.role = USHER_ROLE_DESK;
        command.own_agent = usher_text_of(customer->agent->id);
        command.fields = (struct usher_fields){0};
        if (customer->is_declined)
            command.kind = USHER_COMMAND_OFFER_DECLINE;
    }
    USHER_FIELDS_SET(&command.fields, OFFER, offer, usher_text_of(customer->offer));
    usher_sim_send(sim, &command);
}

/* What is left to do when the customer has gone, as far as the rules give time for it. */
static double wrap_up_of(const struct usher_sim *sim, const struct usher_sim_customer *customer,
                         double handle_ms)
{
    const struct usher_traffic_kind *kind = customer->kind;
    const struct usher_rules *rules = usher_contender_rules(sim->contender);
    double given_ms = (double)rules->queues[customer->queue].wrap_up_ms;
    double wrap_up_ms = handle_ms * (double)kind->wrap_up_ms / (double)kind->handle_ms;
    return wrap_up_ms < given_ms ? wrap_up_ms : given_ms;
}

static void talk(struct usher_sim *sim, struct usher_sim_customer *customer)
{
    const struct usher_traffic_kind *kind = customer->kind;
    double match = true_match(customer);
    double times = kind->handle_worst + (kind->handle_best - kind->handle_worst) * match;
    double helped = kind->resolved_worst + (kind->resolved_best - kind->resolved_worst) * match;
    double handle_ms = (double)kind->handle_ms * times * customer->work;
    double wrap_up_ms = wrap_up_of(sim, customer, handle_ms);
    bool is_helped = customer->help < helped;
    char room[64];
    usher_heap_remove(&sim->timers, &customer->leaves.node);
    customer->step = USHER_SIM_TALKING;
    customer->wrap_up_ms = (int64_t)(wrap_up_ms + .5);
    usher_sim_set(sim, &customer->goes_on, sim->now_ms + (int64_t)(handle_ms - wrap_up_ms + .5));
    usher_daybook_note_outcome(sim->book, contact_of(customer, room), is_helped);
    if (!is_helped)
        come_again(sim, customer, kind->again_unresolved);
}

/* What the rules want to know of how it ended: the first of what they know. */
static struct usher_text disposition_of(const struct usher_sim *sim,
                                        const struct usher_sim_customer *customer)
{
    const struct usher_rules *rules = usher_contender_rules(sim->contender);
    const struct usher_queue *queue = &rules->queues[customer->queue];
    return queue->dispositions.count > 0 ? queue->dispositions.list[0] : USHER_TEXT("solved");
}

static void go_on(struct usher_sim *sim, struct usher_sim_customer *customer)
{
    struct usher_command command = command_of(customer, USHER_COMMAND_CONTACT_END);
    if (customer->step == USHER_SIM_OFFERED) {
        take_offer(sim, customer);
        return;
    }
    if (customer->step == USHER_SIM_WRAPPING)
        command.kind = USHER_COMMAND_CONTACT_WRAP_UP;
    if (customer->step == USHER_SIM_WRAPPING || !customer->is_by_phone) {
        command = command_of(customer, command.kind);
        command.role = USHER_ROLE_DESK;
        command.client = USHER_TEXT("desk");
        command.own_agent = usher_text_of(customer->agent->id);
        char room[64];
        command.fields.contact = contact_of(customer, room);
        if (command.kind == USHER_COMMAND_CONTACT_WRAP_UP)
            USHER_FIELDS_SET(&command.fields, DISPOSITION, disposition,
                             disposition_of(sim, customer));
        usher_sim_send(sim, &command);
        return;
    }
    usher_sim_send(sim, &command);
}

void usher_sim_customer_fire(struct usher_sim *sim, struct usher_sim_customer *customer,
                             enum usher_timer_kind kind)
{
    struct usher_command command;
    switch (kind) {
    case USHER_TIMER_CUSTOMER_COMES:
        customer->goes_on.kind = USHER_TIMER_CONTACT_GOES_ON;
        come(sim, customer);
        return;
    case USHER_TIMER_CUSTOMER_LEAVES:
        command = command_of(customer, USHER_COMMAND_CONTACT_ABANDON);
        usher_sim_send(sim, &command);
        return;
    case USHER_TIMER_CONTACT_GOES_ON:
        go_on(sim, customer);
        return;
    case USHER_TIMER_NONE:
    case USHER_TIMER_KIND_COMES:
    case USHER_TIMER_AGENT:
    case USHER_TIMER_AGENT_RETURNS:
        break;
    }
}

static void note_queue(const struct usher_sim *sim, struct usher_sim_customer *customer,
                       const struct usher_event *event)
{
    size_t queue =
        usher_rules_find_queue(usher_contender_rules(sim->contender), event->fields.queue);
    if (queue != SIZE_MAX)
        customer->queue = queue;
}

void usher_sim_customer_hear(struct usher_sim *sim, struct usher_sim_customer *customer,
                             const struct usher_event *event)
{
    char room[64];
    switch ((int)event->kind) {
    case USHER_EVENT_CONTACT_ARRIVED:
        note_queue(sim, customer, event);
        if (customer->is_again)
            usher_daybook_note_again(sim->book, contact_of(customer, room));
        return;
    case USHER_EVENT_CONTACT_MOVED:
        note_queue(sim, customer, event);
        if (usher_text_is_equal(event->fields.channel, USHER_TEXT("callback")))
            usher_heap_remove(&sim->timers, &customer->leaves.node); /* has hung up, in hope */
        return;
    case USHER_EVENT_CONTACT_OFFERED:
        be_offered(sim, customer, event);
        return;
    case USHER_EVENT_OFFER_DECLINED:
    case USHER_EVENT_OFFER_FAILED:
    case USHER_EVENT_OFFER_EXPIRED:
    case USHER_EVENT_OFFER_WITHDRAWN:
        usher_heap_remove(&sim->timers, &customer->goes_on.node);
        customer->step = USHER_SIM_WAITING;
        customer->agent = NULL;
        return;
    case USHER_EVENT_CONTACT_ANSWERED:
        talk(sim, customer);
        return;
    case USHER_EVENT_CONTACT_WRAPPING:
        customer->step = USHER_SIM_WRAPPING;
        sim->lines_count--;
        usher_sim_set(sim, &customer->goes_on, sim->now_ms + customer->wrap_up_ms);
        return;
    case USHER_EVENT_CONTACT_ABANDONED:
        come_again(sim, customer, customer->kind->again_abandoned);
        break;
    case USHER_EVENT_CONTACT_DONE:
    case USHER_EVENT_CONTACT_EXPIRED:
    case USHER_EVENT_CONTACT_OVERFLOWED:
        break;
    default:
        return;
    }
    sim->there_count--;
    if (customer->step != USHER_SIM_WRAPPING)
        sim->lines_count--;
    usher_sim_customer_free(sim, customer);
}
