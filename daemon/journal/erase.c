/* A file of events is looked through first, since most hold nobody who was erased. Lines are masked
 * as every reader masks them; the order and the numbers of the events stay. */
#include "journal/erase.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"
#include "file.h"
#include "home.h"
#include "log.h"

#define RULES_MAX ((size_t)1024 * 1024)
#define STATE_MAX ((size_t)512 * 1024 * 1024)

bool erase_is_needed(const struct erasures *erasures, struct usher_text bytes)
{
    for (size_t i = 0; i < erasures->count; i++) {
        struct usher_text key = usher_text_of(erasures->list[i].customer);
        if (memmem(bytes.at, bytes.length, key.at, key.length))
            return true;
    }
    return false;
}

/* A line of an archive's file as it is to be. */
static struct usher_text mask_line(const struct erasures *erasures, struct usher_text line,
                                   struct usher_bytes *room)
{
    struct usher_number n;
    if (!erase_is_needed(erasures, line) || !folder_read_number(line, &n))
        return line;
    return erasures_mask(erasures, n, line, room);
}

/* Goes through all lines; those that change are counted and, with `to`, all are written there. */
static int pass_lines(FILE *from, FILE *to, const struct erasures *erasures, size_t *changed)
{
    struct usher_bytes room;
    char *line = NULL;
    size_t line_room = 0;
    ssize_t length;
    int error = 0;
    usher_bytes_init(&room, SIZE_MAX);
    while (error == 0 && (length = getline(&line, &line_room, from)) > 0) {
        size_t newline = line[length - 1] == '\n';
        struct usher_text text = {line, (size_t)length - newline};
        struct usher_text masked = mask_line(erasures, text, &room);
        *changed += masked.at != text.at;
        if (to && (fwrite(masked.at, 1, masked.length, to) != masked.length ||
                   (newline && fputc('\n', to) == EOF)))
            error = -EIO;
    }
    if (ferror(from))
        error = -EIO;
    free(line);
    usher_bytes_fini(&room);
    return error;
}

/* Writes the file anew under another name, then under its own; for whom it was. */
static int write_lines(int folder, const char *name, FILE *from, const struct erasures *erasures)
{
    char part[NAME_MAX + 8];
    struct stat was;
    size_t changed = 0;
    (void)snprintf(part, sizeof(part), ".%s.part", name);
    if (fstat(fileno(from), &was) < 0)
        return -errno;
    int file = openat(folder, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *to = file < 0 ? NULL : fdopen(file, "w");
    int error = to ? 0 : -errno;
    if (!to) {
        if (file >= 0)
            (void)close(file);
        return error;
    }
    if (fchmod(file, was.st_mode & 07777) < 0)
        error = -errno;
    if (error == 0)
        error = pass_lines(from, to, erasures, &changed);
    if (error == 0 && (fflush(to) != 0 || fsync(file) < 0))
        error = -errno;
    if (fclose(to) != 0 && error == 0)
        error = -errno;
    if (error == 0 && renameat(folder, part, folder, name) < 0)
        error = -errno;
    if (error < 0)
        (void)unlinkat(folder, part, 0);
    return error;
}

static int erase_lines(int folder, const char *name, const struct erasures *erasures, size_t *count)
{
    size_t changed = 0;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    FILE *from = file < 0 ? NULL : fdopen(file, "r");
    int error = from ? 0 : -errno;
    if (!from && file >= 0)
        (void)close(file);
    if (error == 0)
        error = pass_lines(from, NULL, erasures, &changed);
    if (error == 0 && changed > 0) {
        rewind(from);
        error = write_lines(folder, name, from, erasures);
        (*count)++;
    }
    if (from)
        (void)fclose(from);
    return error;
}

/* The rules that the state names, from the archive. */
static bool shelve_rules(const struct settings *settings, struct usher_engine *engine,
                         struct usher_text hash)
{
    char name[FOLDER_NAME_SIZE];
    char hash_room[65];
    struct usher_problems problems;
    struct usher_bytes text;
    struct usher_rules *rules = NULL;
    usher_problems_init(&problems);
    usher_bytes_init(&text, RULES_MAX);
    if (folder_name_rules(hash, name) && usher_text_copy(hash_room, sizeof(hash_room), hash) &&
        folder_read(settings->journal.archive, name, &text) == 0)
        rules = usher_rules_read(usher_bytes_text(&text), hash_room, &problems);
    usher_bytes_fini(&text);
    if (rules)
        usher_engine_shelve(engine, rules);
    return rules != NULL;
}

bool erase_state(const struct settings *settings, const struct erasures *erasures,
                 struct usher_text saved, struct usher_bytes *out)
{
    struct usher_hash_seed seed = {1, 2}; /* decides nothing */
    struct usher_answer answer;
    struct usher_engine *engine = usher_engine_new(&settings->limits, seed);
    struct usher_text hash = usher_engine_saved_hash(saved);
    bool is_read = engine && (!hash.at || shelve_rules(settings, engine, hash)) &&
                   usher_engine_load(engine, saved, &answer);
    for (size_t i = 0; i < erasures->count && is_read; i++) {
        if (usher_number_compare(erasures->list[i].n, usher_engine_last_number(engine)) > 0)
            is_read = usher_engine_erase(engine, usher_text_of(erasures->list[i].customer));
    }
    if (is_read) {
        usher_bytes_clear(out);
        usher_engine_save(engine, out);
    }
    usher_engine_free(engine);
    return is_read && !out->is_full;
}

static int erase_one_state(struct filing *filing, const struct settings *settings,
                           const struct folder_state *state, const struct erasures *erasures,
                           size_t *count)
{
    char name[FOLDER_NAME_SIZE];
    struct usher_bytes saved;
    struct usher_bytes out;
    int error;
    folder_name_state(filing->site, state->n, state->at_ms, name);
    usher_bytes_init(&saved, STATE_MAX);
    usher_bytes_init(&out, STATE_MAX);
    error = folder_read(filing->path, name, &saved);
    if (error == 0 && erase_is_needed(erasures, usher_bytes_text(&saved))) {
        if (erase_state(settings, erasures, usher_bytes_text(&saved), &out)) {
            filing_put(filing, name, usher_bytes_text(&out));
            error = filing->error;
        } else if (unlinkat(filing->folder, name, 0) < 0) {
            error = -errno;
        } else {
            log_warning("A state of the archive could not be read to erase a customer from it, and "
                        "was removed",
                        "file=%s", name);
        }
        (*count)++;
    }
    usher_bytes_fini(&saved);
    usher_bytes_fini(&out);
    return error;
}

int erase_filed(struct filing *filing, const struct settings *settings,
                const struct erasures *erasures, size_t *count)
{
    struct folder_list list = {.days_count = 0};
    int error = filing_rest(filing);
    *count = 0;
    if (error == 0)
        error = folder_list(&list, filing->path, filing->site);
    if (error < 0)
        return error;
    for (size_t i = 0; i < list.days_count && error == 0; i++) {
        char name[FOLDER_NAME_SIZE];
        folder_name_day(filing->site, list.days[i], name);
        error = erase_lines(filing->folder, name, erasures, count);
    }
    for (size_t i = 0; i < list.states_count && error == 0; i++)
        error = erase_one_state(filing, settings, &list.states[i], erasures, count);
    folder_list_fini(&list);
    return error;
}

int erase_refused(const char *path, uint32_t epoch, const struct erasures *erasures, size_t *count)
{
    char ours[HOME_REFUSED_NAME_SIZE];
    DIR *folder = opendir(path);
    const struct dirent *file;
    int error = 0;
    *count = 0;
    if (!folder)
        return errno == ENOENT || errno == EACCES ? 0 : -errno; /* not ours */
    home_refused_name(epoch, ours);
    while (error == 0 && (file = readdir(folder)) != NULL)
        if (fnmatch(HOME_REFUSED_PATTERN, file->d_name, 0) == 0 && strcmp(file->d_name, ours) != 0)
            error = erase_lines(dirfd(folder), file->d_name, erasures, count);
    (void)closedir(folder);
    return error;
}
