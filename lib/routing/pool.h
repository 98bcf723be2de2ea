/* Pools of agents who share something that others need, and the price of lending one of them away:
 * the chance that his absence turns somebody away later, exactly that of one more busy server in a
 * loss system (Krishnan and Ott): B(N, A) / B(N - F, A). */
#ifndef USHER_ROUTING_POOL_H
#define USHER_ROUTING_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "rules/rules.h"

#define USHER_PRICE_ONE         10000  /* a price of 1: whoever is lent is surely missed */
#define USHER_HANDLE_DEFAULT_MS 300000 /* a contact's work, before anything is known of it */

enum usher_pool_kind {
    USHER_POOL_NONE = 0,
    USHER_POOL_SKILL, /* who has a level of the skill */
    USHER_POOL_SET, /* who is eligible for a class that needs exactly this set of two or more skills
                     */
    USHER_POOL_CHANNEL, /* who may take a channel that needs the whole agent */
    USHER_POOL_KIND_COUNT,
};

/* What the past tells of a pool. It stands in the snapshot. */
struct usher_pool_past {
    uint64_t arrivals_q16; /* arrivals that need the pool, each forgotten by e^(-age / 15 min) */
    int64_t arrivals_ms;   /* when that was last changed */
    uint64_t busy_q16;     /* how many members were busy, added up over those arrivals and forgotten
                              alike; of version 2: their mean over time */
    int64_t busy_ms;       /* of version 2 */
    int64_t handle_ms;     /* moving mean of talk, hold and wrap-up */
    uint32_t
        load_used; /* the offered load that prices are made of, in 1/16 erlang, before the cap */
};

struct usher_pool {
    enum usher_pool_kind kind;
    uint16_t skills[USHER_NEEDS_MAX]; /* SKILL: the one; SET: all, upwards; CHANNEL: none */
    uint32_t skills_count;
    uint8_t channel;       /* CHANNEL */
    uint32_t member_count; /* N: ready */
    uint32_t open_count;   /* F: of them, whole and free now */
    struct usher_pool_past past;
    uint32_t *blocking; /* [x]: Erlang B of x servers, Q30; made when first asked for */
    uint32_t blocking_room;
    uint32_t blocking_count; /* how many are made: up to N, or up to the first that is 0, as are all
                                behind it */
    uint32_t blocking_a16;   /* of this load */
    bool is_stale;           /* the load or N has changed since */
    bool is_of_version_2;    /* see usher_pool_begin_as_version_2 */
};

/* forecast: arrivals an hour and handle time, or -1 each for unknown (none, 300 s). As many members
 * are taken to have been busy until now. */
void usher_pool_init(struct usher_pool *pool, enum usher_pool_kind kind, int64_t per_hour,
                     int64_t handle_ms, int64_t now_ms);
void usher_pool_fini(struct usher_pool *pool);

/* To be called for a new pool when a router of version 2 or before leads: it counts who is busy for
 * sets alone, from nobody on, and forgets too little of what comes often. */
void usher_pool_begin_as_version_2(struct usher_pool *pool);
/* For a pool whose past stood in the snapshot of such a one; and when a later one leads from now
 * on. */
void usher_pool_go_on_as_version_2(struct usher_pool *pool);
void usher_pool_go_on(struct usher_pool *pool);
/* The pool goes on where one of other rules was. */
void usher_pool_inherit(struct usher_pool *pool, const struct usher_pool_past *past);

/* A contact that needs the pool came. */
void usher_pool_note_arrival(struct usher_pool *pool, int64_t now_ms);
/* A moving mean of handle times with one more in it, which counts for a sixteenth; at least 1. */
int64_t usher_pool_mean(int64_t mean_ms, int64_t handle_ms);
/* A contact that needed the pool took an agent this long. */
void usher_pool_note_handled(struct usher_pool *pool, int64_t handle_ms);
/* A member came or went, or became open or not: by -1, 0 or 1 each. */
void usher_pool_change(struct usher_pool *pool, int members, int open, int64_t now_ms);
/* Takes the present load into account; to be called after changes of the past. */
void usher_pool_settle(struct usher_pool *pool);

/* The price of lending one of the open members, per ten thousand, of the present N and F; 0 when
 * none is open. When memory is out the price is USHER_PRICE_ONE. */
uint32_t usher_pool_price(struct usher_pool *pool);

/* The offered load that the price is made of, in 1/16 erlang: the cap by the members applied. Half
 * of it is what comes for the pool, half how many members are busy, with whatever; at most twice
 * what comes. */
uint32_t usher_pool_load_a16(const struct usher_pool *pool);

/* Whether usher_pool_price costs no work. */
static inline bool usher_pool_knows_price(const struct usher_pool *pool)
{
    return !pool->is_stale || pool->open_count == 0;
}

/* Erlang B of 0 .. n servers at the load a16 (in 1/16 erlang, 1 .. 2^18 - 1), in Q30: B(0) = 1,
 * B(x) = A B(x-1) / (x + A B(x-1)). */
void usher_pool_block(uint32_t n, uint32_t a16, uint32_t *blocking);
/* B(n) / B(n - open), per ten thousand, rounded down; 0 where B(n - open) is too small to be told
 * from 0. */
uint32_t usher_pool_ratio(uint32_t of_all, uint32_t of_busy);

/* e^(-(now - since) / 15 min) times `value`, in steps of some seconds of the clock: however often
 * it is called in between, as much is forgotten. */
uint64_t usher_pool_forget(uint64_t value, int64_t since_ms, int64_t now_ms);

#endif
