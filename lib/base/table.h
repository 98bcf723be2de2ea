/* A hash table from text to things of the caller: open addressing, seeded, of a size fixed at
 * creation. The order of its places depends on the seed, so nothing may be decided by walking it:
 * it cannot be walked. */
#ifndef USHER_BASE_TABLE_H
#define USHER_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "base/text.h"

struct usher_table_place {
    uint64_t hash;
    void *item;
};

/* The key of an item; it must not change while the item is in a table. */
typedef struct usher_text (*usher_table_key)(const void *item);

struct usher_table {
    struct usher_table_place *places;
    size_t mask;
    size_t count;
    size_t count_max;
    struct usher_hash_seed seed;
    usher_table_key key_of;
};

enum usher_table_put_result {
    USHER_TABLE_PUT = 0,
    USHER_TABLE_TAKEN, /* the key is there already; the table is unchanged */
    USHER_TABLE_FULL,  /* count_max items are in; the table is unchanged */
};

/* Takes room for `count_max` items. False when memory is out. */
USHER_MUST_USE bool usher_table_init(struct usher_table *table, size_t count_max,
                                     struct usher_hash_seed seed, usher_table_key key_of);
/* The items belong to others. */
void usher_table_fini(struct usher_table *table);
USHER_MUST_USE enum usher_table_put_result usher_table_put(struct usher_table *table, void *item);
/* NULL when no item has this key. */
void *usher_table_find(const struct usher_table *table, struct usher_text key);
/* The item must be in the table. */
void usher_table_remove(struct usher_table *table, void *item);

#endif
