/* What usherctl says of itself: from the tables of commands and options, and nothing else. */
#ifndef CTL_HELP_H
#define CTL_HELP_H

#include <stdio.h>

#include "ctl/commands.h"

/* All commands, on a screen of 80 columns and 24 lines. */
void help_print(struct table_style style, FILE *file);

/* A command's forms, examples and options. */
void help_print_command(const struct command *command, struct table_style style, FILE *file);

/* The command's forms, a line each, the first behind `lead` and the others below it. */
void help_print_usage(const struct command *command, const char *lead, FILE *file);

/* Names, with commas between, the forms that have the option. */
void help_print_owners(enum option_id option, FILE *file);

#endif
