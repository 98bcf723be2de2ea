/* `need`: the skills that a queue's contacts need. A key is a skill, or a prefix and `$data.KEY` or
 * `$customer.KEY`, which is the skill that the prefix and the value make together. */
#include <stdio.h>

#include "rules/compile.h"
#include "rules/schema.h"
#include "wire/json.h"

#define DATA_MARK     "$data."
#define CUSTOMER_MARK "$customer."
#define KEY_BYTES_MAX 64
#define WEIGHT_MAX    255
#define ADD_IT        "add it to `skills` at the top"

struct need_values {
    int64_t min;
    int64_t weight;
    struct usher_text otherwise;
};

static const struct usher_schema_row need_rows[] = {
    {.key = "min",
     .type = USHER_VALUE_WHOLE,
     .offset = offsetof(struct need_values, min),
     .min = 1,
     .max = USHER_LEVEL_MAX,
     .fallback = 1,
     .sentence = "the lowest level that an agent must have; 10 is the highest there is"},
    {.key = "weight",
     .type = USHER_VALUE_WHOLE,
     .offset = offsetof(struct need_values, weight),
     .min = 1,
     .max = 100,
     .fallback = 1,
     .sentence = "how much this skill counts beside the others"},
    {.key = "else",
     .type = USHER_VALUE_NAME,
     .offset = offsetof(struct need_values, otherwise),
     .max = USHER_NAME_MAX,
     .sentence = "the skill that is needed when the contact's data name none",
     .without = "none is needed"},
};

const struct usher_schema usher_need_schema = {
    need_rows, USHER_COUNT_OF(need_rows),
    "The key is a skill, or a prefix and `$data.KEY`: the skill that the prefix and the value of "
    "KEY in the contact's data make together. `lang.$data.lang` needs `lang.en` of a contact with "
    "`data: {\"lang\": \"en\"}`. `$customer.KEY` takes the value from what is remembered of the "
    "customer."};

/* Where a mark stands in a key; `at` is the key's length when there is none. */
struct mark {
    size_t at;
    size_t length;
    bool is_customers;
};

static struct mark find_mark(struct usher_text key)
{
    static const struct mark marks[] = {
        {.length = sizeof(DATA_MARK) - 1},
        {.length = sizeof(CUSTOMER_MARK) - 1, .is_customers = true}};
    static const char *const texts[] = {DATA_MARK, CUSTOMER_MARK};
    struct mark found = {.at = key.length};

    for (size_t i = 0; i < key.length; i++) {
        for (size_t k = 0; k < USHER_COUNT_OF(marks); k++) {
            if (i + marks[k].length > key.length ||
                memcmp(key.at + i, texts[k], marks[k].length) != 0)
                continue;
            found = marks[k];
            found.at = i;
            return found;
        }
    }
    return found;
}

/* The skill of `else`, which is there. Its node is needed for the place. */
static size_t find_otherwise(struct usher_compile *compile, const struct usher_node *map)
{
    const struct usher_node *node = usher_node_find(map, USHER_TEXT("else"));

    return usher_compile_find(compile, &compile->owner->skills, node, node->text, "skill", ADD_IT);
}

static bool read_key(struct usher_compile *compile, const struct usher_node *node, struct mark mark,
                     struct usher_need_rule *need)
{
    struct usher_text prefix = {node->key.at, mark.at};
    struct usher_text key = {node->key.at + mark.at + mark.length,
                             node->key.length - mark.at - mark.length};
    struct usher_text excerpt = usher_node_excerpt(prefix);

    if (key.length == 0 || key.length > KEY_BYTES_MAX) {
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           mark.is_customers
                               ? "`$customer.` needs a key of the customer's memory behind it, of "
                                 "at most %d bytes; write it as in lang.$customer.lang"
                               : "`$data.` needs a key of the contact's data behind it, of at most "
                                 "%d bytes; write it as in lang.$data.lang",
                           KEY_BYTES_MAX);
        return false;
    }
    if (usher_names_find_prefix(&compile->owner->skills, prefix) == SIZE_MAX) {
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           "no declared skill begins with `%.*s`; add some to `skills` at the top",
                           USHER_TEXT_ARGS(excerpt));
        return false;
    }
    need->is_customers = mark.is_customers;
    return usher_compile_copy(compile, prefix, &need->prefix) &&
           usher_compile_copy(compile, key, &need->key);
}

/* "internet: 5" is what people write first. */
static bool is_mapping(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_text key = usher_node_excerpt(node->key);
    struct usher_text value = usher_node_excerpt(node->text);

    if (node->kind != USHER_NODE_SCALAR || node->text.length == 0)
        return usher_schema_is_map(node, "need", compile->problems);
    usher_problems_add(compile->problems, node->line, node->column,
                       "`%.*s` is `%.*s`; it must be a mapping of keys to values, such as {min: 5}",
                       USHER_TEXT_ARGS(key), USHER_TEXT_ARGS(value));
    return false;
}

static void add_need(struct usher_compile *compile, const struct usher_node *node,
                     struct usher_queue *queue)
{
    struct mark mark = find_mark(node->key);
    bool is_fixed = mark.at == node->key.length;
    bool has_key = !is_fixed;
    struct usher_need_rule need = {.skill = USHER_SKILL_NONE};
    struct need_values values;

    usher_schema_default(&usher_need_schema, &values);
    if (is_fixed)
        need.skill =
            usher_compile_find(compile, &compile->owner->skills, node, node->key, "skill", ADD_IT);
    else
        has_key = read_key(compile, node, mark, &need);
    if (!is_mapping(compile, node))
        return;
    usher_schema_read(&usher_need_schema, node, &values, compile->problems);
    if (has_key && values.otherwise.at)
        need.skill = find_otherwise(compile, node);
    else if (values.otherwise.at && is_fixed)
        usher_problems_add(compile->problems, node->key_line, node->key_column,
                           "`else` is for a skill that comes from the contact's data, as in "
                           "lang.$data.lang; take it out");
    need.min = (int)values.min;
    need.weight = (int)values.weight;
    memset(need.relaxed, need.min, sizeof(need.relaxed));
    queue->needs[queue->needs_count++] = need;
}

void usher_compile_need(struct usher_compile *compile, const struct usher_node *node,
                        struct usher_queue *queue)
{
    queue->needs_count = 0;
    if (!node)
        return;
    if (node->count > USHER_NEEDS_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "a queue may need %d skills; here are %zu", USHER_NEEDS_MAX,
                           node->count);
        return;
    }
    usher_node_for_each (member, node)
        add_need(compile, member, queue);
}

struct usher_text usher_rules_need_name(const struct usher_rules *rules,
                                        const struct usher_need_rule *need, char *room,
                                        size_t room_size)
{
    struct usher_text skill =
        need->skill == USHER_SKILL_NONE ? USHER_NO_TEXT : rules->skills[need->skill];
    if (need->key.at)
        (void)snprintf(room, room_size, "%.*s%s%.*s", USHER_TEXT_ARGS(need->prefix),
                       need->is_customers ? CUSTOMER_MARK : DATA_MARK, USHER_TEXT_ARGS(need->key));
    else
        (void)snprintf(room, room_size, "%.*s", USHER_TEXT_ARGS(skill));
    return usher_text_of(room);
}

/* The skill that `need` asks of a contact; USHER_SKILL_NONE when it asks nothing. */
static size_t skill_of(const struct usher_rules *rules, const struct usher_need_rule *need,
                       const struct usher_facts *facts)
{
    char name[USHER_NAME_MAX + 1];
    size_t prefix_length = need->prefix.length;
    struct usher_text object = need->is_customers ? facts->customer : facts->data;
    struct usher_text value;
    size_t skill;

    if (!need->key.at)
        return need->skill;
    if (!object.at || prefix_length >= sizeof(name) ||
        !usher_json_find_text(object, need->key, name + prefix_length, sizeof(name) - prefix_length,
                              &value))
        return need->skill;
    memmove(name + prefix_length, value.at, value.length);
    memcpy(name, need->prefix.at, prefix_length);
    skill = usher_rules_find_skill(rules, (struct usher_text){name, prefix_length + value.length});
    return skill == SIZE_MAX ? need->skill : skill;
}

/* Puts `need` among the first `count`, by skill, or into the one of the same skill. Returns the new
 * count. */
static size_t merge_need(struct usher_need *needs, size_t count, struct usher_need need)
{
    size_t place = 0;

    while (place < count && needs[place].skill < need.skill)
        place++;
    if (place < count && needs[place].skill == need.skill) {
        int weight = needs[place].weight + need.weight;

        needs[place].weight = (uint8_t)(weight < WEIGHT_MAX ? weight : WEIGHT_MAX);
        if (needs[place].min < need.min)
            needs[place].min = need.min;
        for (size_t i = 0; i < USHER_RELAX_MAX; i++)
            if (needs[place].relaxed[i] < need.relaxed[i])
                needs[place].relaxed[i] = need.relaxed[i];
        return count;
    }
    memmove(&needs[place + 1], &needs[place], (count - place) * sizeof(needs[0]));
    needs[place] = need;
    return count + 1;
}

/* The needs that are a contact's own. */
static size_t own_needs(const struct usher_rules *rules, struct usher_text skills,
                        struct usher_need needs[USHER_NEEDS_MAX])
{
    struct usher_json json;
    struct usher_text name;
    size_t count = 0;

    usher_json_start(&json, skills, NULL, 0);
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return 0;
    while (usher_json_next_key(&json, &name)) {
        size_t skill = usher_rules_find_skill(rules, name);
        int64_t level = 0;

        if (!usher_json_read_int64(&json, &level))
            usher_json_skip(&json);
        if (skill == SIZE_MAX || level < 1 || level > USHER_LEVEL_MAX || count == USHER_NEEDS_MAX)
            continue;
        struct usher_need need = {.skill = (uint16_t)skill, .min = (uint8_t)level, .weight = 1};
        memset(need.relaxed, need.min, sizeof(need.relaxed));
        count = merge_need(needs, count, need);
    }
    return count;
}

size_t usher_rules_needs(const struct usher_rules *rules, size_t queue,
                         const struct usher_facts *facts, struct usher_need needs[USHER_NEEDS_MAX])
{
    const struct usher_queue *from = &rules->queues[queue];
    size_t count = facts->skills.at ? own_needs(rules, facts->skills, needs) : 0;

    if (count > 0)
        return count;
    for (size_t i = 0; i < from->needs_count; i++) {
        const struct usher_need_rule *rule = &from->needs[i];
        size_t skill = skill_of(rules, rule, facts);

        if (skill == USHER_SKILL_NONE)
            continue;
        struct usher_need need = {
            .skill = (uint16_t)skill, .min = (uint8_t)rule->min, .weight = (uint8_t)rule->weight};
        memcpy(need.relaxed, rule->relaxed, sizeof(need.relaxed));
        count = merge_need(needs, count, need);
    }
    return count;
}
