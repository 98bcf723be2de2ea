/* A table keeps its cells as text until it is printed, since only then all widths are known. */
#include "ctl/table.h"

#include <assert.h>
#include <locale.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "ctl/memory.h"

#define GAP              2 /* columns between two cells */
#define SHRUNK_WIDTH_MIN 6 /* a column is never made narrower than this */
#define COLUMNS_MAX      16

struct cell {
    char *text;
    enum table_colour colour;
};

struct table {
    const struct table_column *columns;
    size_t columns_count;
    struct cell *cells; /* row by row */
    size_t cells_count;
    size_t cells_room;
};

static const char *const colour_codes[TABLE_COLOUR_COUNT] = {
    [TABLE_PLAIN] = "",        [TABLE_BOLD] = "\033[1m",   [TABLE_DIM] = "\033[2m",
    [TABLE_RED] = "\033[31m",  [TABLE_GREEN] = "\033[32m", [TABLE_YELLOW] = "\033[33m",
    [TABLE_CYAN] = "\033[36m",
};

/* One character: its bytes, and the terminal's columns that it takes; what cannot be printed takes
 * one, as `?`. */
struct glyph {
    size_t length;
    size_t width;
    bool is_printable;
};

static struct glyph next_glyph(const char *text, size_t length)
{
    wchar_t wide = 0;
    mbstate_t state = {0};
    size_t used = mbrtowc(&wide, text, length, &state);
    if (used == 0 || used > length)
        return (struct glyph){1, 1, false};
    int width = wcwidth(wide);
    if (width < 0)
        return (struct glyph){used, 1, false};
    return (struct glyph){used, (size_t)width, true};
}

static size_t text_width(const char *text)
{
    size_t length = strlen(text), width = 0;
    while (length > 0) {
        struct glyph glyph = next_glyph(text, length);
        width += glyph.width;
        text += glyph.length;
        length -= glyph.length;
    }
    return width;
}

struct table_style table_style_of(FILE *file)
{
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        setlocale(LC_CTYPE, "");
    if (!isatty(fileno(file)))
        return (struct table_style){0, false};
    struct winsize size;
    bool is_known = ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return (struct table_style){
        .width = is_known ? size.ws_col : 80,
        .has_colour = (no_colour == NULL || no_colour[0] == '\0') &&
                      (terminal == NULL || strcmp(terminal, "dumb") != 0),
    };
}

struct table *table_new(const struct table_column *columns, size_t columns_count)
{
    assert(columns_count > 0 && columns_count <= COLUMNS_MAX);
    struct table *table = memory_resize(NULL, sizeof(*table));
    *table = (struct table){.columns = columns, .columns_count = columns_count};
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->cells_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table);
}

void table_add(struct table *table, enum table_colour colour, const char *format, ...)
{
    if (table->cells_count == table->cells_room) {
        table->cells_room = table->cells_room ? 2 * table->cells_room : 256;
        table->cells = memory_resize(table->cells, table->cells_room * sizeof(*table->cells));
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    char *text = memory_resize(NULL, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    table->cells[table->cells_count++] = (struct cell){text, colour};
}

static void measure(const struct table *table, size_t widths[COLUMNS_MAX])
{
    for (size_t column = 0; column < table->columns_count; column++)
        widths[column] = text_width(table->columns[column].title);
    for (size_t i = 0; i < table->cells_count; i++) {
        size_t width = text_width(table->cells[i].text);
        size_t column = i % table->columns_count;
        if (width > widths[column])
            widths[column] = width;
    }
}

/* Takes columns from the widest that may shrink, one by one, until the row fits or none can give
 * more. */
static void shrink(const struct table *table, size_t widths[COLUMNS_MAX], size_t width_max)
{
    size_t width = GAP * (table->columns_count - 1);
    for (size_t column = 0; column < table->columns_count; column++)
        width += widths[column];
    while (width > width_max) {
        size_t widest = table->columns_count;
        for (size_t column = 0; column < table->columns_count; column++)
            if (table->columns[column].can_shrink && widths[column] > SHRUNK_WIDTH_MIN &&
                (widest == table->columns_count || widths[column] > widths[widest]))
                widest = column;
        if (widest == table->columns_count)
            return;
        widths[widest]--;
        width--;
    }
}

size_t table_print_text(const char *text, size_t width_max, enum table_colour colour,
                        struct table_style style, FILE *file)
{
    size_t length = strlen(text), width = 0;
    bool is_cut = width_max > 0 && text_width(text) > width_max;
    size_t room = is_cut ? width_max - 1 : SIZE_MAX;
    bool is_coloured = style.has_colour && colour != TABLE_PLAIN;
    if (is_coloured)
        fputs(colour_codes[colour], file);
    while (length > 0) {
        struct glyph glyph = next_glyph(text, length);
        if (glyph.width > room - width)
            break;
        if (glyph.is_printable)
            fwrite(text, 1, glyph.length, file);
        else
            fputc('?', file);
        width += glyph.width;
        text += glyph.length;
        length -= glyph.length;
    }
    if (is_cut) {
        fputs("…", file);
        width++;
    }
    if (is_coloured)
        fputs("\033[0m", file);
    return width;
}

static void print_cell(const struct table *table, size_t column, size_t width, struct cell cell,
                       struct table_style style, FILE *file)
{
    size_t taken = text_width(cell.text);
    bool is_last = column + 1 == table->columns_count;
    if (table->columns[column].is_right && taken < width)
        fprintf(file, "%*s", (int)(width - taken), "");
    size_t printed = table_print_text(cell.text, width, cell.colour, style, file);
    if (!table->columns[column].is_right && printed < width && !is_last)
        fprintf(file, "%*s", (int)(width - printed), "");
    if (is_last)
        fputc('\n', file);
    else
        fprintf(file, "%*s", GAP, "");
}

void table_print(const struct table *table, struct table_style style, FILE *file)
{
    assert(table->cells_count % table->columns_count == 0);
    size_t widths[COLUMNS_MAX];
    measure(table, widths);
    if (style.width > 0)
        shrink(table, widths, style.width);
    for (size_t column = 0; column < table->columns_count; column++) {
        char title[64];
        snprintf(title, sizeof(title), "%s", table->columns[column].title);
        print_cell(table, column, widths[column], (struct cell){title, TABLE_BOLD}, style, file);
    }
    for (size_t i = 0; i < table->cells_count; i++) {
        size_t column = i % table->columns_count;
        print_cell(table, column, widths[column], table->cells[i], style, file);
    }
}
