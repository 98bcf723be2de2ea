/* What holds for the site and not for one contact: which queues are closed, which switches are on,
 * and the civil clock by which that changes. Events alone close a queue or flip a switch; when the
 * next is due follows from the rules, the zone and the clock. For the engine's own files.
 *
 * Moments by which people plan (hours, `until` of a switch) are civil: now plus the offset that the
 * engine was told. A clock that is set moves them, and nothing else. */
#ifndef USHER_ENGINE_SITE_H
#define USHER_ENGINE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/archive.h"
#include "engine/zones.h"
#include "model/event.h"
#include "rules/rules.h"

struct usher_contact;
struct usher_engine;

#define USHER_CLOCK_JITTER_MS 1000 /* between two clocks that are read one after the other */

/* Of a queue. */
struct usher_door {
    bool is_closed;
    bool is_ordered;   /* by a supervisor, against or beside the hours */
    int64_t until_ms;  /* civil: when the order ends, 0 = when another comes; without one, when the
                          hours were to change */
    int64_t closed_ms; /* since when it is closed */
    int64_t review_ms; /* derived; civil: until then it stays as it is by itself */
};

struct usher_switch {
    bool is_on;
    int64_t until_ms; /* civil: when it goes off by itself; 0 = never */
};

struct usher_site {
    struct usher_door doors[USHER_QUEUES_MAX];        /* by the rules' queues */
    struct usher_switch switches[USHER_SWITCHES_MAX]; /* by the rules' switches */
    struct usher_zones zones;
    int64_t civil_offset_ms; /* of the civil clock to now */
    int64_t reviewed_ms;     /* derived; civil: the last review */
    int64_t review_ms;       /* derived; civil: the next one */
    bool is_stale;           /* derived: all is to be looked at again */
};

static inline bool usher_site_is_closed(const struct usher_site *site, size_t queue)
{
    return site->doors[queue].is_closed;
}

/* For how long the contact has waited in a queue that is closed: that is to count for nothing. */
int64_t usher_site_shut_ms(const struct usher_engine *engine, const struct usher_contact *contact,
                           int64_t now_ms);

/* The switches that are on, as bits. */
uint64_t usher_site_switches(const struct usher_site *site);

/* The zone of the rules in use. */
const struct usher_zone *usher_site_zone(const struct usher_engine *engine);
int64_t usher_site_civil_ms(const struct usher_engine *engine, int64_t now_ms);

/* Brings doors and switches in line with hours and leases: emits what has changed, and lets the
 * contacts of queues that opened wait again. */
void usher_site_review(struct usher_engine *engine, int64_t now_ms);
/* For how long the queue stays closed from now on; 0 when it is open, or nobody knows. */
int64_t usher_site_opens_in_ms(const struct usher_engine *engine, size_t queue, int64_t now_ms);
/* When, by now_ms, the next review is due; INT64_MAX for never. */
int64_t usher_site_next_ms(const struct usher_engine *engine);
/* `queue` as the supervisor wants it, until `until_ms` (civil; 0: as long as the hours say
 * otherwise). */
void usher_site_order(struct usher_engine *engine, size_t queue, bool is_closed, int64_t until_ms,
                      int64_t now_ms);

/* apply_site.c */
bool usher_apply_queue_closed(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_queue_opened(struct usher_engine *engine, const struct usher_event *event);
bool usher_apply_switch_set(struct usher_engine *engine, const struct usher_event *event);
/* Other rules: queues and switches of the same name stay as they are, others are as new. */
void usher_site_take_rules(struct usher_site *site, const struct usher_rules *before,
                           const struct usher_rules *rules);
void usher_walk_site(struct usher_archive *archive, struct usher_engine *engine);

#endif
