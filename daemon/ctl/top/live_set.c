/* An item keeps its place in its set, so that it leaves it in one step. */
#include "ctl/top/live_set.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

#define SET_ROOM_FIRST 256

/* It decides nothing, and whoever chooses the ids is a client of usherd's. */
static const struct usher_hash_seed seed = {0x7573686572, 0x746f70};

static struct usher_text key_of(const void *item)
{
    return usher_text_of(((const struct live_item *)item)->id);
}

static void grow(struct live_set *set)
{
    usher_table_fini(&set->table);
    set->room = set->room ? 2 * set->room : SET_ROOM_FIRST;
    set->items = memory_resize(set->items, set->room * sizeof(struct live_item *));
    if (!usher_table_init(&set->table, set->room, seed, key_of))
        memory_fail();
    for (size_t i = 0; i < set->count; i++)
        if (usher_table_put(&set->table, set->items[i]) != USHER_TABLE_PUT)
            abort();
}

void *live_set_find(const struct live_set *set, struct usher_text id)
{
    return set->room ? usher_table_find(&set->table, id) : NULL;
}

void *live_set_add(struct live_set *set, struct usher_text id, size_t size)
{
    struct live_item *item = memory_resize(NULL, size);
    if (set->count == set->room)
        grow(set);
    memset(item, 0, size);
    item->id = memory_resize(NULL, id.length + 1);
    memcpy(item->id, id.at, id.length);
    item->id[id.length] = '\0';
    item->at = set->count;
    set->items[set->count++] = item;
    if (usher_table_put(&set->table, item) != USHER_TABLE_PUT)
        abort();
    return item;
}

void live_set_drop(struct live_set *set, struct live_item *item)
{
    usher_table_remove(&set->table, item);
    set->items[item->at] = set->items[--set->count];
    set->items[item->at]->at = item->at;
    free(item->id);
    free(item);
}

void live_set_clear(struct live_set *set)
{
    while (set->count > 0)
        live_set_drop(set, set->items[set->count - 1]);
    free(set->items);
    usher_table_fini(&set->table);
    *set = (struct live_set){0};
}
