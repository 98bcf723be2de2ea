#include "ctl/profile/profile_show.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/table.h"
#include "model/profile.h"
#include "wire/json.h"

#define CELL_BYTES 8192
#define LINE_BYTES 65536

/* The fields of one kind that a router takes. */
static void write_kind(const struct roster_profile *profile, enum usher_profile_kind kind,
                       struct usher_json_writer *writer)
{
    usher_json_write_open(writer, '{');
    for (size_t i = 0; i < profile->fields_count; i++) {
        const struct roster_field *at = &profile->fields[i];
        struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
        if (field.kind != kind || field.expected)
            continue;
        usher_json_write_key(writer, field.key);
        usher_json_write_int64(writer, field.number);
    }
    usher_json_write_close(writer, '}');
}

static void write_text(const struct roster_profile *profile, const char *name,
                       struct usher_json_writer *writer)
{
    struct usher_text value = roster_value(profile, name);
    if (!value.at || usher_profile_field_read(usher_text_of(name), value).expected)
        return;
    usher_json_write_key(writer, usher_text_of(name));
    usher_json_write_text(writer, value);
}

static void print_json(const struct roster_profile *profile, struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_bytes_clear(out);
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("agent"));
    usher_json_write_text(&writer, profile->agent);
    write_text(profile, "name", &writer);
    write_text(profile, "phone", &writer);
    usher_json_write_key(&writer, USHER_TEXT("skills"));
    write_kind(profile, USHER_PROFILE_SKILL, &writer);
    usher_json_write_key(&writer, USHER_TEXT("capacity"));
    write_kind(profile, USHER_PROFILE_CAPACITY, &writer);
    usher_json_write_close(&writer, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(out)));
}

static void add_kind(const struct roster_profile *profile, enum usher_profile_kind kind,
                     struct table *table)
{
    struct usher_bytes cell;
    usher_bytes_init(&cell, CELL_BYTES);
    for (size_t i = 0; i < profile->fields_count; i++) {
        const struct roster_field *at = &profile->fields[i];
        struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
        if (field.kind != kind || field.expected)
            continue;
        if (cell.length > 0)
            usher_bytes_append_char(&cell, ' ');
        usher_bytes_append_text(&cell, field.key);
        usher_bytes_append_char(&cell, '=');
        usher_bytes_append_int64(&cell, field.number);
    }
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(usher_bytes_text(&cell)));
    usher_bytes_fini(&cell);
}

static void add_row(const struct roster_profile *profile, struct table *table)
{
    struct usher_text phone = roster_value(profile, "phone");
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(profile->agent));
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(roster_value(profile, "name")));
    if (phone.at)
        table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(phone));
    else
        table_add(table, TABLE_DIM, "-");
    add_kind(profile, USHER_PROFILE_SKILL, table);
    add_kind(profile, USHER_PROFILE_CAPACITY, table);
}

static void warn(const struct roster_profile *profile)
{
    for (size_t i = 0; i < profile->fields_count; i++) {
        const struct roster_field *at = &profile->fields[i];
        struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
        if (field.expected)
            fprintf(stderr, "usherctl: %.*s: the field %.*s is left out: expected is %s\n",
                    USHER_TEXT_ARGS(profile->agent), USHER_TEXT_ARGS(at->name), field.expected);
    }
}

void profile_show(const struct roster *roster, const struct options *options)
{
    static const struct table_column columns[] = {{"AGENT", false, false},
                                                  {"NAME", false, true},
                                                  {"PHONE", false, true},
                                                  {"SKILLS", false, true},
                                                  {"CAPACITY", false, true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    struct usher_bytes line;
    usher_bytes_init(&line, LINE_BYTES);
    for (size_t i = 0; i < roster->count; i++) {
        warn(&roster->list[i]);
        if (options->is_json)
            print_json(&roster->list[i], &line);
        else
            add_row(&roster->list[i], table);
    }
    if (roster->count == 0 && !options->is_json && options->arguments_count == 0)
        puts("There are no profiles yet; `usherctl profile import FILE` brings them.");
    else if (roster->count > 0 && !options->is_json)
        table_print(table, options->style, stdout);
    usher_bytes_fini(&line);
    table_free(table);
}

/* In quotes, each quote in it twice. */
static void print_cell(struct usher_text text)
{
    putchar('"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"')
            putchar('"');
        putchar(text.at[i]);
    }
    putchar('"');
}

static void print_skills(const struct roster_profile *profile)
{
    const char *between = "";
    putchar('"');
    for (size_t i = 0; i < profile->fields_count; i++) {
        const struct roster_field *at = &profile->fields[i];
        struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
        if (field.kind != USHER_PROFILE_SKILL || field.expected)
            continue;
        printf("%s%.*s=%d", between, USHER_TEXT_ARGS(field.key), (int)field.number);
        between = " ";
    }
    putchar('"');
}

/* False for a name that would be taken apart in a `skills` cell. */
static bool is_plain(struct usher_text skill)
{
    for (size_t i = 0; i < skill.length; i++)
        if (strchr(" ,;=\t\n\r", skill.at[i]))
            return false;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return usher_text_compare(*(const struct usher_text *)a, *(const struct usher_text *)b);
}

/* The skills' fields of all, each name once. */
struct columns {
    struct usher_text *names;
    size_t count;
};

/* None when one `skills` cell holds an agent's skills; for the caller to free. */
static struct columns find_columns(const struct roster *roster)
{
    struct columns columns = {.count = 0};
    bool is_needed = false;
    size_t room = 1, count = 0;
    for (size_t i = 0; i < roster->count; i++)
        room += roster->list[i].fields_count;
    columns.names = memory_resize(NULL, room * sizeof(*columns.names));
    for (size_t i = 0; i < roster->count; i++) {
        const struct roster_profile *profile = &roster->list[i];
        for (size_t j = 0; j < profile->fields_count; j++) {
            const struct roster_field *at = &profile->fields[j];
            struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
            if (field.kind != USHER_PROFILE_SKILL || field.expected)
                continue;
            is_needed |= !is_plain(field.key);
            columns.names[count++] = at->name;
        }
    }
    if (count > 0)
        qsort(columns.names, count, sizeof(*columns.names), compare_names);
    for (size_t i = 0; is_needed && i < count; i++)
        if (columns.count == 0 ||
            !usher_text_is_equal(columns.names[columns.count - 1], columns.names[i]))
            columns.names[columns.count++] = columns.names[i];
    return columns;
}

/* A field that a router leaves out is not handed on. */
static void print_columns(const struct roster_profile *profile, const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct roster_field *at = roster_find_field(profile, columns->names[i]);
        putchar(',');
        if (at && !usher_profile_field_read(at->name, at->value).expected)
            printf("%.*s", USHER_TEXT_ARGS(at->value));
    }
}

void profile_export(const struct roster *roster)
{
    static const char *const names[] = {"capacity.voice", "capacity.chat", "capacity.email",
                                        "capacity.task"};
    struct columns columns = find_columns(roster);
    printf("id,name,phone%s,capacity.voice,capacity.chat,capacity.email,capacity.task",
           columns.count == 0 ? ",skills" : "");
    for (size_t i = 0; i < columns.count; i++) {
        putchar(',');
        print_cell(columns.names[i]);
    }
    putchar('\n');
    for (size_t i = 0; i < roster->count; i++) {
        const struct roster_profile *profile = &roster->list[i];
        printf("%.*s,", USHER_TEXT_ARGS(profile->agent));
        print_cell(roster_value(profile, "name"));
        putchar(',');
        print_cell(roster_value(profile, "phone"));
        if (columns.count == 0) {
            putchar(',');
            print_skills(profile);
        }
        for (size_t j = 0; j < USHER_COUNT_OF(names); j++)
            printf(",%.*s", USHER_TEXT_ARGS(roster_value(profile, names[j])));
        print_columns(profile, &columns);
        putchar('\n');
    }
    free(columns.names);
}
