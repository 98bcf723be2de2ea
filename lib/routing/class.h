/* Requirement classes: all contacts that need the same are of one class, and everything that can be
 * known of it beforehand is kept ready: who is eligible, ranked; who of them is free; who waits. */
#ifndef USHER_ROUTING_CLASS_H
#define USHER_ROUTING_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "model/contact.h"
#include "rules/rules.h"

#define USHER_MATCH_NONE  UINT16_MAX /* the agent is not eligible */
#define USHER_CLASS_WORDS 16         /* 1,024 classes in a set of bits */
#define USHER_POOL_WORDS  32         /* 2,048 pools in a set of bits */
#define USHER_DAY_MS      INT64_C(86400000)

/* What makes two contacts of one class. */
struct usher_class_key {
    uint16_t queue;
    uint8_t tier;
    uint8_t channel;
    uint32_t needs_count;
    struct usher_need needs[USHER_NEEDS_MAX]; /* by skill upwards; unused ones are zero */
};

/* What the past tells of a class. It stands in the snapshot. */
struct usher_class_past {
    int64_t day_ms;       /* when the count of today began */
    int64_t today_count;  /* arrivals */
    int64_t before_count; /* of the day before */
    int64_t share; /* v: arrivals expected a day when profiles or rules last changed; 0 before the
                      first change */
    int64_t handle_ms; /* moving mean of talk, hold and wrap-up */
    /* Of contacts that were told how long it would take, each forgotten by .97 at the next: */
    int64_t actual_ms; /* how long it took */
    int64_t raw_ms;    /* what was foretold, before calibration */
};

#define USHER_LEAD_NONE INT64_MIN

/* 64 places of a rank next to each other. Its bounds let a search pass over a block without a look
 * at its agents; they may be wider than what is true, never narrower: who leaves does not narrow
 * them, the next look does. */
struct usher_block {
    uint64_t free; /* bit p: the agent at this place may be offered a contact now */
    int64_t lead;  /* not below that of any of the free (see usher_class_lead); USHER_LEAD_NONE when
                      nobody is */
    int64_t idle_since_ms; /* not above that of any of the free */
    uint32_t index;        /* the lowest of all agents of the block */
};

/* How many on duty two classes share, as it was at a version of the floor's duty. */
struct usher_overlap {
    uint32_t version;
    uint32_t count;
};

struct usher_class {
    struct usher_class_key key;
    uint16_t index;
    int64_t promise_ms;
    int64_t second_promise_ms; /* second_promise * promise_ms */
    int64_t head_start_ms;
    struct usher_class_past past;
    uint32_t eligible_count;  /* N_c: agents with a profile who are eligible */
    uint32_t signed_in_count; /* of them */
    uint16_t *match;          /* [agent]: per mille or USHER_MATCH_NONE */
    uint32_t *rank;           /* eligible agents by (2 * match - ground down, index up) */
    int16_t *orders;          /* [place in rank]: 2 * match - ground */
    uint32_t rank_count;
    struct usher_block *blocks; /* [place / 64]; those of `rank_count` places are in use */
    uint32_t blocks_count;
    bool is_stale;                     /* `rank` and `blocks` must be made anew before use */
    uint64_t covers[USHER_POOL_WORDS]; /* bit p: a contact of this class needs pool p itself */
    uint16_t own_pools[USHER_NEEDS_MAX +
                       2]; /* the pools whose load its contacts are: skills, exact set, channel */
    uint32_t own_pools_count;
    struct usher_list line; /* contacts that may be offered, by (place_ms, serial) */
    struct usher_list
        *cursor; /* the first of `line` that was on time when last looked; the head when none */
    uint32_t line_count;
    uint64_t *eligible;                /* bit a: agent a is eligible */
    struct usher_overlap on_duty;      /* eligible agents on duty; see usher_floor_count_duty */
    struct usher_overlap *overlaps;    /* [class]: eligible for both, and on duty; likewise */
    struct usher_heap_node announcing; /* when those in line are told anew; the engine's */
};

/* What an agent's own part of a bid comes to, in 1/2000 ms, less what time adds to it: lead + 2 *
 * fairness * now is at or above it at `now_ms`, and at any later time while he idles. Below
 * idle_cap it never changes. */
static inline int64_t usher_class_lead(const struct usher_bid_knobs *knobs, int64_t order,
                                       int64_t idle_since_ms, int64_t now_ms)
{
    int64_t capped_ms = now_ms - knobs->idle_cap_ms;
    int64_t since_ms = idle_since_ms > capped_ms ? idle_since_ms : capped_ms;
    return knobs->match_worth_ms * order - 2 * knobs->fairness_per_mille * since_ms;
}

/* Whether the agent at `place` of the rank may be offered a contact now. */
static inline bool usher_class_is_free(const struct usher_class *class, uint32_t place)
{
    return (class->blocks[place / 64].free >> (place % 64)) & 1;
}

/* One more of the block is free. */
static inline void usher_block_widen(struct usher_block *block, int64_t lead, int64_t idle_since_ms)
{
    if (idle_since_ms < block->idle_since_ms)
        block->idle_since_ms = idle_since_ms;
    if (lead > block->lead)
        block->lead = lead;
}

/* The agent at `place`, who idles since then, may be offered contacts from now on. Twice is fine.
 */
static inline void usher_class_set_free(struct usher_class *class, uint32_t place, int64_t lead,
                                        int64_t idle_since_ms)
{
    struct usher_block *block = &class->blocks[place / 64];
    usher_block_widen(block, lead, idle_since_ms);
    block->free |= UINT64_C(1) << (place % 64);
}

static inline void usher_class_set_taken(struct usher_class *class, uint32_t place)
{
    struct usher_block *block = &class->blocks[place / 64];
    block->free &= ~(UINT64_C(1) << (place % 64));
    if (block->free != 0)
        return;
    block->lead = USHER_LEAD_NONE;
    block->idle_since_ms = INT64_MAX;
}

/* Puts `contact`, which must be in no line, into the line by its place. */
void usher_class_join(struct usher_class *class, struct usher_contact *contact);
/* Takes it out; in no line is fine. */
void usher_class_leave(struct usher_class *class, struct usher_contact *contact);

/* Whether `contact` of this class is late: its promise has passed. */
static inline bool usher_class_is_late(const struct usher_class *class,
                                       const struct usher_contact *contact, int64_t now_ms)
{
    return now_ms > contact->place_ms + class->promise_ms;
}

/* lateness(k) of design and README: from the promise, or the second one once the first has passed,
 * and the tier's head start. */
int64_t usher_class_lateness_ms(const struct usher_class *class,
                                const struct usher_contact *contact, int64_t now_ms);

/* Moves the cursor over those who have become late and returns the first who is on time, or NULL.
 */
struct usher_contact *usher_class_first_on_time(struct usher_class *class, int64_t now_ms);
/* The contact behind `contact` in the line, or NULL. */
struct usher_contact *usher_class_next(const struct usher_class *class,
                                       const struct usher_contact *contact);
/* The head of the line, or NULL. */
struct usher_contact *usher_class_first(const struct usher_class *class);
/* 1 + how many stand before `contact`, or would if it joined now. Looks at those behind it. */
uint32_t usher_class_position(const struct usher_class *class, const struct usher_contact *contact);

/* per mille, rounded half up; 1000 when nothing is needed; USHER_MATCH_NONE when a minimum is not
 * held. */
uint16_t usher_class_match(const struct usher_class_key *key, const uint8_t *levels);

#endif
