/* A waiting line answers a missing agent with far more than one agent's share, and hands what it
 * did not serve on to the next half hour. So each round changes every other half hour only, by
 * steps that grow smaller. The last rounds begin at the best one each, and change the one half hour
 * that is furthest off; the best of all rounds holds. */
#include "simulate/calibrate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/daybook.h"
#include "simulate/day.h"

#define TEXT_BYTES     (1 << 23)
#define CALLS_OF_ROUND 40000
#define DAYS_MIN       2
#define DAYS_MAX       40
#define ROUNDS_OF_ALL  16   /* then single half hours are changed */
#define STEP_FIRST     .16  /* of the agents */
#define STEP_LESS      .85  /* of the step before */
#define NEAR_MS        1000 /* means that are no further apart, or by no more than */
#define NEAR_SHARE     .12  /* this, are the same */
#define LEVEL_UNIT     .02  /* what weighs the same: so much service level, */
#define LEFT_UNIT      .01  /* so many who give up, */
#define WAIT_UNIT      .1   /* and so much of the average speed of answer */

struct usher_calibration {
    struct usher_fit *fit;
    enum usher_way_to_choose way;
    uint64_t seed;
    struct usher_problems *problems;
    struct usher_bytes traffic;
    struct usher_bytes rules;
    size_t days;
    size_t round;
    double step;
    double best_score;
    size_t best[USHER_FIT_HALVES];
    struct usher_daybook_half best_halves[USHER_FIT_HALVES];
    bool is_tried[USHER_FIT_HALVES]; /* since the best round */
    struct usher_daybook_class all;  /* of the round */
    struct usher_daybook_half halves[USHER_FIT_HALVES];
};

struct usher_calibration *usher_calibration_new(struct usher_fit *fit, enum usher_way_to_choose way,
                                                uint64_t seed, struct usher_problems *problems)
{
    struct usher_calibration *calibration = calloc(1, sizeof(*calibration));
    double calls = 1;
    if (!calibration)
        return NULL;
    calibration->fit = fit;
    calibration->way = way;
    calibration->seed = seed;
    calibration->problems = problems;
    calibration->step = STEP_FIRST;
    calibration->best_score = INFINITY;
    usher_bytes_init(&calibration->traffic, TEXT_BYTES);
    usher_bytes_init(&calibration->rules, TEXT_BYTES);
    usher_fit_write_rules(fit, &calibration->rules);
    for (size_t half = 0; half < USHER_FIT_HALVES; half++)
        calls += fit->halves[half].ended;
    calibration->days = (size_t)(CALLS_OF_ROUND / calls);
    if (calibration->days < DAYS_MIN)
        calibration->days = DAYS_MIN;
    if (calibration->days > DAYS_MAX)
        calibration->days = DAYS_MAX;
    return calibration;
}

void usher_calibration_free(struct usher_calibration *calibration)
{
    if (!calibration)
        return;
    usher_bytes_fini(&calibration->traffic);
    usher_bytes_fini(&calibration->rules);
    free(calibration);
}

/* ---- a round ---- */

static void add_day(struct usher_calibration *calibration, const struct usher_daybook *book)
{
    const struct usher_fit *fit = calibration->fit;
    for (size_t i = 0; i < usher_daybook_classes_count(book); i++)
        usher_daybook_class_add(&calibration->all, usher_daybook_class(book, i));
    for (size_t half = fit->first_half; half < fit->end_half; half++) {
        const struct usher_daybook_half *own = usher_daybook_half(book, half - fit->first_half);
        calibration->halves[half].ended_count += own->ended_count;
        calibration->halves[half].waited_ms += own->waited_ms;
    }
}

static bool live_day(struct usher_calibration *calibration, const struct usher_traffic *traffic,
                     size_t day)
{
    struct usher_day_counts counts = {0};
    struct usher_daybook *book =
        usher_day_live(traffic, calibration->way, usher_bytes_text(&calibration->rules),
                       calibration->seed, day, calibration->problems, &counts);
    if (!book)
        return false;
    add_day(calibration, book);
    usher_daybook_free(book);
    return true;
}

static bool live_days(struct usher_calibration *calibration)
{
    memset(&calibration->all, 0, sizeof(calibration->all));
    memset(calibration->halves, 0, sizeof(calibration->halves));
    usher_bytes_clear(&calibration->traffic);
    usher_fit_write_traffic(calibration->fit, &calibration->traffic);
    struct usher_traffic *traffic =
        usher_traffic_read(usher_bytes_text(&calibration->traffic), calibration->problems);
    bool is_lived = traffic != NULL;
    for (size_t day = 0; is_lived && day < calibration->days; day++)
        is_lived = live_day(calibration, traffic, day);
    usher_traffic_free(traffic);
    return is_lived;
}

/* ---- from round to round ---- */

static double distance(double a, double b)
{
    return a < b ? b - a : a - b;
}

static double score_of(const struct usher_calibration *calibration)
{
    const struct usher_fit *fit = calibration->fit;
    const struct usher_daybook_class *all = &calibration->all;
    double arrived = all->arrived_count > 0 ? (double)all->arrived_count : 1;
    double answered = all->answered_count > 0 ? (double)all->answered_count : 1;
    double answer_s = (double)all->waited_ms / answered / 1000;
    double unit_s = 1 + WAIT_UNIT * fit->answer_s;
    return distance(usher_daybook_class_level(all), fit->service_level) / LEVEL_UNIT +
           distance((double)all->abandoned_count / arrived, fit->abandoned) / LEFT_UNIT +
           distance(answer_s, fit->answer_s) / unit_s;
}

/* Whether this round is the best so far. */
static bool keep_best(struct usher_calibration *calibration)
{
    double score = score_of(calibration);
    if (score >= calibration->best_score)
        return false;
    calibration->best_score = score;
    for (size_t half = 0; half < USHER_FIT_HALVES; half++) {
        calibration->best[half] = calibration->fit->halves[half].count;
        calibration->best_halves[half] = calibration->halves[half];
    }
    return true;
}

static void go_back(struct usher_calibration *calibration)
{
    for (size_t half = 0; half < USHER_FIT_HALVES; half++)
        calibration->fit->halves[half].count = calibration->best[half];
}

/* By how much all customers of an average day waited longer than the real ones. */
static double excess_of(const struct usher_calibration *calibration, size_t half)
{
    const struct usher_fit_half *own = &calibration->fit->halves[half];
    return (double)calibration->best_halves[half].waited_ms / (double)calibration->days -
           own->waited_ms;
}

/* One agent more or less in the half hour that is furthest off in the best round, of those that
 * were not tried since. */
static void change_furthest(struct usher_calibration *calibration)
{
    const struct usher_fit *fit = calibration->fit;
    size_t furthest = fit->first_half;
    double most = -1;
    for (size_t half = fit->first_half; half < fit->end_half; half++) {
        double off = distance(excess_of(calibration, half), 0);
        if (off <= most || calibration->is_tried[half])
            continue;
        most = off;
        furthest = half;
    }
    size_t *count = &calibration->fit->halves[furthest].count;
    calibration->is_tried[furthest] = true;
    if (excess_of(calibration, furthest) > 0)
        *count += 1;
    else if (*count > 1)
        *count -= 1;
}

/* More agents when the simulated customers waited longer than the real ones. */
static void change_half(const struct usher_calibration *calibration, size_t half)
{
    struct usher_fit_half *own = &calibration->fit->halves[half];
    const struct usher_daybook_half *seen = &calibration->halves[half];
    size_t step = (size_t)(calibration->step * (double)own->count);
    double target = own->ended > 0 ? own->waited_ms / own->ended : 0;
    if (seen->ended_count == 0 || own->ended <= 0)
        return;
    double waited = (double)seen->waited_ms / (double)seen->ended_count;
    if (distance(waited, target) < NEAR_MS || distance(waited, target) < NEAR_SHARE * target)
        return;
    step = step > 0 ? step : 1;
    if (waited > target)
        own->count += step;
    else if (own->count > step)
        own->count -= step;
}

static void change_all(struct usher_calibration *calibration)
{
    const struct usher_fit *fit = calibration->fit;
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        if (half % 2 == calibration->round % 2)
            change_half(calibration, half);
    if (calibration->round % 2 == 1)
        calibration->step *= STEP_LESS;
}

bool usher_calibration_try(struct usher_calibration *calibration)
{
    if (!live_days(calibration))
        return false;
    if (keep_best(calibration))
        memset(calibration->is_tried, 0, sizeof(calibration->is_tried));
    if (calibration->round < ROUNDS_OF_ALL) {
        change_all(calibration);
    } else {
        go_back(calibration);
        change_furthest(calibration);
    }
    calibration->round++;
    return usher_fit_set_agents(calibration->fit);
}

bool usher_calibration_end(struct usher_calibration *calibration)
{
    assert(calibration->round > 0);
    go_back(calibration);
    return usher_fit_set_agents(calibration->fit);
}
