/* The commands that go to the journal in Redis itself. */
#include "ctl/commands.h"
#include "ctl/perform.h"

static const struct command commands[] = {
    {
        .name = "journal",
        .sentence = "past events; and entries that no router wrote",
        .description =
            "It asks Redis itself; usherd's settings say where that is, which site, and where the "
            "archive of what was trimmed lies. usherd need not run.\n"
            "\n"
            "show: events of the past in words, a line each; with --json as they stand in the "
            "journal. A queue's events are those of its contacts, from their arrival or an offer "
            "on.\n"
            "\n"
            "repair: usherd goes on by itself afterwards. Entries that routers wrote are never "
            "touched. Shown are fields' names and sizes, never what they hold.",
        .forms = {{"show", "past events, from the archive and from Redis", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(SINCE) | OPTION_BIT(UNTIL) |
                       OPTION_BIT(CONTACT) | OPTION_BIT(AGENT) | OPTION_BIT(QUEUE) |
                       OPTION_BIT(EVENT) | OPTION_BIT(LAST) | OPTION_BIT(COUNT) | OPTION_BIT(ALL) |
                       OPTION_BIT(FULL),
                   perform_journal_show},
                  {"check", "reports only; exit code 1: there are some", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG), perform_journal},
                  {"repair", "shows them, asks, removes them", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(YES) | OPTION_BIT(DRY_RUN), perform_journal}},
        .examples = {{.line = "usherctl journal show --since -15m"},
                     {.line = "usherctl journal show --last 20 --event agent"},
                     {.line = "usherctl journal show --contact pbx1/0042"},
                     {"usherctl journal show --since 00:00 --event offer --agent dmytro --json",
                      "today's offers that came to nothing", EXAMPLE_RUNS, EXIT_DONE},
                     {.line = "usherctl journal check"},
                     {.line = "usherctl journal check --json | jq -r '.entry // empty'"},
                     {.line = "usherctl --config /etc/usher/b.yaml journal check"},
                     {.line = "usherctl journal repair --dry-run"},
                     {.line = "usherctl journal repair", .kind = EXAMPLE_ASKS},
                     {.line = "usherctl journal repair --yes"}},
    },
};

const struct command_group commands_journal = {"journal", commands, USHER_COUNT_OF(commands)};
