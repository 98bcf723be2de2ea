/* The commands that go to the journal in Redis itself. */
#include "ctl/commands.h"
#include "ctl/perform.h"

static const struct command commands[] = {
    {
        .name = "journal",
        .sentence = "finds and removes entries that no router wrote",
        .description =
            "It asks Redis itself; usherd's settings say where that is, and which site. usherd "
            "need not run; if it does, it goes on by itself afterwards. Entries that routers wrote "
            "are never touched. Shown are fields' names and sizes, never what they hold.",
        .forms = {{"check", "reports only; exit code 1: there are some", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG), perform_journal},
                  {"repair", "shows them, asks, removes them", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(YES) | OPTION_BIT(DRY_RUN), perform_journal}},
        .examples = {{.line = "usherctl journal check"},
                     {.line = "usherctl journal check --json | jq -r '.entry // empty'"},
                     {.line = "usherctl --config /etc/usher/b.yaml journal check"},
                     {.line = "usherctl journal repair --dry-run"},
                     {.line = "usherctl journal repair", .kind = EXAMPLE_ASKS},
                     {.line = "usherctl journal repair --yes"}},
    },
};

const struct command_group commands_journal = {"journal", commands, USHER_COUNT_OF(commands)};
