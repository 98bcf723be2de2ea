/* A wide character stands in its left cell; the right one has width 0. Whoever writes over one half
 * blanks the other. */
#include "ctl/top/frame.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "ctl/memory.h"

#define TEXT_SIZE  1024
#define ELLIPSIS   L'…'
#define SPARKS_MAX 8

static const struct frame_cell blank = {{L' ', 0}, 1, FRAME_PLAIN};

/* What stands for a character where only ASCII can be shown. */
static wchar_t to_ascii(wchar_t glyph)
{
    static const struct {
        wchar_t glyph;
        char ascii;
    } substitutes[] = {
        {L'─', '-'}, {L'│', '|'}, {L'╭', '+'}, {L'╮', '+'}, {L'╰', '+'}, {L'╯', '+'},
        {L'█', '#'}, {L'▀', '"'}, {L'▄', '_'}, {L'━', '='}, {L'○', 'o'}, {L'▁', '_'},
        {L'▂', '.'}, {L'▃', ':'}, {L'▅', '-'}, {L'▆', '='}, {L'▇', '+'}, {L'…', '~'},
        {L'●', '*'}, {L'·', '-'}, {L'›', '>'}, {L'↑', '^'}, {L'↓', 'v'}, {L'’', '\''},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(substitutes); i++)
        if (substitutes[i].glyph == glyph)
            return (wchar_t)substitutes[i].ascii;
    return glyph < 128 ? glyph : L'?';
}

/* The next character of `text`, which is moved behind it: a character that cannot be shown is `?`.
 * Returns its columns. */
static int next_glyph(const char **text, wchar_t *glyph)
{
    mbstate_t state = {0};
    size_t used = mbrtowc(glyph, *text, MB_LEN_MAX, &state);
    if (used == 0 || used > MB_LEN_MAX) {
        *glyph = L'?';
        (*text)++;
        return 1;
    }
    *text += used;
    int width = wcwidth(*glyph);
    if (width >= 0)
        return width;
    *glyph = L'?';
    return 1;
}

int frame_width_of(const char *text)
{
    int width = 0;
    for (wchar_t glyph; *text;)
        width += next_glyph(&text, &glyph);
    return width;
}

void frame_init(struct frame *frame, int width, int height, bool is_ascii)
{
    assert(width > 0 && height > 0);
    frame->width = width;
    frame->height = height;
    frame->is_ascii = is_ascii;
    frame->cells = memory_resize(NULL, (size_t)width * (size_t)height * sizeof(*frame->cells));
    frame_clear(frame);
}

void frame_fini(struct frame *frame)
{
    free(frame->cells);
    frame->cells = NULL;
}

void frame_clear(struct frame *frame)
{
    for (int i = 0; i < frame->width * frame->height; i++)
        frame->cells[i] = blank;
}

void frame_copy(struct frame *frame, const struct frame *from)
{
    assert(frame->width == from->width && frame->height == from->height);
    memcpy(frame->cells, from->cells,
           (size_t)frame->width * (size_t)frame->height * sizeof(*frame->cells));
}

/* NULL outside the page. */
static struct frame_cell *cell_at(const struct frame *frame, int x, int y)
{
    if (x < 0 || y < 0 || x >= frame->width || y >= frame->height)
        return NULL;
    return &frame->cells[y * frame->width + x];
}

/* Blanks the other half of a wide character that is about to lose this one. */
static void split(struct frame *frame, int x, int y)
{
    struct frame_cell *cell = cell_at(frame, x, y);
    struct frame_cell *left = cell_at(frame, x - 1, y), *right = cell_at(frame, x + 1, y);
    if (cell->width == 0 && left)
        *left = blank;
    if (cell->width == 2 && right)
        *right = blank;
}

/* Puts one character where it fits. */
static void put_glyph(struct frame *frame, int x, int y, int width, int style, wchar_t glyph)
{
    if (frame->is_ascii) {
        glyph = to_ascii(glyph);
        width = 1;
    }
    struct frame_cell *cell = cell_at(frame, x, y), *right = cell_at(frame, x + 1, y);
    if (!cell || (width == 2 && !right))
        return;
    split(frame, x, y);
    *cell = (struct frame_cell){{glyph, 0}, (uint8_t)width, (uint8_t)style};
    if (width < 2)
        return;
    split(frame, x + 1, y);
    *right = (struct frame_cell){{L' ', 0}, 0, (uint8_t)style};
}

/* A mark that stands over the character before it. */
static void put_mark(struct frame *frame, int x, int y, wchar_t glyph)
{
    struct frame_cell *cell = cell_at(frame, x, y);
    if (cell && cell->width == 0)
        cell = cell_at(frame, x - 1, y);
    if (cell && !frame->is_ascii)
        cell->glyph[1] = glyph;
}

int frame_put(struct frame *frame, int x, int y, int width, int style, const char *text)
{
    int taken = 0;
    if (width <= 0)
        return 0;
    bool is_cut = frame_width_of(text) > width;
    int room = is_cut ? width - 1 : width;
    for (wchar_t glyph; *text;) {
        int columns = next_glyph(&text, &glyph);
        if (columns > room - taken)
            break;
        if (columns == 0 && taken > 0)
            put_mark(frame, x + taken - 1, y, glyph);
        else if (columns > 0)
            put_glyph(frame, x + taken, y, columns, style, glyph);
        taken += frame->is_ascii && columns == 2 ? 1 : columns;
    }
    if (is_cut)
        put_glyph(frame, x + taken++, y, 1, style, ELLIPSIS);
    return taken;
}

int frame_print(struct frame *frame, int x, int y, int width, int style, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return frame_put(frame, x, y, width, style, text);
}

int frame_print_right(struct frame *frame, int x, int y, int width, int style, const char *format,
                      ...)
{
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    int columns = frame_width_of(text);
    int gap = columns < width ? width - columns : 0;
    return frame_put(frame, x + gap, y, width - gap, style, text);
}

void frame_rule(struct frame *frame, int x, int y, int width, int style)
{
    for (int i = 0; i < width; i++)
        put_glyph(frame, x + i, y, 1, style, L'─');
}

void frame_fill(struct frame *frame, int x, int y, int width, int style)
{
    for (int i = 0; i < width; i++)
        put_glyph(frame, x + i, y, 1, style, L' ');
}

void frame_bar(struct frame *frame, int x, int y, int width, int style, int64_t share, int64_t of)
{
    int64_t full = of > 0 ? (share * width + of / 2) / of : 0;
    for (int i = 0; i < width; i++)
        put_glyph(frame, x + i, y, 1, i < full ? style : FRAME_DIM, i < full ? L'━' : L'─');
}

void frame_spark(struct frame *frame, int x, int y, int style, int64_t part, int64_t whole)
{
    static const wchar_t sparks[SPARKS_MAX] = {L'▁', L'▂', L'▃', L'▄', L'▅', L'▆', L'▇', L'█'};
    if (part <= 0) {
        put_glyph(frame, x, y, 1, FRAME_DIM, L'·');
        return;
    }
    int64_t height = whole > 0 ? (part * SPARKS_MAX + whole - 1) / whole : 1;
    put_glyph(frame, x, y, 1, style, sparks[(height > SPARKS_MAX ? SPARKS_MAX : height) - 1]);
}

void frame_box(struct frame *frame, int x, int y, int width, int height, int style)
{
    for (int row = 1; row < height - 1; row++) {
        frame_fill(frame, x, y + row, width, FRAME_PLAIN);
        put_glyph(frame, x, y + row, 1, style, L'│');
        put_glyph(frame, x + width - 1, y + row, 1, style, L'│');
    }
    frame_rule(frame, x + 1, y, width - 2, style);
    frame_rule(frame, x + 1, y + height - 1, width - 2, style);
    put_glyph(frame, x, y, 1, style, L'╭');
    put_glyph(frame, x + width - 1, y, 1, style, L'╮');
    put_glyph(frame, x, y + height - 1, 1, style, L'╰');
    put_glyph(frame, x + width - 1, y + height - 1, 1, style, L'╯');
}

static void add_glyphs(const struct frame_cell *cell, struct usher_bytes *out)
{
    for (size_t i = 0; i < USHER_COUNT_OF(cell->glyph) && cell->glyph[i]; i++) {
        char room[MB_LEN_MAX];
        mbstate_t state = {0};
        size_t length = wcrtomb(room, cell->glyph[i], &state);
        if (length <= sizeof(room))
            usher_bytes_append(out, room, length);
    }
}

static void add_style(int style, bool has_colour, struct usher_bytes *out)
{
    static const struct {
        int bit;
        const char *code;
    } attributes[] = {{FRAME_BOLD, ";1"}, {FRAME_DIM, ";2"}, {FRAME_REVERSE, ";7"}};
    usher_bytes_append_text(out, USHER_TEXT("\033[0"));
    for (size_t i = 0; i < USHER_COUNT_OF(attributes); i++)
        if (style & attributes[i].bit)
            usher_bytes_append_text(out, usher_text_of(attributes[i].code));
    if (has_colour && (style & FRAME_COLOURS)) {
        usher_bytes_append_text(out, USHER_TEXT(";3"));
        usher_bytes_append_int64(out, style & FRAME_COLOURS);
    }
    usher_bytes_append_char(out, 'm');
}

static bool is_same(const struct frame_cell *a, const struct frame_cell *b)
{
    return a->glyph[0] == b->glyph[0] && a->glyph[1] == b->glyph[1] && a->width == b->width &&
           a->style == b->style;
}

static void move_cursor(int x, int y, struct usher_bytes *out)
{
    usher_bytes_append_text(out, USHER_TEXT("\033["));
    usher_bytes_append_int64(out, y + 1);
    usher_bytes_append_char(out, ';');
    usher_bytes_append_int64(out, x + 1);
    usher_bytes_append_char(out, 'H');
}

void frame_send(const struct frame *frame, const struct frame *shown, bool has_colour,
                struct usher_bytes *out)
{
    int style = -1, cursor = -1;
    for (int i = 0; i < frame->width * frame->height; i++) {
        const struct frame_cell *cell = &frame->cells[i];
        bool is_wide_before = cell->width == 0;
        if (is_wide_before || (shown && is_same(cell, &shown->cells[i]) &&
                               (cell->width < 2 || is_same(cell + 1, &shown->cells[i + 1]))))
            continue;
        if (cursor != i || i % frame->width == 0)
            move_cursor(i % frame->width, i / frame->width, out);
        if (style != cell->style)
            add_style(style = cell->style, has_colour, out);
        add_glyphs(cell, out);
        cursor = i + cell->width;
    }
    if (style > 0)
        add_style(FRAME_PLAIN, has_colour, out);
}

void frame_print_lines(const struct frame *frame, FILE *file)
{
    struct usher_bytes line;
    int blank_lines = 0;
    usher_bytes_init(&line, SIZE_MAX);
    for (int y = 0; y < frame->height; y++) {
        usher_bytes_clear(&line);
        for (int x = 0; x < frame->width; x++)
            if (cell_at(frame, x, y)->width > 0)
                add_glyphs(cell_at(frame, x, y), &line);
        while (line.length > 0 && line.at[line.length - 1] == ' ')
            usher_bytes_cut(&line, line.length - 1);
        blank_lines = line.length > 0 ? blank_lines : blank_lines + 1;
        if (line.length == 0)
            continue;
        for (; blank_lines > 0; blank_lines--)
            fputc('\n', file);
        fprintf(file, "%.*s\n", (int)line.length, line.at);
    }
    usher_bytes_fini(&line);
}
