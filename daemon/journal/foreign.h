/* What no router wrote into a journal: finding all of it, and removing it. usherd may run
 * meanwhile, and goes on by itself afterwards. */
#ifndef JOURNAL_FOREIGN_H
#define JOURNAL_FOREIGN_H

#include "journal/entry.h"

struct redisContext;

#define FOREIGN_ID_SIZE    64
#define FOREIGN_NAME_SIZE  33
#define FOREIGN_FIELDS_MAX 8
#define FOREIGN_WHY_MAX    256

struct foreign_field {
    char name[FOREIGN_NAME_SIZE]; /* cut; what cannot be printed is a `?` */
    size_t bytes;                 /* of its value, which is not kept: it may be personal */
};

struct foreign_entry {
    char id[FOREIGN_ID_SIZE];
    enum entry_fault fault;
    int64_t at_ms; /* by its id; 0 = the id is no time */
    struct foreign_field fields[FOREIGN_FIELDS_MAX];
    size_t fields_count; /* of all; more than FOREIGN_FIELDS_MAX may be there */
};

struct foreign {
    bool has_stream;
    int64_t entries_count; /* of the stream */
    struct foreign_entry *list;
    size_t count;
    size_t room;
    struct usher_number last;    /* of the last entry that a router wrote; 0-0 = there is none */
    char given[FOREIGN_ID_SIZE]; /* the last id that Redis gave */
    bool has_trace;              /* that is above all entries: what had it was deleted by hand */
};

enum foreign_result {
    FOREIGN_DONE = 0,
    FOREIGN_UNREACHABLE, /* no answer came */
    FOREIGN_REFUSED,     /* Redis refused a command */
    FOREIGN_BUSY,        /* the journal changed again and again meanwhile */
};

void foreign_init(struct foreign *foreign);
void foreign_fini(struct foreign *foreign);
/* Judges each entry of the stream `key`. `why` says what went wrong. */
USHER_MUST_USE enum foreign_result foreign_find(struct foreign *foreign, struct redisContext *redis,
                                                struct usher_text key, char why[FOREIGN_WHY_MAX]);
/* Deletes what was found, and sets the stream's last id to that of a router's last entry: all of it
 * at once, or nothing. */
USHER_MUST_USE enum foreign_result foreign_remove(const struct foreign *foreign,
                                                  struct redisContext *redis, struct usher_text key,
                                                  char why[FOREIGN_WHY_MAX]);

#endif
