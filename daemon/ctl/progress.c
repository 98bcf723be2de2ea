#include "ctl/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define BAR_WIDTH    30
#define BAR_EVERY_MS 100

struct progress progress_of(const struct options *options, size_t total)
{
    return (struct progress){.total = total,
                             .is_shown = isatty(STDERR_FILENO) && !options->is_json};
}

void progress_show(struct progress *progress, size_t done)
{
    int64_t now_ms = clock_civil_ms();
    bool is_last = done == progress->total;
    if (!progress->is_shown || (!is_last && now_ms - progress->told_ms < BAR_EVERY_MS))
        return;
    progress->told_ms = now_ms;
    size_t full = progress->total > 0 ? done * BAR_WIDTH / progress->total : BAR_WIDTH;
    fputs("\r", stderr);
    for (size_t i = 0; i < BAR_WIDTH; i++)
        fputs(i < full ? "━" : "·", stderr);
    fprintf(stderr, " %zu of %zu%s", done, progress->total, is_last ? "\n" : "");
    (void)fflush(stderr);
}

void progress_break(const struct progress *progress)
{
    if (progress->is_shown)
        fputs("\n", stderr);
}
