/* Problems are kept as they are found and sorted by place at the end; what is beyond the room is
 * counted. */
#include "rules/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* vsnprintf may have cut in the middle of a character: takes its first bytes away too. */
static void cut_at_character(char *text)
{
    size_t length = strlen(text);
    size_t start = length;

    if (length == 0 || (unsigned char)text[length - 1] < 0x80)
        return;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0)
        text[start - 1] = '\0';
}

static int compare_places(const void *a, const void *b)
{
    const struct usher_problem *left = a;
    const struct usher_problem *right = b;

    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return strcmp(left->what, right->what);
}

static size_t kept_count(const struct usher_problems *problems)
{
    return problems->count < USHER_PROBLEMS_MAX ? problems->count : USHER_PROBLEMS_MAX;
}

static void append_string(struct usher_bytes *out, const char *string)
{
    usher_bytes_append_text(out, usher_text_of(string));
}

/* Whether the problem is among those that are kept before it. */
static bool is_known(const struct usher_problems *problems, const struct usher_problem *problem)
{
    for (const struct usher_problem *known = problems->list; known < problem; known++) {
        if (compare_places(known, problem) == 0)
            return true;
    }
    return false;
}

void usher_problems_init(struct usher_problems *problems)
{
    problems->count = 0;
}

void usher_problems_add(struct usher_problems *problems, size_t line, size_t column,
                        const char *format, ...)
{
    if (problems->count < USHER_PROBLEMS_MAX) {
        struct usher_problem *problem = &problems->list[problems->count];
        va_list values;
        int length;

        problem->line = line;
        problem->column = column;
        va_start(values, format);
        length = vsnprintf(problem->what, sizeof(problem->what), format, values);
        va_end(values);
        if (length < 0)
            problem->what[0] = '\0';
        else if ((size_t)length >= sizeof(problem->what))
            cut_at_character(problem->what);
        if (is_known(problems, problem))
            return;
    }
    problems->count++;
}

void usher_problems_sort(struct usher_problems *problems)
{
    qsort(problems->list, kept_count(problems), sizeof(problems->list[0]), compare_places);
}

void usher_problems_write(const struct usher_problems *problems, const char *file,
                          struct usher_bytes *out)
{
    size_t kept = kept_count(problems);

    for (size_t i = 0; i < kept; i++) {
        const struct usher_problem *problem = &problems->list[i];

        append_string(out, file);
        usher_bytes_append_char(out, ':');
        usher_bytes_append_int64(out, (int64_t)problem->line);
        usher_bytes_append_char(out, ':');
        usher_bytes_append_int64(out, (int64_t)problem->column);
        append_string(out, ": ");
        append_string(out, problem->what);
        usher_bytes_append_char(out, '\n');
    }
    if (problems->count > kept) {
        append_string(out, file);
        append_string(out, ": ");
        usher_bytes_append_int64(out, (int64_t)(problems->count - kept));
        append_string(out, " further problems are not listed; mend these first\n");
    }
}
