/* Writes into the archive folder (folder.h). What was added is on disk when filing_close says so,
 * and only then. One process at a time files for a site; where the last one stopped the next one
 * goes on. */
#ifndef JOURNAL_FILING_H
#define JOURNAL_FILING_H

#include <sys/types.h>

#include "journal/folder.h"

struct filing {
    const char *path;
    const char *site;
    int folder;               /* -1: not open */
    int lock;                 /* of the site; the same */
    int file;                 /* of the day; -1: not open */
    int64_t day;              /* of the last line; INT64_MIN: none yet */
    off_t length;             /* of the file's whole lines */
    struct usher_bytes lines; /* to be written */
    struct usher_number last; /* of the last line that was added, now or by somebody before */
    int64_t state_ms;         /* of the newest state; -1: there is none */
    uint64_t added_count;
    int error; /* the first, a negative errno; 0 = none */
};

/* Both names are borrowed. 0, or a negative errno: -EBUSY when another process files there. A last
 * line that was cut short is removed. filing_close is due in any case. */
int filing_open(struct filing *filing, const char *path, const char *site);
/* Lets the file of the day go until the next line: it may be written anew meanwhile. 0 or a
 * negative errno. */
int filing_rest(struct filing *filing);
/* Adds a line, without its newline, unless it is there. Numbers must rise. */
void filing_add(struct filing *filing, struct usher_number n, int64_t at_ms,
                struct usher_text line);
bool filing_has(const struct filing *filing, const char *name);
/* A whole file, under its name only when all of it is there. */
void filing_put(struct filing *filing, const char *name, struct usher_text text);
/* 0 when all that was added is on disk, else the first error. */
int filing_close(struct filing *filing);

#endif
