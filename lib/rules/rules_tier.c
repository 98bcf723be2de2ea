/* `tiers`: kinds of customers. `standard` is always one of them, and that of every route without a
 * tier. */
#include "rules/compile.h"
#include "rules/schema.h"

#define FIRST_MS 30000 /* head start of the first tier */

struct tier_values {
    int64_t head_start;
};

static const struct usher_schema_row tier_rows[] = {
    {.key = "head_start",
     .type = USHER_VALUE_DURATION,
     .offset = offsetof(struct tier_values, head_start),
     .max = 3600000,
     .fallback = -1,
     .sentence = "by how much this tier comes before others that wait as long",
     .without = "30s for the first of the list, unless that is `standard`; 0 for the others"},
};

const struct usher_schema usher_tier_schema = {tier_rows, USHER_COUNT_OF(tier_rows), NULL};

/* A queue's `promise` has tiers and channels beside its own keys, so their names must differ. */
static bool is_taken(struct usher_text name)
{
    return usher_text_is_equal(name, USHER_TEXT("answer_within")) ||
           usher_text_is_equal(name, USHER_TEXT("target")) ||
           usher_channel_find(name) != USHER_CHANNEL_NONE;
}

static bool check_name(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text excerpt = usher_node_excerpt(node->key);

    if (!usher_text_is_id(node->key) || node->key.length > USHER_NAME_MAX)
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           "a tier cannot be called `%.*s`; use letters, digits and . _ @ : + -, "
                           "at most %d",
                           USHER_TEXT_ARGS(excerpt), USHER_NAME_MAX);
    else if (is_taken(node->key))
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           "a tier cannot be called `%.*s`, which means something else in a "
                           "`promise`; rename it",
                           USHER_TEXT_ARGS(excerpt));
    else
        return true;
    return false;
}

static void add_tier(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_rules *rules = compile->rules;
    struct usher_tier *tier;
    struct tier_values values;

    usher_schema_default(&usher_tier_schema, &values);
    if (!check_name(compile, node))
        return;
    if (usher_schema_is_map(node, "tiers", compile->problems))
        usher_schema_read(&usher_tier_schema, node, &values, compile->problems);
    if (rules->tiers_count == USHER_TIERS_MAX ||
        usher_rules_find_tier(rules, node->key) != SIZE_MAX)
        return;
    tier = &rules->tiers[rules->tiers_count];
    if (!usher_compile_copy(compile, node->key, &tier->name))
        return;
    bool is_first =
        rules->tiers_count == 0 && !usher_text_is_equal(node->key, USHER_TEXT("standard"));
    tier->head_start_ms = values.head_start >= 0 ? values.head_start : is_first ? FIRST_MS : 0;
    rules->tiers_count++;
}

void usher_compile_tiers(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_rules *rules = compile->rules;
    size_t count_max = USHER_TIERS_MAX;

    if (node) {
        usher_node_for_each (member, node)
            add_tier(compile, member);
    }
    rules->default_tier = usher_rules_find_tier(rules, USHER_TEXT("standard"));
    if (rules->default_tier == SIZE_MAX)
        count_max--;
    if (node && node->count > count_max)
        usher_problems_add(compile->problems, node->line, node->column,
                           "there are %zu tiers; at most %d are possible, with `standard`",
                           node->count, USHER_TIERS_MAX);
    if (rules->default_tier == SIZE_MAX) {
        rules->default_tier = rules->tiers_count < USHER_TIERS_MAX ? rules->tiers_count++ : 0;
        rules->tiers[rules->default_tier] = (struct usher_tier){.name = USHER_TEXT("standard")};
    }
}
