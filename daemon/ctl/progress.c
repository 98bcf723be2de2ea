#include "ctl/progress.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define BAR_WIDTH    30
#define BAR_EVERY_MS 100
#define ERASED       "\r\033[K"

/* Who interrupts is left no half line. */
static void on_end(int number)
{
    ssize_t written = write(STDERR_FILENO, ERASED, sizeof(ERASED) - 1);
    (void)written;
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* While the bar is there. Signals that whoever started usherctl has it ignore stay ignored. */
static void watch_signals(bool is_watched)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action = {.sa_handler = is_watched ? on_end : SIG_DFL};
        struct sigaction before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
    }
}

static void draw(struct progress *progress, size_t done)
{
    size_t full = done * BAR_WIDTH / progress->total;
    progress->told_ms = clock_civil_ms();
    fputs("\r", stderr);
    for (size_t i = 0; i < BAR_WIDTH; i++)
        fputs(i < full ? "━" : "·", stderr);
    fprintf(stderr, " %zu of %zu", done, progress->total);
    (void)fflush(stderr);
}

struct progress progress_start(const struct options *options, size_t total)
{
    struct progress progress = {
        .total = total, .is_shown = isatty(STDERR_FILENO) && !options->is_json && total > 0};
    if (progress.is_shown) {
        watch_signals(true);
        draw(&progress, 0);
    }
    return progress;
}

void progress_show(struct progress *progress, size_t done)
{
    if (done == progress->total)
        progress_stop(progress);
    else if (progress->is_shown && clock_civil_ms() - progress->told_ms >= BAR_EVERY_MS)
        draw(progress, done);
}

void progress_stop(struct progress *progress)
{
    if (!progress->is_shown)
        return;
    fputs(ERASED, stderr);
    (void)fflush(stderr);
    watch_signals(false);
    progress->is_shown = false;
}
