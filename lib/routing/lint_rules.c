/* What is lawful in rules and yet surely not meant, whoever the agents are. */
#include <string.h>

#include "routing/linter.h"

/* The channels that a route names; all when it names none. */
static unsigned channels_of(const struct usher_route *route, bool *is_told)
{
    unsigned channels = 0;
    for (size_t i = 0; i < route->conditions_count; i++) {
        const struct usher_condition *condition = &route->conditions[i];
        if (condition->kind != USHER_CONDITION_CHANNEL || condition->is_not)
            continue;
        for (size_t k = 0; k < condition->values_count; k++)
            channels |= 1u << usher_channel_find(condition->values[k]);
    }
    *is_told = channels != 0;
    return channels ? channels : USHER_CHANNELS_ALL;
}

/* The contacts of `from` may go on this way. True when that brought the queue at its end something
 * new. */
static bool follow(struct linter *linter, size_t from, const struct usher_way *way)
{
    if (way->kind != USHER_WAY_QUEUE ||
        (linter->channels[from] & ~linter->channels[way->queue]) == 0)
        return false;
    linter->channels[way->queue] |= linter->channels[from];
    linter->is_told[way->queue] &= linter->is_told[from];
    return true;
}

void usher_lint_reach(struct linter *linter)
{
    const struct usher_rules *rules = linter->rules;
    bool is_more = true;
    for (size_t i = 0; i < rules->queues_count; i++) {
        linter->channels[i] = 0;
        linter->is_told[i] = true;
    }
    for (size_t i = 0; i < rules->routes_count; i++) {
        const struct usher_route *route = &rules->routes[i];
        bool is_told;
        linter->channels[route->queue] |= channels_of(route, &is_told);
        linter->is_told[route->queue] &= is_told;
    }
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < rules->queues_count; i++) {
            const struct usher_queue *queue = &rules->queues[i];
            is_more |= follow(linter, i, &queue->full);
            is_more |= follow(linter, i, &queue->closed);
            is_more |= follow(linter, i, &queue->overflow);
        }
    }
}

static void look_for_queues(struct linter *linter)
{
    const struct usher_rules *rules = linter->rules;
    for (size_t queue = 0; queue < rules->queues_count; queue++) {
        struct usher_text name = rules->queues[queue].name;
        if (linter->channels[queue] == 0)
            usher_linter_add(linter, USHER_FINDING_UNREACHED_QUEUE,
                             usher_linter_queue(linter, queue), name, USHER_NO_TEXT,
                             "queue `%.*s`: no route leads to it; add one, or take it out",
                             USHER_TEXT_ARGS(name));
    }
}

static bool is_needed(const struct usher_rules *rules, size_t skill)
{
    struct usher_text name = rules->skills[skill];
    for (size_t queue = 0; queue < rules->queues_count; queue++) {
        for (size_t i = 0; i < rules->queues[queue].needs_count; i++) {
            const struct usher_need_rule *rule = &rules->queues[queue].needs[i];
            if (rule->skill == skill ||
                (rule->key.at && name.length > rule->prefix.length &&
                 memcmp(name.at, rule->prefix.at, rule->prefix.length) == 0))
                return true;
        }
    }
    return false;
}

static void look_for_unused(struct linter *linter)
{
    const struct usher_node *skills = usher_node_find(linter->root, USHER_TEXT("skills"));
    if (!skills)
        return;
    usher_node_for_each (member, skills) {
        size_t skill = usher_rules_find_skill(linter->rules, member->text);
        if (skill != SIZE_MAX && !is_needed(linter->rules, skill))
            usher_linter_add(linter, USHER_FINDING_UNUSED_SKILL, member, USHER_NO_TEXT,
                             linter->rules->skills[skill],
                             "skill `%.*s`: no queue needs it; let one need it, or take it out",
                             USHER_TEXT_ARGS(member->text));
    }
}

/* Whether whatever fits `later` fits `earlier`, too. */
static bool is_covered(const struct usher_route *later, const struct usher_route *earlier)
{
    for (size_t i = 0; i < earlier->conditions_count; i++) {
        size_t k = 0;
        while (k < later->conditions_count &&
               !usher_condition_implies(&later->conditions[k], &earlier->conditions[i]))
            k++;
        if (k == later->conditions_count)
            return false;
    }
    return true;
}

/* Whether two of its conditions exclude each other. */
static bool is_contradiction(const struct usher_route *route)
{
    for (size_t i = 0; i < route->conditions_count; i++)
        for (size_t k = 0; k < i; k++)
            if (usher_condition_excludes(&route->conditions[i], &route->conditions[k]))
                return true;
    return false;
}

static const struct usher_node *member_at(const struct usher_node *list, size_t index)
{
    const struct usher_node *member = list->first;
    while (index-- > 0)
        member = member->next;
    return member;
}

static void look_at_route(struct linter *linter, const struct usher_node *list, size_t index)
{
    const struct usher_rules *rules = linter->rules;
    const struct usher_route *route = &rules->routes[index];
    const struct usher_node *node = member_at(list, index);
    struct usher_text queue = rules->queues[route->queue].name;
    size_t earlier = 0;
    if (is_contradiction(route)) {
        usher_linter_add(linter, USHER_FINDING_UNREACHED_ROUTE, node, queue, USHER_NO_TEXT,
                         "no contact takes this route: two of its conditions exclude each other; "
                         "change one, or take the route out");
        return;
    }
    while (earlier < index && !is_covered(route, &rules->routes[earlier]))
        earlier++;
    if (earlier < index)
        usher_linter_add(linter, USHER_FINDING_UNREACHED_ROUTE, node, queue, USHER_NO_TEXT,
                         "no contact takes this route: the one on line %zu takes all that fit it; "
                         "move it up, or take it out",
                         member_at(list, earlier)->line);
}

static void look_for_routes(struct linter *linter)
{
    const struct usher_node *list = usher_node_find(linter->root, USHER_TEXT("routes"));
    for (size_t i = 0; list && i < linter->rules->routes_count; i++)
        look_at_route(linter, list, i);
}

/* What the rules use of a list: the tiers, switches and notices, by index. */
struct uses {
    bool tiers[USHER_TIERS_MAX];
    uint64_t switches;
    bool notices[USHER_NOTICES_MAX];
};

static void use_notice(struct uses *uses, size_t notice)
{
    if (notice != USHER_NOTICE_NONE)
        uses->notices[notice] = true;
}

static void collect(const struct usher_rules *rules, struct uses *uses)
{
    uses->tiers[rules->default_tier] = true;
    for (size_t i = 0; i < rules->routes_count; i++) {
        const struct usher_route *route = &rules->routes[i];
        uses->tiers[route->tier] = true;
        use_notice(uses, route->notice);
        for (size_t k = 0; k < route->conditions_count; k++)
            uses->switches |= route->conditions[k].switches;
    }
    for (size_t i = 0; i < rules->queues_count; i++) {
        const struct usher_queue *queue = &rules->queues[i];
        const struct usher_way *ways[] = {&queue->full, &queue->closed, &queue->overflow};
        for (size_t k = 0; k < USHER_COUNT_OF(ways); k++)
            if (ways[k]->kind != USHER_WAY_NONE)
                use_notice(uses, ways[k]->notice);
    }
}

static void tell_unused(struct linter *linter, const struct usher_node *node, const char *what,
                        struct usher_text name, const char *users)
{
    usher_linter_add(linter, USHER_FINDING_UNUSED_NAME, node, USHER_NO_TEXT, USHER_NO_TEXT,
                     "%s `%.*s`: %s; use it, or take it out", what, USHER_TEXT_ARGS(name), users);
}

static void look_for_names(struct linter *linter)
{
    const struct usher_rules *rules = linter->rules;
    const struct usher_node *tiers = usher_node_find(linter->root, USHER_TEXT("tiers"));
    const struct usher_node *switches = usher_node_find(linter->root, USHER_TEXT("switches"));
    const struct usher_node *notices = usher_node_find(linter->root, USHER_TEXT("notices"));
    struct uses uses = {.switches = 0};
    collect(rules, &uses);
    for (size_t i = 0; tiers && i < tiers->count; i++)
        if (!uses.tiers[i])
            tell_unused(linter, member_at(tiers, i), "tier", rules->tiers[i].name,
                        "no route gives it");
    for (size_t i = 0; switches && i < rules->switches_count; i++)
        if (!(uses.switches >> i & 1))
            tell_unused(linter, member_at(switches, i), "switch", rules->switches[i],
                        "no route looks at it");
    for (size_t i = 0; notices && i < rules->notices_count; i++)
        if (!uses.notices[i])
            tell_unused(linter, member_at(notices, i), "notice", rules->notices[i],
                        "nothing plays it");
}

void usher_lint_rules(struct linter *linter)
{
    look_for_queues(linter);
    look_for_routes(linter);
    look_for_unused(linter);
    look_for_names(linter);
}
