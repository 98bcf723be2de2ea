/* `routes`: from the top, the first whose conditions all fit; the last has none, so that each
 * contact finds a queue. */
#include <assert.h>

#include "rules/compile.h"
#include "rules/schema.h"

struct route_values {
    const struct usher_node *when;
    struct usher_text queue;
    struct usher_text tier;
    struct usher_text notice;
};

static const struct usher_schema_row route_rows[] = {
    USHER_SCHEMA_ROW(route_values, when, MAP, .sentence = "the conditions, which must all fit",
                     .without = "every contact fits; only the last route is so",
                     .members = &usher_when_schema, .own = &usher_when_own_row),
    USHER_SCHEMA_ROW(route_values, queue, NAME, .max = USHER_NAME_MAX, .is_needed = true,
                     .sentence = "the queue to which the contact goes"),
    USHER_SCHEMA_ROW(route_values, tier, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the tier that the contact gets", .without = "standard"),
    USHER_SCHEMA_ROW(route_values, notice, NAME, .max = USHER_NAME_MAX,
                     .sentence = "the notice that is played to the contact when it arrives",
                     .without = "none"),
};

const struct usher_schema usher_route_schema = {route_rows, USHER_COUNT_OF(route_rows), NULL};

static size_t find_tier(struct usher_compile *compile, const struct usher_node *place)
{
    struct usher_text names[USHER_TIERS_MAX];

    for (size_t i = 0; i < compile->rules->tiers_count; i++)
        names[i] = compile->rules->tiers[i].name;
    return usher_compile_find_listed(compile, names, compile->rules->tiers_count, place, "tier",
                                     "add it to `tiers`");
}

static void read_route(struct usher_compile *compile, const struct usher_node *node,
                       struct usher_route *route)
{
    struct route_values values;

    route->tier = compile->rules->default_tier;
    route->notice = USHER_NOTICE_NONE;
    usher_schema_default(&usher_route_schema, &values);
    if (!usher_schema_is_map(node, "routes", compile->problems))
        return;
    usher_schema_read(&usher_route_schema, node, &values, compile->problems);
    if (values.when)
        usher_compile_when(compile, values.when, route);
    if (values.queue.at && compile->rules->queues_count)
        route->queue = usher_compile_find(compile, &compile->owner->queues,
                                          usher_node_find(node, USHER_TEXT("queue")), values.queue,
                                          "queue", "add it to `queues`");
    if (values.tier.at)
        route->tier = find_tier(compile, usher_node_find(node, USHER_TEXT("tier")));
    if (values.notice.at)
        route->notice = usher_compile_find_listed(compile, compile->rules->notices,
                                                  compile->rules->notices_count,
                                                  usher_node_find(node, USHER_TEXT("notice")),
                                                  "notice", "add it to `notices` at the top");
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

static bool is_fit(const struct usher_route *route, const struct usher_facts *facts)
{
    for (size_t i = 0; i < route->conditions_count; i++) {
        if (!usher_condition_is_fit(&route->conditions[i], facts))
            return false;
    }
    return true;
}

const struct usher_route *usher_rules_route(const struct usher_rules *rules,
                                            const struct usher_facts *facts)
{
    struct usher_facts here = *facts;

    for (size_t i = 0; i < rules->routes_count; i++) {
        const struct usher_route *route = &rules->routes[i];

        if (facts->customer.at && !facts->is_repeat)
            here.is_repeat =
                usher_rules_is_repeat(rules, route->queue, facts->customer, facts->now_ms);
        if (is_fit(route, &here))
            return route;
    }
    return NULL;
}

void usher_rules_route_again(const struct usher_rules *rules, const struct usher_rules *before,
                             const struct usher_facts *facts, size_t *queue, size_t *tier)
{
    size_t same_queue = usher_rules_find_queue(rules, before->queues[*queue].name);
    size_t same_tier = usher_rules_find_tier(rules, before->tiers[*tier].name);
    const struct usher_route *route = NULL;

    assert(rules->routes && rules->routes_count > 0);
    if (same_queue == SIZE_MAX || same_tier == SIZE_MAX)
        route = usher_rules_route(rules, facts);
    *queue = same_queue;
    *tier = same_tier;
    if (same_queue == SIZE_MAX)
        *queue = route ? route->queue : rules->routes[rules->routes_count - 1].queue;
    if (same_tier == SIZE_MAX)
        *tier = route ? route->tier : rules->default_tier;
}
