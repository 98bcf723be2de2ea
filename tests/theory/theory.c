/* The simulator against queueing theory: Erlang's formulas, priorities, a reserve and pooling, each
 * row of the tables within three standard errors of the exact value, and with standard errors below
 * a fiftieth of it. README.md tells where the values come from.
 *
 *   theory [--must-fail] [NAME]...   rows whose names begin so; without a name all */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/sample.h"
#include "simulate/day.h"
#include "theory/rows.h"

#define TEXT_SIZE   16384
#define DAYS_MIN    12
#define DAYS_MAX    12000
#define ERRORS_MAX  3.0  /* a value is this many standard errors from the exact one at most */
#define FINE_ENOUGH .019 /* of the value */

struct run {
    const struct theory_row *row;
    char rules[TEXT_SIZE];
    struct usher_traffic *traffic;
    struct usher_problems problems;
    struct usher_sample samples[THEORY_VALUES_MAX];
    size_t days;
    int64_t events_count;
    int64_t unaccounted_count; /* customers who came, and were neither served nor left */
};

static void fail(const struct run *run, const char *what)
{
    struct usher_bytes out;
    usher_bytes_init(&out, 1 << 16);
    usher_problems_write(&run->problems, run->row->name, &out);
    fprintf(stderr, "theory: %s: %s\n%.*s", run->row->name, what,
            USHER_TEXT_ARGS(usher_bytes_text(&out)));
    exit(2);
}

static bool is_of(const char *name, const char *wanted)
{
    return !wanted || strncmp(name, wanted, strlen(wanted)) == 0;
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double occupancy(const struct usher_daybook *book, const char *crew)
{
    double busy = 0;
    double there = 0;
    for (size_t i = 0; i < usher_daybook_agents_count(book); i++) {
        struct usher_daybook_agent agent = usher_daybook_agent(book, i);
        busy += is_of(agent.id, crew) ? (double)agent.busy_ms : 0;
        there += is_of(agent.id, crew) ? (double)agent.there_ms : 0;
    }
    return share(busy, there);
}

static double read_value(const struct theory_value *value, const struct usher_daybook *book,
                         const struct usher_day_figures *figures)
{
    struct usher_daybook_class sum = {0};
    for (size_t i = 0; i < usher_daybook_classes_count(book); i++) {
        const struct usher_daybook_class *class = usher_daybook_class(book, i);
        if (is_of(class->queue, value->of))
            usher_daybook_class_add(&sum, class);
    }
    double arrived = (double)sum.arrived_count;
    switch (value->kind) {
    case THEORY_BLOCKED:
        return share(figures->refused, figures->refused + arrived);
    case THEORY_WAITS:
        return share((double)sum.waited_count, arrived);
    case THEORY_WAIT_S:
        return share((double)sum.all_waited_ms / 1000, arrived);
    case THEORY_ABANDONS:
        return share((double)sum.abandoned_count, arrived);
    case THEORY_SERVED_IN_TIME:
        return share((double)sum.kept_count, arrived);
    case THEORY_LEFT_IN_TIME:
        return share((double)sum.left_early_count, arrived);
    case THEORY_OCCUPANCY:
        return occupancy(book, value->of);
    }
    return 0;
}

static void live(struct run *run)
{
    struct usher_day_counts counts = {0};
    struct usher_daybook *book =
        usher_day_live(run->traffic, USHER_CHOOSE_BY_BID, usher_text_of(run->rules), 1, run->days,
                       &run->problems, &counts);
    if (!book)
        fail(run, "the day could not be simulated");
    struct usher_day_figures figures = usher_daybook_read(book);
    run->unaccounted_count += usher_daybook_open_count(book);
    for (size_t i = 0; i < run->row->values_count; i++)
        usher_sample_add(&run->samples[i], read_value(&run->row->values[i], book, &figures));
    run->events_count += counts.events_count;
    run->days++;
    usher_daybook_free(book);
}

static bool is_fine(const struct run *run)
{
    for (size_t i = 0; i < run->row->values_count; i++) {
        double limit = run->row->values[i].fine > 0 ? run->row->values[i].fine : FINE_ENOUGH;
        if (usher_sample_error(&run->samples[i]) > limit * run->row->values[i].exact)
            return false;
    }
    return run->days >= DAYS_MIN;
}

/* Returns whether all values are right. */
static bool try_row(struct run *run, const struct theory_row *row)
{
    static char traffic[TEXT_SIZE];
    bool is_right = true;
    memset(run, 0, sizeof(*run));
    run->row = row;
    usher_problems_init(&run->problems);
    theory_write_rules(row, run->rules, sizeof(run->rules));
    theory_write_traffic(row, traffic, sizeof(traffic));
    run->traffic = usher_traffic_read(usher_text_of(traffic), &run->problems);
    if (!run->traffic)
        fail(run, "the traffic has problems");
    while (!is_fine(run) && run->days < DAYS_MAX && run->unaccounted_count == 0)
        live(run);
    for (size_t i = 0; i < row->values_count; i++) {
        const struct theory_value *value = &row->values[i];
        double error = usher_sample_error(&run->samples[i]);
        double far = (run->samples[i].mean - value->exact) /
                     sqrt(error * error + value->unsure * value->unsure);
        bool is_good = fabs(far) <= ERRORS_MAX && is_fine(run);
        is_right = is_right && is_good;
        printf("%s  %s: %s%s%s %.6g, exact %.6g, standard error %.2f %%, %+.1f of them off\n",
               is_good ? "ok  " : "FAIL", row->name, theory_value_name(value->kind),
               value->of ? " of " : "", value->of ? value->of : "", run->samples[i].mean,
               value->exact, 100 * error / value->exact, far);
    }
    is_right = is_right && run->unaccounted_count == 0;
    if (run->unaccounted_count > 0)
        printf("FAIL  %s: %lld customers came, and were neither served nor left\n", row->name,
               (long long)run->unaccounted_count);
    printf("      %zu days, %lld events\n", run->days, (long long)run->events_count);
    (void)fflush(stdout);
    usher_traffic_free(run->traffic);
    return is_right;
}

static bool is_wanted(const struct theory_row *row, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (is_of(row->name, names[i]))
            return true;
    return count == 0;
}

int main(int count, char **arguments)
{
    static struct run run;
    size_t failed = 0;
    size_t tried = 0;
    int first = 1;
    bool must_fail = count > 1 && strcmp(arguments[1], "--must-fail") == 0;
    if (must_fail)
        first++;
    for (size_t i = 0; i < theory_rows_count; i++) {
        if (!is_wanted(&theory_rows[i], arguments + first, count - first))
            continue;
        tried++;
        failed += !try_row(&run, &theory_rows[i]);
    }
    size_t good = must_fail ? failed : tried - failed;
    printf("%zu passed, %zu failed\n", good, tried - good);
    return good < tried || tried == 0;
}
