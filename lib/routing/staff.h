/* Agents as their profiles alone tell: who could ever be offered what under certain rules, whoever
 * is signed in. For looks ahead, before rules or profiles are taken into use; the floor is what
 * routes. */
#ifndef USHER_ROUTING_STAFF_H
#define USHER_ROUTING_STAFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "rules/rules.h"

struct usher_staff_skill {
    struct usher_text name; /* of the rules or not */
    uint8_t level;          /* 1 .. USHER_LEVEL_MAX */
};

struct usher_staff_member {
    struct usher_text id;
    bool has_phone;
    int capacity[USHER_CHANNEL_COUNT]; /* -1 = the profile says none: the rules' */
    const struct usher_staff_skill *skills;
    size_t skills_count;
};

struct usher_staff {
    const struct usher_rules *rules;
    const struct usher_staff_member *members;
    size_t count;
    uint8_t *levels; /* [member][skill of the rules] */
};

/* Borrows both. False when memory is out. */
USHER_MUST_USE bool usher_staff_init(struct usher_staff *staff, const struct usher_rules *rules,
                                     const struct usher_staff_member *members, size_t count);
void usher_staff_fini(struct usher_staff *staff);

#define USHER_CHANNELS_ALL ((1u << USHER_CHANNEL_COUNT) - 2) /* bits 1 << channel */

/* Whether `member` could take a contact that needs this, on at least one of the channels. */
bool usher_staff_can_take(const struct usher_staff *staff, size_t member, unsigned channels,
                          const struct usher_need *needs, size_t needs_count);
/* How many could; `*first` is the first of them, unchanged when there is none. */
size_t usher_staff_count(const struct usher_staff *staff, unsigned channels,
                         const struct usher_need *needs, size_t needs_count, size_t *first);
/* The highest level of a skill that anybody has; 0 = nobody has it. */
unsigned usher_staff_highest(const struct usher_staff *staff, size_t skill);

#endif
