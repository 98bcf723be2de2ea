/* Names are made and read by the same form, so that a file that somebody put there is none of ours.
 */
#include "journal/folder.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "wire/json.h"

#define PATH_SIZE 1280
#define DEPTH_MAX 32

bool folder_is_fit(const char *path, char why[FOLDER_WHY_SIZE])
{
    struct stat status;
    if (stat(path, &status) < 0) {
        (void)snprintf(why, FOLDER_WHY_SIZE,
                       "the archive folder cannot be used: %s; make it for usherd's user: "
                       "install -d -m 0750 -o usher -g usher %s",
                       strerror(errno), path);
        return false;
    }
    if (!S_ISDIR(status.st_mode)) {
        (void)snprintf(why, FOLDER_WHY_SIZE, "the archive is no folder; name one");
        return false;
    }
    if (access(path, W_OK | X_OK) == 0)
        return true;
    (void)snprintf(why, FOLDER_WHY_SIZE,
                   "the archive folder cannot be written: %s; let usherd's user write there, "
                   "and under systemd name it in ReadWritePaths=",
                   strerror(errno));
    return false;
}

void folder_name_day(const char *site, int64_t day, char name[FOLDER_NAME_SIZE])
{
    time_t seconds = (time_t)(day * (FOLDER_DAY_MS / 1000));
    struct tm date;
    char room[16] = "";
    gmtime_r(&seconds, &date);
    (void)!strftime(room, sizeof(room), "%Y-%m-%d", &date);
    (void)snprintf(name, FOLDER_NAME_SIZE, "journal-%s-%s.jsonl", site, room);
}

void folder_name_state(const char *site, struct usher_number n, int64_t at_ms,
                       char name[FOLDER_NAME_SIZE])
{
    char number[USHER_NUMBER_SIZE];
    (void)snprintf(name, FOLDER_NAME_SIZE, "snapshot-%s-%s-%" PRId64, site,
                   usher_number_write(n, number).at, at_ms);
}

bool folder_name_rules(struct usher_text hash, char name[FOLDER_NAME_SIZE])
{
    for (size_t i = 0; i < hash.length; i++) {
        if (!strchr("0123456789abcdef", hash.at[i]))
            return false;
    }
    if (hash.length != 64)
        return false;
    (void)snprintf(name, FOLDER_NAME_SIZE, "rules-%.*s.yaml", USHER_TEXT_ARGS(hash));
    return true;
}

/* What stands in `name` behind `kind` and the site; NULL when it begins otherwise. */
static const char *skip_site(const char *name, const char *kind, const char *site)
{
    char prefix[FOLDER_NAME_SIZE];
    int length = snprintf(prefix, sizeof(prefix), "%s-%s-", kind, site);
    return strncmp(name, prefix, (size_t)length) == 0 ? name + length : NULL;
}

static bool read_day(const char *name, const char *site, int64_t *day)
{
    const char *at = skip_site(name, "journal", site);
    char again[FOLDER_NAME_SIZE];
    struct tm date = {.tm_mday = 0};
    if (!at || strspn(at, "0123456789-") != 10 || !strptime(at, "%Y-%m-%d", &date))
        return false;
    *day = (int64_t)timegm(&date) / (FOLDER_DAY_MS / 1000);
    folder_name_day(site, *day, again);
    return strcmp(name, again) == 0;
}

static bool read_state(const char *name, const char *site, struct folder_state *state)
{
    const char *at = skip_site(name, "snapshot", site);
    const char *dash = at ? strrchr(at, '-') : NULL;
    char again[FOLDER_NAME_SIZE];
    if (!dash || !usher_number_read((struct usher_text){at, (size_t)(dash - at)}, &state->n) ||
        !usher_text_read_int64(usher_text_of(dash + 1), &state->at_ms))
        return false;
    folder_name_state(site, state->n, state->at_ms, again);
    return strcmp(name, again) == 0;
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int compare_states(const void *a, const void *b)
{
    return usher_number_compare(((const struct folder_state *)a)->n,
                                ((const struct folder_state *)b)->n);
}

/* Room for one more of `size` bytes, where the count is a power of two or none. */
static bool grow(void **at, size_t count, size_t size)
{
    void *grown;
    if ((count & (count - 1)) != 0)
        return true;
    grown = realloc(*at, (count ? count * 2 : 1) * size);
    if (grown)
        *at = grown;
    return grown != NULL;
}

static bool note(struct folder_list *list, const char *name, const char *site)
{
    int64_t day;
    struct folder_state state;
    void *at;
    if (read_day(name, site, &day)) {
        at = list->days;
        if (!grow(&at, list->days_count, sizeof(day)))
            return false;
        list->days = at;
        list->days[list->days_count++] = day;
    } else if (read_state(name, site, &state)) {
        at = list->states;
        if (!grow(&at, list->states_count, sizeof(state)))
            return false;
        list->states = at;
        list->states[list->states_count++] = state;
    }
    return true;
}

int folder_list(struct folder_list *list, const char *path, const char *site)
{
    DIR *folder = opendir(path);
    const struct dirent *file;
    int error = 0;
    *list = (struct folder_list){.days_count = 0};
    if (!folder)
        return -errno;
    errno = 0;
    while (error == 0 && (file = readdir(folder)) != NULL)
        error = note(list, file->d_name, site) ? 0 : -ENOMEM;
    if (error == 0)
        error = -errno;
    (void)closedir(folder);
    if (error < 0) {
        folder_list_fini(list);
        return error;
    }
    if (list->days_count > 0)
        qsort(list->days, list->days_count, sizeof(*list->days), compare_days);
    if (list->states_count > 0)
        qsort(list->states, list->states_count, sizeof(*list->states), compare_states);
    return 0;
}

void folder_list_fini(struct folder_list *list)
{
    free(list->days);
    free(list->states);
    *list = (struct folder_list){.days_count = 0};
}

bool folder_read_number(struct usher_text line, struct usher_number *n)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_json_problem problem;
    struct usher_text number;
    return usher_json_check(line, DEPTH_MAX, &problem) &&
           usher_json_find_text(line, USHER_TEXT("n"), room, sizeof(room), &number) &&
           usher_number_read(number, n);
}

int folder_read(const char *path, const char *name, struct usher_bytes *out)
{
    char room[PATH_SIZE];
    int length = snprintf(room, sizeof(room), "%s/%s", path, name);
    if (length < 0 || (size_t)length >= sizeof(room))
        return -ENAMETOOLONG;
    return file_read_text(room, out->length_max, out);
}
