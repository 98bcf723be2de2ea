/* What other rules would do to those who wait now. */
#ifndef CTL_RULEBOOK_EFFECT_H
#define CTL_RULEBOOK_EFFECT_H

#include "ctl/rulebook/crew.h"

#define EFFECT_NAMES_SIZE 96

/* Whether the queue of those who wait on is open. */
enum effect_door {
    EFFECT_STAYS = 0, /* as it is */
    EFFECT_OPENS,
    EFFECT_CLOSES, /* nobody is offered from it then */
};

/* Waiting contacts that are alike. */
struct effect {
    size_t queue_before; /* index in the rules before */
    size_t queue_after;  /* index in the rules after */
    enum usher_channel channel;
    struct usher_need needs_before[USHER_NEEDS_MAX];
    struct usher_need needs_after[USHER_NEEDS_MAX];
    size_t needs_before_count;
    size_t needs_after_count;
    size_t waiting_count;
    size_t agents_before; /* who could take them, signed in or not, when all steps are open */
    size_t agents_after;
    size_t gained_count;
    size_t lost_count;
    char gained[EFFECT_NAMES_SIZE]; /* the first of them, with commas */
    char lost[EFFECT_NAMES_SIZE];
    const struct usher_way *leaves; /* where they go at once, since their queue would be closed;
                                       NULL = they do not */
    enum effect_door door;
    bool is_changed; /* another queue, or other agents, or open or closed, or they leave */
};

struct effects {
    struct effect *list;
    size_t count;
    size_t waiting_count; /* of all */
};

/* Rules, and who works by them. */
struct effects_side {
    struct usher_staff staff;
    struct usher_zone *zone; /* of the rules' hours; NULL = UTC */
};

/* Of all contacts of the snapshot that wait at `now_ms` (civil). Both sides are of the same agents.
 */
void effects_init(struct effects *effects, const struct effects_side *before,
                  const struct effects_side *after, int64_t now_ms,
                  const struct snapshot *snapshot);
void effects_fini(struct effects *effects);

#endif
