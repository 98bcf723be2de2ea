/* What one match costs, with its change of state, at the floor itself, without a journal:
 *
 *   arrive   a contact's class notes the arrival, it joins its line, the best of the free agents is
 *            found and taken, it leaves the line
 *   free     an agent becomes free, the best of the waiting contacts is found and leaves its line,
 *            and the agent is taken; with nobody waiting he stays free
 *
 * A share of all agents is free meanwhile; whoever was taken is freed and others change places by
 * chance, so that the share stays. Half of the classes need one skill, half need three.
 *
 *   bench_match AGENTS SKILLS WAITING ROUNDS
 *
 * prints a line of JSON a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "routing/floor.h"
#include "routing/match.h"
#include "simulation/chance.h"

#define CLASSES 200
#define WINDOW  64 /* skills next to each other, of which an agent holds about a quarter */
#define SERVED_MS                                                                                  \
    UINT64_C(330000) /* each agent is taken once in this time: 9 of 10 busy, talks of 5 min */

struct bench {
    size_t skills;
    size_t rounds;
    struct usher_rules *rules;
    struct usher_floor floor;
    struct usher_class *classes[CLASSES];
    struct usher_contact *waiting;
    size_t waiting_count;
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

/* Which skills a class of three needs beside its first: near ones where an agent has a window. */
static size_t further(const struct bench *bench, size_t class, int number)
{
    size_t step = bench->skills > WINDOW ? 1 : number == 1 ? 11 : 18;
    return (class + step * (size_t)number - (step == 18 ? 7 : 0)) % bench->skills;
}

/* What the queues expect is what comes. */
static struct usher_rules *make_rules(const struct bench *bench, size_t agents_count)
{
    static struct usher_problems problems;
    struct usher_bytes text;
    char line[512];
    usher_bytes_init(&text, 1 << 20);
    usher_bytes_append_text(&text, USHER_TEXT("skills: ["));
    for (size_t i = 0; i < bench->skills; i++) {
        snprintf(line, sizeof(line), "%sskill%zu", i > 0 ? ", " : "", i);
        usher_bytes_append_text(&text, usher_text_of(line));
    }
    usher_bytes_append_text(&text, USHER_TEXT("]\nqueues:\n"));
    for (size_t i = 0; i < CLASSES; i++) {
        int n = snprintf(line, sizeof(line), "  queue%zu: {need: {skill%zu: {min: 1}", i,
                         i % bench->skills);
        if (i % 2 == 1)
            n += snprintf(line + n, sizeof(line) - (size_t)n,
                          ", skill%zu: {min: 1}, skill%zu: {min: 1}", further(bench, i, 1),
                          further(bench, i, 2));
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

/* Each agent holds about a quarter of a window of skills, at random levels. */
static char *make_skills(struct bench *bench)
{
    struct chance *chance = &bench->chance;
    char room[4096] = "{";
    size_t first = bench->skills > WINDOW ? chance_below(chance, (unsigned)bench->skills) : 0;
    for (size_t i = 0; i < WINDOW; i++)
        if (chance_is(chance, 25))
            snprintf(room + strlen(room), sizeof(room) - strlen(room), "%s\"skill%zu\":%d",
                     room[1] ? "," : "", (first + i) % bench->skills,
                     chance_between(chance, 1, 10));
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
        agent->skills = make_skills(bench);
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
        usher_floor_key(&bench->floor, i, bench->rules->default_tier,
                        &(struct usher_facts){.channel = USHER_CHANNEL_VOICE}, &key);
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

static struct usher_class *any_class(struct bench *bench, size_t first)
{
    return bench->classes[first + 2 * chance_below(&bench->chance, CLASSES / 2)];
}

static void set_free_count(struct bench *bench, size_t free_count)
{
    while (bench->floor.agents_count - bench->busy_count > free_count)
        make_busy(bench);
    while (bench->floor.agents_count - bench->busy_count < free_count)
        make_free(bench);
}

/* Agents change places, and time goes on as fast as so many matches take in a center. */
static void go_on(struct bench *bench, size_t round)
{
    size_t count = bench->floor.agents_count;
    make_busy(bench);
    make_free(bench);
    bench->now_ms += (int64_t)(SERVED_MS * (round + 1) / count - SERVED_MS * round / count);
}

static int64_t part(const struct bench *bench, size_t count, size_t per_mille)
{
    return count > 0 ? bench->times_ns[(count - 1) * per_mille / 1000] : 0;
}

static void print(struct bench *bench, const char *what, int needs, unsigned percent, size_t count)
{
    qsort(bench->times_ns, count, sizeof(bench->times_ns[0]), compare);
    printf(
        "{\"what\":\"%s\",\"agents\":%zu,\"skills\":%zu,\"needs\":%d,\"free\":%u,\"waiting\":%zu,"
        "\"count\":%zu,\"p50_ns\":%lld,\"p99_ns\":%lld,\"max_ns\":%lld}\n",
        what, bench->floor.agents_count, bench->skills, needs, percent, bench->waiting_count, count,
        (long long)part(bench, count, 500), (long long)part(bench, count, 990),
        (long long)part(bench, count, 1000));
    fflush(stdout);
}

/* Contacts of the classes first, first + 2, ... arrive one after another. */
static void measure_arrive(struct bench *bench, size_t first, unsigned percent)
{
    struct usher_floor *floor = &bench->floor;
    size_t count = 0;
    set_free_count(bench, floor->agents_count * percent / 100);
    for (size_t i = 0; i < bench->rounds; i++) {
        struct usher_bid bid;
        struct usher_contact contact = {.channel = USHER_CHANNEL_VOICE,
                                        .class = any_class(bench, first),
                                        .place_ms = bench->now_ms,
                                        .serial = UINT64_MAX};
        usher_list_init(&contact.in_line);
        int64_t begin_ns = clock_ns();
        usher_floor_note_arrival(floor, contact.class, bench->now_ms);
        usher_floor_join(floor, &contact);
        struct usher_agent *agent = usher_match_agent(floor, &contact, bench->now_ms, &bid);
        if (agent) {
            take(bench, agent);
            usher_floor_leave(floor, &contact);
        }
        int64_t end_ns = clock_ns();
        if (agent) {
            bench->times_ns[count++] = end_ns - begin_ns;
            release(bench, agent);
        } else {
            usher_floor_leave(floor, &contact);
        }
        go_on(bench, i);
    }
    print(bench, "arrive", first == 0 ? 1 : 3, percent, count);
}

/* Busy agents become free one after another. */
static void measure_free(struct bench *bench, unsigned percent)
{
    struct usher_floor *floor = &bench->floor;
    size_t count = 0;
    set_free_count(bench, floor->agents_count * percent / 100);
    for (size_t i = 0; i < bench->rounds && bench->busy_count > 0; i++) {
        struct usher_bid bid;
        struct usher_agent *agent =
            at(bench, chance_below(&bench->chance, (unsigned)bench->busy_count));
        int64_t begin_ns = clock_ns();
        release(bench, agent);
        struct usher_contact *contact = usher_match_contact(floor, agent, bench->now_ms, &bid);
        if (contact) {
            usher_floor_leave(floor, contact);
            take(bench, agent);
        }
        bench->times_ns[count++] = clock_ns() - begin_ns;
        if (contact) { /* somebody else joins the line */
            contact->place_ms = bench->now_ms;
            usher_floor_join(floor, contact);
        } else {
            take(bench, agent);
        }
        go_on(bench, i);
    }
    print(bench, "free", 0, percent, count);
}

/* `count` contacts of all classes wait, who came one after another. */
static void make_waiting(struct bench *bench, size_t count)
{
    bench->waiting_count = count;
    bench->waiting = calloc(count + 1, sizeof(*bench->waiting));
    check(bench->waiting != NULL);
    for (size_t i = 0; i < count; i++) {
        struct usher_contact *contact = &bench->waiting[i];
        contact->channel = USHER_CHANNEL_VOICE;
        contact->class = bench->classes[chance_below(&bench->chance, CLASSES)];
        contact->place_ms = bench->now_ms - (int64_t)(count - i);
        contact->serial = i;
        usher_list_init(&contact->in_line);
        usher_floor_join(&bench->floor, contact);
    }
}

static void run(struct bench *bench, size_t agents_count, size_t waiting_count)
{
    static const unsigned percents[] = {1, 10, 100};
    bench->rules = make_rules(bench, agents_count);
    bench->order = calloc(agents_count, sizeof(*bench->order));
    bench->times_ns = calloc(bench->rounds, sizeof(*bench->times_ns));
    check(bench->order && bench->times_ns);
    make_floor(bench, agents_count);
    for (uint32_t i = 0; i < agents_count; i++)
        bench->order[i] = i;
    make_waiting(bench, waiting_count);
    for (size_t i = 0; i < USHER_COUNT_OF(percents); i++) {
        measure_arrive(bench, 0, percents[i]);
        measure_arrive(bench, 1, percents[i]);
    }
    measure_free(bench, 10);
    for (size_t i = 0; i < waiting_count; i++)
        usher_floor_leave(&bench->floor, &bench->waiting[i]);
    usher_floor_fini(&bench->floor);
    usher_rules_free(bench->rules);
    free(bench->waiting);
    free(bench->order);
    free(bench->times_ns);
}

int main(int argc, char *argv[])
{
    static struct bench bench = {.chance = {.state = 1}, .now_ms = 1763745600000};
    if (argc != 5) {
        fprintf(stderr, "usage: %s AGENTS SKILLS WAITING ROUNDS\n", argv[0]);
        return 2;
    }
    bench.skills = strtoul(argv[2], NULL, 10);
    bench.rounds = strtoul(argv[4], NULL, 10);
    run(&bench, strtoul(argv[1], NULL, 10), strtoul(argv[3], NULL, 10));
    return EXIT_SUCCESS;
}
