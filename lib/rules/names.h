/* Names with a number each, found by a search in their order. */
#ifndef USHER_RULES_NAMES_H
#define USHER_RULES_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "rules/arena.h"

struct usher_names {
    const struct usher_text *at; /* in the order of the file */
    uint16_t *sorted;            /* the numbers, by name */
    size_t count;
};

/* Sorts `count` names (65,535 at most), which are borrowed and lie in an arena with the index.
 * False when memory is out. */
USHER_MUST_USE bool usher_names_init(struct usher_names *names, struct usher_arena *arena,
                                     const struct usher_text *at, size_t count);
/* SIZE_MAX when there is none; of two that are the same either. */
size_t usher_names_find(const struct usher_names *names, struct usher_text name);
/* The first name, in sorted order, that begins with `prefix`; SIZE_MAX when none does. */
size_t usher_names_find_prefix(const struct usher_names *names, struct usher_text prefix);
/* The nearest one to a wrong name; absent when none is near. */
struct usher_text usher_names_suggest(const struct usher_names *names, struct usher_text wrong);

#endif
