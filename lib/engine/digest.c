/* The digest of a heartbeat: what the snapshot would write, folded instead, and of the large tables
 * a sixteenth each time, so that it costs a fraction of a millisecond whatever the site's size.
 * What the snapshot holds is compared by itself; there is no second list of fields to keep up. It
 * is folded in the form of the router that leads, so that a standby of a later version agrees with
 * it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "engine/walk.h"

static void fold_counts(struct usher_archive *archive, const struct usher_engine *engine)
{
    uint64_t turn = engine->deferred_turn;
    uint64_t counts[] = {
        engine->last.epoch,
        engine->last.seq,
        (uint64_t)engine->last_ms,
        engine->serial_last,
        engine->limits.contacts - engine->free_slots_count,
        engine->floor.agents_count,
        engine->floor.classes_count,
        engine->floor.pools_count,
        engine->clients.count,
        engine->ended.count,
    };
    for (size_t i = 0; i < USHER_COUNT_OF(counts); i++)
        usher_archive_u64(archive, &counts[i]);
    if (archive->version >= 3)
        usher_archive_u64(archive, &turn);
}

/* Agents lie in memory by index, so a slice of them is a block; folding changes nothing. */
static void fold_slice(struct usher_archive *archive, struct usher_engine *engine, size_t slice)
{
    const struct usher_floor *floor = &engine->floor;
    size_t agents_end = (slice + 1) * floor->agents_count / USHER_DIGEST_SLICES;
    for (size_t i = slice * floor->agents_count / USHER_DIGEST_SLICES; i < agents_end; i++)
        usher_walk_agent(archive, &floor->agents[i], engine->last_ms);
    for (size_t i = slice; i < engine->clients.count; i += USHER_DIGEST_SLICES) {
        struct usher_client *client = &engine->clients.list[i];
        uint64_t numbers[] = {client->is_lost +
                                  (archive->version >= 3 && client->can_dial ? 2u : 0u) +
                                  (archive->version >= 3 && client->only_refers ? 4u : 0u),
                              (uint64_t)client->lost_until_ms, client->done_count};
        usher_archive_chars(archive, client->name, sizeof(client->name));
        for (size_t k = 0; k < USHER_COUNT_OF(numbers); k++)
            usher_archive_u64(archive, &numbers[k]);
    }
    for (size_t i = slice; i < floor->classes_count; i += USHER_DIGEST_SLICES) {
        usher_walk_class_key(archive, &floor->classes[i]->key);
        usher_walk_class_past(archive, &floor->classes[i]->past);
    }
    if (slice == 0)
        usher_walk_site(archive, engine);
    usher_list_for_each (node, &engine->slices[slice])
        usher_walk_contact(archive, engine, usher_list_entry(node, struct usher_contact, of_slice));
    for (size_t i = slice; i < floor->pools_count; i += USHER_DIGEST_SLICES)
        usher_walk_pool_past(archive, &floor->pools[i].past);
}

struct usher_text usher_engine_digest(const struct usher_engine *engine, struct usher_number n,
                                      char room[USHER_DIGEST_SIZE])
{
    uint64_t digest = 0;
    struct usher_archive archive = {.digest = &digest, .version = engine->leader_version};
    fold_counts(&archive, engine);
    fold_slice(&archive, (struct usher_engine *)(uintptr_t)engine, n.seq % USHER_DIGEST_SLICES);
    int length = snprintf(room, USHER_DIGEST_SIZE, "%016" PRIx64, digest);
    return (struct usher_text){room, (size_t)length};
}
