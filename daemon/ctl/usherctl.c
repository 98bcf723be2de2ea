/* usherctl: what an operator sees and does at the command line. One table has all commands with
 * their help; they know the socket and the protocol, and nothing of usherd's inside, but for
 * `journal`, which goes to Redis when usherd cannot. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/perform.h"

#define TOKEN_SIZE     256
#define CONFIG_DEFAULT "/etc/usher/usherd.yaml"

/* Bits of the options that only some commands have. */
enum {
    OPTION_FULL = 1,
    OPTION_ALL = 2,
    OPTION_AFTER = 4,
    OPTION_COUNT = 8,
    OPTION_CONFIG = 16,
    OPTION_YES = 32,
    OPTION_DRY_RUN = 64,
};

struct command {
    const char *name;
    const char *arguments; /* as the help shows them */
    int arguments_min;
    int arguments_max;
    enum usher_role role; /* what it asks for at hello */
    unsigned options;
    enum exit_code (*run)(const struct options *options, enum usher_role role); /* NULL: agent */
    const char *sentence;
    const char *help;
};

static const struct command commands[] = {
    {"status", "", 0, 0, USHER_ROLE_OBSERVER, 0, perform_status,
     "one page: agents, contacts and queues",
     "  usherctl status\n"
     "  usherctl status --json | jq .contacts.waiting\n"
     "  watch -n 1 usherctl status\n"},
    {"agents", "", 0, 0, USHER_ROLE_OBSERVER, 0, perform_agents,
     "the agents, what each does and can",
     "  usherctl agents\n"
     "  usherctl agents --json | jq -r 'select(.state == \"ready\") | .agent'\n"
     "Each JSON line is a `state.agent` of the protocol.\n"},
    {"contacts", "", 0, 0, USHER_ROLE_OBSERVER, OPTION_FULL, perform_contacts, "the live contacts",
     "  usherctl contacts\n"
     "  usherctl contacts --json | jq -r 'select(.state == \"waiting\") | .contact'\n"
     "  usherctl contacts --full        shows personal data too: from, data and note\n"
     "Each JSON line is a `state.contact` of the protocol.\n"},
    {"queues", "", 0, 0, USHER_ROLE_OBSERVER, 0, perform_queues,
     "the queues: waiting, longest wait, free agents",
     "  usherctl queues\n"
     "  usherctl queues --json | jq -r 'select(.waiting > 5) | .queue'\n"
     "Each JSON line is a `state.queue` of the protocol.\n"},
    {"events", "", 0, 0, USHER_ROLE_OBSERVER,
     OPTION_FULL | OPTION_ALL | OPTION_AFTER | OPTION_COUNT, perform_events,
     "follows what happens, an event a line",
     "  usherctl events\n"
     "  usherctl events --json | jq 'select(.ev == \"contact.offered\")'\n"
     "  usherctl events --after 1763745500-8841     begins behind that event, if it is in memory\n"
     "  usherctl events --count 10                  ends after ten\n"
     "  usherctl events --full                      shows personal data too: from, data and note\n"
     "  usherctl events --all                       heartbeats too\n"
     "On a terminal a line is cut to its width; a pipe gets all.\n"},
    {"agent", "ID ready|not-ready REASON|sign-in|sign-out", 2, 3, USHER_ROLE_SUPERVISOR, 0, NULL,
     "acts for an agent; ready signs in when needed",
     "  usherctl agent olena ready\n"
     "  usherctl agent olena not-ready lunch\n"
     "  usherctl agent olena sign-out\n"},
    {"standby", "", 0, 0, USHER_ROLE_OBSERVER, 0, perform_standby,
     "what each usherd of the site is: leader, or standby and how far behind",
     "  usherctl --socket /run/usher/a.sock,/run/usher/b.sock standby\n"
     "  usherctl --tcp router1:7411,router2:7411 standby --json | jq -r .state\n"
     "STATE is `same` or `differs`: how a standby's state compares with the leader's last digest.\n"
     "CLOCK is by how much its clock is ahead. Exit code 1: one would not take over.\n"
     "Each JSON line is a `state.router` of the protocol.\n"},
    {"switchover", "", 0, 0, USHER_ROLE_ADMIN, 0, perform_switchover,
     "hands the site over to a standby, without a contact noticing",
     "  usherctl standby && usherctl switchover\n"
     "The leader does not know who follows it. When nobody does, it leads again after some "
     "seconds.\n"},
    {"reload", "", 0, 0, USHER_ROLE_ADMIN, 0, perform_reload,
     "reads the rules again; swaps whole or not at all",
     "  usherd -c /etc/usher/usherd.yaml --check-config && usherctl reload\n"},
    {"journal", "check|repair", 1, 1, USHER_ROLE_NONE, OPTION_CONFIG | OPTION_YES | OPTION_DRY_RUN,
     perform_journal, "looks in Redis for entries that no router wrote, and removes them",
     "  usherctl journal check                           reports only; exit code 1: there are "
     "some\n"
     "  usherctl journal repair                          shows them, asks, removes them\n"
     "  usherctl journal repair --dry-run                shows what it would do\n"
     "  usherctl journal repair --yes                    for scripts: does not ask\n"
     "  usherctl --config /etc/usher/b.yaml journal check --json | jq -r '.entry // empty'\n"
     "It reads usherd's settings (--config FILE, else " CONFIG_DEFAULT ") to find Redis and the\n"
     "site. usherd need not run; if it does, it goes on by itself afterwards. Entries that "
     "routers\n"
     "wrote are never touched. Shown are fields' names and sizes, never what they hold.\n"},
    {"drain", "", 0, 0, USHER_ROLE_ADMIN, 0, perform_drain,
     "stops usherd when what is under way is written", "  usherctl drain\n"},
};

static const char options_help[] =
    "Options:\n"
    "  --socket PATH      usherd's Unix socket (else $USHER_SOCKET, else " CLIENT_SOCKET_DEFAULT
    ")\n"
    "  --tcp HOST:PORT    connect over TCP instead, with a token\n"
    "                     several, with commas between: whoever of them leads is asked\n"
    "  --token-file FILE  the token's file (else $USHER_TOKEN); never on the command line\n"
    "  --role ROLE        ask for this role instead of the least that will do\n"
    "  --json             for programs: JSON, an object a line\n"
    "  --help, --version\n";

static void print_help(void)
{
    fputs("Usage: usherctl [OPTIONS] COMMAND\n\n"
          "Shows and steers a running usherd.\n\nCommands:\n",
          stdout);
    for (size_t i = 0; i < USHER_COUNT_OF(commands); i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].sentence);
    fputs("\n`usherctl COMMAND --help` shows examples.\n\n", stdout);
    fputs(options_help, stdout);
    fputs("\nColour is used on a terminal only, and not when NO_COLOR is set.\n"
          "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 no connection to usherd or Redis.\n",
          stdout);
}

static void print_command_help(const struct command *command)
{
    printf("Usage: usherctl [OPTIONS] %s%s%s\n\n%s: %s.\n\nExamples:\n%s\n", command->name,
           command->arguments[0] ? " " : "", command->arguments, command->name, command->sentence,
           command->help);
    fputs(options_help, stdout);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < USHER_COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static bool read_token(const char *path, char token[TOKEN_SIZE])
{
    FILE *file = fopen(path, "re");
    bool is_read = file != NULL && fgets(token, TOKEN_SIZE, file) != NULL;
    if (is_read)
        token[strcspn(token, "\r\n")] = '\0';
    else
        fprintf(stderr, "usherctl: cannot read a token from %s\n", path);
    if (file)
        fclose(file);
    return is_read;
}

static bool read_count(const char *text, int64_t *count)
{
    if (usher_text_read_int64(usher_text_of(text), count) && *count > 0)
        return true;
    fprintf(stderr, "usherctl: --count takes a number above 0, not \"%s\"\n", text);
    return false;
}

static bool read_role(const char *text, enum usher_role *role)
{
    *role = usher_role_find(usher_text_of(text));
    if (*role == USHER_ROLE_OBSERVER || *role == USHER_ROLE_SUPERVISOR || *role == USHER_ROLE_ADMIN)
        return true;
    fprintf(stderr, "usherctl: --role takes observer, supervisor or admin, not \"%s\"\n", text);
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

/* What the command line asks for besides the options themselves. */
struct wish {
    bool is_help;
    bool is_version;
    unsigned given; /* bits of the options that only some commands have */
};

static bool read_option(int letter, struct options *options, struct wish *wish,
                        char token[TOKEN_SIZE])
{
    switch (letter) {
    case 's':
    case 't':
        return add_address(letter == 't', optarg, options);
    case 'k':
        options->addresses.token = token;
        return read_token(optarg, token);
    case 'r':
        return read_role(optarg, &options->role);
    case 'j':
        options->is_json = true;
        return true;
    case 'f':
        options->is_full = true;
        wish->given |= OPTION_FULL;
        return true;
    case 'a':
        options->is_all = true;
        wish->given |= OPTION_ALL;
        return true;
    case 'b':
        options->after = optarg;
        wish->given |= OPTION_AFTER;
        return true;
    case 'g':
        options->config = optarg;
        wish->given |= OPTION_CONFIG;
        return true;
    case 'y':
        options->is_yes = true;
        wish->given |= OPTION_YES;
        return true;
    case 'd':
        options->is_dry_run = true;
        wish->given |= OPTION_DRY_RUN;
        return true;
    case 'c':
        wish->given |= OPTION_COUNT;
        return read_count(optarg, &options->count);
    case 'h':
        wish->is_help = true;
        return true;
    case 'v':
        wish->is_version = true;
        return true;
    default:
        return false; /* getopt has said why */
    }
}

static bool read_options(int count, char **arguments, struct options *options, struct wish *wish,
                         char token[TOKEN_SIZE])
{
    static const struct option table[] = {
        {"socket", required_argument, NULL, 's'},
        {"tcp", required_argument, NULL, 't'},
        {"token-file", required_argument, NULL, 'k'},
        {"role", required_argument, NULL, 'r'},
        {"json", no_argument, NULL, 'j'},
        {"full", no_argument, NULL, 'f'},
        {"all", no_argument, NULL, 'a'},
        {"after", required_argument, NULL, 'b'},
        {"count", required_argument, NULL, 'c'},
        {"config", required_argument, NULL, 'g'},
        {"yes", no_argument, NULL, 'y'},
        {"dry-run", no_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    for (int letter; (letter = getopt_long(count, arguments, "h", table, NULL)) != -1;)
        if (!read_option(letter, options, wish, token))
            return false;
    return true;
}

static enum exit_code refuse_usage(const char *command)
{
    fprintf(stderr, "Try `usherctl %s%s--help`.\n", command, command[0] ? " " : "");
    return EXIT_USAGE;
}

static enum exit_code run(const struct command *command, struct options *options,
                          const struct wish *wish, int count, char **arguments)
{
    if (count < command->arguments_min || count > command->arguments_max) {
        fprintf(stderr, "usherctl: usage: usherctl %s%s%s\n", command->name,
                command->arguments[0] ? " " : "", command->arguments);
        return refuse_usage(command->name);
    }
    if (wish->given & ~command->options) {
        fprintf(stderr,
                "usherctl: %s has no such option (--full, --all, --after and --count are for "
                "contacts or events; --config, --yes and --dry-run for journal)\n",
                command->name);
        return refuse_usage(command->name);
    }
    enum usher_role role = options->role != USHER_ROLE_NONE ? options->role : command->role;
    options->action = count > 0 ? arguments[0] : NULL;
    if (command->run != NULL)
        return command->run(options, role);
    return perform_agent(options, role, arguments[0], arguments[1],
                         count > 2 ? arguments[2] : NULL);
}

int main(int count, char **arguments)
{
    const char *socket_path = getenv("USHER_SOCKET");
    struct options options = {
        .addresses = {.token = getenv("USHER_TOKEN")},
        .count = -1,
        .config = CONFIG_DEFAULT,
        .style = table_style_of(stdout),
    };
    struct wish wish = {0};
    char token[TOKEN_SIZE];
    if (!read_options(count, arguments, &options, &wish, token))
        return (int)refuse_usage("");
    if (options.addresses.count == 0 &&
        !add_address(false, socket_path && socket_path[0] ? socket_path : CLIENT_SOCKET_DEFAULT,
                     &options))
        return (int)refuse_usage("");
    if (wish.is_version) {
        puts("usherctl " USHER_VERSION);
        return EXIT_DONE;
    }
    const char *name = optind < count ? arguments[optind] : NULL;
    if (name != NULL && strcmp(name, "help") == 0) {
        wish.is_help = true;
        optind++;
        name = optind < count ? arguments[optind] : NULL;
    }
    if (name == NULL) {
        if (wish.is_help) {
            print_help();
            return EXIT_DONE;
        }
        fputs("usherctl: no command given\n", stderr);
        return (int)refuse_usage("");
    }
    const struct command *command = find_command(name);
    if (command == NULL) {
        fprintf(stderr, "usherctl: there is no command \"%s\"\n", name);
        return (int)refuse_usage("");
    }
    if (wish.is_help) {
        print_command_help(command);
        return EXIT_DONE;
    }
    return (int)run(command, &options, &wish, count - optind - 1, arguments + optind + 1);
}
