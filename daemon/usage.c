/* The tables of usherd's command line, and its help. */
#include "usage.h"

#include <string.h>

#include "service.h"

#define COLUMN 22
#define WIDTH  80

const struct usage_option_row usage_options[USAGE_OPTIONS_COUNT] = {
    {'c', "config", "FILE", "the settings, in place of " USAGE_CONFIG},
    {USAGE_CHECK_CONFIG, "check-config", NULL,
     "check the settings and the rules that they name, and end: every problem with its file, line "
     "and column"},
    {'v', "verbose", NULL, "log every event too"},
    {USAGE_LOG_PRIORITIES, "log-priorities", NULL,
     "begin each line of the log with <N>, as journald reads it; found out by itself under "
     "systemd"},
    {USAGE_TAKE_OVER, "take-over", NULL,
     "the last leader, which went on without Redis (outage: route) from another machine or state "
     "folder, is dead: lead in its place"},
    {USAGE_VERSION, "version", NULL, "print the version and end"},
    {'h', "help", NULL, "print this and end"},
};

const struct usage_code_row usage_codes[USAGE_CODES_COUNT] = {
    {SERVICE_EXIT_OK, "ended in order"},
    {SERVICE_EXIT_FAILED, "could not go on; the log says why"},
    {SERVICE_EXIT_USAGE, "wrong usage"},
    {SERVICE_EXIT_CONFIG, "the settings, the rules or the state folder have problems"},
    {SERVICE_EXIT_BIND, "a listener or link could not be opened"},
    {SERVICE_EXIT_LED, "somebody leads, or may, who goes on without Redis; see --take-over"},
};

const struct usage_example_row usage_examples[USAGE_EXAMPLES_COUNT] = {
    {"usherd --check-config", "finds every mistake in both files", 0},
    {"usherd -c /etc/usher/usherd.yaml --check-config && usherctl reload --yes",
     "takes changed rules into use", 0},
    {"usherd --config /etc/usher/usherd.yaml --verbose", "by hand, with every event in the log", 1},
    {"usherd --take-over", "the other machine, which led with `outage: route`, is dead", 1},
};

const char *usage_write_option(const struct usage_option_row *row, char *room, size_t size)
{
    int length = row->id < USAGE_CHECK_CONFIG ? snprintf(room, size, "-%c, ", row->id) : 0;
    (void)snprintf(room + length, size - (size_t)length, "--%s%s%s", row->name,
                   row->argument ? " " : "", row->argument ? row->argument : "");
    return room;
}

/* `text` word by word from COLUMN, where the line stands at `at`. */
static void print_wrapped(const char *text, size_t at, FILE *file)
{
    while (text[0]) {
        size_t length = strcspn(text, " ");
        if (at > COLUMN && at + 1 + length > WIDTH) {
            (void)fputc('\n', file);
            at = 0;
        }
        at += (size_t)fprintf(file, "%*s%.*s", at < COLUMN ? (int)(COLUMN - at) : 1, "",
                              (int)length, text);
        text += length + strspn(text + length, " ");
    }
    (void)fputc('\n', file);
}

void usage_print(FILE *file)
{
    char room[64];
    (void)fputs("Usage: usherd [OPTIONS]\n"
                "\n"
                "Routes inbound contacts from PBXs to the best-qualified free agents.\n"
                "\n"
                "Options:\n",
                file);
    for (size_t i = 0; i < USAGE_OPTIONS_COUNT; i++) {
        const struct usage_option_row *row = &usage_options[i];
        int indent = row->id < USAGE_CHECK_CONFIG ? 2 : 6;
        int at = fprintf(file, "%*s%s", indent, "", usage_write_option(row, room, sizeof(room)));
        if (at >= COLUMN)
            at = fprintf(file, "\n") - 1;
        print_wrapped(row->sentence, (size_t)at, file);
    }
    (void)fputs("\n"
                "Signals: SIGHUP reads the rules again, and takes them into use whole or not at\n"
                "all. SIGTERM and SIGINT take nothing more and end when all is durable; a second\n"
                "one ends at once.\n"
                "\n"
                "Exit codes:\n",
                file);
    for (size_t i = 0; i < USAGE_CODES_COUNT; i++)
        (void)fprintf(file, "  %d  %s\n", usage_codes[i].code, usage_codes[i].sentence);
    (void)fputs("\nExamples:\n", file);
    for (size_t i = 0; i < USAGE_EXAMPLES_COUNT; i++)
        (void)fprintf(file, "  %s\n      %s\n", usage_examples[i].line, usage_examples[i].comment);
    (void)fputs("\n`man usherd` tells all.\n", file);
}
