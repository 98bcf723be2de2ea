/* Moves, prioritises and transfers a contact. It is named <client>/<id>, or by the id alone where
 * that is one client's. */
#include <stdio.h>
#include <string.h>

#include "ctl/perform.h"
#include "ctl/snapshot.h"
#include "model/contact.h"

/* Fills the command, and in `done` what is told when it was done. */
static void fill(struct usher_command *command, const struct options *options, char *done,
                 size_t size)
{
    const char *action = options->action;
    const char *contact = options->arguments[0];
    const char *where = options->arguments_count > 1 ? options->arguments[1] : NULL;
    const char *tier = options->arguments_count > 2 ? options->arguments[2] : NULL;
    struct usher_fields *fields = &command->fields;
    *command = (struct usher_command){.kind = USHER_COMMAND_CONTACT_TRANSFER};
    USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(contact));
    if (strcmp(action, "prioritise") == 0) {
        command->kind = USHER_COMMAND_CONTACT_PRIORITISE;
        tier = where;
        if (!tier)
            USHER_FIELDS_SET(fields, POSITION, position, 1);
        snprintf(done, size, "%s is %s%s", contact, tier ? "of tier " : "the first in line",
                 tier ? tier : "");
    } else if (strcmp(action, "give") == 0) {
        USHER_FIELDS_SET(fields, TO_AGENT, to_agent, usher_text_of(where));
        snprintf(done, size, "%s is for %s", contact, where);
    } else {
        if (strcmp(action, "move") == 0)
            command->kind = USHER_COMMAND_CONTACT_MOVE;
        USHER_FIELDS_SET(fields, QUEUE, queue, usher_text_of(where));
        snprintf(done, size, "%s waits in queue %s", contact, where);
    }
    if (tier)
        USHER_FIELDS_SET(fields, TIER, tier, usher_text_of(tier));
}

static bool has_id(const struct usher_event *event, struct usher_text id)
{
    struct usher_text full = event->fields.contact;
    return event->kind == USHER_EVENT_STATE_CONTACT && full.length > id.length &&
           full.at[full.length - id.length - 1] == '/' &&
           memcmp(full.at + full.length - id.length, id.at, id.length) == 0;
}

/* The contact that the id alone means. False after saying what is wrong. */
static bool find(const struct snapshot *snapshot, struct usher_text id, struct usher_text *full)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_event *event = &snapshot->rows[i].event;
        if (has_id(event, id) && count++ == 0)
            *full = event->fields.contact;
    }
    if (count == 0)
        fprintf(stderr, "usherctl: there is no live contact %.*s; `usherctl contacts` lists all\n",
                USHER_TEXT_ARGS(id));
    else if (count > 1)
        fprintf(stderr, "usherctl: %zu clients have a contact %.*s; say which, as in %.*s\n", count,
                USHER_TEXT_ARGS(id), USHER_TEXT_ARGS(*full));
    return count == 1;
}

enum exit_code perform_contact(const struct options *options, enum usher_role role)
{
    struct client client;
    struct snapshot snapshot = {.count = 0};
    struct usher_number number;
    struct usher_command command;
    char done[512];
    fill(&command, options, done, sizeof(done));
    if (memchr(command.fields.contact.at, '/', command.fields.contact.length))
        return perform_ask(options, role, &command, done);
    client_init(&client, &options->addresses);
    enum exit_code code = EXIT_REFUSED;
    enum client_outcome outcome = client_open(&client, role, NULL, &number);
    if (outcome == CLIENT_OK)
        outcome = snapshot_read(&snapshot, &client);
    if (outcome != CLIENT_OK)
        code = perform_fail(&client, outcome);
    else if (find(&snapshot, command.fields.contact, &command.fields.contact))
        code = perform_send(&client, &command, options, done);
    snapshot_fini(&snapshot);
    client_fini(&client);
    return code;
}
