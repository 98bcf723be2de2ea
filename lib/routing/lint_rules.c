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
            is_more |= follow(linter, i, &queue->full) | follow(linter, i, &queue->closed) |
                       follow(linter, i, &queue->overflow);
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

void usher_lint_rules(struct linter *linter)
{
    look_for_queues(linter);
    look_for_unused(linter);
}
