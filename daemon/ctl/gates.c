/* Switches, and queues that are opened and closed by hand. An end is told as people say it: by the
 * clock of the site, whose zone usherd names at hello, or from now. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "ctl/look.h"
#include "ctl/show.h"
#include "ctl/until.h"
#include "rules/value.h"

#define UNTIL_FORMS                                                                                \
    "18:00 (the site's clock, the next one), 2026-11-21T18:00, or from now: 30m, 2h, 1d"

/* "18:00", "2026-11-21T18:00". */
static bool read_local(const char *text, const struct usher_zone *zone, int64_t now_ms,
                       int64_t *at_ms)
{
    struct usher_date date;
    int minutes;
    const char *clock = strchr(text, 'T');
    int64_t today = usher_floor_div(usher_zone_local_ms(zone, now_ms), USHER_DAY_MS);
    if (clock) {
        if (!usher_date_read((struct usher_text){text, (size_t)(clock - text)}, false, &date) ||
            !usher_clock_read(usher_text_of(clock + 1), &minutes))
            return false;
        *at_ms = usher_zone_moment(zone, usher_date_days(date) * USHER_DAY_MS +
                                             minutes * USHER_MINUTE_MS);
        return *at_ms > now_ms;
    }
    if (!usher_clock_read(usher_text_of(text), &minutes))
        return false;
    *at_ms = usher_zone_moment(zone, today * USHER_DAY_MS + minutes * USHER_MINUTE_MS);
    if (*at_ms <= now_ms)
        *at_ms = usher_zone_moment(zone, (today + 1) * USHER_DAY_MS + minutes * USHER_MINUTE_MS);
    return true;
}

/* --until, if it was given. False after saying what it takes. */
static bool take_until(const struct options *options, const struct usher_zone *zone,
                       struct usher_command *command)
{
    int64_t now_ms = clock_civil_ms();
    int64_t span_ms;
    int64_t at_ms;
    if (!options->until)
        return true;
    if (usher_value_read(USHER_VALUE_DURATION, usher_text_of(options->until), &span_ms) &&
        span_ms > 0 && span_ms < 3660 * USHER_DAY_MS)
        at_ms = now_ms + span_ms;
    else if (!read_local(options->until, zone, now_ms, &at_ms)) {
        fprintf(stderr, "usherctl: --until takes a time to come: " UNTIL_FORMS ", not \"%s\"\n",
                options->until);
        return false;
    }
    USHER_FIELDS_SET(&command->fields, UNTIL_MS, until_ms, at_ms);
    return true;
}

static enum exit_code ask(const struct options *options, enum usher_role role,
                          struct usher_command *command, const char *what)
{
    struct client client;
    struct usher_number number;
    char until[UNTIL_SIZE];
    char done[USHER_NAME_MAX + UNTIL_SIZE + 32];
    enum exit_code code = EXIT_USAGE;
    client_init(&client, &options->addresses);
    enum client_outcome outcome = client_open(&client, role, NULL, &number);
    struct usher_zone *zone = until_zone(client.zone);
    if (outcome != CLIENT_OK) {
        code = perform_fail(&client, outcome);
    } else if (take_until(options, zone, command)) {
        snprintf(done, sizeof(done), "%s%s", what,
                 until_write(command->fields.until_ms, zone, clock_civil_ms(), until));
        code = perform_send(&client, command, options, done);
    }
    usher_zone_free(zone);
    client_fini(&client);
    return code;
}

static void list_switches(const struct snapshot *snapshot, const struct options *options,
                          const struct usher_zone *zone)
{
    static const struct table_column columns[] = {{"SWITCH", false, true}, {"STATE", false, false}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    char until[UNTIL_SIZE];
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_fields *fields = &snapshot->rows[i].event.fields;
        if (snapshot->rows[i].event.kind != USHER_EVENT_STATE_SWITCH)
            continue;
        bool is_on = usher_text_is_equal(fields->state, USHER_TEXT("on"));
        table_add(table, TABLE_PLAIN, "%s", fields->name.at);
        table_add(table, is_on ? TABLE_YELLOW : TABLE_DIM, "%s%s", fields->state.at,
                  until_write(fields->until_ms, zone, clock_civil_ms(), until));
    }
    table_print(table, options->style, stdout);
    table_free(table);
}

static enum exit_code list(const struct options *options, enum usher_role role)
{
    struct look look;
    enum exit_code code = look_take(&look, options, role);
    if (code == EXIT_DONE && options->is_json) {
        show_rows_json(&look.snapshot, USHER_EVENT_STATE_SWITCH, true, stdout);
    } else if (code == EXIT_DONE) {
        struct usher_zone *zone = until_zone(look.zone);
        list_switches(&look.snapshot, options, zone);
        usher_zone_free(zone);
    }
    look_forget(&look);
    return code;
}

enum exit_code perform_switch(const struct options *options, enum usher_role role)
{
    struct usher_command command = {.kind = USHER_COMMAND_SWITCH_SET};
    char what[USHER_NAME_MAX + 32];
    if (options->arguments_count == 0)
        return list(options, role);
    const char *name = options->arguments[0];
    USHER_FIELDS_SET(&command.fields, NAME, name, usher_text_of(name));
    USHER_FIELDS_SET(&command.fields, STATE, state, usher_text_of(options->action));
    snprintf(what, sizeof(what), "%s is %s", name, options->action);
    return ask(options, role, &command, what);
}

enum exit_code perform_queue(const struct options *options, enum usher_role role)
{
    bool is_close = strcmp(options->action, "close") == 0;
    struct usher_command command = {.kind = is_close ? USHER_COMMAND_QUEUE_CLOSE
                                                     : USHER_COMMAND_QUEUE_OPEN};
    char what[USHER_NAME_MAX + 32];
    const char *name = options->arguments[0];
    USHER_FIELDS_SET(&command.fields, QUEUE, queue, usher_text_of(name));
    snprintf(what, sizeof(what), "%s is %s", name, is_close ? "closed" : "open");
    return ask(options, role, &command, what);
}
