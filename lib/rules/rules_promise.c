/* `promise`: how soon a queue's contacts are answered, with tiers and channels that have a promise
 * of their own. */
#include "rules/compile.h"
#include "rules/schema.h"

#define PROMISE_MIN_MS 1000
#define PROMISE_MAX_MS INT64_C(2592000000) /* 30 days */

struct promise_values {
    int64_t answer_within;
    int64_t target;
};

static const struct usher_schema_row promise_rows[] = {
    USHER_SCHEMA_ROW(promise_values, answer_within, DURATION, .min = PROMISE_MIN_MS,
                     .max = PROMISE_MAX_MS, .fallback = 20000,
                     .sentence = "how soon a contact is answered"),
    USHER_SCHEMA_ROW(promise_values, target, PERCENT, .min = 1, .max = 100, .fallback = 80,
                     .sentence = "how many of a hundred contacts are to be answered in time"),
};

const struct usher_schema_row usher_promise_own_row = {.type = USHER_VALUE_DURATION,
                                                       .min = PROMISE_MIN_MS,
                                                       .max = PROMISE_MAX_MS,
                                                       .sentence =
                                                           "how soon its contacts are answered"};

const struct usher_schema usher_promise_schema = {
    promise_rows, USHER_COUNT_OF(promise_rows),
    "A tier or a channel may have a promise of its own, such as `gold: 10s`; of two the shorter "
    "counts."};

static void refuse_promise(struct usher_compile *compile, const struct usher_node *member)
{
    struct usher_text names[USHER_TIERS_MAX + USHER_CHANNEL_COUNT];
    size_t count = 0;

    for (size_t i = 0; i < compile->rules->tiers_count; i++)
        names[count++] = compile->rules->tiers[i].name;
    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++)
        names[count++] = usher_channel_name((enum usher_channel)i);
    usher_schema_refuse(&usher_promise_schema, names, count, USHER_NO_TEXT, member,
                        compile->problems);
}

/* A member of `promise` that is a tier's or a channel's own promise. */
static void read_own_promise(struct usher_compile *compile, const struct usher_node *member,
                             struct usher_queue *queue)
{
    size_t tier = usher_rules_find_tier(compile->rules, member->key);
    enum usher_channel channel = usher_channel_find(member->key);
    int64_t promise_ms;

    if (tier == SIZE_MAX && channel == USHER_CHANNEL_NONE)
        refuse_promise(compile, member);
    else if (!usher_schema_read_value(&usher_promise_own_row, member, &promise_ms,
                                      compile->problems))
        return;
    else if (tier != SIZE_MAX)
        queue->promise_by_tier_ms[tier] = promise_ms;
    else
        queue->promise_by_channel_ms[channel] = promise_ms;
}

void usher_compile_promise(struct usher_compile *compile, const struct usher_node *node,
                           struct usher_queue *queue)
{
    struct promise_values values;

    for (size_t i = 0; i < USHER_TIERS_MAX; i++)
        queue->promise_by_tier_ms[i] = -1;
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        queue->promise_by_channel_ms[i] = -1;
    usher_schema_default(&usher_promise_schema, &values);
    if (node) {
        usher_node_for_each (member, node) {
            if (!usher_schema_read_member(&usher_promise_schema, member, &values,
                                          compile->problems))
                read_own_promise(compile, member, queue);
        }
    }
    queue->promise_ms = values.answer_within;
    queue->target_percent = (int)values.target;
}

int64_t usher_rules_promise_ms(const struct usher_rules *rules, size_t queue, size_t tier,
                               enum usher_channel channel)
{
    const struct usher_queue *from = &rules->queues[queue];
    int64_t by_tier = from->promise_by_tier_ms[tier];
    int64_t by_channel = from->promise_by_channel_ms[channel];

    if (by_tier == -1 && by_channel == -1)
        return from->promise_ms;
    if (by_tier == -1 || by_channel == -1)
        return by_tier == -1 ? by_channel : by_tier;
    return by_tier < by_channel ? by_tier : by_channel;
}
