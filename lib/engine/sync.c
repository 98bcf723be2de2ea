/* What a full list of a PBX's calls means for each contact of ours. The PBX is right about who is
 * on the line: offers and talks that its phones know nothing of are taken back, and what it rings
 * and we do not know of is withdrawn from it. */
#include "engine/sync.h"

#include <stdlib.h>
#include <string.h>

#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/later.h"
#include "engine/moves.h"
#include "engine/promise.h"

struct sync_entry {
    struct usher_command command; /* its texts lie in `texts` */
    char *texts;
    char *known;              /* likewise, of what is remembered of the customer; or NULL */
    enum usher_error refused; /* why it was not taken in */
};

struct usher_sync {
    struct sync_entry *entries;
    size_t count;
    size_t count_max;
    size_t room;
    bool is_open;
};

struct usher_sync *usher_sync_new(size_t entries_max)
{
    struct usher_sync *sync = calloc(1, sizeof(*sync));
    if (sync)
        sync->count_max = entries_max;
    return sync;
}

static void clear(struct usher_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++) {
        free(sync->entries[i].texts);
        free(sync->entries[i].known);
    }
    sync->count = 0;
    sync->is_open = false;
}

void usher_sync_free(struct usher_sync *sync)
{
    if (!sync)
        return;
    clear(sync);
    free(sync->entries);
    free(sync);
}

void usher_sync_begin(struct usher_sync *sync)
{
    clear(sync);
    sync->is_open = true;
}

/* What a list tells of a call, and nothing else: no other text is copied. */
static struct usher_fields listed(const struct usher_fields *given)
{
    const usher_field_mask mask =
        USHER_FIELD_BIT(CONTACT) | USHER_FIELD_BIT(CHANNEL) | USHER_FIELD_BIT(STATE) |
        USHER_FIELD_BIT(AGENT) | USHER_FIELD_BIT(OFFER) | USHER_FIELD_BIT(FROM) |
        USHER_FIELD_BIT(TO) | USHER_FIELD_BIT(DATA) | USHER_FIELD_BIT(CUSTOMER) |
        USHER_FIELD_BIT(SINCE_MS) | USHER_FIELD_BIT(TO_AGENT) | USHER_FIELD_BIT(QUEUE);
    return (struct usher_fields){.present = given->present & mask,
                                 .contact = given->contact,
                                 .channel = given->channel,
                                 .state = given->state,
                                 .agent = given->agent,
                                 .offer = given->offer,
                                 .from = given->from,
                                 .to = given->to,
                                 .data = given->data,
                                 .customer = given->customer,
                                 .to_agent = given->to_agent,
                                 .queue = given->queue,
                                 .since_ms = given->since_ms};
}

/* Copies the texts of `command` into one piece that the entry owns. */
static bool keep(struct sync_entry *entry, const struct usher_command *command)
{
    entry->command = *command;
    entry->refused = USHER_OK;
    entry->known = NULL;
    struct usher_fields *fields = &entry->command.fields;
    *fields = listed(&command->fields);
    entry->texts = malloc(usher_fields_bytes(fields) + 1);
    if (!entry->texts)
        return false;
    (void)usher_fields_move(fields, entry->texts);
    entry->command.id = USHER_NO_TEXT;
    entry->command.own_agent = USHER_NO_TEXT;
    return true;
}

static bool is_state(struct usher_text state)
{
    static const char *const states[] = {"waiting", "ringing", "talking", "held"};
    for (size_t i = 0; i < USHER_COUNT_OF(states); i++)
        if (usher_text_is_equal(state, usher_text_of(states[i])))
            return true;
    return false;
}

enum usher_error usher_sync_add(struct usher_sync *sync, const struct usher_command *command,
                                struct usher_answer *answer)
{
    *answer = (struct usher_answer){.error = USHER_OK};
    if (!sync->is_open)
        return usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                                "sync.begin must come before sync.contact");
    if (!is_state(command->fields.state))
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD,
                                "`state` must be waiting, ringing, talking or held");
    bool is_with_agent = !usher_text_is_equal(command->fields.state, USHER_TEXT("waiting"));
    if (is_with_agent && (!command->fields.agent.at || !command->fields.offer.at))
        return usher_answer_set(
            answer, USHER_ERROR_MISSING_FIELD,
            "`agent` and `offer` are needed for a call that rings or is talked");
    if (sync->count == sync->count_max)
        return usher_answer_set(answer, USHER_ERROR_LIMIT,
                                "limits.contacts: the list has %zu calls", sync->count);
    if (sync->count == sync->room) {
        size_t room = sync->room ? sync->room * 2 : 64;
        struct sync_entry *entries = realloc(sync->entries, room * sizeof(*entries));
        if (!entries)
            return usher_answer_set(answer, USHER_ERROR_LIMIT, "memory is out");
        sync->entries = entries;
        sync->room = room;
    }
    if (!keep(&sync->entries[sync->count], command))
        return usher_answer_set(answer, USHER_ERROR_LIMIT, "memory is out");
    sync->count++;
    return USHER_OK;
}

/* A command of the PBX's own about the entry's call. */
static enum usher_error tell(struct usher_engine *engine, struct usher_text client,
                             const struct usher_command *entry, enum usher_command_kind kind,
                             int64_t now_ms)
{
    struct usher_answer answer;
    struct usher_command command = *entry;
    command.kind = kind;
    command.client = client;
    command.role = USHER_ROLE_PBX;
    return usher_engine_decide(engine, &command, now_ms, &answer);
}

static bool is_in(const struct usher_command *entry, const char *state)
{
    return usher_text_is_equal(entry->fields.state, usher_text_of(state));
}

/* Tells the PBX that what it rings is no offer of ours. */
static void refuse_ringing(struct usher_engine *engine, struct usher_contact *contact,
                           const struct usher_command *entry, int64_t now_ms)
{
    struct usher_event event = {.kind = USHER_EVENT_OFFER_WITHDRAWN};
    struct usher_number n;
    if (!usher_number_read(entry->fields.offer, &n) ||
        !usher_engine_agent(engine, entry->fields.agent))
        return;
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact->id));
    USHER_FIELDS_SET(&event.fields, OFFER, offer, entry->fields.offer);
    USHER_FIELDS_SET(&event.fields, AGENT, agent, entry->fields.agent);
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("sync"));
    usher_engine_emit(engine, &event, now_ms);
}

static bool is_offer_of(const struct usher_contact *contact, struct usher_text offer)
{
    struct usher_number n;
    return usher_number_read(offer, &n) && usher_number_compare(contact->offer, n) == 0;
}

/* Takes back what the PBX's phones know nothing of: an open offer, or what we took for a talk. What
 * desks accept the PBX need not know. */
static void take_back(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    bool is_with_agent =
        usher_contact_state_is_offer(contact->state) || usher_contact_state_is_talk(contact->state);
    if (is_with_agent && usher_contact_is_rung(contact))
        usher_withdraw_offer(engine, contact, "sync", now_ms);
}

/* The PBX holds the call and rings nobody. */
static void set_waiting(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    take_back(engine, contact, now_ms);
    if (contact->state != USHER_CONTACT_WAITING || contact->settle_until_ms <= now_ms)
        return;
    struct usher_event event = usher_event_about(USHER_EVENT_OFFER_SETTLED, contact);
    usher_event_add_offer(&event, contact, room);
    usher_engine_emit(engine, &event, now_ms);
}

/* A transfer of which we were not told: we know of the talk before, and the customer waits to go
 * on. False when it is none, or finds nobody. */
static bool go_on(struct usher_engine *engine, struct usher_text client,
                  const struct usher_contact *contact, const struct usher_command *entry,
                  int64_t now_ms)
{
    const struct usher_fields *fields = &entry->fields;
    struct usher_command transfer = {.kind = USHER_COMMAND_NONE};
    if (!usher_contact_state_is_talk(contact->state) || (!fields->to_agent.at && !fields->queue.at))
        return false;
    USHER_FIELDS_SET(&transfer.fields, CONTACT, contact, fields->contact);
    if (fields->to_agent.at)
        USHER_FIELDS_SET(&transfer.fields, TO_AGENT, to_agent, fields->to_agent);
    else
        USHER_FIELDS_SET(&transfer.fields, QUEUE, queue, fields->queue);
    return tell(engine, client, &transfer, USHER_COMMAND_CONTACT_TRANSFER, now_ms) == USHER_OK;
}

/* The PBX rings a phone. */
static void set_ringing(struct usher_engine *engine, struct usher_text client,
                        struct usher_contact *contact, const struct usher_command *entry,
                        int64_t now_ms)
{
    bool is_last_offer = is_offer_of(contact, entry->fields.offer);
    if (is_last_offer && usher_contact_state_is_offer(contact->state)) {
        tell(engine, client, entry, USHER_COMMAND_CONTACT_RING, now_ms);
        return;
    }
    bool was_talk = usher_contact_state_is_talk(contact->state);
    take_back(engine, contact, now_ms);
    if (!is_last_offer || !was_talk)
        refuse_ringing(engine, contact, entry, now_ms);
}

/* A customer whom the PBX was told to dial: not yet there while an agent waits, or not reached.
 * False when the contact is none of that. */
static bool set_dialling(struct usher_engine *engine, struct usher_contact *contact,
                         const struct usher_command *entry, int64_t now_ms)
{
    struct usher_number n;
    if (!contact->is_ours && is_in(entry, "ringing") &&
        usher_number_read(entry->fields.offer, &n) && usher_contact_is_dialled(contact, n))
        return true;
    if (!contact->is_ours || !usher_contact_state_is_talk(contact->state))
        return false;
    if (is_in(entry, "ringing") && is_offer_of(contact, entry->fields.offer))
        return true;
    if (!is_in(entry, "waiting") && !is_in(entry, "ringing"))
        return false;
    if (is_in(entry, "ringing"))
        refuse_ringing(engine, contact, entry, now_ms);
    if (contact->has_ringer)
        usher_later_miss(engine, contact, USHER_TEXT("error"), now_ms);
    return true;
}

/* Sets one contact right by what the PBX says of it. */
static void set_right(struct usher_engine *engine, struct usher_text client,
                      struct usher_contact *contact, const struct usher_command *entry,
                      int64_t now_ms)
{
    if (set_dialling(engine, contact, entry, now_ms))
        return;
    if (is_in(entry, "waiting")) {
        if (!go_on(engine, client, contact, entry, now_ms))
            set_waiting(engine, contact, now_ms);
    } else if (is_in(entry, "ringing")) {
        set_ringing(engine, client, contact, entry, now_ms);
    } else {
        if (!usher_contact_state_is_talk(contact->state))
            tell(engine, client, entry, USHER_COMMAND_CONTACT_ANSWER, now_ms);
        if (usher_contact_state_is_talk(contact->state))
            tell(engine, client, entry,
                 is_in(entry, "held") ? USHER_COMMAND_CONTACT_HOLD : USHER_COMMAND_CONTACT_RESUME,
                 now_ms);
    }
}

static struct usher_contact *find(struct usher_engine *engine, struct usher_text client,
                                  const struct usher_command *entry, int64_t now_ms)
{
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text id;
    struct usher_answer answer;
    struct usher_command command = *entry;
    command.client = client;
    command.role = USHER_ROLE_PBX;
    struct usher_request request = {engine, &command, now_ms, &answer};
    return usher_request_contact_id(&request, room, &id) ? usher_engine_contact(engine, id) : NULL;
}

static int compare_pointers(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t) * (struct usher_contact *const *)a;
    uintptr_t right = (uintptr_t) * (struct usher_contact *const *)b;
    return (left > right) - (left < right);
}

/* Closes the client's contacts that the list does not name. False, with nothing done, when memory
 * is out. */
static bool close_missing(const struct usher_sync *sync, struct usher_engine *engine,
                          struct usher_text client, int64_t now_ms)
{
    struct usher_client *pbx = usher_clients_find(&engine->clients, client);
    if (!pbx)
        return true;
    struct usher_contact **named = calloc(sync->count + 1, sizeof(struct usher_contact *));
    if (!named)
        return false;
    size_t named_count = 0;
    for (size_t i = 0; i < sync->count; i++) {
        struct usher_contact *contact = find(engine, client, &sync->entries[i].command, now_ms);
        if (contact)
            named[named_count++] = contact;
    }
    qsort(named, named_count, sizeof(struct usher_contact *), compare_pointers);
    usher_list_for_each_safe (node, &pbx->contacts) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_client);
        if (!bsearch(&contact, named, named_count, sizeof(struct usher_contact *),
                     compare_pointers))
            usher_close_contact(engine, contact, "vanished", now_ms);
    }
    free(named);
    return true;
}

/* Takes in a call that is not known. Where a talk before it was to go says nothing of how
 * it is to be admitted. */
static enum usher_error take_in(struct usher_engine *engine, struct usher_text client,
                                const struct usher_command *entry, int64_t now_ms)
{
    struct usher_command arrival = *entry;
    arrival.fields.present &= ~(USHER_FIELD_BIT(TO_AGENT) | USHER_FIELD_BIT(QUEUE));
    arrival.fields.to_agent = USHER_NO_TEXT;
    arrival.fields.queue = USHER_NO_TEXT;
    return tell(engine, client, &arrival, USHER_COMMAND_CONTACT_ARRIVE, now_ms);
}

/* Takes in the calls that are not known, and sets the others right. Returns how many were not taken
 * in. */
static size_t take_listed(struct usher_sync *sync, struct usher_engine *engine,
                          struct usher_text client, int64_t now_ms)
{
    size_t refused_count = 0;
    for (size_t i = 0; i < sync->count; i++) {
        const struct usher_command *entry = &sync->entries[i].command;
        if (!find(engine, client, entry, now_ms))
            sync->entries[i].refused = take_in(engine, client, entry, now_ms);
        refused_count += sync->entries[i].refused != USHER_OK;
        struct usher_contact *contact = find(engine, client, entry, now_ms);
        if (contact)
            set_right(engine, client, contact, entry, now_ms);
    }
    return refused_count;
}

enum usher_error usher_sync_finish(struct usher_sync *sync, struct usher_engine *engine,
                                   struct usher_text client, int64_t count, int64_t now_ms,
                                   struct usher_answer *answer)
{
    *answer = (struct usher_answer){.error = USHER_OK};
    if (!sync->is_open)
        return usher_answer_set(answer, USHER_ERROR_WRONG_STATE,
                                "sync.begin must come before sync.end");
    if (count != (int64_t)sync->count) {
        size_t seen = sync->count;
        clear(sync);
        return usher_answer_set(answer, USHER_ERROR_SYNC_INCOMPLETE,
                                "`count` is %lld and %zu calls were listed", (long long)count,
                                seen);
    }
    engine->holds_offers = true;
    bool is_closed = close_missing(sync, engine, client, now_ms);
    size_t refused_count = is_closed ? take_listed(sync, engine, client, now_ms) : 0;
    engine->holds_offers = false;
    if (!is_closed)
        return usher_answer_set(answer, USHER_ERROR_LIMIT, "memory is out");
    sync->is_open = false;
    usher_dispatch_all(engine, now_ms);
    usher_promise_tell_all(engine, now_ms);
    usher_let_leave(engine, now_ms);
    if (refused_count > 0)
        return usher_answer_set(answer, USHER_ERROR_LIMIT,
                                "%zu of %zu calls were not taken in; the others are right",
                                refused_count, sync->count);
    return USHER_OK;
}

size_t usher_sync_count(const struct usher_sync *sync)
{
    return sync->count;
}

struct usher_text usher_sync_customer(const struct usher_sync *sync, struct usher_engine *engine,
                                      struct usher_text client, size_t index,
                                      char room[USHER_CUSTOMER_MAX])
{
    const struct usher_command *entry = &sync->entries[index].command;
    return find(engine, client, entry, 0) ? USHER_NO_TEXT
                                          : usher_customer_of(engine, &entry->fields, room);
}

void usher_sync_remember(struct usher_sync *sync, size_t index, const struct usher_fields *known)
{
    struct usher_fields kept = {0};
    if (index >= sync->count)
        return; /* of a list that was begun anew */
    struct sync_entry *entry = &sync->entries[index];
    struct usher_fields *fields = &entry->command.fields;
    if (known->memory.at)
        USHER_FIELDS_SET(&kept, MEMORY, memory, known->memory);
    if (known->last_agent.at) {
        USHER_FIELDS_SET(&kept, LAST_AGENT, last_agent, known->last_agent);
        USHER_FIELDS_SET(&kept, LAST_MS, last_ms, known->last_ms);
    }
    free(entry->known);
    entry->known = malloc(usher_fields_bytes(&kept) + 1);
    if (!entry->known)
        kept = (struct usher_fields){0}; /* taken in without it */
    else
        (void)usher_fields_move(&kept, entry->known);
    fields->present |= kept.present;
    fields->memory = kept.memory;
    fields->last_agent = kept.last_agent;
    fields->last_ms = kept.last_ms;
}

bool usher_sync_refused(const struct usher_sync *sync, size_t index, struct usher_text *contact,
                        enum usher_error *error)
{
    for (size_t i = 0; i < sync->count; i++) {
        if (sync->entries[i].refused == USHER_OK || index-- > 0)
            continue;
        *contact = sync->entries[i].command.fields.contact;
        *error = sync->entries[i].refused;
        return true;
    }
    return false;
}
