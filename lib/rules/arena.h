/* Memory that is given back all at once: what a document, or compiled rules, lie in. */
#ifndef USHER_RULES_ARENA_H
#define USHER_RULES_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct usher_arena_block;

struct usher_arena {
    struct usher_arena_block *blocks;
};

void usher_arena_init(struct usher_arena *arena);
void usher_arena_fini(struct usher_arena *arena);
/* `count` things of `size` bytes, all zero, aligned for anything. NULL when memory is out. */
void *usher_arena_take(struct usher_arena *arena, size_t count, size_t size);
/* Copies `text`, with a NUL behind it. False, with `copy` unchanged, when memory is out. */
USHER_MUST_USE bool usher_arena_copy(struct usher_arena *arena, struct usher_text text,
                                     struct usher_text *copy);

#endif
