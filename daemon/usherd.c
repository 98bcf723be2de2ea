/* usherd: what the command line asks for. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "check_config.h"
#include "log.h"
#include "service.h"
#include "usage.h"

struct usherd_wishes {
    const char *config;
    bool is_check;
    bool has_priorities;
    bool is_taking_over;
    enum log_level level;
};

static int usherd_refuse_usage(void)
{
    (void)fputs("Try `usherd --help`.\n", stderr);
    return SERVICE_EXIT_USAGE;
}

/* True when the process is to go on; else `code` is its exit code. */
static bool usherd_read_options(int count, char **arguments, struct usherd_wishes *wishes,
                                int *code)
{
    struct option table[USAGE_OPTIONS_COUNT + 1] = {{NULL, 0, NULL, 0}};
    for (size_t i = 0; i < USAGE_OPTIONS_COUNT; i++)
        table[i] = (struct option){usage_options[i].name,
                                   usage_options[i].argument ? required_argument : no_argument,
                                   NULL, usage_options[i].id};
    for (int option; (option = getopt_long(count, arguments, "c:vh", table, NULL)) != -1;) {
        switch (option) {
        case 'c':
            wishes->config = optarg;
            break;
        case USAGE_CHECK_CONFIG:
            wishes->is_check = true;
            break;
        case 'v':
            wishes->level = LOG_LEVEL_DEBUG;
            break;
        case USAGE_LOG_PRIORITIES:
            wishes->has_priorities = true;
            break;
        case USAGE_TAKE_OVER:
            wishes->is_taking_over = true;
            break;
        case USAGE_VERSION:
            (void)puts("usherd " USHER_VERSION);
            *code = SERVICE_EXIT_OK;
            return false;
        case 'h':
            usage_print(stdout);
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
    struct usherd_wishes wishes = {.config = USAGE_CONFIG, .level = LOG_LEVEL_INFO};
    int code = SERVICE_EXIT_OK;
    if (!usherd_read_options(count, arguments, &wishes, &code))
        return code;
    log_open(wishes.level, wishes.has_priorities || log_is_for_journald());
    if (wishes.is_check)
        return check_config(wishes.config);
    return (int)service_run(wishes.config, USHER_VERSION, wishes.is_taking_over);
}
