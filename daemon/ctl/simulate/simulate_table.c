/* The results for people: a column an entry, with its 95 % interval, and behind it by how much it
 * differs from the first. A difference that chance alone may have made is dim. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ctl/simulate/simulate.h"

#define TITLE_BYTES 64

static double shown(enum usher_day_unit unit, double figure)
{
    return unit == USHER_DAY_SHARE ? 100 * figure : figure;
}

static const char *unit_of(enum usher_day_unit unit)
{
    return unit == USHER_DAY_SHARE ? " %" : unit == USHER_DAY_SECONDS ? " s" : "";
}

static int digits_of(enum usher_day_unit unit)
{
    return unit == USHER_DAY_COUNT_UNIT ? 0 : 1;
}

static bool has_several_tiers(const struct usher_entry_result *result)
{
    for (size_t i = 1; i < result->classes_count; i++)
        if (strcmp(result->classes[i].tier, result->classes[0].tier) != 0)
            return true;
    return false;
}

/* The first tier of one is the service level again. What no entry has a figure for, as the waits
 * that nobody was told, has no row, nor has it that some were refused when none was. */
static bool is_shown(const struct simulation *simulation, size_t column)
{
    bool is_of_refused = column == usher_day_column_find("refused");
    bool is_of_tier = column == usher_day_column_find("first_level");
    for (size_t i = 0; i < simulation->entries_count; i++) {
        const struct usher_entry_result *result = usher_study_result(simulation->study, i);
        const struct usher_sample *sample = &result->figures[column];
        if (is_of_refused ? sample->mean > 0
                          : sample->count > 0 && (!is_of_tier || has_several_tiers(result)))
            return true;
    }
    return false;
}

static void add_figure(struct table *table, const struct simulation *simulation, size_t entry,
                       size_t column)
{
    const struct usher_sample *sample =
        &usher_study_result(simulation->study, entry)->figures[column];
    enum usher_day_unit unit = usher_day_columns[column].unit;
    double reach = usher_sample_reach(sample);
    if (sample->count == 0)
        table_add(table, TABLE_DIM, "-");
    else if (sample->count > 1)
        table_add(table, TABLE_PLAIN, "%.*f%s ± %.*f", digits_of(unit), shown(unit, sample->mean),
                  unit_of(unit), digits_of(unit), shown(unit, reach));
    else
        table_add(table, TABLE_PLAIN, "%.*f%s", digits_of(unit), shown(unit, sample->mean),
                  unit_of(unit));
}

static void add_difference(struct table *table, const struct simulation *simulation, size_t entry,
                           size_t column)
{
    const struct usher_sample *sample =
        &usher_study_result(simulation->study, entry)->differences[column];
    const struct usher_day_column *row = &usher_day_columns[column];
    double reach = usher_sample_reach(sample);
    double mean = sample->mean;
    bool is_sure = sample->count > 1 && fabs(mean) > reach;
    enum table_colour colour = !is_sure                 ? TABLE_DIM
                               : row->better == 0       ? TABLE_PLAIN
                               : row->better * mean > 0 ? TABLE_GREEN
                                                        : TABLE_RED;
    if (sample->count == 0)
        table_add(table, TABLE_DIM, "%s", "");
    else if (sample->count > 1)
        table_add(table, colour, "%+.*f ± %.*f", digits_of(row->unit), shown(row->unit, mean),
                  digits_of(row->unit), shown(row->unit, reach));
    else
        table_add(table, colour, "%+.*f", digits_of(row->unit), shown(row->unit, mean));
}

/* Columns of a table: the first names the row, then one an entry, and where `has_differences` one
 * more for all but the first. */
struct titles {
    struct table_column columns[2 * USHER_ENTRIES_MAX + 1];
    char names[USHER_ENTRIES_MAX][TITLE_BYTES];
    size_t count;
};

static void fill_titles(struct titles *titles, const struct simulation *simulation,
                        const char *first, bool has_differences)
{
    titles->columns[0] = (struct table_column){.title = first};
    titles->count = 1;
    for (size_t i = 0; i < simulation->entries_count; i++) {
        (void)snprintf(titles->names[i], TITLE_BYTES, "%.*s",
                       USHER_TEXT_ARGS(simulation->entries[i].name));
        titles->columns[titles->count++] =
            (struct table_column){.title = titles->names[i], .is_right = true};
        if (i > 0 && has_differences)
            titles->columns[titles->count++] =
                (struct table_column){.title = "difference", .is_right = true};
    }
}

static void print_figures(const struct simulation *simulation)
{
    struct titles titles;
    fill_titles(&titles, simulation, "", true);
    struct table *table = table_new(titles.columns, titles.count);
    for (size_t column = 0; column < USHER_DAY_COLUMNS_COUNT; column++) {
        if (!is_shown(simulation, column))
            continue;
        table_add(table, TABLE_PLAIN, "%s", usher_day_columns[column].title);
        for (size_t i = 0; i < simulation->entries_count; i++) {
            add_figure(table, simulation, i, column);
            if (i > 0)
                add_difference(table, simulation, i, column);
        }
    }
    table_print(table, simulation->options->style, stdout);
    table_free(table);
}

static void print_classes(const struct simulation *simulation)
{
    struct titles titles;
    fill_titles(&titles, simulation, "service level of", false);
    struct table *table = table_new(titles.columns, titles.count);
    for (size_t i = 0; i < simulation->classes_count; i++) {
        const struct usher_daybook_class *class = simulation->classes[i];
        table_add(table, TABLE_PLAIN, "%s, %s", class->queue, class->tier);
        for (size_t k = 0; k < simulation->entries_count; k++) {
            double level = simulate_class_level(simulation, k, i);
            if (level < 0)
                table_add(table, TABLE_DIM, "-");
            else
                table_add(table, TABLE_PLAIN, "%.1f %%", 100 * level);
        }
    }
    table_print(table, simulation->options->style, stdout);
    table_free(table);
}

void simulate_print_table(const struct simulation *simulation)
{
    const struct usher_traffic *traffic = simulation->traffic;
    char load[32] = "";
    if (simulation->options->load != 100)
        (void)snprintf(load, sizeof(load), " at %d %% of the load", (int)simulation->options->load);
    printf("%zu day%s of %.4g h with %zu agent%s%s, seed %" PRIu64 "%s\n\n", simulation->days,
           simulation->days == 1 ? "" : "s", (double)traffic->day_ms / 3600000,
           traffic->agents_count, traffic->agents_count == 1 ? "" : "s", load, simulation->seed,
           simulation->days > 1 ? "; ± is 95 % confidence" : "");
    print_figures(simulation);
    printf("\n");
    print_classes(simulation);
    simulate_print_promises(simulation);
}
