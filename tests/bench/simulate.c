/* One simulated day: agents with some of the skills, classes of one or two skills and two tiers,
 * the agents busy for 85 % of the time.
 *
 *   bench_simulate AGENTS SKILLS CLASSES ROUNDS
 *
 * Prints a line of JSON a round. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "simulate/day.h"

#define TEXT_MAX ((size_t)1 << 20)
#define HANDLE_S 300
#define BUSY     .85

static struct usher_problems problems;

static void add(struct usher_bytes *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(struct usher_bytes *text, const char *format, ...)
{
    char room[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(room, sizeof(room), format, arguments);
    va_end(arguments);
    usher_bytes_append(text, room, (size_t)length);
}

/* Some number of a place, the same in every run. */
static unsigned some(unsigned place, unsigned which, unsigned below)
{
    return (place * 2654435761u + which * 40503u) / 65536 % below;
}

static void write_rules(struct usher_bytes *text, unsigned skills, unsigned classes)
{
    add(text, "skills: [s0");
    for (unsigned i = 1; i < skills; i++)
        add(text, ", s%u", i);
    add(text, "]\ntiers: {gold: {}}\nqueues:\n");
    for (unsigned i = 0; i < classes; i++) {
        add(text, "  q%u: {need: {s%u: {min: 3}", i, i % skills);
        if (i >= classes / 2)
            add(text, ", s%u: {min: 1}", (i + 1 + i / skills % (skills - 1)) % skills);
        add(text, "}}\n");
    }
    add(text, "routes:\n");
    for (unsigned i = 1; i < classes; i++)
        add(text, "  - {when: {data.q: q%u}, queue: q%u%s}\n", i, i, i % 8 ? "" : ", tier: gold");
    add(text, "  - queue: q0\n");
}

static void write_traffic(struct usher_bytes *text, unsigned agents, unsigned skills,
                          unsigned classes)
{
    double per_hour = agents * BUSY * 3600 / HANDLE_S / classes;
    add(text, "customers:\n");
    for (unsigned i = 0; i < classes; i++)
        add(text, "  q%u: {per_hour: %.3f, handle: %ds, patience: 4m, data: {q: q%u}}\n", i,
            per_hour, HANDLE_S, i);
    add(text, "agents:\n");
    for (unsigned i = 0; i < agents; i++) {
        add(text, "  a%u: {skills: {s%u: %u", i, i % skills, 6 + some(i, 0, 5));
        for (unsigned more = 1; more <= skills / 3; more++)
            add(text, ", s%u: %u", (i + more * (1 + i / skills % 2)) % skills,
                3 + some(i, more, 6));
        add(text, "}}\n");
    }
}

static void fail(const char *what)
{
    struct usher_bytes out;
    usher_bytes_init(&out, TEXT_MAX);
    usher_problems_write(&problems, "simulate", &out);
    fprintf(stderr, "bench_simulate: %s\n%.*s", what, USHER_TEXT_ARGS(usher_bytes_text(&out)));
    exit(EXIT_FAILURE);
}

static void live(const struct usher_traffic *traffic, struct usher_text rules_text, uint64_t day)
{
    struct usher_day_counts counts = {0};
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    struct usher_daybook *book =
        usher_day_live(traffic, USHER_CHOOSE_BY_BID, rules_text, 1, day, &problems, &counts);
    if (!book)
        fail("the day could not be simulated");
    struct usher_day_figures figures = usher_daybook_read(book);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("{\"seconds\":%.4f,\"customers\":%lld,\"events\":%lld,\"events_a_second\":%.0f,"
           "\"service_level\":%.3f,\"occupancy\":%.3f}\n",
           seconds, (long long)counts.customers_count, (long long)counts.events_count,
           (double)counts.events_count / seconds, figures.service_level, figures.occupancy);
    usher_daybook_free(book);
}

int main(int count, char **arguments)
{
    struct usher_bytes rules;
    struct usher_bytes text;
    if (count != 5) {
        fputs("bench_simulate AGENTS SKILLS CLASSES ROUNDS\n", stderr);
        return 2;
    }
    unsigned agents = (unsigned)atoi(arguments[1]);
    unsigned skills = (unsigned)atoi(arguments[2]);
    unsigned classes = (unsigned)atoi(arguments[3]);
    usher_problems_init(&problems);
    usher_bytes_init(&rules, TEXT_MAX);
    usher_bytes_init(&text, TEXT_MAX);
    write_rules(&rules, skills, classes);
    write_traffic(&text, agents, skills, classes);
    struct usher_traffic *traffic = usher_traffic_read(usher_bytes_text(&text), &problems);
    if (!traffic)
        fail("the traffic has problems");
    for (int round = 0; round < atoi(arguments[4]); round++)
        live(traffic, usher_bytes_text(&rules), (uint64_t)round);
    usher_traffic_free(traffic);
    usher_bytes_fini(&rules);
    usher_bytes_fini(&text);
    return 0;
}
