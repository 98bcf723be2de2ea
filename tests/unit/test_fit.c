/* Calls of a center that is known give its parameters back. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "simulate/calibrate.h"
#include "simulate/chance.h"
#include "simulate/fit.h"
#include "unit/suite.h"
#include "unit/told.h"

#define FIRST_DAY   20000 /* since 1970 */
#define CALLS_MAX   40000
#define HANDLE_MS   240000.0
#define SPREAD      .8
#define PATIENCE_MS 150000.0
#define OPEN_MS     (9 * 3600000)
#define HALVES      8 /* open for four hours */
#define AGENTS      12

/* What is known of a center that serves who waits longest. */
struct center {
    struct usher_fit_call calls[CALLS_MAX];
    size_t count;
    int64_t free_ms[AGENTS];
    struct usher_chance chance;
};

static double rate_of(size_t half)
{
    return half < HALVES / 2 ? 140 : 200; /* an hour */
}

/* Who comes next to the agent who is free first: with all alike that is who waits longest. */
static void serve(struct center *center, int64_t arrived_ms)
{
    size_t first = 0;
    for (size_t i = 1; i < AGENTS; i++)
        if (center->free_ms[i] < center->free_ms[first])
            first = i;
    struct usher_fit_call *call = &center->calls[center->count++];
    int64_t free_ms = center->free_ms[first];
    int64_t patience_ms = (int64_t)(PATIENCE_MS * usher_chance_exponential(&center->chance));
    double service_ms = HANDLE_MS * usher_chance_lognormal(&center->chance, SPREAD);
    *call = (struct usher_fit_call){.arrived_ms = arrived_ms,
                                    .kind = usher_chance_uniform(&center->chance) < .25,
                                    .agent = first,
                                    .outcome = USHER_FIT_ANSWERED,
                                    .service_ms = (int64_t)service_ms};
    call->wait_ms = free_ms > arrived_ms ? free_ms - arrived_ms : 0;
    if (call->wait_ms <= patience_ms) {
        center->free_ms[first] = arrived_ms + call->wait_ms + call->service_ms;
        return;
    }
    call->wait_ms = patience_ms;
    call->outcome = USHER_FIT_ABANDONED;
    call->agent = USHER_FIT_NOBODY;
    call->service_ms = -1;
}

static void live(struct center *center, size_t day, double share)
{
    int64_t begins_ms = (FIRST_DAY + (int64_t)day) * USHER_DAY_MS + OPEN_MS;
    for (size_t half = 0; half < HALVES; half++) {
        double at_ms = 0;
        for (;;) {
            at_ms += usher_chance_exponential(&center->chance) * 3600000 / rate_of(half) / share;
            if (at_ms >= USHER_HALF_HOUR_MS)
                break;
            serve(center, begins_ms + (int64_t)half * USHER_HALF_HOUR_MS + (int64_t)at_ms);
        }
    }
}

static struct center *center_of(size_t days)
{
    struct center *center = calloc(1, sizeof(*center));
    ck_assert_ptr_nonnull(center);
    center->chance = usher_chance_of(1, 0, 0);
    for (size_t day = 0; day < days; day++)
        live(center, day, 1);
    return center;
}

static struct usher_fit *fit_of(const struct center *center, bool has_names)
{
    static const struct usher_text kinds[] = {{"sales", 5}, {"600", 3}};
    struct usher_text agents[AGENTS];
    char names[AGENTS][16];
    struct usher_fit *fit = NULL;
    for (size_t i = 0; i < AGENTS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "agent.%zu", i + 1);
        agents[i] = usher_text_of(names[i]);
    }
    const struct usher_fit_input input = {.calls = center->calls,
                                          .calls_count = center->count,
                                          .kinds = kinds,
                                          .kinds_count = 2,
                                          .agents = agents,
                                          .agents_count = has_names ? AGENTS : 0,
                                          .promise_ms = 20000};
    ck_assert_int_eq(usher_fit(&input, &fit), USHER_FIT_DONE);
    return fit;
}

static double share_at(const struct usher_patience *patience, int64_t at_ms)
{
    for (size_t i = 0; i < patience->points_count; i++)
        if (patience->points[i].at_ms == at_ms)
            return patience->points[i].share;
    ck_abort_msg("the table has no point there");
    return 0;
}

START_TEST(parameters_come_back)
{
    struct center *center = center_of(40);
    struct usher_fit *fit = fit_of(center, true);
    ck_assert_uint_eq(fit->days_count, 40);
    ck_assert_uint_eq(fit->first_half, 18);
    ck_assert_uint_eq(fit->end_half, 26);
    ck_assert_double_eq_tol(fit->dispersion, 1, .4);
    for (size_t half = 0; half < HALVES; half++) {
        double rate = rate_of(half);
        double error = 3 * sqrt(rate * .75 / 20);
        ck_assert_double_eq_tol(fit->kinds[0].per_hour[18 + half], .75 * rate, error);
        ck_assert_double_eq_tol(fit->kinds[1].per_hour[18 + half], .25 * rate, error);
        ck_assert_uint_ge(fit->halves[18 + half].count, AGENTS - 1);
        ck_assert_uint_le(fit->halves[18 + half].count, AGENTS);
    }
    ck_assert_double_eq_tol(fit->kinds[0].handle_ms, HANDLE_MS, .02 * HANDLE_MS);
    ck_assert_double_eq_tol(fit->kinds[0].spread, SPREAD, .05);
    const struct usher_patience *patience = &fit->kinds[0].patience;
    ck_assert_double_eq_tol(share_at(patience, 30000), exp(-30000 / PATIENCE_MS), .015);
    ck_assert_double_eq_tol(share_at(patience, 60000), exp(-60000 / PATIENCE_MS), .02);
    usher_fit_free(fit);
    free(center);
}
END_TEST

START_TEST(number_of_agents_is_found_where_nobody_is_named)
{
    struct usher_problems *problems = told_new();
    struct center *center = center_of(40);
    struct usher_fit *fit = fit_of(center, false);
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        fit->halves[half].count = half % 3 == 0 ? 8 : 20;
    ck_assert(usher_fit_set_agents(fit));
    struct usher_calibration *calibration =
        usher_calibration_new(fit, USHER_CHOOSE_FIFO, 5, problems);
    for (size_t i = 0; i < USHER_CALIBRATION_ROUNDS; i++)
        ck_assert_msg(usher_calibration_try(calibration), "%s", told_lines(problems));
    ck_assert(usher_calibration_end(calibration));
    usher_calibration_free(calibration);
    double sum = 0;
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        sum += (double)fit->halves[half].count / HALVES;
    ck_assert_double_eq_tol(sum, AGENTS, .8);
    usher_fit_free(fit);
    free(center);
    free(problems);
}
END_TEST

START_TEST(model_is_one_that_can_be_read)
{
    struct usher_problems *problems = told_new();
    struct center *center = center_of(5);
    struct usher_fit *fit = fit_of(center, true);
    struct usher_bytes traffic;
    struct usher_bytes rules;
    usher_bytes_init(&traffic, 1 << 20);
    usher_bytes_init(&rules, 1 << 20);
    usher_fit_write_traffic(fit, &traffic);
    usher_fit_write_rules(fit, &rules);
    struct usher_traffic *model = usher_traffic_read(usher_bytes_text(&traffic), problems);
    ck_assert_msg(model != NULL, "%s", told_lines(problems));
    ck_assert_int_eq(model->starts_ms, OPEN_MS);
    ck_assert_int_eq(model->day_ms, HALVES * USHER_HALF_HOUR_MS);
    ck_assert_uint_eq(model->kinds_count, 2);
    ck_assert_uint_ge(model->agents_count, AGENTS - 1);
    struct usher_rules *read = usher_rules_read(usher_bytes_text(&rules), "r", problems);
    ck_assert_msg(read != NULL, "%s", told_lines(problems));
    ck_assert_uint_eq(read->queues_count, 2);
    usher_rules_free(read);
    usher_traffic_free(model);
    usher_bytes_fini(&traffic);
    usher_bytes_fini(&rules);
    usher_fit_free(fit);
    free(center);
    free(problems);
}
END_TEST

static bool model_says(const struct usher_fit *fit, const char *words)
{
    struct usher_bytes traffic;
    usher_bytes_init(&traffic, 1 << 20);
    usher_fit_write_traffic(fit, &traffic);
    usher_bytes_append_char(&traffic, '\0');
    bool is_said = strstr(usher_bytes_text(&traffic).at, words) != NULL;
    usher_bytes_fini(&traffic);
    return is_said;
}

START_TEST(second_shift_of_a_day_is_explained)
{
    struct center *center = center_of(5);
    struct usher_fit *fit = fit_of(center, true);
    for (size_t i = 0; i < fit->agents_named; i++)
        for (size_t half = fit->first_half; half < fit->end_half; half++)
            fit->agents[i].is_there[half] = true;
    ck_assert(!model_says(fit, "second shift"));
    fit->agents[2].is_there[fit->first_half + 3] = false;
    ck_assert(model_says(fit, "agents:\n  # \"agent.3:2\" is a second shift of agent.3,"));
    ck_assert(model_says(fit, "\n  \"agent.3:2\": {skills: "));
    usher_fit_free(fit);
    free(center);
}
END_TEST

/* Who stays to the end of the day serves the last who came; of a day without a night that would
 * already be the next one's begin. */
START_TEST(shift_of_a_center_that_never_closes_ends_at_midnight)
{
    struct usher_fit_kind kind = {.name = USHER_TEXT("sales"),
                                  .arrived_count = 48,
                                  .per_hour = {2},
                                  .patience = {.mean_ms = 60000}};
    struct usher_fit_agent agent = {.name = USHER_TEXT("anna"), .levels = {10}};
    const struct usher_fit fit = {.kinds = &kind,
                                  .kinds_count = 1,
                                  .agents = &agent,
                                  .agents_count = 1,
                                  .agents_named = 1,
                                  .end_half = USHER_FIT_HALVES};
    struct usher_problems *problems = told_new();
    struct usher_bytes traffic;
    for (size_t half = 1; half < USHER_FIT_HALVES; half++)
        agent.is_there[half] = true;
    usher_bytes_init(&traffic, 1 << 20);
    usher_fit_write_traffic(&fit, &traffic);
    struct usher_traffic *model = usher_traffic_read(usher_bytes_text(&traffic), problems);
    ck_assert_msg(model != NULL, "%s", told_lines(problems));
    ck_assert_int_eq(model->crews[0].begins_ms, USHER_HALF_HOUR_MS);
    ck_assert_int_eq(model->crews[0].ends_ms, USHER_DAY_MS);
    usher_traffic_free(model);
    usher_bytes_fini(&traffic);
    free(problems);
}
END_TEST

START_TEST(name_of_a_skill_stays_whole)
{
    char name[601];
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    struct usher_traffic_share skill = {.name = usher_text_of(name), .number = 7};
    struct center *center = center_of(2);
    struct usher_fit *fit = fit_of(center, true);
    struct usher_bytes traffic;
    fit->agents[0].more = &skill;
    fit->agents[0].more_count = 1;
    usher_bytes_init(&traffic, 1 << 20);
    usher_fit_write_traffic(fit, &traffic);
    usher_bytes_append_char(&traffic, '\0');
    const char *found = strstr(traffic.at, name);
    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(strncmp(found + strlen(name), ": 7}", 4), 0);
    usher_bytes_fini(&traffic);
    usher_fit_free(fit);
    free(center);
}
END_TEST

START_TEST(days_that_are_not_ordinary_are_left_out)
{
    struct center *center = center_of(6);
    live(center, 6, .2);
    struct usher_fit *fit = fit_of(center, true);
    ck_assert_uint_eq(fit->days_count, 6);
    ck_assert_uint_eq(fit->days_left_out, 1);
    ck_assert_int_eq(fit->last_day, FIRST_DAY + 5);
    ck_assert_uint_gt(fit->left_out_count, 50);
    usher_fit_free(fit);
    free(center);
}
END_TEST

START_TEST(day_on_which_nobody_answered_is_left_out)
{
    struct center *center = center_of(6);
    const int64_t days[] = {-1, 9, 9, 7}; /* before, behind, and between those of answers */
    live(center, 8, 1);
    for (size_t i = 0; i < USHER_COUNT_OF(days); i++)
        center->calls[center->count++] =
            (struct usher_fit_call){.arrived_ms = (FIRST_DAY + days[i]) * USHER_DAY_MS + OPEN_MS,
                                    .wait_ms = 5000,
                                    .service_ms = -1,
                                    .outcome = USHER_FIT_ABANDONED,
                                    .agent = USHER_FIT_NOBODY};
    struct usher_fit *fit = fit_of(center, true);
    ck_assert_uint_eq(fit->days_count, 7);
    ck_assert_uint_eq(fit->days_left_out, 3);
    ck_assert_uint_eq(fit->left_out_count, 4);
    usher_fit_free(fit);
    free(center);
}
END_TEST

START_TEST(who_serves_on_is_busy_while_nothing_begins_or_ends)
{
    static const struct {
        int from_minute;
        int until_minute;
    } served[] = {{0, 115}, {1, 115}, {2, 115}, {3, 115}, {180, 190}};
    static const int busy[] = {4, 4, 4, 4, 0, 0, 1};
    struct center *center = calloc(1, sizeof(*center));
    ck_assert_ptr_nonnull(center);
    for (size_t i = 0; i < USHER_COUNT_OF(served); i++)
        center->calls[center->count++] = (struct usher_fit_call){
            .arrived_ms = FIRST_DAY * USHER_DAY_MS + OPEN_MS + served[i].from_minute * 60000,
            .service_ms = (served[i].until_minute - served[i].from_minute) * INT64_C(60000),
            .outcome = USHER_FIT_ANSWERED,
            .agent = USHER_FIT_NOBODY};
    struct usher_fit *fit = fit_of(center, false);
    for (size_t i = 0; i < USHER_COUNT_OF(busy); i++)
        ck_assert_double_eq_tol(fit->halves[18 + i].staff, busy[i], 1e-9);
    usher_fit_free(fit);
    free(center);
}
END_TEST

START_TEST(calls_of_which_none_was_answered_tell_nothing)
{
    static const struct usher_text kinds[] = {{"sales", 5}};
    const struct usher_fit_call call = {
        .wait_ms = 5000, .service_ms = -1, .outcome = USHER_FIT_ABANDONED};
    const struct usher_fit_input input = {
        .calls = &call, .calls_count = 1, .kinds = kinds, .kinds_count = 1, .promise_ms = 20000};
    struct usher_fit *fit = NULL;
    ck_assert_int_eq(usher_fit(&input, &fit), USHER_FIT_EMPTY);
    ck_assert_ptr_null(fit);
}
END_TEST

static enum usher_fit_result result_of(const struct usher_fit_call *calls, size_t count)
{
    static const struct usher_text kinds[] = {{"sales", 5}};
    const struct usher_fit_input input = {.calls = calls,
                                          .calls_count = count,
                                          .kinds = kinds,
                                          .kinds_count = 1,
                                          .promise_ms = 20000};
    struct usher_fit *fit = NULL;
    enum usher_fit_result result = usher_fit(&input, &fit);
    ck_assert_ptr_null(fit);
    return result;
}

START_TEST(calls_of_many_years_or_ever_other_hours_tell_nothing)
{
    struct usher_fit_call calls[5];
    for (size_t i = 0; i < USHER_COUNT_OF(calls); i++)
        calls[i] = (struct usher_fit_call){.arrived_ms = (FIRST_DAY + (int64_t)i) * USHER_DAY_MS +
                                                         OPEN_MS + (int64_t)i * 3600000,
                                           .service_ms = 60000,
                                           .outcome = USHER_FIT_ANSWERED,
                                           .agent = USHER_FIT_NOBODY};
    ck_assert_int_eq(result_of(calls, 5), USHER_FIT_SPARSE);
    calls[4].arrived_ms += 4000 * USHER_DAY_MS;
    ck_assert_int_eq(result_of(calls, 5), USHER_FIT_LONG);
}
END_TEST

SUITE_MAIN("fit", parameters_come_back, number_of_agents_is_found_where_nobody_is_named,
           model_is_one_that_can_be_read, second_shift_of_a_day_is_explained,
           shift_of_a_center_that_never_closes_ends_at_midnight,
           days_that_are_not_ordinary_are_left_out, calls_of_which_none_was_answered_tell_nothing,
           calls_of_many_years_or_ever_other_hours_tell_nothing,
           who_serves_on_is_busy_while_nothing_begins_or_ends,
           day_on_which_nobody_answered_is_left_out, name_of_a_skill_stays_whole)
