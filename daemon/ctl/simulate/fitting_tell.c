/* What `usherctl traffic fit` says of how far the model is from what was seen. */
#include <math.h>
#include <stdio.h>

#include "ctl/simulate/fitting.h"
#include "ctl/table.h"
#include "wire/json.h"

#define OBJECT_BYTES (1 << 20)
#define ANSWERED_MIN 100 /* calls, for a model that can be trusted */
#define JUDGED_MIN   100 /* calls, for a queue's level that can be */
#define KIND_FAIR    .1  /* of a queue's level */
#define LEVEL_FAIR   .03
#define FAIR_PART    .1 /* of what was seen */

/* ---- differences ---- */

static void add_row(struct table *table, const char *title, double seen, const char *key,
                    const struct usher_entry_result *result)
{
    size_t column = usher_day_column_find(key);
    const struct usher_sample *sample = &result->figures[column];
    bool is_share = usher_day_columns[column].unit == USHER_DAY_SHARE;
    double times = is_share ? 100 : 1;
    const char *unit = is_share ? " %" : " s";
    table_add(table, TABLE_PLAIN, "%s", title);
    table_add(table, TABLE_PLAIN, "%.1f%s", times * seen, unit);
    if (sample->count == 0) {
        table_add(table, TABLE_PLAIN, "-");
        table_add(table, TABLE_PLAIN, "-");
        return;
    }
    table_add(table, TABLE_PLAIN, "%.1f%s ± %.1f", times * sample->mean, unit,
              times * usher_sample_reach(sample));
    table_add(table, TABLE_PLAIN, "%+.1f", times * (sample->mean - seen));
}

static size_t judged_count(const struct usher_fit_kind *kind)
{
    return kind->answered_count + kind->abandoned_count - kind->short_count;
}

static double seen_level(const struct usher_fit_kind *kind)
{
    size_t judged = judged_count(kind);
    return judged > 0 ? (double)kind->kept_count / (double)judged : -1;
}

static double simulated_level(const struct usher_fit_kind *kind,
                              const struct usher_entry_result *result)
{
    for (size_t i = 0; i < result->classes_count; i++)
        if (usher_text_is_equal(usher_text_of(result->classes[i].queue), kind->name))
            return usher_daybook_class_level(&result->classes[i]);
    return -1;
}

static void add_kind(struct table *table, const struct usher_fit_kind *kind,
                     const struct usher_entry_result *result)
{
    double seen = seen_level(kind);
    double level = simulated_level(kind, result);
    if (seen < 0 || level < 0)
        return;
    table_add(table, TABLE_PLAIN, "of %.*s", USHER_TEXT_ARGS(kind->name));
    table_add(table, TABLE_PLAIN, "%.1f %%", 100 * seen);
    table_add(table, TABLE_PLAIN, "%.1f %%", 100 * level);
    table_add(table, TABLE_PLAIN, "%+.1f", 100 * (level - seen));
}

static void print_table(const struct fitting *fitting, const struct usher_entry_result *result)
{
    const struct usher_fit *fit = fitting->fit;
    static const struct table_column columns[] = {{.title = ""},
                                                  {.title = "seen", .is_right = true},
                                                  {.title = "simulated", .is_right = true},
                                                  {.title = "difference", .is_right = true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    add_row(table, "average speed of answer", fit->answer_s, "answer_s", result);
    add_row(table, "gave up", fit->abandoned, "abandoned", result);
    add_row(table, "service level", fit->service_level, "service_level", result);
    for (size_t i = 0; fit->kinds_count > 1 && i < fit->kinds_count; i++)
        add_kind(table, &fit->kinds[i], result);
    fprintf(stderr,
            "%s: the calls of %zu day%s, and %lld simulated day%s under `%.*s`; service level "
            "within %lld s, ± is 95 %% confidence\n\n",
            fitting->source, fit->days_count, fitting_s_of(fit->days_count),
            (long long)fitting->options->days, fitting_s_of((size_t)fitting->options->days),
            USHER_TEXT_ARGS(usher_way_to_choose_name(fitting->way)),
            (long long)fit->promise_ms / 1000);
    table_print(table, table_style_of(stderr), stderr);
    table_free(table);
}

/* ---- doubts ---- */

/* A list of what the model does not give back, as it grows. */
struct doubts {
    struct usher_bytes list;
    size_t count;
    bool has_queue;
};

static void add_doubt(struct doubts *doubts, const char *before, struct usher_text what)
{
    usher_bytes_append_text(&doubts->list, usher_text_of(doubts->count++ > 0 ? ", " : ""));
    usher_bytes_append_text(&doubts->list, usher_text_of(before));
    usher_bytes_append_text(&doubts->list, what);
}

/* Chance explains what is within `sample`'s reach, and nobody minds what is within `fair`. */
static void doubt_figure(struct doubts *doubts, const char *title, double seen, double fair,
                         const char *key, const struct usher_entry_result *result)
{
    const struct usher_sample *sample = &result->figures[usher_day_column_find(key)];
    double difference = fabs(sample->mean - seen);
    if (sample->count > 1 && difference > usher_sample_reach(sample) && difference > fair)
        add_doubt(doubts, "", usher_text_of(title));
}

static void doubt_kind(struct doubts *doubts, const struct usher_fit_kind *kind,
                       const struct usher_entry_result *result)
{
    double seen = seen_level(kind);
    double level = simulated_level(kind, result);
    if (judged_count(kind) < JUDGED_MIN || seen < 0 || level < 0 || fabs(level - seen) <= KIND_FAIR)
        return;
    add_doubt(doubts, doubts->has_queue ? "" : "service level of ", kind->name);
    doubts->has_queue = true;
}

static void print_doubts(const struct fitting *fitting, const struct usher_entry_result *result)
{
    const struct usher_fit *fit = fitting->fit;
    struct doubts doubts = {.count = 0};
    usher_bytes_init(&doubts.list, OBJECT_BYTES);
    doubt_figure(&doubts, "average speed of answer", fit->answer_s, FAIR_PART * fit->answer_s,
                 "answer_s", result);
    doubt_figure(&doubts, "gave up", fit->abandoned, FAIR_PART * fit->abandoned, "abandoned",
                 result);
    doubt_figure(&doubts, "service level", fit->service_level, LEVEL_FAIR, "service_level", result);
    for (size_t i = 0; fit->kinds_count > 1 && i < fit->kinds_count; i++)
        doubt_kind(&doubts, &fit->kinds[i], result);
    const char *why = doubts.has_queue ? "Some agents may have served only some queues, or some "
                                         "queues went first; do"
                                       : "Do";
    if (doubts.count > 0)
        fprintf(stderr,
                "\nThe model does not give back: %.*s. %s not trust what `usherctl simulate` says "
                "of %s.\n",
                USHER_TEXT_ARGS(usher_bytes_text(&doubts.list)), why,
                doubts.count == 1 ? "it" : "them");
    usher_bytes_fini(&doubts.list);
}

/* What the model cannot be trusted in. */
static void print_trust(const struct fitting *fitting, const struct usher_entry_result *result)
{
    size_t answered = 0;
    for (size_t i = 0; i < fitting->fit->kinds_count; i++)
        answered += fitting->fit->kinds[i].answered_count;
    if (answered < ANSWERED_MIN)
        fprintf(stderr, "\n%zu answered call%s too few: the model is hardly more than chance.\n",
                answered, answered == 1 ? " is" : "s are");
    else
        print_doubts(fitting, result);
}

/* ---- for programs ---- */

static void write_number(struct usher_json_writer *writer, const char *key, double number)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_double(writer, number);
}

static void write_figure(struct usher_json_writer *writer, const char *key, double seen,
                         const struct usher_entry_result *result)
{
    const struct usher_sample *sample = &result->figures[usher_day_column_find(key)];
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_open(writer, '{');
    write_number(writer, "seen", seen);
    bool is_known = sample->count > 0;
    write_number(writer, "simulated", is_known ? sample->mean : (double)NAN);
    write_number(writer, "reach", is_known ? usher_sample_reach(sample) : (double)NAN);
    usher_json_write_close(writer, '}');
}

static void write_kind(struct usher_json_writer *writer, const struct usher_fit_kind *kind,
                       const struct usher_entry_result *result)
{
    double seen = seen_level(kind);
    double level = simulated_level(kind, result);
    if (seen < 0 || level < 0)
        return;
    usher_json_write_open(writer, '{');
    usher_json_write_key(writer, USHER_TEXT("queue"));
    usher_json_write_text(writer, kind->name);
    write_number(writer, "seen", seen);
    write_number(writer, "simulated", level);
    usher_json_write_close(writer, '}');
}

static void print_json(const struct fitting *fitting, const struct usher_entry_result *result)
{
    const struct usher_fit *fit = fitting->fit;
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, OBJECT_BYTES);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("source"));
    usher_json_write_text(&writer, usher_text_of(fitting->source));
    write_number(&writer, "days", (double)fit->days_count);
    write_number(&writer, "simulated_days", (double)fitting->options->days);
    usher_json_write_key(&writer, USHER_TEXT("way"));
    usher_json_write_text(&writer, usher_way_to_choose_name(fitting->way));
    write_number(&writer, "within_s", (double)fit->promise_ms / 1000);
    write_figure(&writer, "answer_s", fit->answer_s, result);
    write_figure(&writer, "abandoned", fit->abandoned, result);
    write_figure(&writer, "service_level", fit->service_level, result);
    usher_json_write_key(&writer, USHER_TEXT("service_level_of"));
    usher_json_write_open(&writer, '[');
    for (size_t i = 0; i < fit->kinds_count; i++)
        write_kind(&writer, &fit->kinds[i], result);
    usher_json_write_close(&writer, ']');
    usher_json_write_close(&writer, '}');
    fprintf(stderr, "%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    usher_bytes_fini(&out);
}

void fitting_print_differences(const struct fitting *fitting,
                               const struct usher_entry_result *result)
{
    if (fitting->options->is_json) {
        print_json(fitting, result);
        return;
    }
    print_table(fitting, result);
    print_trust(fitting, result);
}

const char *fitting_s_of(size_t count)
{
    return count == 1 ? "" : "s";
}
