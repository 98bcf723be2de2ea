/* The floor: all agents under one set of rules, who of them is free for what, the classes and the
 * pools. Everything here but the agents' own fields, the classes' and the pools' past is derived,
 * and is the same whatever way it came about. */
#ifndef USHER_ROUTING_FLOOR_H
#define USHER_ROUTING_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/agent.h"
#include "model/limits.h"
#include "routing/class.h"
#include "routing/pool.h"
#include "rules/rules.h"

#define USHER_PRICE_STALE UINT16_MAX

/* An agent's place in a class for which he is eligible. */
struct usher_seat {
    uint16_t class;
    uint16_t match;
    uint32_t place; /* in class->rank; valid while the class is not stale */
};

/* What the floor keeps of an agent beside the agent. */
struct usher_stand {
    uint16_t *pools; /* whose member he is when ready */
    uint32_t pools_count;
    uint16_t ground; /* G_a, per mille */
    bool is_counted; /* in the pools' member counts */
    bool is_counted_open;
    uint32_t pools_room;
    uint32_t seats_count;
    struct usher_seat *seats; /* by class upwards */
    uint32_t seats_room;
    uint64_t classes[USHER_CLASS_WORDS]; /* bit c: eligible */
    struct usher_list hopes; /* contacts in line that may wait for this agent (in_hopes) */
};

struct usher_floor {
    const struct usher_rules *rules; /* NULL before the first */
    struct usher_agent *agents;      /* [agents_max], by index */
    struct usher_stand *stands;      /* likewise */
    size_t agents_count;
    size_t agents_max;
    uint8_t *levels; /* [agents_max][skills_count] */
    struct usher_class **classes;
    size_t classes_count;
    size_t classes_max;
    uint16_t *class_buckets; /* chains by hash of the key: index + 1, 0 = none */
    uint16_t *class_chain;
    struct usher_pool *pools;
    size_t pools_count;
    size_t pools_room;
    uint16_t *prices; /* [pool]: of lending one of its open members now; USHER_PRICE_STALE = to be
                         asked for */
    int64_t *idle_since_ms; /* [agent]: as when usher_floor_update_agent last saw him; near
                               together, since a search reads those of many */
    int64_t newest_ms;      /* nobody idles since later, and no bound was made later */
    uint64_t waiting[USHER_CLASS_WORDS]; /* bit c: the class has a line */
    bool is_ground_stale;
    bool is_of_version_2;    /* see usher_floor_follow_leader */
    uint64_t *duty;          /* bit a: agent a is signed in and not on break */
    uint32_t duty_version;   /* another one after each change of `duty` or of who is eligible */
    struct usher_list waits; /* contacts in line that may wait for some agent (in_waits) */
};

/* Takes room for the agents of `limits`. False when memory is out. */
USHER_MUST_USE bool usher_floor_init(struct usher_floor *floor, const struct usher_limits *limits);
void usher_floor_fini(struct usher_floor *floor);

/* Puts `rules` (borrowed) in force: no class and no set's pool is left, the pools of
 * skills and channels keep the past of those of the same name, levels are read anew from the
 * agents' profiles. No contact may stand in a line. False when memory is out. */
USHER_MUST_USE bool usher_floor_take_rules(struct usher_floor *floor,
                                           const struct usher_rules *rules, int64_t now_ms);

/* floor_kept.c: the past of the classes and sets that will be the same under the `next` rules, to
 * be taken before these come into force. NULL when memory is out. */
struct usher_kept;
struct usher_kept *usher_floor_keep(const struct usher_floor *floor,
                                    const struct usher_rules *next);
/* Gives it to those that are there again, and to those that are not yet, but had contacts lately;
 * to be called when the live contacts have their classes. */
void usher_floor_recall(struct usher_floor *floor, const struct usher_kept *kept, int64_t now_ms);
void usher_kept_free(struct usher_kept *kept);

/* A new agent with this id, signed out and without a profile. The limit must not be reached. */
struct usher_agent *usher_floor_add_agent(struct usher_floor *floor, struct usher_text id,
                                          int64_t now_ms);
/* The agent's `skills`, `capacity` or `phone` have changed. False when memory is out. */
USHER_MUST_USE bool usher_floor_profile(struct usher_floor *floor, struct usher_agent *agent,
                                        int64_t now_ms);

/* The class of a key, made when it is new. NULL when classes_max is reached or memory is out. */
struct usher_class *usher_floor_class(struct usher_floor *floor, const struct usher_class_key *key,
                                      int64_t now_ms);
/* The same if it is there, else NULL. */
struct usher_class *usher_floor_find_class(const struct usher_floor *floor,
                                           const struct usher_class_key *key);
/* The key of a contact's class under the present rules. */
void usher_floor_key(const struct usher_floor *floor, size_t queue, size_t tier,
                     const struct usher_facts *facts, struct usher_class_key *key);

/* To be called after any change of an agent's state, phone, active contacts or idle time: sets
 * open_mask and is_open, his place in the blocks of his classes, and the pools. */
void usher_floor_update_agent(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms);
/* The agent signed in (by 1) or out (by -1). */
void usher_floor_count_sign_in(struct usher_floor *floor, const struct usher_agent *agent, int by);

/* His seat in a class for which he is eligible. */
struct usher_seat *usher_floor_seat_in(struct usher_stand *stand, uint16_t class);

/* Line moves that keep `waiting`. */
void usher_floor_join(struct usher_floor *floor, struct usher_contact *contact);
void usher_floor_leave(struct usher_floor *floor, struct usher_contact *contact);

/* A contact of the class came: counts it, and in the pools that it needs. */
void usher_floor_note_arrival(struct usher_floor *floor, struct usher_class *class, int64_t now_ms);
/* An agent was held by a contact of the class from answer to the end of wrap-up. */
void usher_floor_note_handled(struct usher_floor *floor, struct usher_class *class,
                              int64_t handle_ms);

/* The price of lending one of the open members of a pool now, per ten thousand. */
static inline uint32_t usher_floor_price(struct usher_floor *floor, uint16_t pool)
{
    uint16_t price = floor->prices[pool];
    if (price == USHER_PRICE_STALE)
        price = floor->prices[pool] = (uint16_t)usher_pool_price(&floor->pools[pool]);
    return price;
}

/* The pools count as those of the router that leads: one of version 2, or before, or a later one.
 */
void usher_floor_follow_leader(struct usher_floor *floor, bool is_of_version_2);

/* Takes the expected shares v of all classes from forecasts and counts; to be called when profiles
 * or rules change. */
void usher_floor_take_shares(struct usher_floor *floor, int64_t now_ms);
/* Makes grounds anew if they are stale, and the class's rank and blocks if they are. */
void usher_floor_refresh(struct usher_floor *floor, struct usher_class *class);

/* Bounds that are made with a time hold from it on. */
static inline void usher_floor_note_time(struct usher_floor *floor, int64_t now_ms)
{
    if (floor->newest_ms < now_ms)
        floor->newest_ms = now_ms;
}

static inline const uint8_t *usher_floor_levels(const struct usher_floor *floor,
                                                const struct usher_agent *agent)
{
    return floor->levels + agent->index * floor->rules->skills_count;
}

/* Whether agent may take one more contact of `channel` by his load alone. */
bool usher_floor_has_room(const struct usher_floor *floor, const struct usher_agent *agent,
                          enum usher_channel channel);

#endif
