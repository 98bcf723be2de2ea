/* What is to be changed in the profiles in Redis: shown first, then written. */
#ifndef CTL_PROFILE_PLAN_H
#define CTL_PROFILE_PLAN_H

#include "ctl/profile/roster.h"

struct plan_change {
    const struct roster_profile *profile; /* as it is wanted */
    struct usher_text name;               /* of the field */
    struct usher_text was;                /* absent: it was not there */
    struct usher_text now;                /* absent: it is removed */
};

struct plan {
    struct plan_change *list; /* by agent, each one's by field */
    size_t count;
    size_t room;
    size_t new_count;     /* agents who had no profile */
    size_t changed_count; /* agents who had one, and whose is changed */
    size_t same_count;
    size_t other_count; /* profiles that are in Redis, and of which nothing is said: they stay */
};

/* Both rosters must be sorted, and are borrowed until plan_fini. */
void plan_init(struct plan *plan, const struct roster *wanted, const struct roster *present);
void plan_fini(struct plan *plan);

/* A table for people; with `is_json` a line for each change. */
void plan_show(const struct plan *plan, const struct roster *present,
               const struct options *options);
/* Writes all of it, each agent's fields at once. Says how far it came when it fails. */
USHER_MUST_USE enum exit_code plan_write(const struct plan *plan, struct site *site);

#endif
