/* `routes`: from the top, the first whose conditions all fit; the last has none, so that each
 * contact finds a queue. */
#include "rules/compile.h"
#include "rules/schema.h"
#include "wire/json.h"

#define DATA_PREFIX        "data."
#define DATA_KEY_BYTES_MAX 64
#define VALUE_BYTES_MAX    256
#define VALUES_MAX         1024

struct route_values {
    const struct usher_node *when;
    struct usher_text queue;
    struct usher_text tier;
};

#define ROW(key_, type_, ...)                                                                      \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct route_values, key_),  \
        __VA_ARGS__                                                                                \
    }

/* Read by their kinds below: these rows say what they are. */
static const struct usher_schema_row when_rows[] = {
    {.key = "channel",
     .type = USHER_VALUE_ANY,
     .kind = "a channel, or a list of them",
     .sentence = "how the contact came: voice, chat, email, callback, task or outbound"},
    {.key = "dialled",
     .type = USHER_VALUE_ANY,
     .kind = "a number, or a list of them",
     .sentence = "what the customer dialled or wrote to; a `*` at its end stands for any rest"},
    {.key = "from",
     .type = USHER_VALUE_ANY,
     .kind = "a number, or a list of them",
     .sentence = "the customer's number or address; a `*` at its end stands for any rest"},
};

static const struct usher_schema when_schema = {when_rows, USHER_COUNT_OF(when_rows),
                                                "`data.KEY`, with a value or a list of them: what "
                                                "the PBX says of the contact under KEY. A list "
                                                "is a choice: one of it must fit."};

static const struct usher_schema_row route_rows[] = {
    ROW(when, MAP, .sentence = "the conditions, which must all fit",
        .without = "every contact fits; only the last route is so", .members = &when_schema),
    ROW(queue, NAME, .max = USHER_NAME_MAX, .is_needed = true,
        .sentence = "the queue to which the contact goes"),
    ROW(tier, NAME, .max = USHER_NAME_MAX, .sentence = "the tier that the contact gets",
        .without = "standard"),
};

const struct usher_schema usher_route_schema = {route_rows, USHER_COUNT_OF(route_rows), NULL};

/* By the rows of `when`. */
static const enum usher_condition_kind condition_kinds[USHER_COUNT_OF(when_rows)] = {
    USHER_CONDITION_CHANNEL, USHER_CONDITION_DIALLED, USHER_CONDITION_FROM};

static bool is_data_key(struct usher_text key)
{
    const size_t length = sizeof(DATA_PREFIX) - 1;

    return key.length > length && key.length <= length + DATA_KEY_BYTES_MAX &&
           memcmp(key.at, DATA_PREFIX, length) == 0;
}

/* Which condition a key of `when` is; adds a problem and gives NONE when it is none. */
static enum usher_condition_kind read_kind(struct usher_compile *compile,
                                           const struct usher_node *member)
{
    static const struct usher_text data_key = {"data.KEY", sizeof("data.KEY") - 1};

    for (size_t i = 0; i < when_schema.count; i++) {
        if (usher_text_is_equal(member->key, usher_text_of(when_rows[i].key)))
            return condition_kinds[i];
    }
    if (is_data_key(member->key))
        return USHER_CONDITION_DATA;
    usher_schema_refuse(&when_schema, &data_key, 1, member, compile->problems);
    return USHER_CONDITION_NONE;
}

static bool check_value(struct usher_compile *compile, enum usher_condition_kind kind,
                        const struct usher_node *node)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);
    const char *star = memchr(node->text.at, '*', node->text.length);

    if (kind == USHER_CONDITION_CHANNEL && usher_channel_find(node->text) == USHER_CHANNEL_NONE) {
        usher_problems_add(
            compile->problems, node->line, node->column,
            "`%.*s` is no channel; write voice, chat, email, callback, task or outbound",
            USHER_TEXT_ARGS(excerpt));
        return false;
    }
    if ((kind == USHER_CONDITION_DIALLED || kind == USHER_CONDITION_FROM) && star &&
        star != node->text.at + node->text.length - 1) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "`%.*s` has a `*` before its end; a `*` may only be the last character",
                           USHER_TEXT_ARGS(excerpt));
        return false;
    }
    return true;
}

/* Reads a value, or each member of a list of them. */
static void read_values(struct usher_compile *compile, const struct usher_node *member,
                        struct usher_condition *condition)
{
    const struct usher_schema_row row = {.key = "when",
                                         .type = USHER_VALUE_TEXT,
                                         .max = VALUE_BYTES_MAX,
                                         .sentence = "a value that fits, or a list of them"};
    bool is_list = member->kind == USHER_NODE_LIST;
    struct usher_text *values;

    if (is_list && member->count == 0)
        usher_problems_add(compile->problems, member->line, member->column,
                           "the list is empty, so that nothing would fit; write what fits");
    if (is_list && member->count > VALUES_MAX) {
        usher_problems_add(compile->problems, member->line, member->column,
                           "the list has %zu values; at most %d are possible", member->count,
                           VALUES_MAX);
        return;
    }
    values = usher_compile_take(compile, is_list ? member->count : 1, sizeof(*values));
    if (!values)
        return;
    condition->values = values;
    for (const struct usher_node *node = is_list ? member->first : member; node;
         node = is_list ? node->next : NULL) {
        size_t count = condition->values_count;
        struct usher_text value;

        if (!usher_schema_read_value(&row, node, &value, compile->problems) ||
            !check_value(compile, condition->kind, node) ||
            usher_compile_is_twice(compile, values, count, node))
            continue;
        if (!usher_compile_copy(compile, value, &values[count]))
            return;
        condition->values_count++;
    }
}

static void read_when(struct usher_compile *compile, const struct usher_node *when,
                      struct usher_route *route)
{
    struct usher_condition *conditions;
    size_t count = 0;

    if (when->count == 0) {
        usher_problems_add(compile->problems, when->line, when->column,
                           "`when` has no condition; add one, or take `when` out");
        return;
    }
    conditions = usher_compile_take(compile, when->count, sizeof(*conditions));
    if (!conditions)
        return;
    usher_node_for_each (member, when) {
        struct usher_condition *condition = &conditions[count];
        struct usher_text key = member->key;

        condition->kind = read_kind(compile, member);
        if (condition->kind == USHER_CONDITION_NONE)
            continue;
        key.at += sizeof(DATA_PREFIX) - 1;
        key.length -= sizeof(DATA_PREFIX) - 1;
        if (condition->kind == USHER_CONDITION_DATA &&
            !usher_compile_copy(compile, key, &condition->data_key))
            return;
        read_values(compile, member, condition);
        count++;
    }
    route->conditions = conditions;
    route->conditions_count = count;
}

/* Tiers are few and stand in the rules themselves: an index is made for the search's message only.
 */
static size_t find_tier(struct usher_compile *compile, const struct usher_node *place)
{
    struct usher_text names[USHER_TIERS_MAX];
    struct usher_names index = {.at = names};
    size_t tier = usher_rules_find_tier(compile->rules, place->text);

    if (tier != SIZE_MAX)
        return tier;
    for (size_t i = 0; i < compile->rules->tiers_count; i++)
        names[i] = compile->rules->tiers[i].name;
    if (!usher_names_init(&index, compile->arena, names, compile->rules->tiers_count))
        return SIZE_MAX;
    return usher_compile_find(compile, &index, place, place->text, "tier", "add it to `tiers`");
}

static void read_route(struct usher_compile *compile, const struct usher_node *node,
                       struct usher_route *route)
{
    struct route_values values;

    route->tier = compile->rules->default_tier;
    usher_schema_default(&usher_route_schema, &values);
    if (!usher_schema_is_map(node, "routes", compile->problems))
        return;
    usher_schema_read(&usher_route_schema, node, &values, compile->problems);
    if (values.when)
        read_when(compile, values.when, route);
    if (values.queue.at && compile->rules->queues_count)
        route->queue = usher_compile_find(compile, &compile->owner->queues,
                                          usher_node_find(node, USHER_TEXT("queue")), values.queue,
                                          "queue", "add it to `queues`");
    if (values.tier.at)
        route->tier = find_tier(compile, usher_node_find(node, USHER_TEXT("tier")));
}

/* The last route takes all that is left, and no other does. */
static void check_catch_all(struct usher_compile *compile, const struct usher_node *list)
{
    const struct usher_node *catch_all = NULL;
    const struct usher_node *last = list->last;

    usher_node_for_each (node, list) {
        if (node->kind != USHER_NODE_MAP)
            continue;
        if (catch_all)
            usher_problems_add(compile->problems, node->line, node->column,
                               "this route is never reached: the one on line %zu has no `when` and "
                               "takes all; move it up or take it out",
                               catch_all->line);
        else if (!usher_node_find(node, USHER_TEXT("when")))
            catch_all = node;
    }
    if (!catch_all && last->kind == USHER_NODE_MAP)
        usher_problems_add(compile->problems, last->line, last->column,
                           "the last route has a `when`, so that some contacts would find no "
                           "queue; add a route without `when` behind it");
}

void usher_compile_routes(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_route *routes;
    size_t count = 0;

    if (!node)
        return;
    if (node->count == 0 || node->count > USHER_ROUTES_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "there are %zu routes; 1 to %d are possible", node->count,
                           USHER_ROUTES_MAX);
        return;
    }
    routes = usher_compile_take(compile, node->count, sizeof(*routes));
    if (!routes)
        return;
    usher_node_for_each (member, node)
        read_route(compile, member, &routes[count++]);
    check_catch_all(compile, node);
    compile->rules->routes = routes;
    compile->rules->routes_count = count;
}

static bool is_fit_by_pattern(struct usher_text pattern, struct usher_text value)
{
    if (!value.at)
        return false;
    if (pattern.at[pattern.length - 1] != '*')
        return usher_text_is_equal(pattern, value);
    pattern.length--;
    return value.length >= pattern.length && memcmp(value.at, pattern.at, pattern.length) == 0;
}

struct asker {
    enum usher_channel channel;
    struct usher_text from;
    struct usher_text to;
    struct usher_text data;
};

static bool has_value(const struct usher_condition *condition, struct usher_text value)
{
    bool is_pattern =
        condition->kind == USHER_CONDITION_DIALLED || condition->kind == USHER_CONDITION_FROM;

    for (size_t i = 0; i < condition->values_count; i++) {
        if (is_pattern ? is_fit_by_pattern(condition->values[i], value)
                       : usher_text_is_equal(condition->values[i], value))
            return true;
    }
    return false;
}

static bool is_fit(const struct usher_condition *condition, const struct asker *asker)
{
    char room[VALUE_BYTES_MAX + 1];
    struct usher_text value;

    switch (condition->kind) {
    case USHER_CONDITION_CHANNEL:
        return has_value(condition, usher_channel_name(asker->channel));
    case USHER_CONDITION_DIALLED:
        return has_value(condition, asker->to);
    case USHER_CONDITION_FROM:
        return has_value(condition, asker->from);
    case USHER_CONDITION_DATA:
        return asker->data.at &&
               usher_json_find_text(asker->data, condition->data_key, room, sizeof(room), &value) &&
               has_value(condition, value);
    case USHER_CONDITION_NONE:
    case USHER_CONDITION_KIND_COUNT:
        break;
    }
    return false;
}

bool usher_rules_route(const struct usher_rules *rules, enum usher_channel channel,
                       struct usher_text from, struct usher_text to, struct usher_text data,
                       size_t *queue, size_t *tier)
{
    const struct asker asker = {.channel = channel, .from = from, .to = to, .data = data};

    for (size_t i = 0; i < rules->routes_count; i++) {
        const struct usher_route *route = &rules->routes[i];
        size_t fit = 0;

        while (fit < route->conditions_count && is_fit(&route->conditions[fit], &asker))
            fit++;
        if (fit < route->conditions_count)
            continue;
        *queue = route->queue;
        *tier = route->tier;
        return true;
    }
    return false;
}

void usher_rules_route_again(const struct usher_rules *rules, const struct usher_rules *before,
                             enum usher_channel channel, struct usher_text from,
                             struct usher_text to, struct usher_text data, size_t *queue,
                             size_t *tier)
{
    size_t same_queue = usher_rules_find_queue(rules, before->queues[*queue].name);
    size_t same_tier = usher_rules_find_tier(rules, before->tiers[*tier].name);
    size_t routed_queue = rules->routes[rules->routes_count - 1].queue;
    size_t routed_tier = rules->default_tier;

    if ((same_queue == SIZE_MAX || same_tier == SIZE_MAX) &&
        !usher_rules_route(rules, channel, from, to, data, &routed_queue, &routed_tier))
        routed_queue = rules->routes[rules->routes_count - 1].queue;
    *queue = same_queue != SIZE_MAX ? same_queue : routed_queue;
    *tier = same_tier != SIZE_MAX ? same_tier : routed_tier;
}
