/* Days of whole centers, to see how true the estimated waits are. Arrivals are Poisson with a
 * profile of half hours, work is lognormal and shorter for who fits better, patience exponential.
 * Prints its figures; what must hold are the bounds at the end. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routing/estimate.h"
#include "routing/match.h"
#include "unit/random.h"
#include "unit/ruled.h"
#include "unit/suite.h"

enum { AGENTS_MAX = 64, KINDS_MAX = 6, LIVE_MAX = 512, DAY_MS = 8 * 3600000, STEPS = 16 };

/* A kind of call: its queue, how it comes and how it goes. */
struct kind {
    const char *queue;
    const char *tier;
    double per_hour;
    double handle_s;
    double patience_s;
};

struct figures {
    double waited_s; /* of those who had to wait */
    double error_s;  /* foretold - actual */
    double strayed_s;
    double served_error_s; /* of those who were answered */
    unsigned count;
    unsigned in_range_count;
    unsigned range_count;
    unsigned kept_count;
};

struct call {
    struct usher_contact contact;
    size_t kind;
    int64_t leaves_ms; /* when his patience ends */
    int64_t arrived_ms;
    struct usher_estimate estimate;
    struct usher_saying saying;
};

struct center {
    struct usher_floor floor;
    const struct kind *kinds;
    size_t kinds_count;
    struct usher_class *classes[KINDS_MAX];
    struct call calls[LIVE_MAX]; /* waiting: class is set */
    struct call *served[AGENTS_MAX];
    struct call in_talk[AGENTS_MAX];
    int64_t until_ms[AGENTS_MAX];
    int64_t next_ms[KINDS_MAX];
    int64_t now_ms;
    uint64_t serial;
    uint64_t chance;
    struct figures figures[KINDS_MAX];
    bool is_measured;
};

static const double shape[STEPS] = {.70, .85, 1.0, 1.10, 1.15, 1.18, 1.12, 1.05,
                                    .98, .95, 1.0, 1.05, 1.05, .98,  .85,  .70};

static double uniform(struct center *center)
{
    return ((double)(random_next(&center->chance) >> 11) + 1) / 9007199254740993.0;
}

static double exponential(struct center *center)
{
    return -log(uniform(center));
}

/* Mean 1, deviation 1. */
static double lognormal(struct center *center)
{
    double spread = log(2.0);
    double normal = sqrt(-2 * log(uniform(center))) * cos(6.283185307179586 * uniform(center));
    return exp(-spread / 2 + sqrt(spread) * normal);
}

static void plan_next(struct center *center, size_t kind)
{
    double rate = center->kinds[kind].per_hour * 1.18 / 3600000;
    int64_t at_ms = center->next_ms[kind];
    for (;;) { /* thinned to the profile */
        at_ms += 1 + (int64_t)(exponential(center) / rate);
        int64_t step = at_ms % DAY_MS * STEPS / DAY_MS;
        if (uniform(center) * 1.18 <= shape[step])
            break;
    }
    center->next_ms[kind] = at_ms;
}

static void end_wait(struct center *center, struct call *call, bool is_answered)
{
    struct figures *figures = &center->figures[call->kind];
    int64_t waited_ms = center->now_ms - call->arrived_ms;
    struct usher_class *class = call->contact.class;
    usher_floor_leave(&center->floor, &call->contact);
    usher_estimate_learn(&class->past, call->estimate.raw_ms, waited_ms, is_answered);
    if (!center->is_measured)
        return;
    /* Who hangs up would have waited longer: as long as was foretold, if that is more. */
    double actual_s = (double)waited_ms / 1000;
    double foretold_s = (double)call->estimate.wait_ms / 1000;
    if (!is_answered && foretold_s > actual_s)
        actual_s = foretold_s;
    figures->count++;
    figures->waited_s += actual_s;
    figures->error_s += foretold_s - actual_s;
    figures->strayed_s += fabs(foretold_s - actual_s);
    if (!is_answered)
        return;
    figures->served_error_s += foretold_s - actual_s;
    figures->range_count++;
    figures->in_range_count +=
        llabs(waited_ms - call->estimate.wait_ms) <= call->estimate.spread_ms;
    figures->kept_count += waited_ms <= call->saying.until_ms;
}

static void serve(struct center *center, struct call *call, struct usher_agent *agent)
{
    const struct kind *kind = &center->kinds[call->kind];
    double match = center->classes[call->kind]->match[agent->index] / 1000.0;
    double handle_s = kind->handle_s * (1.30 - .5 * match) * lognormal(center);
    struct call *talk = &center->in_talk[agent->index];
    *talk = *call;
    call->contact.class = NULL;
    agent->active[USHER_CHANNEL_VOICE] = 1;
    agent->idle_since_ms = center->now_ms;
    talk->arrived_ms = center->now_ms;
    center->served[agent->index] = talk;
    center->until_ms[agent->index] = center->now_ms + 1 + (int64_t)(handle_s * 1000);
    usher_floor_update_agent(&center->floor, agent, center->now_ms);
}

static void arrive(struct center *center, size_t kind)
{
    struct usher_bid bid;
    struct call *call = center->calls;
    while (call < center->calls + LIVE_MAX && call->contact.class)
        call++;
    ck_assert_ptr_ne(call, center->calls + LIVE_MAX);
    memset(call, 0, sizeof(*call));
    call->kind = kind;
    call->arrived_ms = center->now_ms;
    call->leaves_ms =
        center->now_ms + (int64_t)(exponential(center) * center->kinds[kind].patience_s * 1000);
    call->contact.class = center->classes[kind];
    call->contact.channel = USHER_CHANNEL_VOICE;
    call->contact.place_ms = center->now_ms;
    call->contact.serial = ++center->serial;
    usher_list_init(&call->contact.in_line);
    usher_floor_note_arrival(&center->floor, call->contact.class, center->now_ms);
    struct usher_agent *agent =
        usher_match_agent(&center->floor, &call->contact, center->now_ms, &bid);
    if (agent) {
        serve(center, call, agent);
        return;
    }
    usher_floor_join(&center->floor, &call->contact);
    call->estimate = usher_estimate_contact(&center->floor, &call->contact, center->now_ms);
    call->saying = usher_estimate_say(&call->estimate);
}

static void finish(struct center *center, size_t index)
{
    struct usher_bid bid;
    struct usher_agent *agent = &center->floor.agents[index];
    struct call *talk = &center->in_talk[index];
    usher_floor_note_handled(&center->floor, center->classes[talk->kind],
                             center->now_ms - talk->arrived_ms);
    center->until_ms[index] = INT64_MAX;
    agent->active[USHER_CHANNEL_VOICE] = 0;
    agent->idle_since_ms = center->now_ms;
    usher_floor_update_agent(&center->floor, agent, center->now_ms);
    struct usher_contact *contact =
        usher_match_contact(&center->floor, agent, center->now_ms, &bid);
    if (!contact)
        return;
    struct call *call = usher_container_of(contact, struct call, contact);
    end_wait(center, call, true);
    serve(center, call, agent);
}

/* What happens next: SIZE_MAX when there is none of it. */
static void step(struct center *center)
{
    int64_t at_ms = INT64_MAX;
    size_t agent = SIZE_MAX;
    size_t kind = SIZE_MAX;
    struct call *left = NULL;
    for (size_t i = 0; i < center->floor.agents_count; i++)
        if (center->until_ms[i] < at_ms) {
            at_ms = center->until_ms[i];
            agent = i;
        }
    for (size_t i = 0; i < center->kinds_count; i++)
        if (center->next_ms[i] < at_ms) {
            at_ms = center->next_ms[i];
            kind = i;
        }
    for (size_t i = 0; i < LIVE_MAX; i++)
        if (center->calls[i].contact.class && center->calls[i].leaves_ms < at_ms) {
            at_ms = center->calls[i].leaves_ms;
            left = &center->calls[i];
        }
    center->now_ms = at_ms;
    if (left) {
        end_wait(center, left, false);
        left->contact.class = NULL;
    } else if (kind != SIZE_MAX) {
        plan_next(center, kind);
        arrive(center, kind);
    } else {
        finish(center, agent);
    }
}

static void add_agent(struct center *center, const char *skills)
{
    char id[16];
    (void)snprintf(id, sizeof(id), "a%zu", center->floor.agents_count);
    struct usher_agent *agent = usher_floor_add_agent(&center->floor, usher_text_of(id), 0);
    (void)snprintf(agent->phone, sizeof(agent->phone), "sip:%s", id);
    agent->skills = strdup(skills);
    ck_assert(usher_floor_profile(&center->floor, agent, 0));
    ck_assert(usher_agent_move(agent, USHER_AGENT_NOT_READY, 0));
    usher_floor_count_sign_in(&center->floor, agent, 1);
    ck_assert(usher_agent_move(agent, USHER_AGENT_READY, 0));
    usher_floor_update_agent(&center->floor, agent, 0);
    center->until_ms[agent->index] = INT64_MAX;
}

static void open_center(struct center *center, const struct usher_rules *rules,
                        const struct kind *kinds, size_t kinds_count)
{
    struct usher_limits limits = USHER_LIMITS_DEFAULT;
    limits.agents = AGENTS_MAX;
    limits.classes = KINDS_MAX;
    memset(center, 0, sizeof(*center));
    center->kinds = kinds;
    center->kinds_count = kinds_count;
    center->chance = 1;
    ck_assert(usher_floor_init(&center->floor, &limits));
    ck_assert(usher_floor_take_rules(&center->floor, rules, 0));
}

static unsigned level(struct center *center, unsigned least, unsigned most)
{
    return least + (unsigned)random_below(&center->chance, most - least + 1);
}

/* Prints a class, and adds it to `all`. */
static void tell_kind(const struct center *center, size_t kind, struct figures *all)
{
    const struct figures *part = &center->figures[kind];
    ck_assert_uint_gt(part->range_count, 100);
    printf("%-12s %2u agents, %5u waited %4.1f s, bias %+4.1f s (%+.2f), strayed %.2f; of %2.0f %% "
           "who were answered: bias %+4.1f s, %2.0f %% in range, %2.0f %% kept\n",
           center->kinds[kind].queue, center->classes[kind]->eligible_count, part->count,
           part->waited_s / part->count, part->error_s / part->count,
           part->error_s / part->waited_s, part->strayed_s / part->waited_s,
           100.0 * part->range_count / part->count, part->served_error_s / part->range_count,
           100.0 * part->in_range_count / part->range_count,
           100.0 * part->kept_count / part->range_count);
    ck_assert_double_le(fabs(part->error_s), .12 * part->waited_s);
    all->count += part->count;
    all->waited_s += part->waited_s;
    all->error_s += part->error_s;
    all->strayed_s += part->strayed_s;
}

/* Two days to learn, then days that count. */
static void run(struct center *center, int days)
{
    for (size_t i = 0; i < center->kinds_count; i++) {
        size_t queue =
            usher_rules_find_queue(center->floor.rules, usher_text_of(center->kinds[i].queue));
        size_t tier =
            usher_rules_find_tier(center->floor.rules, usher_text_of(center->kinds[i].tier));
        struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE};
        struct usher_class_key key;
        usher_floor_key(&center->floor, queue, tier, &facts, &key);
        center->classes[i] = usher_floor_class(&center->floor, &key, 0);
        plan_next(center, i);
    }
    while (center->now_ms < (int64_t)days * DAY_MS) {
        center->is_measured = center->now_ms >= 2 * (int64_t)DAY_MS;
        step(center);
    }
    struct figures all = {0};
    for (size_t i = 0; i < center->kinds_count; i++)
        tell_kind(center, i, &all);
    printf("all: waited %.1f s, bias %+.1f s, strayed %.2f\n", all.waited_s / all.count,
           all.error_s / all.count, all.strayed_s / all.waited_s);
    ck_assert_double_le(fabs(all.error_s / all.count), 7);
    ck_assert_double_le(all.strayed_s, .6 * all.waited_s);
}

static void close_center(struct center *center, struct usher_rules *rules)
{
    for (size_t i = 0; i < LIVE_MAX; i++)
        if (center->calls[i].contact.class)
            usher_floor_leave(&center->floor, &center->calls[i].contact);
    usher_floor_fini(&center->floor);
    usher_rules_free(rules);
}

static const char small_rules[] =
    "skills: [billing, tech, sales, retention]\n"
    "tiers: {gold: {head_start: 30s}, standard: {}}\n"
    "queues:\n"
    "  billing: {need: {billing: {min: 3}}, promise: {answer_within: 20s, gold: 10s}}\n"
    "  tech: {need: {tech: {min: 3}}}\n"
    "  sales: {need: {sales: {min: 3}}}\n"
    "  retention: {need: {retention: {min: 3}}}\n"
    "  both: {need: {tech: {min: 3, weight: 2}, billing: {min: 3}}}\n"
    "routes: [{queue: billing}]\n";

START_TEST(small_center)
{
    static const struct kind kinds[] = {
        {"billing", "standard", 54, 300, 240}, {"tech", "standard", 38, 420, 300},
        {"sales", "standard", 45, 280, 150},   {"retention", "standard", 27, 360, 200},
        {"billing", "gold", 8, 300, 240},      {"both", "standard", 6, 400, 240},
    };
    static const char *const names[] = {"billing", "tech", "sales", "retention"};
    static struct center center;
    struct usher_rules *rules = ruled(small_rules);
    open_center(&center, rules, kinds, USHER_COUNT_OF(kinds));
    for (unsigned i = 0; i < 20; i++) {
        char skills[128];
        unsigned levels[4] = {0};
        levels[i % 4] = level(&center, 7, 10);
        for (unsigned more = i % 3 ? 1 : 2; more > 0;) {
            unsigned other = level(&center, 0, 3);
            if (levels[other] > 0)
                continue;
            levels[other] = level(&center, 3, 8);
            more--;
        }
        size_t length = 0;
        for (unsigned skill = 0; skill < 4; skill++)
            if (levels[skill] > 0)
                length += (size_t)snprintf(skills + length, sizeof(skills) - length, "%c\"%s\":%u",
                                           length ? ',' : '{', names[skill], levels[skill]);
        (void)snprintf(skills + length, sizeof(skills) - length, "}");
        add_agent(&center, skills);
    }
    run(&center, 62);
    close_center(&center, rules);
}
END_TEST

static const char skewed_rules[] =
    "skills: [general, technical, loyalty, rare, complaints]\n"
    "tiers: {gold: {head_start: 30s}, standard: {}}\n"
    "queues:\n"
    "  general: {need: {general: {min: 3}}, promise: {answer_within: 30s}}\n"
    "  technical: {need: {technical: {min: 3}}, promise: {answer_within: 30s}}\n"
    "  loyalty: {need: {loyalty: {min: 4}}, promise: {answer_within: 15s}}\n"
    "  complaints: {need: {complaints: {min: 4}}, promise: {answer_within: 30s}}\n"
    "  rare: {need: {rare: {min: 5}}}\n"
    "  rare_general: {need: {rare: {min: 5}, general: {min: 3}}}\n"
    "routes: [{queue: general}]\n";

START_TEST(center_with_a_rare_language)
{
    static const struct kind kinds[] = {
        {"general", "standard", 380, 280, 240}, {"technical", "standard", 100, 380, 300},
        {"loyalty", "gold", 60, 300, 200},      {"complaints", "standard", 28, 480, 360},
        {"rare", "standard", 30, 300, 180},     {"rare_general", "standard", 8, 320, 180},
    };
    static struct center center;
    struct usher_rules *rules = ruled(skewed_rules);
    open_center(&center, rules, kinds, USHER_COUNT_OF(kinds));
    for (unsigned i = 0; i < 60; i++) {
        char skills[128];
        int length = snprintf(skills, sizeof(skills), "{\"general\":%u", level(&center, 5, 9));
        const struct {
            const char *name;
            unsigned least;
            bool is_held;
        } more[] = {{"rare", 8, i < 7},
                    {"technical", 4, i % 3 == 0},
                    {"loyalty", 5, i % 4 == 1},
                    {"complaints", 5, i % 5 == 2}};
        for (size_t j = 0; j < USHER_COUNT_OF(more); j++)
            if (more[j].is_held)
                length += snprintf(skills + length, sizeof(skills) - (size_t)length, ",\"%s\":%u",
                                   more[j].name, level(&center, more[j].least, 10));
        (void)snprintf(skills + length, sizeof(skills) - (size_t)length, "}");
        add_agent(&center, skills);
    }
    run(&center, 32);
    close_center(&center, rules);
}
END_TEST

SUITE_MAIN("estimate_day", small_center, center_with_a_rare_language)
