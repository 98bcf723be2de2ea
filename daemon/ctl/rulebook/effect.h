/* What other rules would do to those who wait now. */
#ifndef CTL_RULEBOOK_EFFECT_H
#define CTL_RULEBOOK_EFFECT_H

#include "ctl/rulebook/crew.h"

#define EFFECT_NAMES_SIZE 96

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
    size_t agents_before; /* who could take them, signed in or not */
    size_t agents_after;
    size_t gained_count;
    size_t lost_count;
    char gained[EFFECT_NAMES_SIZE]; /* the first of them, with commas */
    char lost[EFFECT_NAMES_SIZE];
    bool is_changed; /* another queue, or other agents */
};

struct effects {
    struct effect *list;
    size_t count;
    size_t waiting_count; /* of all */
};

/* Of all contacts of the snapshot that wait. Both staffs are of the same agents. */
void effects_init(struct effects *effects, const struct usher_staff *before,
                  const struct usher_staff *after, const struct snapshot *snapshot);
void effects_fini(struct effects *effects);

#endif
