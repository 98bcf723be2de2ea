/* `queues`: each by itself first, then those that are `like` another take over what they do not say
 * themselves. */
#include "rules/compile.h"
#include "rules/schema.h"

#define DAY_MS         INT64_C(86400000)
#define PROMISE_MIN_MS 1000
#define PROMISE_MAX_MS (30 * DAY_MS)
#define WAITING_MAX    1000000

struct queue_values {
    const struct usher_node *promise;
    const struct usher_node *forecast;
    const struct usher_node *need;
    const struct usher_node *limit;
    int64_t ring;
    int64_t wrap_up;
    struct usher_text like;
};

#define ROW(struct_, key_, type_, ...)                                                             \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct struct_, key_),       \
        __VA_ARGS__                                                                                \
    }

struct promise_values {
    int64_t answer_within;
    int64_t target;
};

static const struct usher_schema_row promise_rows[] = {
    ROW(promise_values, answer_within, DURATION, .min = PROMISE_MIN_MS, .max = PROMISE_MAX_MS,
        .fallback = 20000, .sentence = "how soon a contact is answered"),
    ROW(promise_values, target, PERCENT, .min = 1, .max = 100, .fallback = 80,
        .sentence = "how many of a hundred contacts are to be answered in time"),
};

struct forecast_values {
    int64_t per_hour;
    int64_t handle;
};

static const struct usher_schema_row forecast_rows[] = {
    ROW(forecast_values, per_hour, WHOLE, .max = 1000000, .fallback = -1,
        .sentence = "how many contacts come in an hour", .without = "what was seen counts"),
    ROW(forecast_values, handle, DURATION, .min = 1000, .max = DAY_MS, .fallback = -1,
        .sentence = "how long talk and wrap-up take on average", .without = "what was seen counts"),
};

struct limit_values {
    int64_t waiting;
};

static const struct usher_schema_row limit_rows[] = {
    ROW(limit_values, waiting, WHOLE, .min = 1, .max = WAITING_MAX, .fallback = INT64_MAX,
        .sentence = "how many contacts may wait at the same time",
        .without = "no bound but that of the site"),
};

static const struct usher_schema promise_schema = {
    promise_rows, USHER_COUNT_OF(promise_rows),
    "A tier or a channel may have a promise of its own, such as `gold: 10s`; of two the shorter "
    "counts."};
static const struct usher_schema forecast_schema = {forecast_rows, USHER_COUNT_OF(forecast_rows),
                                                    NULL};
static const struct usher_schema limit_schema = {limit_rows, USHER_COUNT_OF(limit_rows), NULL};

static const struct usher_schema_row queue_rows[] = {
    ROW(queue_values, promise, MAP, .sentence = "how soon its contacts are answered",
        .members = &promise_schema),
    ROW(queue_values, forecast, MAP,
        .sentence = "how many contacts are expected, until the real numbers are known",
        .members = &forecast_schema),
    ROW(queue_values, need, MAP, .sentence = "the skills that its contacts need", .without = "none",
        .members = &usher_need_schema, .name = "SKILL"),
    ROW(queue_values, ring, DURATION, .min = 1000, .max = 600000, .fallback = 15000,
        .sentence = "how long an agent's phone rings"),
    ROW(queue_values, wrap_up, DURATION, .max = 14400000,
        .sentence = "how long the agent may finish the work after a talk"),
    ROW(queue_values, limit, MAP, .sentence = "how many contacts may wait",
        .members = &limit_schema),
    ROW(queue_values, like, NAME, .max = USHER_NAME_MAX,
        .sentence = "the queue from which it takes what it does not say itself", .without = "none"),
};

const struct usher_schema usher_queue_schema = {queue_rows, USHER_COUNT_OF(queue_rows), NULL};

static void refuse_promise(struct usher_compile *compile, const struct usher_node *member)
{
    struct usher_text names[USHER_TIERS_MAX + USHER_CHANNEL_COUNT];
    size_t count = 0;

    for (size_t i = 0; i < compile->rules->tiers_count; i++)
        names[count++] = compile->rules->tiers[i].name;
    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++)
        names[count++] = usher_channel_name((enum usher_channel)i);
    usher_schema_refuse(&promise_schema, names, count, member, compile->problems);
}

/* A member of `promise` that is a tier's or a channel's own promise. */
static void read_own_promise(struct usher_compile *compile, const struct usher_node *member,
                             struct usher_queue *queue)
{
    static const struct usher_schema_row row = {.key = "promise",
                                                .type = USHER_VALUE_DURATION,
                                                .min = PROMISE_MIN_MS,
                                                .max = PROMISE_MAX_MS,
                                                .sentence = "how soon its contacts are answered"};
    size_t tier = usher_rules_find_tier(compile->rules, member->key);
    enum usher_channel channel = usher_channel_find(member->key);
    int64_t promise_ms;

    if (tier == SIZE_MAX && channel == USHER_CHANNEL_NONE)
        refuse_promise(compile, member);
    else if (!usher_schema_read_value(&row, member, &promise_ms, compile->problems))
        return;
    else if (tier != SIZE_MAX)
        queue->promise_by_tier_ms[tier] = promise_ms;
    else
        queue->promise_by_channel_ms[channel] = promise_ms;
}

static void read_promise(struct usher_compile *compile, const struct usher_node *node,
                         struct usher_queue *queue)
{
    struct promise_values values;

    usher_schema_default(&promise_schema, &values);
    if (node) {
        usher_node_for_each (member, node) {
            if (!usher_schema_read_member(&promise_schema, member, &values, compile->problems))
                read_own_promise(compile, member, queue);
        }
    }
    queue->promise_ms = values.answer_within;
    queue->target_percent = (int)values.target;
}

static void read_numbers(struct usher_compile *compile, const struct queue_values *from,
                         struct usher_queue *queue)
{
    struct forecast_values forecast;
    struct limit_values limit;

    usher_schema_default(&forecast_schema, &forecast);
    usher_schema_default(&limit_schema, &limit);
    if (from->forecast)
        usher_schema_read(&forecast_schema, from->forecast, &forecast, compile->problems);
    if (from->limit)
        usher_schema_read(&limit_schema, from->limit, &limit, compile->problems);
    queue->forecast_per_hour = forecast.per_hour;
    queue->forecast_handle_ms = forecast.handle;
    queue->waiting_max = limit.waiting;
    queue->ring_ms = from->ring;
    queue->wrap_up_ms = from->wrap_up;
}

static void read_queue(struct usher_compile *compile, const struct usher_node *node,
                       struct usher_queue *queue, struct queue_values *values)
{
    for (size_t i = 0; i < USHER_TIERS_MAX; i++)
        queue->promise_by_tier_ms[i] = -1;
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        queue->promise_by_channel_ms[i] = -1;
    usher_schema_default(&usher_queue_schema, values);
    if (usher_schema_is_map(node, "queues", compile->problems))
        usher_schema_read(&usher_queue_schema, node, values, compile->problems);
    read_promise(compile, values->promise, queue);
    read_numbers(compile, values, queue);
    if (values->need)
        usher_compile_need(compile, values->need, queue);
}

/* `node`: what the queue says itself. */
static void inherit(struct usher_queue *queue, const struct usher_node *node,
                    const struct queue_values *own, const struct usher_queue *from)
{
    if (!own->promise) {
        queue->promise_ms = from->promise_ms;
        queue->target_percent = from->target_percent;
        memcpy(queue->promise_by_tier_ms, from->promise_by_tier_ms,
               sizeof(queue->promise_by_tier_ms));
        memcpy(queue->promise_by_channel_ms, from->promise_by_channel_ms,
               sizeof(queue->promise_by_channel_ms));
    }
    if (!own->forecast) {
        queue->forecast_per_hour = from->forecast_per_hour;
        queue->forecast_handle_ms = from->forecast_handle_ms;
    }
    if (!own->need) {
        memcpy(queue->needs, from->needs, sizeof(queue->needs));
        queue->needs_count = from->needs_count;
    }
    if (!own->limit)
        queue->waiting_max = from->waiting_max;
    if (!usher_node_find(node, USHER_TEXT("ring")))
        queue->ring_ms = from->ring_ms;
    if (!usher_node_find(node, USHER_TEXT("wrap_up")))
        queue->wrap_up_ms = from->wrap_up_ms;
}

static void read_like(struct usher_compile *compile, const struct usher_node *node, size_t index,
                      const struct queue_values *values)
{
    struct usher_queue *queues = compile->rules->queues;
    const struct usher_node *like = usher_node_find(node, USHER_TEXT("like"));
    struct usher_text excerpt = usher_node_excerpt(values[index].like);
    size_t from;

    if (!values[index].like.at || !like)
        return;
    from = usher_compile_find(compile, &compile->owner->queues, like, like->text, "queue",
                              "add it to `queues`");
    if (from == SIZE_MAX)
        return;
    if (from == index)
        usher_problems_add(compile->problems, like->line, like->column,
                           "the queue is like itself; name another");
    else if (values[from].like.at) {
        struct usher_text further = usher_node_excerpt(values[from].like);

        usher_problems_add(compile->problems, like->line, like->column,
                           "`%.*s` is itself like `%.*s`, and `like` goes one level only; name a "
                           "queue without `like`",
                           USHER_TEXT_ARGS(excerpt), USHER_TEXT_ARGS(further));
    } else
        inherit(&queues[index], node, &values[index], &queues[from]);
}

static bool check_name(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text excerpt = usher_node_excerpt(node->key);

    if (usher_text_is_id(node->key) && node->key.length <= USHER_NAME_MAX)
        return true;
    usher_problems_add(compile->problems, node->key_line, node->key_column,
                       "a queue cannot be called `%.*s`; use letters, digits and . _ @ : + -, at "
                       "most %d",
                       USHER_TEXT_ARGS(excerpt), USHER_NAME_MAX);
    return false;
}

void usher_compile_queues(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text *names;
    struct usher_queue *queues;
    struct queue_values *values;
    size_t count = 0;

    if (!node)
        return;
    if (node->count == 0 || node->count > USHER_QUEUES_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "there are %zu queues; 1 to %d are possible", node->count,
                           USHER_QUEUES_MAX);
        return;
    }
    names = usher_compile_take(compile, node->count, sizeof(*names));
    queues = usher_compile_take(compile, node->count, sizeof(*queues));
    values = usher_compile_take(compile, node->count, sizeof(*values));
    if (!names || !queues || !values)
        return;
    compile->rules->queues = queues;
    usher_node_for_each (member, node) {
        (void)check_name(compile, member);
        if (!usher_compile_copy(compile, member->key, &names[count]))
            return;
        queues[count].name = names[count];
        read_queue(compile, member, &queues[count], &values[count]);
        count++;
    }
    compile->rules->queues_count = count;
    if (!usher_names_init(&compile->owner->queues, compile->arena, names, count)) {
        usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
        return;
    }
    count = 0;
    usher_node_for_each (member, node)
        read_like(compile, member, count++, values);
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
