/* A page of characters: it is drawn as a whole, and sent as the difference to what the terminal
 * shows. One that is sent nowhere can be printed as plain lines. Widths are the terminal's columns;
 * what is outside the page, or outside the width that a caller gives, is left out. */
#ifndef CTL_TOP_FRAME_H
#define CTL_TOP_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

#include "base/bytes.h"

/* A colour and any of the attributes. */
enum frame_style {
    FRAME_PLAIN = 0,
    FRAME_RED = 1,
    FRAME_GREEN = 2,
    FRAME_YELLOW = 3,
    FRAME_CYAN = 6,
    FRAME_COLOURS = 7,
    FRAME_BOLD = 8,
    FRAME_DIM = 16,
    FRAME_REVERSE = 32,
};

struct frame_cell {
    wchar_t glyph[2]; /* with one that takes no column of its own, or 0 */
    uint8_t width;    /* 0: the right half of a wide one */
    uint8_t style;
};

struct frame {
    int width;
    int height;
    struct frame_cell *cells;
    bool is_ascii; /* lines and bars are drawn with what ASCII has */
};

/* Blank. */
void frame_init(struct frame *frame, int width, int height, bool is_ascii);
void frame_fini(struct frame *frame);
void frame_clear(struct frame *frame);
/* Both must have the same size. */
void frame_copy(struct frame *frame, const struct frame *from);

/* Puts UTF-8 into `width` columns from (x, y) on; what is longer is cut, and ends with a sign of
 * that. Returns how many columns were taken. */
int frame_put(struct frame *frame, int x, int y, int width, int style, const char *text);
int frame_print(struct frame *frame, int x, int y, int width, int style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same at the right end of those columns. */
int frame_print_right(struct frame *frame, int x, int y, int width, int style, const char *format,
                      ...) __attribute__((format(printf, 6, 7)));
/* A horizontal line. */
void frame_rule(struct frame *frame, int x, int y, int width, int style);
void frame_fill(struct frame *frame, int x, int y, int width, int style);
/* `share` of `of` as a bar of `width` columns. */
void frame_bar(struct frame *frame, int x, int y, int width, int style, int64_t share, int64_t of);
/* One column of a chart: `part` of `whole` as its height. */
void frame_spark(struct frame *frame, int x, int y, int style, int64_t part, int64_t whole);
/* A box with a blank inside. */
void frame_box(struct frame *frame, int x, int y, int width, int height, int style);

/* The columns that the text takes. */
int frame_width_of(const char *text);

/* Appends what turns `shown` into `frame` on a terminal. `shown` NULL: all of it is drawn. */
void frame_send(const struct frame *frame, const struct frame *shown, bool has_colour,
                struct usher_bytes *out);
/* Plain lines, without the blanks at their ends and the blank lines at the page's end. */
void frame_print_lines(const struct frame *frame, FILE *file);

#endif
