/* A command that only looks asks for the least role, observer; one that acts for supervisor or
 * admin. */
#include "ctl/perform.h"

#include <stdio.h>
#include <string.h>

#include "ctl/look.h"
#include "ctl/show.h"

enum exit_code perform_fail(const struct client *client, enum client_outcome outcome)
{
    fprintf(stderr, "usherctl: %s\n", client->problem);
    if (strcmp(client->code, "unauthorized") == 0 && !client->address.is_tcp)
        fputs("usherd.yaml's `listen: unix: roles:` says which users and groups may take which "
              "role; --role takes another.\n",
              stderr);
    return outcome == CLIENT_REFUSED ? EXIT_REFUSED : EXIT_UNREACHABLE;
}

enum exit_code perform_send(struct client *client, struct usher_command *command,
                            const struct options *options, const char *done)
{
    enum client_outcome outcome = client_ask(client, command);
    if (outcome != CLIENT_LOST && options->is_json)
        puts(client->answer);
    else if (outcome == CLIENT_OK && done)
        puts(done);
    return outcome == CLIENT_OK ? EXIT_DONE : perform_fail(client, outcome);
}

enum exit_code perform_ask(const struct options *options, enum usher_role role,
                           struct usher_command *command, const char *done)
{
    struct client client;
    struct usher_number number;
    client_init(&client, &options->addresses);
    enum client_outcome outcome = client_open(&client, role, NULL, &number);
    enum exit_code code = outcome == CLIENT_OK ? perform_send(&client, command, options, done)
                                               : perform_fail(&client, outcome);
    client_fini(&client);
    return code;
}

enum exit_code perform_status(const struct options *options, enum usher_role role)
{
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    if (code == EXIT_DONE && options->is_json)
        show_status_json(&look, stdout);
    else if (code == EXIT_DONE)
        show_status(&look, options->style, stdout);
    look_forget(&look);
    return code;
}

enum exit_code perform_agents(const struct options *options, enum usher_role role)
{
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    if (code == EXIT_DONE && options->is_json)
        show_rows_json(&look.snapshot, USHER_EVENT_STATE_AGENT, true, stdout);
    else if (code == EXIT_DONE)
        show_agents(&look.snapshot, options->style, stdout);
    look_forget(&look);
    return code;
}

enum exit_code perform_contacts(const struct options *options, enum usher_role role)
{
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    if (code == EXIT_DONE && options->is_json)
        show_rows_json(&look.snapshot, USHER_EVENT_STATE_CONTACT, options->is_full, stdout);
    else if (code == EXIT_DONE)
        show_contacts(&look.snapshot, options->is_full, options->style, stdout);
    look_forget(&look);
    return code;
}

enum exit_code perform_queues(const struct options *options, enum usher_role role)
{
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    if (code == EXIT_DONE && options->is_json)
        show_rows_json(&look.snapshot, USHER_EVENT_STATE_QUEUE, true, stdout);
    else if (code == EXIT_DONE)
        show_queues(&look, options->style, stdout);
    look_forget(&look);
    return code;
}

enum exit_code perform_drain(const struct options *options, enum usher_role role)
{
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_DRAIN};
    return perform_ask(options, role, &command,
                       "usherd takes no new commands, and stops when all is written.");
}

enum exit_code perform_switchover(const struct options *options, enum usher_role role)
{
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_SWITCHOVER};
    return perform_ask(options, role, &command,
                       "The site is handed over; `usherctl standby` shows who leads now.");
}
