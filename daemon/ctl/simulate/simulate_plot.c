/* The service levels as bars, a group a queue and tier, a bar an entry; with the means over all and
 * their intervals at the top. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/simulate/simulate.h"

enum {
    LEFT_MIN = 120, /* room for the names */
    LETTER = 7,
    BARS = 560,
    RIGHT = 70,
    BAR = 13, /* high */
    GAP = 14, /* between the groups */
    TOP = 70,
    NAME_BYTES = 60, /* of an entry's name at most */
};

static const char *const colours[USHER_ENTRIES_MAX] = {"#1f6f8b", "#c9782b", "#7a9a3a", "#8a5a9e",
                                                       "#5b7083", "#b5495b", "#4f9d8f", "#a08a3c"};

struct plot {
    FILE *file;
    const struct simulation *simulation;
    int left; /* where the bars begin */
};

/* As text of an element; XML has no place for control characters. */
static void write_text(FILE *file, struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char letter = (unsigned char)text.at[i];
        if (letter == '<')
            fputs("&lt;", file);
        else if (letter == '>')
            fputs("&gt;", file);
        else if (letter == '&')
            fputs("&amp;", file);
        else
            fputc(letter < ' ' || letter == 0x7f ? '?' : letter, file);
    }
}

static void write_label(const struct plot *plot, double y, const char *first, const char *second)
{
    FILE *file = plot->file;
    fprintf(file, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", plot->left - 10, y);
    write_text(file, usher_text_of(first));
    if (second) {
        fputs(", ", file);
        write_text(file, usher_text_of(second));
    }
    fputs("</text>\n", file);
}

static void write_bar(const struct plot *plot, size_t entry, double y, double share, double reach)
{
    FILE *file = plot->file;
    int left = plot->left;
    double from = share > reach ? share - reach : 0; /* an interval may reach beyond all shares */
    double to = share + reach < 1 ? share + reach : 1;
    fprintf(file, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left, y,
            BARS * share, BAR - 2, colours[entry]);
    if (reach > 0)
        fprintf(file, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#222\"/>\n", left + BARS * from,
                y + (BAR - 2) / 2.0, left + BARS * to);
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\">%.1f %%</text>\n", left + BARS * to + 6, y + BAR - 3,
            100 * share);
}

static double write_group(const struct plot *plot, double y, size_t class)
{
    const struct simulation *simulation = plot->simulation;
    for (size_t i = 0; i < simulation->entries_count; i++) {
        double level = simulate_class_level(simulation, i, class);
        if (level >= 0)
            write_bar(plot, i, y + (double)i * BAR, level, 0);
    }
    double height = (double)simulation->entries_count * BAR;
    write_label(plot, y + height / 2 + 4, simulation->classes[class]->queue,
                simulation->classes[class]->tier);
    return y + height + GAP;
}

static double write_all(const struct plot *plot, double y)
{
    const struct simulation *simulation = plot->simulation;
    size_t column = usher_day_column_find("service_level");
    for (size_t i = 0; i < simulation->entries_count; i++) {
        const struct usher_sample *sample =
            &usher_study_result(simulation->study, i)->figures[column];
        if (sample->count > 0)
            write_bar(plot, i, y + (double)i * BAR, sample->mean, usher_sample_reach(sample));
    }
    double height = (double)simulation->entries_count * BAR;
    write_label(plot, y + height / 2 + 4, "all, a day's mean", NULL);
    return y + height + GAP;
}

/* Whether a byte of UTF-8 goes on with a letter that began before it. */
static bool is_inside_letter(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static void write_legend(const struct plot *plot)
{
    const struct simulation *simulation = plot->simulation;
    FILE *file = plot->file;
    int x = plot->left;
    for (size_t i = 0; i < simulation->entries_count; i++) {
        struct usher_text name = simulation->entries[i].name;
        bool is_cut = name.length > NAME_BYTES;
        name.length = is_cut ? NAME_BYTES : name.length;
        while (is_cut && name.length > 0 && is_inside_letter(name.at[name.length]))
            name.length--;
        fprintf(file,
                "<rect x=\"%d\" y=\"40\" width=\"11\" height=\"11\" fill=\"%s\"/>\n"
                "<text x=\"%d\" y=\"50\">",
                x, colours[i], x + 16);
        write_text(file, name);
        fputs(is_cut ? "…</text>\n" : "</text>\n", file);
        x += 40 + LETTER * (int)name.length;
    }
}

bool simulate_write_svg(const struct simulation *simulation, const char *path)
{
    size_t groups = simulation->classes_count + 1;
    size_t height = TOP + groups * (simulation->entries_count * BAR + GAP) + 10;
    FILE *file = fopen(path, "we");
    struct plot plot = {file, simulation, LEFT_MIN};
    for (size_t i = 0; i < simulation->classes_count; i++) {
        const struct usher_daybook_class *class = simulation->classes[i];
        size_t letters = strlen(class->queue) + strlen(class->tier) + 2;
        if ((int)letters * LETTER + 20 > plot.left)
            plot.left = (int)letters * LETTER + 20;
    }
    if (!file) {
        fprintf(stderr, "usherctl: %s cannot be written: %s\n", path, strerror(errno));
        return false;
    }
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<text x=\"%d\" y=\"24\" font-size=\"15\">Service level by queue and tier, %zu "
            "day%s</text>\n",
            plot.left + BARS + RIGHT, height, plot.left, simulation->days,
            simulation->days == 1 ? "" : "s");
    write_legend(&plot);
    double y = write_all(&plot, TOP);
    for (size_t i = 0; i < simulation->classes_count; i++)
        y = write_group(&plot, y, i);
    fputs("</svg>\n", file);
    bool is_written = fflush(file) == 0 && !ferror(file);
    int reason = errno;
    if (fclose(file) != 0 && is_written) {
        is_written = false;
        reason = errno;
    }
    if (!is_written)
        fprintf(stderr, "usherctl: %s cannot be written: %s\n", path, strerror(reason));
    return is_written;
}
