/* The commands that act on a running site. */
#include "ctl/commands.h"
#include "ctl/perform.h"

static const struct command commands[] = {
    {
        .name = "agent",
        .sentence = "acts for an agent, whatever the agent's desk says",
        .description = "The agent's desk is told, and the journal has who did it. A talk is never "
                       "cut off: whoever talks takes nothing more and is signed out when it ends; "
                       "`ready` takes that back.",
        .forms = {{"AGENT ready", "takes contacts from now on; signs in when needed",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT not-ready REASON",
                   "takes none; the reason is one of `not_ready` in the rules",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT sign-in", "is there, and not ready", USHER_ROLE_SUPERVISOR, 0,
                   perform_agent},
                  {"AGENT sign-out", "is gone, after the talk in hand if there is one",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent}},
        .examples = {{.line = "usherctl agent olena ready"},
                     {.line = "usherctl agent olena not-ready lunch"},
                     {.line = "usherctl agent olena sign-out"}},
    },
    {
        .name = "switchover",
        .sentence = "hands the site over to a standby, unnoticed by contacts",
        .description = "The leader does not know who follows it. When nobody does, it leads again "
                       "after some seconds.",
        .forms = {{"", NULL, USHER_ROLE_ADMIN, 0, perform_switchover}},
        .examples = {{.line = "usherctl standby && usherctl switchover"}},
    },
    {
        .name = "drain",
        .sentence = "stops usherd when what is under way is written",
        .description = "Where systemd holds the socket (usherd.socket), the next who connects "
                       "starts it again; systemctl stop usherd.socket usherd stops both.",
        .forms = {{"", NULL, USHER_ROLE_ADMIN, 0, perform_drain}},
        .examples = {{.line = "usherctl drain"}},
    },
};

const struct command_group commands_act = {"act", commands, USHER_COUNT_OF(commands)};
