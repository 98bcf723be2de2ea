/* The center of a row, as rules and traffic. Whatever the bid could weigh besides what the row is
 * about is turned off. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "theory/rows.h"

struct page {
    char *room;
    size_t size;
    size_t length;
};

static void add(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(page->room + page->length, page->size - page->length, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= page->size - page->length)
        abort();
    page->length += (size_t)length;
}

const char *theory_value_name(enum theory_kind kind)
{
    static const char *const names[] = {
        [THEORY_BLOCKED] = "blocked",
        [THEORY_WAITS] = "have to wait",
        [THEORY_WAIT_S] = "wait",
        [THEORY_ABANDONS] = "abandon",
        [THEORY_SERVED_IN_TIME] = "served in 20 s",
        [THEORY_LEFT_IN_TIME] = "left in 20 s",
        [THEORY_OCCUPANCY] = "occupancy",
    };
    return names[kind];
}

static void add_pooling(struct page *page, const struct theory_row *row)
{
    add(page, "skills: [s0");
    for (int i = 1; i < row->types; i++)
        add(page, ", s%d", i);
    add(page, "]\n"
              "bid: {match_worth: 1h, lend_worth: 0, fairness: 1, second_promise: off}\n"
              "queues:\n");
    for (int i = 0; i < row->types; i++)
        add(page, "  q%d: {need: {s%d: {min: 1}}, promise: {answer_within: 30s}}\n", i, i);
    add(page, "routes:\n");
    for (int i = 1; i < row->types; i++)
        add(page, "  - {when: {data.kind: q%d}, queue: q%d}\n", i, i);
    add(page, "  - queue: q0\n");
}

void theory_write_rules(const struct theory_row *row, char *room, size_t size)
{
    struct page page = {room, size, 0};
    const char *second = row->specialists > 0 ? "two" : "one";
    if (row->types > 0) {
        add_pooling(&page, row);
        return;
    }
    /* Of two kinds with a priority the first comes first; with specialists the second, for them. */
    const char *gold = row->specialists > 0 ? "second" : "first";
    add(&page, "skills: [one, two]\n"
               "tiers: {gold: {head_start: 1h}, standard: {}}\n"
               "bid: {match_worth: 10m, lend_worth: 0, fairness: 0, second_promise: off}\n");
    if (row->reserve > 0)
        add(&page, "reserve: {two: {keep: %d}}\n", row->reserve);
    add(&page,
        "queues:\n"
        "  first: {need: {one: {min: 1}}, promise: {answer_within: 20s}}\n"
        "  second: {need: {%s: {min: 1}}, promise: {answer_within: 20s}}\n"
        "routes:\n"
        "  - {when: {data.kind: %s}, queue: %s, tier: gold}\n"
        "  - {when: {data.kind: first}, queue: first}\n"
        "  - queue: second\n",
        second, gold, gold);
}

static void add_kind(struct page *page, const struct theory_row *row, const char *name,
                     double per_hour, int patience_s)
{
    add(page,
        "  %s: {data: {kind: %s}, per_hour: %.3f, law: exponential, handle: %ds, patience: ", name,
        name, per_hour, row->handle_s);
    if (patience_s > 0)
        add(page, "%ds}\n", patience_s);
    else
        add(page, "never}\n");
}

/* Each agent has one skill of his own, and others so that all pairs are there as often. */
static void add_pooled_agents(struct page *page, const struct theory_row *row)
{
    int each = row->agents / row->types;
    for (int type = 0; type < row->types; type++)
        for (int i = 0; i < each; i++) {
            add(page, "  a%d.%d: {skills: {s%d: 10", type, i, type);
            for (int more = 0; more < row->skills - 1; more++)
                add(page, ", s%d: 1", (type + 1 + (i + more) % (row->types - 1)) % row->types);
            add(page, "}}\n");
        }
}

void theory_write_traffic(const struct theory_row *row, char *room, size_t size)
{
    struct page page = {room, size, 0};
    add(&page, "starts: 0\nday: 60h\nwarm_up: 4h\n");
    if (row->trunks > 0)
        add(&page, "trunks: %d\n", row->trunks);
    add(&page, "customers:\n");
    if (row->types > 0) {
        for (int i = 0; i < row->types; i++) {
            char name[16];
            (void)snprintf(name, sizeof(name), "q%d", i);
            add_kind(&page, row, name, row->per_hour[0] * 3600 / row->handle_s / row->types, 0);
        }
    } else {
        add_kind(&page, row, "first", row->per_hour[0], row->patience_s[0]);
        if (row->per_hour[1] > 0)
            add_kind(&page, row, "second", row->per_hour[1], row->patience_s[1]);
    }
    add(&page, "agents:\n");
    if (row->types > 0) {
        add_pooled_agents(&page, row);
        return;
    }
    add(&page, "  agent: {count: %d, skills: {one: 10}}\n", row->agents);
    if (row->specialists > 0)
        add(&page, "  specialist: {count: %d, skills: {one: 5, two: 10}}\n", row->specialists);
}
