/* A study: several ways to route, each tried on the same days. Every day is drawn once, from the
 * seed and its number; all contenders meet the same customers and agents, so their differences are
 * taken day by day. */
#ifndef USHER_SIMULATE_STUDY_H
#define USHER_SIMULATE_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/daybook.h"
#include "report/sample.h"
#include "simulate/contender.h"
#include "simulate/traffic.h"

#define USHER_ENTRIES_MAX 8

/* One way to route. */
struct usher_entry {
    struct usher_text name;
    enum usher_way_to_choose way;
    struct usher_text rules; /* the text of the rules; good ones */
};

struct usher_entry_result {
    /* Of the days that have the figure: fewer than were tried, or none. */
    struct usher_sample figures[USHER_DAY_COLUMNS_COUNT];
    /* The same day by day less those of the first entry, of the days on which both have one; of
     * that entry itself none. */
    struct usher_sample differences[USHER_DAY_COLUMNS_COUNT];
    struct usher_daybook_class classes[USHER_DAYBOOK_CLASSES_MAX]; /* of all days together */
    size_t classes_count;
    int64_t events_count;
};

struct usher_study;

/* Borrows the traffic and the texts. NULL when memory is out. */
struct usher_study *usher_study_new(const struct usher_traffic *traffic,
                                    const struct usher_entry *entries, size_t entries_count,
                                    uint64_t seed);
void usher_study_free(struct usher_study *study);

/* Tries one entry on the next day of those that it has not had yet. False when memory is out, or
 * more customers are there at the same time than are possible. */
USHER_MUST_USE bool usher_study_try(struct usher_study *study, size_t entry);
const struct usher_entry_result *usher_study_result(const struct usher_study *study, size_t entry);
/* The figures of one day that was tried; they hold until the next day is. */
const struct usher_day_figures *usher_study_day(const struct usher_study *study, size_t entry,
                                                size_t day);

#endif
