/* Days, hours and kinds: first which days and half hours count, then what their calls say of each
 * kind. */
#include "simulate/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/daybook.h"
#include "simulate/fit_state.h"
#include "simulate/kaplan_meier.h"

#define DAYS_MAX      4000 /* from the first to the last: some ten years */
#define LEFT_MIN      20   /* so many must have given up for a table of a kind's own */
#define POINT_RISK    10   /* so many must have waited so long for a point of the table */
#define POINT_DROP    .004 /* a point is lower than the one before by this, or it says nothing */
#define POINT_LOWEST  .002
#define SPREAD_MAX    5.0
#define MEAN_MIN_MS   1000.0
#define MEAN_MAX_MS   (31.0 * 86400000)
#define HANDLE_MAX_MS 86400000.0

/* Where a survival table may have points, in seconds. */
static const int64_t points_s[] = {1,  2,   3,   5,   8,   12,  15,  20,  30,  45,   60,   75,
                                   90, 120, 150, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600};
_Static_assert(USHER_COUNT_OF(points_s) <= USHER_FIT_POINTS_MAX, "a table has room for all");

/* ---- days and hours ---- */

static int compare_counts(const void *a, const void *b)
{
    const size_t *first = a;
    const size_t *second = b;
    return *first < *second ? -1 : *first > *second;
}

/* Half of what the median day has, of the days that have any. */
static size_t half_of_median(const size_t *answered, size_t days_count, size_t *room)
{
    size_t count = 0;
    for (size_t i = 0; i < days_count; i++)
        if (answered[i] > 0)
            room[count++] = answered[i];
    qsort(room, count, sizeof(*room), compare_counts);
    return count > 0 ? (room[count / 2] + 1) / 2 : 0;
}

static void choose_days(struct usher_fit *fit, const size_t *answered, size_t *room,
                        struct usher_fit_days *days)
{
    size_t least = half_of_median(answered, days->count, room);
    for (size_t i = 0; i < days->count; i++) {
        days->counts[i] = answered[i] > 0 && answered[i] >= least;
        if (!days->counts[i])
            continue;
        fit->last_day = days->first + (int64_t)i;
        fit->first_day = fit->days_count > 0 ? fit->first_day : fit->last_day;
        fit->days_count++;
    }
}

static enum usher_fit_result span_days(const struct usher_fit_input *input,
                                       struct usher_fit_days *days)
{
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < input->calls_count; i++) {
        int64_t day = usher_floor_div(input->calls[i].arrived_ms, USHER_DAY_MS);
        if (input->calls[i].outcome != USHER_FIT_ANSWERED)
            continue;
        first = day < first ? day : first;
        last = day > last ? day : last;
    }
    days->first = first;
    if (first > last)
        return USHER_FIT_EMPTY;
    if (last - first >= DAYS_MAX)
        return USHER_FIT_LONG;
    days->count = (size_t)(last - first) + 1;
    return USHER_FIT_DONE;
}

static enum usher_fit_result find_days(struct usher_fit *fit, const struct usher_fit_input *input,
                                       struct usher_fit_days *days)
{
    enum usher_fit_result result = span_days(input, days);
    if (result != USHER_FIT_DONE)
        return result;
    days->counts = usher_arena_take(&fit->arena, days->count, sizeof(*days->counts));
    size_t *answered = usher_arena_take(&fit->arena, days->count, sizeof(*answered));
    size_t *room = usher_arena_take(&fit->arena, days->count, sizeof(*room));
    if (!days->counts || !answered || !room)
        return USHER_FIT_NO_MEMORY;
    for (size_t i = 0; i < input->calls_count; i++) {
        int64_t day = usher_floor_div(input->calls[i].arrived_ms, USHER_DAY_MS) - days->first;
        if (input->calls[i].outcome == USHER_FIT_ANSWERED)
            answered[day]++;
    }
    choose_days(fit, answered, room, days);
    return USHER_FIT_DONE;
}

static enum usher_fit_result find_hours(struct usher_fit *fit, const struct usher_fit_input *input,
                                        const struct usher_fit_days *days)
{
    size_t days_open[USHER_FIT_HALVES] = {0};
    bool *is_open = usher_arena_take(&fit->arena, days->count * USHER_FIT_HALVES, sizeof(bool));
    if (!is_open)
        return USHER_FIT_NO_MEMORY;
    for (size_t i = 0; i < input->calls_count; i++) {
        const struct usher_fit_call *call = &input->calls[i];
        if (call->outcome != USHER_FIT_ANSWERED || !usher_fit_day_counts(days, call->arrived_ms))
            continue;
        int64_t day = usher_floor_div(call->arrived_ms, USHER_DAY_MS) - days->first;
        size_t half = usher_fit_half(call->arrived_ms);
        bool *seen = &is_open[(size_t)day * USHER_FIT_HALVES + half];
        days_open[half] += !*seen;
        *seen = true;
    }
    fit->first_half = USHER_FIT_HALVES;
    for (size_t half = 0; half < USHER_FIT_HALVES; half++) {
        if (3 * days_open[half] < fit->days_count)
            continue;
        fit->first_half = half < fit->first_half ? half : fit->first_half;
        fit->end_half = half + 1;
    }
    return fit->end_half > 0 ? USHER_FIT_DONE : USHER_FIT_SPARSE;
}

/* ---- calls ---- */

static void count_call(struct usher_fit *fit, const struct usher_fit_call *call)
{
    struct usher_fit_kind *kind = &fit->kinds[call->kind];
    struct usher_fit_half *half = &fit->halves[usher_fit_half(call->arrived_ms)];
    double share = 1 / (double)fit->days_count;
    kind->arrived_count++;
    kind->per_hour[usher_fit_half(call->arrived_ms)] += 2 * share;
    kind->lost_count += call->outcome == USHER_FIT_LOST;
    if (call->outcome == USHER_FIT_LOST)
        return;
    half->ended += share;
    half->waited_ms += share * (double)call->wait_ms;
    if (call->outcome == USHER_FIT_ABANDONED) {
        kind->abandoned_count++;
        kind->short_count += call->wait_ms < USHER_SHORT_WAIT_MS;
        return;
    }
    kind->answered_count++;
    kind->kept_count += call->wait_ms <= fit->promise_ms;
    kind->waited_ms += (double)call->wait_ms;
    if (call->service_ms < 0)
        return;
    double off = (double)call->service_ms - kind->handle_ms;
    kind->handled_count++;
    kind->handle_ms += off / (double)kind->handled_count;
    kind->spread += off * ((double)call->service_ms - kind->handle_ms); /* squares, for now */
}

static void count_calls(struct usher_fit *fit, const struct usher_fit_input *input,
                        const struct usher_fit_days *days)
{
    for (size_t i = 0; i < input->calls_count; i++) {
        const struct usher_fit_call *call = &input->calls[i];
        if (usher_fit_call_counts(fit, days, call))
            count_call(fit, call);
        else
            fit->closed_count += usher_fit_day_counts(days, call->arrived_ms);
    }
    for (size_t i = 0; i < fit->kinds_count; i++) {
        struct usher_fit_kind *kind = &fit->kinds[i];
        double count = (double)kind->handled_count;
        double variance = count > 1 ? kind->spread / (count - 1) : 0;
        kind->spread = kind->handle_ms > 0 ? sqrt(variance) / kind->handle_ms : 1;
        kind->spread = kind->spread > SPREAD_MAX ? SPREAD_MAX : kind->spread;
        if (kind->handled_count > 0 && kind->handle_ms < MEAN_MIN_MS)
            kind->handle_ms = MEAN_MIN_MS;
        if (kind->handle_ms > HANDLE_MAX_MS)
            kind->handle_ms = HANDLE_MAX_MS;
    }
}

static int compare_days(const void *a, const void *b)
{
    const int64_t *first = a;
    const int64_t *second = b;
    return *first < *second ? -1 : *first > *second;
}

/* Also the days before the first answer and behind the last. */
static bool count_left_out(struct usher_fit *fit, const struct usher_fit_input *input,
                           const struct usher_fit_days *days)
{
    int64_t *left_out = calloc(input->calls_count, sizeof(*left_out));
    if (!left_out)
        return false;
    for (size_t i = 0; i < input->calls_count; i++)
        if (!usher_fit_day_counts(days, input->calls[i].arrived_ms))
            left_out[fit->left_out_count++] =
                usher_floor_div(input->calls[i].arrived_ms, USHER_DAY_MS);
    qsort(left_out, fit->left_out_count, sizeof(*left_out), compare_days);
    for (size_t i = 0; i < fit->left_out_count; i++)
        fit->days_left_out += i == 0 || left_out[i] != left_out[i - 1];
    free(left_out);
    return true;
}

static void sum_up(struct usher_fit *fit)
{
    struct usher_fit_kind all = {0};
    for (size_t i = 0; i < fit->kinds_count; i++) {
        const struct usher_fit_kind *kind = &fit->kinds[i];
        all.arrived_count += kind->arrived_count;
        all.answered_count += kind->answered_count;
        all.kept_count += kind->kept_count;
        all.abandoned_count += kind->abandoned_count;
        all.short_count += kind->short_count;
        all.waited_ms += kind->waited_ms;
    }
    double judged = (double)(all.answered_count + all.abandoned_count - all.short_count);
    fit->service_level = judged > 0 ? (double)all.kept_count / judged : 0;
    fit->answer_s = all.answered_count > 0 ? all.waited_ms / (double)all.answered_count / 1000 : 0;
    fit->abandoned =
        all.arrived_count > 0 ? (double)all.abandoned_count / (double)all.arrived_count : 0;
}

/* Variance of the days' calls by their mean. */
static bool find_dispersion(struct usher_fit *fit, const struct usher_fit_input *input,
                            const struct usher_fit_days *days)
{
    size_t *counts = usher_arena_take(&fit->arena, days->count, sizeof(*counts));
    double mean = 0;
    double squares = 0;
    if (!counts)
        return false;
    for (size_t i = 0; i < input->calls_count; i++)
        if (usher_fit_call_counts(fit, days, &input->calls[i])) {
            int64_t day = usher_floor_div(input->calls[i].arrived_ms, USHER_DAY_MS);
            counts[day - days->first]++;
            mean += 1 / (double)fit->days_count;
        }
    for (size_t i = 0; i < days->count; i++)
        if (days->counts[i])
            squares += ((double)counts[i] - mean) * ((double)counts[i] - mean);
    if (fit->days_count > 1 && mean > 0)
        fit->dispersion = squares / (double)(fit->days_count - 1) / mean;
    return true;
}

/* ---- patience ---- */

/* The waits of one kind, or of all (`kind` = USHER_FIT_KINDS_MAX), into `waits`. */
static size_t collect_waits(const struct usher_fit *fit, const struct usher_fit_input *input,
                            const struct usher_fit_days *days, size_t kind,
                            struct usher_wait_seen *waits)
{
    size_t count = 0;
    for (size_t i = 0; i < input->calls_count; i++) {
        const struct usher_fit_call *call = &input->calls[i];
        if ((kind != USHER_FIT_KINDS_MAX && call->kind != kind) ||
            !usher_fit_call_counts(fit, days, call))
            continue;
        waits[count].wait_ms = call->wait_ms;
        waits[count++].is_left = call->outcome == USHER_FIT_ABANDONED;
    }
    return count;
}

/* By the exponential law: all that was waited, for each who gave up. */
static void fit_mean(struct usher_fit_kind *kind, const struct usher_wait_seen *waits, size_t count,
                     size_t left_count)
{
    double waited_ms = 0;
    for (size_t i = 0; i < count; i++)
        waited_ms += (double)waits[i].wait_ms;
    kind->patience.mean_ms = USHER_NEVER_LEAVES;
    if (left_count == 0)
        return;
    double mean_ms = waited_ms / (double)left_count;
    mean_ms = mean_ms < MEAN_MIN_MS ? MEAN_MIN_MS : mean_ms;
    kind->patience.mean_ms = (int64_t)(mean_ms < MEAN_MAX_MS ? mean_ms : MEAN_MAX_MS);
}

static void fit_table(struct usher_fit_kind *kind, struct usher_wait_seen *waits, size_t count)
{
    struct usher_patience *patience = &kind->patience;
    struct usher_survival survivals[USHER_FIT_POINTS_MAX];
    int64_t at_ms[USHER_FIT_POINTS_MAX];
    double last = 1;
    for (size_t i = 0; i < USHER_COUNT_OF(points_s); i++)
        at_ms[i] = points_s[i] * 1000;
    usher_kaplan_meier(waits, count, at_ms, USHER_COUNT_OF(points_s), survivals);
    for (size_t i = 0; i < USHER_COUNT_OF(points_s); i++) {
        double share = survivals[i].share;
        if (survivals[i].at_risk < POINT_RISK)
            return;
        kind->known_until_ms = at_ms[i];
        if (share > last - POINT_DROP || share < POINT_LOWEST)
            continue;
        patience->points[patience->points_count].at_ms = at_ms[i];
        patience->points[patience->points_count++].share = share;
        last = share;
    }
}

static void fit_patience(struct usher_fit_kind *kind, struct usher_wait_seen *waits, size_t count)
{
    size_t left_count = 0;
    for (size_t i = 0; i < count; i++)
        left_count += waits[i].is_left;
    if (left_count >= LEFT_MIN)
        fit_table(kind, waits, count);
    if (kind->patience.points_count == 0)
        fit_mean(kind, waits, count, left_count);
}

static bool find_patience(struct usher_fit *fit, const struct usher_fit_input *input,
                          const struct usher_fit_days *days)
{
    struct usher_wait_seen *waits = calloc(input->calls_count, sizeof(*waits));
    struct usher_fit_kind all = {0};
    if (!waits)
        return false;
    fit_patience(&all, waits, collect_waits(fit, input, days, USHER_FIT_KINDS_MAX, waits));
    for (size_t i = 0; i < fit->kinds_count; i++) {
        struct usher_fit_kind *kind = &fit->kinds[i];
        kind->is_patience_of_all = kind->abandoned_count < LEFT_MIN;
        if (kind->is_patience_of_all) {
            kind->patience = all.patience;
            kind->known_until_ms = all.known_until_ms;
        } else {
            fit_patience(kind, waits, collect_waits(fit, input, days, i, waits));
        }
    }
    free(waits);
    return true;
}

/* ---- the whole ---- */

static bool take_kinds(struct usher_fit *fit, const struct usher_fit_input *input)
{
    fit->kinds_count = input->kinds_count;
    fit->kinds = usher_arena_take(&fit->arena, input->kinds_count, sizeof(*fit->kinds));
    for (size_t i = 0; fit->kinds && i < input->kinds_count; i++)
        if (!usher_arena_copy(&fit->arena, input->kinds[i], &fit->kinds[i].name))
            return false;
    return fit->kinds != NULL;
}

static enum usher_fit_result estimate(struct usher_fit *fit, const struct usher_fit_input *input)
{
    struct usher_fit_days days = {0};
    fit->promise_ms = input->promise_ms;
    fit->ring_ms = input->ring_ms;
    if (!take_kinds(fit, input))
        return USHER_FIT_NO_MEMORY;
    enum usher_fit_result result = find_days(fit, input, &days);
    if (result == USHER_FIT_DONE)
        result = find_hours(fit, input, &days);
    if (result != USHER_FIT_DONE)
        return result;
    count_calls(fit, input, &days);
    sum_up(fit);
    bool is_whole = count_left_out(fit, input, &days) && find_dispersion(fit, input, &days) &&
                    find_patience(fit, input, &days) && usher_fit_staff(fit, input, &days);
    return is_whole ? USHER_FIT_DONE : USHER_FIT_NO_MEMORY;
}

enum usher_fit_result usher_fit(const struct usher_fit_input *input, struct usher_fit **fit)
{
    struct usher_fit *made = calloc(1, sizeof(*made));
    if (!made)
        return USHER_FIT_NO_MEMORY;
    usher_arena_init(&made->arena);
    enum usher_fit_result result = estimate(made, input);
    if (result == USHER_FIT_DONE) {
        *fit = made;
        return result;
    }
    usher_fit_free(made);
    return result;
}

void usher_fit_free(struct usher_fit *fit)
{
    if (!fit)
        return;
    usher_arena_fini(&fit->arena);
    free(fit);
}
