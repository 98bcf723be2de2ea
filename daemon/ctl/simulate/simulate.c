/* `usherctl simulate`: tries rules on a model of the center's traffic, side by side. It asks no
 * usherd and no Redis. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/input.h"
#include "ctl/memory.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "ctl/progress.h"
#include "ctl/simulate/simulate.h"
#include "zones.h"

#define TRAFFIC_NAME "traffic.yaml" /* beside the rules */

/* A rules' file that was read, with its text. */
struct source {
    struct usher_bytes text;
    struct usher_problems problems;
};

static struct source *source_new(void)
{
    struct source *source = memory_resize(NULL, sizeof(*source));
    usher_bytes_init(&source->text, USHER_DOCUMENT_BYTES_MAX);
    usher_problems_init(&source->problems);
    return source;
}

static void source_free(struct source *source)
{
    if (source)
        usher_bytes_fini(&source->text);
    free(source);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* False when that was said. */
static bool read_rules(struct source *source, const char *path)
{
    if (!input_read(path, &source->text))
        return false;
    struct usher_rules *rules =
        zones_read_rules(usher_bytes_text(&source->text), "", &source->problems);
    problems_tell(&source->problems, input_name(path));
    usher_rules_free(rules);
    return rules != NULL;
}

struct usher_rules *simulate_read_rules(const struct simulation *simulation, size_t entry)
{
    struct usher_text text = simulation->entries[entry].rules;
    if (entry > 0 && text.at == simulation->entries[0].rules.at)
        return NULL;
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    usher_problems_init(problems);
    struct usher_rules *rules = usher_rules_read(text, "", problems);
    free(problems);
    return rules;
}

/* NULL when that was said. */
static struct usher_traffic *read_traffic(const char *path)
{
    struct source *source = source_new();
    struct usher_traffic *traffic = NULL;
    if (input_read(path, &source->text)) {
        traffic = usher_traffic_read(usher_bytes_text(&source->text), &source->problems);
        problems_tell(&source->problems, input_name(path));
    }
    source_free(source);
    return traffic;
}

/* The traffic that lies beside the rules; the caller frees it. */
static char *traffic_beside(const char *rules)
{
    size_t folder = (size_t)(name_of(rules) - rules);
    char *path = memory_resize(NULL, folder + sizeof(TRAFFIC_NAME));
    memcpy(path, rules, folder);
    memcpy(path + folder, TRAFFIC_NAME, sizeof(TRAFFIC_NAME));
    return path;
}

/* NULL when it was said why. */
static struct usher_traffic *find_traffic(const struct options *options)
{
    if (options->traffic)
        return read_traffic(options->traffic);
    char *beside = traffic_beside(options->arguments[0]);
    struct usher_traffic *traffic = NULL;
    if (access(beside, F_OK) == 0)
        traffic = read_traffic(beside);
    else
        fprintf(stderr,
                "usherctl: %s is not there; --traffic names the model of customers and agents, see "
                "traffic.yaml(5)\n",
                beside);
    free(beside);
    return traffic;
}

/* Rules by their files' names, with the folder only where two have the same name. */
static void name_entries(struct simulation *simulation)
{
    const struct options *options = simulation->options;
    struct usher_text paths[USHER_ENTRIES_MAX];
    for (size_t i = 0; i < simulation->entries_count; i++) {
        struct usher_entry *entry = &simulation->entries[i];
        const char *path = input_name(i == 0 ? options->arguments[0] : options->compares[i - 1]);
        bool is_file = entry->way == USHER_CHOOSE_BY_BID;
        paths[i] = usher_text_of(path);
        entry->name = is_file ? usher_text_of(name_of(path)) : paths[i];
    }
    bool is_shared[USHER_ENTRIES_MAX] = {false};
    for (size_t i = 0; i < simulation->entries_count; i++)
        for (size_t k = 0; k < simulation->entries_count; k++)
            is_shared[i] |= i != k && usher_text_is_equal(simulation->entries[i].name,
                                                          simulation->entries[k].name);
    for (size_t i = 0; i < simulation->entries_count; i++)
        if (is_shared[i])
            simulation->entries[i].name = paths[i];
}

/* The entries: the rules themselves, then what they are compared with: a named way to choose under
 * the same rules, or other rules. */
static bool read_entries(struct simulation *simulation, struct source *sources[])
{
    const struct options *options = simulation->options;
    const char *rules = options->arguments[0];
    sources[0] = source_new();
    if (!read_rules(sources[0], rules))
        return false;
    simulation->entries[0] = (struct usher_entry){.way = USHER_CHOOSE_BY_BID,
                                                  .rules = usher_bytes_text(&sources[0]->text)};
    simulation->entries_count = 1;
    for (size_t i = 0; i < options->compares_count; i++) {
        struct usher_entry *entry = &simulation->entries[simulation->entries_count];
        *entry = simulation->entries[0];
        entry->way = usher_way_to_choose_find(usher_text_of(options->compares[i]));
        if (entry->way == USHER_CHOOSE_NONE) {
            if (access(options->compares[i], F_OK) < 0) {
                fprintf(stderr,
                        "usherctl: --compare %s: there is no such file, and of names it takes "
                        "fifo, greedy and penalties\n",
                        options->compares[i]);
                return false;
            }
            struct source *source = sources[simulation->entries_count] = source_new();
            if (!read_rules(source, options->compares[i]))
                return false;
            entry->way = USHER_CHOOSE_BY_BID;
            entry->rules = usher_bytes_text(&source->text);
        }
        simulation->entries_count++;
    }
    name_entries(simulation);
    return true;
}

static bool live(struct simulation *simulation, struct usher_study *study)
{
    struct progress progress =
        progress_start(simulation->options, simulation->days * simulation->entries_count);
    size_t done = 0;
    for (size_t day = 0; day < simulation->days; day++)
        for (size_t i = 0; i < simulation->entries_count; i++) {
            if (!usher_study_try(study, i)) {
                progress_stop(&progress);
                fprintf(stderr,
                        "usherctl: day %zu cannot be simulated: memory is out, or more customers "
                        "wait than an usherd would take\n",
                        day + 1);
                return false;
            }
            progress_show(&progress, ++done);
        }
    return true;
}

static enum exit_code tell(const struct simulation *simulation)
{
    const struct options *options = simulation->options;
    if (options->is_json)
        simulate_print_json(simulation);
    else if (options->is_csv)
        simulate_print_csv(simulation);
    else
        simulate_print_table(simulation);
    if (options->svg && !simulate_write_svg(simulation, options->svg))
        return EXIT_REFUSED;
    return EXIT_DONE;
}

static enum exit_code study(struct simulation *simulation)
{
    enum exit_code code = EXIT_REFUSED;
    struct usher_study *study = usher_study_new(simulation->traffic, simulation->entries,
                                                simulation->entries_count, simulation->seed);
    if (!study)
        memory_fail();
    simulation->study = study;
    if (live(simulation, study)) {
        simulate_gather_classes(simulation);
        code = tell(simulation);
        free(simulation->classes);
    }
    usher_study_free(study);
    return code;
}

/* False after saying so. */
static bool are_fit(const struct options *options)
{
    if (options->is_json && options->is_csv)
        fputs("usherctl: --json or --csv, not both\n", stderr);
    else if (options->svg && strcmp(options->svg, "-") == 0)
        fputs("usherctl: --svg: the drawing needs a file of its own, not -\n", stderr);
    else
        return true;
    return false;
}

enum exit_code perform_simulate(const struct options *options, enum usher_role role)
{
    struct simulation simulation = {
        .options = options, .days = (size_t)options->days, .seed = (uint64_t)options->seed};
    struct source *sources[USHER_ENTRIES_MAX] = {NULL};
    enum exit_code code = EXIT_REFUSED;
    struct usher_traffic *traffic = NULL;
    (void)role;
    if (!are_fit(options))
        return EXIT_USAGE;
    if (read_entries(&simulation, sources))
        traffic = find_traffic(options);
    simulation.traffic = traffic;
    if (traffic) {
        traffic->load = (double)options->load / 100;
        simulate_compare_skills(&simulation);
        code = study(&simulation);
    }
    usher_traffic_free(traffic);
    for (size_t i = 0; i < USHER_ENTRIES_MAX; i++)
        source_free(sources[i]);
    return code;
}
