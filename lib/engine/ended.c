/* A ring in the order of ends, and a table over it. */
#include "engine/ended.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct usher_text key_of(const void *item)
{
    const struct usher_ended_entry *entry = item;
    return (struct usher_text){(const char *)&entry->hash, sizeof(entry->hash)};
}

bool usher_ended_init(struct usher_ended *ended, size_t room, struct usher_hash_seed seed)
{
    memset(ended, 0, sizeof(*ended));
    ended->room = room > 0 ? room : 1;
    ended->ring = calloc(ended->room, sizeof(*ended->ring));
    if (!ended->ring)
        return false;
    if (usher_table_init(&ended->by_hash, ended->room, seed, key_of))
        return true;
    free(ended->ring);
    ended->ring = NULL;
    return false;
}

void usher_ended_fini(struct usher_ended *ended)
{
    if (!ended->ring)
        return;
    free(ended->ring);
    usher_table_fini(&ended->by_hash);
    ended->ring = NULL;
}

uint64_t usher_ended_hash(struct usher_text id)
{
    struct usher_hash_seed fixed = {0x75736865722d656eu, 0x6465642d69647321u};
    return usher_hash(fixed, id.at, id.length);
}

static struct usher_ended_entry *find(const struct usher_ended *ended, uint64_t hash)
{
    struct usher_text key = {(const char *)&hash, sizeof(hash)};
    return usher_table_find(&ended->by_hash, key);
}

static void forget_first(struct usher_ended *ended)
{
    struct usher_ended_entry *entry = &ended->ring[ended->first];
    if (find(ended, entry->hash) == entry)
        usher_table_remove(&ended->by_hash, entry);
    ended->first = (ended->first + 1) % ended->room;
    ended->count--;
}

void usher_ended_add(struct usher_ended *ended, uint64_t hash, int64_t at_ms, int64_t before_ms)
{
    while (ended->count > 0 &&
           (ended->count == ended->room || ended->ring[ended->first].at_ms <= before_ms))
        forget_first(ended);
    struct usher_ended_entry *same = find(ended, hash);
    if (same)
        usher_table_remove(&ended->by_hash, same);
    struct usher_ended_entry *entry = &ended->ring[(ended->first + ended->count++) % ended->room];
    *entry = (struct usher_ended_entry){hash, at_ms};
    if (usher_table_put(&ended->by_hash, entry) != USHER_TABLE_PUT)
        ended->count--;
}

bool usher_ended_has(const struct usher_ended *ended, uint64_t hash, int64_t after_ms)
{
    const struct usher_ended_entry *entry = find(ended, hash);
    return entry && entry->at_ms > after_ms;
}
