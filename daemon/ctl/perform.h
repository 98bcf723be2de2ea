/* The commands of usherctl: each opens a connection, asks, prints, and closes it. */
#ifndef CTL_PERFORM_H
#define CTL_PERFORM_H

#include "ctl/client.h"
#include "ctl/options.h"

/* Says what went wrong, and returns what to end with. */
enum exit_code perform_fail(const struct client *client, enum client_outcome outcome);
/* Sends a command through `client`, which is open, and tells the outcome: `done` (NULL = nothing)
 * for people, the answer's line for programs. */
enum exit_code perform_send(struct client *client, struct usher_command *command,
                            const struct options *options, const char *done);
/* The same through a connection of its own. */
enum exit_code perform_ask(const struct options *options, enum usher_role role,
                           struct usher_command *command, const char *done);

/* Each prints its problem on standard error. `role` is what it asks for at hello. */
enum exit_code perform_status(const struct options *options, enum usher_role role);
enum exit_code perform_agents(const struct options *options, enum usher_role role);
enum exit_code perform_contacts(const struct options *options, enum usher_role role);
enum exit_code perform_queues(const struct options *options, enum usher_role role);
/* The live screen, until somebody ends it; where no terminal is, one page. */
enum exit_code perform_top(const struct options *options, enum usher_role role);
/* Follows until the connection ends or options->count events were shown. */
enum exit_code perform_events(const struct options *options, enum usher_role role);
/* Shows the newest events and follows; comes back when the connection is lost. */
enum exit_code perform_tail(const struct options *options, enum usher_role role);
/* Past events, from the archive folder and Redis. */
enum exit_code perform_journal_show(const struct options *options, enum usher_role role);
/* The action is ready, not-ready, sign-in, sign-out or, of not-ready and sign-out, after; the
 * arguments are the agent and, for not-ready, the reason. */
enum exit_code perform_agent(const struct options *options, enum usher_role role);
/* Lists the switches, or (action on or off) turns the argument. */
enum exit_code perform_switch(const struct options *options, enum usher_role role);
/* The action is open or close; the argument is the queue. */
enum exit_code perform_queue(const struct options *options, enum usher_role role);
enum exit_code perform_reload(const struct options *options, enum usher_role role);
enum exit_code perform_rollback(const struct options *options, enum usher_role role);
enum exit_code perform_rules(const struct options *options, enum usher_role role);
/* What each usherd of the addresses is. EXIT_REFUSED when one says that it would not take over. */
enum exit_code perform_standby(const struct options *options, enum usher_role role);
enum exit_code perform_switchover(const struct options *options, enum usher_role role);
/* Finds what no router wrote into the journal; with the action "repair" removes it. EXIT_REFUSED
 * when "check" has found some. */
enum exit_code perform_journal(const struct options *options, enum usher_role role);
/* The actions show, export, set and import. */
enum exit_code perform_profile(const struct options *options, enum usher_role role);
/* Looks at the rules together with the profiles. EXIT_REFUSED when something is an error. */
enum exit_code perform_check(const struct options *options, enum usher_role role);
/* Tries the rules of the argument on a model of the traffic. */
enum exit_code perform_simulate(const struct options *options, enum usher_role role);
/* Estimates such a model from the calls of the argument's file. */
enum exit_code perform_traffic_fit(const struct options *options, enum usher_role role);
/* The actions show and erase; the argument is the customer's key. */
enum exit_code perform_customer(const struct options *options, enum usher_role role);
/* The actions import (of a campaign and a file), show and stop. */
enum exit_code perform_campaign(const struct options *options, enum usher_role role);
/* The actions move, prioritise, transfer and give. */
enum exit_code perform_contact(const struct options *options, enum usher_role role);
enum exit_code perform_drain(const struct options *options, enum usher_role role);

#endif
