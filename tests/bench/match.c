/* What one match costs: a contact's class notes the arrival, the best of the free agents is found,
 * and he is taken. Measured at the floor itself, without lines and journal, while a share of all
 * agents is free; whoever was taken longest ago is freed, so that the share stays.
 *
 *   bench_match [AGENTS...]        default: 10000 100000 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "routing/floor.h"
#include "routing/match.h"
#include "simulation/chance.h"

#define SKILLS  64
#define CLASSES 200
#define SERVED_MS                                                                                  \
    UINT64_C(330000) /* each agent is taken once in this time: 9 of 10 busy, talks of 5 min */
#define ROUNDS 100000

struct bench {
    struct usher_rules *rules;
    struct usher_floor floor;
    struct usher_class *classes[CLASSES];
    struct chance chance;
    int64_t now_ms;
    uint32_t *order; /* agents: the busy ones first */
    size_t busy_count;
    int64_t *times_ns;
};

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Half of the queues need one skill, half need three. What they expect is what comes. */
static struct usher_rules *make_rules(size_t agents_count)
{
    static struct usher_problems problems;
    struct usher_bytes text;
    char line[512];
    usher_bytes_init(&text, 1 << 20);
    usher_bytes_append_text(&text, USHER_TEXT("skills: ["));
    for (int i = 0; i < SKILLS; i++) {
        snprintf(line, sizeof(line), "%sskill%d", i > 0 ? ", " : "", i);
        usher_bytes_append_text(&text, usher_text_of(line));
    }
    usher_bytes_append_text(&text, USHER_TEXT("]\nqueues:\n"));
    for (int i = 0; i < CLASSES; i++) {
        int n = snprintf(line, sizeof(line), "  queue%d: {need: {skill%d: {min: 1}", i, i % SKILLS);
        if (i % 2 == 1)
            n += snprintf(line + n, sizeof(line) - (size_t)n,
                          ", skill%d: {min: 1}, skill%d: {min: 1}", (i + 11) % SKILLS,
                          (i + 29) % SKILLS);
        snprintf(line + n, sizeof(line) - (size_t)n, "}, forecast: {per_hour: %lld, handle: 5m}}\n",
                 (long long)(3600000 / CLASSES * agents_count / SERVED_MS));
        usher_bytes_append_text(&text, usher_text_of(line));
    }
    usher_bytes_append_text(&text, USHER_TEXT("routes:\n  - {queue: queue0}\n"));
    usher_problems_init(&problems);
    struct usher_rules *rules = usher_rules_read(usher_bytes_text(&text), "bench", &problems);
    if (!rules) {
        fprintf(stderr, "bench_match: %zu:%zu: %s\n", problems.list[0].line,
                problems.list[0].column, problems.list[0].what);
        exit(1);
    }
    usher_bytes_fini(&text);
    return rules;
}

/* Each agent holds about a quarter of the skills, at random levels. */
static char *make_skills(struct chance *chance)
{
    char room[4096] = "{";
    for (int i = 0; i < SKILLS; i++)
        if (chance_is(chance, 25))
            snprintf(room + strlen(room), sizeof(room) - strlen(room), "%s\"skill%d\":%d",
                     room[1] ? "," : "", i, chance_between(chance, 1, 10));
    snprintf(room + strlen(room), sizeof(room) - strlen(room), "}");
    return strdup(room);
}

static void check(bool is_good)
{
    if (!is_good) {
        fputs("bench_match: memory is out\n", stderr);
        exit(1);
    }
}

static void make_agents(struct bench *bench, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char id[32];
        snprintf(id, sizeof(id), "agent%zu", i);
        struct usher_agent *agent =
            usher_floor_add_agent(&bench->floor, usher_text_of(id), bench->now_ms);
        agent->skills = make_skills(&bench->chance);
        check(
            usher_text_copy(agent->phone, sizeof(agent->phone), USHER_TEXT("sip:phone@127.0.0.1")));
        check(usher_floor_profile(&bench->floor, agent, bench->now_ms));
        usher_floor_count_sign_in(&bench->floor, agent, 1);
        bool is_moved = usher_agent_move(agent, USHER_AGENT_NOT_READY, bench->now_ms) &&
                        usher_agent_move(agent, USHER_AGENT_READY, bench->now_ms);
        check(is_moved);
        agent->idle_since_ms = bench->now_ms;
        usher_floor_update_agent(&bench->floor, agent, bench->now_ms);
        bench->now_ms += chance_below(&bench->chance, 20);
    }
    usher_floor_take_shares(&bench->floor, bench->now_ms);
    for (size_t i = 0; i < CLASSES; i++)
        usher_floor_refresh(&bench->floor, bench->classes[i]);
}

static void make_floor(struct bench *bench, size_t agents_count)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.agents = agents_count;
    check(usher_floor_init(&bench->floor, &limits));
    check(usher_floor_take_rules(&bench->floor, bench->rules, bench->now_ms));
    for (size_t i = 0; i < CLASSES; i++) {
        struct usher_class_key key;
        usher_floor_key(&bench->floor, i, bench->rules->default_tier, USHER_CHANNEL_VOICE,
                        USHER_NO_TEXT, &key);
        bench->classes[i] = usher_floor_class(&bench->floor, &key, bench->now_ms);
        check(bench->classes[i] != NULL);
    }
    make_agents(bench, agents_count);
}

static void take(struct bench *bench, struct usher_agent *agent)
{
    agent->active[USHER_CHANNEL_VOICE]++;
    agent->idle_since_ms = bench->now_ms;
    usher_floor_update_agent(&bench->floor, agent, bench->now_ms);
}

static void release(struct bench *bench, struct usher_agent *agent)
{
    agent->active[USHER_CHANNEL_VOICE]--;
    agent->idle_since_ms = bench->now_ms;
    usher_floor_update_agent(&bench->floor, agent, bench->now_ms);
}

static struct usher_agent *at(struct bench *bench, size_t place)
{
    return &bench->floor.agents[bench->order[place]];
}

static void swap(struct bench *bench, size_t a, size_t b)
{
    uint32_t kept = bench->order[a];
    bench->order[a] = bench->order[b];
    bench->order[b] = kept;
}

/* One agent by chance becomes busy. */
static void make_busy(struct bench *bench)
{
    size_t free_count = bench->floor.agents_count - bench->busy_count;
    swap(bench, bench->busy_count,
         bench->busy_count + chance_below(&bench->chance, (unsigned)free_count));
    take(bench, at(bench, bench->busy_count++));
}

/* One agent by chance becomes free. */
static void make_free(struct bench *bench)
{
    swap(bench, bench->busy_count - 1, chance_below(&bench->chance, (unsigned)bench->busy_count));
    release(bench, at(bench, --bench->busy_count));
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* One match after another for contacts of the classes first, first + 2, ...; `free_count` agents
 * are free at each. */
static void measure(struct bench *bench, size_t first, size_t free_count, const char *what)
{
    struct usher_floor *floor = &bench->floor;
    size_t count = 0;
    while (floor->agents_count - bench->busy_count > free_count)
        make_busy(bench);
    while (floor->agents_count - bench->busy_count < free_count)
        make_free(bench);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct usher_class *class =
            bench->classes[first + 2 * chance_below(&bench->chance, CLASSES / 2)];
        struct usher_contact contact = {
            .channel = USHER_CHANNEL_VOICE, .class = class, .place_ms = bench->now_ms};
        struct usher_bid bid;
        int64_t begin_ns = clock_ns();
        usher_floor_note_arrival(floor, class, bench->now_ms);
        struct usher_agent *agent = usher_match_agent(floor, &contact, bench->now_ms, &bid);
        if (agent)
            take(bench, agent);
        int64_t end_ns = clock_ns();
        if (agent) {
            bench->times_ns[count++] = end_ns - begin_ns;
            release(bench, agent);
        }
        make_busy(bench);
        make_free(bench);
        bench->now_ms += (int64_t)(SERVED_MS * (i + 1) / floor->agents_count -
                                   SERVED_MS * i / floor->agents_count);
    }
    if (count == 0) {
        fputs("bench_match: nobody was matched\n", stderr);
        exit(1);
    }
    qsort(bench->times_ns, count, sizeof(bench->times_ns[0]), compare);
    printf("%-16s %9zu %9zu %8.2f %8.2f %8.2f %10.2f\n", what, floor->agents_count, free_count,
           (double)bench->times_ns[count / 2] / 1000,
           (double)bench->times_ns[count * 9 / 10] / 1000,
           (double)bench->times_ns[count * 99 / 100] / 1000,
           (double)bench->times_ns[count - 1] / 1000);
}

static void run(size_t agents_count)
{
    static const size_t percents[] = {1, 10, 100};
    struct bench bench = {.chance = {1}, .now_ms = 1763745600000};
    bench.rules = make_rules(agents_count);
    bench.order = calloc(agents_count, sizeof(*bench.order));
    bench.times_ns = calloc(ROUNDS, sizeof(*bench.times_ns));
    check(bench.order && bench.times_ns);
    make_floor(&bench, agents_count);
    for (uint32_t i = 0; i < agents_count; i++)
        bench.order[i] = i;
    for (size_t i = 0; i < USHER_COUNT_OF(percents); i++) {
        measure(&bench, 0, agents_count * percents[i] / 100, "one skill");
        measure(&bench, 1, agents_count * percents[i] / 100, "three skills");
    }
    usher_floor_fini(&bench.floor);
    usher_rules_free(bench.rules);
    free(bench.order);
    free(bench.times_ns);
}

int main(int argc, char *argv[])
{
    printf("One match with its state change, %d skills, %d classes, microseconds\n", SKILLS,
           CLASSES);
    printf("%-16s %9s %9s %8s %8s %8s %10s\n", "class", "agents", "free", "p50", "p90", "p99",
           "max");
    for (int i = 1; i < argc; i++)
        run(strtoul(argv[i], NULL, 10));
    if (argc == 1) {
        run(10000);
        run(100000);
    }
    return EXIT_SUCCESS;
}
