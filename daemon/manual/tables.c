/* Prints, as Markdown, what the man pages say from the programs' own tables: usher-tables NAME.
 * `examples` prints a line for each example instead, for the test that runs them, and
 * `rules-schema` the JSON Schema of rules.yaml. This program is built and not installed. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ctl/commands.h"
#include "manual/json_schema.h"
#include "manual/rows.h"
#include "model/event.h"
#include "rules/rules.h"
#include "settings.h"
#include "simulate/traffic.h"
#include "usage.h"

#define NAME_SIZE 64

/* "**journal check**", "**agent** *AGENT* **not-ready** *REASON*". */
static void print_form(const struct command *command, const struct command_form *form)
{
    struct command_word word;
    printf("**%s**", command->name);
    for (const char *rest = form->words; rest[0] != '\0';) {
        rest = command_word_read(rest, &word);
        const char *mark = word.is_placeholder ? "*" : "**";
        printf(" %s%s%.*s%s%s%s", word.is_optional ? "[" : "", mark, USHER_TEXT_ARGS(word.name),
               mark, word.is_repeated ? "..." : "", word.is_optional ? "]" : "");
    }
}

static void print_synopsis(void)
{
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        for (size_t k = 0; k < command_forms_count(command); k++) {
            printf("**usherctl** [*OPTIONS*] ");
            print_form(command, &command->forms[k]);
            printf("\\\n");
        }
    }
    printf("**usherctl** [*COMMAND*] **--help**\n");
}

static void print_item(const char *sentence)
{
    printf("\n:   %s\n\n", sentence);
}

static void print_options(uint64_t options)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(options & (UINT64_C(1) << i)))
            continue;
        printf("**--%s**", row->name);
        if (row->argument != NULL)
            printf(" *%s*", row->argument);
        print_item(row->sentence);
    }
}

static void print_examples(const struct command *command)
{
    if (command->examples[0].line == NULL)
        return;
    printf("```sh\n");
    for (size_t i = 0; i < COMMAND_EXAMPLES_MAX && command->examples[i].line != NULL; i++) {
        if (command->examples[i].comment != NULL)
            printf("# %s\n", command->examples[i].comment);
        printf("%s\n", command->examples[i].line);
    }
    printf("```\n\n");
}

static void print_command(const struct command *command)
{
    uint64_t options = 0;
    printf("### %s\n\n%c%s.\n\n", command->name, toupper(command->sentence[0]),
           command->sentence + 1);
    for (size_t i = 0; i < command_forms_count(command); i++) {
        const struct command_form *form = &command->forms[i];
        options |= form->options;
        if (form->sentence == NULL)
            continue;
        print_form(command, form);
        print_item(form->sentence);
    }
    if (command->description != NULL)
        printf("%s\n\n", command->description);
    print_options(options);
    print_examples(command);
}

static void print_commands(void)
{
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        print_command(command);
}

static void print_common_options(void)
{
    print_options(OPTIONS_COMMON);
}

static void print_usherd_options(void)
{
    char name[NAME_SIZE];
    for (size_t i = 0; i < USAGE_OPTIONS_COUNT; i++) {
        printf("`%s`", usage_write_option(&usage_options[i], name, sizeof(name)));
        print_item(usage_options[i].sentence);
    }
}

static void print_usherd_codes(void)
{
    for (size_t i = 0; i < USAGE_CODES_COUNT; i++) {
        printf("**%d**", usage_codes[i].code);
        print_item(usage_codes[i].sentence);
    }
}

static void print_usherd_examples(void)
{
    printf("```sh\n");
    for (size_t i = 0; i < USAGE_EXAMPLES_COUNT; i++)
        printf("# %s\n%s\n", usage_examples[i].comment, usage_examples[i].line);
    printf("```\n");
}

static void print_rules(void)
{
    rows_print(&usher_rules_schema);
}

static void print_rules_schema(void)
{
    json_schema_print(&usher_rules_schema, "Usher: the routing rules (rules.yaml)");
}

static void print_traffic(void)
{
    rows_print(&usher_traffic_schema);
}

static void print_settings(void)
{
    rows_print(&settings_schema);
}

static void print_values(void)
{
    for (enum usher_value_type type = USHER_VALUE_DURATION; type <= USHER_VALUE_NAME; type++)
        printf("- %s\n", usher_value_expected(type));
}

/* Program, command, kind, exit code and line, with tabs between. */
static void list_examples(void)
{
    static const char *const kinds[] = {
        [EXAMPLE_RUNS] = "runs", [EXAMPLE_FOLLOWS] = "follows", [EXAMPLE_ASKS] = "asks"};
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        for (size_t k = 0; k < COMMAND_EXAMPLES_MAX && command->examples[k].line != NULL; k++) {
            const struct command_example *example = &command->examples[k];
            printf("usherctl\t%s\t%s\t%d\t%s\n", command->name, kinds[example->kind],
                   (int)example->code, example->line);
        }
        if (command->examples[0].line == NULL)
            printf("usherctl\t%s\tnone\t0\t\n", command->name);
    }
    for (size_t i = 0; i < USAGE_EXAMPLES_COUNT; i++)
        printf("usherd\tusherd\t%s\t0\t%s\n", usage_examples[i].is_serving ? "serves" : "runs",
               usage_examples[i].line);
}

/* "--full --all"; all of them in one line or each in its own. */
static void print_names(uint64_t options, const char *between)
{
    const char *lead = "";
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        if (!(options & (UINT64_C(1) << i)))
            continue;
        printf("%s--%s", lead, option_rows[i].name);
        lead = between;
    }
}

static void print_usherctl_completion(void)
{
    const struct command *command;
    printf("_usherctl_forms='");
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        for (size_t k = 0; k < command_forms_count(command); k++) {
            printf("%s%s|%s|", i + k ? "\n" : "", command->name, command->forms[k].words);
            print_names(command->forms[k].options, " ");
        }
    }
    printf("'\n_usherctl_options='");
    print_names(OPTIONS_COMMON, "\n");
    printf("'\n_usherctl_arguments='");
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        if (option_rows[i].argument != NULL)
            printf("--%s %s\n", option_rows[i].name, option_rows[i].argument);
    }
    printf("'\n_usherctl_events='");
    for (unsigned i = USHER_EVENT_NONE + 1; i < USHER_EVENT_COUNT; i++) {
        const struct usher_event_row *row = usher_event_row((enum usher_event_kind)i);
        if (row->is_journaled)
            printf("%s\n", row->name);
    }
    printf("'\n");
}

/* The tables of daemon/ctl/usherctl.bash. */
static void print_completion(void)
{
    print_usherctl_completion();
    printf("_usherd_options='");
    for (size_t i = 0; i < USAGE_OPTIONS_COUNT; i++)
        printf("%s--%s", i ? "\n" : "", usage_options[i].name);
    printf("'\n_usherd_arguments='");
    for (size_t i = 0; i < USAGE_OPTIONS_COUNT; i++) {
        const struct usage_option_row *row = &usage_options[i];
        if (row->argument == NULL)
            continue;
        printf("--%s %s\n", row->name, row->argument);
        if (row->id < USAGE_CHECK_CONFIG)
            printf("-%c %s\n", row->id, row->argument);
    }
    printf("'\n");
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } parts[] = {
        {"usherctl-synopsis", print_synopsis},
        {"usherctl-commands", print_commands},
        {"usherctl-options", print_common_options},
        {"usherd-options", print_usherd_options},
        {"usherd-codes", print_usherd_codes},
        {"usherd-examples", print_usherd_examples},
        {"rules", print_rules},
        {"rules-schema", print_rules_schema},
        {"traffic", print_traffic},
        {"settings", print_settings},
        {"values", print_values},
        {"completion", print_completion},
        {"examples", list_examples},
    };
    for (size_t i = 0; count == 2 && i < USHER_COUNT_OF(parts); i++) {
        if (strcmp(parts[i].name, arguments[1]) != 0)
            continue;
        parts[i].print();
        return 0;
    }
    (void)fprintf(stderr, "usher-tables: the name of a table is needed, such as %s\n",
                  parts[0].name);
    return 2;
}
