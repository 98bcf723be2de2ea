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

/* The contender begins so long before the day: it sees each kind of customers once, as it would
 * have the days before. */
#define USHER_DAY_BEFORE_MS 7200000

struct usher_day_counts {
    int64_t events_count; /* of the router */
    int64_t customers_count;
};

/* Limits that hold for a day of this traffic. */
struct usher_limits usher_day_limits(const struct usher_traffic *traffic);

/* Lives through the day number `day` of the seed, and writes it into `book`, until the last
 * customer is gone. What customers and agents are like depends on seed and day alone, not on the
 * contender. False when memory is out or more customers are there at the same time than the limits
 * say. */
USHER_MUST_USE bool usher_day_live(const struct usher_traffic *traffic, uint64_t seed, uint64_t day,
                                   struct usher_contender *contender, struct usher_daybook *book,
                                   struct usher_day_counts *counts);

#endif
