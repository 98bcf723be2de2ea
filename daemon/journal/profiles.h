/* The agents' profiles in Redis, followed live: every HSET takes effect at once. */
#ifndef JOURNAL_PROFILES_H
#define JOURNAL_PROFILES_H

#include "base/text.h"
#include "settings.h"

struct event_base;
struct profiles;

struct profiles_ops {
    /* A profile as it is now: `skills` and `capacity` are JSON objects. It may be the same as
     * before: the owner compares. Fields that are wrong (a level of 11) are left out and logged
     * with agent and field. */
    void (*profile)(void *owner, struct usher_text agent, struct usher_text name,
                    struct usher_text phone, struct usher_text skills, struct usher_text capacity);
    /* All profiles that are there were handed over: once after each (re)connection. */
    void (*loaded)(void *owner, size_t count);
};

int profiles_new(struct profiles **profiles, struct event_base *base,
                 const struct settings *settings, const struct profiles_ops *ops, void *owner);
void profiles_free(struct profiles *profiles);
/* Connects two connections (reads with tracking; the invalidations), scans, follows; reconnects by
 * itself. */
void profiles_start(struct profiles *profiles);

#endif
