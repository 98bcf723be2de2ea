/* A line that did not fit on the disk is cut away again, so that each file ends with a whole one.
 * A file's day never goes back, whatever the clock said: the order of the files is that of the
 * events. */
#include "journal/filing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define MODE      0640
#define LINES_MAX ((size_t)16 * 1024 * 1024)
#define FLUSH_AT  ((size_t)1024 * 1024)
#define TAIL_MAX  ((size_t)1024 * 1024) /* the last line is far shorter */

static void note_error(struct filing *filing, int error)
{
    if (filing->error == 0)
        filing->error = error;
}

/* The number in the last whole line of `text`; 0-0 when it has none. */
static struct usher_number last_number(struct usher_text text)
{
    struct usher_number n = {0, 0};
    const char *before;
    if (text.length == 0)
        return n;
    text.length--; /* its newline */
    before = memrchr(text.at, '\n', text.length);
    if (before) {
        text.length -= (size_t)(before + 1 - text.at);
        text.at = before + 1;
    }
    (void)!folder_read_number(text, &n);
    return n;
}

/* Opens the day's file behind its last whole line. */
static int open_day(struct filing *filing, int64_t day)
{
    char name[FOLDER_NAME_SIZE];
    struct stat status;
    folder_name_day(filing->site, day, name);
    filing->file =
        openat(filing->folder, name, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (filing->file < 0 || fstat(filing->file, &status) < 0)
        return -errno;
    /* So that usherd's group may read it, whatever the umask. */
    if (status.st_size == 0 && fchmod(filing->file, MODE) < 0)
        return -errno;
    filing->day = day;
    filing->length = status.st_size;
    return 0;
}

/* Cuts off a line without its end, and finds the last number. */
static int mend_day(struct filing *filing)
{
    size_t length = (size_t)filing->length < TAIL_MAX ? (size_t)filing->length : TAIL_MAX;
    off_t from = filing->length - (off_t)length;
    char *tail = malloc(length + 1);
    int error = 0;
    if (!tail)
        return -ENOMEM;
    ssize_t got = pread(filing->file, tail, length, from);
    if (got < 0) {
        error = -errno;
    } else {
        const char *newline = memrchr(tail, '\n', (size_t)got);
        size_t whole = newline ? (size_t)(newline + 1 - tail) : 0;
        filing->length = from + (off_t)whole;
        filing->last = last_number((struct usher_text){tail, whole});
        if (whole < (size_t)got && ftruncate(filing->file, filing->length) < 0)
            error = -errno;
    }
    free(tail);
    return error;
}

static int close_day(struct filing *filing)
{
    int error = 0;
    if (filing->file < 0)
        return 0;
    if (fsync(filing->file) < 0)
        error = -errno;
    if (close(filing->file) < 0 && error == 0)
        error = -errno;
    filing->file = -1;
    return error;
}

/* The newest file that holds a line tells where to go on. */
static int find_last(struct filing *filing)
{
    struct folder_list list;
    int error = folder_list(&list, filing->path, filing->site);
    for (size_t i = list.days_count; i > 0 && error == 0 && filing->last.epoch == 0; i--) {
        error = close_day(filing);
        if (error == 0)
            error = open_day(filing, list.days[i - 1]);
        if (error == 0)
            error = mend_day(filing);
    }
    if (error == 0 && list.days_count > 0 && filing->day != list.days[list.days_count - 1]) {
        error = close_day(filing);
        filing->day = list.days[list.days_count - 1];
    }
    if (list.states_count > 0)
        filing->state_ms = list.states[list.states_count - 1].at_ms;
    folder_list_fini(&list);
    return error;
}

/* The kernel lets it go when the process is gone, however it went. */
static int lock_site(struct filing *filing)
{
    char name[FOLDER_NAME_SIZE];
    (void)snprintf(name, sizeof(name), ".journal-%s.lock", filing->site);
    filing->lock = openat(filing->folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (filing->lock < 0)
        return -errno;
    if (flock(filing->lock, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    return 0;
}

int filing_open(struct filing *filing, const char *path, const char *site)
{
    *filing = (struct filing){.path = path,
                              .site = site,
                              .folder = -1,
                              .lock = -1,
                              .file = -1,
                              .day = INT64_MIN,
                              .state_ms = -1};
    usher_bytes_init(&filing->lines, LINES_MAX);
    filing->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    filing->error = filing->folder < 0 ? -errno : lock_site(filing);
    if (filing->error == 0)
        filing->error = find_last(filing);
    return filing->error;
}

static void flush(struct filing *filing)
{
    struct usher_text text = usher_bytes_text(&filing->lines);
    if (filing->error == 0 && filing->lines.is_full)
        note_error(filing, -ENOMEM);
    if (filing->error == 0 && text.length > 0) {
        note_error(filing, file_write_all(filing->file, text));
        if (filing->error == 0)
            filing->length += (off_t)text.length;
        else
            (void)!ftruncate(filing->file, filing->length);
    }
    usher_bytes_clear(&filing->lines);
}

void filing_add(struct filing *filing, struct usher_number n, int64_t at_ms, struct usher_text line)
{
    int64_t day = at_ms / FOLDER_DAY_MS;
    if (filing->error < 0 || usher_number_compare(n, filing->last) <= 0)
        return;
    if (day < filing->day)
        day = filing->day;
    if (filing->file < 0 || day != filing->day) {
        flush(filing);
        note_error(filing, close_day(filing));
        if (filing->error == 0)
            note_error(filing, open_day(filing, day));
        if (filing->error < 0)
            return;
    }
    usher_bytes_append_text(&filing->lines, line);
    usher_bytes_append_char(&filing->lines, '\n');
    filing->last = n;
    filing->added_count++;
    if (filing->lines.length >= FLUSH_AT)
        flush(filing);
}

int filing_rest(struct filing *filing)
{
    flush(filing);
    note_error(filing, close_day(filing));
    return filing->error;
}

bool filing_has(const struct filing *filing, const char *name)
{
    return faccessat(filing->folder, name, F_OK, 0) == 0;
}

void filing_put(struct filing *filing, const char *name, struct usher_text text)
{
    char part[FOLDER_NAME_SIZE + 8];
    int file;
    int error = 0;
    if (filing->error < 0)
        return;
    (void)snprintf(part, sizeof(part), ".%s.part", name);
    file =
        openat(filing->folder, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (file < 0) {
        note_error(filing, -errno);
        return;
    }
    if (fchmod(file, MODE) < 0)
        error = -errno;
    if (error == 0)
        error = file_write_all(file, text);
    if (error == 0 && fsync(file) < 0)
        error = -errno;
    if (close(file) < 0 && error == 0)
        error = -errno;
    if (error == 0 && renameat(filing->folder, part, filing->folder, name) < 0)
        error = -errno;
    if (error < 0)
        (void)unlinkat(filing->folder, part, 0);
    note_error(filing, error);
}

int filing_close(struct filing *filing)
{
    flush(filing);
    note_error(filing, close_day(filing));
    if (filing->folder >= 0) {
        if (fsync(filing->folder) < 0)
            note_error(filing, -errno);
        (void)close(filing->folder);
    }
    if (filing->lock >= 0)
        (void)close(filing->lock);
    filing->folder = filing->lock = -1;
    usher_bytes_fini(&filing->lines);
    return filing->error;
}
