/* A bar on the terminal while something takes its time. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/options.h"

struct progress {
    size_t total;
    int64_t told_ms;
    bool is_shown; /* standard error is a terminal, and nobody wants JSON */
};

struct progress progress_of(const struct options *options, size_t total);
/* So many are done: tells it when a while has passed, or all are. */
void progress_show(struct progress *progress, size_t done);
/* Something else is to be written: leaves the bar's line. */
void progress_break(const struct progress *progress);

#endif
