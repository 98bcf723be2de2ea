/* The state as bytes: a head, the parts in a fixed order, a checksum. What is derived (ranks, free
 * bits, lines, counts, deadlines) is not written but made anew, by the same functions that make it
 * otherwise. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/archive.h"
#include "engine/sound.h"
#include "engine/walk.h"

static const char magic[] = "usher snapshot\n";

#define CHECK_SIZE 8
#define SERIAL_MAX                                                                                 \
    ((UINT64_C(1) << 62) - 1) /* above are the ties of the leases of agents and links */

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

/* A time, or a span of time. */
static void walk_time(struct usher_archive *archive, int64_t *ms)
{
    usher_archive_i64(archive, ms);
    if (usher_archive_is_loading(archive) && !usher_sound_is_time(*ms))
        archive->is_bad = true;
}

/* Arrivals of a class in a day. */
static void walk_arrivals(struct usher_archive *archive, int64_t *count)
{
    usher_archive_i64(archive, count);
    if (usher_archive_is_loading(archive) && (*count < 0 || *count > INT32_MAX))
        archive->is_bad = true;
}

/* Loading makes the owned copy; saving only reads. */
static void walk_owned(struct usher_archive *archive, char **owned)
{
    struct usher_text text = usher_text_of(*owned);
    usher_archive_text(archive, &text);
    if (!usher_archive_is_loading(archive) || !text.at)
        return;
    *owned = malloc(text.length + 1);
    if (!*owned) {
        archive->is_bad = true;
        return;
    }
    memcpy(*owned, text.at, text.length);
    (*owned)[text.length] = '\0';
}

void usher_walk_agent(struct usher_archive *archive, struct usher_agent *agent, int64_t now_ms)
{
    uint32_t state = agent->state;
    uint32_t phone_state = agent->phone_state;
    uint32_t missed = agent->missed_count;
    usher_archive_chars(archive, agent->name, sizeof(agent->name));
    usher_archive_chars(archive, agent->phone, sizeof(agent->phone));
    walk_owned(archive, &agent->skills);
    walk_owned(archive, &agent->capacity);
    usher_archive_u32(archive, &state);
    usher_archive_chars(archive, agent->reason, sizeof(agent->reason));
    walk_time(archive, &agent->since_ms);
    usher_archive_u32(archive, &phone_state);
    walk_time(archive, &agent->phone_until_ms);
    walk_time(archive, &agent->idle_since_ms);
    usher_archive_u32(archive, &missed);
    if (state >= USHER_AGENT_STATE_COUNT || phone_state >= USHER_PHONE_STATE_COUNT ||
        missed > UINT8_MAX)
        archive->is_bad = true;
    if (archive->is_bad || !usher_archive_is_loading(archive))
        return;
    agent->state = (enum usher_agent_state)state;
    agent->phone_state = (enum usher_phone_state)phone_state;
    agent->missed_count = (uint8_t)missed;
    archive->is_bad = !usher_sound_agent(agent, now_ms);
}

static void walk_agents(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->agents_count;
    usher_archive_count(archive, &count, floor->agents_max);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_agent *agent = &floor->agents[i];
        struct usher_text id = usher_text_of(agent->id);
        usher_archive_text(archive, &id);
        if (usher_archive_is_loading(archive)) {
            if (id.length == 0 || id.length > USHER_AGENT_ID_MAX) {
                archive->is_bad = true;
                return;
            }
            agent = usher_floor_add_agent(floor, id, 0);
            archive->is_bad |= usher_table_put(&engine->agents_by_id, agent) != USHER_TABLE_PUT;
        }
        usher_walk_agent(archive, agent, engine->last_ms);
    }
    for (size_t i = 0; i < count && !archive->is_bad && usher_archive_is_loading(archive); i++) {
        struct usher_agent *agent = &floor->agents[i];
        archive->is_bad |= !usher_floor_profile(floor, agent, agent->since_ms);
        if (agent->phone_until_ms != 0)
            usher_heap_set(&engine->deadlines, &agent->lease, agent->phone_until_ms);
    }
}

static void walk_client(struct usher_archive *archive, struct usher_client *client)
{
    uint32_t lost = client->is_lost;
    size_t done_count = client->done_count;
    walk_time(archive, &client->last_ms);
    usher_archive_u32(archive, &lost);
    walk_time(archive, &client->lost_until_ms);
    usher_archive_chars(archive, client->instance, sizeof(client->instance));
    usher_archive_count(archive, &done_count, USHER_DONE_IDS_MAX);
    client->is_lost = lost != 0;
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

void usher_walk_class_key(struct usher_archive *archive, struct usher_class_key *key)
{
    uint32_t queue = key->queue;
    uint32_t tier = key->tier;
    uint32_t channel = key->channel;
    size_t needs_count = key->needs_count;
    usher_archive_u32(archive, &queue);
    usher_archive_u32(archive, &tier);
    usher_archive_u32(archive, &channel);
    usher_archive_count(archive, &needs_count, USHER_NEEDS_MAX);
    for (size_t i = 0; i < needs_count; i++) {
        uint32_t need = (uint32_t)key->needs[i].skill << 16 | (uint32_t)key->needs[i].min << 8 |
                        key->needs[i].weight;
        usher_archive_u32(archive, &need);
        key->needs[i] =
            (struct usher_need){(uint16_t)(need >> 16), (uint8_t)(need >> 8), (uint8_t)need};
    }
    key->queue = (uint16_t)queue;
    key->tier = (uint8_t)tier;
    key->channel = (uint8_t)channel;
    key->needs_count = (uint32_t)needs_count;
}

static bool is_key_sound(const struct usher_class_key *key, const struct usher_rules *rules)
{
    assert(rules); /* without rules the count of classes is 0 */
    for (size_t i = 0; i < key->needs_count; i++)
        if (key->needs[i].skill >= rules->skills_count)
            return false;
    return key->queue < rules->queues_count && key->tier < rules->tiers_count &&
           key->channel != USHER_CHANNEL_NONE && key->channel < USHER_CHANNEL_COUNT;
}

void usher_walk_class_past(struct usher_archive *archive, struct usher_class_past *past)
{
    walk_time(archive, &past->day_ms);
    walk_arrivals(archive, &past->today_count);
    walk_arrivals(archive, &past->before_count);
    walk_arrivals(archive, &past->share);
}

static void walk_classes(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->classes_count;
    usher_archive_count(archive, &count, floor->rules ? floor->classes_max : 0);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_class_key key = {0};
        struct usher_class *class = NULL;
        if (!usher_archive_is_loading(archive)) {
            class = floor->classes[i];
            key = class->key;
        }
        usher_walk_class_key(archive, &key);
        if (usher_archive_is_loading(archive)) {
            class = !archive->is_bad && is_key_sound(&key, floor->rules)
                        ? usher_floor_class(floor, &key, 0)
                        : NULL;
            if (!class) {
                archive->is_bad = true;
                return;
            }
        }
        assert(class);
        usher_walk_class_past(archive, &class->past);
    }
    floor->is_ground_stale |= usher_archive_is_loading(archive);
}

void usher_walk_pool_past(struct usher_archive *archive, struct usher_pool_past *past)
{
    usher_archive_u64(archive, &past->arrivals_q16);
    walk_time(archive, &past->arrivals_ms);
    usher_archive_u64(archive, &past->busy_q16);
    walk_time(archive, &past->busy_ms);
    walk_time(archive, &past->handle_ms);
    usher_archive_u32(archive, &past->load_used);
}

static void walk_pools(struct usher_archive *archive, struct usher_engine *engine)
{
    struct usher_floor *floor = &engine->floor;
    size_t count = floor->pools_count;
    usher_archive_count(archive, &count, floor->pools_count);
    archive->is_bad |= count != floor->pools_count;
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        usher_walk_pool_past(archive, &floor->pools[i].past);
        if (!usher_archive_is_loading(archive))
            continue;
        floor->pools[i].is_stale = true;
        floor->prices[i] = USHER_PRICE_STALE;
    }
}

static void walk_contact_numbers(struct usher_archive *archive, struct usher_contact *contact,
                                 uint32_t numbers[5])
{
    uint64_t queue = contact->queue;
    uint64_t tier = contact->tier;
    usher_archive_u64(archive, &contact->serial);
    for (size_t i = 0; i < 5; i++)
        usher_archive_u32(archive, &numbers[i]);
    usher_archive_u64(archive, &queue);
    usher_archive_u64(archive, &tier);
    walk_time(archive, &contact->arrived_ms);
    walk_time(archive, &contact->place_ms);
    walk_time(archive, &contact->since_ms);
    walk_time(archive, &contact->waited_ms);
    walk_time(archive, &contact->until_ms);
    walk_time(archive, &contact->settle_until_ms);
    usher_archive_u32(archive, &contact->offer.epoch);
    usher_archive_u64(archive, &contact->offer.seq);
    walk_time(archive, &contact->idle_before_ms);
    walk_time(archive, &contact->answered_ms);
    usher_archive_u32(archive, &contact->last_agent);
    usher_archive_count(archive, &contact->declines_count, USHER_DECLINES_MAX);
    for (size_t i = 0; i < contact->declines_count; i++) {
        usher_archive_u32(archive, &contact->declines[i].agent);
        walk_time(archive, &contact->declines[i].until_ms);
    }
    contact->queue = (size_t)queue;
    contact->tier = (size_t)tier;
}

/* Puts a loaded contact where it belongs: table, client, agent, class, line. */
static bool settle_contact(struct usher_engine *engine, struct usher_contact *contact,
                           const uint32_t numbers[5])
{
    struct usher_floor *floor = &engine->floor;
    const struct usher_rules *rules = floor->rules;
    struct usher_class_key key;
    assert(rules); /* without rules the count of contacts is 0 */
    if (numbers[0] >= USHER_CONTACT_STATE_COUNT || numbers[1] >= USHER_CHANNEL_COUNT ||
        numbers[2] >= engine->clients.count || contact->queue >= rules->queues_count ||
        contact->tier >= rules->tiers_count || numbers[3] > floor->agents_count)
        return false;
    contact->state = (enum usher_contact_state)numbers[0];
    contact->channel = (enum usher_channel)numbers[1];
    contact->client = numbers[2];
    if (!usher_sound_contact(engine, contact, numbers[3] != 0))
        return false;
    usher_list_append(&engine->clients.list[contact->client].contacts, &contact->of_client);
    usher_floor_key(floor, contact->queue, contact->tier, contact->channel, contact->data, &key);
    contact->class = usher_floor_find_class(floor, &key);
    if (contact->state == USHER_CONTACT_WAITING)
        engine->queue_waiting[contact->queue]++;
    if (usher_table_put(&engine->contacts_by_id, contact) != USHER_TABLE_PUT)
        return false;
    usher_engine_place_contact(engine, contact, engine->last_ms);
    return true;
}

void usher_walk_contact(struct usher_archive *archive, struct usher_engine *engine,
                        struct usher_contact *contact)
{
    uint32_t agent = contact->agent ? contact->agent->index + 1 : 0;
    uint32_t numbers[5] = {contact->state, contact->channel, contact->client, agent, 0};
    struct usher_text texts[] = {contact->from, contact->to, contact->data};
    usher_archive_chars(archive, contact->id, sizeof(contact->id));
    walk_contact_numbers(archive, contact, numbers);
    for (size_t i = 0; i < USHER_COUNT_OF(texts); i++)
        usher_archive_text(archive, &texts[i]);
    walk_owned(archive, &contact->note);
    if (!usher_archive_is_loading(archive) || archive->is_bad)
        return;
    contact->lease.tie = contact->serial;
    usher_engine_slice_contact(engine, contact);
    if (!usher_contact_keep_texts(contact, texts[0], texts[1], texts[2]) ||
        !settle_contact(engine, contact, numbers)) {
        archive->is_bad = true;
        return;
    }
    if (agent == 0 && numbers[3] != 0) {
        uint32_t last_agent = contact->last_agent;
        usher_contact_give(contact, &engine->floor.agents[numbers[3] - 1]);
        contact->last_agent = last_agent;
    }
}

static void walk_contacts(struct usher_archive *archive, struct usher_engine *engine)
{
    size_t count = engine->limits.contacts - engine->free_slots_count;
    usher_archive_u64(archive, &engine->serial_last);
    uint64_t serial_last = engine->serial_last;
    usher_archive_count(archive, &count, engine->floor.rules ? engine->limits.contacts : 0);
    struct usher_list *node = engine->live.next;
    uint64_t serial = 0;
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_contact *contact;
        if (usher_archive_is_loading(archive)) {
            contact = usher_engine_new_contact(engine);
        } else {
            contact = usher_list_entry(node, struct usher_contact, live);
            node = node->next;
        }
        usher_walk_contact(archive, engine, contact);
        archive->is_bad |= contact->serial <= serial || contact->serial > serial_last;
        serial = contact->serial;
    }
    archive->is_bad |= serial_last > SERIAL_MAX;
    engine->serial_last = serial_last;
    for (size_t i = 0;
         i < engine->floor.agents_count && usher_archive_is_loading(archive) && !archive->is_bad;
         i++)
        usher_floor_update_agent(&engine->floor, &engine->floor.agents[i], engine->last_ms);
}

static void walk_ended(struct usher_archive *archive, struct usher_ended *ended)
{
    size_t count = ended->count;
    usher_archive_count(archive, &count, ended->room);
    for (size_t i = 0; i < count && !archive->is_bad; i++) {
        struct usher_ended_entry entry = ended->ring[(ended->first + i) % ended->room];
        usher_archive_u64(archive, &entry.hash);
        walk_time(archive, &entry.at_ms);
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
}

static void walk_last(struct usher_archive *archive, struct usher_number *last, int64_t *last_ms)
{
    usher_archive_u32(archive, &last->epoch);
    usher_archive_u64(archive, &last->seq);
    walk_time(archive, last_ms);
    if (last->epoch > INT32_MAX || last->seq > INT64_MAX)
        archive->is_bad = true;
}

static void walk_state(struct usher_archive *archive, struct usher_engine *engine)
{
    walk_last(archive, &engine->last, &engine->last_ms);
    walk_agents(archive, engine);
    walk_clients(archive, engine);
    walk_classes(archive, engine);
    walk_contacts(archive, engine);
    walk_pools(archive, engine);
    walk_ended(archive, &engine->ended);
    walk_leader(archive, engine);
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
