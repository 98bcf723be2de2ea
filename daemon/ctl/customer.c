/* `usherctl customer`: what is remembered of a customer, from Redis and from the router's contacts;
 * and to forget him. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/consent.h"
#include "ctl/look.h"
#include "ctl/past/moment.h"
#include "ctl/site.h"
#include "journal/customer.h"
#include "journal/dial.h"
#include "journal/keys.h"
#include "journal/reply.h"
#include "wire/json.h"

#define OWN_LENGTH (sizeof(CUSTOMER_PREFIX) - 1)

/* What is known of him. */
struct knowledge {
    struct usher_text customer;
    redisReply *hash; /* of Redis; an empty list when nothing is remembered */
    struct look look; /* empty when usherd was not reached */
};

static enum exit_code check_key(const char *key)
{
    size_t length = strlen(key);
    if (length > 0 && length <= USHER_CUSTOMER_MAX)
        return EXIT_DONE;
    fprintf(stderr, "usherctl: the key of a customer has 1 to %d bytes\n", USHER_CUSTOMER_MAX);
    return EXIT_USAGE;
}

static enum exit_code read_hash(struct knowledge *knowledge, const struct options *options)
{
    char room[JOURNAL_KEY_SIZE];
    struct site *site = site_read(options->config);
    enum exit_code code = site ? site_dial(site) : EXIT_USAGE;
    if (code == EXIT_DONE) {
        const struct usher_text args[] = {
            USHER_TEXT("HGETALL"),
            journal_key_customer(site->settings.site, knowledge->customer, room)};
        knowledge->hash = dial_ask(site->redis, args, USHER_COUNT_OF(args));
        if (!knowledge->hash || knowledge->hash->type != REDIS_REPLY_ARRAY)
            code = site_refuse(site, knowledge->hash, "+hgetall");
    }
    site_free(site);
    return code;
}

/* Without usherd the memory is shown all the same. */
static void read_contacts(struct knowledge *knowledge, const struct options *options,
                          enum usher_role role)
{
    if (look_take(&knowledge->look, options, role) != EXIT_DONE)
        fputs("usherctl: so contacts are not shown\n", stderr);
}

static void forget(struct knowledge *knowledge)
{
    freeReplyObject(knowledge->hash);
    look_forget(&knowledge->look);
}

static bool is_of(const struct knowledge *knowledge, const struct snapshot_row *row)
{
    return row->event.kind == USHER_EVENT_STATE_CONTACT &&
           usher_text_is_equal(row->event.fields.customer, knowledge->customer);
}

static size_t count_contacts(const struct knowledge *knowledge)
{
    size_t count = 0;
    for (size_t i = 0; i < knowledge->look.snapshot.count; i++)
        count += is_of(knowledge, &knowledge->look.snapshot.rows[i]);
    return count;
}

static bool is_own(struct usher_text name)
{
    return name.length > OWN_LENGTH && memcmp(name.at, CUSTOMER_PREFIX, OWN_LENGTH) == 0;
}

/* The n-th field of ours, or of others. */
static void show_fields(const struct knowledge *knowledge, const struct options *options,
                        bool is_ours)
{
    static const struct table_column columns[] = {{"FIELD", false, true}, {"VALUE", false, true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    size_t count = 0;
    for (size_t i = 0; i + 1 < knowledge->hash->elements; i += 2) {
        struct usher_text name = journal_reply_text(knowledge->hash->element[i]);
        struct usher_text value = journal_reply_text(knowledge->hash->element[i + 1]);
        char moment[MOMENT_SIZE];
        int64_t at_ms;
        bool is_time = is_own(name) &&
                       (usher_text_is_equal(name, USHER_TEXT(CUSTOMER_PREFIX "last_ms")) ||
                        strncmp(name.at, CUSTOMER_PREFIX "served.", OWN_LENGTH + 7) == 0) &&
                       usher_text_read_int64(value, &at_ms);
        if (is_own(name) != is_ours || usher_text_is_equal(name, USHER_TEXT(CUSTOMER_PREFIX "n")))
            continue;
        table_add(table, TABLE_DIM, "%.*s", USHER_TEXT_ARGS(name));
        if (is_time)
            table_add(table, TABLE_PLAIN, "%s", moment_write(at_ms, moment));
        else
            table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(value));
        count++;
    }
    if (count > 0) {
        puts(is_ours ? "Remembered by usherd:" : "Written by others:");
        table_print(table, options->style, stdout);
    }
    table_free(table);
}

static void show_contacts_of(const struct knowledge *knowledge, const struct options *options)
{
    static const struct table_column columns[] = {{"CONTACT", false, true},
                                                  {"STATE", false, false},
                                                  {"CHANNEL", false, false},
                                                  {"QUEUE", false, true},
                                                  {"AGENT", false, true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    for (size_t i = 0; i < knowledge->look.snapshot.count; i++) {
        const struct usher_fields *fields = &knowledge->look.snapshot.rows[i].event.fields;
        if (!is_of(knowledge, &knowledge->look.snapshot.rows[i]))
            continue;
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->contact));
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->state));
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->channel));
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->queue));
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(fields->agent));
    }
    puts("Contacts now:");
    table_print(table, options->style, stdout);
    table_free(table);
}

/* Others may have written anything. */
static bool is_utf8(struct usher_text text)
{
    struct usher_bytes bytes;
    struct usher_json_writer writer;
    struct usher_json_problem problem;
    usher_bytes_init(&bytes, SIZE_MAX);
    usher_json_write_start(&writer, &bytes);
    usher_json_write_text(&writer, text);
    bool is = text.length > 0 && usher_json_check(usher_bytes_text(&bytes), 1, &problem);
    usher_bytes_fini(&bytes);
    return is;
}

static void show_json(const struct knowledge *knowledge)
{
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, SIZE_MAX);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("customer"));
    usher_json_write_text(&writer, knowledge->customer);
    usher_json_write_key(&writer, USHER_TEXT("memory"));
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i + 1 < knowledge->hash->elements; i += 2) {
        struct usher_text name = journal_reply_text(knowledge->hash->element[i]);
        struct usher_text value = journal_reply_text(knowledge->hash->element[i + 1]);
        if (!is_utf8(name) || !is_utf8(value))
            continue;
        usher_json_write_key(&writer, name);
        usher_json_write_text(&writer, value);
    }
    usher_json_write_close(&writer, '}');
    usher_json_write_key(&writer, USHER_TEXT("contacts"));
    usher_json_write_open(&writer, '[');
    for (size_t i = 0; i < knowledge->look.snapshot.count; i++)
        if (is_of(knowledge, &knowledge->look.snapshot.rows[i]))
            usher_json_write_raw(&writer, knowledge->look.snapshot.rows[i].line);
    usher_json_write_close(&writer, ']');
    usher_json_write_close(&writer, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    usher_bytes_fini(&out);
}

static enum exit_code show(const struct knowledge *knowledge, const struct options *options)
{
    size_t contacts = count_contacts(knowledge);
    if (options->is_json) {
        show_json(knowledge);
        return EXIT_DONE;
    }
    if (knowledge->hash->elements == 0 && contacts == 0) {
        puts("Nothing is remembered of this customer, and no contact is under way.");
        return EXIT_DONE;
    }
    show_fields(knowledge, options, true);
    show_fields(knowledge, options, false);
    if (contacts > 0)
        show_contacts_of(knowledge, options);
    return EXIT_DONE;
}

static enum exit_code erase(const struct knowledge *knowledge, const struct options *options)
{
    struct usher_command command = {.kind = USHER_COMMAND_CUSTOMER_ERASE};
    if (!options->is_json)
        puts(
            "What is remembered of this customer is deleted, and the personal data of his contacts "
            "are shown\nto nobody any more: in the archive they are taken out, in Redis they go "
            "with journal.keep.\nThis cannot be undone.");
    enum exit_code code = consent_ask(options);
    if (code != EXIT_DONE)
        return code;
    USHER_FIELDS_SET(&command.fields, CUSTOMER, customer, knowledge->customer);
    return perform_ask(options, USHER_ROLE_ADMIN, &command, "The customer is erased.");
}

enum exit_code perform_customer(const struct options *options, enum usher_role role)
{
    const char *key = options->arguments[0];
    struct knowledge knowledge = {.customer = usher_text_of(key)};
    enum exit_code code = check_key(key);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(options->action, "erase") == 0)
        return erase(&knowledge, options);
    code = read_hash(&knowledge, options);
    if (code == EXIT_DONE) {
        read_contacts(&knowledge, options, role);
        code = show(&knowledge, options);
    }
    forget(&knowledge);
    return code;
}
