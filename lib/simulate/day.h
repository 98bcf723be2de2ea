/* A simulated day: the customers and agents of a traffic model around a router, on a clock that
 * jumps from one moment at which something happens to the next. */
#ifndef USHER_SIMULATE_DAY_H
#define USHER_SIMULATE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "report/daybook.h"
#include "simulate/contender.h"
#include "simulate/traffic.h"

/* Midnight of the simulated day, a Monday: milliseconds since 1970. */
#define USHER_SIMULATED_MIDNIGHT_MS INT64_C(1767571200000)

struct usher_day_counts {
    int64_t events_count; /* of the router */
    int64_t customers_count;
};

/* Lives through the day number `day` of the seed, until the last customer is gone, with a router of
 * its own: `way` under the rules of this text. What customers and agents are like depends on seed
 * and day alone. The account of the day is the caller's to free; `counts` grow. NULL when memory is
 * out, more customers are there at the same time than are possible, or the rules have problems,
 * which are added to `problems`. */
struct usher_daybook *usher_day_live(const struct usher_traffic *traffic,
                                     enum usher_way_to_choose way, struct usher_text rules,
                                     uint64_t seed, uint64_t day, struct usher_problems *problems,
                                     struct usher_day_counts *counts);

#endif
