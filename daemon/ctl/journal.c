/* `usherctl journal`: looks for what no router wrote into the journal, and removes it. It talks to
 * Redis itself, since usherd holds meanwhile or does not run. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "ctl/consent.h"
#include "ctl/perform.h"
#include "ctl/show.h"
#include "ctl/site.h"
#include "journal/foreign.h"
#include "journal/keys.h"
#include "wire/json.h"

#define LINE_BYTES 65536 /* a line of JSON is far shorter */
#define SHOWN_MAX  20    /* entries; JSON has all */

static const struct table_column columns[] = {
    {"ENTRY", false, false}, {"AGE", true, false}, {"WHY", false, false}, {"FIELDS", false, true}};

static const char *describe_fields(const struct foreign_entry *entry, char *room, size_t size)
{
    size_t length = 0;
    room[0] = '\0';
    for (size_t i = 0; i < entry->fields_count && i < FOREIGN_FIELDS_MAX && length < size; i++)
        length += (size_t)snprintf(room + length, size - length, "%s%s (%zu bytes)", i ? ", " : "",
                                   entry->fields[i].name, entry->fields[i].bytes);
    if (entry->fields_count > FOREIGN_FIELDS_MAX && length < size)
        (void)snprintf(room + length, size - length, ", …");
    return room;
}

/* `redis`: where it was looked. */
static void print_found(const struct foreign *foreign, struct usher_text key, const char *redis,
                        const struct options *options)
{
    char number[USHER_NUMBER_SIZE];
    char room[512];
    char age[SHOW_DURATION_SIZE];
    int64_t now_ms = clock_civil_ms();
    printf("%.*s in the Redis at %s: %" PRId64
           " entries, %zu of them foreign; the last one of a router is %s\n",
           USHER_TEXT_ARGS(key), redis, foreign->entries_count, foreign->count,
           foreign->last.epoch ? usher_number_write(foreign->last, number).at : "none");
    if (foreign->count > 0) {
        struct table *table = table_new(columns, USHER_COUNT_OF(columns));
        for (size_t i = 0; i < foreign->count && i < SHOWN_MAX; i++) {
            const struct foreign_entry *entry = &foreign->list[i];
            table_add(table, TABLE_PLAIN, "%s", entry->id);
            table_add(table, TABLE_PLAIN, "%s", show_duration(entry->at_ms, now_ms, age));
            table_add(table, TABLE_RED, "%s", entry_fault_text(entry->fault));
            table_add(table, TABLE_PLAIN, "%s", describe_fields(entry, room, sizeof(room)));
        }
        table_print(table, options->style, stdout);
        table_free(table);
        if (foreign->count > SHOWN_MAX)
            printf("and %zu more; --json names all\n", foreign->count - SHOWN_MAX);
    } else if (foreign->has_trace) {
        printf("The last id that Redis gave is %s: an entry that was added and deleted by hand, or "
               "a router's that was deleted\n",
               foreign->given);
    }
}

/* Prints the line in `out` and empties that. */
static void print_line(struct usher_bytes *out)
{
    struct usher_text text = usher_bytes_text(out);
    printf("%.*s\n", USHER_TEXT_ARGS(text));
    usher_bytes_clear(out);
}

static void print_entry_json(const struct foreign_entry *entry, struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("entry"));
    usher_json_write_text(&writer, usher_text_of(entry->id));
    usher_json_write_key(&writer, USHER_TEXT("why"));
    usher_json_write_text(&writer, usher_text_of(entry_fault_text(entry->fault)));
    if (entry->at_ms) {
        usher_json_write_key(&writer, USHER_TEXT("at"));
        usher_json_write_int64(&writer, entry->at_ms);
    }
    usher_json_write_key(&writer, USHER_TEXT("fields_count"));
    usher_json_write_int64(&writer, (int64_t)entry->fields_count);
    usher_json_write_key(&writer, USHER_TEXT("fields"));
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < entry->fields_count && i < FOREIGN_FIELDS_MAX; i++) {
        usher_json_write_key(&writer, usher_text_of(entry->fields[i].name));
        usher_json_write_int64(&writer, (int64_t)entry->fields[i].bytes);
    }
    usher_json_write_close(&writer, '}');
    usher_json_write_close(&writer, '}');
    print_line(out);
}

static void print_found_json(const struct foreign *foreign, struct usher_text key,
                             const char *redis)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, LINE_BYTES);
    for (size_t i = 0; i < foreign->count; i++)
        print_entry_json(&foreign->list[i], &out);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("key"));
    usher_json_write_text(&writer, key);
    usher_json_write_key(&writer, USHER_TEXT("redis"));
    usher_json_write_text(&writer, usher_text_of(redis));
    usher_json_write_key(&writer, USHER_TEXT("entries"));
    usher_json_write_int64(&writer, foreign->entries_count);
    usher_json_write_key(&writer, USHER_TEXT("foreign"));
    usher_json_write_int64(&writer, (int64_t)foreign->count);
    usher_json_write_key(&writer, USHER_TEXT("last"));
    usher_json_write_text(&writer, usher_number_write(foreign->last, number));
    usher_json_write_key(&writer, USHER_TEXT("given"));
    usher_json_write_text(&writer, usher_text_of(foreign->given));
    usher_json_write_close(&writer, '}');
    print_line(&out);
    usher_bytes_fini(&out);
}

static enum exit_code refuse(enum foreign_result result, const struct site *site, const char *why)
{
    const struct settings *settings = &site->settings;
    const char *user = settings->redis.login.user[0] ? settings->redis.login.user : "default";
    if (result == FOREIGN_UNREACHABLE)
        return site_tell_unreachable(site, why);
    fprintf(stderr, "usherctl: Redis refused it: %s\n", why);
    if (strstr(why, "NOPERM"))
        fprintf(stderr,
                "Allow Redis's user it, as README's \"A user for Redis\" does: ACL SETUSER %s "
                "+xrange +xrevrange +xinfo|stream +xdel +xsetid +watch +multi +exec\n",
                user);
    return EXIT_REFUSED;
}

static void print_plan(const struct foreign *foreign)
{
    char number[USHER_NUMBER_SIZE];
    if (foreign->count > 0)
        printf("Repair deletes %s (XDEL) and ",
               foreign->count == 1 ? "this entry" : "these entries");
    else
        fputs("Repair ", stdout);
    printf("lets the journal go on behind %s (XSETID). What routers wrote is not touched.\n",
           usher_number_write(foreign->last, number).at);
}

static enum exit_code repair(struct foreign *foreign, const struct site *site,
                             struct usher_text key, const struct options *options)
{
    char why[FOREIGN_WHY_MAX];
    size_t count = foreign->count;
    if (!options->is_json)
        print_plan(foreign);
    if (options->is_dry_run) {
        if (!options->is_json)
            puts("Nothing was changed (--dry-run).");
        return EXIT_DONE;
    }
    enum exit_code consent = consent_ask(options);
    if (consent != EXIT_DONE)
        return consent;
    enum foreign_result result = foreign_remove(foreign, site->redis, key, why);
    if (result == FOREIGN_DONE)
        result = foreign_find(foreign, site->redis, key, why);
    if (result != FOREIGN_DONE)
        return refuse(result, site, why);
    if (foreign->count > 0) {
        fputs("usherctl: more entries that no router wrote came meanwhile: find out who writes "
              "them (CLIENT LIST, ACL LOG), then run this again\n",
              stderr);
        return EXIT_REFUSED;
    }
    if (!options->is_json)
        printf("Repaired: %zu removed. usherd goes on by itself within a second or two.\n", count);
    return EXIT_DONE;
}

static enum exit_code judge(struct foreign *foreign, const struct site *site, const char *place,
                            struct usher_text key, const struct options *options)
{
    bool is_good = foreign->count == 0 && !foreign->has_trace;
    if (!foreign->has_stream)
        return site_refuse_absent(&site->settings, key, place);
    if (options->is_json)
        print_found_json(foreign, key, place);
    else
        print_found(foreign, key, place, options);
    if (is_good && !options->is_json)
        puts("The journal is as routers wrote it.");
    if (is_good)
        return EXIT_DONE;
    if (strcmp(options->action, "repair") == 0)
        return repair(foreign, site, key, options);
    if (!options->is_json)
        puts("`usherctl journal repair` puts it right; usherd may run meanwhile.");
    return EXIT_REFUSED;
}

static enum exit_code work(struct site *site, const struct options *options)
{
    char key_room[JOURNAL_KEY_SIZE];
    char why[FOREIGN_WHY_MAX] = "";
    char place_room[SETTINGS_PATH_MAX];
    const struct settings *settings = &site->settings;
    struct usher_text key = journal_key_stream(settings->site, key_room);
    struct foreign foreign;
    enum exit_code code = site_dial(site);
    if (code != EXIT_DONE)
        return code;
    foreign_init(&foreign);
    enum foreign_result result = foreign_find(&foreign, site->redis, key, why);
    code = result == FOREIGN_DONE
               ? judge(&foreign, site, settings_write_redis(settings, &site->place, place_room),
                       key, options)
               : refuse(result, site, why);
    foreign_fini(&foreign);
    return code;
}

enum exit_code perform_journal(const struct options *options, enum usher_role role)
{
    (void)role;
    struct site *site;
    enum exit_code code = EXIT_USAGE;
    site = site_read(options->config);
    if (site)
        code = work(site, options);
    site_free(site);
    return code;
}
