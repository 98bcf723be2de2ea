/* `callback` of a queue: when a caller is offered to be called back, and how often a customer who
 * does not answer is tried again. */
#include "rules/compile.h"
#include "rules/schema.h"

struct callback_values {
    int64_t when_wait_over;
    int64_t attempts;
    int64_t every;
};

static const struct usher_schema_row callback_rows[] = {
    USHER_SCHEMA_ROW(callback_values, when_wait_over, DURATION, .min = 1000, .max = USHER_DAY_MS,
                     .fallback = -1,
                     .sentence = "above which estimated wait a caller is offered a callback",
                     .without = "three times what the queue promises"),
    USHER_SCHEMA_ROW(callback_values, attempts, WHOLE, .min = 1, .max = USHER_ATTEMPTS_MAX,
                     .fallback = 3, .sentence = "how often a customer is called at most"),
    USHER_SCHEMA_ROW(callback_values, every, DURATION, .min = 60000, .max = 7 * USHER_DAY_MS,
                     .fallback = 900000,
                     .sentence = "how long after a call in vain the customer is called again"),
};

const struct usher_schema usher_callback_schema = {callback_rows, USHER_COUNT_OF(callback_rows),
                                                   NULL};

void usher_compile_callback(struct usher_compile *compile, const struct usher_node *node,
                            struct usher_queue *queue)
{
    struct callback_values values;

    usher_schema_default(&usher_callback_schema, &values);
    if (node)
        usher_schema_read(&usher_callback_schema, node, &values, compile->problems);
    queue->callback.is_offered = node != NULL;
    queue->callback.when_wait_over_ms = values.when_wait_over;
    queue->callback.attempts = values.attempts;
    queue->callback.every_ms = values.every;
}
