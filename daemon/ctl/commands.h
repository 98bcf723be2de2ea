/* The commands of usherctl: one table, from which the command line is understood, and help, man
 * page, completion and the test of the examples are written. The rows stand in commands_look.c,
 * commands_act.c, commands_rules.c and commands_journal.c; a new command is a row there. */
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include <stddef.h>

#include "ctl/options.h"

#define COMMAND_FORMS_MAX    8
#define COMMAND_EXAMPLES_MAX 10

/* One way to call a command. */
struct command_form {
    /* What follows the command's name, with a space between. A word that begins with a small
     * letter stands for itself; one in capitals (AGENT, CONTACT, QUEUE, FILE, REASON…) is a
     * placeholder, whose name tells the completion what may stand there. [WORD] may be left out,
     * WORD... may be repeated; both only at the end. "" is the command alone. */
    const char *words;
    const char *sentence; /* NULL: the command's own says it; no capital, no full stop */
    enum usher_role role; /* what it asks for at hello; NONE: it says none */
    uint64_t options;     /* OPTION_BITs beside the common ones */
    enum exit_code (*run)(const struct options *options, enum usher_role role);
};

enum command_example_kind {
    EXAMPLE_RUNS = 0, /* comes to an end by itself */
    EXAMPLE_FOLLOWS,  /* goes on until it is interrupted */
    EXAMPLE_ASKS,     /* wants an answer at a terminal; a test answers y */
};

/* A line for a shell that works as it stands, with /etc/usher/usherd.yaml of a running usherd. */
struct command_example {
    const char *line;
    const char *comment; /* NULL: the line says it; no capital, no full stop */
    enum command_example_kind kind;
    enum exit_code code; /* what it ends with in a center where nothing is wrong */
};

struct command {
    const char *name;
    const char *sentence;    /* 58 columns at most; no capital, no full stop */
    const char *description; /* full sentences; an empty line between paragraphs; NULL: none */
    struct command_form forms[COMMAND_FORMS_MAX];          /* up to one without words */
    struct command_example examples[COMMAND_EXAMPLES_MAX]; /* up to one without a line */
};

struct command_group {
    const char *title;
    const struct command *commands;
    size_t count;
};

extern const struct command_group commands_look;
extern const struct command_group commands_act;
extern const struct command_group commands_rules;
extern const struct command_group commands_journal;

enum { COMMAND_GROUPS_COUNT = 4 };
/* In the order in which the help shows them. */
extern const struct command_group *const command_groups[COMMAND_GROUPS_COUNT];

/* The n-th of all commands, through all groups; NULL behind the last. */
const struct command *command_at(size_t n);

/* NULL when there is none of this name; then *nearest is the one that was probably meant, absent
 * when none is near. */
const struct command *command_find(const char *name, struct usher_text *nearest);

/* How many forms it has. */
size_t command_forms_count(const struct command *command);

/* The first form that `words` fit, NULL when they fit none; a form's own first word is no
 * placeholder's in another. Sets action and arguments of
 * `options`: the arguments are moved to the front of `words`. */
const struct command_form *command_take(const struct command *command, char **words, int count,
                                        struct options *options);

/* When they fit none: the first of `words` that no form has a place for, NULL when some are
 * missing. *nearest is the word that was probably meant, absent when none is near. */
const char *command_find_wrong(const struct command *command, char **words, int count,
                               struct usher_text *nearest);

/* One word of a form. */
struct command_word {
    struct usher_text name; /* without brackets and dots */
    bool is_placeholder;
    bool is_optional;
    bool is_repeated;
};

/* The word at `at`, which must not be "", and where the next one begins. */
const char *command_word_read(const char *at, struct command_word *word);

#endif
