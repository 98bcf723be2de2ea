/* `callback` of a queue: when a caller is offered to be called back, and how often a customer who
 * does not answer is tried again. `calling` of the site: at which time of their day customers are
 * called at all. */
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
                     .sentence = "above which estimated wait a caller is offered a callback; also "
                                 "while nobody is on duty for him",
                     .without = "three times what the queue promises"),
    USHER_SCHEMA_ROW(callback_values, attempts, WHOLE, .min = 1, .max = USHER_ATTEMPTS_MAX,
                     .fallback = 3, .sentence = "how often a customer is called at most"),
    USHER_SCHEMA_ROW(callback_values, every, DURATION, .min = 60000, .max = 7 * USHER_DAY_MS,
                     .fallback = 900000,
                     .sentence = "how long after a call in vain the customer is called again"),
};

const struct usher_schema usher_callback_schema = {callback_rows, USHER_COUNT_OF(callback_rows),
                                                   NULL};

struct calling_values {
    const struct usher_node *hours;
    bool holidays;
};

static const struct usher_schema_row calling_rows[] = {
    USHER_SCHEMA_ROW(calling_values, hours, ANY,
                     .sentence = "at which time of their day, in their own zone, customers are "
                                 "called",
                     .kind = "`always`, hours such as \"09:00-20:00\", or a mapping of days "
                             "(mon-fri, sat) to hours",
                     .without = "always"),
    USHER_SCHEMA_ROW(calling_values, holidays, BOOL, .fallback = 1,
                     .sentence =
                         "whether no customer is called when a date of `holidays` is closed"),
};

const struct usher_schema usher_calling_schema = {calling_rows, USHER_COUNT_OF(calling_rows), NULL};

void usher_compile_calling(struct usher_compile *compile, const struct usher_node *node)
{
    struct calling_values values;

    usher_schema_default(&usher_calling_schema, &values);
    if (node)
        usher_schema_read(&usher_calling_schema, node, &values, compile->problems);
    compile->rules->calling_hours = usher_compile_hours(compile, values.hours);
    compile->rules->calling_keeps_holidays = values.holidays;
}

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
