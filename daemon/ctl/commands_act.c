/* The commands that act on a running site. */
#include "ctl/commands.h"
#include "ctl/perform.h"

static const struct command commands[] = {
    {
        .name = "agent",
        .sentence = "acts for an agent, whatever the agent's desk says",
        .description =
            "The agent's desk is told, and the journal has who did it. A talk is never cut off: "
            "whoever talks takes nothing more and is signed out when it ends; `ready` takes that "
            "back. Signing out cuts off the work after a talk; with `after` it ends first. Whether "
            "the "
            "agent has gone, or will, is told.",
        .forms = {{"AGENT ready", "takes contacts from now on; signs in when needed",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT not-ready REASON",
                   "takes none; the reason is one of `not_ready` in the rules",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT not-ready REASON after",
                   "the same when the contacts in hand have ended; takes no more until then",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT sign-in", "is there, and not ready", USHER_ROLE_SUPERVISOR, 0,
                   perform_agent},
                  {"AGENT sign-out", "is gone at once, or after the talk in hand",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent},
                  {"AGENT sign-out after",
                   "is gone when the contacts in hand have ended, work after a talk too",
                   USHER_ROLE_SUPERVISOR, 0, perform_agent}},
        .examples = {{.line = "usherctl agent olena ready"},
                     {.line = "usherctl agent olena not-ready lunch"},
                     {.line = "usherctl agent olena sign-out"},
                     {.line = "usherctl agent olena sign-out after"}},
    },
    {
        .name = "customer",
        .sentence = "what is remembered of a customer; and to forget one",
        .description =
            "The key is what `customer: {key: ...}` of the rules takes from a contact, such as a "
            "contract or a number, or what the PBX names.\n"
            "\n"
            "show: the fields of the customer's hash in Redis, and the contacts under way. All of "
            "it is personal data.\n"
            "\n"
            "erase: the hash is deleted. Whoever reads the journal finds no personal data in the "
            "events of before any more; files of the archive that have some are written anew, "
            "within a minute or so; what stands in Redis goes with `journal: keep`. Contacts under "
            "way go on with no more than their routing needs. Who contacts you again is remembered "
            "anew.",
        .forms = {{"show KEY", "what is remembered, and the contacts under way",
                   USHER_ROLE_OBSERVER, OPTION_BIT(CONFIG), perform_customer},
                  {"erase KEY", "asks, and forgets the customer", USHER_ROLE_ADMIN, OPTION_BIT(YES),
                   perform_customer}},
        .examples = {{.line = "usherctl customer show UA-7"},
                     {.line = "usherctl customer show +380501112233 --json | jq .memory"},
                     {.line = "usherctl customer erase UA-7", .kind = EXAMPLE_ASKS},
                     {.line = "usherctl customer erase +380501112233 --yes"}},
    },
    {
        .name = "campaign",
        .sentence = "books lists of customers whom agents call",
        .description =
            "import takes a CSV file, - for standard input, whose first row names the columns: "
            "phone (needed), customer, queue, not_before, not_after, zone, note, case, attempts, "
            "to, key, and data.NAME for what else the agent should see. Times are as in "
            "2026-11-21T10:00, by this machine's clock, or in UTC with a Z behind them. It checks "
            "all rows and "
            "books nothing when any is wrong; it shows what it would book, and asks. A row is "
            "known again by its key, else by its customer, else by its phone: what was booked "
            "before, as far back as the journal goes, is not booked again, so the same command "
            "goes on where it stopped.\n\n"
            "A call comes to an agent with nothing in hand when nobody else waits, as a preview: "
            "the desk accepts or skips it. What to keep free for those who ring, `reserve` in the "
            "rules says.\n\n"
            "show counts by the journal; stop cancels what is not with an agent yet.",
        .forms = {{"import CAMPAIGN FILE", "books the calls of a CSV file, with a preview",
                   USHER_ROLE_SUPERVISOR,
                   OPTION_BIT(CONFIG) | OPTION_BIT(YES) | OPTION_BIT(DRY_RUN), perform_campaign},
                  {"show [CAMPAIGN]", "how far it has come", USHER_ROLE_NONE, OPTION_BIT(CONFIG),
                   perform_campaign},
                  {"stop CAMPAIGN", "cancels the calls that are still to come",
                   USHER_ROLE_SUPERVISOR, OPTION_BIT(YES) | OPTION_BIT(DRY_RUN), perform_campaign}},
        .examples = {{.line = "printf 'customer,phone,data.ends\\nA-77,+380501112233,June\\n' "
                              ">calls.csv"},
                     {.line = "usherctl campaign import spring calls.csv --dry-run"},
                     {.line = "usherctl campaign import spring calls.csv", .kind = EXAMPLE_ASKS},
                     {.line = "usherctl campaign show"},
                     {.line = "usherctl campaign show spring --json | jq .open"},
                     {.line = "usherctl campaign stop spring", .kind = EXAMPLE_ASKS}},
    },
    {
        .name = "contact",
        .sentence = "moves, prioritises or transfers a contact",
        .description =
            "move and prioritise are for who waits or is being offered; the place in line stays, "
            "or gets better. transfer and give are for a talk, too: the agent who has it is free "
            "(or in "
            "wrap-up), and is not offered it again. A transfer that would find nobody is "
            "refused, and the contact stays where it is. CONTACT is <client>/<id>, or <id> where "
            "only one client has it.",
        .forms = {{"move CONTACT QUEUE [TIER]", "to another queue", USHER_ROLE_SUPERVISOR, 0,
                   perform_contact},
                  {"prioritise CONTACT [TIER]",
                   "to the front of its queue, or into a tier in its place", USHER_ROLE_SUPERVISOR,
                   0, perform_contact},
                  {"transfer CONTACT QUEUE", "away from its agent, to a queue",
                   USHER_ROLE_SUPERVISOR, 0, perform_contact},
                  {"give CONTACT AGENT", "to this agent alone, for a while; then to its queue",
                   USHER_ROLE_SUPERVISOR, 0, perform_contact}},
        .examples = {{.line =
                          "usherctl agent olena ready && usherctl contact give pbx1/0043 olena"},
                     {.line = "usherctl contact move pbx1/0043 general"},
                     {.line = "usherctl contact prioritise pbx1/0043"}},
    },
    {
        .name = "switch",
        .sentence = "the switches of the rules; turns one on or off",
        .description =
            "Routes ask for switches (`when: {switch: outage_north}`), so that an incident that "
            "is known sends callers another way, or plays them a notice, without a change of the "
            "rules. --until takes 18:00, which is the next one by the site's clock, a date with "
            "it (2026-11-21T18:00), or a span from now (30m, 2h, 1d); then it goes off by itself.",
        .forms = {{"", "lists all of them", USHER_ROLE_OBSERVER, 0, perform_switch},
                  {"SWITCH on", "turns it on", USHER_ROLE_SUPERVISOR, OPTION_BIT(UNTIL),
                   perform_switch},
                  {"SWITCH off", "turns it off", USHER_ROLE_SUPERVISOR, 0, perform_switch}},
        .examples = {{.line = "usherctl switch"},
                     {.line = "usherctl switch outage_north on --until 18:00"},
                     {.line = "usherctl switch outage_north on --until 2h"},
                     {.line = "usherctl switch outage_north off"}},
    },
    {
        .name = "queue",
        .sentence = "opens or closes a queue against its hours",
        .description =
            "What becomes of those who wait in a queue that is closed is said by `closed` of the "
            "rules; talks go on. Without --until this holds until the hours come to say the same: "
            "who closes at 16:00 opens again in the morning. --until is as that of `switch`.",
        .forms = {{"QUEUE close", "takes nobody any more", USHER_ROLE_SUPERVISOR, OPTION_BIT(UNTIL),
                   perform_queue},
                  {"QUEUE open", "takes contacts again", USHER_ROLE_SUPERVISOR, OPTION_BIT(UNTIL),
                   perform_queue}},
        .examples = {{.line = "usherctl queue billing close --until 30m"},
                     {.line = "usherctl queue billing open"}},
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
