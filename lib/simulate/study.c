/* A day's router begins anew: what it knows of the days before is that each kind of customers was
 * there. */
#include "simulate/study.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/day.h"

struct usher_study {
    const struct usher_traffic *traffic;
    struct usher_entry entries[USHER_ENTRIES_MAX];
    size_t entries_count;
    uint64_t seed;
    struct usher_day_figures *days[USHER_ENTRIES_MAX];
    size_t days_count[USHER_ENTRIES_MAX];
    struct usher_problems problems;
    struct usher_entry_result results[USHER_ENTRIES_MAX];
};

struct usher_study *usher_study_new(const struct usher_traffic *traffic,
                                    const struct usher_entry *entries, size_t entries_count,
                                    uint64_t seed)
{
    struct usher_study *study = calloc(1, sizeof(*study));
    assert(entries_count > 0 && entries_count <= USHER_ENTRIES_MAX);
    if (!study)
        return NULL;
    study->traffic = traffic;
    study->seed = seed;
    study->entries_count = entries_count;
    memcpy(study->entries, entries, entries_count * sizeof(*entries));
    usher_problems_init(&study->problems);
    return study;
}

void usher_study_free(struct usher_study *study)
{
    if (!study)
        return;
    for (size_t i = 0; i < study->entries_count; i++)
        free(study->days[i]);
    free(study);
}

static void add_class(struct usher_entry_result *result, const struct usher_daybook_class *class)
{
    struct usher_daybook_class *sum = result->classes;
    struct usher_daybook_class *end = sum + result->classes_count;
    while (sum < end && !usher_daybook_class_is_like(sum, class))
        sum++;
    if (sum == end) {
        if (result->classes_count == USHER_DAYBOOK_CLASSES_MAX)
            return;
        result->classes_count++;
        *sum = *class;
        return;
    }
    usher_daybook_class_add(sum, class);
}

static double figure(const struct usher_day_figures *figures, size_t column)
{
    double at[USHER_DAY_COLUMNS_COUNT];
    memcpy(at, figures, sizeof(at));
    return at[column];
}

static void add_known(struct usher_sample *sample, double number)
{
    if (!isnan(number))
        usher_sample_add(sample, number);
}

/* The differences from the first entry are taken as soon as both have had the day. */
static void add_day(struct usher_study *study, size_t entry, const struct usher_day_figures *day)
{
    struct usher_entry_result *result = &study->results[entry];
    size_t number = study->days_count[entry]++;
    study->days[entry][number] = *day;
    for (size_t i = 0; i < USHER_DAY_COLUMNS_COUNT; i++) {
        add_known(&result->figures[i], figure(day, i));
        for (size_t k = 0; k < study->entries_count; k++) {
            bool is_pair = (entry == 0) != (k == 0);
            if (!is_pair || number >= study->days_count[k])
                continue;
            size_t other = entry == 0 ? k : entry;
            add_known(&study->results[other].differences[i],
                      figure(&study->days[other][number], i) - figure(&study->days[0][number], i));
        }
    }
}

bool usher_study_try(struct usher_study *study, size_t entry)
{
    const struct usher_entry *own = &study->entries[entry];
    struct usher_entry_result *result = &study->results[entry];
    struct usher_day_counts counts = {0};
    size_t number = study->days_count[entry];
    struct usher_day_figures *days =
        realloc(study->days[entry], (number + 1) * sizeof(*study->days[entry]));
    if (!days)
        return false;
    study->days[entry] = days;
    struct usher_daybook *book = usher_day_live(study->traffic, own->way, own->rules, study->seed,
                                                number, &study->problems, &counts);
    if (!book)
        return false;
    struct usher_day_figures day = usher_daybook_read(book);
    for (size_t i = 0; i < usher_daybook_classes_count(book); i++)
        add_class(result, usher_daybook_class(book, i));
    result->events_count += counts.events_count;
    add_day(study, entry, &day);
    usher_daybook_free(book);
    return true;
}

const struct usher_entry_result *usher_study_result(const struct usher_study *study, size_t entry)
{
    return &study->results[entry];
}

const struct usher_day_figures *usher_study_day(const struct usher_study *study, size_t entry,
                                                size_t day)
{
    return &study->days[entry][day];
}
