/* `usherctl campaign`: lists of customers whom agents call when nobody waits for them. What was
 * booked before is found in the journal, so that a list can be given again and again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ctl/campaign/calls.h"
#include "ctl/campaign/tally.h"
#include "ctl/consent.h"
#include "ctl/input.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "ctl/progress.h"
#include "ctl/snapshot.h"
#include "rules/suggest.h"

static bool is_name(const char *name)
{
    if (calls_is_name(usher_text_of(name)))
        return true;
    fprintf(stderr,
            "usherctl: \"%s\" is no campaign's name: that is 1 to %d of A-Z a-z 0-9 . _ @ : + -\n",
            name, USHER_CLIENT_NAME_MAX);
    return false;
}

/* Reading the file. */

static bool read_list(const char *name, const char *path, struct calls *calls)
{
    struct usher_bytes text;
    struct usher_problems problems;
    usher_problems_init(&problems);
    bool is_read = input_read(path, &text);
    if (is_read)
        calls_read_csv(calls, name, usher_bytes_text(&text), clock_civil_ms(), &problems);
    usher_bytes_fini(&text);
    problems_tell(&problems, input_name(path));
    return is_read && problems.count == 0;
}

static bool has_queue(const struct snapshot *snapshot, struct usher_text name,
                      struct usher_suggestion *suggestion)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_event *event = &snapshot->rows[i].event;
        if (event->kind != USHER_EVENT_STATE_QUEUE)
            continue;
        if (usher_text_is_equal(event->fields.queue, name))
            return true;
        usher_suggestion_offer(suggestion, event->fields.queue);
    }
    return false;
}

static bool check_queues(const struct calls *calls, const struct snapshot *snapshot,
                         const char *path)
{
    bool is_good = true;
    for (size_t i = 0; i < calls->count; i++) {
        struct usher_text queue = calls->list[i].command.fields.queue;
        struct usher_suggestion suggestion;
        usher_suggestion_start(&suggestion, queue);
        if (!queue.at || has_queue(snapshot, queue, &suggestion))
            continue;
        fprintf(stderr, "%s:%zu: the rules have no queue `%.*s`%s%.*s%s\n", input_name(path),
                calls->list[i].line, USHER_TEXT_ARGS(queue),
                suggestion.best.at ? "; did you mean `" : "", USHER_TEXT_ARGS(suggestion.best),
                suggestion.best.at ? "`?" : "; `usherctl queues` lists those that they have");
        is_good = false;
    }
    return is_good;
}

/* Sending. */

struct sending {
    size_t booked_count;
    size_t known_count;
};

static enum exit_code send_all(struct client *client, struct calls *calls, const char *path,
                               const struct options *options, struct sending *sending)
{
    struct progress progress = progress_start(options, calls->count);
    for (size_t i = 0; i < calls->count; i++) {
        struct call *call = &calls->list[i];
        enum client_outcome outcome =
            call->is_known ? CLIENT_OK : client_ask(client, &call->command);
        bool is_there = outcome == CLIENT_REFUSED && strcmp(client->code, "contact_exists") == 0;
        if (outcome != CLIENT_OK && !is_there) {
            progress_stop(&progress);
            fprintf(stderr,
                    "%s:%zu: not booked; %zu before it are, and the same command goes on "
                    "from here\n",
                    input_name(path), call->line, sending->booked_count + sending->known_count);
            return perform_fail(client, outcome);
        }
        if (call->is_known || is_there)
            sending->known_count++;
        else
            sending->booked_count++;
        progress_show(&progress, i + 1);
    }
    return EXIT_DONE;
}

static void tell(const struct options *options, const struct sending *sending)
{
    if (options->is_json)
        printf("{\"campaign\":\"%s\",\"booked\":%zu,\"known\":%zu}\n", options->arguments[0],
               sending->booked_count, sending->known_count);
    else
        printf("%zu calls are booked; %zu were before.\n", sending->booked_count,
               sending->known_count);
}

/* What is to be done, and whether it is wanted. */
static enum exit_code ask(const struct calls *calls, const struct options *options)
{
    size_t known_count = 0;
    for (size_t i = 0; i < calls->count; i++)
        known_count += calls->list[i].is_known;
    if (!options->is_json)
        printf("Campaign %s: %zu calls to book, %zu were booked before.\n", options->arguments[0],
               calls->count - known_count, known_count);
    if (options->is_dry_run && options->is_json)
        tell(options, &(struct sending){0, known_count});
    else if (options->is_dry_run)
        puts("Nothing was booked (--dry-run).");
    return options->is_dry_run || known_count == calls->count ? EXIT_DONE : consent_ask(options);
}

static enum exit_code import_through(struct client *client, struct calls *calls,
                                     const struct options *options)
{
    const char *path = options->arguments[1];
    struct snapshot snapshot;
    struct sending sending = {0};
    enum client_outcome outcome = snapshot_read(&snapshot, client);
    if (outcome != CLIENT_OK)
        return perform_fail(client, outcome);
    bool is_good = check_queues(calls, &snapshot, path);
    snapshot_fini(&snapshot);
    if (!is_good) {
        fputs("usherctl: nothing was booked\n", stderr);
        return EXIT_USAGE;
    }
    enum exit_code code = tally_mark_known(calls, options);
    if (code == EXIT_DONE)
        code = ask(calls, options);
    if (code != EXIT_DONE || options->is_dry_run)
        return code;
    code = send_all(client, calls, path, options, &sending);
    if (code == EXIT_DONE)
        tell(options, &sending);
    return code;
}

static enum exit_code import(const struct options *options, enum usher_role role)
{
    struct calls calls;
    struct client client;
    struct usher_number number;
    enum exit_code code = EXIT_USAGE;
    calls_init(&calls);
    client_init(&client, &options->addresses);
    bool is_good = read_list(options->arguments[0], options->arguments[1], &calls);
    if (!is_good)
        fputs("usherctl: nothing was booked\n", stderr);
    if (is_good) {
        enum client_outcome outcome = client_open(&client, role, NULL, &number);
        code = outcome == CLIENT_OK ? import_through(&client, &calls, options)
                                    : perform_fail(&client, outcome);
    }
    client_fini(&client);
    calls_fini(&calls);
    return code;
}

/* Stopping. */

static bool is_to_be_stopped(const struct usher_event *event, struct usher_text campaign)
{
    struct usher_text state = event->fields.state;
    return event->kind == USHER_EVENT_STATE_CONTACT &&
           usher_text_is_equal(event->fields.campaign, campaign) &&
           (usher_text_is_equal(state, USHER_TEXT("scheduled")) ||
            usher_text_is_equal(state, USHER_TEXT("waiting")));
}

static enum exit_code stop_all(struct client *client, const struct snapshot *snapshot,
                               const struct options *options, size_t total)
{
    struct usher_text campaign = usher_text_of(options->arguments[0]);
    struct progress progress = progress_start(options, total);
    size_t done = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_event *event = &snapshot->rows[i].event;
        if (!is_to_be_stopped(event, campaign))
            continue;
        struct usher_command command = {.kind = USHER_COMMAND_CONTACT_CANCEL};
        USHER_FIELDS_SET(&command.fields, CONTACT, contact, event->fields.contact);
        enum client_outcome outcome = client_ask(client, &command);
        /* One that is with an agent by now is left to the agent. */
        if (outcome != CLIENT_OK &&
            (outcome != CLIENT_REFUSED || (strcmp(client->code, "wrong_state") != 0 &&
                                           strcmp(client->code, "no_such_contact") != 0))) {
            progress_stop(&progress);
            return perform_fail(client, outcome);
        }
        progress_show(&progress, ++done);
    }
    if (options->is_json)
        printf("{\"campaign\":\"%s\",\"stopped\":%zu}\n", options->arguments[0], done);
    else
        printf("%zu calls are cancelled; those with an agent go on.\n", done);
    return EXIT_DONE;
}

static enum exit_code stop_through(struct client *client, const struct snapshot *snapshot,
                                   const struct options *options)
{
    struct usher_text campaign = usher_text_of(options->arguments[0]);
    size_t total = 0;
    for (size_t i = 0; i < snapshot->count; i++)
        total += is_to_be_stopped(&snapshot->rows[i].event, campaign);
    if (!options->is_json)
        printf("Campaign %s: %zu calls are to come%s.\n", options->arguments[0], total,
               total > 0 ? "" : "; `usherctl campaign show` lists all campaigns");
    if (options->is_dry_run || (total == 0 && !options->is_json))
        return EXIT_DONE;
    enum exit_code code = total > 0 ? consent_ask(options) : EXIT_DONE;
    return code == EXIT_DONE ? stop_all(client, snapshot, options, total) : code;
}

static enum exit_code stop(const struct options *options, enum usher_role role)
{
    struct client client;
    struct snapshot snapshot;
    struct usher_number number;
    client_init(&client, &options->addresses);
    enum client_outcome outcome = client_open(&client, role, NULL, &number);
    if (outcome == CLIENT_OK)
        outcome = snapshot_read(&snapshot, &client);
    enum exit_code code = EXIT_DONE;
    if (outcome == CLIENT_OK) {
        code = stop_through(&client, &snapshot, options);
        snapshot_fini(&snapshot);
    } else {
        code = perform_fail(&client, outcome);
    }
    client_fini(&client);
    return code;
}

enum exit_code perform_campaign(const struct options *options, enum usher_role role)
{
    if (options->arguments_count > 0 && !is_name(options->arguments[0]))
        return EXIT_USAGE;
    if (strcmp(options->action, "import") == 0)
        return import(options, role);
    if (strcmp(options->action, "stop") == 0)
        return stop(options, role);
    return tally_show(options);
}
