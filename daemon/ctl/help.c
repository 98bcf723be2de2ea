/* The tables, laid out for a terminal: nothing here knows a command by its name. */
#include "ctl/help.h"

#include <string.h>

#define WIDTH_MAX      80 /* a wider terminal does not make it easier to read */
#define NAME_COLUMN    9
#define TEXT_COLUMN    21
#define OPTION_COLUMN  22
#define FORM_COLUMN    26
#define COMMENT_COLUMN 38
#define INDENT_COLUMN  6
#define LINE_SIZE      128

static size_t width_of(struct table_style style)
{
    return style.width > 0 && style.width < WIDTH_MAX ? style.width : WIDTH_MAX;
}

static void print_bold(const char *text, struct table_style style, FILE *file)
{
    table_print_text(text, 0, TABLE_BOLD, style, file);
}

/* Prints `text` word by word from `column`, where the line stands at `at`; a line break in it
 * begins a new line. Ends with a new line. */
static void print_wrapped(const char *text, size_t at, size_t column, size_t width, FILE *file)
{
    while (text[0] != '\0') {
        size_t length = strcspn(text, " \n");
        if (at > column && at + 1 + length > width) {
            fputc('\n', file);
            at = 0;
        } else if (at > column) {
            fputc(' ', file);
            at++;
        }
        for (; at < column; at++)
            fputc(' ', file);
        fwrite(text, 1, length, file);
        at += length;
        text += length;
        if (text[0] == '\n') {
            fputc('\n', file);
            at = 0;
        }
        text += text[0] != '\0';
    }
    fputc('\n', file);
}

/* "name" in bold, then the text at `column`, or below when the name reaches there. */
static void print_item(const char *name, const char *text, size_t column, struct table_style style,
                       FILE *file)
{
    size_t at = 2 + strlen(name);
    fputs("  ", file);
    print_bold(name, style, file);
    if (at + 1 > column) {
        fputc('\n', file);
        at = 0;
    }
    for (; at < column; at++)
        fputc(' ', file);
    print_wrapped(text, at, column, width_of(style), file);
}

static void print_options(uint64_t options, struct table_style style, FILE *file)
{
    char name[LINE_SIZE];
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(options & (UINT64_C(1) << i)))
            continue;
        snprintf(name, sizeof(name), "--%s%s%s", row->name, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        print_item(name, row->sentence, OPTION_COLUMN, style, file);
    }
}

void help_print(struct table_style style, FILE *file)
{
    fputs("Usage: usherctl [OPTIONS] COMMAND …    shows and steers a running usherd\n", file);
    for (size_t i = 0; i < COMMAND_GROUPS_COUNT; i++) {
        const struct command_group *group = command_groups[i];
        for (size_t k = 0; k < group->count; k++) {
            fprintf(file, "%-*s", NAME_COLUMN - 2, k == 0 ? group->title : "");
            print_item(group->commands[k].name, group->commands[k].sentence,
                       TEXT_COLUMN - NAME_COLUMN + 2, style, file);
        }
    }
    fputs("\n`usherctl COMMAND --help` shows options and examples, `man usherctl` tells all.\n"
          "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 usherd or Redis is out of reach.\n",
          file);
}

void help_print_usage(const struct command *command, const char *lead, FILE *file)
{
    for (size_t i = 0; i < command_forms_count(command); i++) {
        const char *words = command->forms[i].words;
        fprintf(file, "%*s usherctl %s%s%s\n", (int)strlen(lead), i == 0 ? lead : "", command->name,
                words[0] ? " " : "", words);
    }
}

static void print_forms(const struct command *command, struct table_style style, FILE *file)
{
    char name[LINE_SIZE];
    for (size_t i = 0; i < command_forms_count(command); i++) {
        const struct command_form *form = &command->forms[i];
        if (form->sentence == NULL)
            continue;
        snprintf(name, sizeof(name), "%s", form->words);
        print_item(name, form->sentence, FORM_COLUMN, style, file);
    }
}

static void print_examples(const struct command *command, struct table_style style, FILE *file)
{
    for (size_t i = 0; i < COMMAND_EXAMPLES_MAX && command->examples[i].line != NULL; i++) {
        const struct command_example *example = &command->examples[i];
        size_t at = 2 + strlen(example->line);
        fprintf(file, "  %s", example->line);
        if (example->comment != NULL && at < COMMENT_COLUMN) {
            fprintf(file, "%*s", (int)(COMMENT_COLUMN - at), "");
            print_wrapped(example->comment, COMMENT_COLUMN, COMMENT_COLUMN, width_of(style), file);
            continue;
        }
        fputc('\n', file);
        if (example->comment != NULL)
            print_wrapped(example->comment, 0, INDENT_COLUMN, width_of(style), file);
    }
}

void help_print_command(const struct command *command, struct table_style style, FILE *file)
{
    uint64_t options = 0;
    bool has_sentences = false;
    for (size_t i = 0; i < command_forms_count(command); i++) {
        options |= command->forms[i].options;
        has_sentences = has_sentences || command->forms[i].sentence != NULL;
    }
    help_print_usage(command, "Usage:", file);
    fprintf(file, "\n%s: %s.\n", command->name, command->sentence);
    if (has_sentences)
        fputc('\n', file);
    print_forms(command, style, file);
    if (command->description != NULL) {
        fputc('\n', file);
        print_wrapped(command->description, 0, 0, width_of(style), file);
    }
    fputs("\nExamples:\n", file);
    print_examples(command, style, file);
    if (options != 0)
        fputs("\nOptions:\n", file);
    print_options(options, style, file);
    fputs("\nOptions of all commands:\n", file);
    print_options(OPTIONS_COMMON, style, file);
}

void help_print_owners(enum option_id option, FILE *file)
{
    const struct command *command;
    const char *lead = "";
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        for (size_t k = 0; k < command_forms_count(command); k++) {
            const struct command_form *form = &command->forms[k];
            if (!(form->options & (UINT64_C(1) << option)))
                continue;
            fprintf(file, "%s%s%s%s", lead, command->name, form->words[0] ? " " : "", form->words);
            lead = ", ";
        }
    }
}
