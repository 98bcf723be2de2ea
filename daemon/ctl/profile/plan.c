#include "ctl/profile/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ctl/memory.h"
#include "ctl/table.h"
#include "wire/json.h"

#define SHOWN_MAX  40 /* rows for people; JSON has all */
#define LINE_BYTES 65536
#define NEW_BYTES  1024

static const struct usher_text skill_prefix = {"skill.", 6};

static bool is_skill(struct usher_text name)
{
    return name.length > skill_prefix.length &&
           memcmp(name.at, skill_prefix.at, skill_prefix.length) == 0;
}

/* An empty value, and a skill's level 0, are as good as none. */
static struct usher_text without_nothing(struct usher_text name, struct usher_text value)
{
    if (value.length == 0 || (is_skill(name) && usher_text_is_equal(value, USHER_TEXT("0"))))
        return USHER_NO_TEXT;
    return value;
}

static void add(struct plan *plan, const struct roster_profile *profile, struct usher_text name,
                struct usher_text was, struct usher_text now)
{
    was = without_nothing(name, was);
    now = without_nothing(name, now);
    if ((!was.at && !now.at) || (was.at && now.at && usher_text_is_equal(was, now)))
        return;
    if (plan->count == plan->room) {
        plan->room = plan->room ? 2 * plan->room : 64;
        plan->list = memory_resize(plan->list, plan->room * sizeof(*plan->list));
    }
    plan->list[plan->count++] = (struct plan_change){profile, name, was, now};
}

static void compare(struct plan *plan, const struct roster_profile *wanted,
                    const struct roster_profile *present)
{
    size_t before = plan->count;
    for (size_t i = 0; i < wanted->fields_count; i++) {
        const struct roster_field *field = &wanted->fields[i];
        const struct roster_field *old = present ? roster_find_field(present, field->name) : NULL;
        add(plan, wanted, field->name, old ? old->value : USHER_NO_TEXT, field->value);
    }
    for (size_t i = 0; present && wanted->has_all_skills && i < present->fields_count; i++) {
        const struct roster_field *old = &present->fields[i];
        if (is_skill(old->name) && !roster_find_field(wanted, old->name))
            add(plan, wanted, old->name, old->value, USHER_NO_TEXT);
    }
    if (plan->count == before)
        plan->same_count++;
    else if (present)
        plan->changed_count++;
    else
        plan->new_count++;
    plan->other_count -= present != NULL;
}

void plan_init(struct plan *plan, const struct roster *wanted, const struct roster *present)
{
    *plan = (struct plan){.other_count = present->count};
    for (size_t i = 0; i < wanted->count; i++)
        compare(plan, &wanted->list[i], roster_find(present, wanted->list[i].agent));
}

void plan_fini(struct plan *plan)
{
    free(plan->list);
}

/* The last change of the same agent. */
static size_t last_of(const struct plan *plan, size_t i)
{
    while (i + 1 < plan->count && plan->list[i + 1].profile == plan->list[i].profile)
        i++;
    return i;
}

/* All fields of a new profile in one cell. */
static void add_new(const struct plan *plan, size_t first, size_t last, struct table *table)
{
    struct usher_bytes text;
    struct usher_text agent = plan->list[first].profile->agent;
    usher_bytes_init(&text, NEW_BYTES);
    for (size_t i = first; i <= last; i++) {
        if (i > first)
            usher_bytes_append_text(&text, USHER_TEXT(", "));
        usher_bytes_append_text(&text, plan->list[i].name);
        usher_bytes_append_char(&text, ' ');
        usher_bytes_append_text(&text, plan->list[i].now);
    }
    table_add(table, TABLE_GREEN, "%.*s", USHER_TEXT_ARGS(agent));
    table_add(table, TABLE_GREEN, "new");
    table_add(table, TABLE_PLAIN, "%s", "");
    table_add(table, TABLE_GREEN, "%.*s", USHER_TEXT_ARGS(usher_bytes_text(&text)));
    usher_bytes_fini(&text);
}

static void add_change(const struct plan_change *change, struct table *table)
{
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(change->profile->agent));
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(change->name));
    table_add(table, TABLE_DIM, "%.*s", USHER_TEXT_ARGS(change->was));
    if (change->now.at)
        table_add(table, TABLE_YELLOW, "%.*s", USHER_TEXT_ARGS(change->now));
    else
        table_add(table, TABLE_RED, "(removed)");
}

static void show_table(const struct plan *plan, const struct roster *present,
                       const struct options *options)
{
    static const struct table_column columns[] = {{"AGENT", false, true},
                                                  {"FIELD", false, true},
                                                  {"WAS", false, true},
                                                  {"WILL BE", false, true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    size_t rows = 0, left_out = 0;
    for (size_t i = 0; i < plan->count; i++, rows++) {
        bool is_new = !roster_find(present, plan->list[i].profile->agent);
        size_t last = is_new ? last_of(plan, i) : i;
        if (rows >= SHOWN_MAX)
            left_out++;
        else if (is_new)
            add_new(plan, i, last, table);
        else
            add_change(&plan->list[i], table);
        i = last;
    }
    if (rows > 0)
        table_print(table, options->style, stdout);
    table_free(table);
    if (left_out > 0)
        printf("and %zu more changes; --dry-run --json names all\n", left_out);
}

static void write_member(struct usher_json_writer *writer, const char *name,
                         struct usher_text value)
{
    if (!value.at)
        return;
    usher_json_write_key(writer, usher_text_of(name));
    usher_json_write_text(writer, value);
}

static void show_json(const struct plan *plan, const struct roster *present)
{
    struct usher_bytes out;
    usher_bytes_init(&out, LINE_BYTES);
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->list[i];
        struct usher_json_writer writer;
        usher_bytes_clear(&out);
        usher_json_write_start(&writer, &out);
        usher_json_write_open(&writer, '{');
        write_member(&writer, "agent", change->profile->agent);
        usher_json_write_key(&writer, USHER_TEXT("new"));
        usher_json_write_bool(&writer, !roster_find(present, change->profile->agent));
        write_member(&writer, "field", change->name);
        write_member(&writer, "was", change->was);
        write_member(&writer, "now", change->now);
        usher_json_write_close(&writer, '}');
        printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    }
    usher_bytes_fini(&out);
}

void plan_show(const struct plan *plan, const struct roster *present, const struct options *options)
{
    if (options->is_json)
        show_json(plan, present);
    else
        show_table(plan, present, options);
}
