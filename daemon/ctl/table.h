/* A table for people: columns as wide as their cells, narrowed to the terminal, with colour only
 * where it is wanted. Widths are counted in the terminal's columns: a cell is UTF-8, and what
 * cannot be printed shows as `?`. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum table_colour {
    TABLE_PLAIN = 0,
    TABLE_BOLD,
    TABLE_DIM,
    TABLE_RED,
    TABLE_GREEN,
    TABLE_YELLOW,
    TABLE_CYAN,
    TABLE_COLOUR_COUNT,
};

/* What the output can show. */
struct table_style {
    size_t width;    /* columns of the terminal; 0 = no bound */
    bool has_colour; /* a terminal, and NO_COLOR is not set */
};

struct table_column {
    const char *title;
    bool is_right;   /* numbers and durations */
    bool can_shrink; /* when the terminal is too narrow, the widest of these gives way first */
};

struct table;

/* What `file` can show. Sets the character type of the process to UTF-8, so call it once, at start.
 */
struct table_style table_style_of(FILE *file);

/* `columns` is borrowed until table_free. */
struct table *table_new(const struct table_column *columns, size_t columns_count);
void table_free(struct table *table);
/* Adds the next cell; a row is whole when each column has its cell. */
void table_add(struct table *table, enum table_colour colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The title line, then the rows. All rows must be whole. */
void table_print(const struct table *table, struct table_style style, FILE *file);

/* Prints `text` in `colour`, cut to `width_max` columns when that is not 0. Returns the columns
 * that it took. */
size_t table_print_text(const char *text, size_t width_max, enum table_colour colour,
                        struct table_style style, FILE *file);

#endif
