/* A ring of hashes a client, grown as needed: most desks give few commands. Beside it the hashes
 * are counted by their lowest bits, so that the ring is searched only for an id that may be in it.
 */
#include "engine/clients.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define COUNTS_EACH 8 /* of them for each place of the ring */

static struct usher_text key_of(const void *item)
{
    return usher_text_of(((const struct usher_client *)item)->name);
}

bool usher_clients_init(struct usher_clients *clients, size_t count_max,
                        struct usher_hash_seed seed)
{
    memset(clients, 0, sizeof(*clients));
    clients->count_max = count_max;
    clients->list = calloc(count_max + 1, sizeof(*clients->list));
    if (!clients->list)
        return false;
    if (usher_table_init(&clients->by_name, count_max, seed, key_of))
        return true;
    free(clients->list);
    clients->list = NULL;
    return false;
}

void usher_clients_fini(struct usher_clients *clients)
{
    if (!clients->list)
        return;
    for (size_t i = 0; i < clients->count; i++) {
        free(clients->list[i].done);
        free(clients->list[i].done_counts);
    }
    free(clients->list);
    usher_table_fini(&clients->by_name);
    clients->list = NULL;
}

struct usher_client *usher_clients_find(const struct usher_clients *clients, struct usher_text name)
{
    return usher_table_find(&clients->by_name, name);
}

static struct usher_client *longest_silent(const struct usher_clients *clients, int64_t now_ms)
{
    struct usher_client *oldest = NULL;
    for (size_t i = 0; i < clients->count; i++) {
        struct usher_client *client = &clients->list[i];
        bool may_go = usher_list_is_empty(&client->contacts) && !client->is_lost &&
                      !client->can_dial && !client->only_refers &&
                      now_ms - client->last_ms >= USHER_CLIENT_KEEP_MS;
        if (may_go && (!oldest || client->last_ms < oldest->last_ms))
            oldest = client;
    }
    return oldest;
}

struct usher_client *usher_clients_get(struct usher_clients *clients, struct usher_text name,
                                       int64_t now_ms)
{
    struct usher_client *client = usher_clients_find(clients, name);
    if (client)
        return client;
    if (name.length > USHER_CLIENT_NAME_MAX)
        return NULL;
    if (clients->count < clients->count_max) {
        client = &clients->list[clients->count];
        client->index = (uint32_t)clients->count++;
        client->lease.tie = (UINT64_C(1) << 63) + client->index;
    } else {
        client = longest_silent(clients, now_ms);
        if (!client)
            return NULL;
        usher_table_remove(&clients->by_name, client);
    }
    if (!usher_text_copy(client->name, sizeof(client->name), name) ||
        usher_table_put(&clients->by_name, client) != USHER_TABLE_PUT)
        return NULL;
    client->is_lost = false;
    client->can_dial = false;
    client->only_refers = false;
    client->instance[0] = '\0';
    client->done_count = 0;
    client->done_next = 0;
    if (client->done_counts)
        memset(client->done_counts, 0,
               (size_t)client->done_room * COUNTS_EACH * sizeof(*client->done_counts));
    client->last_ms = now_ms;
    usher_list_init(&client->contacts);
    return client;
}

bool usher_clients_has_room(const struct usher_clients *clients, struct usher_text name,
                            int64_t now_ms)
{
    if (usher_clients_find(clients, name))
        return true;
    return name.length <= USHER_CLIENT_NAME_MAX &&
           (clients->count < clients->count_max || longest_silent(clients, now_ms));
}

static uint64_t hash_of(struct usher_text id)
{
    struct usher_hash_seed fixed = {0x75736865722d6964u, 0x636f6d6d616e6473u};
    return usher_hash(fixed, id.at, id.length);
}

/* How many hashes are counted together with this one; `done_room` is a power of two. */
static uint16_t *counted_with(const struct usher_client *client, uint64_t hash)
{
    return &client->done_counts[hash & ((uint64_t)client->done_room * COUNTS_EACH - 1)];
}

static bool grow(struct usher_client *client)
{
    uint32_t room = client->done_room ? client->done_room * 2 : 16;
    uint64_t *done = realloc(client->done, room * sizeof(*done));
    if (!done)
        return false;
    client->done = done;
    uint16_t *counts = calloc((size_t)room * COUNTS_EACH, sizeof(*counts));
    if (!counts)
        return false;
    free(client->done_counts);
    client->done_counts = counts;
    client->done_room = room;
    for (uint32_t i = 0; i < client->done_count; i++)
        (*counted_with(client, done[i]))++;
    return true;
}

bool usher_client_add_done(struct usher_client *client, uint64_t hash)
{
    if (client->done_count == client->done_room && client->done_room < USHER_DONE_IDS_MAX &&
        !grow(client))
        return false;
    if (client->done_count < client->done_room) {
        client->done[client->done_count++] = hash;
    } else {
        (*counted_with(client, client->done[client->done_next]))--;
        client->done[client->done_next] = hash;
        client->done_next = (client->done_next + 1) % client->done_room;
    }
    (*counted_with(client, hash))++;
    return true;
}

void usher_client_note_done(struct usher_client *client, struct usher_text id, int64_t now_ms)
{
    client->last_ms = now_ms;
    if (!usher_client_add_done(client, hash_of(id)))
        return;
}

bool usher_client_has_done(const struct usher_client *client, struct usher_text id)
{
    uint64_t hash = hash_of(id);
    if (client->done_count == 0 || *counted_with(client, hash) == 0)
        return false;
    for (uint32_t i = 0; i < client->done_count; i++)
        if (client->done[i] == hash)
            return true;
    return false;
}

uint64_t usher_client_done_at(const struct usher_client *client, uint32_t place)
{
    return client->done[(client->done_next + place) % client->done_count];
}
