/* The state as bytes: a head, the parts in a fixed order, a checksum. What is derived (ranks, free
 * bits, lines, counts, deadlines) is not written but made anew, by the same functions that make it
 * otherwise. */
#include <string.h>

#include "engine/walk.h"

static const char magic[] = "usher snapshot\n";

#define CHECK_SIZE 8

static uint64_t check_of(struct usher_text bytes)
{
    struct usher_hash_seed fixed = {0x736e617073686f74u, 0x636865636b73756du};
    return usher_hash(fixed, bytes.at, bytes.length);
}

static void walk_head(struct usher_archive *archive, char head[sizeof(magic)], uint32_t *version,
                      struct usher_text *hash)
{
    usher_archive_chars(archive, head, sizeof(magic));
    usher_archive_u32(archive, version);
    usher_archive_text(archive, hash);
}

static void walk_client(struct usher_archive *archive, struct usher_client *client)
{
    uint32_t lost = client->is_lost;
    uint32_t can = (client->can_dial ? 1u : 0u) | (client->only_refers ? 2u : 0u);
    size_t done_count = client->done_count;
    usher_walk_time(archive, &client->last_ms);
    usher_archive_u32(archive, &lost);
    usher_walk_time(archive, &client->lost_until_ms);
    usher_archive_chars(archive, client->instance, sizeof(client->instance));
    if (archive->version >= 3)
        usher_archive_u32(archive, &can);
    usher_archive_count(archive, &done_count, USHER_DONE_IDS_MAX);
    client->is_lost = lost != 0;
    client->can_dial = (can & 1u) != 0;
    client->only_refers = (can & 2u) != 0;
    for (uint32_t i = 0; i < done_count && !archive->is_bad; i++) {
        uint64_t hash = usher_archive_is_loading(archive) ? 0 : usher_client_done_at(client, i);
        usher_archive_u64(archive, &hash);
        if (usher_archive_is_loading(archive) && !usher_client_add_done(client, hash))
            archive->is_bad = true;
    }
}

static void walk_clients(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_clients *clients = &engine->clients;
    size_t count = clients->count;
    usher_archive_count(archive, &count, clients->count_max);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_text name = usher_text_of(clients->list[i].name);
        usher_archive_text(archive, &name);
        bool is_new = name.length > 0 && !usher_clients_find(clients, name);
        if (usher_archive_is_loading(archive) &&
            (!is_new || !usher_clients_get(clients, name, 0))) {
            archive->is_bad = true;
            return;
        }
        struct usher_client *client = &clients->list[i];
        walk_client(archive, client);
        if (usher_archive_is_loading(archive) && client->is_lost)
            usher_heap_set(&engine->deadlines, &client->lease, client->lost_until_ms);
    }
}

static void walk_ended(struct usher_archive *archive, struct usher_ended *ended)
{
    size_t count = ended->count;
    usher_archive_count(archive, &count, ended->room);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_ended_entry entry = ended->ring[(ended->first + i) % ended->room];
        usher_archive_u64(archive, &entry.hash);
        usher_walk_time(archive, &entry.at_ms);
        if (usher_archive_is_loading(archive) && !archive->is_bad)
            usher_ended_add(ended, entry.hash, entry.at_ms, INT64_MIN);
    }
}

static void walk_leader(struct usher_archive *archive, struct usher_engine *engine)
{
    usher_archive_chars(archive, engine->leader_addresses, sizeof(engine->leader_addresses));
    usher_archive_chars(archive, engine->leader_outage, sizeof(engine->leader_outage));
    if (archive->version >= 2)
        usher_archive_chars(archive, engine->leader_home, sizeof(engine->leader_home));
    if (archive->version >= 3)
        usher_archive_u32(archive, &engine->leader_version);
    else
        engine->leader_version = archive->version;
    if (usher_archive_is_loading(archive))
        usher_engine_follow_leader(engine);
}

static void walk_turn(struct usher_archive *archive, struct usher_engine *engine)
{
    if (archive->version >= 3)
        usher_archive_u32(archive, &engine->deferred_turn);
    archive->is_bad |= engine->deferred_turn >= USHER_TURNS;
}

static void walk_last(struct usher_archive *archive, struct usher_number *last, int64_t *last_ms)
{
    usher_archive_u32(archive, &last->epoch);
    usher_archive_u64(archive, &last->seq);
    usher_walk_time(archive, last_ms);
    if (last->epoch > INT32_MAX || last->seq > INT64_MAX)
        archive->is_bad = true;
}

static void walk_state(struct usher_archive *archive, struct usher_engine *engine)
{
    walk_last(archive, &engine->last, &engine->last_ms);
    usher_walk_agents(archive, engine);
    walk_clients(archive, engine);
    usher_walk_classes(archive, engine);
    usher_walk_site(archive, engine); /* before who waits behind the doors */
    usher_walk_contacts(archive, engine);
    usher_walk_pools(archive, engine);
    walk_ended(archive, &engine->ended);
    walk_leader(archive, engine);
    walk_turn(archive, engine);
}

void usher_engine_save(const struct usher_engine *engine, struct usher_bytes *out)
{
    size_t start = out->length;
    char head[sizeof(magic)];
    uint32_t version = USHER_JOURNAL_VERSION;
    struct usher_archive archive = {.out = out, .version = version};
    const struct usher_rules *rules = engine->floor.rules;
    struct usher_text hash = rules ? usher_text_of(rules->hash) : USHER_NO_TEXT;
    memcpy(head, magic, sizeof(magic));
    walk_head(&archive, head, &version, &hash);
    /* The walk serves both ways and so takes a state that may be changed; saving changes nothing.
     */
    walk_state(&archive, (struct usher_engine *)(uintptr_t)engine);
    uint64_t check = check_of((struct usher_text){out->at + start, out->length - start});
    usher_archive_u64(&archive, &check);
}

static bool open_saved(struct usher_text saved, struct usher_archive *archive,
                       struct usher_text *hash, struct usher_answer *answer)
{
    char head[sizeof(magic)] = "";
    uint32_t version = 0;
    uint64_t check = 0;
    if (saved.length < CHECK_SIZE) {
        usher_answer_set(answer, USHER_ERROR_WRONG_STATE, "the snapshot is cut short");
        return false;
    }
    struct usher_text body = {saved.at, saved.length - CHECK_SIZE};
    struct usher_archive tail = {.at = saved.at + body.length, .end = saved.at + saved.length};
    usher_archive_u64(&tail, &check);
    *archive = (struct usher_archive){.at = body.at, .end = body.at + body.length};
    walk_head(archive, head, &version, hash);
    if (archive->is_bad || strcmp(head, magic) != 0 || check != check_of(body)) {
        usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                         "the snapshot is damaged: its checksum does not fit");
        return false;
    }
    if (version > USHER_JOURNAL_VERSION) {
        usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                         "the snapshot is of version %u, newer than this router's %d", version,
                         USHER_JOURNAL_VERSION);
        return false;
    }
    archive->version = version;
    return true;
}

struct usher_text usher_engine_saved_hash(struct usher_text saved)
{
    struct usher_archive archive;
    struct usher_answer answer;
    struct usher_text hash = USHER_NO_TEXT;
    return open_saved(saved, &archive, &hash, &answer) ? hash : USHER_NO_TEXT;
}

bool usher_engine_saved_ms(struct usher_text saved, int64_t *at_ms)
{
    struct usher_archive archive;
    struct usher_answer answer;
    struct usher_text hash;
    struct usher_number n;
    if (!open_saved(saved, &archive, &hash, &answer))
        return false;
    walk_last(&archive, &n, at_ms);
    return !archive.is_bad;
}

bool usher_engine_load(struct usher_engine *engine, struct usher_text saved,
                       struct usher_answer *answer)
{
    struct usher_archive archive;
    struct usher_text hash = USHER_NO_TEXT;
    if (!open_saved(saved, &archive, &hash, answer))
        return false;
    if (hash.at) {
        const struct usher_rules *rules = NULL;
        for (size_t i = 0; i < USHER_SHELF_SIZE; i++)
            if (engine->shelf[i] &&
                usher_text_is_equal(usher_text_of(engine->shelf[i]->hash), hash))
                rules = engine->shelf[i];
        if (!rules || !usher_floor_take_rules(&engine->floor, rules, 0)) {
            usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                             "the snapshot's rules %.*s are not there", USHER_TEXT_ARGS(hash));
            return false;
        }
    }
    walk_state(&archive, engine);
    if (!archive.is_bad && archive.at == archive.end)
        return true;
    usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                     "the snapshot does not fit: limits lower than before?");
    return false;
}
