/* `usherctl check`: all that usherd would say about a rules' file, and what shows only when the
 * agents' profiles are held against it. */
#include <errno.h>
#include <stdlib.h>

#include "ctl/memory.h"
#include "ctl/perform.h"
#include "ctl/profile/profile_show.h"
#include "ctl/profile/roster.h"
#include "ctl/rulebook/crew.h"
#include "file.h"
#include "routing/lint.h"
#include "wire/json.h"
#include "zones.h"

#define LINE_BYTES 8192

struct check {
    const struct options *options;
    const char *path;     /* of the rules */
    const char *profiles; /* what stands in the place of a file where it is about profiles */
    struct usher_bytes text;
    struct usher_problems problems;
    struct usher_findings findings;
    size_t errors_count;
    size_t warnings_count;
};

static void print_json(const struct check *check, const char *severity, const char *kind,
                       size_t line, size_t column, const struct usher_finding *finding,
                       const char *what)
{
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, LINE_BYTES);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("severity"));
    usher_json_write_text(&writer, usher_text_of(severity));
    usher_json_write_key(&writer, USHER_TEXT("kind"));
    usher_json_write_text(&writer, usher_text_of(kind));
    usher_json_write_key(&writer, USHER_TEXT("file"));
    usher_json_write_text(&writer, usher_text_of(line > 0 ? check->path : check->profiles));
    if (line > 0) {
        usher_json_write_key(&writer, USHER_TEXT("line"));
        usher_json_write_int64(&writer, (int64_t)line);
        usher_json_write_key(&writer, USHER_TEXT("column"));
        usher_json_write_int64(&writer, (int64_t)column);
    }
    if (finding && finding->queue.at) {
        usher_json_write_key(&writer, USHER_TEXT("queue"));
        usher_json_write_text(&writer, finding->queue);
    }
    if (finding && finding->skill.at) {
        usher_json_write_key(&writer, USHER_TEXT("skill"));
        usher_json_write_text(&writer, finding->skill);
    }
    usher_json_write_key(&writer, USHER_TEXT("what"));
    usher_json_write_text(&writer, usher_text_of(what));
    usher_json_write_close(&writer, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    usher_bytes_fini(&out);
}

static void print_line(const struct check *check, bool is_error, size_t line, size_t column,
                       const char *what)
{
    if (line > 0)
        printf("%s:%zu:%zu: ", check->path, line, column);
    else
        printf("%s: ", check->profiles);
    (void)table_print_text(is_error ? "error" : "warning", 0, is_error ? TABLE_RED : TABLE_YELLOW,
                           check->options->style, stdout);
    printf(": %s\n", what);
}

/* The problems that keep usherd from taking the file. */
static void tell_problems(struct check *check)
{
    const struct usher_problems *problems = &check->problems;
    size_t told = problems->count < USHER_PROBLEMS_MAX ? problems->count : USHER_PROBLEMS_MAX;
    for (size_t i = 0; i < told; i++) {
        const struct usher_problem *problem = &problems->list[i];
        if (check->options->is_json)
            print_json(check, "error", "bad_rules", problem->line, problem->column, NULL,
                       problem->what);
        else
            print_line(check, true, problem->line, problem->column, problem->what);
    }
    check->errors_count += problems->count;
}

static void tell_findings(struct check *check)
{
    const struct usher_findings *findings = &check->findings;
    size_t told = findings->count < USHER_FINDINGS_MAX ? findings->count : USHER_FINDINGS_MAX;
    for (size_t i = 0; i < told; i++) {
        const struct usher_finding *finding = &findings->list[i];
        bool is_error = usher_finding_is_error(finding->kind);
        if (check->options->is_json)
            print_json(check, is_error ? "error" : "warning", usher_finding_name(finding->kind),
                       finding->line, finding->column, finding, finding->what);
        else
            print_line(check, is_error, finding->line, finding->column, finding->what);
    }
    if (findings->count > told && !check->options->is_json)
        printf("and %zu more\n", findings->count - told);
    check->errors_count += findings->errors_count;
    check->warnings_count += findings->count - findings->errors_count;
}

static void lint(struct check *check, const struct usher_rules *rules, const struct roster *roster,
                 bool has_profiles)
{
    struct usher_document document;
    struct usher_staff staff;
    struct crew crew;
    if (!usher_document_read(&document, usher_bytes_text(&check->text), &check->problems))
        return; /* it was read before */
    crew_of_roster(&crew, roster);
    if (usher_staff_init(&staff, rules, crew.members, crew.count))
        usher_lint(rules, &document, has_profiles ? &staff : NULL, &check->findings);
    tell_findings(check);
    usher_staff_fini(&staff);
    crew_fini(&crew);
    usher_document_fini(&document);
}

static enum exit_code sum_up(const struct check *check, size_t agents)
{
    if (check->options->is_json)
        printf("{\"errors\":%zu,\"warnings\":%zu,\"agents\":%zu}\n", check->errors_count,
               check->warnings_count, agents);
    else if (check->errors_count + check->warnings_count == 0)
        printf("%s is good for the %zu agent%s of %s\n", check->path, agents,
               agents == 1 ? "" : "s", check->profiles);
    else
        printf("%zu error%s, %zu warning%s (%zu agent%s)\n", check->errors_count,
               check->errors_count == 1 ? "" : "s", check->warnings_count,
               check->warnings_count == 1 ? "" : "s", agents, agents == 1 ? "" : "s");
    return check->errors_count > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static enum exit_code read_profiles(struct check *check, struct site *site, struct roster *roster)
{
    enum exit_code code;
    if (check->options->profiles)
        return profile_read_file(check->options->profiles, roster) ? EXIT_DONE : EXIT_REFUSED;
    code = site_dial(site);
    if (code == EXIT_DONE)
        code = roster_read_site(roster, site);
    if (code != EXIT_DONE)
        fputs("usherctl: the rules were looked at without profiles; --profiles FILE gives them "
              "without Redis\n",
              stderr);
    return code;
}

static enum exit_code work(struct check *check, struct site *site)
{
    struct roster roster;
    struct usher_rules *rules;
    enum exit_code code;
    int error = file_read_text(check->path, USHER_DOCUMENT_BYTES_MAX, &check->text);
    if (error < 0) {
        fprintf(stderr, "usherctl: %s cannot be read: %s; check the path and who may read it\n",
                check->path, strerror(-error));
        return EXIT_REFUSED;
    }
    rules = zones_read_rules(usher_bytes_text(&check->text), "", &check->problems);
    tell_problems(check);
    roster_init(&roster);
    code = read_profiles(check, site, &roster);
    if (rules)
        lint(check, rules, &roster, code == EXIT_DONE);
    if (code == EXIT_DONE)
        code = sum_up(check, roster.count);
    usher_rules_free(rules);
    roster_fini(&roster);
    return code;
}

enum exit_code perform_check(const struct options *options, enum usher_role role)
{
    (void)role;
    struct check *check = memory_resize(NULL, sizeof(*check));
    bool needs_site = options->arguments_count == 0 || !options->profiles;
    struct site *site = needs_site ? site_read(options->config) : NULL;
    enum exit_code code = EXIT_USAGE;
    *check = (struct check){.options = options};
    usher_bytes_init(&check->text, USHER_DOCUMENT_BYTES_MAX);
    usher_problems_init(&check->problems);
    if (site || !needs_site) {
        check->path = options->arguments_count > 0 ? options->arguments[0] : site->settings.rules;
        check->profiles = options->profiles ? options->profiles : "profiles";
        code = work(check, site);
    }
    usher_bytes_fini(&check->text);
    site_free(site);
    free(check);
    return code;
}
