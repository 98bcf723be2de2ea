/* A CSV file as a roster. The first row names the columns; each cell of the others is a field, but
 * for the columns `id` and `skills` ("billing=8 lang.uk=10"). */
#include <stdio.h>
#include <stdlib.h>

#include "ctl/memory.h"
#include "ctl/profile/csv.h"
#include "ctl/profile/roster.h"
#include "model/limits.h"
#include "rules/characters.h"
#include "rules/document.h"
#include "rules/suggest.h"

#define SKILL_BYTES_MAX (sizeof("skill.") + USHER_NAME_MAX)

enum column_kind { COLUMN_UNKNOWN = 0, COLUMN_ID, COLUMN_SKILLS, COLUMN_FIELD };

struct column {
    enum column_kind kind;
    struct usher_text name;
};

struct reader {
    struct roster *roster;
    struct csv csv;
    struct usher_problems *problems;
    struct column *columns;
    size_t columns_count;
    size_t id; /* the column; SIZE_MAX = none */
};

static const struct usher_text id_name = {"id", 2};
static const struct usher_text skills_name = {"skills", 6};
static const struct usher_text skill_prefix = {"skill.", 6};

static bool begins_with(struct usher_text text, struct usher_text prefix)
{
    return text.length >= prefix.length && memcmp(text.at, prefix.at, prefix.length) == 0;
}

static void pass_over(struct roster *roster, struct usher_text name)
{
    size_t length = strlen(roster->passed_over);
    if (name.length > 0 && length + name.length + sizeof(", ") <= sizeof(roster->passed_over))
        (void)snprintf(roster->passed_over + length, sizeof(roster->passed_over) - length, "%s%.*s",
                       length > 0 ? ", " : "", USHER_TEXT_ARGS(name));
}

/* People keep more in their lists than a profile has: that is passed over. But what is near a name
 * that is known, or has a dot, is one that was written wrong. */
static void judge_column(struct reader *reader, const struct csv_cell *cell)
{
    static const char *const known[] = {"id",
                                        "name",
                                        "phone",
                                        "skills",
                                        "capacity.voice",
                                        "capacity.chat",
                                        "capacity.email",
                                        "capacity.task"};
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, cell->text);
    for (size_t i = 0; i < USHER_COUNT_OF(known); i++)
        usher_suggestion_offer(&suggestion, usher_text_of(known[i]));
    if (suggestion.best.at)
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "unknown column `%.*s`; did you mean `%.*s`?", USHER_TEXT_ARGS(excerpt),
                           USHER_TEXT_ARGS(suggestion.best));
    else if (cell->text.length > 0 && memchr(cell->text.at, '.', cell->text.length))
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "unknown column `%.*s`; write skill.NAME or capacity.CHANNEL, or take "
                           "it out",
                           USHER_TEXT_ARGS(excerpt));
    else
        pass_over(reader->roster, cell->text);
}

static struct column read_column(struct reader *reader, const struct csv_cell *cell)
{
    struct column column = {.kind = COLUMN_FIELD, .name = cell->text};
    if (usher_text_is_equal(cell->text, id_name))
        column.kind = COLUMN_ID;
    else if (usher_text_is_equal(cell->text, skills_name))
        column.kind = COLUMN_SKILLS;
    else if (roster_judge(cell->text, USHER_NO_TEXT))
        column.kind = COLUMN_UNKNOWN;
    if (column.kind == COLUMN_UNKNOWN)
        judge_column(reader, cell);
    column.name = roster_keep(reader->roster, cell->text);
    return column;
}

/* Two columns for the same: by name, or one skill's beside `skills`. */
static bool is_same(const struct column *a, const struct column *b)
{
    if (a->kind == COLUMN_UNKNOWN || b->kind == COLUMN_UNKNOWN)
        return false;
    if (a->kind == COLUMN_SKILLS || b->kind == COLUMN_SKILLS) {
        const struct column *other = a->kind == COLUMN_SKILLS ? b : a;
        if (other->kind == COLUMN_FIELD && begins_with(other->name, skill_prefix))
            return true;
    }
    return usher_text_is_equal(a->name, b->name);
}

static void read_header(struct reader *reader)
{
    const struct csv *csv = &reader->csv;
    reader->columns = memory_resize(NULL, csv->count * sizeof(*reader->columns));
    reader->columns_count = csv->count;
    for (size_t i = 0; i < csv->count; i++) {
        const struct csv_cell *cell = &csv->cells[i];
        struct column *column = &reader->columns[i];
        *column = read_column(reader, cell);
        if (column->kind == COLUMN_ID)
            reader->id = i;
        for (size_t j = 0; j < i; j++) {
            struct usher_text excerpt = usher_node_excerpt(reader->columns[j].name);
            if (!is_same(&reader->columns[j], column))
                continue;
            usher_problems_add(reader->problems, cell->line, cell->column,
                               "this column says the same as the column `%.*s`; take one out",
                               USHER_TEXT_ARGS(excerpt));
            break;
        }
    }
    if (reader->id == SIZE_MAX)
        usher_problems_add(reader->problems, csv->cells[0].line, csv->cells[0].column,
                           "the first row names no column `id`; add one with the agents' ids");
}

static void add_field(struct reader *reader, struct roster_profile *profile, struct usher_text name,
                      struct usher_text value, const struct csv_cell *cell, size_t offset)
{
    const char *problem = roster_judge(name, value);
    struct usher_text excerpt = usher_node_excerpt(value);
    if (problem) {
        usher_problems_add(reader->problems, cell->line, cell->column + offset, "%.*s `%.*s`: %s",
                           USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(excerpt), problem);
        return;
    }
    struct roster_field *field =
        roster_add_field(profile, name, roster_keep(reader->roster, value));
    field->line = cell->line;
    field->column = cell->column + offset;
}

static bool is_between(char c)
{
    return c == ' ' || c == ',' || c == ';' || c == '\t' || c == '\n' || c == '\r';
}

/* One "billing=8" of a `skills` cell. */
static void add_skill(struct reader *reader, struct roster_profile *profile, struct usher_text part,
                      const struct csv_cell *cell, size_t offset)
{
    char room[SKILL_BYTES_MAX];
    const char *sign = memchr(part.at, '=', part.length);
    size_t length = sign ? (size_t)(sign - part.at) : 0;
    struct usher_text excerpt = usher_node_excerpt(part);
    if (length == 0 || length > USHER_NAME_MAX || length + 1 == part.length) {
        usher_problems_add(reader->problems, cell->line, cell->column + offset,
                           "skills `%.*s`: it is no skill with a level; write billing=8 "
                           "lang.uk=10, with spaces between",
                           USHER_TEXT_ARGS(excerpt));
        return;
    }
    memcpy(room, skill_prefix.at, skill_prefix.length);
    memcpy(room + skill_prefix.length, part.at, length);
    struct usher_text name =
        roster_keep(reader->roster, (struct usher_text){room, skill_prefix.length + length});
    struct usher_text level = {sign + 1, part.length - length - 1};
    for (size_t i = 0; i < profile->fields_count; i++) {
        if (!usher_text_is_equal(profile->fields[i].name, name))
            continue;
        usher_problems_add(reader->problems, cell->line, cell->column + offset,
                           "skills `%.*s`: this skill is in the cell twice; take one out",
                           USHER_TEXT_ARGS(excerpt));
        return;
    }
    add_field(reader, profile, name, level, cell, offset);
}

static size_t count_characters(const char *at, const char *end)
{
    size_t count = 0;
    for (; at < end; at++)
        count += ((unsigned char)*at & 0xc0) != 0x80;
    return count;
}

static void add_skills(struct reader *reader, struct roster_profile *profile,
                       const struct csv_cell *cell)
{
    const char *at = cell->text.at, *end = at + cell->text.length;
    profile->has_all_skills = true;
    while (at < end) {
        const char *start = at;
        while (at < end && !is_between(*at))
            at++;
        if (at > start)
            add_skill(reader, profile, (struct usher_text){start, (size_t)(at - start)}, cell,
                      count_characters(cell->text.at, start));
        at += at < end;
    }
}

static struct roster_profile *add_agent(struct reader *reader, const struct csv_cell *cell)
{
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    if (!usher_text_is_id(cell->text) || cell->text.length > USHER_AGENT_ID_MAX)
        usher_problems_add(reader->problems, cell->line, cell->column,
                           "id `%.*s`: an agent's id is 1 to 64 of A-Z a-z 0-9 . _ @ : + -; "
                           "correct it",
                           USHER_TEXT_ARGS(excerpt));
    struct roster_profile *profile = roster_add(reader->roster, cell->text);
    profile->line = cell->line;
    profile->column = cell->column;
    return profile;
}

static void read_row(struct reader *reader)
{
    const struct csv *csv = &reader->csv;
    if (csv->count != reader->columns_count) {
        usher_problems_add(reader->problems, csv->cells[0].line, csv->cells[0].column,
                           "this row has %zu cell%s, and the first row %zu; give it as many",
                           csv->count, csv->count == 1 ? "" : "s", reader->columns_count);
        return;
    }
    struct roster_profile *profile = add_agent(reader, &csv->cells[reader->id]);
    for (size_t i = 0; i < csv->count; i++) {
        const struct column *column = &reader->columns[i];
        if (column->kind == COLUMN_SKILLS)
            add_skills(reader, profile, &csv->cells[i]);
        else if (column->kind == COLUMN_FIELD)
            add_field(reader, profile, column->name, csv->cells[i].text, &csv->cells[i], 0);
    }
}

static void find_twins(struct reader *reader)
{
    const struct roster *roster = reader->roster;
    for (size_t i = 1; i < roster->count; i++) {
        const struct roster_profile *a = &roster->list[i - 1], *b = &roster->list[i];
        const struct roster_profile *later = a->line > b->line ? a : b;
        struct usher_text excerpt = usher_node_excerpt(a->agent);
        if (usher_text_is_equal(a->agent, b->agent))
            usher_problems_add(reader->problems, later->line, later->column,
                               "id `%.*s`: this agent is in line %zu already; take one out",
                               USHER_TEXT_ARGS(excerpt), a->line < b->line ? a->line : b->line);
    }
}

void roster_read_csv(struct roster *roster, struct usher_text text, struct usher_problems *problems)
{
    struct reader reader = {.roster = roster, .problems = problems, .id = SIZE_MAX};
    if (!usher_characters_check(text, problems))
        return;
    if (csv_begin(&reader.csv, text, "id,name,phone,skills", problems))
        read_header(&reader);
    while (reader.id != SIZE_MAX && csv_next(&reader.csv))
        read_row(&reader);
    roster_sort(roster);
    find_twins(&reader);
    usher_problems_sort(problems);
    free(reader.columns);
    csv_fini(&reader.csv);
}
