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
#define USHER_CLASS_TIE   ((UINT64_C(1) << 62) + (UINT64_C(1) << 61)) /* of `opening`: + index */
#define USHER_STEPS_MAX   (1 + USHER_RELAX_MAX)
#define USHER_AGES_MAX    (USHER_RELAX_MAX + USHER_RESERVES_MAX)

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

/* Whom the need lets in (step 0), and then each step of the queue's `relax` besides. */
struct usher_class_step {
    int64_t after_ms;         /* how long a contact's leg lasts when it opens; 0 for step 0 */
    uint32_t signed_in_count; /* agents whom this step or one before it lets in */
    uint32_t rank_begin;      /* places of those whom it adds; a step's first begins a block */
    uint32_t rank_end;
};

/* How long a leg lasts when more agents may be asked: a step opens, a reserve ends. */
struct usher_class_age {
    int64_t age_ms;
    struct usher_list *cursor; /* the first of `legs` that was younger when last looked; the head
                                  when none */
};

struct usher_class {
    /* What a search for a contact reads of every class comes first, so that it lies close together.
     */
    struct usher_list line; /* contacts that may be offered, by (place_ms, serial) */
    struct usher_list
        *cursor; /* the first of `line` that was on time when last looked; the head when none */
    int64_t promise_ms;
    int64_t second_promise_ms; /* second_promise * promise_ms */
    int64_t head_start_ms;
    uint8_t *step; /* [agent]: the step that lets him in; NULL with one step */
    bool is_plain; /* one step, no wait, no reserve: who is fit and free may be asked */
    bool is_stale; /* `rank` and `blocks` must be made anew before use */
    uint16_t index;
    uint32_t line_count;
    struct usher_class_key key;
    uint16_t *match;            /* [agent]: per mille or USHER_MATCH_NONE, whom no step lets in */
    uint32_t *rank;             /* of each step its agents by (2 * match - ground down, index up) */
    int16_t *orders;            /* [place in rank]: 2 * match - ground */
    struct usher_block *blocks; /* [place / 64] */
    uint32_t blocks_count;
    uint32_t steps_count; /* at least 1 */
    struct usher_class_step steps[USHER_STEPS_MAX];
    uint64_t covers[USHER_POOL_WORDS]; /* bit p: a contact of this class needs pool p itself */
    struct usher_class_past past;
    int64_t affinity_ms;     /* what the customer's last agent is worth, */
    int64_t within_ms;       /* served so long ago at most, */
    int64_t wait_ms;         /* and for how long a contact waits for him; 0 = it does not */
    uint32_t reserves;       /* bit r: the class does not need the skill of the rules' reserve r */
    uint32_t eligible_count; /* N_c: agents with a profile whom the need itself lets in */
    uint16_t own_pools[USHER_NEEDS_MAX +
                       2]; /* the pools whose load its contacts are: skills, exact set, channel */
    uint32_t own_pools_count;
    uint64_t *eligible;                /* bit a: agent a is eligible */
    struct usher_overlap on_duty;      /* eligible agents on duty; see usher_floor_count_duty */
    struct usher_overlap *overlaps;    /* [class]: eligible for both, and on duty; likewise */
    struct usher_heap_node announcing; /* when those in line are told anew; the engine's */
    struct usher_list legs; /* those of `line` by the beginning of their legs; empty without ages */
    struct usher_class_age ages[USHER_AGES_MAX];
    uint32_t ages_count;
    struct usher_heap_node opening; /* the owner's: usher_class_next_opening_ms */
};

/* The step that lets an eligible agent in. */
static inline uint32_t usher_class_step_of(const struct usher_class *class, uint32_t agent)
{
    return class->step ? class->step[agent] : 0;
}

/* When the waiting of the present leg began. */
static inline int64_t usher_contact_leg_since_ms(const struct usher_contact *contact)
{
    return contact->leg_ms > contact->place_ms ? contact->leg_ms : contact->place_ms;
}

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

/* The last step that is open to `contact`: its leg has lasted long enough, or the steps before let
 * in nobody who is signed in. */
uint32_t usher_class_open_step(const struct usher_class *class, const struct usher_contact *contact,
                               int64_t now_ms);
/* The contact of the line whose leg is the oldest; NULL when the line is empty or there are no
 * ages. Whoever is open to any of the line is open to it. */
struct usher_contact *usher_class_oldest(const struct usher_class *class);
/* When a leg of the line comes of age next, and more agents may be asked; INT64_MAX when none does.
 * It may be in the past. */
int64_t usher_class_next_opening_ms(const struct usher_class *class);
/* Takes note of all legs that have come of age by now: returns how many, `*one` is the last. */
size_t usher_class_open(struct usher_class *class, int64_t now_ms, struct usher_contact **one);

/* The agent who served the customer of `contact` so lately that it counts; NULL = nobody. */
static inline const struct usher_agent *usher_class_last_agent(const struct usher_class *class,
                                                               const struct usher_contact *contact)
{
    bool is_of_late =
        contact->served_by && contact->arrived_ms - contact->served_ms <= class->within_ms;
    return is_of_late ? contact->served_by : NULL;
}

/* An eligible agent signed in (by 1) or out (by -1). */
void usher_class_count_sign_in(struct usher_class *class, uint32_t agent, int by);

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
/* The same with the minima of the last step; `*step` is the first that lets him in. */
uint16_t usher_class_relaxed_match(const struct usher_class_key *key, const uint8_t *levels,
                                   uint32_t *step);

#endif
