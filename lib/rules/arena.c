/* Blocks in a chain; what does not fit into the newest begins another. Nothing is freed but all
 * together. */
#include "rules/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct usher_arena_block {
    struct usher_arena_block *next;
    size_t used;
    size_t room;
    alignas(max_align_t) char bytes[];
};

#define BLOCK_ROOM 16384

static struct usher_arena_block *block_add(struct usher_arena *arena, size_t size)
{
    size_t room = size > BLOCK_ROOM ? size : BLOCK_ROOM;
    struct usher_arena_block *block = calloc(1, sizeof(*block) + room);

    if (!block)
        return NULL;
    block->room = room;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void usher_arena_init(struct usher_arena *arena)
{
    arena->blocks = NULL;
}

void usher_arena_fini(struct usher_arena *arena)
{
    while (arena->blocks) {
        struct usher_arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
}

void *usher_arena_take(struct usher_arena *arena, size_t count, size_t size)
{
    const size_t step = alignof(max_align_t);
    struct usher_arena_block *block = arena->blocks;

    if (count && size > (SIZE_MAX / 2) / count)
        return NULL;
    size = (count * size + step - 1) / step * step;
    if (!block || block->room - block->used < size)
        block = block_add(arena, size);
    if (!block)
        return NULL;
    block->used += size;
    return block->bytes + block->used - size;
}

bool usher_arena_copy(struct usher_arena *arena, struct usher_text text, struct usher_text *copy)
{
    char *at = usher_arena_take(arena, text.length + 1, 1);

    if (!at)
        return false;
    if (text.length)
        memcpy(at, text.at, text.length);
    *copy = (struct usher_text){at, text.length};
    return true;
}
