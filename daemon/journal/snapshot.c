/* When a snapshot is due, a forked child writes it (child.c), so that the loop never waits for it.
 * The child is watched by a pipe: when it ends, however it does, its end of the pipe is closed. */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal/inside.h"
#include "log.h"

#define FIRST_AFTER_EVENTS 1000
#define AFTER_MS           INT64_C(900000)
#define AGAIN_AFTER_MS     INT64_C(60000) /* after one that failed */
#define CHILD_SECONDS_MAX  300

void journal_mark_now(struct journal *journal)
{
    struct journal_snapshot *snapshot = &journal->snapshot;
    int64_t now_ms = redis_now_ms();
    int64_t interval_ms = journal->settings->journal.keep_ms / (JOURNAL_MARKS_MAX / 2);
    if (snapshot->marks_count > 0 &&
        now_ms - snapshot->marks[snapshot->marks_count - 1].at_ms < interval_ms)
        return;
    if (snapshot->marks_count == JOURNAL_MARKS_MAX) {
        snapshot->marks_count--;
        memmove(snapshot->marks, snapshot->marks + 1,
                snapshot->marks_count * sizeof(snapshot->marks[0]));
    }
    snapshot->marks[snapshot->marks_count++] =
        (struct journal_mark){.at_ms = now_ms, .n = journal->last};
}

static bool is_due(const struct journal *journal)
{
    const struct journal_snapshot *snapshot = &journal->snapshot;
    int64_t now_ms = redis_now_ms();
    if (snapshot->child != 0 || snapshot->events_count == 0 || now_ms < snapshot->not_before_ms)
        return false;
    return snapshot->is_wished ||
           snapshot->events_count >= (uint64_t)journal->settings->journal.snapshot_every ||
           (!snapshot->has_any && snapshot->events_count > FIRST_AFTER_EVENTS) ||
           now_ms - snapshot->at_ms >= AFTER_MS;
}

/* Nothing of the parent's may be touched here: no event base, no connection, no file but standard
 * error and the pipe. */
static void run_child(struct journal *journal, struct usher_text rules_hash, pid_t parent, int fd)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2};
    sigset_t none;
    for (size_t i = 0; i < USHER_COUNT_OF(signals); i++)
        (void)signal(signals[i], SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(fd, STDERR_FILENO + 1) < 0)
        _exit(EXIT_FAILURE);
    (void)close_range(STDERR_FILENO + 2, ~0U, 0);
    (void)alarm(CHILD_SECONDS_MAX);
    _exit(journal_child_run(journal, rules_hash));
}

static void forget_child(struct journal_snapshot *snapshot)
{
    event_free(snapshot->child_end);
    snapshot->child_end = NULL;
    (void)close(snapshot->child_fd);
    snapshot->child = 0;
}

static int reap(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static void on_child_end(evutil_socket_t fd, short what, void *arg)
{
    struct journal *journal = arg;
    struct journal_snapshot *snapshot = &journal->snapshot;
    int status = reap(snapshot->child);
    (void)fd, (void)what;
    forget_child(snapshot);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) {
        snapshot->has_any = true;
        snapshot->at_ms = redis_now_ms();
        /* A loss in between has set the count back. */
        if (snapshot->events_count >= snapshot->child_events_count)
            snapshot->events_count -= snapshot->child_events_count;
        return;
    }
    snapshot->not_before_ms = redis_now_ms() + AGAIN_AFTER_MS;
    log_warning(
        "A snapshot was not written; it is tried again in a minute. Until then the journal grows",
        "site=%s status=%d", journal->settings->site, status);
}

static void start_child(struct journal *journal, struct usher_text rules_hash)
{
    struct journal_snapshot *snapshot = &journal->snapshot;
    int ends[2] = {-1, -1};
    sigset_t all, before;
    pid_t parent = getpid();
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) < 0)
        goto failed;
    snapshot->child_end = event_new(journal->base, ends[0], EV_READ, on_child_end, journal);
    if (!snapshot->child_end)
        goto close_ends;
    /* A signal between fork and the child's own setting would be written into the parent's loop. */
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    child = fork();
    if (child == 0)
        run_child(journal, rules_hash, parent, ends[1]);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0)
        goto free_event;
    (void)close(ends[1]);
    snapshot->child = child;
    snapshot->child_fd = ends[0];
    snapshot->child_events_count = snapshot->events_count;
    snapshot->is_wished = false;
    event_add(snapshot->child_end, NULL);
    return;
free_event:
    event_free(snapshot->child_end);
    snapshot->child_end = NULL;
close_ends:
    (void)close(ends[0]);
    (void)close(ends[1]);
failed:
    snapshot->not_before_ms = redis_now_ms() + AGAIN_AFTER_MS;
    log_warning("No process could be made for a snapshot; it is tried again in a minute",
                "errno=%d", errno);
}

void journal_consider_snapshot(struct journal *journal, struct usher_text rules_hash)
{
    if (!journal_is_idle(journal) || rules_hash.length == 0)
        return;
    journal_shelf_use(&journal->shelf, rules_hash);
    if (is_due(journal))
        start_child(journal, rules_hash);
}

void journal_wish_snapshot(struct journal *journal)
{
    journal->snapshot.is_wished = true;
}

void journal_snapshot_stop(struct journal *journal)
{
    struct journal_snapshot *snapshot = &journal->snapshot;
    if (snapshot->child == 0)
        return;
    (void)kill(snapshot->child, SIGKILL);
    (void)reap(snapshot->child);
    forget_child(snapshot);
}
