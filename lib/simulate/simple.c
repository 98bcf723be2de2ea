/* Commands to events, at once: there is no separate deciding and applying here, and nothing to keep
 * for later. */
#include "simulate/simple.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "simulate/simple_state.h"

/* Of a command or a lease: an offer ends, its agent moves, the next offer begins. */
#define STEP_EVENTS_MAX 3
#define COMMANDS_MAX    16 /* until the events are taken */

static struct usher_text key_of_agent(const void *item)
{
    const struct usher_agent *agent = item;
    return usher_text_of(agent->id);
}

static struct usher_text key_of_contact(const void *item)
{
    const struct usher_simple_contact *contact = item;
    return usher_text_of(contact->id);
}

struct usher_simple *usher_simple_new(enum usher_way_to_choose way, const struct usher_rules *rules,
                                      const struct usher_limits *limits, uint64_t seed)
{
    struct usher_hash_seed hash = {1, 2};
    struct usher_simple *simple = calloc(1, sizeof(*simple));
    if (!simple)
        return NULL;
    simple->way = way;
    simple->rules = rules;
    simple->chance = usher_chance_of(seed, 0, 0);
    usher_list_init(&simple->ended);
    simple->lines = calloc(limits->classes, sizeof(*simple->lines));
    simple->held = calloc(limits->agents, sizeof(struct usher_simple_contact *));
    simple->events_room = STEP_EVENTS_MAX * (limits->agents + COMMANDS_MAX);
    simple->events = calloc(simple->events_room, sizeof(*simple->events));
    bool is_made = simple->lines && simple->held && simple->events &&
                   usher_floor_init(&simple->floor, limits) &&
                   usher_floor_take_rules(&simple->floor, rules, 0) &&
                   usher_table_init(&simple->agents, limits->agents, hash, key_of_agent) &&
                   usher_table_init(&simple->contacts, limits->contacts, hash, key_of_contact) &&
                   usher_heap_init(&simple->leases, limits->contacts);
    for (size_t i = 0; is_made && i < limits->classes; i++)
        usher_list_init(&simple->lines[i]);
    if (is_made)
        return simple;
    usher_simple_free(simple);
    return NULL;
}

static void free_ended(struct usher_simple *simple)
{
    usher_list_for_each_safe (node, &simple->ended) {
        usher_list_remove(node);
        free(usher_list_entry(node, struct usher_simple_contact, in_line));
    }
}

void usher_simple_free(struct usher_simple *simple)
{
    if (!simple)
        return;
    free_ended(simple);
    for (size_t i = 0; i < simple->floor.classes_count; i++)
        usher_list_for_each_safe (node, &simple->lines[i])
            free(usher_list_entry(node, struct usher_simple_contact, in_line));
    for (size_t i = 0; i < simple->floor.agents_count; i++)
        free(simple->held[i]);
    usher_floor_fini(&simple->floor);
    usher_table_fini(&simple->agents);
    usher_table_fini(&simple->contacts);
    usher_heap_fini(&simple->leases);
    free(simple->lines);
    free(simple->held);
    free(simple->events);
    free(simple);
}

/* ---- events ---- */

static struct usher_event *emit(struct usher_simple *simple, enum usher_event_kind kind,
                                int64_t now_ms)
{
    assert(simple->events_count < simple->events_room);
    struct usher_event *event = &simple->events[simple->events_count++].event;
    *event = (struct usher_event){.kind = kind, .at_ms = now_ms, .n = {1, ++simple->last}};
    return event;
}

static struct usher_event *emit_contact(struct usher_simple *simple, enum usher_event_kind kind,
                                        struct usher_simple_contact *contact, int64_t now_ms)
{
    struct usher_event *event = emit(simple, kind, now_ms);
    size_t queue = contact->class->key.queue;
    USHER_FIELDS_SET(&event->fields, CONTACT, contact, usher_text_of(contact->id));
    USHER_FIELDS_SET(&event->fields, QUEUE, queue, simple->rules->queues[queue].name);
    if (contact->agent)
        USHER_FIELDS_SET(&event->fields, AGENT, agent, usher_text_of(contact->agent->id));
    if (contact->offer[0]) {
        struct usher_simple_event *told =
            usher_container_of(event, struct usher_simple_event, event);
        memcpy(told->offer, contact->offer, sizeof(told->offer));
        USHER_FIELDS_SET(&event->fields, OFFER, offer, usher_text_of(told->offer));
    }
    return event;
}

static void emit_agent(struct usher_simple *simple, enum usher_event_kind kind,
                       const struct usher_agent *agent, struct usher_text reason, int64_t now_ms)
{
    struct usher_event *event = emit(simple, kind, now_ms);
    USHER_FIELDS_SET(&event->fields, AGENT, agent, usher_text_of(agent->id));
    if (reason.at)
        USHER_FIELDS_SET(&event->fields, REASON, reason, reason);
}

/* For all that one step can tell. */
static bool has_room(const struct usher_simple *simple)
{
    return simple->events_room - simple->events_count >= STEP_EVENTS_MAX;
}

bool usher_simple_take(struct usher_simple *simple, struct usher_event *event)
{
    if (simple->taken_count == simple->events_count) {
        simple->taken_count = simple->events_count = 0;
        free_ended(simple);
        return false;
    }
    *event = simple->events[simple->taken_count++].event;
    return true;
}

/* ---- offers ---- */

static void set_lease(struct usher_simple *simple, struct usher_simple_contact *contact,
                      int64_t until_ms)
{
    contact->lease.tie = simple->last;
    usher_heap_set(&simple->leases, &contact->lease, until_ms);
}

static void offer(struct usher_simple *simple, struct usher_simple_contact *contact,
                  struct usher_agent *agent, int64_t now_ms)
{
    const struct usher_queue *queue = &simple->rules->queues[contact->class->key.queue];
    enum usher_channel channel = (enum usher_channel)contact->class->key.channel;
    usher_list_remove(&contact->in_line);
    contact->state = USHER_CONTACT_OFFERED;
    contact->agent = agent;
    simple->held[agent->index] = contact;
    (void)snprintf(contact->offer, sizeof(contact->offer), "1-%llu",
                   (unsigned long long)simple->last + 1);
    struct usher_event *event = emit_contact(simple, USHER_EVENT_CONTACT_OFFERED, contact, now_ms);
    USHER_FIELDS_SET(&event->fields, CHANNEL, channel, usher_channel_name(channel));
    USHER_FIELDS_SET(&event->fields, ACCEPT, accept,
                     usher_channel_is_phone(channel) ? USHER_TEXT("phone") : USHER_TEXT("desk"));
    USHER_FIELDS_SET(&event->fields, RING_MS, ring_ms, queue->ring_ms);
    USHER_FIELDS_SET(&event->fields, UNTIL_MS, until_ms, now_ms + queue->ring_ms);
    USHER_FIELDS_SET(&event->fields, MATCH, match, contact->class->match[agent->index]);
    set_lease(simple, contact, now_ms + queue->ring_ms);
}

static void dispatch_contact(struct usher_simple *simple, struct usher_simple_contact *contact,
                             int64_t now_ms)
{
    struct usher_agent *agent = usher_simple_choose_agent(simple, contact);
    if (agent)
        offer(simple, contact, agent, now_ms);
}

static void dispatch_agent(struct usher_simple *simple, struct usher_agent *agent, int64_t now_ms)
{
    if (agent->state != USHER_AGENT_READY || simple->held[agent->index])
        return;
    struct usher_simple_contact *contact = usher_simple_choose_contact(simple, agent);
    if (contact)
        offer(simple, contact, agent, now_ms);
}

static void move_agent(struct usher_simple *simple, struct usher_agent *agent,
                       enum usher_agent_state to, struct usher_text reason, int64_t now_ms)
{
    static const enum usher_event_kind kinds[] = {
        [USHER_AGENT_READY] = USHER_EVENT_AGENT_READY,
        [USHER_AGENT_NOT_READY] = USHER_EVENT_AGENT_NOT_READY,
        [USHER_AGENT_SIGNED_OUT] = USHER_EVENT_AGENT_SIGNED_OUT,
    };
    agent->leaving_to = USHER_AGENT_NONE;
    if (agent->state == to && to != USHER_AGENT_NOT_READY) /* that may have another reason now */
        return;
    agent->state = to;
    agent->since_ms = now_ms;
    if (to == USHER_AGENT_READY)
        agent->idle_since_ms = now_ms;
    emit_agent(simple, kinds[to], agent, reason, now_ms);
}

/* The agent has nothing in hand any more. */
static void set_free(struct usher_simple *simple, struct usher_agent *agent, int64_t now_ms)
{
    simple->held[agent->index] = NULL;
    if (agent->leaving_to != USHER_AGENT_NONE)
        move_agent(simple, agent, agent->leaving_to, usher_text_of(agent->leaving_reason), now_ms);
}

/* The contact goes back in line, or to somebody else; whoever missed or declined it is not ready.
 */
static void refuse(struct usher_simple *simple, struct usher_simple_contact *contact,
                   enum usher_event_kind kind, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    bool is_leaving = agent->leaving_to != USHER_AGENT_NONE;
    struct usher_event *event = emit_contact(simple, kind, contact, now_ms);
    USHER_FIELDS_SET(&event->fields, UNTIL_MS, until_ms, INT64_MAX);
    usher_heap_remove(&simple->leases, &contact->lease);
    contact->state = USHER_CONTACT_WAITING;
    contact->agent = NULL;
    struct usher_list *line = &simple->lines[contact->class->index];
    struct usher_list *place = line->next;
    while (place != line &&
           usher_list_entry(place, struct usher_simple_contact, in_line)->arrived_ms <=
               contact->arrived_ms)
        place = place->next;
    usher_list_insert_before(place, &contact->in_line);
    set_free(simple, agent, now_ms);
    if (!is_leaving)
        move_agent(simple, agent, USHER_AGENT_NOT_READY, USHER_TEXT("ring_no_answer"), now_ms);
    dispatch_contact(simple, contact, now_ms);
}

static void finish(struct usher_simple *simple, struct usher_simple_contact *contact,
                   enum usher_event_kind kind, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    struct usher_event *event = emit_contact(simple, kind, contact, now_ms);
    if (kind == USHER_EVENT_CONTACT_DONE)
        USHER_FIELDS_SET(&event->fields, REASON, reason, USHER_TEXT("served"));
    else
        USHER_FIELDS_SET(&event->fields, WAITED_MS, waited_ms, now_ms - contact->arrived_ms);
    usher_heap_remove(&simple->leases, &contact->lease);
    usher_table_remove(&simple->contacts, contact);
    usher_list_remove(&contact->in_line);
    usher_list_append(&simple->ended, &contact->in_line);
    if (!agent)
        return;
    set_free(simple, agent, now_ms);
    if (kind == USHER_EVENT_CONTACT_DONE)
        agent->idle_since_ms = now_ms;
    dispatch_agent(simple, agent, now_ms);
}

/* ---- commands ---- */

static enum usher_error arrive(struct usher_simple *simple, const struct usher_command *command,
                               int64_t now_ms)
{
    const struct usher_fields *fields = &command->fields;
    enum usher_channel channel = usher_channel_find(fields->channel);
    struct usher_facts facts = {.channel = channel,
                                .from = fields->from,
                                .to = fields->to,
                                .data = fields->data,
                                .now_ms = now_ms};
    struct usher_class_key key;
    const struct usher_route *route = usher_rules_route(simple->rules, &facts);
    struct usher_simple_contact *contact = calloc(1, sizeof(*contact));
    if (!route || !contact) {
        free(contact);
        return USHER_ERROR_LIMIT;
    }
    (void)snprintf(contact->id, sizeof(contact->id), "%.*s/%.*s", USHER_TEXT_ARGS(command->client),
                   USHER_TEXT_ARGS(fields->contact));
    usher_floor_key(&simple->floor, route->queue, route->tier, &facts, &key);
    contact->class = usher_floor_class(&simple->floor, &key, now_ms);
    if (!contact->class || usher_table_put(&simple->contacts, contact) != USHER_TABLE_PUT) {
        free(contact);
        return USHER_ERROR_LIMIT;
    }
    contact->state = USHER_CONTACT_WAITING;
    contact->arrived_ms = now_ms;
    contact->due_ms =
        now_ms + usher_rules_promise_ms(simple->rules, route->queue, route->tier, channel);
    struct usher_event *event = emit_contact(simple, USHER_EVENT_CONTACT_ARRIVED, contact, now_ms);
    USHER_FIELDS_SET(&event->fields, CHANNEL, channel, usher_channel_name(channel));
    USHER_FIELDS_SET(&event->fields, TIER, tier, simple->rules->tiers[route->tier].name);
    USHER_FIELDS_SET(&event->fields, PLACE_MS, place_ms, now_ms);
    USHER_FIELDS_SET(&event->fields, DUE_MS, due_ms, contact->due_ms);
    usher_list_append(&simple->lines[contact->class->index], &contact->in_line);
    dispatch_contact(simple, contact, now_ms);
    return USHER_OK;
}

static void answer(struct usher_simple *simple, struct usher_simple_contact *contact,
                   int64_t now_ms)
{
    contact->state = USHER_CONTACT_TALKING;
    usher_heap_remove(&simple->leases, &contact->lease);
    struct usher_event *event = emit_contact(simple, USHER_EVENT_CONTACT_ANSWERED, contact, now_ms);
    USHER_FIELDS_SET(&event->fields, WAITED_MS, waited_ms, now_ms - contact->arrived_ms);
}

static void end(struct usher_simple *simple, struct usher_simple_contact *contact, int64_t now_ms)
{
    int64_t wrap_up_ms = simple->rules->queues[contact->class->key.queue].wrap_up_ms;
    if (wrap_up_ms == 0) {
        finish(simple, contact, USHER_EVENT_CONTACT_DONE, now_ms);
        return;
    }
    contact->state = USHER_CONTACT_WRAPPING;
    struct usher_event *event = emit_contact(simple, USHER_EVENT_CONTACT_WRAPPING, contact, now_ms);
    USHER_FIELDS_SET(&event->fields, UNTIL_MS, until_ms, now_ms + wrap_up_ms);
    set_lease(simple, contact, now_ms + wrap_up_ms);
}

static enum usher_error decide_contact(struct usher_simple *simple,
                                       const struct usher_command *command, int64_t now_ms)
{
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text id;
    struct usher_simple_contact *contact = NULL;
    if (usher_engine_contact_id(command, room, &id))
        contact = usher_table_find(&simple->contacts, id);
    enum usher_contact_state state = contact ? contact->state : USHER_CONTACT_NONE;
    if (command->kind == USHER_COMMAND_CONTACT_ANSWER && state == USHER_CONTACT_OFFERED)
        answer(simple, contact, now_ms);
    else if (command->kind == USHER_COMMAND_CONTACT_FAIL && state == USHER_CONTACT_OFFERED)
        refuse(simple, contact, USHER_EVENT_OFFER_FAILED, now_ms);
    else if (command->kind == USHER_COMMAND_CONTACT_END && state == USHER_CONTACT_TALKING)
        end(simple, contact, now_ms);
    else if (command->kind == USHER_COMMAND_CONTACT_WRAP_UP && state == USHER_CONTACT_WRAPPING)
        finish(simple, contact, USHER_EVENT_CONTACT_DONE, now_ms);
    else if (command->kind == USHER_COMMAND_CONTACT_ABANDON &&
             (state == USHER_CONTACT_WAITING || state == USHER_CONTACT_OFFERED))
        finish(simple, contact, USHER_EVENT_CONTACT_ABANDONED, now_ms);
    else
        return USHER_ERROR_WRONG_STATE;
    return USHER_OK;
}

/* Of an agent's desk, about the offer in hand. */
static enum usher_error decide_offer(struct usher_simple *simple,
                                     const struct usher_command *command, int64_t now_ms)
{
    const struct usher_agent *agent = usher_table_find(&simple->agents, command->own_agent);
    struct usher_simple_contact *contact = agent ? simple->held[agent->index] : NULL;
    if (!contact || contact->state != USHER_CONTACT_OFFERED)
        return USHER_ERROR_STALE_OFFER;
    if (command->kind == USHER_COMMAND_OFFER_ACCEPT)
        answer(simple, contact, now_ms);
    else
        refuse(simple, contact, USHER_EVENT_OFFER_DECLINED, now_ms);
    return USHER_OK;
}

static enum usher_error set_profile(struct usher_simple *simple, const struct usher_fields *fields,
                                    int64_t now_ms)
{
    struct usher_agent *agent = usher_table_find(&simple->agents, fields->agent);
    if (!agent) {
        if (simple->floor.agents_count == simple->floor.agents_max)
            return USHER_ERROR_LIMIT;
        agent = usher_floor_add_agent(&simple->floor, fields->agent, now_ms);
        if (usher_table_put(&simple->agents, agent) != USHER_TABLE_PUT)
            return USHER_ERROR_LIMIT;
    }
    bool is_kept = usher_text_keep(&agent->skills, fields->skills) &&
                   usher_text_keep(&agent->capacity, fields->capacity) &&
                   usher_text_copy(agent->phone, sizeof(agent->phone), fields->phone) &&
                   usher_floor_profile(&simple->floor, agent, now_ms);
    return is_kept ? USHER_OK : USHER_ERROR_LIMIT;
}

static enum usher_error decide_agent(struct usher_simple *simple,
                                     const struct usher_command *command, int64_t now_ms)
{
    struct usher_agent *agent = usher_table_find(&simple->agents, command->fields.agent);
    enum usher_agent_state to = command->kind == USHER_COMMAND_AGENT_READY ? USHER_AGENT_READY
                                : command->kind == USHER_COMMAND_AGENT_NOT_READY
                                    ? USHER_AGENT_NOT_READY
                                    : USHER_AGENT_SIGNED_OUT;
    if (!agent)
        return USHER_ERROR_NO_SUCH_AGENT;
    if (to != USHER_AGENT_READY && simple->held[agent->index]) {
        agent->leaving_to = to;
        if (!usher_text_copy(agent->leaving_reason, sizeof(agent->leaving_reason),
                             command->fields.reason))
            agent->leaving_reason[0] = '\0';
        return USHER_OK;
    }
    move_agent(simple, agent, to, command->fields.reason, now_ms);
    dispatch_agent(simple, agent, now_ms);
    return USHER_OK;
}

enum usher_error usher_simple_decide(struct usher_simple *simple,
                                     const struct usher_command *command, int64_t now_ms)
{
    if (!has_room(simple))
        return USHER_ERROR_LIMIT;
    switch ((int)command->kind) {
    case USHER_COMMAND_PROFILE_SET:
        return set_profile(simple, &command->fields, now_ms);
    case USHER_COMMAND_CONTACT_ARRIVE:
        return arrive(simple, command, now_ms);
    case USHER_COMMAND_AGENT_READY:
    case USHER_COMMAND_AGENT_NOT_READY:
    case USHER_COMMAND_AGENT_SIGN_OUT:
        return decide_agent(simple, command, now_ms);
    case USHER_COMMAND_OFFER_ACCEPT:
    case USHER_COMMAND_OFFER_DECLINE:
        return decide_offer(simple, command, now_ms);
    default:
        return decide_contact(simple, command, now_ms);
    }
}

void usher_simple_pass_time(struct usher_simple *simple, int64_t now_ms)
{
    struct usher_heap_node *first;
    while (has_room(simple) && (first = usher_heap_first(&simple->leases)) != NULL &&
           first->at_ms <= now_ms) {
        struct usher_simple_contact *contact =
            usher_container_of(first, struct usher_simple_contact, lease);
        if (contact->state == USHER_CONTACT_OFFERED)
            refuse(simple, contact, USHER_EVENT_OFFER_EXPIRED, first->at_ms);
        else
            finish(simple, contact, USHER_EVENT_CONTACT_DONE, first->at_ms);
    }
}

int64_t usher_simple_next_ms(const struct usher_simple *simple)
{
    const struct usher_heap_node *first = usher_heap_first(&simple->leases);
    return first ? first->at_ms : INT64_MAX;
}
