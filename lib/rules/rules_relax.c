/* `relax`: whom a queue lets in besides, the longer a contact waits. Each step lowers minima of the
 * queue's own needs and so lets in all whom the steps before do: what would narrow is refused, and
 * what changes nothing as well. */
#include <stdio.h>

#include "rules/compile.h"
#include "rules/schema.h"

#define AFTER_MAX_MS (30 * INT64_C(86400000))

struct step_values {
    int64_t after;
};

static const struct usher_schema_row step_rows[] = {
    {.key = "after",
     .type = USHER_VALUE_DURATION,
     .is_needed = true,
     .offset = offsetof(struct step_values, after),
     .min = 1,
     .max = AFTER_MAX_MS,
     .sentence = "how long a contact has waited when the step opens"},
};

const struct usher_schema usher_relax_schema = {
    step_rows, USHER_COUNT_OF(step_rows),
    "Beside `after` stand skills of `need`, written as there, with the lower level that is enough "
    "from then on: `internet: {min: 3}`. `min: 0`: the skill is not asked for any more. A skill "
    "that a step leaves out stays as it was in the step before."};

struct minimum_values {
    int64_t min;
};

static const struct usher_schema_row minimum_rows[] = {
    {.key = "min",
     .type = USHER_VALUE_WHOLE,
     .is_needed = true,
     .offset = offsetof(struct minimum_values, min),
     .max = USHER_LEVEL_MAX,
     .sentence =
         "the level that is enough from this step on; 0 = the skill is not needed any more"},
};

static const struct usher_schema minimum_schema = {minimum_rows, USHER_COUNT_OF(minimum_rows),
                                                   NULL};

const struct usher_schema_row usher_relax_own_row = {
    .type = USHER_VALUE_MAP,
    .sentence = "the level of the skill that is enough from this step on",
    .members = &minimum_schema,
};

/* The need that is written as `key`; NULL when the queue has none. */
static struct usher_need_rule *find_need(const struct usher_rules *rules, struct usher_queue *queue,
                                         struct usher_text key)
{
    char room[2 * USHER_NAME_MAX + 16];
    for (size_t i = 0; i < queue->needs_count; i++)
        if (usher_text_is_equal(usher_rules_need_name(rules, &queue->needs[i], room, sizeof(room)),
                                key))
            return &queue->needs[i];
    return NULL;
}

/* Below 0: a problem was told. */
static int read_minimum(struct usher_compile *compile, const struct usher_node *node)
{
    struct minimum_values values = {-1};
    if (!usher_schema_is_map(node, "relax", compile->problems))
        return -1;
    usher_schema_read(&minimum_schema, node, &values, compile->problems);
    return (int)values.min;
}

/* One skill of the step `index`. True when the step lowers its minimum. */
static bool lower(struct usher_compile *compile, const struct usher_node *node,
                  struct usher_queue *queue, size_t index)
{
    struct usher_text excerpt = usher_node_excerpt(node->key);
    struct usher_need_rule *need = find_need(compile->rules, queue, node->key);
    int min = read_minimum(compile, node);
    if (!need) {
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           "the queue does not need `%.*s`, so this step would let in fewer than "
                           "the one before; take it out, or add it to `need`",
                           USHER_TEXT_ARGS(excerpt));
        return true;
    }
    if (min < 0)
        return true;
    int before = index == 0 ? need->min : need->relaxed[index - 1];
    if (min > before) {
        const struct usher_node *place = usher_node_find(node, USHER_TEXT("min"));
        usher_problems_add(compile->problems, place->line, place->column,
                           "`min` of `%.*s` is %d here and %d in the step before, so this step "
                           "would let in fewer; make it less than %d, or take it out",
                           USHER_TEXT_ARGS(excerpt), min, before, before);
        return true;
    }
    for (size_t i = index; i < USHER_RELAX_MAX; i++)
        need->relaxed[i] = (uint8_t)min;
    return min < before;
}

static int64_t read_after(struct usher_compile *compile, const struct usher_node *node,
                          const struct usher_queue *queue)
{
    struct step_values values = {0};
    size_t before = queue->relax_count;
    const struct usher_node *after = usher_node_find(node, USHER_TEXT("after"));
    if (!after)
        usher_problems_add(compile->problems, node->line, node->column,
                           "`after` is missing; add it: %s", step_rows[0].sentence);
    else if (usher_schema_read_member(&usher_relax_schema, after, &values, compile->problems) &&
             before > 0 && values.after != 0 && values.after <= queue->relax_after_ms[before - 1])
        usher_problems_add(compile->problems, after->line, after->column,
                           "`after` is not later than that of the step before; put the steps in "
                           "the order in which they open");
    return values.after;
}

static void read_step(struct usher_compile *compile, const struct usher_node *node,
                      struct usher_queue *queue)
{
    size_t index = queue->relax_count;
    bool is_wider = false;
    if (!usher_schema_is_map(node, "relax", compile->problems))
        return;
    queue->relax_after_ms[index] = read_after(compile, node, queue);
    usher_node_for_each (member, node)
        if (!usher_text_is_equal(member->key, USHER_TEXT("after")))
            is_wider |= lower(compile, member, queue, index);
    if (!is_wider)
        usher_problems_add(compile->problems, node->line, node->column,
                           "this step lets nobody in whom the one before does not; lower a `min`, "
                           "or take the step out");
    queue->relax_count++;
}

void usher_compile_relax(struct usher_compile *compile, const struct usher_node *node,
                         struct usher_queue *queue)
{
    queue->relax_count = 0;
    for (size_t i = 0; i < queue->needs_count; i++)
        memset(queue->needs[i].relaxed, queue->needs[i].min, sizeof(queue->needs[i].relaxed));
    if (!node)
        return;
    if (node->count > USHER_RELAX_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "`relax` may have %d steps; here are %zu", USHER_RELAX_MAX, node->count);
        return;
    }
    usher_node_for_each (member, node)
        read_step(compile, member, queue);
}
