/* The engine's making, its table of commands, and the one way in which an event comes to be:
 * numbered, encoded, applied. */
#include "engine/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decide.h"
#include "engine/moves.h"
#include "engine/sound.h"

static const usher_decide table[USHER_COMMAND_COUNT] = {
    [USHER_COMMAND_CONTACT_ARRIVE] = usher_decide_contact_arrive,
    [USHER_COMMAND_CONTACT_SCHEDULE] = usher_decide_contact_schedule,
    [USHER_COMMAND_CONTACT_CALLBACK] = usher_decide_contact_callback,
    [USHER_COMMAND_CONTACT_FOLLOW_UP] = usher_decide_contact_follow_up,
    [USHER_COMMAND_CONTACT_CANCEL] = usher_decide_contact_cancel,
    [USHER_COMMAND_CONTACT_ABANDON] = usher_decide_contact_abandon,
    [USHER_COMMAND_CONTACT_RING] = usher_decide_contact_ring,
    [USHER_COMMAND_CONTACT_ANSWER] = usher_decide_contact_answer,
    [USHER_COMMAND_CONTACT_FAIL] = usher_decide_contact_fail,
    [USHER_COMMAND_CONTACT_HOLD] = usher_decide_contact_hold,
    [USHER_COMMAND_CONTACT_RESUME] = usher_decide_contact_resume,
    [USHER_COMMAND_CONTACT_END] = usher_decide_contact_end,
    [USHER_COMMAND_CONTACT_NOTE] = usher_decide_contact_note,
    [USHER_COMMAND_CONTACT_MOVE] = usher_decide_contact_move,
    [USHER_COMMAND_CONTACT_PRIORITISE] = usher_decide_contact_prioritise,
    [USHER_COMMAND_CONTACT_TRANSFER] = usher_decide_contact_transfer,
    [USHER_COMMAND_CONTACT_WRAP_UP] = usher_decide_contact_wrap_up,
    [USHER_COMMAND_CONTACT_EXTEND] = usher_decide_contact_extend,
    [USHER_COMMAND_CONTACT_VANISH] = usher_decide_contact_vanish,
    [USHER_COMMAND_CUSTOMER_ERASE] = usher_decide_customer_erase,
    [USHER_COMMAND_OFFER_ACCEPT] = usher_decide_offer_accept,
    [USHER_COMMAND_OFFER_DECLINE] = usher_decide_offer_decline,
    [USHER_COMMAND_AGENT_SIGN_IN] = usher_decide_agent_sign_in,
    [USHER_COMMAND_AGENT_READY] = usher_decide_agent_ready,
    [USHER_COMMAND_AGENT_NOT_READY] = usher_decide_agent_not_ready,
    [USHER_COMMAND_AGENT_SIGN_OUT] = usher_decide_agent_sign_out,
    [USHER_COMMAND_AGENT_FORCE] = usher_decide_agent_force,
    [USHER_COMMAND_AGENT_PHONE] = usher_decide_agent_phone,
    [USHER_COMMAND_PROFILE_SET] = usher_decide_profile_set,
    [USHER_COMMAND_QUEUE_OPEN] = usher_decide_queue_open,
    [USHER_COMMAND_QUEUE_CLOSE] = usher_decide_queue_close,
    [USHER_COMMAND_SWITCH_SET] = usher_decide_switch_set,
    [USHER_COMMAND_RULES_LOAD] = usher_decide_rules_load,
    [USHER_COMMAND_ROUTER_START] = usher_decide_router_start,
    [USHER_COMMAND_ROUTER_BEAT] = usher_decide_router_beat,
    [USHER_COMMAND_ROUTER_STOP] = usher_decide_router_stop,
    [USHER_COMMAND_ROUTER_YIELD] = usher_decide_router_yield,
    [USHER_COMMAND_ROUTER_SET_OUTAGE] = usher_decide_router_set_outage,
    [USHER_COMMAND_JOURNAL_LOSE] = usher_decide_journal_lose,
    [USHER_COMMAND_LINK_LOSE] = usher_decide_link_lose,
    [USHER_COMMAND_DESK_LOSE] = usher_decide_desk_lose,
    [USHER_COMMAND_DESK_REGAIN] = usher_decide_desk_regain,
    [USHER_COMMAND_LINK_REGAIN] = usher_decide_link_regain,
};

static struct usher_text contact_key(const void *item)
{
    return usher_text_of(((const struct usher_contact *)item)->id);
}

static struct usher_text agent_key(const void *item)
{
    return usher_text_of(((const struct usher_agent *)item)->id);
}

static bool init(struct usher_engine *engine, const struct usher_limits *limits,
                 struct usher_hash_seed seed)
{
    engine->limits = *limits;
    usher_list_init(&engine->live);
    for (size_t i = 0; i < USHER_DIGEST_SLICES; i++)
        usher_list_init(&engine->slices[i]);
    usher_list_init(&engine->declined);
    usher_list_init(&engine->previews);
    usher_list_init(&engine->leaving);
    usher_outbox_init(&engine->outbox);
    engine->contacts = calloc(limits->contacts + 1, sizeof(*engine->contacts));
    engine->free_slots = calloc(limits->contacts + 1, sizeof(*engine->free_slots));
    engine->callers = calloc(USHER_CALLERS_LISTS, sizeof(*engine->callers));
    engine->queue_waiting = calloc(USHER_QUEUES_MAX, sizeof(*engine->queue_waiting));
    if (!engine->contacts || !engine->free_slots || !engine->queue_waiting || !engine->callers)
        return false;
    for (size_t i = 0; i < USHER_CALLERS_LISTS; i++)
        usher_list_init(&engine->callers[i]);
    for (size_t i = 0; i < limits->contacts; i++)
        engine->free_slots[engine->free_slots_count++] = (uint32_t)(limits->contacts - 1 - i);
    return usher_table_init(&engine->contacts_by_id, limits->contacts, seed, contact_key) &&
           usher_table_init(&engine->agents_by_id, limits->agents, seed, agent_key) &&
           usher_clients_init(&engine->clients, limits->clients, seed) &&
           usher_ended_init(&engine->ended, limits->ended, seed) &&
           usher_heap_init(&engine->deadlines, limits->contacts + limits->agents + limits->clients +
                                                   2 * limits->classes) &&
           usher_floor_init(&engine->floor, limits);
}

struct usher_engine *usher_engine_new(const struct usher_limits *limits,
                                      struct usher_hash_seed seed)
{
    struct usher_engine *engine = calloc(1, sizeof(*engine));
    if (!engine)
        return NULL;
    if (init(engine, limits, seed))
        return engine;
    usher_list_init(&engine->live);
    usher_engine_free(engine);
    return NULL;
}

void usher_engine_free(struct usher_engine *engine)
{
    if (!engine)
        return;
    usher_list_for_each_safe (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        usher_floor_leave(&engine->floor, contact);
        free(contact->texts);
        free(contact->note);
        free(contact->skills);
    }
    usher_known_forget(engine);
    usher_zones_fini(&engine->site.zones);
    usher_floor_fini(&engine->floor);
    usher_heap_fini(&engine->deadlines);
    usher_ended_fini(&engine->ended);
    usher_clients_fini(&engine->clients);
    usher_table_fini(&engine->contacts_by_id);
    usher_table_fini(&engine->agents_by_id);
    usher_outbox_fini(&engine->outbox);
    for (size_t i = 0; i < USHER_SHELF_SIZE; i++)
        usher_rules_free(engine->shelf[i]);
    free(engine->contacts);
    free(engine->free_slots);
    free(engine->queue_waiting);
    free(engine->callers);
    free(engine);
}

void usher_engine_shelve(struct usher_engine *engine, struct usher_rules *rules)
{
    if (usher_engine_has_rules(engine, usher_text_of(rules->hash))) {
        usher_rules_free(rules);
        return;
    }
    /* The oldest that are not in use make room. */
    size_t last = USHER_SHELF_SIZE - 1;
    if (engine->shelf[last] && engine->shelf[last] == engine->floor.rules) {
        engine->shelf[last] = engine->shelf[last - 1];
        engine->shelf[last - 1] = (struct usher_rules *)(uintptr_t)engine->floor.rules;
    }
    usher_rules_free(engine->shelf[last]);
    for (size_t i = last; i > 0; i--)
        engine->shelf[i] = engine->shelf[i - 1];
    engine->shelf[0] = rules;
}

bool usher_engine_has_rules(const struct usher_engine *engine, struct usher_text hash)
{
    for (size_t i = 0; i < USHER_SHELF_SIZE; i++)
        if (engine->shelf[i] && usher_text_is_equal(usher_text_of(engine->shelf[i]->hash), hash))
            return true;
    return false;
}

const struct usher_rules *usher_engine_rules(const struct usher_engine *engine)
{
    return engine->floor.rules;
}

void usher_engine_begin_epoch(struct usher_engine *engine, uint32_t epoch)
{
    assert(epoch > engine->last.epoch);
    engine->last = (struct usher_number){epoch, 0};
}

/* The PBX that is told: who has the contact on a line or rings for it, else whose contact it is. Of
 * one that Usher named, who booked it. */
static struct usher_text pbx_of(const struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_text owner = usher_contact_id_client(event->fields.contact);
    const struct usher_contact *contact = usher_engine_contact(engine, event->fields.contact);
    bool is_named =
        event->kind == USHER_EVENT_CONTACT_OFFERED || event->kind == USHER_EVENT_CONTACT_DIAL;
    if (is_named && event->fields.client.at)
        return event->fields.client;
    if (contact && (contact->is_ours ? contact->agent && contact->has_ringer : !contact->is_parted))
        return usher_text_of(engine->clients.list[contact->client].name);
    return usher_text_is_equal(owner, USHER_TEXT(USHER_OWN_CLIENT)) ? event->fields.by : owner;
}

void usher_engine_emit(struct usher_engine *engine, struct usher_event *event, int64_t now_ms)
{
    event->n = (struct usher_number){engine->last.epoch, engine->last.seq + 1};
    event->at_ms = now_ms > engine->last_ms ? now_ms : engine->last_ms;
    if (engine->cause) {
        USHER_FIELDS_SET(&event->fields, BY, by, engine->cause->client);
        if (engine->cause->id.at)
            USHER_FIELDS_SET(&event->fields, BY_ID, by_id, engine->cause->id);
        engine->cause = NULL;
    }
    usher_outbox_add(&engine->outbox, event, pbx_of(engine, event));
    bool is_applied = usher_engine_apply(engine, event);
    assert(is_applied);
    (void)is_applied;
}

enum usher_error usher_engine_decide(struct usher_engine *engine,
                                     const struct usher_command *command, int64_t now_ms,
                                     struct usher_answer *answer)
{
    struct usher_request request = {engine, command, now_ms, answer};
    *answer = (struct usher_answer){.error = USHER_OK};
    assert(table[command->kind]);
    /* Who forced an agent stands in the journal in any case. */
    bool is_told = command->id.at || command->kind == USHER_COMMAND_AGENT_FORCE;
    bool has_cause = is_told && command->client.at && command->role != USHER_ROLE_ROUTER;
    engine->cause = has_cause ? command : NULL;
    answer->error = table[command->kind](&request);
    engine->cause = NULL;
    usher_let_leave(engine, now_ms);
    return answer->error;
}

struct usher_outbox *usher_engine_outbox(struct usher_engine *engine)
{
    return &engine->outbox;
}

/* An absent one is 0. */
static bool has_sound_times(const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    return usher_sound_is_time(event->at_ms) && usher_sound_is_time(fields->since_ms) &&
           usher_sound_is_time(fields->place_ms) && usher_sound_is_time(fields->due_ms) &&
           usher_sound_is_time(fields->until_ms) && usher_sound_is_time(fields->waited_ms) &&
           usher_sound_is_time(fields->idle_ms) && usher_sound_is_time(fields->raw_ms) &&
           usher_sound_is_time(fields->wait_ms) && usher_sound_is_time(fields->wait_min_ms) &&
           usher_sound_is_time(fields->wait_max_ms) && usher_sound_is_time(fields->not_after_ms) &&
           usher_sound_is_time(fields->last_ms);
}

bool usher_engine_apply_line(struct usher_engine *engine, struct usher_text line,
                             struct usher_answer *answer)
{
    struct usher_event event;
    if (!usher_event_decode(line, &engine->scratch, &event, answer))
        return false;
    if (event.kind == USHER_EVENT_ROUTER_STARTED && event.fields.version > USHER_JOURNAL_VERSION) {
        usher_answer_set(
            answer, USHER_ERROR_WRONG_STATE,
            "the journal is of version %d, newer than this router's %d; start the newer router",
            (int)event.fields.version, USHER_JOURNAL_VERSION);
        return false;
    }
    struct usher_number before = engine->last;
    if (!has_sound_times(&event)) {
        usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                         "event %u-%llu (%s) has a time that is none", event.n.epoch,
                         (unsigned long long)event.n.seq, usher_event_row(event.kind)->name);
        return false;
    }
    if (usher_engine_apply(engine, &event))
        return true;
    usher_answer_set(answer, USHER_ERROR_WRONG_STATE, "event %u-%llu (%s) cannot follow %u-%llu",
                     event.n.epoch, (unsigned long long)event.n.seq,
                     usher_event_row(event.kind)->name, before.epoch,
                     (unsigned long long)before.seq);
    return false;
}

struct usher_number usher_engine_last_number(const struct usher_engine *engine)
{
    return engine->last;
}

int64_t usher_engine_last_ms(const struct usher_engine *engine)
{
    return engine->last_ms;
}

struct usher_leader usher_engine_leader(const struct usher_engine *engine)
{
    return (struct usher_leader){
        .addresses = usher_text_of(engine->leader_addresses),
        .outage = usher_text_of(engine->leader_outage),
        .home = usher_text_of(engine->leader_home),
    };
}

struct usher_contact *usher_engine_contact(const struct usher_engine *engine, struct usher_text id)
{
    return usher_table_find(&engine->contacts_by_id, id);
}

struct usher_agent *usher_engine_agent(const struct usher_engine *engine, struct usher_text id)
{
    return usher_table_find(&engine->agents_by_id, id);
}

struct usher_contact *usher_engine_offer(const struct usher_agent *agent, struct usher_text offer)
{
    struct usher_number n;
    if (!usher_number_read(offer, &n))
        return NULL;
    usher_list_for_each (node, &agent->contacts) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_agent);
        if (usher_number_compare(contact->offer, n) == 0)
            return contact;
    }
    return NULL;
}

bool usher_engine_has_done(const struct usher_engine *engine, struct usher_text client,
                           struct usher_text id)
{
    const struct usher_client *found = usher_clients_find(&engine->clients, client);
    return found && usher_client_has_done(found, id);
}
