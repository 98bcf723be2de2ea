/* The options of usherctl: one table, from which the command line is read, and help, man page and
 * completion are written. A new option is an OPTION_ here, a row in options.c, a member of struct
 * options, and a bit in the forms (ctl/commands.h) that take it. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/client.h"
#include "ctl/table.h"
#include "model/role.h"

#define OPTIONS_CONFIG_DEFAULT "/etc/usher/usherd.yaml"

/* What the process ends with. */
enum exit_code { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

enum option_id {
    /* Every command has these. */
    OPTION_SOCKET = 0,
    OPTION_TCP,
    OPTION_TOKEN_FILE,
    OPTION_ROLE,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION,
    /* These only the forms that say so. */
    OPTION_FULL,
    OPTION_ALL,
    OPTION_AFTER,
    OPTION_COUNT,
    OPTION_CONFIG,
    OPTION_YES,
    OPTION_DRY_RUN,
    OPTION_PROFILES,
    OPTION_AT,
    OPTION_ACTION,
    OPTION_NOTICE,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_LAST,
    OPTION_CONTACT,
    OPTION_AGENT,
    OPTION_QUEUE,
    OPTION_EVENT,
    OPTION_TRAFFIC,
    OPTION_DAYS,
    OPTION_SEED,
    OPTION_LOAD,
    OPTION_COMPARE,
    OPTION_CSV,
    OPTION_SVG,
    OPTION_COLUMN,
    OPTION_RULES,
    OPTIONS_COUNT,
};

#define OPTION_BIT(NAME) (UINT64_C(1) << OPTION_##NAME)
#define OPTIONS_COMMON   (OPTION_BIT(FULL) - 1)

#define OPTIONS_TOKEN_SIZE   256
#define OPTIONS_ACTIONS_MAX  8
#define OPTIONS_COMPARES_MAX 7
#define OPTIONS_COLUMNS_MAX  16

/* All that the command line says. Texts are borrowed from it. */
struct options {
    struct client_addresses addresses;
    char token[OPTIONS_TOKEN_SIZE]; /* of --token-file; addresses.token points here */
    enum usher_role role;           /* NONE = the form's own */
    bool is_json;
    bool is_help;
    bool is_version;
    bool is_full;         /* personal data too */
    bool is_all;          /* heartbeats too */
    const char *after;    /* the number of an event, or NULL */
    int64_t count;        /* of events; -1 = no bound */
    const char *config;   /* usherd's settings, for what goes to Redis itself */
    bool is_yes;          /* does not ask */
    bool is_dry_run;      /* changes nothing */
    const char *profiles; /* a CSV file of them, or NULL */
    const char *at;       /* a moment of the past (ctl/past/moment.h), or NULL */
    /* As they were given. */
    const char *actions[OPTIONS_ACTIONS_MAX];
    size_t actions_count;
    const char *notice; /* a file, or NULL */
    /* Which of the past, and of all events. */
    const char *since;   /* a moment of the past, or NULL */
    const char *until;   /* the same */
    int64_t last;        /* past events that are shown first */
    const char *contact; /* these events only, as the next three; NULL = all */
    const char *agent;
    const char *queue;
    const char *event;
    const char *traffic;                        /* a file of what is simulated, or NULL */
    int64_t days;                               /* how many are simulated */
    int64_t seed;                               /* and from which numbers */
    int64_t load;                               /* with how many of the customers, per cent */
    const char *compares[OPTIONS_COMPARES_MAX]; /* with what; as they were given */
    size_t compares_count;
    bool is_csv;                              /* results as CSV */
    const char *svg;                          /* where a drawing goes, or NULL */
    const char *columns[OPTIONS_COLUMNS_MAX]; /* of a CSV file: "wait=NAME"; as they were given */
    size_t columns_count;
    const char *rules;  /* where simple rules go, or NULL */
    uint64_t given;     /* OPTION_BITs */
    const char *action; /* the form's own word, such as "check" of `journal check`, or NULL */
    char **arguments;   /* what stands in place of the form's placeholders, in their order */
    int arguments_count;
    struct table_style style; /* of standard output */
};

struct option_row {
    const char *name;     /* without the dashes */
    const char *argument; /* as the help shows it; NULL = takes none */
    const char *sentence; /* no capital, no full stop */
    /* Stores `text`, or says what is wrong with it and returns false. */
    bool (*read)(const struct option_row *row, const char *text, struct options *options);
    size_t place; /* of the member in struct options, where `read` has but one */
};

/* By enum option_id. */
extern const struct option_row option_rows[OPTIONS_COUNT];

/* What holds when the command line says nothing: the environment, or a default. */
void options_init(struct options *options);

/* Reads the options, which may stand anywhere, and the environment; what is no option is moved to
 * the end, and *rest is where it begins. False when it has said what is wrong. */
USHER_MUST_USE bool options_read(struct options *options, int count, char **arguments, int *rest);

#endif
