/* The commands that look and change nothing. */
#include "ctl/commands.h"
#include "ctl/explain/explain.h"
#include "ctl/perform.h"

#define EVENT_OPTIONS                                                                              \
    (OPTION_BIT(FULL) | OPTION_BIT(ALL) | OPTION_BIT(CONTACT) | OPTION_BIT(AGENT) |                \
     OPTION_BIT(QUEUE) | OPTION_BIT(EVENT))

static const struct command commands[] = {
    {
        .name = "status",
        .sentence = "one page: agents, contacts and queues",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, 0, perform_status}},
        .examples = {{.line = "usherctl status"},
                     {.line = "usherctl status --json | jq .contacts.waiting"},
                     {.line = "watch -n 1 usherctl status", .kind = EXAMPLE_FOLLOWS}},
    },
    {
        .name = "top",
        .sentence = "the live screen: queues, agents, decisions as they happen",
        .description =
            "It follows the events and asks usherd for nothing else; when usherd dies it shows "
            "what it knew, and goes on with whoever leads next. `?` shows the keys. Figures of "
            "promises are of the last 30 minutes, as far as the screen was open. Personal data "
            "are not shown. Without a terminal one page is printed.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, OPTION_BIT(ACTION) | OPTION_BIT(NOTICE),
                   perform_top}},
        .examples = {{.line = "usherctl top", .kind = EXAMPLE_FOLLOWS},
                     {"usherctl top --notice /run/usher/notice",
                      "a banner for all screens: echo 'Outage in Sumy' > /run/usher/notice",
                      EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl top --action 'd:disk:df -h /var/lib | tail -1'",
                      "the key d shows the first line of a command", EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl top | cat", "one page", EXAMPLE_RUNS, EXIT_DONE}},
    },
    {
        .name = "queues",
        .sentence = "the queues: waiting, longest wait, free agents",
        .description = "Each JSON line is a `state.queue` of the protocol.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, 0, perform_queues}},
        .examples = {{.line = "usherctl queues"},
                     {.line = "usherctl queues --json | jq -r 'select(.waiting > 5) | .queue'"}},
    },
    {
        .name = "agents",
        .sentence = "the agents, what each does and can",
        .description = "Each JSON line is a `state.agent` of the protocol.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, 0, perform_agents}},
        .examples = {{.line = "usherctl agents"},
                     {.line = "usherctl agents --json | jq -r 'select(.state == \"ready\") | "
                              ".agent'"}},
    },
    {
        .name = "contacts",
        .sentence = "the live contacts",
        .description = "Each JSON line is a `state.contact` of the protocol.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, OPTION_BIT(FULL), perform_contacts}},
        .examples = {{.line = "usherctl contacts"},
                     {.line = "usherctl contacts --json | jq -r 'select(.state == \"waiting\") | "
                              ".contact'"},
                     {"usherctl contacts --full",
                      "shows personal data too: from, data, note, customer and memory",
                      EXAMPLE_RUNS, EXIT_DONE}},
    },
    {
        .name = "events",
        .sentence = "what happens from now on, until the connection ends",
        .description =
            "For programs: it tells nothing twice, and ends with usherd. `usherctl tail` is for "
            "people.\n"
            "\n"
            "On a terminal a line is cut to its width; a pipe gets all.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER,
                   EVENT_OPTIONS | OPTION_BIT(AFTER) | OPTION_BIT(COUNT), perform_events}},
        .examples = {{.line = "usherctl events", .kind = EXAMPLE_FOLLOWS},
                     {.line = "usherctl events --json | jq 'select(.ev == \"contact.offered\")'",
                      .kind = EXAMPLE_FOLLOWS},
                     {"usherctl events --after 1763745500-8841",
                      "begins behind that event, if it is in memory", EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl events --count 10", "ends after ten", EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl events --full",
                      "shows personal data too: from, data, note, customer and memory",
                      EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl events --all", "heartbeats too", EXAMPLE_FOLLOWS, EXIT_DONE}},
    },
    {
        .name = "tail",
        .sentence = "the newest events, and then what happens",
        .description =
            "When the connection is lost - usherd restarts, or another one leads - it waits for "
            "whoever leads then and goes on; what usherd does not have in memory any more is told "
            "as missing, and `usherctl journal show` has it.\n"
            "\n"
            "CONTACT is <client>/<id>, or <id> of any client. A queue's events are those of its "
            "contacts. On a terminal a line is cut to its width; a pipe gets all.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER,
                   EVENT_OPTIONS | OPTION_BIT(LAST) | OPTION_BIT(COUNT), perform_tail}},
        .examples = {{.line = "usherctl tail", .kind = EXAMPLE_FOLLOWS},
                     {"usherctl tail --queue billing --last 100", "one queue's contacts",
                      EXAMPLE_FOLLOWS, EXIT_DONE},
                     {"usherctl tail --contact pbx1/0042", "one contact's way", EXAMPLE_FOLLOWS,
                      EXIT_DONE},
                     {"usherctl tail --agent olena --event offer", "how an agent takes offers",
                      EXAMPLE_FOLLOWS, EXIT_DONE},
                     {.line = "usherctl tail --json | jq -r .ev", .kind = EXAMPLE_FOLLOWS}},
    },
    {
        .name = "explain",
        .sentence = "why this agent, why still waiting, why idle",
        .description =
            "A contact: its whole way, and for each offer who could have taken it, with each term "
            "of the bid in seconds, and what kept the others from it. LATE is the lateness: below "
            "0 until the promise runs out, and then until a second one, twice as long, does; MATCH "
            "is for the levels; GROUND is held against whoever fits everything; "
            "LENDING is the price of taking the agent from those who need him more; IDLE is for "
            "the idle time. CONTACT is <client>/<id>, or <id> where only one client has it.\n"
            "\n"
            "An agent: the state, who waits and why not for this agent, and the last offers for "
            "which another bid more.\n"
            "\n"
            "--at asks for a moment of the past, as far back as Redis and the archive have "
            "the states for it.\n"
            "\n"
            "It reads the journal in Redis, and folds it into the state right before each "
            "decision; usherd need not run. Exit code 1: there is none of this id, or an offer is "
            "not the one that the state before it leads to, which must not be.",
        .forms = {{"agent AGENT", "why the agent is idle, or was passed over", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(AT), perform_explain_agent},
                  {"CONTACT", "the contact's way: each offer, and why", USHER_ROLE_NONE,
                   OPTION_BIT(CONFIG) | OPTION_BIT(AT) | OPTION_BIT(FULL),
                   perform_explain_contact}},
        .examples = {{.line = "usherctl explain pbx1/0042"},
                     {.line = "usherctl explain agent olena"},
                     {.line = "usherctl explain 0042 --json | jq '.steps[].explanation.chosen // "
                              "empty'"}},
    },
    {
        .name = "standby",
        .sentence = "each usherd of the site: leader, or how far behind",
        .description =
            "STATE is `same` or `differs`: how a standby's state compares with the leader's last "
            "digest. CLOCK is by how much its clock is ahead. Exit code 1: one would not take "
            "over.\n"
            "\n"
            "Each JSON line is a `state.router` of the protocol.",
        .forms = {{"", NULL, USHER_ROLE_OBSERVER, 0, perform_standby}},
        .examples = {{.line = "usherctl --socket /run/usher/usher.sock,/run/usher/b/usher.sock "
                              "standby"},
                     {.line = "usherctl --tcp router1:7411,router2:7411 standby --json | jq -r "
                              ".state"}},
    },
};

const struct command_group commands_look = {"look", commands, USHER_COUNT_OF(commands)};
