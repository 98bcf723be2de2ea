/* The commands for what the routing follows: the rules and the agents' profiles. */
#include "ctl/commands.h"
#include "ctl/perform.h"

#define CHANGE_OPTIONS (OPTION_BIT(CONFIG) | OPTION_BIT(YES) | OPTION_BIT(DRY_RUN))

static const struct command commands[] = {
    {
        .name = "profile",
        .sentence = "shows and changes the agents' profiles",
        .description =
            "It goes to Redis itself; usherd's settings say where that is, and which site. usherd "
            "need not run; if it does, each change holds at once.\n\n"
            "set takes the fields name, phone, skill.NAME (0 to 10) and capacity.CHANNEL (0 to "
            "100); an empty value removes the field. It asks when the agent is a new one.\n\n"
            "import takes a CSV file, - for standard input, whose first row names the columns: id, "
            "name, phone, skills (\"billing=8 lang.uk=10\", all that the agent has) or "
            "skill.NAME, and capacity.CHANNEL. An empty cell removes the field; what no column "
            "names stays, and so do agents who are not in the file. It shows what will change, "
            "asks, and writes; with any problem in the file it writes nothing. Separators may be "
            "commas, semicolons or tabs; other columns are passed over.",
        .forms = {{"show [AGENT...]", "the profiles that Redis has", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG), perform_profile},
                  {"set AGENT FIELD=VALUE...", "changes one agent's fields", USHER_ROLE_NONE,
                   CHANGE_OPTIONS, perform_profile},
                  {"import FILE", "takes many agents from a CSV file, with a preview",
                   USHER_ROLE_NONE, CHANGE_OPTIONS, perform_profile},
                  {"export", "prints the CSV that import takes", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG), perform_profile}},
        .examples =
            {{.line = "usherctl profile show"},
             {.line = "usherctl profile set olena skill.billing=8 capacity.chat=3"},
             {.line = "usherctl profile set olena capacity.chat=", .comment = "removes the field"},
             {.line = "usherctl profile export >agents.csv"},
             {.line = "usherctl profile import agents.csv --dry-run"},
             {.line = "usherctl profile import agents.csv", .kind = EXAMPLE_ASKS},
             {.line = "usherctl profile show --json | jq -r 'select(.skills.billing) | .agent'"}},
    },
    {
        .name = "check",
        .sentence = "holds the rules against the agents' profiles",
        .description =
            "It tells all that usherd --check-config tells about the rules' file (the settings' "
            "one, or RULES.yaml), and what only profiles show: contacts that nobody could ever "
            "take, or one agent alone; agents who can take nothing; skills that one side does not "
            "know; promises that those who can take the contacts could not keep at the forecast, "
            "even if they did nothing else. Of the rules alone it tells routes that no contact "
            "takes, queues that no route leads to, names that nothing uses, and tiers that leave "
            "others waiting. Profiles are those in Redis, or in --profiles FILE.\n\n"
            "Errors would let contacts wait for ever: the exit code is 1 then. With warnings alone "
            "it is 0.",
        .forms = {{"[RULES.yaml]", NULL, USHER_ROLE_NONE, OPTION_BIT(CONFIG) | OPTION_BIT(PROFILES),
                   perform_check}},
        .examples = {{.line = "usherctl check"},
                     {.line = "usherctl check /etc/usher/rules.yaml --json | jq -r .what"},
                     {.line = "usherctl check --profiles agents.csv",
                      .comment = "with what `profile export` printed: without Redis"}},
    },
    {
        .name = "simulate",
        .sentence = "tries rules on a model of the center's traffic",
        .description =
            "The engine of usherd itself routes simulated customers to simulated agents, a day in "
            "well under a second; it needs no usherd and no Redis. What customers and agents are "
            "like stands in a traffic file (see traffic.yaml(5)), by default traffic.yaml beside "
            "RULES.yaml.\n\n"
            "With --compare several ways to route meet the same days, and differences come with "
            "95 % confidence: one that is no larger than its ± may be chance. `fifo` is who waits "
            "longest to who idles longest, within the tiers; `greedy` the best match both ways; "
            "`penalties` what a queue a kind of call with three bands of penalties does. These "
            "three know the queues, needs, tiers and promises of RULES.yaml, but no hours, "
            "limits or overflow.\n\n"
            "The cost to customers is, in seconds a customer, the wait and its square over two "
            "minutes, and four minutes each for giving up and for not being helped.",
        .forms = {{"RULES.yaml", NULL, USHER_ROLE_NONE,
                   OPTION_BIT(TRAFFIC) | OPTION_BIT(DAYS) | OPTION_BIT(SEED) | OPTION_BIT(LOAD) |
                       OPTION_BIT(COMPARE) | OPTION_BIT(CSV) | OPTION_BIT(SVG),
                   perform_simulate}},
        .examples = {{.line = "usherctl simulate /etc/usher/rules.yaml --compare fifo",
                      .comment = "with /etc/usher/traffic.yaml"},
                     {.line = "usherctl simulate /etc/usher/rules.yaml --load 115",
                      .comment = "what if more customers come?"},
                     {.line = "usherctl simulate /etc/usher/rules.yaml --days 5 --csv >days.csv"}},
    },
    {
        .name = "traffic",
        .sentence = "estimates a traffic model from a center's calls",
        .description =
            "It prints a traffic.yaml(5) for `usherctl simulate`, so that a center can see what "
            "Usher would do for it before it changes anything; comments say from how much each "
            "part was estimated, and what the calls could not tell. Without FILE the calls are "
            "those of the journal, which is read from Redis; with FILE it needs neither usherd nor "
            "Redis.\n\n"
            "FILE, or - for standard input, is app_queue's queue_log (Asterisk), or a CSV of calls "
            "whose first row names the columns: when a call arrived (with the date, or beside a "
            "column for it), how long it waited, and who was answered (an outcome such as answered "
            "or abandoned, a time of service, or an agent); further the queue and the agent. Usual "
            "names are known; --column says it of others, as in --column wait=hold_s, and with "
            "nothing behind the sign (--column outcome=) that there is none of use. Times are in "
            "seconds unless the name ends with ms, msec, millis or min.\n\n"
            "Estimated are, for each queue, the calls of each half hour, the mean and spread of "
            "the times of service, and the patience (Kaplan-Meier: who was answered would have "
            "waited longer); and who was there when. How many agents were ready is "
            "looked for by simulation. How well the model gives back what was seen is told on "
            "standard error: under Usher's rule for the journal, under the penalties of a "
            "queue_log that has some, else under what most centers do, who waits longest to who "
            "idles longest; with --json as an object.",
        .forms = {{"fit [FILE]", "the model of the calls in a file, or of the journal's",
                   USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(SINCE) | OPTION_BIT(UNTIL) | OPTION_BIT(COLUMN) |
                       OPTION_BIT(RULES) | OPTION_BIT(DAYS) | OPTION_BIT(SEED),
                   perform_traffic_fit}},
        .examples = {{.line =
                          "usherctl traffic fit last-month.csv --rules rules.yaml >traffic.yaml",
                      .comment = "a model, and simple rules"},
                     {.line = "usherctl simulate rules.yaml --compare fifo",
                      .comment = "what Usher would do there"},
                     {.line = "cat queue_log.1 queue_log | usherctl traffic fit - >traffic.yaml"},
                     {.line = "usherctl traffic fit >traffic.yaml", .comment = "of the journal"},
                     {.line = "usherctl traffic fit last-month.csv --column wait=hold_s"}},
    },
    {
        .name = "reload",
        .sentence = "takes a changed rules' file into use",
        .description =
            "It shows what the file changes: in the rules, for the contacts that wait now, and "
            "whom nobody could serve then; switches stay on, and queues stay open or closed by "
            "hand. It asks, and usherd takes the file whole or not at all; "
            "a file that has changed since is refused. Of usherd.yaml a reload takes `outage`.\n\n"
            "Without a terminal --yes is needed. It then reloads even when it cannot show what "
            "changes, as from another machine. `systemctl reload` and SIGHUP ask nobody.",
        .forms = {{"", NULL, USHER_ROLE_ADMIN, CHANGE_OPTIONS, perform_reload}},
        .examples = {{.line = "usherctl reload --dry-run"},
                     {.line = "usherctl reload", .kind = EXAMPLE_ASKS},
                     {.line = "usherctl check && usherctl reload --yes"}},
    },
    {
        .name = "rules",
        .sentence = "lists the rules that were in use, or prints one",
        .description =
            "Redis keeps the text of all rules that were ever in use, by their hash. HASH "
            "is the first digits of one, four or more.",
        .forms = {{"reasons", "the reasons of not ready that the rules have", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG), perform_rules},
                  {"[HASH]", "the list, or the text of one", USHER_ROLE_OBSERVER,
                   OPTION_BIT(CONFIG), perform_rules}},
        .examples = {{.line = "usherctl rules"},
                     {.line = "usherctl rules reasons"},
                     {.line = "usherctl rules --json | jq -r 'select(.in_use) | .hash'"}},
    },
    {
        .name = "rollback",
        .sentence = "goes back to the rules before, or to those of a hash",
        .description =
            "It shows what that changes, and asks, as reload does. The text is put into the rules' "
            "file too, so that a restart or the next reload does not bring the others back; what "
            "the file held is kept beside it, with the first digits of its hash behind the name. "
            "A rollback after a rollback is back where it began.",
        .forms = {{"[HASH]", NULL, USHER_ROLE_ADMIN, CHANGE_OPTIONS, perform_rollback}},
        .examples = {{.line = "usherctl rollback --dry-run"},
                     {.line = "usherctl rollback", .kind = EXAMPLE_ASKS}},
    },
};

const struct command_group commands_rules = {"rules", commands, USHER_COUNT_OF(commands)};
