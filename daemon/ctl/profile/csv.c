#include "ctl/profile/csv.h"

#include <stdlib.h>

#include "ctl/memory.h"

static const char separators[] = {',', ';', '\t'};

/* A CR before an LF is a part of that line's end. */
static bool is_line_end(const char *at, const char *end)
{
    return *at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n'));
}

/* The separator that the first row has most of, outside quotes. */
static char find_separator(const char *at, const char *end)
{
    size_t counts[sizeof(separators)] = {0};
    size_t best = 0;
    bool is_quoted = false;
    for (; at < end && (is_quoted || !is_line_end(at, end)); at++) {
        is_quoted ^= *at == '"';
        for (size_t i = 0; i < sizeof(separators) && !is_quoted; i++)
            counts[i] += *at == separators[i];
    }
    for (size_t i = 1; i < sizeof(separators); i++)
        if (counts[i] > counts[best])
            best = i;
    return separators[best];
}

void csv_init(struct csv *csv, struct usher_text text, struct usher_problems *problems)
{
    *csv = (struct csv){.at = text.at, .end = text.at + text.length, .line = 1, .column = 1};
    csv->problems = problems;
    csv->room = memory_resize(NULL, text.length + 1);
    if (text.length >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
        csv->at += 3;
    csv->separator = find_separator(csv->at, csv->end);
}

void csv_fini(struct csv *csv)
{
    free(csv->cells);
    free(csv->room);
}

/* Passes over one byte, and counts characters. */
static void step(struct csv *csv)
{
    if (is_line_end(csv->at, csv->end)) {
        csv->line++;
        csv->column = 1;
    } else if (((unsigned char)*csv->at & 0xc0) != 0x80) {
        csv->column++;
    }
    csv->at++;
}

static bool is_cell_end(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == csv->separator || is_line_end(csv->at, csv->end);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct usher_text trim(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    while (end > at && is_space(end[-1]))
        end--;
    return (struct usher_text){at, (size_t)(end - at)};
}

/* Behind the opening quote. True when the closing one was there. */
static bool read_quoted(struct csv *csv, struct usher_text *text)
{
    char *out = csv->room + csv->room_used;
    size_t length = 0;
    while (csv->at < csv->end) {
        bool is_quote = *csv->at == '"';
        if (is_quote && (csv->at + 1 == csv->end || csv->at[1] != '"'))
            break;
        if (is_quote)
            step(csv);
        out[length++] = *csv->at;
        step(csv);
    }
    csv->room_used += length;
    *text = trim(out, out + length);
    if (csv->at == csv->end)
        return false;
    step(csv);
    return true;
}

static void skip_blanks(struct csv *csv)
{
    while (!is_cell_end(csv) && (*csv->at == ' ' || *csv->at == '\r'))
        step(csv);
}

static struct csv_cell read_cell(struct csv *csv)
{
    struct csv_cell cell;
    skip_blanks(csv);
    cell.line = csv->line;
    cell.column = csv->column;
    const char *start = csv->at;
    if (csv->at < csv->end && *csv->at == '"') {
        step(csv);
        if (!read_quoted(csv, &cell.text))
            usher_problems_add(csv->problems, cell.line, cell.column,
                               "this quote is never closed; put a \" at the cell's end");
        skip_blanks(csv);
        if (!is_cell_end(csv))
            usher_problems_add(csv->problems, csv->line, csv->column,
                               "text stands behind a closing quote; write a quote inside a quoted "
                               "cell twice");
        while (!is_cell_end(csv))
            step(csv);
        return cell;
    }
    while (!is_cell_end(csv))
        step(csv);
    cell.text = trim(start, csv->at);
    return cell;
}

/* True when it has anything in it. */
static bool read_row(struct csv *csv)
{
    bool has_text = false;
    csv->count = 0;
    for (;;) {
        if (csv->count == csv->cells_room) {
            csv->cells_room = csv->cells_room ? 2 * csv->cells_room : 16;
            csv->cells = memory_resize(csv->cells, csv->cells_room * sizeof(*csv->cells));
        }
        csv->cells[csv->count] = read_cell(csv);
        has_text |= csv->cells[csv->count++].text.length > 0;
        if (csv->at == csv->end)
            return has_text;
        bool is_row_end = is_line_end(csv->at, csv->end);
        step(csv);
        if (is_row_end)
            return has_text;
    }
}

bool csv_next(struct csv *csv)
{
    while (csv->at < csv->end)
        if (read_row(csv))
            return true;
    return false;
}

bool csv_begin(struct csv *csv, struct usher_text text, const char *example,
               struct usher_problems *problems)
{
    csv_init(csv, text, problems);
    if (csv_next(csv))
        return true;
    usher_problems_add(problems, 1, 1, "it is empty; begin with a row of columns, as in %s",
                       example);
    return false;
}
