/* The table of options. Each row's reader says what is wrong with what it was given. */
#include "ctl/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTER_FIRST 256 /* getopt's name of the first row, above all characters */
#define DAYS_MAX     100000
#define LOAD_MAX     10000 /* per cent */

static void *member(struct options *options, const struct option_row *row)
{
    return (char *)options + row->place;
}

static bool read_flag(const struct option_row *row, const char *text, struct options *options)
{
    (void)text;
    *(bool *)member(options, row) = true;
    return true;
}

static bool read_text(const struct option_row *row, const char *text, struct options *options)
{
    *(const char **)member(options, row) = text;
    return true;
}

static bool read_count(const struct option_row *row, const char *text, struct options *options)
{
    int64_t *count = member(options, row);
    if (usher_text_read_int64(usher_text_of(text), count) && *count > 0)
        return true;
    fprintf(stderr, "usherctl: --%s takes a whole number above 0, not \"%s\"\n", row->name, text);
    return false;
}

static bool read_number(const struct option_row *row, const char *text, struct options *options,
                        int64_t max, const char *what)
{
    int64_t *number = member(options, row);
    if (usher_text_read_int64(usher_text_of(text), number) && *number > 0 && *number <= max)
        return true;
    fprintf(stderr, "usherctl: --%s takes a whole number from 1 to %" PRIi64 "%s, not \"%s\"\n",
            row->name, max, what, text);
    return false;
}

static bool read_days(const struct option_row *row, const char *text, struct options *options)
{
    return read_number(row, text, options, DAYS_MAX, "");
}

static bool read_seed(const struct option_row *row, const char *text, struct options *options)
{
    return read_number(row, text, options, INT64_MAX, "");
}

static bool read_load(const struct option_row *row, const char *text, struct options *options)
{
    return read_number(row, text, options, LOAD_MAX, " in per cent, such as 115");
}

static bool read_token(const struct option_row *row, const char *path, struct options *options)
{
    FILE *file = fopen(path, "re");
    bool is_read = file != NULL && fgets(options->token, OPTIONS_TOKEN_SIZE, file) != NULL;
    (void)row;
    if (is_read)
        options->token[strcspn(options->token, "\r\n")] = '\0';
    else
        fprintf(stderr, "usherctl: cannot read a token from %s\n", path);
    if (file)
        fclose(file);
    options->addresses.token = options->token;
    return is_read;
}

static bool read_role(const struct option_row *row, const char *text, struct options *options)
{
    enum usher_role role = usher_role_find(usher_text_of(text));
    options->role = role;
    if (role == USHER_ROLE_OBSERVER || role == USHER_ROLE_SUPERVISOR || role == USHER_ROLE_ADMIN)
        return true;
    fprintf(stderr, "usherctl: --%s takes observer, supervisor or admin, not \"%s\"\n", row->name,
            text);
    return false;
}

static bool add_address(bool is_tcp, const char *text, struct options *options)
{
    if (client_addresses_add(&options->addresses, is_tcp, usher_text_of(text)))
        return true;
    fprintf(stderr, "usherctl: \"%s\": at most %d addresses of %d bytes are possible\n", text,
            CLIENT_ADDRESSES_MAX, CLIENT_ADDRESS_SIZE - 1);
    return false;
}

static bool read_socket(const struct option_row *row, const char *text, struct options *options)
{
    (void)row;
    return add_address(false, text, options);
}

static bool read_tcp(const struct option_row *row, const char *text, struct options *options)
{
    (void)row;
    return add_address(true, text, options);
}

static bool read_action(const struct option_row *row, const char *text, struct options *options)
{
    if (options->actions_count == OPTIONS_ACTIONS_MAX) {
        fprintf(stderr, "usherctl: --%s can be given at most %d times\n", row->name,
                OPTIONS_ACTIONS_MAX);
        return false;
    }
    options->actions[options->actions_count++] = text;
    return true;
}

static bool read_compare(const struct option_row *row, const char *text, struct options *options)
{
    if (options->compares_count == OPTIONS_COMPARES_MAX) {
        fprintf(stderr, "usherctl: --%s can be given at most %d times\n", row->name,
                OPTIONS_COMPARES_MAX);
        return false;
    }
    options->compares[options->compares_count++] = text;
    return true;
}

static bool read_column(const struct option_row *row, const char *text, struct options *options)
{
    if (options->columns_count == OPTIONS_COLUMNS_MAX) {
        fprintf(stderr, "usherctl: --%s can be given at most %d times\n", row->name,
                OPTIONS_COLUMNS_MAX);
        return false;
    }
    options->columns[options->columns_count++] = text;
    return true;
}

_Static_assert(OPTIONS_COUNT <= 64, "options->given has a bit for each");

#define PLACE(name) offsetof(struct options, name)

const struct option_row option_rows[OPTIONS_COUNT] = {
    [OPTION_SOCKET] = {"socket", "PATH",
                       "usherd's Unix socket (else $USHER_SOCKET, else " CLIENT_SOCKET_DEFAULT
                       "); several, with commas between: whoever of them leads is asked",
                       read_socket, 0},
    [OPTION_TCP] = {"tcp", "HOST:PORT",
                    "connect over TCP instead, with a token; several, with commas between",
                    read_tcp, 0},
    [OPTION_TOKEN_FILE] = {"token-file", "FILE",
                           "the token's file (else $USHER_TOKEN); never on the command line",
                           read_token, 0},
    [OPTION_ROLE] = {"role", "ROLE",
                     "ask for this role (observer, supervisor, admin) instead of the least that "
                     "will do",
                     read_role, 0},
    [OPTION_JSON] = {"json", NULL, "print JSON for programs, an object a line", read_flag,
                     PLACE(is_json)},
    [OPTION_HELP] = {"help", NULL, "show help, a command's behind its name, and end", read_flag,
                     PLACE(is_help)},
    [OPTION_VERSION] = {"version", NULL, "show the version and end", read_flag, PLACE(is_version)},
    [OPTION_FULL] = {"full", NULL, "show personal data too: from, data, note, customer and memory",
                     read_flag, PLACE(is_full)},
    [OPTION_ALL] = {"all", NULL, "show heartbeats too", read_flag, PLACE(is_all)},
    [OPTION_AFTER] = {"after", "N",
                      "begin behind the event of this number, if usherd has it in memory",
                      read_text, PLACE(after)},
    [OPTION_COUNT] = {"count", "COUNT", "end after so many events", read_count, PLACE(count)},
    [OPTION_CONFIG] = {"config", "FILE",
                       "usherd's settings, which say where Redis is (else $USHER_CONFIG, "
                       "else " OPTIONS_CONFIG_DEFAULT ")",
                       read_text, PLACE(config)},
    [OPTION_YES] = {"yes", NULL, "do not ask: for scripts", read_flag, PLACE(is_yes)},
    [OPTION_DRY_RUN] = {"dry-run", NULL, "show what would be done, and change nothing", read_flag,
                        PLACE(is_dry_run)},
    [OPTION_PROFILES] = {"profiles", "FILE",
                         "the agents' profiles, as `profile import` takes them, in place of those "
                         "in Redis",
                         read_text, PLACE(profiles)},
    [OPTION_AT] = {"at", "TIME",
                   "as of a moment of the past: 2026-11-21T10:00, 10:00 (today), -15m (ago)",
                   read_text, PLACE(at)},
    [OPTION_ACTION] = {"action", "KEY:LABEL:COMMAND",
                       "a key that runs a command of yours with sh; can be given several times",
                       read_action, 0},
    [OPTION_NOTICE] = {"notice", "FILE",
                       "show the first line of this file as a banner, as long as it has one",
                       read_text, PLACE(notice)},
    [OPTION_SINCE] = {"since", "TIME",
                      "from then on: 2026-11-21T10:00, 2026-11-21, 10:00 (today), -15m (ago)",
                      read_text, PLACE(since)},
    [OPTION_UNTIL] = {"until", "TIME",
                      "of past events up to then, as --since; of a switch or a queue a time to "
                      "come: 18:00, or 2h "
                      "from now",
                      read_text, PLACE(until)},
    [OPTION_LAST] = {"last", "COUNT",
                     "so many of the newest past events; tail begins with 10 unless this says more",
                     read_count, PLACE(last)},
    [OPTION_CONTACT] = {"contact", "CONTACT", "events of this contact only", read_text,
                        PLACE(contact)},
    [OPTION_AGENT] = {"agent", "AGENT", "events that name this agent only", read_text,
                      PLACE(agent)},
    [OPTION_QUEUE] = {"queue", "QUEUE", "events of this queue's contacts only", read_text,
                      PLACE(queue)},
    [OPTION_EVENT] = {"event", "NAME",
                      "this event only, as contact.offered; `offer` stands for all offer.*",
                      read_text, PLACE(event)},
    [OPTION_TRAFFIC] = {"traffic", "FILE",
                        "the model of customers and agents (else traffic.yaml beside RULES.yaml)",
                        read_text, PLACE(traffic)},
    [OPTION_DAYS] = {"days", "COUNT", "so many days are simulated (20)", read_days, PLACE(days)},
    [OPTION_SEED] = {"seed", "NUMBER", "other days: the same number gives the same ones (1)",
                     read_seed, PLACE(seed)},
    [OPTION_LOAD] = {"load", "PERCENT", "so many of the customers come, per cent: 115 (100)",
                     read_load, PLACE(load)},
    [OPTION_COMPARE] = {"compare", "RULES",
                        "another file of rules, or fifo, greedy or penalties, tried on the same "
                        "days; can be given several times",
                        read_compare, 0},
    [OPTION_CSV] = {"csv", NULL, "print a row of figures for each day, as CSV", read_flag,
                    PLACE(is_csv)},
    [OPTION_SVG] = {"svg", "FILE", "write a drawing of the service levels, too", read_text,
                    PLACE(svg)},
    [OPTION_COLUMN] = {"column", "WHAT=NAME",
                       "the CSV's column NAME is the date, arrival, queue, wait, outcome, "
                       "service_time or agent of a call; can be given several times",
                       read_column, 0},
    [OPTION_RULES] = {"rules", "FILE",
                      "write the simple rules that go with the model to this new file, too",
                      read_text, PLACE(rules)},
};

void options_init(struct options *options)
{
    const char *config = getenv("USHER_CONFIG");
    *options = (struct options){
        .addresses = {.token = getenv("USHER_TOKEN")},
        .count = -1,
        .last = 10,
        .days = 20,
        .seed = 1,
        .load = 100,
        .config = config && config[0] ? config : OPTIONS_CONFIG_DEFAULT,
        .style = table_style_of(stdout),
    };
}

bool options_read(struct options *options, int count, char **arguments, int *rest)
{
    struct option table[OPTIONS_COUNT + 1] = {{NULL, 0, NULL, 0}};
    for (int i = 0; i < OPTIONS_COUNT; i++)
        table[i] = (struct option){option_rows[i].name,
                                   option_rows[i].argument ? required_argument : no_argument, NULL,
                                   LETTER_FIRST + i};
    for (int letter; (letter = getopt_long(count, arguments, "h", table, NULL)) != -1;) {
        int id = letter == 'h' ? OPTION_HELP : letter - LETTER_FIRST;
        if (letter == '?' || !option_rows[id].read(&option_rows[id], optarg, options))
            return false; /* getopt, or the row, has said why */
        options->given |= UINT64_C(1) << id;
    }
    *rest = optind;
    if (options->addresses.count > 0)
        return true;
    const char *path = getenv("USHER_SOCKET");
    return add_address(false, path && path[0] ? path : CLIENT_SOCKET_DEFAULT, options);
}
