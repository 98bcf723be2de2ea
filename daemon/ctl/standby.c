/* `usherctl standby`: asks every usherd of the site what it is, leader or standby. Nobody is
 * followed to the leader here, and no session is opened. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/perform.h"

#define ANSWER_MS 10000

static const struct table_column columns[] = {
    {"ADDRESS", false, true}, {"IS", false, false},    {"LAST EVENT", false, false},
    {"BEHIND", true, false},  {"STATE", false, false}, {"CLOCK", true, false},
    {"LEADER", false, true},
};

/* The event's line stands in `line`, borrowed from the client. */
static enum client_outcome describe(struct client *client, const struct client_address *address,
                                    struct usher_text *line, struct usher_event *event)
{
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_DESCRIBE};
    if (address->is_tcp && client->addresses.token)
        USHER_FIELDS_SET(&command.fields, TOKEN, token, usher_text_of(client->addresses.token));
    enum client_outcome outcome = client_connect(client, address);
    if (outcome == CLIENT_OK)
        outcome = client_ask(client, &command);
    while (outcome == CLIENT_OK) {
        outcome = client_read_event(client, ANSWER_MS, line, event);
        if (outcome == CLIENT_OK && event->kind == USHER_EVENT_STATE_ROUTER)
            break;
    }
    return outcome;
}

static void add_number(struct table *table, const struct usher_fields *fields,
                       enum usher_field field, int64_t ms, bool is_bad)
{
    if (usher_fields_has(fields, field))
        table_add(table, is_bad ? TABLE_RED : TABLE_PLAIN, "%" PRId64 " ms", ms);
    else
        table_add(table, TABLE_DIM, "-");
}

static void add_row(struct table *table, const struct client_address *address,
                    const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    char number[USHER_NUMBER_SIZE];
    bool is_leader = usher_text_is_equal(fields->state, USHER_TEXT("leader"));
    bool has_differed = usher_text_is_equal(fields->reason, USHER_TEXT("digest"));
    table_add(table, TABLE_PLAIN, "%s", address->text);
    table_add(table, is_leader ? TABLE_GREEN : TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->state));
    table_add(table, TABLE_PLAIN, "%s", usher_number_write(event->n, number).at);
    add_number(table, fields, USHER_FIELD_BEHIND_MS, fields->behind_ms, false);
    if (fields->digest.at)
        table_add(table, has_differed ? TABLE_RED : TABLE_PLAIN, "%.*s",
                  USHER_TEXT_ARGS(fields->digest));
    else
        table_add(table, TABLE_DIM, "-");
    add_number(table, fields, USHER_FIELD_SKEW_MS, fields->skew_ms,
               usher_text_is_equal(fields->reason, USHER_TEXT("clock")));
    struct usher_text leader = fields->addresses.at ? fields->addresses : USHER_TEXT("unknown");
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(leader));
}

/* Says what is wrong with a standby. True when something is. */
static bool warn(const struct client_address *address, const struct usher_event *event)
{
    struct usher_text reason = event->fields.reason;
    if (usher_fields_has(&event->fields, USHER_FIELD_UNCONFIRMED))
        fprintf(
            stderr,
            "usherctl: %s leads without enough of Redis's replicas: a failover now may lose the "
            "newest of %" PRId64 " batches\n",
            address->text, event->fields.unconfirmed);
    if (!reason.at)
        return false;
    if (usher_text_is_equal(reason, USHER_TEXT("digest")))
        fprintf(
            stderr,
            "usherctl: %s does not take over: its state differs from the leader's. See its log, "
            "and restart it: it then starts from the newest snapshot\n",
            address->text);
    else if (usher_text_is_equal(reason, USHER_TEXT("clock")))
        fprintf(stderr,
                "usherctl: %s does not take over: its clock is too far from the leader's. Set both "
                "by NTP\n",
                address->text);
    else
        fprintf(stderr, "usherctl: %s does not take over: %.*s\n", address->text,
                USHER_TEXT_ARGS(reason));
    return true;
}

enum exit_code perform_standby(const struct options *options, enum usher_role role)
{
    (void)role; /* whoever may say hello may ask */
    struct client client;
    enum exit_code code = EXIT_DONE;
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    client_init(&client, &options->addresses);
    for (size_t i = 0; i < options->addresses.count; i++) {
        const struct client_address *address = &options->addresses.list[i];
        struct usher_text line;
        struct usher_event event;
        enum client_outcome outcome = describe(&client, address, &line, &event);
        if (outcome != CLIENT_OK) {
            fprintf(stderr, "usherctl: %s\n", client.problem);
            code = outcome == CLIENT_REFUSED ? EXIT_REFUSED : EXIT_UNREACHABLE;
            continue;
        }
        if (options->is_json)
            printf("%.*s\n", USHER_TEXT_ARGS(line));
        else
            add_row(table, address, &event);
        if (warn(address, &event) && code == EXIT_DONE)
            code = EXIT_REFUSED;
    }
    if (!options->is_json)
        table_print(table, options->style, stdout);
    table_free(table);
    client_fini(&client);
    return code;
}
