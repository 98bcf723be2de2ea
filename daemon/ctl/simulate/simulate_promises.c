/* A service level is the share within what the rules promise: of rules that promise different times
 * they cannot be held against each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/simulate/simulate.h"
#include "rules/rules.h"

/* -1 when the rules do not have such a class. */
static int64_t promise_of(const struct usher_rules *rules, const struct usher_daybook_class *class,
                          enum usher_channel channel)
{
    size_t queue = usher_rules_find_queue(rules, usher_text_of(class->queue));
    size_t tier = usher_rules_find_tier(rules, usher_text_of(class->tier));
    return queue == SIZE_MAX || tier == SIZE_MAX
               ? -1
               : usher_rules_promise_ms(rules, queue, tier, channel);
}

/* Whether two of the rules promise customers of this traffic different times. */
static bool is_different(const struct simulation *simulation,
                         struct usher_rules *const rules[USHER_ENTRIES_MAX],
                         const struct usher_daybook_class *class)
{
    const struct usher_traffic *traffic = simulation->traffic;
    for (size_t kind = 0; kind < traffic->kinds_count; kind++) {
        int64_t known_ms = -1;
        for (size_t i = 0; i < simulation->entries_count; i++) {
            int64_t own_ms =
                rules[i] ? promise_of(rules[i], class, traffic->kinds[kind].channel) : -1;
            if (own_ms >= 0 && known_ms >= 0 && own_ms != known_ms)
                return true;
            known_ms = own_ms >= 0 ? own_ms : known_ms;
        }
    }
    return false;
}

/* Each queue once, though it may have several tiers. */
static void print_queues(const struct simulation *simulation,
                         struct usher_rules *const rules[USHER_ENTRIES_MAX])
{
    const char **queues = memory_resize(NULL, simulation->classes_count * sizeof(*queues) + 1);
    size_t count = 0;
    for (size_t i = 0; i < simulation->classes_count; i++) {
        const struct usher_daybook_class *class = simulation->classes[i];
        bool is_known = false;
        for (size_t k = 0; k < count; k++)
            is_known |= strcmp(queues[k], class->queue) == 0;
        if (!is_known && is_different(simulation, rules, class))
            queues[count++] = class->queue;
    }
    for (size_t i = 0; i < count; i++)
        printf("%s`%s`", i == 0 ? "\nservice level: each by its own promise; those of " : ", ",
               queues[i]);
    if (count > 0)
        printf(" differ\n");
    free(queues);
}

void simulate_print_promises(const struct simulation *simulation)
{
    struct usher_rules *rules[USHER_ENTRIES_MAX] = {NULL};
    for (size_t i = 0; i < simulation->entries_count; i++)
        rules[i] = simulate_read_rules(simulation, i);
    print_queues(simulation, rules);
    for (size_t i = 0; i < simulation->entries_count; i++)
        usher_rules_free(rules[i]);
}
