/* The first row names the columns. What a row says of the customer beside them goes to the agent as
 * the contact's data, by columns `data.…`. */
#include "ctl/campaign/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ctl/memory.h"
#include "ctl/past/moment.h"
#include "ctl/profile/csv.h"
#include "ctl/until.h"
#include "rules/characters.h"
#include "rules/document.h"
#include "rules/rules.h"
#include "rules/suggest.h"
#include "wire/json.h"
#include "wire/members.h"

#define CELL_BYTES_MAX ((size_t)4096)
#define ATTEMPTS_MAX   100

enum column {
    COLUMN_NONE = 0,
    COLUMN_KEY,
    COLUMN_CUSTOMER,
    COLUMN_PHONE,
    COLUMN_TO,
    COLUMN_QUEUE,
    COLUMN_NOT_BEFORE,
    COLUMN_NOT_AFTER,
    COLUMN_ZONE,
    COLUMN_NOTE,
    COLUMN_CASE,
    COLUMN_ATTEMPTS,
    COLUMN_DATA, /* data.<key> */
    COLUMN_COUNT,
};

static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_KEY] = "key",
    [COLUMN_CUSTOMER] = "customer",
    [COLUMN_PHONE] = "phone",
    [COLUMN_TO] = "to",
    [COLUMN_QUEUE] = "queue",
    [COLUMN_NOT_BEFORE] = "not_before",
    [COLUMN_NOT_AFTER] = "not_after",
    [COLUMN_ZONE] = "zone",
    [COLUMN_NOTE] = "note",
    [COLUMN_CASE] = "case",
    [COLUMN_ATTEMPTS] = "attempts",
};

struct reader {
    struct calls *calls;
    const char *name;
    int64_t now_ms;
    char zone[65]; /* the last that was found good */
    struct csv csv;
    struct usher_problems *problems;
    enum column *columns;
    struct usher_text *names; /* of the columns, as the file has them */
    size_t columns_count;
};

static const struct usher_text data_prefix = {"data.", 5};

void calls_init(struct calls *calls)
{
    *calls = (struct calls){0};
}

void calls_fini(struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++)
        free(calls->list[i].room);
    free(calls->list);
}

bool calls_is_name(struct usher_text name)
{
    return usher_text_is_id(name) && name.length <= USHER_CLIENT_NAME_MAX;
}

/* Columns. */

static void refuse_column(struct reader *reader, const struct csv_cell *cell)
{
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, cell->text);
    for (size_t i = 1; i < COLUMN_DATA; i++)
        usher_suggestion_offer(&suggestion, usher_text_of(column_names[i]));
    if (suggestion.best.at)
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "unknown column `%.*s`; did you mean `%.*s`?", USHER_TEXT_ARGS(excerpt),
                           USHER_TEXT_ARGS(suggestion.best));
    else
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "unknown column `%.*s`; call it data.%.*s to show it to the agents, or "
                           "take it out",
                           USHER_TEXT_ARGS(excerpt), USHER_TEXT_ARGS(excerpt));
}

static enum column find_column(struct usher_text name)
{
    for (enum column column = COLUMN_KEY; column < COLUMN_DATA; column++)
        if (usher_text_is_equal(name, usher_text_of(column_names[column])))
            return column;
    bool is_data = name.length > data_prefix.length &&
                   memcmp(name.at, data_prefix.at, data_prefix.length) == 0;
    return is_data ? COLUMN_DATA : COLUMN_NONE;
}

static bool has_column(const struct reader *reader, enum column column)
{
    for (size_t i = 0; i < reader->columns_count; i++)
        if (reader->columns[i] == column)
            return true;
    return false;
}

static void read_header(struct reader *reader)
{
    const struct csv *csv = &reader->csv;
    reader->columns = memory_resize(NULL, csv->count * sizeof(*reader->columns));
    reader->names = memory_resize(NULL, csv->count * sizeof(*reader->names));
    memset(reader->columns, 0, csv->count * sizeof(*reader->columns));
    reader->columns_count = csv->count;
    for (size_t i = 0; i < csv->count; i++) {
        const struct csv_cell *cell = &csv->cells[i];
        struct usher_text excerpt = usher_node_excerpt(cell->text);
        reader->columns[i] = find_column(cell->text);
        reader->names[i] = cell->text;
        if (reader->columns[i] == COLUMN_NONE)
            refuse_column(reader, cell);
        for (size_t k = 0; k < i; k++)
            if (usher_text_is_equal(reader->names[k], cell->text))
                usher_problems_add(reader->problems, cell->line, cell->column,
                                   "the column `%.*s` is there twice; take one out",
                                   USHER_TEXT_ARGS(excerpt));
    }
    if (!has_column(reader, COLUMN_PHONE))
        usher_problems_add(reader->problems, csv->cells[0].line, csv->cells[0].column,
                           "the first row names no column `phone`; add one with the numbers to "
                           "call");
}

/* Cells. */

static void read_moment(struct reader *reader, const struct csv_cell *cell, int64_t *at_ms)
{
    char room[64];
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    if (usher_text_copy(room, sizeof(room), cell->text) && moment_read(room, reader->now_ms, at_ms))
        return;
    usher_problems_add(reader->problems, cell->line, cell->column,
                       "`%.*s` is no time; write it as in 2026-11-21T10:00 or 2026-11-21",
                       USHER_TEXT_ARGS(excerpt));
}

static void read_attempts(struct reader *reader, const struct csv_cell *cell,
                          struct usher_fields *fields)
{
    int64_t number = 0;
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    if (!usher_text_read_int64(cell->text, &number) || number < 1 || number > ATTEMPTS_MAX)
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "attempts `%.*s`: how often to try is 1 to %d", USHER_TEXT_ARGS(excerpt),
                           ATTEMPTS_MAX);
    USHER_FIELDS_SET(fields, ATTEMPTS, attempts, number);
}

/* A zone is looked for in this machine's tzdata; usherd has its own, and the last word. */
static void read_zone(struct reader *reader, const struct csv_cell *cell)
{
    char name[sizeof(reader->zone)];
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    bool is_name = usher_text_copy(name, sizeof(name), cell->text);
    if (is_name && strcmp(name, reader->zone) == 0)
        return;
    struct usher_zone *zone = is_name ? until_zone(name) : NULL;
    if (zone)
        memcpy(reader->zone, name, sizeof(name));
    else
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "there is no time zone `%.*s`; write one of tzdata, such as Europe/Kyiv",
                           USHER_TEXT_ARGS(excerpt));
    usher_zone_free(zone);
}

/* A number has a digit, or it is an address. */
static void check_phone(struct reader *reader, const struct csv_cell *cell)
{
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    bool could_ring = false;
    for (size_t i = 0; i < cell->text.length; i++)
        could_ring |= strchr("0123456789@", cell->text.at[i]) != NULL;
    if (!could_ring || usher_rules_is_withheld(cell->text))
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "`%.*s` is no number that could be called; write it as in +380501112233",
                           USHER_TEXT_ARGS(excerpt));
}

static void read_cell(struct reader *reader, enum column column, const struct csv_cell *cell,
                      struct usher_fields *fields)
{
    int64_t at_ms = 0;
    struct usher_text text = cell->text;
    if (text.length == 0)
        return;
    if (column == COLUMN_CUSTOMER)
        USHER_FIELDS_SET(fields, CUSTOMER, customer, text);
    else if (column == COLUMN_PHONE)
        USHER_FIELDS_SET(fields, FROM, from, text);
    else if (column == COLUMN_TO)
        USHER_FIELDS_SET(fields, TO, to, text);
    else if (column == COLUMN_QUEUE)
        USHER_FIELDS_SET(fields, QUEUE, queue, text);
    else if (column == COLUMN_ZONE)
        USHER_FIELDS_SET(fields, ZONE, zone, text);
    else if (column == COLUMN_NOTE)
        USHER_FIELDS_SET(fields, NOTE, note, text);
    else if (column == COLUMN_CASE)
        USHER_FIELDS_SET(fields, CASE_ID, case_id, text);
    else if (column == COLUMN_ATTEMPTS)
        read_attempts(reader, cell, fields);
    else if (column == COLUMN_NOT_BEFORE || column == COLUMN_NOT_AFTER)
        read_moment(reader, cell, &at_ms);
    if (column == COLUMN_ZONE)
        read_zone(reader, cell);
    if (column == COLUMN_PHONE)
        check_phone(reader, cell);
    if (column == COLUMN_NOT_BEFORE)
        USHER_FIELDS_SET(fields, NOT_BEFORE_MS, not_before_ms, at_ms);
    if (column == COLUMN_NOT_AFTER)
        USHER_FIELDS_SET(fields, NOT_AFTER_MS, not_after_ms, at_ms);
}

/* Rows. */

/* What tells a row from others: its key, else the customer, else the number. What no id may hold is
 * told by its hash. */
static void write_id(const struct reader *reader, struct usher_text key, struct call *call)
{
    static const struct usher_hash_seed fixed = {0x63616d706169676e, 0x726f776b6579};
    if (usher_text_is_id(key) && key.length <= USHER_CONTACT_OWN_ID_MAX)
        snprintf(call->id, sizeof(call->id), "%s/%.*s", reader->name, USHER_TEXT_ARGS(key));
    else
        snprintf(call->id, sizeof(call->id), "%s/h-%016" PRIx64, reader->name,
                 usher_hash(fixed, key.at, key.length));
}

/* The columns `data.…` as an object. */
static void write_data(const struct reader *reader, struct usher_bytes *data)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, data);
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < reader->columns_count; i++) {
        struct usher_text name = reader->names[i];
        if (reader->columns[i] != COLUMN_DATA || reader->csv.cells[i].text.length == 0)
            continue;
        usher_json_write_key(&writer, (struct usher_text){name.at + data_prefix.length,
                                                          name.length - data_prefix.length});
        usher_json_write_text(&writer, reader->csv.cells[i].text);
    }
    usher_json_write_close(&writer, '}');
}

/* Copies all that the command borrows from the row. */
static void keep(struct call *call, struct usher_text data)
{
    struct usher_fields *fields = &call->command.fields;
    if (data.length > 2)
        USHER_FIELDS_SET(fields, DATA, data, data);
    call->room = memory_resize(NULL, usher_fields_bytes(fields) + 1);
    (void)usher_fields_move(fields, call->room);
}

static struct call *add(struct calls *calls)
{
    if (calls->count == calls->room) {
        calls->room = calls->room ? 2 * calls->room : 256;
        calls->list = memory_resize(calls->list, calls->room * sizeof(*calls->list));
    }
    struct call *call = &calls->list[calls->count++];
    memset(call, 0, sizeof(*call));
    return call;
}

static void check_row(struct reader *reader, const struct call *call)
{
    const struct csv_cell *first = &reader->csv.cells[0];
    const struct usher_fields *fields = &call->command.fields;
    int64_t from_ms =
        fields->not_before_ms > reader->now_ms ? fields->not_before_ms : reader->now_ms;
    if (fields->from.length == 0)
        usher_problems_add(reader->problems, first->line, first->column,
                           "this row has no `phone`; say which number to call, or take it out");
    else if (usher_fields_has(fields, USHER_FIELD_NOT_AFTER_MS) && fields->not_after_ms <= from_ms)
        usher_problems_add(reader->problems, first->line, first->column,
                           "`not_after` must be later than now and `not_before`");
    else if (!usher_members_is_in_bounds(fields))
        usher_problems_add(reader->problems, first->line, first->column,
                           "something in this row is too long, or has line ends where none may be; "
                           "a number has at most 256 bytes, a note 2048");
}

static void read_row(struct reader *reader)
{
    const struct csv *csv = &reader->csv;
    struct usher_text key = USHER_NO_TEXT;
    struct usher_bytes data;
    if (csv->count != reader->columns_count) {
        usher_problems_add(reader->problems, csv->cells[0].line, csv->cells[0].column,
                           "this row has %zu cells, and the first row %zu; give it as many",
                           csv->count, reader->columns_count);
        return;
    }
    struct call *call = add(reader->calls);
    struct usher_fields *fields = &call->command.fields;
    call->command.kind = USHER_COMMAND_CONTACT_SCHEDULE;
    call->line = csv->cells[0].line;
    for (size_t i = 0; i < csv->count; i++) {
        if (reader->columns[i] == COLUMN_KEY)
            key = csv->cells[i].text;
        read_cell(reader, reader->columns[i], &csv->cells[i], fields);
    }
    if (key.length == 0)
        key = fields->customer.length > 0 ? fields->customer : fields->from;
    write_id(reader, key, call);
    usher_bytes_init(&data, CELL_BYTES_MAX * 4);
    write_data(reader, &data);
    keep(call, usher_bytes_text(&data));
    check_row(reader, call);
    usher_bytes_fini(&data);
}

static int compare_ids(const void *one, const void *other)
{
    const struct call *a = *(const struct call *const *)one;
    const struct call *b = *(const struct call *const *)other;
    int order = strcmp(a->id, b->id);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Two rows of one key would be one call. */
static void find_twins(struct reader *reader)
{
    const struct calls *calls = reader->calls;
    struct call **sorted = memory_resize(NULL, (calls->count + 1) * sizeof(struct call *));
    for (size_t i = 0; i < calls->count; i++)
        sorted[i] = &calls->list[i];
    qsort(sorted, calls->count, sizeof(struct call *), compare_ids);
    for (size_t i = 1; i < calls->count; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            usher_problems_add(reader->problems, sorted[i]->line, 1,
                               "the same customer is in line %zu already; take one out, or tell "
                               "them apart by a column `key`",
                               sorted[i - 1]->line);
    free(sorted);
}

/* The lists have their place: texts that point into them may be set. */
static void finish(struct reader *reader)
{
    for (size_t i = 0; i < reader->calls->count; i++) {
        struct call *call = &reader->calls->list[i];
        struct usher_fields *fields = &call->command.fields;
        USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(call->id));
        USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(USHER_CHANNEL_OUTBOUND));
        USHER_FIELDS_SET(fields, CAMPAIGN, campaign, usher_text_of(reader->name));
    }
}

void calls_read_csv(struct calls *calls, const char *name, struct usher_text text, int64_t now_ms,
                    struct usher_problems *problems)
{
    struct reader reader = {.calls = calls, .name = name, .now_ms = now_ms, .problems = problems};
    if (!usher_characters_check(text, problems))
        return;
    if (csv_begin(&reader.csv, text, "customer,phone,queue", problems))
        read_header(&reader);
    while (reader.columns_count > 0 && csv_next(&reader.csv))
        read_row(&reader);
    find_twins(&reader);
    finish(&reader);
    usher_problems_sort(problems);
    free(reader.columns);
    free(reader.names);
    csv_fini(&reader.csv);
}
