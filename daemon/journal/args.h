/* A command's arguments as hiredis takes them: two arrays, and a count that is an int. */
#ifndef JOURNAL_ARGS_H
#define JOURNAL_ARGS_H

#include <assert.h>

#include "base/text.h"

#define ARGS_MAX 24

/* Borrows the arguments' bytes. */
struct args {
    int count;
    const char *at[ARGS_MAX];
    size_t lengths[ARGS_MAX];
};

/* An absent text is sent as an empty one. */
static inline void args_take(struct args *args, const struct usher_text *texts, size_t count)
{
    assert(count > 0 && count <= ARGS_MAX);
    args->count = (int)count;
    for (size_t i = 0; i < count; i++) {
        args->at[i] = texts[i].at ? texts[i].at : "";
        args->lengths[i] = texts[i].length;
    }
}

#endif
