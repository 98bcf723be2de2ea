/* In the order of the header, so that a field that is missing here is seen. */
#include "fuzz/said.h"

static void add_number(struct usher_bytes *out, int64_t number)
{
    usher_bytes_append_int64(out, number);
    usher_bytes_append_char(out, ' ');
}

static void add_numbers(struct usher_bytes *out, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_number(out, numbers[i]);
}

static void add_text(struct usher_bytes *out, struct usher_text text)
{
    add_number(out, text.at ? (int64_t)text.length : -1);
    usher_bytes_append_text(out, text);
}

static void add_texts(struct usher_bytes *out, const struct usher_text *texts, size_t count)
{
    add_number(out, (int64_t)count);
    for (size_t i = 0; i < count; i++)
        add_text(out, texts[i]);
}

static void add_day(struct usher_bytes *out, const struct usher_day_hours *day)
{
    add_number(out, (int64_t)day->count);
    for (size_t i = 0; i < day->count; i++) {
        add_number(out, day->ranges[i].from);
        add_number(out, day->ranges[i].until);
    }
}

static void add_hours(struct usher_bytes *out, const struct usher_hours *hours)
{
    add_number(out, hours != NULL);
    for (size_t i = 0; hours && i < USHER_COUNT_OF(hours->days); i++)
        add_day(out, &hours->days[i]);
}

static void add_holidays(struct usher_bytes *out, const struct usher_holidays *holidays)
{
    add_number(out, (int64_t)holidays->count);
    for (size_t i = 0; i < holidays->count; i++) {
        const struct usher_holiday *holiday = &holidays->list[i];
        add_number(out, holiday->date.year);
        add_number(out, holiday->date.month);
        add_number(out, holiday->date.day);
        add_day(out, &holiday->hours);
    }
}

static void add_way(struct usher_bytes *out, const struct usher_way *way)
{
    add_number(out, way->kind);
    add_number(out, way->kind == USHER_WAY_QUEUE ? (int64_t)way->queue : -1);
    add_number(out, (int64_t)way->notice);
}

static void add_missed(struct usher_bytes *out, const struct usher_missed_rule *missed)
{
    add_number(out, missed->count_max);
    add_number(out, missed->lasts_ms);
}

static void add_need(struct usher_bytes *out, const struct usher_need_rule *need)
{
    add_number(out, (int64_t)need->skill);
    add_text(out, need->prefix);
    add_text(out, need->key);
    add_number(out, need->is_customers);
    add_number(out, need->min);
    add_number(out, need->weight);
    for (size_t i = 0; i < USHER_RELAX_MAX; i++)
        add_number(out, need->relaxed[i]);
}

static void add_work(struct usher_bytes *out, const struct usher_queue *queue)
{
    const int64_t numbers[] = {queue->ring_ms,    queue->wrap_up_ms, queue->transfer_wait_ms,
                               queue->extend_max, queue->extend_ms,  queue->needs_disposition,
                               queue->repeat_ms};
    add_numbers(out, numbers, USHER_COUNT_OF(numbers));
    add_texts(out, queue->dispositions.list, queue->dispositions.count);
    add_missed(out, &queue->missed);
}

static void add_doors(struct usher_bytes *out, const struct usher_queue *queue)
{
    const int64_t numbers[] = {queue->callback.is_offered, queue->callback.when_wait_over_ms,
                               queue->callback.attempts,   queue->callback.every_ms,
                               queue->announce_ms,         queue->waiting_max,
                               queue->keeps_holidays,      queue->overflow_after_ms};
    add_numbers(out, numbers, USHER_COUNT_OF(numbers));
    add_hours(out, queue->hours);
    add_way(out, &queue->full);
    add_way(out, &queue->closed);
    add_way(out, &queue->overflow);
}

static void add_queue(struct usher_bytes *out, const struct usher_queue *queue)
{
    const int64_t numbers[] = {
        queue->promise_ms,          queue->target_percent,       queue->forecast_per_hour,
        queue->forecast_handle_ms,  (int64_t)queue->needs_count, (int64_t)queue->relax_count,
        queue->last_agent.worth_ms, queue->last_agent.within_ms,
    };
    add_text(out, queue->name);
    add_numbers(out, numbers, USHER_COUNT_OF(numbers));
    add_numbers(out, queue->promise_by_tier_ms, USHER_TIERS_MAX);
    add_numbers(out, queue->promise_by_channel_ms, USHER_CHANNEL_COUNT);
    for (size_t i = 0; i < queue->needs_count; i++)
        add_need(out, &queue->needs[i]);
    add_numbers(out, queue->relax_after_ms, queue->relax_count);
    add_numbers(out, queue->last_agent.wait_ms, USHER_CHANNEL_COUNT);
    add_work(out, queue);
    add_doors(out, queue);
}

static void add_route(struct usher_bytes *out, const struct usher_route *route)
{
    add_number(out, (int64_t)route->queue);
    add_number(out, (int64_t)route->tier);
    add_number(out, (int64_t)route->notice);
    add_number(out, (int64_t)route->conditions_count);
    for (size_t i = 0; i < route->conditions_count; i++) {
        const struct usher_condition *condition = &route->conditions[i];
        add_number(out, condition->kind);
        add_number(out, condition->is_not);
        add_number(out, (int64_t)condition->switches);
        add_text(out, condition->key);
        add_texts(out, condition->values, condition->values_count);
    }
}

static void add_customer(struct usher_bytes *out, const struct usher_customer_rule *customer)
{
    add_number(out, (int64_t)customer->sources_count);
    for (size_t i = 0; i < customer->sources_count; i++)
        add_text(out, customer->sources[i].data_key);
    add_number(out, customer->keep_ms);
    add_number(out, customer->read_ms);
}

static void add_names(struct usher_bytes *out, const struct usher_rules *rules)
{
    add_text(out, usher_text_of(rules->timezone.name));
    add_number(out, (int64_t)rules->timezone.line);
    add_number(out, (int64_t)rules->timezone.column);
    add_holidays(out, &rules->holidays);
    add_hours(out, rules->calling_hours);
    add_number(out, rules->calling_keeps_holidays);
    add_texts(out, rules->blocked, rules->blocked_count);
    add_texts(out, rules->skills, rules->skills_count);
    add_texts(out, rules->not_ready, rules->not_ready_count);
    add_texts(out, rules->dispositions.list, rules->dispositions.count);
    add_missed(out, &rules->missed);
    add_texts(out, rules->switches, rules->switches_count);
    add_texts(out, rules->notices, rules->notices_count);
}

static void add_bid(struct usher_bytes *out, const struct usher_bid_knobs *bid)
{
    const int64_t numbers[] = {bid->match_worth_ms, bid->lend_worth_ms,  bid->fairness_per_mille,
                               bid->idle_cap_ms,    bid->second_promise, bid->overtaking,
                               bid->deferred_share};
    add_numbers(out, numbers, USHER_COUNT_OF(numbers));
}

void said_rules(struct usher_bytes *out, const struct usher_rules *rules)
{
    add_names(out, rules);
    for (size_t i = 0; i < rules->tiers_count; i++) {
        add_text(out, rules->tiers[i].name);
        add_number(out, rules->tiers[i].head_start_ms);
    }
    add_number(out, (int64_t)rules->default_tier);
    add_bid(out, &rules->bid);
    add_customer(out, &rules->customer);
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++) {
        add_number(out, rules->channels[i].unit);
        add_number(out, rules->channels[i].cap);
        add_number(out, rules->channels[i].is_interruptible);
    }
    for (size_t i = 0; i < rules->reserves_count; i++) {
        add_number(out, (int64_t)rules->reserves[i].skill);
        add_number(out, rules->reserves[i].keep);
        add_number(out, rules->reserves[i].until_ms);
    }
    for (size_t i = 0; i < rules->queues_count; i++)
        add_queue(out, &rules->queues[i]);
    for (size_t i = 0; i < rules->routes_count; i++)
        add_route(out, &rules->routes[i]);
}
