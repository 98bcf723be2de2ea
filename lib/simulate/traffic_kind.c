/* `customers`: a kind of them. */
#include "base/bytes.h"
#include "simulate/traffic_read.h"
#include "wire/json.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define MONTH_MS  (HOUR_MS * 24 * 31)

struct kind_values {
    struct usher_text channel;
    const struct usher_node *per_hour;
    struct usher_text to;
    const struct usher_node *data;
    const struct usher_node *need;
    const struct usher_node *patience;
    int64_t handle;
    struct usher_text law;
    int64_t spread;
    int64_t handle_worst;
    int64_t handle_best;
    int64_t wrap_up;
    int64_t resolved_worst;
    int64_t resolved_best;
    int64_t again_unresolved;
    int64_t again_abandoned;
    int64_t again_after;
};

const struct usher_schema_row usher_traffic_rate_row = {.key = "a figure",
                                                        .type = USHER_VALUE_FRACTION,
                                                        .max = INT64_C(1000000000),
                                                        .kind = "a number such as 12 or 0.15"};
static const struct usher_schema_row weight_row = {
    .key = "a weight", .type = USHER_VALUE_WHOLE, .min = 1, .max = 100};
static const struct usher_schema_row survival_row = {
    .key = "a share", .type = USHER_VALUE_FRACTION, .min = 1, .max = 999};

static const struct usher_schema_row mean_row = {
    .key = "patience",
    .type = USHER_VALUE_DURATION,
    .min = 1000,
    .max = MONTH_MS,
    .kind = "a duration such as 3m, `never`, or a mapping such as {30s: 0.9, 2m: 0.7}"};
static const struct usher_schema_row text_row = {
    .key = "data", .type = USHER_VALUE_TEXT, .max = 256};

#define PERCENT(member_, most_, fallback_, sentence_)                                              \
    USHER_SCHEMA_ROW(kind_values, member_, PERCENT, .max = (most_), .fallback = (fallback_),       \
                     .sentence = (sentence_))

static const struct usher_schema_row kind_rows[] = {
    USHER_SCHEMA_ROW(kind_values, channel, NAME, .max = 16, .fallback_text = "voice",
                     .choices = "voice chat email task", .sentence = "how they come"),
    USHER_SCHEMA_ROW(kind_values, per_hour, ANY, .item = &usher_traffic_rate_row,
                     .kind = "a number, or a list of them, one a half hour",
                     .sentence = "how many come in an hour; a list stands as it is, whatever "
                                 "`shape` says",
                     .without = "nobody"),
    USHER_SCHEMA_ROW(kind_values, to, TEXT, .max = 256, .sentence = "the number that they dial"),
    USHER_SCHEMA_ROW(kind_values, data, MAP, .own = &text_row,
                     .sentence = "what the PBX knows of them, for routes to look at, such as "
                                 "{topic: billing}",
                     .without = "nothing"),
    USHER_SCHEMA_ROW(kind_values, need, MAP, .own = &weight_row,
                     .sentence = "which skills it takes to help them, each with its weight, such "
                                 "as {billing: 2, lang.uk: 1}",
                     .without = "what the rules say that they need"),
    USHER_SCHEMA_ROW(kind_values, patience, ANY, .item = &mean_row,
                     .kind = "a duration (exponential with this mean), `never` (they do not give "
                             "up), or a mapping of durations to the share who wait at least so "
                             "long, from 0.999 down to 0.001, such as {30s: 0.9, 2m: 0.7}",
                     .sentence = "how long they wait before they give up", .without = "5m"),
    USHER_SCHEMA_ROW(kind_values, handle, DURATION, .min = 1000, .max = 24 * HOUR_MS,
                     .fallback = 300000,
                     .sentence = "how long talk and wrap-up take on average; times `handle_worst` "
                                 "(match 0) to `handle_best` (match 1)"),
    USHER_SCHEMA_ROW(kind_values, law, NAME, .max = 16, .fallback_text = "lognormal",
                     .choices = "lognormal exponential constant",
                     .sentence = "how these times are distributed"),
    USHER_SCHEMA_ROW(kind_values, spread, FRACTION, .max = 5000, .fallback = 1000,
                     .sentence = "the lognormal law's coefficient of variation"),
    PERCENT(handle_worst, 1000, 100, "the share of `handle` with an agent who knows nothing of it"),
    PERCENT(handle_best, 1000, 100, "the share of `handle` with an agent who knows all of it"),
    USHER_SCHEMA_ROW(kind_values, wrap_up, DURATION, .max = 24 * HOUR_MS,
                     .sentence =
                         "how much of `handle` comes after the talk, as far as the rules give "
                         "time to wrap up; the rest is worked during it"),
    PERCENT(resolved_worst, 100, 100, "how many are helped by an agent who knows nothing of it"),
    PERCENT(resolved_best, 100, 100, "how many are helped by an agent who knows all of it"),
    PERCENT(again_unresolved, 100, 0, "how many of those who were not helped come again"),
    PERCENT(again_abandoned, 100, 0, "how many of those who gave up come again"),
    USHER_SCHEMA_ROW(kind_values, again_after, DURATION, .min = 1000, .max = MONTH_MS,
                     .fallback = 45 * MINUTE_MS, .sentence = "after how long they do, on average"),
};

const struct usher_schema usher_traffic_kind_schema = {kind_rows, USHER_COUNT_OF(kind_rows), NULL};

static void read_rates(struct usher_traffic_reader *reader, const struct usher_node *node,
                       struct usher_traffic_kind *kind)
{
    struct usher_schema_row row = usher_traffic_rate_row;
    int64_t list[USHER_SHAPE_MAX];
    row.kind = "a number such as 12 or 0.15, or a list of them";
    if (!node)
        return;
    if (node->kind == USHER_NODE_LIST) {
        kind->per_hour_count = usher_traffic_read_list(reader, node, "per_hour", list);
        for (size_t i = 0; i < kind->per_hour_count; i++)
            kind->per_hour[i] = (double)list[i] / 1000;
        return;
    }
    if (!usher_schema_read_value(&row, node, &list[0], reader->problems))
        return;
    kind->per_hour_count = reader->shape_count;
    for (size_t i = 0; i < reader->shape_count; i++)
        kind->per_hour[i] = (double)list[0] * (double)reader->shape[i] / 1000000;
}

static void read_data(struct usher_traffic_reader *reader, const struct usher_node *node,
                      struct usher_traffic_kind *kind)
{
    struct usher_bytes bytes;
    struct usher_json_writer writer;
    if (!node)
        return;
    usher_bytes_init(&bytes, USHER_LINE_MAX / 2);
    usher_json_write_start(&writer, &bytes);
    usher_json_write_open(&writer, '{');
    usher_node_for_each (member, node) {
        struct usher_text value;
        if (!usher_schema_read_value(&text_row, member, &value, reader->problems))
            continue;
        usher_json_write_key(&writer, member->key);
        usher_json_write_text(&writer, value);
    }
    usher_json_write_close(&writer, '}');
    if (bytes.is_full)
        usher_problems_add(reader->problems, node->line, node->column,
                           "`data` is too long; take something out");
    else
        kind->data = usher_traffic_keep(reader, usher_bytes_text(&bytes));
    usher_bytes_fini(&bytes);
}

/* A point of the table; false after a problem. */
static bool read_point(struct usher_traffic_reader *reader, const struct usher_node *node,
                       struct usher_patience *patience)
{
    int64_t at_ms;
    int64_t share;
    size_t last = patience->points_count;
    if (!usher_value_read(USHER_VALUE_DURATION, node->key, &at_ms) || at_ms <= 0) {
        struct usher_text excerpt = usher_node_excerpt(node->key);
        usher_problems_add(reader->problems, node->key_line, node->key_column,
                           "`%.*s` must be a duration such as 30s or 2m, above 0",
                           USHER_TEXT_ARGS(excerpt));
        return false;
    }
    if (!usher_schema_read_value(&survival_row, node, &share, reader->problems))
        return false;
    if (last > 0 && (at_ms <= patience->points[last - 1].at_ms ||
                     (double)share / 1000 >= patience->points[last - 1].share)) {
        usher_problems_add(reader->problems, node->key_line, node->key_column,
                           "the longer the wait, the fewer are still there; put the points in "
                           "order, each later and lower than the one before");
        return false;
    }
    patience->points[last].at_ms = at_ms;
    patience->points[last].share = (double)share / 1000;
    patience->points_count++;
    return true;
}

static void read_patience(struct usher_traffic_reader *reader, const struct usher_node *node,
                          struct usher_patience *patience)
{
    patience->mean_ms = 300000;
    if (!node)
        return;
    if (node->kind == USHER_NODE_SCALAR && usher_text_is_equal(node->text, USHER_TEXT("never"))) {
        patience->mean_ms = USHER_NEVER_LEAVES;
        return;
    }
    if (node->kind != USHER_NODE_MAP) {
        if (!usher_schema_read_value(&mean_row, node, &patience->mean_ms, reader->problems))
            patience->mean_ms = 0;
        return;
    }
    patience->mean_ms = 0;
    if (node->count == 0 || node->count > USHER_SURVIVAL_MAX) {
        usher_problems_add(reader->problems, node->line, node->column,
                           "there are %zu points; from 1 to %d are possible", node->count,
                           USHER_SURVIVAL_MAX);
        return;
    }
    usher_node_for_each (member, node)
        if (!read_point(reader, member, patience))
            return;
}

static void read_wrap_up(struct usher_traffic_reader *reader, const struct usher_node *node,
                         const struct usher_node *usual, const struct kind_values *values,
                         struct usher_traffic_kind *kind)
{
    const struct usher_node *place = usher_node_find(node, USHER_TEXT("wrap_up"));
    char wrap_up[USHER_VALUE_TEXT_SIZE];
    char handle[USHER_VALUE_TEXT_SIZE];
    kind->wrap_up_ms = values->wrap_up;
    if (values->wrap_up <= values->handle)
        return;
    if (!place && usual)
        place = usher_node_find(usual, USHER_TEXT("wrap_up"));
    if (!place)
        place = node;
    usher_problems_add(reader->problems, place->line, place->column,
                       "`wrap_up` is %s, longer than `handle` of %s, of which it is a part",
                       usher_value_write(USHER_VALUE_DURATION, values->wrap_up, wrap_up),
                       usher_value_write(USHER_VALUE_DURATION, values->handle, handle));
}

static enum usher_law law_of(struct usher_text name)
{
    if (usher_text_is_equal(name, USHER_TEXT("exponential")))
        return USHER_LAW_EXPONENTIAL;
    if (usher_text_is_equal(name, USHER_TEXT("constant")))
        return USHER_LAW_CONSTANT;
    return USHER_LAW_LOGNORMAL;
}

void usher_traffic_read_kind(struct usher_traffic_reader *reader, const struct usher_node *node,
                             const struct usher_node *usual, struct usher_traffic_kind *kind)
{
    struct kind_values values;
    struct kind_values before;
    usher_traffic_read_keys(reader, &usher_traffic_kind_schema, node, usual, &values, &before);
    kind->channel = usher_channel_find(values.channel);
    kind->law = law_of(values.law);
    kind->spread = (double)values.spread / 1000;
    kind->handle_ms = values.handle;
    kind->handle_worst = (double)values.handle_worst / 100;
    kind->handle_best = (double)values.handle_best / 100;
    kind->resolved_worst = (double)values.resolved_worst / 100;
    kind->resolved_best = (double)values.resolved_best / 100;
    kind->again_unresolved = (double)values.again_unresolved / 100;
    kind->again_abandoned = (double)values.again_abandoned / 100;
    kind->again_ms = values.again_after;
    if (values.to.at)
        kind->to = usher_traffic_keep(reader, values.to);
    read_wrap_up(reader, node, usual, &values, kind);
    read_rates(reader, values.per_hour, kind);
    read_data(reader, values.data, kind);
    read_patience(reader, values.patience, &kind->patience);
    kind->needs_count = usher_traffic_read_shares(reader, values.need, &weight_row, &kind->needs);
}
