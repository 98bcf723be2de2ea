/* The walk over live contacts, in the order of their arrivals. A loaded contact is put where it
 * belongs by the same functions that place it otherwise. */
#include <assert.h>

#include "engine/callers.h"
#include "engine/facts.h"
#include "engine/sound.h"
#include "engine/walk.h"

#define SERIAL_MAX                                                                                 \
    ((UINT64_C(1) << 62) - 1) /* above are the ties of the leases of agents and links */

static void walk_told(struct usher_archive *archive, struct usher_told *told)
{
    int64_t *known[] = {&told->raw_ms, &told->wait_ms, &told->wait_min_ms, &told->wait_max_ms};
    usher_walk_time(archive, &told->first_ms);
    if (archive->is_bad || told->first_ms == 0)
        return;
    usher_walk_time(archive, &told->last_ms);
    usher_walk_time(archive, &told->due_ms);
    usher_archive_u32(archive, &told->position);
    for (size_t i = 0; i < USHER_COUNT_OF(known); i++) {
        int64_t shifted = *known[i] + 1; /* from -1 on */
        usher_walk_time(archive, &shifted);
        *known[i] = shifted - 1;
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
    usher_walk_time(archive, &contact->arrived_ms);
    usher_walk_time(archive, &contact->place_ms);
    usher_walk_time(archive, &contact->since_ms);
    usher_walk_time(archive, &contact->waited_ms);
    usher_walk_time(archive, &contact->until_ms);
    usher_walk_time(archive, &contact->settle_until_ms);
    usher_archive_u32(archive, &contact->offer.epoch);
    usher_archive_u64(archive, &contact->offer.seq);
    usher_walk_time(archive, &contact->idle_before_ms);
    usher_walk_time(archive, &contact->answered_ms);
    usher_archive_u32(archive, &contact->last_agent);
    usher_archive_count(archive, &contact->declines_count, USHER_DECLINES_MAX);
    for (size_t i = 0; i < contact->declines_count; i++) {
        usher_archive_u32(archive, &contact->declines[i].agent);
        usher_walk_time(archive, &contact->declines[i].until_ms);
    }
    if (archive->version >= 3)
        walk_told(archive, &contact->told);
    contact->queue = (size_t)queue;
    contact->tier = (size_t)tier;
}

static void walk_dialled(struct usher_archive *archive, struct usher_dialled *dialled)
{
    uint32_t channel = dialled->channel;
    usher_archive_u32(archive, &dialled->offer.epoch);
    usher_archive_u64(archive, &dialled->offer.seq);
    usher_archive_u32(archive, &channel);
    usher_walk_time(archive, &dialled->not_after_ms);
    usher_archive_i64(archive, &dialled->attempts_count);
    usher_archive_i64(archive, &dialled->attempts_max);
    archive->is_bad |= channel == USHER_CHANNEL_NONE || channel >= USHER_CHANNEL_COUNT;
    dialled->channel = archive->is_bad ? USHER_CHANNEL_NONE : (enum usher_channel)channel;
}

#define HAS_RINGER  1u
#define WAS_DIALLED 2u
#define WAS_ASKED   1u
#define HAS_WAITED  2u

/* What work for later has beside. Before version 3 there was none. */
static void walk_later(struct usher_archive *archive, struct usher_contact *contact)
{
    uint32_t line = (contact->has_ringer ? HAS_RINGER : 0) |
                    (contact->dialled.offer.epoch != 0 ? WAS_DIALLED : 0);
    uint32_t past = (contact->was_asked ? WAS_ASKED : 0) | (contact->has_waited ? HAS_WAITED : 0);
    uint32_t numbers[] = {contact->is_ours, line, contact->pause, past};
    if (archive->version < 3)
        return;
    for (size_t i = 0; i < USHER_COUNT_OF(numbers); i++)
        usher_archive_u32(archive, &numbers[i]);
    usher_walk_time(archive, &contact->not_after_ms);
    usher_walk_time(archive, &contact->call_until_ms);
    usher_archive_i64(archive, &contact->attempts_count);
    usher_archive_i64(archive, &contact->attempts_max);
    if (numbers[1] & WAS_DIALLED)
        walk_dialled(archive, &contact->dialled);
    if (!usher_archive_is_loading(archive))
        return;
    archive->is_bad |= numbers[2] >= USHER_PAUSE_COUNT;
    contact->is_ours = numbers[0] != 0;
    contact->has_ringer = (numbers[1] & HAS_RINGER) != 0;
    contact->was_asked = (numbers[3] & WAS_ASKED) != 0;
    contact->has_waited = (numbers[3] & HAS_WAITED) != 0;
    contact->pause = archive->is_bad ? USHER_PAUSE_NONE : (enum usher_pause)numbers[2];
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
    /* A snapshot of before does not say it. */
    bool was_scheduled = contact->state == USHER_CONTACT_SCHEDULED && contact->waited_ms == 0 &&
                         contact->attempts_count == 0;
    contact->has_waited |= !was_scheduled && !contact->is_parted;
    if (!usher_sound_contact(engine, contact, numbers[3] != 0))
        return false;
    usher_list_append(&engine->clients.list[contact->client].contacts, &contact->of_client);
    usher_callers_add(engine, contact);
    if (contact->due_ms < 0)
        contact->due_ms =
            contact->place_ms +
            usher_rules_promise_ms(rules, contact->queue, contact->tier, contact->channel);
    const struct usher_facts facts = usher_engine_facts(engine, contact);
    usher_floor_key(floor, contact->queue, contact->tier, &facts, &key);
    contact->class = contact->is_parted ? NULL : usher_floor_find_class(floor, &key);
    if (contact->state == USHER_CONTACT_WAITING)
        engine->queue_waiting[contact->queue]++;
    if (usher_table_put(&engine->contacts_by_id, contact) != USHER_TABLE_PUT)
        return false;
    usher_engine_place_contact(engine, contact, engine->last_ms);
    return true;
}

/* What came with form 3. */
static void walk_served_by(struct usher_archive *archive, const struct usher_floor *floor,
                           struct usher_contact *contact)
{
    uint32_t agent = contact->served_by ? contact->served_by->index + 1 : 0;
    usher_archive_u32(archive, &agent);
    usher_walk_time(archive, &contact->served_ms);
    archive->is_bad |= agent > floor->agents_count;
    if (!archive->is_bad)
        contact->served_by = agent == 0 ? NULL : &floor->agents[agent - 1];
}

static void walk_contact_of_3(struct usher_archive *archive, const struct usher_floor *floor,
                              struct usher_contact *contact)
{
    if (archive->version < 3) {
        if (usher_archive_is_loading(archive))
            contact->due_ms = -1; /* as the rules promise it */
        return;
    }
    usher_walk_time(archive, &contact->due_ms);
    usher_walk_time(archive, &contact->leg_ms);
    walk_served_by(archive, floor, contact);
    usher_walk_owned(archive, &contact->skills);
    uint32_t is_parted = contact->is_parted;
    usher_archive_u32(archive, &contact->meant_for);
    usher_walk_time(archive, &contact->meant_until_ms);
    usher_archive_u32(archive, &contact->transferred_by);
    usher_archive_u32(archive, &is_parted);
    contact->is_parted = is_parted != 0;
}

void usher_walk_contact(struct usher_archive *archive, struct usher_engine *engine,
                        struct usher_contact *contact)
{
    uint32_t agent = contact->agent ? contact->agent->index + 1 : 0;
    uint32_t numbers[5] = {contact->state, contact->channel, contact->client, agent, 0};
    struct usher_fields fields = usher_contact_texts(contact);
    struct usher_text *texts[] = {&fields.from,    &fields.to,       &fields.data, &fields.customer,
                                  &fields.case_id, &fields.campaign, &fields.zone, &fields.memory};
    uint32_t is_repeat = contact->is_repeat;
    size_t texts_count = archive->version >= 3 ? USHER_COUNT_OF(texts) : 3;
    usher_archive_chars(archive, contact->id, sizeof(contact->id));
    walk_contact_numbers(archive, contact, numbers);
    for (size_t i = 0; i < texts_count; i++)
        usher_archive_text(archive, texts[i]);
    if (archive->version >= 3)
        usher_archive_u32(archive, &contact->extended_count);
    usher_walk_owned(archive, &contact->note);
    walk_contact_of_3(archive, &engine->floor, contact);
    if (archive->version >= 3)
        usher_archive_u32(archive, &is_repeat);
    archive->is_bad |= is_repeat > 1;
    contact->is_repeat = is_repeat == 1;
    walk_later(archive, contact);
    if (!usher_archive_is_loading(archive) || archive->is_bad)
        return;
    contact->lease.tie = contact->serial;
    usher_engine_slice_contact(engine, contact);
    if (!usher_contact_keep_texts(contact, &fields) || !settle_contact(engine, contact, numbers)) {
        archive->is_bad = true;
        return;
    }
    if (agent == 0 && numbers[3] != 0) {
        uint32_t last_agent = contact->last_agent;
        usher_contact_give(contact, &engine->floor.agents[numbers[3] - 1]);
        contact->last_agent = last_agent;
    }
}

void usher_walk_contacts(struct usher_archive *archive, struct usher_engine *engine)
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
