/* The state as lines, for those who have just come: snapshots of sessions, usherctl. */
#include <stdlib.h>
#include <string.h>

#include "engine/explain.h"
#include "engine/state.h"
#include "routing/estimate.h"
#include "routing/gate.h"
#include "wire/json.h"

struct description {
    const struct usher_engine *engine;
    const struct usher_view *view;
    struct usher_bytes *out;
    int64_t now_ms;
    int64_t lines_count;
    struct usher_bytes queues;      /* of the agent who is described */
    uint32_t *positions;            /* [slot]: of a contact in line; NULL = not known */
    struct usher_outlook *outlooks; /* [class], of those that have a line; likewise */
    /* By queue: a call of which nothing more is known. */
    struct usher_class_key plain[USHER_QUEUES_MAX];
};

static void add(struct description *description, struct usher_event *event)
{
    event->at_ms = description->now_ms;
    event->n = description->engine->last;
    usher_event_encode(event, description->out);
    usher_bytes_append_char(description->out, '\n');
    description->lines_count++;
}

static bool is_one_of_all(const struct description *description)
{
    return description->view->role != USHER_ROLE_PBX && description->view->role != USHER_ROLE_DESK;
}

static bool shows_agent(const struct description *description, const struct usher_agent *agent)
{
    if (description->view->role == USHER_ROLE_DESK)
        return usher_text_is_equal(usher_text_of(agent->id), description->view->agent);
    return is_one_of_all(description);
}

static bool shows_contact(const struct description *description,
                          const struct usher_contact *contact)
{
    const struct usher_view *view = description->view;
    if (view->role == USHER_ROLE_PBX)
        return usher_text_is_equal(
            usher_text_of(description->engine->clients.list[contact->client].name), view->client);
    if (view->role == USHER_ROLE_DESK)
        return contact->agent &&
               usher_text_is_equal(usher_text_of(contact->agent->id), view->agent);
    return true;
}

/* Why the agent is not ready or, ready or not, would not be rung. */
static const char *reason_of(const struct usher_agent *agent)
{
    if (agent->reason[0])
        return agent->reason;
    switch (agent->phone_state) {
    case USHER_PHONE_BUSY:
        return "phone_busy";
    case USHER_PHONE_UNREACHABLE:
        return "phone_unreachable";
    case USHER_PHONE_IDLE:
    case USHER_PHONE_NONE:
    case USHER_PHONE_STATE_COUNT:
        break;
    }
    if (agent->desk_state == USHER_DESK_LOST)
        return "desk_lost";
    bool is_to_be_called = agent->cap[USHER_CHANNEL_VOICE] > 0;
    return is_to_be_called && !usher_agent_can_take(agent, USHER_CHANNEL_VOICE) ? "no_phone" : NULL;
}

/* Whether the agent may take contacts of the class with this key. */
static bool is_eligible(const struct usher_floor *floor, const struct usher_agent *agent,
                        const struct usher_class_key *key)
{
    return usher_agent_can_take(agent, (enum usher_channel)key->channel) &&
           usher_class_match(key, usher_floor_levels(floor, agent)) != USHER_MATCH_NONE;
}

/* What an agent is to a queue: for a call of which nothing more is known, or for a contact as they
 * have come. */
struct service {
    bool is_able;
    bool is_free;
};

static struct service service_of(const struct description *description, size_t agent, size_t queue)
{
    const struct usher_floor *floor = &description->engine->floor;
    const struct usher_stand *stand = &floor->stands[agent];
    unsigned open_mask = floor->agents[agent].open_mask;
    struct service service;
    service.is_able = is_eligible(floor, &floor->agents[agent], &description->plain[queue]);
    service.is_free = service.is_able && ((open_mask >> USHER_CHANNEL_VOICE) & 1) != 0;
    for (uint32_t i = 0; i < stand->seats_count; i++) {
        const struct usher_class *class = floor->classes[stand->seats[i].class];
        if (class->key.queue != queue)
            continue;
        service.is_able = true;
        service.is_free |= ((open_mask >> class->key.channel) & 1) != 0;
    }
    return service;
}

static void add_queues(struct description *description, const struct usher_agent *agent,
                       struct usher_event *event)
{
    const struct usher_rules *rules = description->engine->floor.rules;
    struct usher_json_writer writer;
    usher_bytes_clear(&description->queues);
    usher_json_write_start(&writer, &description->queues);
    usher_json_write_open(&writer, '[');
    for (size_t i = 0; rules && i < rules->queues_count; i++)
        if (service_of(description, agent->index, i).is_able)
            usher_json_write_text(&writer, rules->queues[i].name);
    usher_json_write_close(&writer, ']');
    if (!description->queues.is_full)
        USHER_FIELDS_SET(&event->fields, QUEUES, queues, usher_bytes_text(&description->queues));
}

static void describe_agent(struct description *description, const struct usher_agent *agent)
{
    struct usher_event event = {.kind = USHER_EVENT_STATE_AGENT};
    struct usher_fields *fields = &event.fields;
    int64_t count = 0;
    usher_list_for_each (node, &agent->contacts)
        count++;
    USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(fields, STATE, state, usher_agent_state_name(agent->state));
    USHER_FIELDS_SET(fields, SINCE_MS, since_ms, agent->since_ms);
    USHER_FIELDS_SET(fields, NAME, name, usher_text_of(agent->name));
    USHER_FIELDS_SET(fields, PHONE, phone, usher_text_of(agent->phone));
    if (agent->skills)
        USHER_FIELDS_SET(fields, SKILLS, skills, usher_text_of(agent->skills));
    if (agent->capacity)
        USHER_FIELDS_SET(fields, CAPACITY, capacity, usher_text_of(agent->capacity));
    const char *reason = reason_of(agent);
    if (reason)
        USHER_FIELDS_SET(fields, REASON, reason, usher_text_of(reason));
    if (agent->away_until_ms != 0)
        USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, agent->away_until_ms);
    if (agent->desk_state != USHER_DESK_NONE)
        USHER_FIELDS_SET(fields, DESK, desk, usher_desk_state_name(agent->desk_state));
    if (agent->leaving_to != USHER_AGENT_NONE)
        USHER_FIELDS_SET(fields, THEN, then, usher_agent_state_name(agent->leaving_to));
    if (count > 0)
        USHER_FIELDS_SET(
            fields, CONTACT, contact,
            usher_text_of(
                usher_list_entry(agent->contacts.next, struct usher_contact, of_agent)->id));
    USHER_FIELDS_SET(fields, COUNT, count, count);
    add_queues(description, agent, &event);
    add(description, &event);
}

/* Why a waiting contact is not being offered, when it is for a reason of its own. */
static const char *waits_for(const struct description *description,
                             const struct usher_contact *contact)
{
    int64_t until_ms;
    enum usher_hurdle hurdle =
        usher_explain_wait(description->engine, contact, description->now_ms, &until_ms);
    if (hurdle != USHER_HURDLE_NONE)
        return usher_hurdle_name(hurdle).at;
    if (usher_contact_next_cool_down_ms(contact, description->now_ms) != INT64_MAX)
        return "cool_down";
    if (contact->class && usher_gate_held_for(contact, description->now_ms))
        return usher_hurdle_name(USHER_HURDLE_HOLD).at;
    return NULL;
}

/* Where everybody in line stands, in one walk. What it brings up to date is derived, so that the
 * state stays as it is. */
static void count_positions(struct description *description)
{
    struct usher_engine *engine = (struct usher_engine *)(uintptr_t)description->engine;
    struct usher_floor *floor = &engine->floor;
    description->positions = calloc(engine->limits.contacts + 1, sizeof(uint32_t));
    description->outlooks = calloc(floor->classes_count + 1, sizeof(struct usher_outlook));
    for (size_t i = 0; i < floor->classes_count; i++) {
        struct usher_class *class = floor->classes[i];
        uint32_t position = 0;
        if (class->line_count == 0 || !description->positions || !description->outlooks)
            continue;
        description->outlooks[i] = usher_estimate_outlook(floor, class);
        usher_list_for_each (node, &class->line)
            description->positions[usher_list_entry(node, struct usher_contact, in_line)->slot] =
                ++position;
    }
}

static void add_estimate(const struct description *description, const struct usher_contact *contact,
                         struct usher_fields *fields)
{
    if (usher_list_is_empty(&contact->in_line) || !description->positions || !description->outlooks)
        return;
    struct usher_estimate estimate =
        usher_estimate_at(&description->outlooks[contact->class->index], contact,
                          description->positions[contact->slot], description->now_ms);
    struct usher_saying saying = usher_estimate_say(&estimate);
    USHER_FIELDS_SET(fields, POSITION, position, estimate.position);
    if (saying.wait_ms >= 0)
        USHER_FIELDS_SET(fields, WAIT_MS, wait_ms, saying.wait_ms);
}

static void describe_contact(struct description *description, const struct usher_contact *contact)
{
    const struct usher_rules *rules = description->engine->floor.rules;
    struct usher_event event = {.kind = USHER_EVENT_STATE_CONTACT};
    struct usher_fields *fields = &event.fields;
    char room[USHER_NUMBER_SIZE];
    USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(contact->id));
    USHER_FIELDS_SET(fields, STATE, state, usher_contact_state_name(contact->state));
    USHER_FIELDS_SET(fields, CHANNEL, channel, usher_channel_name(contact->channel));
    USHER_FIELDS_SET(fields, QUEUE, queue, rules->queues[contact->queue].name);
    USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[contact->tier].name);
    USHER_FIELDS_SET(fields, PLACE_MS, place_ms, contact->place_ms);
    USHER_FIELDS_SET(fields, SINCE_MS, since_ms, contact->since_ms);
    USHER_FIELDS_SET(fields, DUE_MS, due_ms, contact->due_ms);
    if (contact->agent) {
        USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(contact->agent->id));
        USHER_FIELDS_SET(fields, OFFER, offer, usher_number_write(contact->offer, room));
    }
    add_estimate(description, contact, fields);
    if (contact->until_ms)
        USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, contact->until_ms);
    usher_contact_tell(contact, fields);
    if (contact->transferred_by != UINT32_MAX)
        USHER_FIELDS_SET(
            fields, TRANSFERRED_BY, transferred_by,
            usher_text_of(description->engine->floor.agents[contact->transferred_by].id));
    if (usher_contact_is_meant(contact, description->now_ms) &&
        contact->state == USHER_CONTACT_WAITING)
        USHER_FIELDS_SET(fields, TO_AGENT, to_agent,
                         usher_text_of(description->engine->floor.agents[contact->meant_for].id));
    if (contact->skills)
        USHER_FIELDS_SET(fields, SKILLS, skills, usher_text_of(contact->skills));
    if (contact->not_after_ms)
        USHER_FIELDS_SET(fields, NOT_AFTER_MS, not_after_ms, contact->not_after_ms);
    if (contact->attempts_count)
        USHER_FIELDS_SET(fields, ATTEMPT, attempt, contact->attempts_count);
    const char *reason =
        contact->state == USHER_CONTACT_WAITING ? waits_for(description, contact) : NULL;
    if (contact->state == USHER_CONTACT_SCHEDULED && contact->has_waited)
        USHER_FIELDS_SET(fields, WAITED_MS, waited_ms, contact->waited_ms);
    if (contact->state == USHER_CONTACT_SCHEDULED)
        reason = usher_pause_name(contact->pause).at;
    if (reason)
        USHER_FIELDS_SET(fields, REASON, reason, usher_text_of(reason));
    add(description, &event);
}

/* Agents signed in, and free. */
static void count_agents(const struct description *description, size_t queue, int64_t *signed_in,
                         int64_t *free_count)
{
    const struct usher_floor *floor = &description->engine->floor;
    *signed_in = 0;
    *free_count = 0;
    for (size_t i = 0; i < floor->agents_count; i++) {
        struct service service = service_of(description, i, queue);
        *signed_in += service.is_able && floor->agents[i].state != USHER_AGENT_SIGNED_OUT;
        *free_count += service.is_free;
    }
}

static void describe_door(const struct usher_door *door, struct usher_fields *fields)
{
    USHER_FIELDS_SET(fields, STATE, state,
                     door->is_closed ? USHER_TEXT("closed") : USHER_TEXT("open"));
    if (door->is_closed || door->is_ordered)
        USHER_FIELDS_SET(fields, REASON, reason,
                         door->is_ordered ? USHER_TEXT(USHER_BY_SUPERVISOR) : USHER_TEXT("hours"));
    if (door->until_ms != 0)
        USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, door->until_ms);
}

static void describe_switch(struct description *description, size_t index)
{
    const struct usher_engine *engine = description->engine;
    const struct usher_switch *own = &engine->site.switches[index];
    struct usher_event event = {.kind = USHER_EVENT_STATE_SWITCH};
    USHER_FIELDS_SET(&event.fields, NAME, name, engine->floor.rules->switches[index]);
    USHER_FIELDS_SET(&event.fields, STATE, state,
                     own->is_on ? USHER_TEXT("on") : USHER_TEXT("off"));
    if (own->until_ms != 0)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, own->until_ms);
    add(description, &event);
}

static void describe_queue(struct description *description, size_t queue)
{
    const struct usher_engine *engine = description->engine;
    const struct usher_queue *rule = &engine->floor.rules->queues[queue];
    struct usher_event event = {.kind = USHER_EVENT_STATE_QUEUE};
    struct usher_fields *fields = &event.fields;
    int64_t signed_in;
    int64_t free_count;
    count_agents(description, queue, &signed_in, &free_count);
    USHER_FIELDS_SET(fields, QUEUE, queue, rule->name);
    USHER_FIELDS_SET(fields, WAITING, waiting, engine->queue_waiting[queue]);
    USHER_FIELDS_SET(fields, SIGNED_IN, signed_in, signed_in);
    USHER_FIELDS_SET(fields, FREE, free, free_count);
    USHER_FIELDS_SET(fields, PROMISE_MS, promise_ms, rule->promise_ms);
    USHER_FIELDS_SET(fields, TARGET, target, rule->target_percent);
    describe_door(&engine->site.doors[queue], fields);
    int64_t since_ms = INT64_MAX;
    int64_t first_due_ms = INT64_MAX;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->state != USHER_CONTACT_WAITING || contact->queue != queue)
            continue;
        if (contact->place_ms < since_ms)
            since_ms = contact->place_ms;
        if (contact->due_ms < first_due_ms)
            first_due_ms = contact->due_ms;
    }
    if (since_ms != INT64_MAX) {
        USHER_FIELDS_SET(fields, SINCE_MS, since_ms, since_ms);
        USHER_FIELDS_SET(fields, DUE_MS, due_ms, first_due_ms);
    }
    add(description, &event);
}

void usher_engine_describe(const struct usher_engine *engine, const struct usher_view *view,
                           int64_t now_ms, struct usher_bytes *out)
{
    struct description description;
    const struct usher_floor *floor = &engine->floor;
    size_t queues_count = floor->rules ? floor->rules->queues_count : 0;
    description.engine = engine;
    description.view = view;
    description.out = out;
    description.now_ms = now_ms;
    description.lines_count = 0;
    usher_bytes_init(&description.queues, SIZE_MAX);
    count_positions(&description);
    for (size_t i = 0; i < queues_count; i++)
        usher_floor_key(floor, i, floor->rules->default_tier,
                        &(struct usher_facts){.channel = USHER_CHANNEL_VOICE},
                        &description.plain[i]);
    for (size_t i = 0; i < floor->agents_count; i++)
        if (shows_agent(&description, &floor->agents[i]))
            describe_agent(&description, &floor->agents[i]);
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (shows_contact(&description, contact))
            describe_contact(&description, contact);
    }
    for (size_t i = 0; is_one_of_all(&description) && i < queues_count; i++)
        describe_queue(&description, i);
    for (size_t i = 0;
         is_one_of_all(&description) && floor->rules && i < floor->rules->switches_count; i++)
        describe_switch(&description, i);
    struct usher_event end = {.kind = USHER_EVENT_SNAPSHOT_END};
    USHER_FIELDS_SET(&end.fields, COUNT, count, description.lines_count);
    add(&description, &end);
    usher_bytes_fini(&description.queues);
    free(description.positions);
    free(description.outlooks);
}

struct usher_engine_counts usher_engine_count(const struct usher_engine *engine)
{
    struct usher_engine_counts counts = {.agents = engine->floor.agents_count};
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        counts.contacts++;
        counts.waiting += contact->state == USHER_CONTACT_WAITING;
        counts.scheduled += contact->state == USHER_CONTACT_SCHEDULED;
        counts.talking += usher_contact_state_is_talk(contact->state);
    }
    for (size_t i = 0; i < engine->floor.agents_count; i++) {
        counts.signed_in += engine->floor.agents[i].state != USHER_AGENT_SIGNED_OUT;
        counts.ready += engine->floor.agents[i].state == USHER_AGENT_READY;
    }
    return counts;
}
