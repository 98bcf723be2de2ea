/* What rules and traffic do not have in common. It is no mistake, but hardly ever meant: a skill
 * that only the agents know, or customers whom nobody can serve. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/input.h"
#include "ctl/memory.h"
#include "ctl/simulate/simulate.h"
#include "routing/staff.h"
#include "wire/json.h"

/* How many agents of these crews have the skill. */
static size_t count_holders(const struct usher_traffic *traffic, size_t crews_count,
                            struct usher_text skill)
{
    size_t count = 0;
    for (size_t i = 0; i < crews_count; i++)
        for (size_t k = 0; k < traffic->crews[i].levels_count; k++)
            if (usher_text_is_equal(traffic->crews[i].levels[k].name, skill))
                count += traffic->crews[i].count;
    return count;
}

static void tell_skills(const char *name, const struct usher_rules *rules,
                        const struct usher_traffic *traffic)
{
    for (size_t i = 0; i < traffic->crews_count; i++)
        for (size_t k = 0; k < traffic->crews[i].levels_count; k++) {
            struct usher_text skill = traffic->crews[i].levels[k].name;
            if (usher_rules_find_skill(rules, skill) != SIZE_MAX ||
                count_holders(traffic, i, skill) > 0)
                continue;
            size_t count = count_holders(traffic, traffic->crews_count, skill);
            fprintf(stderr, "usherctl: %s: the rules do not have the skill `%.*s` of %zu agent%s\n",
                    name, USHER_TEXT_ARGS(skill), count, count == 1 ? "" : "s");
        }
}

static void read_capacity(struct usher_text capacity, int by_channel[USHER_CHANNEL_COUNT])
{
    struct usher_json json;
    struct usher_text key;
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        by_channel[i] = -1;
    if (!capacity.at)
        return;
    usher_json_start(&json, capacity, NULL, 0);
    if (!usher_json_enter(&json))
        return;
    while (usher_json_next_key(&json, &key)) {
        int64_t number = -1;
        if (!usher_json_read_int64(&json, &number))
            usher_json_skip(&json);
        by_channel[usher_channel_find(key)] = (int)number;
    }
}

/* A member for each crew; all of a crew are alike. */
static struct usher_staff_member *members_new(const struct usher_traffic *traffic)
{
    struct usher_staff_member *members =
        memory_resize(NULL, traffic->crews_count * sizeof(*members) + 1);
    for (size_t i = 0; i < traffic->crews_count; i++) {
        const struct usher_traffic_crew *crew = &traffic->crews[i];
        struct usher_staff_skill *skills =
            memory_resize(NULL, crew->levels_count * sizeof(*skills) + 1);
        for (size_t k = 0; k < crew->levels_count; k++)
            skills[k] =
                (struct usher_staff_skill){crew->levels[k].name, (uint8_t)crew->levels[k].number};
        members[i] = (struct usher_staff_member){.id = crew->name,
                                                 .has_phone = true,
                                                 .skills = skills,
                                                 .skills_count = crew->levels_count};
        read_capacity(crew->capacity, members[i].capacity);
    }
    return members;
}

static void members_free(struct usher_staff_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((void *)members[i].skills);
    free(members);
}

/* What is needed in the queue when all steps of `relax` are open. */
static size_t last_needs(const struct usher_rules *rules, size_t queue,
                         const struct usher_facts *facts, struct usher_need needs[USHER_NEEDS_MAX])
{
    size_t count = usher_rules_needs(rules, queue, facts, needs);
    size_t steps = rules->queues[queue].relax_count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (steps > 0)
            needs[i].min = needs[i].relaxed[steps - 1];
        if (needs[i].min > 0)
            needs[kept++] = needs[i];
    }
    return kept;
}

/* The queue where customers of this kind would wait for ever; SIZE_MAX when there is none. */
static size_t find_trap(const struct usher_staff *staff, const struct usher_traffic_kind *kind)
{
    const struct usher_rules *rules = staff->rules;
    struct usher_facts facts = {.channel = kind->channel, .to = kind->to, .data = kind->data};
    struct usher_need needs[USHER_NEEDS_MAX];
    const struct usher_route *route = usher_rules_route(rules, &facts);
    if (!route || rules->queues[route->queue].overflow.kind != USHER_WAY_NONE)
        return SIZE_MAX;
    size_t needs_count = last_needs(rules, route->queue, &facts, needs);
    bool is_served =
        usher_staff_count(staff, 1U << (unsigned)kind->channel, needs, needs_count, NULL) > 0;
    return is_served ? SIZE_MAX : route->queue;
}

/* A line for each queue, with the first of the kinds that nobody serves there. */
static void tell_traps(const char *name, const struct usher_staff *staff,
                       const struct usher_traffic *traffic)
{
    size_t *traps = memory_resize(NULL, traffic->kinds_count * sizeof(*traps) + 1);
    for (size_t i = 0; i < traffic->kinds_count; i++)
        traps[i] = find_trap(staff, &traffic->kinds[i]);
    for (size_t i = 0; i < traffic->kinds_count; i++) {
        size_t queue = traps[i];
        size_t more = 0;
        if (queue == SIZE_MAX)
            continue;
        for (size_t k = i + 1; k < traffic->kinds_count; k++)
            if (traps[k] == queue) {
                traps[k] = SIZE_MAX;
                more++;
            }
        fprintf(stderr, "usherctl: %s: no agent of the traffic can serve the customers `%.*s`",
                name, USHER_TEXT_ARGS(traffic->kinds[i].name));
        if (more > 0)
            fprintf(stderr, " and %zu other kind%s", more, more == 1 ? "" : "s");
        fprintf(stderr, " in the queue `%.*s`\n",
                USHER_TEXT_ARGS(staff->rules->queues[queue].name));
    }
    free(traps);
}

static void tell(const char *name, const struct usher_rules *rules,
                 const struct usher_traffic *traffic, const struct usher_staff_member *members)
{
    struct usher_staff staff;
    if (!usher_staff_init(&staff, rules, members, traffic->crews_count))
        memory_fail();
    tell_skills(name, rules, traffic);
    tell_traps(name, &staff, traffic);
    usher_staff_fini(&staff);
}

void simulate_compare_skills(const struct simulation *simulation)
{
    const struct options *options = simulation->options;
    const struct usher_traffic *traffic = simulation->traffic;
    struct usher_staff_member *members = members_new(traffic);
    for (size_t i = 0; i < simulation->entries_count; i++) {
        struct usher_rules *rules = simulate_read_rules(simulation, i);
        const char *path = i == 0 ? options->arguments[0] : options->compares[i - 1];
        if (rules)
            tell(input_name(path), rules, traffic, members);
        usher_rules_free(rules);
    }
    members_free(members, traffic->crews_count);
}
