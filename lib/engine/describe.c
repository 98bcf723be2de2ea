/* The state as lines, for those who have just come: snapshots of sessions, usherctl. */
#include <string.h>

#include "engine/state.h"

struct description {
    const struct usher_engine *engine;
    const struct usher_view *view;
    struct usher_bytes *out;
    int64_t now_ms;
    int64_t lines_count;
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
    bool is_to_be_called = agent->cap[USHER_CHANNEL_VOICE] > 0;
    return is_to_be_called && !usher_agent_can_take(agent, USHER_CHANNEL_VOICE) ? "no_phone" : NULL;
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
    if (count > 0)
        USHER_FIELDS_SET(
            fields, CONTACT, contact,
            usher_text_of(
                usher_list_entry(agent->contacts.next, struct usher_contact, of_agent)->id));
    USHER_FIELDS_SET(fields, COUNT, count, count);
    add(description, &event);
}

/* Why a waiting contact is not being offered, when it is for a reason of its own. */
static const char *waits_for(const struct description *description,
                             const struct usher_contact *contact)
{
    if (description->engine->clients.list[contact->client].is_lost)
        return "link_lost";
    if (!contact->class)
        return "limit_classes";
    if (contact->settle_until_ms > description->now_ms)
        return "settling";
    if (usher_contact_next_cool_down_ms(contact, description->now_ms) != INT64_MAX)
        return "cool_down";
    return NULL;
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
    if (contact->agent) {
        USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(contact->agent->id));
        USHER_FIELDS_SET(fields, OFFER, offer, usher_number_write(contact->offer, room));
    }
    if (contact->until_ms)
        USHER_FIELDS_SET(fields, UNTIL_MS, until_ms, contact->until_ms);
    if (contact->from.at)
        USHER_FIELDS_SET(fields, FROM, from, contact->from);
    if (contact->to.at)
        USHER_FIELDS_SET(fields, TO, to, contact->to);
    if (contact->data.at)
        USHER_FIELDS_SET(fields, DATA, data, contact->data);
    if (contact->note)
        USHER_FIELDS_SET(fields, NOTE, note, usher_text_of(contact->note));
    const char *reason =
        contact->state == USHER_CONTACT_WAITING ? waits_for(description, contact) : NULL;
    if (reason)
        USHER_FIELDS_SET(fields, REASON, reason, usher_text_of(reason));
    add(description, &event);
}

/* Whether the agent may take contacts of the class with this key, and whether now. */
static bool is_eligible(const struct usher_floor *floor, const struct usher_agent *agent,
                        const struct usher_class_key *key)
{
    return usher_agent_can_take(agent, (enum usher_channel)key->channel) &&
           usher_class_match(key, usher_floor_levels(floor, agent)) != USHER_MATCH_NONE;
}

/* Agents signed in, and free, for a call to the queue of whom nothing more is known, or for a
 * contact as they have come. */
static void count_agents(const struct usher_engine *engine, size_t queue, int64_t *signed_in,
                         int64_t *free_count)
{
    const struct usher_floor *floor = &engine->floor;
    struct usher_class_key plain;
    *signed_in = 0;
    *free_count = 0;
    usher_floor_key(floor, queue, floor->rules->default_tier, USHER_CHANNEL_VOICE, USHER_NO_TEXT,
                    &plain);
    for (size_t i = 0; i < floor->agents_count; i++) {
        const struct usher_agent *agent = &floor->agents[i];
        const struct usher_stand *stand = &floor->stands[i];
        bool is_able = is_eligible(floor, agent, &plain);
        bool is_free = is_able && ((agent->open_mask >> USHER_CHANNEL_VOICE) & 1) != 0;
        for (uint32_t j = 0; j < stand->seats_count; j++) {
            const struct usher_class *class = floor->classes[stand->seats[j].class];
            if (class->key.queue != queue)
                continue;
            is_able = true;
            is_free |= ((agent->open_mask >> class->key.channel) & 1) != 0;
        }
        *signed_in += is_able && agent->state != USHER_AGENT_SIGNED_OUT;
        *free_count += is_free;
    }
}

static void describe_queue(struct description *description, size_t queue)
{
    const struct usher_engine *engine = description->engine;
    struct usher_event event = {.kind = USHER_EVENT_STATE_QUEUE};
    struct usher_fields *fields = &event.fields;
    int64_t signed_in;
    int64_t free_count;
    count_agents(engine, queue, &signed_in, &free_count);
    USHER_FIELDS_SET(fields, QUEUE, queue, engine->floor.rules->queues[queue].name);
    USHER_FIELDS_SET(fields, WAITING, waiting, engine->queue_waiting[queue]);
    USHER_FIELDS_SET(fields, SIGNED_IN, signed_in, signed_in);
    USHER_FIELDS_SET(fields, FREE, free, free_count);
    int64_t since_ms = INT64_MAX;
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->state == USHER_CONTACT_WAITING && contact->queue == queue &&
            contact->place_ms < since_ms)
            since_ms = contact->place_ms;
    }
    if (since_ms != INT64_MAX)
        USHER_FIELDS_SET(fields, SINCE_MS, since_ms, since_ms);
    add(description, &event);
}

void usher_engine_describe(const struct usher_engine *engine, const struct usher_view *view,
                           int64_t now_ms, struct usher_bytes *out)
{
    struct description description = {engine, view, out, now_ms, 0};
    for (size_t i = 0; i < engine->floor.agents_count; i++)
        if (shows_agent(&description, &engine->floor.agents[i]))
            describe_agent(&description, &engine->floor.agents[i]);
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (shows_contact(&description, contact))
            describe_contact(&description, contact);
    }
    for (size_t i = 0; engine->floor.rules && is_one_of_all(&description) &&
                       i < engine->floor.rules->queues_count;
         i++)
        describe_queue(&description, i);
    struct usher_event end = {.kind = USHER_EVENT_SNAPSHOT_END};
    USHER_FIELDS_SET(&end.fields, COUNT, count, description.lines_count);
    add(&description, &end);
}

struct usher_engine_counts usher_engine_count(const struct usher_engine *engine)
{
    struct usher_engine_counts counts = {.agents = engine->floor.agents_count};
    usher_list_for_each (node, &engine->live) {
        const struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        counts.contacts++;
        counts.waiting += contact->state == USHER_CONTACT_WAITING;
        counts.talking += usher_contact_state_is_talk(contact->state);
    }
    for (size_t i = 0; i < engine->floor.agents_count; i++) {
        counts.signed_in += engine->floor.agents[i].state != USHER_AGENT_SIGNED_OUT;
        counts.ready += engine->floor.agents[i].state == USHER_AGENT_READY;
    }
    return counts;
}
