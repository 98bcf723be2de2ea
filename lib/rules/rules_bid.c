/* `bid`, the weights of the choice, and `channels`, how much of an agent each contact takes. */
#include "rules/compile.h"
#include "rules/schema.h"

#define KNOB(key_, type_, member_, max_, fallback_, ...)                                           \
    {                                                                                              \
        .key = key_, .type = USHER_VALUE_##type_,                                                  \
        .offset = offsetof(struct usher_bid_knobs, member_), .max = max_, .fallback = fallback_,   \
        __VA_ARGS__                                                                                \
    }

static const struct usher_schema_row bid_rows[] = {
    KNOB("match_worth", DURATION, match_worth_ms, 3600000, 240000,
         .sentence = "how much waiting a perfect match of skills is worth"),
    KNOB("lend_worth", DURATION, lend_worth_ms, 3600000, 160000,
         .sentence = "how much waiting it costs to lend an agent whom others need"),
    KNOB("fairness", FRACTION, fairness_per_mille, 1000, 150,
         .sentence = "how much of an agent's idle time counts"),
    KNOB("idle_cap", DURATION, idle_cap_ms, 86400000, 900000,
         .sentence = "from when on more idle time counts no more"),
    KNOB("second_promise", WHOLE_OR_OFF, second_promise, 10, 2, .min = 1,
         .sentence = "after how many promises a late contact must be served first"),
    KNOB("overtaking", BOOL, overtaking, 1, 1,
         .sentence = "whether a contact on time may pass a late one"),
    KNOB("deferred_share", WHOLE, deferred_share, 100, 0,
         .sentence = "how many of each hundred agents who become free while live and deferred "
                     "contacts (email, task) wait for them take a deferred one first"),
};

const struct usher_schema usher_bid_schema = {bid_rows, USHER_COUNT_OF(bid_rows), NULL};

struct channel_values {
    int64_t unit;
    int64_t cap;
    bool interruptible;
};

#define CHANNEL_ROW(key_, type_, ...)                                                              \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_,                                                 \
        .offset = offsetof(struct channel_values, key_), __VA_ARGS__                               \
    }

static const struct usher_schema_row channel_rows[] = {
    CHANNEL_ROW(unit, WHOLE, .min = 1, .max = 100,
                .sentence = "the percentage of an agent that one contact takes",
                .without = "voice, callback and outbound 100, chat 33, email and task 20"),
    CHANNEL_ROW(cap, WHOLE, .min = 1, .max = 100,
                .sentence = "how many contacts of the channel an agent may have",
                .without = "voice, callback and outbound 1, chat 3, email and task 5"),
    CHANNEL_ROW(interruptible, BOOL,
                .sentence = "whether a contact of another channel may come on top",
                .without = "true for email and task"),
};

const struct usher_schema usher_channel_schema = {
    channel_rows, USHER_COUNT_OF(channel_rows),
    "The channels are `voice`, `chat`, `email`, `task`, `callback` and `outbound`."};

void usher_compile_bid(struct usher_compile *compile, const struct usher_node *node)
{
    usher_schema_default(&usher_bid_schema, &compile->rules->bid);
    if (node)
        usher_schema_read(&usher_bid_schema, node, &compile->rules->bid, compile->problems);
}

static void refuse_channel(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text names[USHER_CHANNEL_COUNT - 1];

    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++)
        names[i - 1] = usher_channel_name((enum usher_channel)i);
    usher_schema_refuse(&(struct usher_schema){.rows = NULL}, names, USHER_COUNT_OF(names),
                        USHER_NO_TEXT, node, compile->problems);
}

static void read_channel(struct usher_compile *compile, const struct usher_node *node)
{
    enum usher_channel channel = usher_channel_find(node->key);
    struct usher_channel_load *load = &compile->rules->channels[channel];
    struct channel_values values = {load->unit, load->cap, load->is_interruptible};

    if (channel == USHER_CHANNEL_NONE) {
        refuse_channel(compile, node);
        return;
    }
    if (!usher_schema_is_map(node, "channels", compile->problems))
        return;
    usher_schema_read(&usher_channel_schema, node, &values, compile->problems);
    load->unit = (int)values.unit;
    load->cap = (int)values.cap;
    load->is_interruptible = values.interruptible;
}

void usher_compile_channels(struct usher_compile *compile, const struct usher_node *node)
{
    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++)
        compile->rules->channels[i] = usher_channel_default_load((enum usher_channel)i);
    if (!node)
        return;
    usher_node_for_each (member, node)
        read_channel(compile, member);
}
