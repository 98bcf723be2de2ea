/* A hash table with linear probing. At most two thirds of its places are in use, and a removal
 * moves the items behind it forward, so that a search ends at the first empty place and nothing
 * marks the removed. */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>

bool usher_table_init(struct usher_table *table, size_t count_max, struct usher_hash_seed seed,
                      usher_table_key key_of)
{
    *table = (struct usher_table){.count_max = count_max, .seed = seed, .key_of = key_of};
    if (count_max > SIZE_MAX / 4 / sizeof(*table->places))
        return false;
    size_t places = 2;
    while (places < count_max + count_max / 2 + 1)
        places *= 2;
    table->places = calloc(places, sizeof(*table->places));
    if (!table->places)
        return false;
    table->mask = places - 1;
    return true;
}

void usher_table_fini(struct usher_table *table)
{
    free(table->places);
    *table = (struct usher_table){0};
}

/* The place of the item with this key, or the empty place where it would be put. */
static size_t find_place(const struct usher_table *table, uint64_t hash, struct usher_text key)
{
    size_t at = hash & table->mask;
    while (table->places[at].item) {
        if (table->places[at].hash == hash &&
            usher_text_is_equal(table->key_of(table->places[at].item), key))
            break;
        at = (at + 1) & table->mask;
    }
    return at;
}

enum usher_table_put_result usher_table_put(struct usher_table *table, void *item)
{
    assert(item);
    struct usher_text key = table->key_of(item);
    uint64_t hash = usher_hash(table->seed, key.at, key.length);
    size_t at = find_place(table, hash, key);
    if (table->places[at].item)
        return USHER_TABLE_TAKEN;
    if (table->count == table->count_max)
        return USHER_TABLE_FULL;
    table->places[at] = (struct usher_table_place){.hash = hash, .item = item};
    table->count++;
    return USHER_TABLE_PUT;
}

void *usher_table_find(const struct usher_table *table, struct usher_text key)
{
    uint64_t hash = usher_hash(table->seed, key.at, key.length);
    return table->places[find_place(table, hash, key)].item;
}

void usher_table_remove(struct usher_table *table, void *item)
{
    struct usher_text key = table->key_of(item);
    uint64_t hash = usher_hash(table->seed, key.at, key.length);
    size_t hole = find_place(table, hash, key);
    assert(table->places[hole].item == item);

    /* An item may move to the hole unless that lies before its own place, going round. */
    for (size_t at = (hole + 1) & table->mask; table->places[at].item;
         at = (at + 1) & table->mask) {
        size_t own = table->places[at].hash & table->mask;
        if (((at - own) & table->mask) >= ((at - hole) & table->mask)) {
            table->places[hole] = table->places[at];
            hole = at;
        }
    }
    table->places[hole] = (struct usher_table_place){0};
    table->count--;
}
