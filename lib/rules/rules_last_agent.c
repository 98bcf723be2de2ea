/* `last_agent`: who served a customer before is preferred, and, for what can wait, waited for.
 * Holding a live customer for a busy agent never pays, so `wait` knows no live channel but the
 * callback. */
#include "rules/compile.h"
#include "rules/schema.h"

#define DAY_MS      INT64_C(86400000)
#define WAIT_MAX_MS (7 * DAY_MS)

struct wait_values {
    int64_t callback;
    int64_t email;
    int64_t task;
    int64_t outbound;
};

#define WAIT_ROW(key_, sentence_)                                                                  \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_DURATION, .offset = offsetof(struct wait_values, key_),  \
        .max = WAIT_MAX_MS, .sentence = (sentence_)                                                \
    }

static const struct usher_schema_row wait_rows[] = {
    WAIT_ROW(callback, "how long a callback waits for that agent, while signed in"),
    WAIT_ROW(email, "how long an email waits for that agent, while signed in"),
    WAIT_ROW(task, "how long a task waits for that agent, while signed in"),
    WAIT_ROW(outbound, "how long an outbound contact waits for that agent, while signed in"),
};

static const struct usher_schema wait_schema = {
    wait_rows, USHER_COUNT_OF(wait_rows),
    "Callers and chats are never kept waiting for one agent: they lose more than they gain."};

struct last_agent_values {
    int64_t worth;
    int64_t within;
    const struct usher_node *wait;
};

static const struct usher_schema_row last_agent_rows[] = {
    {.key = "worth",
     .type = USHER_VALUE_DURATION,
     .offset = offsetof(struct last_agent_values, worth),
     .max = 3600000,
     .fallback = 30000,
     .sentence = "how much waiting it is worth that the same agent serves the customer again"},
    {.key = "within",
     .type = USHER_VALUE_DURATION,
     .offset = offsetof(struct last_agent_values, within),
     .min = 60000,
     .max = 365 * DAY_MS,
     .fallback = 7 * DAY_MS,
     .sentence = "how long ago that agent may have served the customer"},
    {.key = "wait",
     .type = USHER_VALUE_MAP,
     .offset = offsetof(struct last_agent_values, wait),
     .sentence = "how long contacts of a channel are kept for that agent",
     .without = "they are not",
     .members = &wait_schema},
};

const struct usher_schema usher_last_agent_schema = {last_agent_rows,
                                                     USHER_COUNT_OF(last_agent_rows), NULL};

static void read_wait(struct usher_compile *compile, const struct usher_node *node,
                      struct usher_last_agent *last_agent)
{
    struct wait_values values;
    usher_schema_default(&wait_schema, &values);
    usher_node_for_each (member, node) {
        enum usher_channel channel = usher_channel_find(member->key);
        if (usher_schema_read_member(&wait_schema, member, &values, compile->problems))
            continue;
        if (channel == USHER_CHANNEL_NONE)
            usher_schema_refuse(&wait_schema, NULL, 0, USHER_NO_TEXT, member, compile->problems);
        else
            usher_problems_add(compile->problems, member->key_line, member->key_column,
                               "`wait` is for callbacks, emails, tasks and outbound contacts: a "
                               "customer on %.*s would hold on for one agent while others are "
                               "free; take it out, `worth` prefers the agent all the same",
                               USHER_TEXT_ARGS(usher_channel_name(channel)));
    }
    last_agent->wait_ms[USHER_CHANNEL_CALLBACK] = values.callback;
    last_agent->wait_ms[USHER_CHANNEL_EMAIL] = values.email;
    last_agent->wait_ms[USHER_CHANNEL_TASK] = values.task;
    last_agent->wait_ms[USHER_CHANNEL_OUTBOUND] = values.outbound;
}

void usher_compile_last_agent(struct usher_compile *compile, const struct usher_node *node,
                              struct usher_queue *queue)
{
    struct last_agent_values values;
    usher_schema_default(&usher_last_agent_schema, &values);
    if (node)
        usher_schema_read(&usher_last_agent_schema, node, &values, compile->problems);
    queue->last_agent =
        (struct usher_last_agent){.worth_ms = values.worth, .within_ms = values.within};
    if (values.wait)
        read_wait(compile, values.wait, &queue->last_agent);
}
