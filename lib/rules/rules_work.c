/* What a queue asks of its agents: `ring_no_answer`, `wrap_up` and `dispositions`. What a queue
 * does not say of the first and the last, the file's own keys of the same name say for all. */
#include "rules/compile.h"
#include "rules/schema.h"

#define DISPOSITIONS_MAX      128
#define DISPOSITION_BYTES_MAX 64
#define WRAP_UP_MAX_MS        14400000

struct missed_values {
    int64_t after;
    struct usher_text then;
    int64_t lasts;
};

static const struct usher_schema_row missed_rows[] = {
    USHER_SCHEMA_ROW(missed_values, after, WHOLE, .min = 1, .max = 100, .fallback = 2,
                     .sentence = "how many offers in a row an agent may let ring out"),
    USHER_SCHEMA_ROW(missed_values, then, NAME, .max = USHER_NAME_MAX, .fallback_text = "not_ready",
                     .sentence = "what follows for the agent: `not_ready`, or `next` for nothing",
                     .choices = "not_ready next"),
    {.key = "for",
     .type = USHER_VALUE_DURATION,
     .offset = offsetof(struct missed_values, lasts),
     .min = 1000,
     .max = 86400000,
     .sentence = "after what time the agent is ready again",
     .without = "until the agent says so"},
};

const struct usher_schema usher_missed_schema = {
    missed_rows, USHER_COUNT_OF(missed_rows),
    "The contact goes to the next agent in any case; the reason of not ready is `ring_no_answer`."};

struct wrap_up_values {
    int64_t time;
    int64_t extend;
    int64_t by;
    struct usher_text disposition;
};

static const struct usher_schema_row wrap_up_rows[] = {
    USHER_SCHEMA_ROW(wrap_up_values, time, DURATION, .max = WRAP_UP_MAX_MS,
                     .sentence = "how long the agent may finish the work after a talk"),
    USHER_SCHEMA_ROW(wrap_up_values, extend, WHOLE, .max = 20,
                     .sentence = "how often the agent may take more time"),
    USHER_SCHEMA_ROW(wrap_up_values, by, DURATION, .min = 1000, .max = WRAP_UP_MAX_MS,
                     .fallback = -1, .sentence = "how much more the agent takes each time",
                     .without = "as much as `time`"),
    USHER_SCHEMA_ROW(wrap_up_values, disposition, NAME, .max = USHER_NAME_MAX,
                     .fallback_text = "optional",
                     .sentence = "whether the agent must say how the contact ended",
                     .choices = "required optional"),
};

const struct usher_schema_row usher_wrap_up_row = {.key = "wrap_up",
                                                   .type = USHER_VALUE_DURATION,
                                                   .max = WRAP_UP_MAX_MS,
                                                   .sentence = "how long the agent may finish the "
                                                               "work after a talk"};
const struct usher_schema_row usher_disposition_row = {.type = USHER_VALUE_NAME,
                                                       .max = DISPOSITION_BYTES_MAX};

const struct usher_schema usher_wrap_up_schema = {
    wrap_up_rows, USHER_COUNT_OF(wrap_up_rows),
    "A duration alone is the `time`. Where a disposition is required and the time runs out without "
    "one, the contact ends with the disposition `none`."};

void usher_compile_missed(struct usher_compile *compile, const struct usher_node *node,
                          const struct usher_missed_rule *without, struct usher_missed_rule *rule)
{
    struct missed_values values;

    *rule = *without;
    if (!node)
        return;
    usher_schema_default(&usher_missed_schema, &values);
    usher_schema_read(&usher_missed_schema, node, &values, compile->problems);
    bool is_next = usher_text_is_equal(values.then, USHER_TEXT("next"));
    *rule = (struct usher_missed_rule){is_next ? 0 : values.after, values.lasts};
}

static void check_time(struct usher_compile *compile, const struct usher_node *node,
                       const struct wrap_up_values *values, bool is_required)
{
    if (values->time > 0 || (values->extend == 0 && !is_required))
        return;
    usher_problems_add(compile->problems, node->line, node->column,
                       "without a `time` there is no wrap-up that could be extended or have a "
                       "disposition; add one, such as `time: 30s`");
}

void usher_compile_wrap_up(struct usher_compile *compile, const struct usher_node *node,
                           struct usher_queue *queue)
{
    struct wrap_up_values values;

    usher_schema_default(&usher_wrap_up_schema, &values);
    if (node && node->kind == USHER_NODE_MAP) {
        usher_schema_read(&usher_wrap_up_schema, node, &values, compile->problems);
        queue->needs_disposition = usher_text_is_equal(values.disposition, USHER_TEXT("required"));
        check_time(compile, node, &values, queue->needs_disposition);
    } else if (node) {
        (void)!usher_schema_read_value(&usher_wrap_up_row, node, &values.time, compile->problems);
    }
    queue->wrap_up_ms = values.time;
    queue->extend_max = values.extend;
    queue->extend_ms = values.by < 0 ? values.time : values.by;
}

void usher_compile_dispositions(struct usher_compile *compile, const struct usher_node *node,
                                const struct usher_dispositions *without,
                                struct usher_dispositions *dispositions)
{
    static const struct usher_name_list list = {"dispositions", DISPOSITION_BYTES_MAX,
                                                DISPOSITIONS_MAX, "how a contact may have ended"};
    struct usher_text *names = NULL;

    *dispositions = *without;
    if (!node)
        return;
    dispositions->count = usher_compile_names(compile, node, &list, 0, &names);
    dispositions->list = names;
}

bool usher_dispositions_has(const struct usher_dispositions *dispositions, struct usher_text name)
{
    for (size_t i = 0; i < dispositions->count; i++)
        if (usher_text_is_equal(dispositions->list[i], name))
            return true;
    return dispositions->count == 0;
}
