/* Who was there when. An agent whom calls name was there from one call to the next, unless an hour
 * lies between; where they name nobody, at least as many were there as were busy at the same time.
 */
#include <stdlib.h>
#include <string.h>

#include "simulate/fit_state.h"

#define GAP_MS     3600000 /* an agent who serves nobody for so long is not there */
#define SERVED_MIN 5       /* what an agent has served so often, */
#define SERVED_ONE 50      /* or once in so many calls, */
#define SHARE_ONE  10      /* or one in so many of the kind, is a skill */
#define STAYS      .25     /* who was there the half hour before is so much more likely there */

/* ---- spells ---- */

struct staff {
    struct usher_fit *fit;
    const struct usher_fit_input *input;
    const struct usher_fit_days *days;
    double share; /* of one half hour of one day, a millisecond */
};

static void add_spell(const struct staff *staff, size_t agent, int64_t from_ms, int64_t until_ms)
{
    while (from_ms < until_ms) {
        int64_t half = usher_floor_div(from_ms, USHER_HALF_HOUR_MS);
        int64_t next_ms = (half + 1) * USHER_HALF_HOUR_MS;
        int64_t end_ms = next_ms < until_ms ? next_ms : until_ms;
        if (usher_fit_day_counts(staff->days, from_ms))
            staff->fit->agents[agent].there[usher_fit_half(from_ms)] +=
                (double)(end_ms - from_ms) * staff->share;
        from_ms = end_ms;
    }
}

/* When a call was answered, and when its agent was free again. */
struct service {
    size_t agent;
    int64_t from_ms;
    int64_t until_ms;
};

static int compare_services(const void *a, const void *b)
{
    const struct service *first = a;
    const struct service *second = b;
    if (first->agent != second->agent)
        return first->agent < second->agent ? -1 : 1;
    return first->from_ms < second->from_ms ? -1 : first->from_ms > second->from_ms;
}

/* Until the last day at most: a clock that was set wrong makes services of years. */
static size_t collect_services(const struct staff *staff, bool is_named, struct service *services)
{
    const struct usher_fit_input *input = staff->input;
    const struct usher_fit_days *days = staff->days;
    int64_t end_ms = (days->first + (int64_t)days->count) * USHER_DAY_MS;
    size_t count = 0;
    for (size_t i = 0; i < input->calls_count; i++) {
        const struct usher_fit_call *call = &input->calls[i];
        if (call->outcome != USHER_FIT_ANSWERED || (is_named && call->agent == USHER_FIT_NOBODY))
            continue;
        struct service *service = &services[count++];
        service->agent = is_named ? call->agent : 0;
        service->from_ms = call->arrived_ms + call->wait_ms;
        service->until_ms = service->from_ms + (call->service_ms > 0 ? call->service_ms : 0);
        if (service->until_ms > end_ms)
            service->until_ms = service->from_ms > end_ms ? service->from_ms : end_ms;
    }
    qsort(services, count, sizeof(*services), compare_services);
    return count;
}

static bool has_spell(const struct usher_fit_input *input, size_t agent)
{
    for (size_t i = 0; i < input->spells_count; i++)
        if (input->spells[i].agent == agent)
            return true;
    return false;
}

/* Of those of whom nothing else is said. */
static void add_services(const struct staff *staff, const struct service *services, size_t count)
{
    size_t last = SIZE_MAX;
    bool is_known = false;
    for (size_t i = 0; i < count;) {
        size_t agent = services[i].agent;
        int64_t from_ms = services[i].from_ms;
        int64_t until_ms = services[i].until_ms;
        for (i++;
             i < count && services[i].agent == agent && services[i].from_ms < until_ms + GAP_MS;
             i++)
            until_ms = services[i].until_ms > until_ms ? services[i].until_ms : until_ms;
        bool is_new = agent != last;
        last = agent;
        is_known = is_new ? has_spell(staff->input, agent) : is_known;
        if (!is_known)
            add_spell(staff, agent, from_ms, until_ms);
    }
}

/* ---- nobody is named ---- */

struct step {
    int64_t at_ms;
    int change;
};

static int compare_steps(const void *a, const void *b)
{
    const struct step *first = a;
    const struct step *second = b;
    if (first->at_ms != second->at_ms)
        return first->at_ms < second->at_ms ? -1 : 1;
    return first->change - second->change;
}

static void add_busy(const struct staff *staff, int64_t half, int busy)
{
    int64_t at_ms = half * USHER_HALF_HOUR_MS;
    if (usher_fit_day_counts(staff->days, at_ms))
        staff->fit->halves[usher_fit_half(at_ms)].staff += busy / (double)staff->fit->days_count;
}

/* The most who were busy at the same time in each half hour, as a mean over the days. In one in
 * which nothing begins or ends they are those who were busy before. */
static bool count_busy(const struct staff *staff, const struct service *services, size_t count)
{
    struct step *steps = calloc(2 * count + 1, sizeof(*steps));
    int busy = 0;
    int most = 0;
    if (!steps)
        return false;
    for (size_t i = 0; i < count; i++) {
        steps[2 * i] = (struct step){services[i].from_ms, 1};
        steps[2 * i + 1] = (struct step){services[i].until_ms, -1};
    }
    qsort(steps, 2 * count, sizeof(*steps), compare_steps);
    for (size_t i = 0; i < 2 * count; i++) {
        int64_t half = usher_floor_div(steps[i].at_ms, USHER_HALF_HOUR_MS);
        int64_t next_half =
            i + 1 < 2 * count ? usher_floor_div(steps[i + 1].at_ms, USHER_HALF_HOUR_MS) : half + 1;
        busy += steps[i].change;
        most = busy > most ? busy : most;
        if (next_half == half)
            continue;
        add_busy(staff, half, most);
        for (half++; busy > 0 && half < next_half; half++)
            add_busy(staff, half, busy);
        most = busy;
    }
    free(steps);
    return true;
}

/* ---- skills ---- */

static void set_levels(struct usher_fit *fit, const struct usher_fit_input *input, size_t agent,
                       const size_t *served)
{
    struct usher_fit_agent *own = &fit->agents[agent];
    size_t all = 0;
    for (size_t i = 0; i < fit->kinds_count; i++)
        all += served[i];
    for (size_t i = 0; i < fit->kinds_count; i++) {
        bool is_usual = served[i] >= SERVED_MIN || served[i] * SERVED_ONE >= all ||
                        served[i] * SHARE_ONE >= fit->kinds[i].answered_count;
        if (served[i] > 0 && is_usual)
            own->levels[i] = USHER_LEVEL_MAX;
        if (input->levels && input->levels[agent * fit->kinds_count + i] > 0)
            own->levels[i] = input->levels[agent * fit->kinds_count + i];
    }
}

static bool find_levels(struct usher_fit *fit, const struct usher_fit_input *input,
                        const struct usher_fit_days *days)
{
    size_t kinds = fit->kinds_count;
    size_t *served = calloc(fit->agents_named * kinds + 1, sizeof(*served));
    if (!served)
        return false;
    for (size_t i = 0; i < input->calls_count; i++) {
        const struct usher_fit_call *call = &input->calls[i];
        if (call->outcome == USHER_FIT_ANSWERED && call->agent < fit->agents_named &&
            usher_fit_call_counts(fit, days, call))
            served[call->agent * kinds + call->kind]++;
    }
    for (size_t i = 0; i < fit->agents_named; i++)
        set_levels(fit, input, i, &served[i * kinds]);
    free(served);
    return true;
}

static bool add_skill(struct usher_fit *fit, const struct usher_fit_skill *skill, size_t room)
{
    struct usher_fit_agent *agent = &fit->agents[skill->agent];
    for (size_t i = 0; i < fit->kinds_count; i++)
        if (usher_text_is_equal(fit->kinds[i].name, skill->name)) {
            agent->levels[i] = skill->level;
            return true;
        }
    if (!agent->more)
        agent->more = usher_arena_take(&fit->arena, room, sizeof(*agent->more));
    if (!agent->more)
        return false;
    struct usher_traffic_share *own = &agent->more[agent->more_count++];
    own->number = skill->level;
    return usher_arena_copy(&fit->arena, skill->name, &own->name);
}

static bool add_skills(struct usher_fit *fit, const struct usher_fit_input *input)
{
    size_t own = 0; /* of the agent at i */
    for (size_t i = 0; i < input->skills_count; i += own) {
        const struct usher_fit_skill *skills = &input->skills[i];
        for (own = 0; i + own < input->skills_count && skills[own].agent == skills->agent;)
            own++;
        for (size_t k = 0; k < own; k++)
            if (!add_skill(fit, &skills[k], own))
                return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool find_spells(const struct staff *staff)
{
    const struct usher_fit_input *input = staff->input;
    struct usher_fit *fit = staff->fit;
    struct service *services = calloc(input->calls_count + 1, sizeof(*services));
    bool is_done = services != NULL;
    if (!services)
        return false;
    size_t count = collect_services(staff, fit->agents_named > 0, services);
    if (fit->agents_named == 0)
        is_done = count_busy(staff, services, count);
    else
        add_services(staff, services, count);
    for (size_t i = 0; i < input->spells_count; i++)
        add_spell(staff, input->spells[i].agent, input->spells[i].from_ms,
                  input->spells[i].until_ms);
    free(services);
    for (size_t half = 0; half < USHER_FIT_HALVES; half++)
        for (size_t i = 0; i < fit->agents_named; i++)
            fit->halves[half].staff += fit->agents[i].there[half];
    return is_done;
}

/* Behind those whom calls name stand as many more as may be needed, who know everything. */
static bool take_agents(struct usher_fit *fit, const struct usher_fit_input *input, size_t more)
{
    fit->agents_named = input->agents_count;
    fit->agents_count = input->agents_count + more;
    fit->agents = usher_arena_take(&fit->arena, fit->agents_count, sizeof(*fit->agents));
    for (size_t i = 0; fit->agents && i < fit->agents_count; i++) {
        struct usher_fit_agent *agent = &fit->agents[i];
        if (i >= input->agents_count)
            memset(agent->levels, USHER_LEVEL_MAX, fit->kinds_count);
        else if (!usher_arena_copy(&fit->arena, input->agents[i], &agent->name))
            return false;
    }
    return fit->agents != NULL;
}

bool usher_fit_staff(struct usher_fit *fit, const struct usher_fit_input *input,
                     const struct usher_fit_days *days)
{
    struct staff staff = {fit, input, days,
                          1 / (double)USHER_HALF_HOUR_MS / (double)fit->days_count};
    size_t more = input->agents_count > 0 ? input->agents_count / 2 + 4 : USHER_FIT_AGENTS_MAX;
    if (!take_agents(fit, input, more) || !find_spells(&staff) || !find_levels(fit, input, days) ||
        !add_skills(fit, input))
        return false;
    for (size_t half = fit->first_half; half < fit->end_half; half++) {
        double count = fit->halves[half].staff + .5;
        fit->halves[half].count = count < 1 ? 1 : (size_t)count;
    }
    return usher_fit_set_agents(fit);
}

/* ---- who of them is there in the model ---- */

struct candidate {
    double score;
    size_t agent;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *first = a;
    const struct candidate *second = b;
    if (first->score != second->score)
        return first->score > second->score ? -1 : 1;
    return first->agent < second->agent ? -1 : first->agent > second->agent;
}

/* First those whom the calls name; then the others, and at last who can take nothing. */
static double score_of(const struct usher_fit *fit, size_t agent, size_t half)
{
    const struct usher_fit_agent *own = &fit->agents[agent];
    bool was_there = half > fit->first_half && own->is_there[half - 1];
    if (!usher_fit_has_skill(fit, own))
        return -2;
    if (agent >= fit->agents_named)
        return -1;
    return own->there[half] + (was_there ? STAYS : 0);
}

static void set_half(struct usher_fit *fit, size_t half, struct candidate *candidates)
{
    for (size_t i = 0; i < fit->agents_count; i++)
        candidates[i] = (struct candidate){score_of(fit, i, half), i};
    qsort(candidates, fit->agents_count, sizeof(*candidates), compare_candidates);
    if (fit->halves[half].count > fit->agents_count)
        fit->halves[half].count = fit->agents_count;
    for (size_t i = 0; i < fit->agents_count; i++)
        fit->agents[candidates[i].agent].is_there[half] = i < fit->halves[half].count;
}

bool usher_fit_set_agents(struct usher_fit *fit)
{
    struct candidate *candidates = calloc(fit->agents_count, sizeof(*candidates));
    if (!candidates)
        return false;
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        set_half(fit, half, candidates);
    free(candidates);
    return true;
}
