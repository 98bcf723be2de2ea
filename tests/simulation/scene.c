/* Small worlds are the dangerous ones: few agents, few skills and short times make things meet. */
#include "simulation/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SKILLS 5

static const char *const skills[SKILLS] = {"billing", "internet", "sales", "lang.uk", "lang.en"};

/* Appends as printf does. */
static void add(char *room, size_t room_size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *room, size_t room_size, const char *format, ...)
{
    size_t length = strlen(room);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(room + length, room_size - length, format, arguments);
    va_end(arguments);
}

static void add_bid(struct chance *chance, char *room, size_t room_size)
{
    if (chance_is(chance, 40))
        return;
    add(room, room_size,
        "bid: {match_worth: %ds, lend_worth: %ds, fairness: 0.%02d, idle_cap: %ds, second_promise: "
        "%s, overtaking: %s, deferred_share: %d}\n",
        chance_between(chance, 0, 300), chance_is(chance, 25) ? 0 : chance_between(chance, 1, 400),
        chance_between(chance, 0, 50), chance_between(chance, 10, 900),
        chance_is(chance, 30) ? "off" : "2", chance_is(chance, 75) ? "true" : "false",
        chance_is(chance, 50) ? 0 : chance_between(chance, 1, 100));
}

static void add_channels(struct chance *chance, char *room, size_t room_size)
{
    if (chance_is(chance, 50))
        return;
    add(room, room_size,
        "channels: {voice: {unit: 100, cap: 1}, chat: {unit: %d, cap: %d}, email: {unit: %d, cap: "
        "%d, interruptible: %s}}\n",
        chance_between(chance, 20, 100), chance_between(chance, 1, 4),
        chance_between(chance, 10, 50), chance_between(chance, 1, 4),
        chance_is(chance, 60) ? "true" : "false");
}

/* Steps that lower the minimum of one skill, at last to nothing. */
static void add_relax(struct chance *chance, const char *skill, int min, char *room,
                      size_t room_size)
{
    int after = chance_between(chance, 1, 30);
    if (chance_is(chance, 50))
        return;
    min -= chance_between(chance, 1, min);
    add(room, room_size, "    relax: [{after: %ds, %s: {min: %d}}", after, skill, min);
    if (min > 0 && chance_is(chance, 60))
        add(room, room_size, ", {after: %ds, %s: {min: 0}}", after + chance_between(chance, 1, 40),
            skill);
    add(room, room_size, "]\n");
}

static void add_last_agent(struct chance *chance, char *room, size_t room_size)
{
    add(room, room_size, "    last_agent: {worth: %ds, within: %ds",
        chance_is(chance, 20) ? 0 : chance_between(chance, 1, 120),
        chance_between(chance, 60, 300));
    if (chance_is(chance, 60))
        add(room, room_size, ", wait: {email: %ds, task: %ds}", chance_between(chance, 0, 200),
            chance_between(chance, 0, 60));
    add(room, room_size, "}\n");
}

static void add_need(struct chance *chance, char *room, size_t room_size)
{
    unsigned first = chance_below(chance, SKILLS);
    unsigned count = chance_below(chance, 3);
    int first_min = chance_between(chance, 1, 8);
    add(room, room_size, "    need: {");
    for (unsigned i = 0; i <= count && i < SKILLS; i++)
        add(room, room_size, "%s%s: {min: %d, weight: %d}", i > 0 ? ", " : "",
            skills[(first + i) % SKILLS], i == 0 ? first_min : chance_between(chance, 1, 4),
            chance_between(chance, 1, 3));
    if (first + count < 3 && chance_is(chance, 50))
        add(room, room_size, ", lang.$%s.lang: {min: %d, else: lang.uk}",
            chance_is(chance, 60) ? "data" : "customer", chance_between(chance, 1, 3));
    add(room, room_size, "}\n");
    add_relax(chance, skills[first], first_min, room, room_size);
}

/* Somewhere else: to a later queue, so that nothing goes round; or away. */
static void add_way(struct chance *chance, const char *key, unsigned number, unsigned count,
                    bool may_wait, char *room, size_t room_size)
{
    if (number + 1 < count && chance_is(chance, 40))
        add(room, room_size, "%s: queue%d", key,
            chance_between(chance, (int)number + 1, (int)count - 1));
    else
        add(room, room_size, "%s: %s", key,
            may_wait && chance_is(chance, 40) ? "wait"
            : chance_is(chance, 50)           ? "farewell"
                                              : "callback");
}

static void add_hours(struct chance *chance, unsigned number, unsigned count, char *room,
                      size_t room_size)
{
    add(room, room_size, "    closed: {");
    add_way(chance, "then", number, count, true, room, room_size);
    add(room, room_size, "%s}\n", chance_is(chance, 50) ? ", notice: sorry" : "");
    if (chance_is(chance, 15))
        add(room, room_size, "    hours: \"%02d:%02d-%02d:%02d\"\n", chance_between(chance, 0, 23),
            chance_between(chance, 0, 29), chance_between(chance, 0, 23),
            chance_between(chance, 30, 59));
    if (chance_is(chance, 30)) {
        add(room, room_size, "    overflow: {after: %ds, ", chance_between(chance, 1, 60));
        add_way(chance, "to", number, count, false, room, room_size);
        add(room, room_size, "}\n");
    }
}

static void add_limit(struct chance *chance, unsigned number, unsigned count, char *room,
                      size_t room_size)
{
    add(room, room_size, "    limit: {waiting: %d", chance_between(chance, 1, 6));
    if (chance_is(chance, 50)) {
        add(room, room_size, ", ");
        add_way(chance, "then", number, count, false, room, room_size);
    }
    add(room, room_size, "}\n");
}

static void add_queue(struct chance *chance, unsigned number, unsigned count, char *room,
                      size_t room_size)
{
    add(room, room_size, "  queue%u:\n    promise: {answer_within: %ds", number,
        chance_between(chance, 1, 60));
    if (chance_is(chance, 40))
        add(room, room_size, ", email: %ds", chance_between(chance, 60, 600));
    if (chance_is(chance, 40))
        add(room, room_size, ", gold: %ds", chance_between(chance, 1, 20));
    add(room, room_size, "}\n");
    if (chance_is(chance, 85))
        add_need(chance, room, room_size);
    if (chance_is(chance, 50))
        add(room, room_size, "    forecast: {per_hour: %d, handle: %ds}\n",
            chance_between(chance, 0, 300), chance_between(chance, 10, 400));
    if (chance_is(chance, 40))
        add(room, room_size, "    callback: {when_wait_over: %ds, attempts: %d, every: %ds}\n",
            chance_between(chance, 1, 100), chance_between(chance, 1, 3),
            chance_between(chance, 60, 120));
    add(room, room_size, "    ring: %ds\n", chance_between(chance, 5, 20));
    if (chance_is(chance, 40))
        add(room, room_size, "    wrap_up: %ds\n", chance_between(chance, 1, 40));
    else if (chance_is(chance, 40))
        add(room, room_size, "    wrap_up: {time: %ds, extend: %d, by: %ds, disposition: %s}\n",
            chance_between(chance, 1, 40), chance_between(chance, 0, 3),
            chance_between(chance, 1, 40), chance_is(chance, 50) ? "required" : "optional");
    if (chance_is(chance, 30))
        add(room, room_size, "    ring_no_answer: {after: %d, then: %s, for: %ds}\n",
            chance_between(chance, 1, 3), chance_is(chance, 70) ? "not_ready" : "next",
            chance_between(chance, 1, 90));
    if (chance_is(chance, 50))
        add(room, room_size, "    announce: %ds\n",
            chance_is(chance, 20) ? 0 : chance_between(chance, 5, 60));
    if (chance_is(chance, 60))
        add_last_agent(chance, room, room_size);
    if (chance_is(chance, 30))
        add_limit(chance, number, count, room, room_size);
    if (chance_is(chance, 60))
        add_hours(chance, number, count, room, room_size);
}

void scene_write_rules(struct chance *chance, char *room, size_t room_size)
{
    room[0] = '\0';
    add(room, room_size,
        "skills: [billing, internet, sales, lang.uk, lang.en]\nnot_ready: [lunch, training]\n");
    add(room, room_size, "tiers: {gold: {head_start: %ds}, standard: {}}\n",
        chance_between(chance, 0, 40));
    if (chance_is(chance, 50))
        add(room, room_size, "dispositions: [solved, follow_up]\n");
    add(room, room_size, "customer: {key: [data.contract, from]}\n");
    add(room, room_size, "switches: [outage%s]\nnotices: [sorry]\n",
        chance_is(chance, 50) ? ", flood" : "");
    if (chance_is(chance, 20))
        add(room, room_size, "blocked: [k3]\n");
    add_bid(chance, room, room_size);
    add_channels(chance, room, room_size);
    if (chance_is(chance, 25))
        add(room, room_size, "reserve: {%s: {keep: %d%s}}\n", skills[chance_below(chance, SKILLS)],
            chance_between(chance, 1, 3), chance_is(chance, 50) ? ", until: 20s" : "");
    unsigned queues_count = 1 + chance_below(chance, 4);
    add(room, room_size, "queues:\n");
    for (unsigned i = 0; i < queues_count; i++)
        add_queue(chance, i, queues_count, room, room_size);
    add(room, room_size, "routes:\n");
    for (unsigned i = 0; i < queues_count; i++)
        add(room, room_size, "  - {when: {dialled: \"%u\"}, queue: queue%u%s}\n", i, i,
            chance_is(chance, 30) ? ", tier: gold" : "");
    add(room, room_size, "  - {queue: queue%u}\n", chance_below(chance, queues_count));
}

void scene_write_profile(struct chance *chance, char *held, size_t held_size, char *capacity,
                         size_t capacity_size)
{
    static const char *const channels[] = {"voice", "chat", "email"};
    held[0] = '\0';
    capacity[0] = '\0';
    add(held, held_size, "{");
    for (unsigned i = 0; i < SKILLS; i++)
        if (chance_is(chance, 65))
            add(held, held_size, "%s\"%s\":%d", held[1] ? "," : "", skills[i],
                chance_between(chance, 1, 10));
    add(held, held_size, "}");
    if (chance_is(chance, 70))
        return;
    add(capacity, capacity_size, "{");
    for (unsigned i = 0; i < 3; i++)
        if (chance_is(chance, 60))
            add(capacity, capacity_size, "%s\"%s\":%d", capacity[1] ? "," : "", channels[i],
                chance_between(chance, 0, 3));
    add(capacity, capacity_size, "}");
}

void scene_write_data(struct chance *chance, char *room, size_t room_size)
{
    room[0] = '\0';
    if (chance_is(chance, 40))
        add(room, room_size, "{\"lang\":\"%s\"}",
            chance_is(chance, 50)   ? "uk"
            : chance_is(chance, 80) ? "en"
                                    : "fr");
    else if (chance_is(chance, 10))
        add(room, room_size, "{\"contract\":%d,\"note\":\"a \\\"quote\\\"\"}",
            chance_between(chance, 1, 9));
}
