/* usherd: what the command line asks for. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "check_config.h"
#include "log.h"
#include "service.h"

#define USHERD_CONFIG "/etc/usher/usherd.yaml"

static const char usherd_help[] =
    "Usage: usherd [-c FILE] [-v] [--log-priorities] [--take-over]\n"
    "       usherd [-c FILE] --check-config\n"
    "\n"
    "Routes inbound contacts from PBXs to the best-qualified free agents.\n"
    "\n"
    "  -c, --config FILE   the settings (" USHERD_CONFIG ")\n"
    "      --check-config  check the settings and the rules that they name, and end:\n"
    "                      every problem with its file, line and column\n"
    "  -v, --verbose       log every event too\n"
    "      --log-priorities  begin each line of the log with <N>, as journald reads it;\n"
    "                      found out by itself under systemd\n"
    "      --take-over     the last leader, which went on without Redis (outage: route) from\n"
    "                      another machine or state folder, is dead: lead in its place\n"
    "      --version       print the version and end\n"
    "  -h, --help          print this and end\n"
    "\n"
    "Signals: SIGHUP reads the rules again and takes them into use, whole or not at all.\n"
    "SIGTERM and SIGINT take nothing more and end when all is durable; a second one ends at once.\n"
    "\n"
    "Exit codes: 0 ended in order, 1 could not go on, 2 wrong usage, 3 settings or rules with\n"
    "problems, 4 a listener or link could not be opened, 5 somebody leads, or may, who goes on\n"
    "without Redis (see --take-over).\n"
    "\n"
    "Examples:\n"
    "  usherd --config config/usherd.yaml\n"
    "  usherd --config /etc/usher/usherd.yaml --check-config && systemctl reload usherd\n";

enum {
    OPTION_CHECK_CONFIG = 256,
    OPTION_LOG_PRIORITIES,
    OPTION_TAKE_OVER,
    OPTION_VERSION,
};

static const struct option usherd_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check-config", no_argument, NULL, OPTION_CHECK_CONFIG},
    {"verbose", no_argument, NULL, 'v'},
    {"log-priorities", no_argument, NULL, OPTION_LOG_PRIORITIES},
    {"take-over", no_argument, NULL, OPTION_TAKE_OVER},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct usherd_wishes {
    const char *config;
    bool is_check;
    bool has_priorities;
    bool is_taking_over;
    enum log_level level;
};

static int usherd_refuse_usage(void)
{
    (void)fputs("usherd --help tells how it is used\n", stderr);
    return SERVICE_EXIT_USAGE;
}

/* True when the process is to go on; else `code` is its exit code. */
static bool usherd_read_options(int count, char **arguments, struct usherd_wishes *wishes,
                                int *code)
{
    int option;
    while ((option = getopt_long(count, arguments, "c:vh", usherd_options, NULL)) != -1) {
        switch (option) {
        case 'c':
            wishes->config = optarg;
            break;
        case OPTION_CHECK_CONFIG:
            wishes->is_check = true;
            break;
        case 'v':
            wishes->level = LOG_LEVEL_DEBUG;
            break;
        case OPTION_LOG_PRIORITIES:
            wishes->has_priorities = true;
            break;
        case OPTION_TAKE_OVER:
            wishes->is_taking_over = true;
            break;
        case OPTION_VERSION:
            (void)puts("usherd " USHER_VERSION);
            *code = SERVICE_EXIT_OK;
            return false;
        case 'h':
            (void)fputs(usherd_help, stdout);
            *code = SERVICE_EXIT_OK;
            return false;
        default:
            *code = usherd_refuse_usage();
            return false;
        }
    }
    if (optind < count) {
        (void)fprintf(stderr, "usherd: what does \"%s\" mean?\n", arguments[optind]);
        *code = usherd_refuse_usage();
        return false;
    }
    return true;
}

int main(int count, char **arguments)
{
    struct usherd_wishes wishes = {.config = USHERD_CONFIG, .level = LOG_LEVEL_INFO};
    int code = SERVICE_EXIT_OK;
    if (!usherd_read_options(count, arguments, &wishes, &code))
        return code;
    log_open(wishes.level, wishes.has_priorities || log_is_for_journald());
    if (wishes.is_check)
        return check_config(wishes.config);
    return (int)service_run(wishes.config, USHER_VERSION, wishes.is_taking_over);
}
