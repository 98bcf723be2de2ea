/* Problems found in a YAML text: all of them at once, each with its place and what to do. */
#ifndef USHER_RULES_PROBLEM_H
#define USHER_RULES_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/text.h"

#define USHER_PROBLEMS_MAX 100 /* further ones are counted, not kept */

struct usher_problem {
    size_t line;    /* 1-based */
    size_t column;  /* 1-based, in characters */
    char what[320]; /* "what is wrong; what to do" */
};

struct usher_problems {
    struct usher_problem
        list[USHER_PROBLEMS_MAX]; /* in the order of their places, after usher_problems_sort */
    size_t count;                 /* all that were found; may be above USHER_PROBLEMS_MAX */
};

void usher_problems_init(struct usher_problems *problems);
/* The same words of the same place are kept and counted once. */
void usher_problems_add(struct usher_problems *problems, size_t line, size_t column,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
void usher_problems_sort(struct usher_problems *problems);
/* Appends a line "file:line:column: what" for each. */
void usher_problems_write(const struct usher_problems *problems, const char *file,
                          struct usher_bytes *out);

#endif
