#include "ctl/simulate/call_columns.h"

#include <stdio.h>
#include <string.h>

#include "rules/document.h"

#define LINE_LENGTH 84 /* behind which no item of a comment begins */

/* In small letters, without blanks, dashes and units; between blanks. */
static const struct {
    const char *name;
    const char *words;
} roles[ROLES_COUNT] = {
    [ROLE_DATE] = {"date", " date day calendardate "},
    [ROLE_ARRIVAL] = {"arrival", " arrival arrived arrivaltime arrivedat joined entered enqueued "
                                 "queuestart qstart start starttime startedat time timestamp "
                                 "datetime calldate calltime "},
    [ROLE_QUEUE] = {"queue", " queue queuename type kind calltype skill group service "},
    [ROLE_WAIT] = {"wait", " wait waited waittime waitingtime qtime queuetime holdtime hold "},
    [ROLE_OUTCOME] = {"outcome", " outcome result status disposition event "},
    [ROLE_SERVICE] = {"service_time", " talk talktime talked servicetime sertime handle "
                                      "handletime handlingtime duration billsec "},
    [ROLE_AGENT] = {"agent", " agent agentid agentname operator server answeredby "},
};

struct columns_reader {
    struct call_columns *columns;
    const struct csv *csv;
    bool is_told[ROLES_COUNT];    /* by --column */
    bool is_refused[ROLES_COUNT]; /* what was told is no column; that is a problem already */
};

/* ---- words ---- */

static bool ends_with(const char *word, const char *end)
{
    size_t length = strlen(word);
    size_t end_length = strlen(end);
    return length > end_length && strcmp(word + length - end_length, end) == 0;
}

/* The unit that the name ends with; it is taken off `word` when that names a column then. */
static int64_t unit_of(struct usher_text name, char word[CALL_WORD_BYTES])
{
    static const struct {
        const char *end;
        int64_t ms;
    } units[] = {{"milliseconds", 1}, {"millis", 1},      {"msecs", 1},      {"msec", 1},
                 {"ms", 1},           {"secs", 1000},     {"seconds", 1000}, {"sec", 1000},
                 {"s", 1000},         {"minutes", 60000}, {"mins", 60000},   {"min", 60000}};
    const char *before = name.length > 1 ? &name.at[name.length - 2] : "-";
    bool is_apart = *before == '_' || *before == ' ';
    for (size_t i = 0; i < USHER_COUNT_OF(units); i++) {
        bool is_letter = strcmp(units[i].end, "s") == 0; /* talk_s, but not talks */
        if (!ends_with(word, units[i].end) || (is_letter && !is_apart))
            continue;
        word[strlen(word) - strlen(units[i].end)] = '\0';
        return units[i].ms;
    }
    return 1000;
}

/* ---- the first row ---- */

static size_t find_column(const struct csv *csv, struct usher_text name)
{
    for (size_t i = 0; i < csv->count; i++)
        if (usher_text_is_equal(csv->cells[i].text, name))
            return i;
    return SIZE_MAX;
}

static void refuse_column(struct columns_reader *reader, enum call_role role, const char *given,
                          struct usher_text name)
{
    const struct csv_cell *first = &reader->csv->cells[0];
    char list[256] = "";
    for (size_t i = 0; i < reader->csv->count; i++) {
        size_t length = strlen(list);
        struct usher_text cell = usher_node_excerpt(reader->csv->cells[i].text);
        (void)snprintf(list + length, sizeof(list) - length, "%s%.*s", i > 0 ? ", " : "",
                       USHER_TEXT_ARGS(cell));
    }
    usher_problems_add(reader->csv->problems, first->line, first->column,
                       "--column %s: no column is named `%.*s`; there are %s", given,
                       USHER_TEXT_ARGS(name), list);
    reader->is_refused[role] = true;
}

static void take_column(struct columns_reader *reader, enum call_role role, size_t column)
{
    char word[CALL_WORD_BYTES];
    struct usher_text name = reader->csv->cells[column].text;
    call_word_read(name, word);
    reader->columns->at[role] = column;
    reader->columns->units_ms[role] = unit_of(name, word);
}

/* "wait=hold_s" of --column, or "wait=" for none. */
static void take_option(struct columns_reader *reader, const char *given)
{
    const struct csv_cell *first = &reader->csv->cells[0];
    const char *sign = strchr(given, '=');
    struct usher_text own = {given, sign ? (size_t)(sign - given) : 0};
    for (size_t role = 0; sign && role < ROLES_COUNT; role++) {
        if (!usher_text_is_equal(own, usher_text_of(roles[role].name)))
            continue;
        struct usher_text name = usher_text_of(sign + 1);
        size_t column = find_column(reader->csv, name);
        reader->is_told[role] = true;
        if (name.length == 0)
            reader->columns->at[role] = SIZE_MAX;
        else if (column == SIZE_MAX)
            refuse_column(reader, (enum call_role)role, given, name);
        else
            take_column(reader, (enum call_role)role, column);
        return;
    }
    usher_problems_add(reader->csv->problems, first->line, first->column,
                       "--column %s: write WHAT=NAME, where WHAT is date, arrival, queue, wait, "
                       "outcome, service_time or agent",
                       given);
}

static bool is_taken(const struct call_columns *columns, size_t column)
{
    for (size_t role = 0; role < ROLES_COUNT; role++)
        if (columns->at[role] == column)
            return true;
    return false;
}

/* The first column whose name says it, with a unit behind it or without. */
static void guess_column(struct columns_reader *reader, enum call_role role)
{
    for (size_t i = 0;
         i < reader->csv->count && reader->columns->at[role] == SIZE_MAX && !reader->is_told[role];
         i++) {
        char word[CALL_WORD_BYTES];
        call_word_read(reader->csv->cells[i].text, word);
        bool is_named = call_word_is_one_of(word, roles[role].words);
        (void)unit_of(reader->csv->cells[i].text, word);
        if (!is_taken(reader->columns, i) &&
            (is_named || call_word_is_one_of(word, roles[role].words)))
            take_column(reader, role, i);
    }
}

static bool is_missing(const struct columns_reader *reader, enum call_role role)
{
    return reader->columns->at[role] == SIZE_MAX && !reader->is_refused[role];
}

static void check_columns(const struct columns_reader *reader)
{
    const struct csv_cell *first = &reader->csv->cells[0];
    static const enum call_role needed[] = {ROLE_ARRIVAL, ROLE_WAIT};
    for (size_t i = 0; i < USHER_COUNT_OF(needed); i++)
        if (is_missing(reader, needed[i]))
            usher_problems_add(reader->csv->problems, first->line, first->column,
                               "which column is the %s? Say so with --column %s=NAME",
                               roles[needed[i]].name, roles[needed[i]].name);
    if (is_missing(reader, ROLE_OUTCOME) && is_missing(reader, ROLE_SERVICE) &&
        is_missing(reader, ROLE_AGENT))
        usher_problems_add(reader->csv->problems, first->line, first->column,
                           "who was answered, and who gave up? Say which column tells with "
                           "--column outcome=NAME, service_time=NAME or agent=NAME");
}

/* The second of two columns of the same name, where either is taken. */
static void check_names(const struct columns_reader *reader)
{
    const struct csv *csv = reader->csv;
    for (size_t i = 1; i < csv->count; i++) {
        struct usher_text name = csv->cells[i].text;
        size_t first = find_column(csv, name);
        if (name.length == 0 || first == i ||
            !(is_taken(reader->columns, i) || is_taken(reader->columns, first)))
            continue;
        struct usher_text excerpt = usher_node_excerpt(name);
        usher_problems_add(csv->problems, csv->cells[i].line, csv->cells[i].column,
                           "another column is named `%.*s`, too; which one counts? Give them "
                           "different names",
                           USHER_TEXT_ARGS(excerpt));
    }
}

/* ---- telling ---- */

/* In a comment a name is one line. */
static void tell_name(const struct csv *csv, size_t column, struct usher_bytes *out)
{
    struct usher_text name = usher_node_excerpt(csv->cells[column].text);
    usher_bytes_append_char(out, '`');
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        if ((unsigned char)c < ' ')
            c = ' ';
        usher_bytes_append_char(out, c);
    }
    usher_bytes_append_char(out, '`');
}

/* Begins an item of a list, in a new line where this one is nearly full. */
static void tell_item(const char *between, const char *word, struct usher_bytes *out)
{
    struct usher_text text = usher_bytes_text(out);
    size_t length = 0;
    while (length < text.length && text.at[text.length - 1 - length] != '\n')
        length++;
    usher_bytes_append_text(out, usher_text_of(between));
    usher_bytes_append_text(out, length > LINE_LENGTH ? USHER_TEXT("\n#   ") : USHER_TEXT(" "));
    usher_bytes_append_text(out, usher_text_of(word));
}

/* ---- for others ---- */

bool call_columns_read(struct call_columns *columns, const struct csv *csv,
                       const struct options *options)
{
    struct columns_reader reader = {.columns = columns, .csv = csv};
    size_t before = csv->problems->count;
    columns->count = csv->count;
    for (size_t role = 0; role < ROLES_COUNT; role++)
        columns->at[role] = SIZE_MAX;
    for (size_t i = 0; i < options->columns_count; i++)
        take_option(&reader, options->columns[i]);
    for (size_t role = 0; role < ROLES_COUNT; role++)
        guess_column(&reader, (enum call_role)role);
    check_columns(&reader);
    check_names(&reader);
    return csv->problems->count == before;
}

void call_columns_tell(const struct call_columns *columns, const struct csv *csv,
                       struct usher_bytes *out)
{
    static const enum call_role told[] = {ROLE_ARRIVAL, ROLE_WAIT,  ROLE_OUTCOME,
                                          ROLE_SERVICE, ROLE_QUEUE, ROLE_AGENT};
    usher_bytes_append_text(out, USHER_TEXT("# Columns:"));
    const char *between = "";
    for (size_t i = 0; i < USHER_COUNT_OF(told); i++) {
        if (columns->at[told[i]] == SIZE_MAX)
            continue;
        tell_item(between, roles[told[i]].name, out);
        usher_bytes_append_char(out, ' ');
        tell_name(csv, columns->at[told[i]], out);
        if (told[i] == ROLE_ARRIVAL && columns->at[ROLE_DATE] != SIZE_MAX) {
            usher_bytes_append_text(out, USHER_TEXT(" of "));
            tell_name(csv, columns->at[ROLE_DATE], out);
        }
        between = ",";
    }
    between = "; not used:";
    for (size_t i = 0; i < csv->count; i++) {
        if (is_taken(columns, i) || csv->cells[i].text.length == 0)
            continue;
        tell_item(between, "", out);
        tell_name(csv, i, out);
        between = ",";
    }
    usher_bytes_append_text(out, USHER_TEXT(".\n"));
}

const char *call_role_name(enum call_role role)
{
    return roles[role].name;
}

void call_word_read(struct usher_text text, char room[CALL_WORD_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < text.length && length + 1 < CALL_WORD_BYTES; i++) {
        char c = text.at[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != ' ' && c != '_' && c != '-' && c != '.')
            room[length++] = c;
    }
    room[length] = '\0';
}

bool call_word_is_one_of(const char *word, const char *words)
{
    size_t length = strlen(word);
    for (const char *at = words; length > 0 && (at = strstr(at, word)) != NULL; at++)
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}
