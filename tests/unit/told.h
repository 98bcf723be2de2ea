/* What a reader of YAML tells about a text: its problems, as people see them. */
#ifndef UNIT_TOLD_H
#define UNIT_TOLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/problem.h"

/* The sorted problems as lines "place: what", in room that stays until the next call. */
static inline const char *told_lines(struct usher_problems *problems)
{
    static char room[65536];
    struct usher_bytes out;

    usher_problems_sort(problems);
    usher_bytes_init(&out, sizeof(room) - 1);
    usher_problems_write(problems, "f", &out);
    ck_assert(!out.is_full);
    (void)snprintf(room, sizeof(room), "%.*s", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    usher_bytes_fini(&out);
    return room;
}

static inline struct usher_problems *told_new(void)
{
    struct usher_problems *problems = malloc(sizeof(*problems));

    ck_assert_ptr_nonnull(problems);
    usher_problems_init(problems);
    return problems;
}

/* Fails with the first line that differs: whole texts are too long for Check. */
static inline void told_assert(const char *told, const char *expected)
{
    size_t same = 0;
    size_t start = 0;

    while (told[same] && told[same] == expected[same]) {
        same++;
        if (told[same - 1] == '\n')
            start = same;
    }
    ck_assert_msg(told[same] == expected[same], "told \"%.*s\", expected \"%.*s\"",
                  (int)strcspn(told + start, "\n"), told + start,
                  (int)strcspn(expected + start, "\n"), expected + start);
}

#endif
