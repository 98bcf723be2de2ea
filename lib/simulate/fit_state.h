/* What the files that estimate a model share. */
#ifndef USHER_SIMULATE_FIT_STATE_H
#define USHER_SIMULATE_FIT_STATE_H

#include "base/civil.h"
#include "model/limits.h"
#include "simulate/fit.h"

/* The calendar of the calls: which of its days count. */
struct usher_fit_days {
    int64_t first; /* since 1970 */
    size_t count;  /* calendar days, from the first to the last */
    bool *counts;
};

static inline bool usher_fit_day_counts(const struct usher_fit_days *days, int64_t at_ms)
{
    int64_t day = usher_floor_div(at_ms, USHER_DAY_MS) - days->first;
    return day >= 0 && day < (int64_t)days->count && days->counts[day];
}

/* The half hour of the day. */
static inline size_t usher_fit_half(int64_t at_ms)
{
    int64_t day_ms = usher_floor_div(at_ms, USHER_DAY_MS) * USHER_DAY_MS;
    return (size_t)((at_ms - day_ms) / USHER_HALF_HOUR_MS);
}

/* A call that counts: of a day that counts, in open hours. */
static inline bool usher_fit_call_counts(const struct usher_fit *fit,
                                         const struct usher_fit_days *days,
                                         const struct usher_fit_call *call)
{
    size_t half = usher_fit_half(call->arrived_ms);
    return usher_fit_day_counts(days, call->arrived_ms) && half >= fit->first_half &&
           half < fit->end_half;
}

/* For a kind of the calls. */
static inline bool usher_fit_has_skill(const struct usher_fit *fit,
                                       const struct usher_fit_agent *agent)
{
    for (size_t i = 0; i < fit->kinds_count; i++)
        if (agent->levels[i] > 0)
            return true;
    return false;
}

/* Fills fit->agents and the half hours' staff. False when memory is out. */
USHER_MUST_USE bool usher_fit_staff(struct usher_fit *fit, const struct usher_fit_input *input,
                                    const struct usher_fit_days *days);

#endif
