/* The archive folder, which receives what is trimmed from a site's journal:
 *
 *     journal-<site>-<YYYY-MM-DD>.jsonl      events, a line each as in the journal; of a day in UTC
 *     snapshot-<site>-<epoch>-<seq>-<ms>     a state behind that event, which happened then
 *     rules-<hash>.yaml                      the rules that those name
 *
 * and .journal-<site>.lock, which whoever writes holds. A file's lines, and the files of a site by
 * their days, are in the order of the events. After a crash lines may stand there twice, and the
 * last one may be cut short. Several sites may share a folder. */
#ifndef JOURNAL_FOLDER_H
#define JOURNAL_FOLDER_H

#include "base/bytes.h"
#include "model/event.h"

#define FOLDER_NAME_SIZE 128
#define FOLDER_DAY_MS    INT64_C(86400000)
#define FOLDER_WHY_SIZE  1280

/* True when files can be made in the folder at `path`; else `why` says what is wrong with it and
 * what to do. */
USHER_MUST_USE bool folder_is_fit(const char *path, char why[FOLDER_WHY_SIZE]);

/* The names of the files; a day is counted from 1970 on. */
void folder_name_day(const char *site, int64_t day, char name[FOLDER_NAME_SIZE]);
void folder_name_state(const char *site, struct usher_number n, int64_t at_ms,
                       char name[FOLDER_NAME_SIZE]);
/* False when the hash is none. */
USHER_MUST_USE bool folder_name_rules(struct usher_text hash, char name[FOLDER_NAME_SIZE]);

/* What a site has in a folder. */
struct folder_state {
    struct usher_number n;
    int64_t at_ms;
};
struct folder_list {
    int64_t *days; /* rising */
    size_t days_count;
    struct folder_state *states; /* by number, rising */
    size_t states_count;
};

/* 0 or a negative errno; `list` is then empty. */
int folder_list(struct folder_list *list, const char *path, const char *site);
void folder_list_fini(struct folder_list *list);

/* The number that a line says. */
USHER_MUST_USE bool folder_read_number(struct usher_text line, struct usher_number *n);

/* The whole of a file of the folder, at most so many bytes as `out` takes. 0 or a negative errno.
 */
int folder_read(const char *path, const char *name, struct usher_bytes *out);

#endif
