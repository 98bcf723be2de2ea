/* Clients that the engine remembers: the PBXs whose contacts it has, and the last command ids of
 * everybody, so that a repeated command gets its first answer again. A client is forgotten no
 * sooner than ten minutes after its last command. */
#ifndef USHER_ENGINE_CLIENTS_H
#define USHER_ENGINE_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/table.h"
#include "model/limits.h"

#define USHER_DONE_IDS_MAX   1024
#define USHER_CLIENT_KEEP_MS 600000

struct usher_client {
    char name[USHER_CLIENT_NAME_MAX + 1];
    uint32_t index;
    int64_t last_ms;            /* of its last command that caused an event */
    bool can_dial;              /* a PBX that dials customers when it is told to */
    bool only_refers;           /* a PBX whose talks are transferred by agents' phones alone */
    bool is_lost;               /* a PBX whose connection is gone */
    int64_t lost_until_ms;      /* then its contacts are closed */
    char instance[65];          /* the PBX's present life; "" = not told */
    struct usher_list contacts; /* usher_contact.of_client */
    uint64_t *done;             /* a ring of hashes of command ids */
    uint16_t *done_counts; /* how many of them have the same lowest bits: 0 tells at once that an
                              id is new, as nearly all are */
    uint32_t done_room;
    uint32_t done_count;          /* filled */
    uint32_t done_next;           /* where the next goes once the ring is full */
    struct usher_heap_node lease; /* lost_until_ms */
};

struct usher_clients {
    struct usher_client *list; /* [count_max] */
    size_t count_max;
    size_t count; /* places ever used: list[0 .. count) */
    struct usher_table by_name;
};

USHER_MUST_USE bool usher_clients_init(struct usher_clients *clients, size_t count_max,
                                       struct usher_hash_seed seed);
void usher_clients_fini(struct usher_clients *clients);
struct usher_client *usher_clients_find(const struct usher_clients *clients,
                                        struct usher_text name);
/* Finds or makes; a new one takes the place of the one silent for longest beyond
 * USHER_CLIENT_KEEP_MS and without contacts when all are taken. NULL when none may go, or the name
 * is too long. */
struct usher_client *usher_clients_get(struct usher_clients *clients, struct usher_text name,
                                       int64_t now_ms);
/* Whether usher_clients_get would give one. */
bool usher_clients_has_room(const struct usher_clients *clients, struct usher_text name,
                            int64_t now_ms);
/* Remembers a command's id. Memory that is out forgets it. */
void usher_client_note_done(struct usher_client *client, struct usher_text id, int64_t now_ms);
bool usher_client_has_done(const struct usher_client *client, struct usher_text id);
/* For the snapshot: the ids in the order in which they came, and back. */
uint64_t usher_client_done_at(const struct usher_client *client, uint32_t place);
USHER_MUST_USE bool usher_client_add_done(struct usher_client *client, uint64_t hash);

#endif
