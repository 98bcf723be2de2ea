/* `reserve`: of those who have a skill the last few free ones are kept for who needs it, whatever
 * the bid says. The price of lending does the same softly, and is the better way where one loss
 * more or less does not matter. */
#include "rules/compile.h"
#include "rules/schema.h"

struct reserve_values {
    int64_t keep;
    int64_t until;
};

static const struct usher_schema_row reserve_rows[] = {
    {.key = "keep",
     .type = USHER_VALUE_WHOLE,
     .is_needed = true,
     .offset = offsetof(struct reserve_values, keep),
     .min = 1,
     .max = 1000,
     .sentence = "how many free agents with the skill are refused to contacts that do not need it"},
    {.key = "until",
     .type = USHER_VALUE_DURATION,
     .offset = offsetof(struct reserve_values, until),
     .min = 1000,
     .max = INT64_C(86400000),
     .fallback = -1,
     .sentence = "how long such a contact waits until it may have them all the same",
     .without = "however long it waits"},
};

const struct usher_schema usher_reserve_schema = {reserve_rows, USHER_COUNT_OF(reserve_rows), NULL};

static void add_reserve(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_rules *rules = compile->rules;
    struct reserve_values values;
    size_t skill = usher_compile_find(compile, &compile->owner->skills, node, node->key, "skill",
                                      "add it to `skills` at the top");
    usher_schema_default(&usher_reserve_schema, &values);
    if (!usher_schema_is_map(node, "reserve", compile->problems))
        return;
    usher_schema_read(&usher_reserve_schema, node, &values, compile->problems);
    rules->reserves[rules->reserves_count++] =
        (struct usher_reserve){.skill = skill, .keep = values.keep, .until_ms = values.until};
}

void usher_compile_reserves(struct usher_compile *compile, const struct usher_node *node)
{
    if (!node)
        return;
    if (node->count > USHER_RESERVES_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "%d skills may have a `reserve`; here are %zu", USHER_RESERVES_MAX,
                           node->count);
        return;
    }
    usher_node_for_each (member, node)
        add_reserve(compile, member);
}
