/* `queues`. First the keys of each are read; then a queue that is `like` another takes over the
 * keys that it does not say itself; then each is compiled from what it has. So a new key is a row,
 * a member of queue_values, and its own reading in compile_queue(). */
#include "rules/compile.h"
#include "rules/schema.h"

#define DAY_MS          INT64_C(86400000)
#define ANNOUNCE_MIN_MS 5000

struct queue_values {
    const struct usher_node *promise;
    const struct usher_node *forecast;
    const struct usher_node *need;
    const struct usher_node *hours;
    const struct usher_node *closed;
    const struct usher_node *overflow;
    const struct usher_node *relax;
    const struct usher_node *last_agent;
    const struct usher_node *limit;
    const struct usher_node *wrap_up;
    const struct usher_node *dispositions;
    const struct usher_node *ring_no_answer;
    bool holidays;
    int64_t ring;
    int64_t transfer_wait;
    int64_t repeat;
    int64_t announce;
    const struct usher_node *callback;
    struct usher_text like;
};

struct forecast_values {
    int64_t per_hour;
    int64_t handle;
};

static const struct usher_schema_row forecast_rows[] = {
    USHER_SCHEMA_ROW(forecast_values, per_hour, WHOLE, .max = 1000000, .fallback = -1,
                     .sentence = "how many contacts come in an hour",
                     .without = "what was seen counts"),
    USHER_SCHEMA_ROW(forecast_values, handle, DURATION, .min = 1000, .max = DAY_MS, .fallback = -1,
                     .sentence = "how long talk and wrap-up take on average",
                     .without = "what was seen counts"),
};

static const struct usher_schema forecast_schema = {forecast_rows, USHER_COUNT_OF(forecast_rows),
                                                    NULL};

static const struct usher_schema_row queue_rows[] = {
    USHER_SCHEMA_ROW(queue_values, promise, MAP,
                     .sentence = "how soon its contacts are answered, such as {answer_within: 20s}",
                     .members = &usher_promise_schema, .own = &usher_promise_own_row),
    USHER_SCHEMA_ROW(queue_values, forecast, MAP,
                     .sentence = "how many contacts are expected, until the real numbers are known",
                     .members = &forecast_schema),
    USHER_SCHEMA_ROW(queue_values, need, MAP,
                     .sentence = "the skills that its contacts need, such as internet: {min: 5}",
                     .without = "none", .members = &usher_need_schema, .name = "SKILL"),
    USHER_SCHEMA_ROW(queue_values, relax, LIST,
                     .sentence = "steps that let more agents in the longer a contact waits",
                     .kind = "a list of mappings, one a step", .without = "`need` stays as it is",
                     .members = &usher_relax_schema, .own = &usher_relax_own_row),
    USHER_SCHEMA_ROW(queue_values, last_agent, MAP,
                     .sentence = "what it is worth that the same agent serves a customer again",
                     .members = &usher_last_agent_schema),
    USHER_SCHEMA_ROW(queue_values, ring, DURATION, .min = 1000, .max = 600000, .fallback = 15000,
                     .sentence = "how long an agent's phone rings"),
    USHER_SCHEMA_ROW(queue_values, ring_no_answer, MAP,
                     .sentence = "what follows when agents let its contacts ring out",
                     .without = "what `ring_no_answer` of the file says",
                     .members = &usher_missed_schema),
    USHER_SCHEMA_ROW(queue_values, wrap_up, ANY, .kind = "a duration or a mapping",
                     .sentence = "how long the agent may finish the work after a talk",
                     .without = "no time", .members = &usher_wrap_up_schema,
                     .item = &usher_wrap_up_row),
    USHER_SCHEMA_ROW(queue_values, dispositions, LIST,
                     .sentence = "how its contacts may have ended", .kind = "a list of names",
                     .item = &usher_disposition_row, .without = "those of the file"),
    USHER_SCHEMA_ROW(queue_values, transfer_wait, DURATION, .max = DAY_MS, .fallback = -1,
                     .sentence = "how long a contact that was transferred to an agent waits for "
                                 "that agent alone; 0 = not at all",
                     .without = "20 s, and an hour where nobody is on the line"),
    USHER_SCHEMA_ROW(
        queue_values, repeat, DURATION, .max = 365 * DAY_MS, .fallback = 7 * DAY_MS,
        .sentence = "within which time a customer who was served here comes again with the same"),
    USHER_SCHEMA_ROW(
        queue_values, hours, ANY, .sentence = "when it is open",
        .kind = "`always`, `closed`, hours such as \"08:00-20:00\" or \"20:00-08:00\", "
                "several with commas or in a list, or a mapping of days (mon-fri, sat) "
                "to hours",
        .without = "always, on holidays too", .item = &usher_hours_row, .own = &usher_day_row),
    USHER_SCHEMA_ROW(queue_values, holidays, BOOL, .fallback = 1,
                     .sentence = "whether the dates of `holidays` count for its hours"),
    USHER_SCHEMA_ROW(queue_values, closed, MAP,
                     .sentence = "what becomes of contacts while it is closed, such as "
                                 "{then: wait}",
                     .members = &usher_closed_schema),
    USHER_SCHEMA_ROW(
        queue_values, overflow, MAP,
        .sentence = "where contacts go that have waited too long, such as {after: 5m, to: general}",
        .without = "they wait on", .members = &usher_overflow_schema),
    USHER_SCHEMA_ROW(queue_values, announce, DURATION, .max = 3600000, .fallback = -1,
                     .sentence = "how often callers and chats that wait are told their position "
                                 "and the estimated wait, 5s at least; 0: once, when they come",
                     .without = "they are told nothing"),
    USHER_SCHEMA_ROW(queue_values, callback, MAP,
                     .sentence = "when callers are offered to be called back, and how often that "
                                 "is tried",
                     .without = "they are not offered it; whoever is to be called is called 3 "
                                "times, every 15 minutes",
                     .members = &usher_callback_schema),
    USHER_SCHEMA_ROW(queue_values, limit, MAP,
                     .sentence = "how many contacts may wait, such as {waiting: 50}",
                     .members = &usher_limit_schema),
    USHER_SCHEMA_ROW(queue_values, like, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the queue from which it takes what it does not say itself",
                     .without = "none"),
};

const struct usher_schema usher_queue_schema = {queue_rows, USHER_COUNT_OF(queue_rows), NULL};

static void compile_forecast(struct usher_compile *compile, const struct usher_node *node,
                             struct usher_queue *queue)
{
    struct forecast_values values;

    usher_schema_default(&forecast_schema, &values);
    if (node)
        usher_schema_read(&forecast_schema, node, &values, compile->problems);
    queue->forecast_per_hour = values.per_hour;
    queue->forecast_handle_ms = values.handle;
}

/* Whether a part of the queue at `node` is that of the queue that it is like. */
static bool is_taken_over(const struct usher_node *node, const struct usher_node *part)
{
    return part && usher_node_find(node, part->key) != part;
}

/* `values`: with what was taken over. A part of another queue is read again here: its problems,
 * which have the same place and words, are told once. */
static void compile_queue(struct usher_compile *compile, const struct usher_node *node,
                          const struct queue_values *values, struct usher_queue *queue)
{
    usher_compile_promise(compile, values->promise, queue);
    compile_forecast(compile, values->forecast, queue);
    usher_compile_need(compile, values->need, queue);
    usher_compile_relax(compile, values->relax, queue);
    usher_compile_last_agent(compile, values->last_agent, queue);
    queue->ring_ms = values->ring;
    usher_compile_wrap_up(compile, values->wrap_up, queue);
    usher_compile_missed(compile, values->ring_no_answer, &compile->rules->missed, &queue->missed);
    usher_compile_dispositions(compile, values->dispositions, &compile->rules->dispositions,
                               &queue->dispositions);
    queue->transfer_wait_ms = values->transfer_wait;
    queue->repeat_ms = values->repeat;
    queue->hours = usher_compile_hours(compile, values->hours);
    queue->keeps_holidays = values->holidays;
    usher_compile_closed(compile, values->closed, queue, is_taken_over(node, values->closed));
    usher_compile_overflow(compile, values->overflow, queue, is_taken_over(node, values->overflow));
    usher_compile_limit(compile, values->limit, queue, is_taken_over(node, values->limit));
    queue->announce_ms = values->announce;
    usher_compile_callback(compile, values->callback, queue);
}

/* Nobody listens to more than that. */
static void check_announce(struct usher_compile *compile, const struct usher_node *node,
                           int64_t announce_ms)
{
    const struct usher_node *place = usher_node_find(node, USHER_TEXT("announce"));

    if (place && announce_ms > 0 && announce_ms < ANNOUNCE_MIN_MS)
        usher_problems_add(compile->problems, place->line, place->column,
                           "`announce` must be 0 or 5s to 1h; 0 tells those who wait once");
}

/* The keys that the queue says itself. */
static void read_values(struct usher_compile *compile, const struct usher_node *node,
                        struct queue_values *values)
{
    usher_schema_default(&usher_queue_schema, values);
    if (usher_schema_is_map(node, "queues", compile->problems))
        usher_schema_read(&usher_queue_schema, node, values, compile->problems);
    check_announce(compile, node, values->announce);
}

/* Takes over from the queue that `node` is like, which has only keys of its own: `like` goes one
 * level. */
static void take_over(struct usher_compile *compile, const struct usher_node *node, size_t index,
                      struct queue_values *values)
{
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
    } else {
        usher_schema_inherit(&usher_queue_schema, node, &values[from], &values[index]);
        /* Steps are of the need that they stand beside. */
        if (usher_node_find(node, USHER_TEXT("need")) &&
            !usher_node_find(node, USHER_TEXT("relax")))
            values[index].relax = NULL;
    }
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
        read_values(compile, member, &values[count]);
        count++;
    }
    compile->rules->queues_count = count;
    if (!usher_names_init(&compile->owner->queues, compile->arena, names, count)) {
        usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
        return;
    }
    count = 0;
    usher_node_for_each (member, node)
        take_over(compile, member, count++, values);
    count = 0;
    usher_node_for_each (member, node) {
        compile_queue(compile, member, &values[count], &queues[count]);
        count++;
    }
    usher_compile_check_ways(compile, node);
}
