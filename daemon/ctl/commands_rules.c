/* The commands for what the routing follows: the rules and the agents' profiles. */
#include "ctl/commands.h"
#include "ctl/perform.h"

static const struct command commands[] = {
    {
        .name = "reload",
        .sentence = "reads the rules again; swaps whole or not at all",
        .forms = {{"", NULL, USHER_ROLE_ADMIN, 0, perform_reload}},
        .examples = {{.line = "usherd -c /etc/usher/usherd.yaml --check-config && usherctl "
                              "reload"}},
    },
};

const struct command_group commands_rules = {"rules", commands, USHER_COUNT_OF(commands)};
