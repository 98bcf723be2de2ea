/* Where the master is, by the word of the sentinels: they are asked in turn, the one that answered
 * last first, and the word of the highest config-epoch is taken. While the master serves, one of
 * them is asked each second whether it still is the master. */
#ifndef JOURNAL_SENTINEL_H
#define JOURNAL_SENTINEL_H

#include <stdbool.h>

#include "settings.h"

struct event_base;
struct sentinel;

enum sentinel_failure {
    SENTINEL_FAILURE_NONE = 0,
    SENTINEL_FAILURE_SILENT,  /* they do not answer, or not well */
    SENTINEL_FAILURE_UNKNOWN, /* all that answered know no master of this name */
    SENTINEL_FAILURE_OLDER,   /* an older word than the one that is known, and not from all */
};

/* None of these is called inside a function of this header. */
struct sentinel_ops {
    void (*found)(void *owner, const struct settings_place *place);
    /* None of them said it. `why` names each and its reason. */
    void (*failed)(void *owner, enum sentinel_failure failure, const char *why);
    /* While watching: another is the master now. Watching has ended; the sentinel may be freed. */
    void (*moved)(void *owner);
};

/* `name` (a literal) is that of the connection in the log. The settings, which name at least one
 * sentinel, are borrowed. NULL when memory is out. */
struct sentinel *sentinel_new(struct event_base *base, const struct settings *settings,
                              const char *name, const struct sentinel_ops *ops, void *owner);
void sentinel_free(struct sentinel *sentinel);

/* Begins to ask; `found` or `failed` follows, once. */
void sentinel_ask(struct sentinel *sentinel);
/* The place found last is a master indeed: it is watched. */
void sentinel_watch(struct sentinel *sentinel);
/* Ends asking and watching. */
void sentinel_stop(struct sentinel *sentinel);

#endif
