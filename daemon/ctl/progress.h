/* A bar on the terminal while something takes its time. It has the last line to itself, until all
 * is done or progress_stop is called: nothing else may be written in between. Its line is erased
 * then, and when usherctl is interrupted. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/options.h"

struct progress {
    size_t total;
    int64_t told_ms;
    bool is_shown; /* standard error is a terminal, nobody wants JSON, and it is not over yet */
};

/* The bar is there at once. */
struct progress progress_start(const struct options *options, size_t total);
/* So many are done: tells it when a while has passed. */
void progress_show(struct progress *progress, size_t done);
/* Something else is to be written; may be called when all is done, too. */
void progress_stop(struct progress *progress);

#endif
