/* The figures that come of a daybook's sums. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/daybook_state.h"

#define COLUMN(member_, title_, unit_, better_)                                                    \
    {                                                                                              \
#member_, title_, USHER_DAY_##unit_, better_                                               \
    }
const struct usher_day_column usher_day_columns[USHER_DAY_COLUMNS_COUNT] = {
    COLUMN(arrived, "contacts", COUNT_UNIT, 0),
    COLUMN(service_level, "service level", SHARE, 1),
    COLUMN(worst_level, "worst class", SHARE, 1),
    COLUMN(first_level, "first tier", SHARE, 1),
    COLUMN(waited, "had to wait", SHARE, -1),
    COLUMN(answer_s, "speed of answer", SECONDS, -1),
    COLUMN(p50_s, "wait, median", SECONDS, -1),
    COLUMN(p95_s, "wait, 95 %", SECONDS, -1),
    COLUMN(p99_s, "wait, 99 %", SECONDS, -1),
    COLUMN(longest_s, "longest wait", SECONDS, -1),
    COLUMN(abandoned, "abandoned", SHARE, -1),
    COLUMN(match, "match", SHARE, 1),
    COLUMN(resolved, "resolved at first", SHARE, 1),
    COLUMN(occupancy, "occupancy", SHARE, 0),
    COLUMN(occupancy_spread, "its spread", SHARE, -1),
    COLUMN(told_kept, "told waits kept", SHARE, 1),
    COLUMN(foretold_bias_s, "told too long by", SECONDS, 0),
    COLUMN(foretold_error, "told, error", SHARE, -1),
    COLUMN(cost_s, "cost to customers", SECONDS, -1),
    COLUMN(refused, "refused", COUNT_UNIT, -1),
};

size_t usher_day_column_find(const char *key)
{
    size_t column = 0;
    while (strcmp(usher_day_columns[column].key, key) != 0) {
        column++;
        assert(column < USHER_DAY_COLUMNS_COUNT);
    }
    return column;
}

static int compare_waits(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : (double)NAN;
}

/* The shortest wait that so many percent did not exceed: the nearest rank. */
static double wait_at(const struct usher_daybook *book, size_t percent)
{
    if (book->waits_count == 0)
        return (double)NAN;
    size_t rank = (book->waits_count * percent + 99) / 100;
    return (double)book->waits[rank - 1] / 1000;
}

double usher_daybook_class_level(const struct usher_daybook_class *class)
{
    int64_t count = class->answered_count + class->abandoned_count - class->short_count;
    return count > 0 ? (double)class->kept_count / (double)count : -1;
}

const struct usher_daybook_half *usher_daybook_half(const struct usher_daybook *book, size_t index)
{
    return &book->halves[index];
}

bool usher_daybook_class_is_like(const struct usher_daybook_class *a,
                                 const struct usher_daybook_class *b)
{
    return strcmp(a->queue, b->queue) == 0 && strcmp(a->tier, b->tier) == 0;
}

void usher_daybook_class_add(struct usher_daybook_class *sum,
                             const struct usher_daybook_class *class)
{
    sum->arrived_count += class->arrived_count;
    sum->answered_count += class->answered_count;
    sum->kept_count += class->kept_count;
    sum->abandoned_count += class->abandoned_count;
    sum->short_count += class->short_count;
    sum->waited_count += class->waited_count;
    sum->left_early_count += class->left_early_count;
    sum->waited_ms += class->waited_ms;
    sum->all_waited_ms += class->all_waited_ms;
    sum->foretold_count += class->foretold_count;
    sum->foretold_over_ms += class->foretold_over_ms;
    sum->foretold_off_ms += class->foretold_off_ms;
    sum->foretold_wait_ms += class->foretold_wait_ms;
}

static void read_classes(const struct usher_daybook *book, struct usher_day_figures *figures)
{
    struct usher_daybook_class all = {0};
    struct usher_daybook_class first = {0};
    double worst = 2;
    for (size_t i = 0; i < book->classes_count; i++) {
        const struct usher_daybook_class *class = &book->classes[i];
        double level = usher_daybook_class_level(class);
        usher_daybook_class_add(&all, class);
        if (strcmp(class->tier, book->first_tier) == 0)
            usher_daybook_class_add(&first, class);
        if (level >= 0 && level < worst)
            worst = level;
    }
    double ended = (double)(all.answered_count + all.abandoned_count);
    double level = usher_daybook_class_level(&all);
    double first_level = usher_daybook_class_level(&first);
    figures->arrived = (double)all.arrived_count;
    figures->service_level = level < 0 ? (double)NAN : level;
    figures->worst_level = worst > 1 ? (double)NAN : worst;
    figures->first_level = first_level < 0 ? (double)NAN : first_level;
    figures->waited = share((double)all.waited_count, ended);
    figures->longest_s = ended > 0 ? (double)book->longest_ms / 1000 : (double)NAN;
    figures->answer_s = share((double)all.waited_ms / 1000, (double)all.answered_count);
    figures->abandoned = share((double)all.abandoned_count, (double)all.arrived_count);
    figures->match = share((double)book->match_sum / 1000, (double)all.answered_count);
    figures->foretold_bias_s =
        share((double)all.foretold_over_ms / 1000, (double)all.foretold_count);
    figures->foretold_error = share((double)all.foretold_off_ms, (double)all.foretold_wait_ms);
}

static void read_people(struct usher_daybook *book, struct usher_day_figures *figures)
{
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (size_t i = 0; i < book->persons_count; i++) {
        struct usher_daybook_person *person = &book->persons[i];
        usher_daybook_account(book, person, book->ends_ms);
        if (person->there_ms == 0)
            continue;
        double occupancy = (double)person->busy_ms / (double)person->there_ms;
        sum += occupancy;
        squares += occupancy * occupancy;
        count++;
    }
    figures->occupancy = share(sum, count);
    double variance = share(squares, count) - figures->occupancy * figures->occupancy;
    figures->occupancy_spread = variance < 0 ? 0 : sqrt(variance); /* by rounding */
}

struct usher_day_figures usher_daybook_read(struct usher_daybook *book)
{
    struct usher_day_figures figures = {0};
    if (book->waits_count > 0)
        qsort(book->waits, book->waits_count, sizeof(*book->waits), compare_waits);
    read_classes(book, &figures);
    read_people(book, &figures);
    figures.p50_s = wait_at(book, 50);
    figures.p95_s = wait_at(book, 95);
    figures.p99_s = wait_at(book, 99);
    figures.resolved = share((double)book->first_helped_count, (double)book->first_count);
    figures.told_kept = share((double)book->told_kept_count, (double)book->told_count);
    figures.cost_s = share(book->cost_s, (double)book->first_count);
    figures.refused = (double)book->refused_count;
    return figures;
}

size_t usher_daybook_classes_count(const struct usher_daybook *book)
{
    return book->classes_count;
}

const struct usher_daybook_class *usher_daybook_class(const struct usher_daybook *book,
                                                      size_t index)
{
    return &book->classes[index];
}

size_t usher_daybook_agents_count(const struct usher_daybook *book)
{
    return book->persons_count;
}

struct usher_daybook_agent usher_daybook_agent(const struct usher_daybook *book, size_t index)
{
    const struct usher_daybook_person *person = &book->persons[index];
    return (struct usher_daybook_agent){person->id, person->busy_ms, person->there_ms};
}

int64_t usher_daybook_open_count(const struct usher_daybook *book)
{
    return book->open_count;
}
