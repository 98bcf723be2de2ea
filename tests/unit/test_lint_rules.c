/* What the lint finds in rules alone. */
#include "unit/linted.h"
#include "unit/suite.h"

#define TOP                                                                                        \
    "tiers: {gold: {}}\nswitches: [storm]\nnotices: [busy]\nqueues: {a: {}, b: {}}\nroutes:\n"     \
    "  - {when: {switch: storm}, queue: a, tier: gold, notice: busy}\n"

/* Asserts what is found in TOP, routes (a line each, from line 7) and a last one. */
static void assert_found(const char *routes, const char *findings)
{
    struct world *world = world_new();
    char text[1024];
    (void)snprintf(text, sizeof(text), "%s%s  - queue: b\n", TOP, routes);
    told_assert(found(world, text, false), findings);
    world_free(world);
}

#define SEVEN    "unreached_route 7:5 no contact takes this route: "
#define EIGHT    "unreached_route 8:5 no contact takes this route: "
#define UP(line) "the one on line " line " takes all that fit it; move it up, or take it out\n"

START_TEST(route_behind_one_that_takes_all_of_its_contacts_is_told)
{
    static const char *const pairs[][2] = {
        {"channel: voice", "{channel: voice, data.x: 1}"},
        {"channel: [voice, chat]", "{channel: chat}"},
        {"dialled: '+38*'", "{dialled: '+38044*'}"},
        {"dialled: ['1', '+38*']", "{dialled: ['+38044', '1']}"},
        {"data.x: [1, 2], data.y: 3", "{data.y: 3, data.z: 1, data.x: 2}"},
        {"not: {channel: voice}", "{channel: [chat, email]}"},
        {"not: {channel: voice}", "{not: {channel: [voice, chat]}}"},
        {"customer.tier: gold", "{customer.tier: gold, repeat: true}"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(pairs); i++) {
        char routes[256];
        (void)snprintf(routes, sizeof(routes),
                       "  - {when: {%s}, queue: a}\n  - {when: %s, queue: b}\n", pairs[i][0],
                       pairs[i][1]);
        assert_found(routes, EIGHT UP("7"));
    }
    assert_found("  - {when: {switch: storm, channel: voice}, queue: b}\n", SEVEN UP("6"));
}
END_TEST

START_TEST(route_that_some_contact_may_take_is_not)
{
    static const char *const pairs[][2] = {
        {"channel: voice, data.x: 1", "{channel: voice}"},
        {"channel: chat", "{channel: [voice, chat]}"},
        {"dialled: '+38044*'", "{dialled: '+38*'}"},
        {"dialled: '+38*'", "{from: '+38044'}"},
        {"data.x: 1", "{data.y: 1}"},
        {"data.x: 1", "{customer.x: 1}"},
        {"not: {channel: voice}", "{channel: [voice, email]}"},
        {"not: {channel: [voice, chat]}", "{not: {channel: voice}}"},
        {"not: {switch: storm}", "{data.x: 1}"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(pairs); i++) {
        char routes[256];
        (void)snprintf(routes, sizeof(routes),
                       "  - {when: {%s}, queue: a}\n  - {when: %s, queue: b}\n", pairs[i][0],
                       pairs[i][1]);
        assert_found(routes, "");
    }
}
END_TEST

START_TEST(route_whose_conditions_exclude_each_other_is_told)
{
    static const char *const conditions[] = {
        "channel: voice, not: {channel: [voice, chat]}",
        "dialled: '+38044', not: {dialled: '+38*'}",
        "data.x: 1, not: {data.x: 1}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(conditions); i++) {
        char route[256];
        (void)snprintf(route, sizeof(route), "  - {when: {%s}, queue: a}\n", conditions[i]);
        assert_found(route, SEVEN "two of its conditions exclude each other; change one, or take "
                                  "the route out\n");
    }
    assert_found("  - {when: {dialled: '+38*', not: {dialled: '+38044'}}, queue: a}\n", "");
}
END_TEST

START_TEST(names_that_nothing_uses_are_told)
{
    struct world *world = world_new();
    told_assert(found(world,
                      "tiers: {gold: {}, standard: {}}\nswitches: [a, b]\nnotices: [c, d, e]\n"
                      "queues: {q: {closed: {notice: d}}}\n"
                      "routes: [{when: {not: {switch: a}}, queue: q, notice: c}, {queue: q}]\n",
                      false),
                "unused_name 1:9 tier `gold`: no route gives it; use it, or take it out\n"
                "unused_name 2:15 switch `b`: no route looks at it; use it, or take it out\n"
                "unused_name 3:17 notice `e`: nothing plays it; use it, or take it out\n");
    world_free(world);
}
END_TEST

START_TEST(queue_that_overflow_leads_to_is_reached)
{
    struct world *world = world_new();
    told_assert(
        found(world,
              "queues:\n  a: {overflow: {after: 5m, to: b}}\n  b: {limit: {waiting: 9, then: "
              "c}}\n  c: {}\n  d: {overflow: {after: 5m, to: e}}\n  e: {}\n"
              "routes: [{queue: a}]\n",
              false),
        "unreached_queue 5:3 queue `d`: no route leads to it; add one, or take it out\n"
        "unreached_queue 6:3 queue `e`: no route leads to it; add one, or take it out\n");
    world_free(world);
}
END_TEST

SUITE_MAIN("lint_rules", route_behind_one_that_takes_all_of_its_contacts_is_told,
           route_that_some_contact_may_take_is_not,
           route_whose_conditions_exclude_each_other_is_told, names_that_nothing_uses_are_told,
           queue_that_overflow_leads_to_is_reached)
