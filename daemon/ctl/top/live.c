/* What each event changes. A queue is never forgotten, since contacts and agents point at it. */
#include "ctl/top/live.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "wire/json.h"

void live_init(struct live *live)
{
    *live = (struct live){0};
}

void live_fini(struct live *live)
{
    for (size_t i = 0; i < live->agents.count; i++) {
        struct live_agent *agent = (struct live_agent *)live->agents.items[i];
        free(agent->skills);
        free(agent->queues);
    }
    live_set_clear(&live->contacts);
    live_set_clear(&live->agents);
    live_set_clear(&live->queues);
    live_set_clear(&live->switches);
    usher_zone_free(live->zone);
}

struct live_queue *live_find_queue(const struct live *live, struct usher_text name)
{
    return live_set_find(&live->queues, name);
}

struct live_agent *live_find_agent(const struct live *live, struct usher_text id)
{
    return live_set_find(&live->agents, id);
}

struct live_contact *live_find_contact(const struct live *live, struct usher_text id)
{
    return live_set_find(&live->contacts, id);
}

static struct live_queue *take_queue(struct live *live, struct usher_text name)
{
    struct live_queue *queue = live_find_queue(live, name);
    if (queue || name.length == 0)
        return queue;
    queue = live_set_add(&live->queues, name, sizeof(*queue));
    queue->target = -1;
    return queue;
}

static struct live_agent *take_agent(struct live *live, const struct usher_event *event)
{
    struct live_agent *agent = live_find_agent(live, event->fields.agent);
    if (agent)
        return agent;
    agent = live_set_add(&live->agents, event->fields.agent, sizeof(*agent));
    agent->state = USHER_AGENT_SIGNED_OUT;
    agent->since_ms = event->at_ms;
    usher_list_init(&agent->contacts);
    (void)!usher_text_copy(agent->name, sizeof(agent->name), event->fields.agent);
    return agent;
}

/* {"billing":8,"lang.uk":10} as "billing 8, lang.uk 10". */
static char *write_skills(struct usher_text skills)
{
    size_t size = 2 * skills.length + 1;
    char *text = memory_resize(NULL, size);
    size_t length = 0;
    struct usher_json json;
    struct usher_text name;
    text[0] = '\0';
    usher_json_start(&json, skills, NULL, 0);
    if (!usher_json_enter(&json))
        return text;
    while (usher_json_next_key(&json, &name)) {
        int64_t level;
        if (usher_json_read_int64(&json, &level))
            length += (size_t)snprintf(text + length, size - length, "%s%.*s %" PRId64,
                                       length ? ", " : "", USHER_TEXT_ARGS(name), level);
        else
            usher_json_skip(&json);
    }
    return text;
}

static void take_profile(struct live_agent *agent, const struct usher_fields *fields)
{
    if (fields->name.length > 0)
        (void)!usher_text_copy(agent->name, sizeof(agent->name), fields->name);
    if (!fields->skills.at)
        return;
    free(agent->skills);
    agent->skills = write_skills(fields->skills);
}

static void take_queues(struct live *live, struct live_agent *agent, struct usher_text queues)
{
    struct usher_json json;
    usher_json_start(&json, queues, NULL, 0);
    if (queues.length == 0 || !usher_json_enter(&json))
        return;
    while (usher_json_next_element(&json)) {
        struct usher_text name;
        if (!usher_json_read_text(&json, &name)) {
            usher_json_skip(&json);
            continue;
        }
        agent->queues =
            memory_resize(agent->queues, (agent->queues_count + 1) * sizeof(struct live_queue *));
        agent->queues[agent->queues_count++] = take_queue(live, name);
    }
}

static enum usher_agent_state agent_state(struct usher_text name)
{
    for (enum usher_agent_state state = 1; state < USHER_AGENT_STATE_COUNT; state++)
        if (usher_text_is_equal(usher_agent_state_name(state), name))
            return state;
    return USHER_AGENT_SIGNED_OUT;
}

static enum usher_contact_state contact_state(struct usher_text name)
{
    for (enum usher_contact_state state = 1; state < USHER_CONTACT_STATE_COUNT; state++)
        if (usher_text_is_equal(usher_contact_state_name(state), name))
            return state;
    return USHER_CONTACT_WAITING;
}

static void set_reason(struct live_agent *agent, struct usher_text reason)
{
    agent->reason[0] = '\0';
    if (reason.length > 0)
        (void)!usher_text_copy(agent->reason, sizeof(agent->reason), reason);
}

static void move_agent(struct live *live, const struct usher_event *event,
                       enum usher_agent_state state)
{
    struct live_agent *agent = take_agent(live, event);
    bool is_ready = state == USHER_AGENT_READY;
    agent->state = state;
    agent->since_ms = event->at_ms;
    set_reason(agent, is_ready ? usher_text_of(agent->phone) : event->fields.reason);
}

/* A phone that is not idle is told beside the state, as usherd does. */
static void take_phone(struct live *live, const struct usher_event *event)
{
    struct live_agent *agent = take_agent(live, event);
    struct usher_text state = event->fields.state;
    agent->phone[0] = '\0';
    if (!usher_text_is_equal(state, USHER_TEXT("idle")))
        snprintf(agent->phone, sizeof(agent->phone), "phone_%.*s", USHER_TEXT_ARGS(state));
    if (agent->state == USHER_AGENT_READY)
        set_reason(agent, usher_text_of(agent->phone));
}

/* A reason of not ready hides what the phone is. */
static void keep_phone(struct live_agent *agent, struct usher_text reason)
{
    static const char *const words[] = {"phone_busy", "phone_unreachable", "no_phone"};
    agent->phone[0] = '\0';
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++)
        if (usher_text_is_equal(reason, usher_text_of(words[i])))
            (void)!usher_text_copy(agent->phone, sizeof(agent->phone), reason);
}

/* `agent` NULL: nobody holds it. */
static void hold(struct live_contact *contact, struct live_agent *agent)
{
    usher_list_remove(&contact->of_agent);
    contact->agent = agent;
    if (agent)
        usher_list_append(&agent->contacts, &contact->of_agent);
}

static void let_go(struct live_contact *contact, int64_t now_ms)
{
    if (contact->agent)
        contact->agent->freed_ms = now_ms;
    hold(contact, NULL);
}

static struct live_contact *take_contact(struct live *live, const struct usher_event *event)
{
    struct live_contact *contact = live_find_contact(live, event->fields.contact);
    if (contact)
        return contact;
    contact = live_set_add(&live->contacts, event->fields.contact, sizeof(*contact));
    usher_list_init(&contact->of_agent);
    contact->place_ms = event->at_ms;
    return contact;
}

static void describe_contact(struct live *live, const struct usher_event *event,
                             enum usher_contact_state state)
{
    const struct usher_fields *fields = &event->fields;
    struct live_contact *contact = take_contact(live, event);
    contact->state = state;
    contact->queue = take_queue(live, fields->queue);
    contact->place_ms = fields->place_ms;
    contact->due_ms = fields->due_ms;
    contact->since_ms = fields->since_ms > 0 ? fields->since_ms : event->at_ms;
    bool is_held = state != USHER_CONTACT_SCHEDULED && fields->agent.length > 0;
    hold(contact, is_held ? take_agent(live, event) : NULL);
}

static void move_contact(struct live *live, const struct usher_event *event,
                         enum usher_contact_state state)
{
    struct live_contact *contact = take_contact(live, event);
    bool is_with_agent = state != USHER_CONTACT_WAITING && state != USHER_CONTACT_SCHEDULED &&
                         event->fields.agent.length > 0;
    contact->state = state;
    contact->since_ms = event->at_ms;
    if (event->fields.queue.length > 0)
        contact->queue = take_queue(live, event->fields.queue);
    let_go(contact, event->at_ms);
    if (is_with_agent)
        hold(contact, take_agent(live, event));
}

/* It waits in another queue or place, as it did. */
static void place_contact(struct live *live, const struct usher_event *event)
{
    struct live_contact *contact = take_contact(live, event);
    contact->queue = take_queue(live, event->fields.queue);
    contact->place_ms = event->fields.place_ms;
    contact->due_ms = event->fields.due_ms;
    if (contact->state == USHER_CONTACT_WAITING)
        return;
    contact->state = USHER_CONTACT_WAITING; /* a transfer */
    contact->since_ms = event->at_ms;
    let_go(contact, event->at_ms);
}

static void end_contact(struct live *live, const struct usher_event *event)
{
    struct live_contact *contact = live_find_contact(live, event->fields.contact);
    if (!contact)
        return;
    let_go(contact, event->at_ms);
    live_set_drop(&live->contacts, &contact->item);
}

static void describe_agent(struct live *live, const struct usher_event *event)
{
    struct live_agent *agent = take_agent(live, event);
    agent->state = agent_state(event->fields.state);
    agent->since_ms = event->fields.since_ms;
    set_reason(agent, event->fields.reason);
    keep_phone(agent, event->fields.reason);
    take_profile(agent, &event->fields);
    agent->queues_count = 0;
    take_queues(live, agent, event->fields.queues);
}

static void describe_queue(struct live *live, const struct usher_event *event)
{
    struct live_queue *queue = take_queue(live, event->fields.queue);
    if (!queue)
        return;
    live_apply_gates(live, queue, event);
    queue->promise_ms = event->fields.promise_ms;
    if (usher_fields_has(&event->fields, USHER_FIELD_TARGET))
        queue->target = event->fields.target;
}

static void apply_agent(struct live *live, const struct usher_event *event)
{
    if (event->kind == USHER_EVENT_STATE_AGENT)
        describe_agent(live, event);
    else if (event->kind == USHER_EVENT_AGENT_READY)
        move_agent(live, event, USHER_AGENT_READY);
    else if (event->kind == USHER_EVENT_AGENT_NOT_READY ||
             event->kind == USHER_EVENT_AGENT_SIGNED_IN)
        move_agent(live, event, USHER_AGENT_NOT_READY);
    else if (event->kind == USHER_EVENT_AGENT_SIGNED_OUT)
        move_agent(live, event, USHER_AGENT_SIGNED_OUT);
    else if (event->kind == USHER_EVENT_AGENT_PHONE)
        take_phone(live, event);
    else if (event->kind == USHER_EVENT_AGENT_PROFILED) {
        take_profile(take_agent(live, event), &event->fields);
        live->is_outdated = true;
    }
}

/* What an event makes of its contact; NONE when it does not move it. */
static enum usher_contact_state state_after(enum usher_event_kind kind)
{
    static const struct {
        enum usher_event_kind kind;
        enum usher_contact_state state;
    } moves[] = {
        {USHER_EVENT_CONTACT_OFFERED, USHER_CONTACT_OFFERED},
        {USHER_EVENT_CONTACT_RINGING, USHER_CONTACT_RINGING},
        {USHER_EVENT_CONTACT_ANSWERED, USHER_CONTACT_TALKING},
        {USHER_EVENT_CONTACT_HELD, USHER_CONTACT_HELD},
        {USHER_EVENT_CONTACT_RESUMED, USHER_CONTACT_TALKING},
        {USHER_EVENT_CONTACT_WRAPPING, USHER_CONTACT_WRAPPING},
        {USHER_EVENT_CONTACT_POSTPONED, USHER_CONTACT_SCHEDULED},
        {USHER_EVENT_CONTACT_PARTED, USHER_CONTACT_WRAPPING},
        {USHER_EVENT_OFFER_DECLINED, USHER_CONTACT_WAITING},
        {USHER_EVENT_OFFER_FAILED, USHER_CONTACT_WAITING},
        {USHER_EVENT_OFFER_EXPIRED, USHER_CONTACT_WAITING},
        {USHER_EVENT_OFFER_WITHDRAWN, USHER_CONTACT_WAITING},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(moves); i++)
        if (moves[i].kind == kind)
            return moves[i].state;
    return USHER_CONTACT_NONE;
}

void live_apply(struct live *live, const struct usher_event *event)
{
    enum usher_contact_state state = state_after(event->kind);
    if (state)
        move_contact(live, event, state);
    else if (event->kind == USHER_EVENT_CONTACT_ARRIVED || event->kind == USHER_EVENT_CONTACT_DUE)
        describe_contact(live, event, USHER_CONTACT_WAITING);
    else if (event->kind == USHER_EVENT_CONTACT_MOVED ||
             event->kind == USHER_EVENT_CONTACT_TRANSFERRED)
        place_contact(live, event);
    else if (event->kind == USHER_EVENT_CONTACT_SCHEDULED)
        describe_contact(live, event, USHER_CONTACT_SCHEDULED);
    else if (event->kind == USHER_EVENT_STATE_CONTACT)
        describe_contact(live, event, contact_state(event->fields.state));
    else if (usher_event_ends_contact(event->kind))
        end_contact(live, event);
    else if (event->kind == USHER_EVENT_STATE_QUEUE)
        describe_queue(live, event);
    else if (event->kind == USHER_EVENT_RULES_LOADED)
        live->is_outdated = true;
    else if (event->kind == USHER_EVENT_WELCOME || event->kind == USHER_EVENT_STATE_SWITCH ||
             event->kind == USHER_EVENT_SWITCH_SET || event->kind == USHER_EVENT_QUEUE_CLOSED ||
             event->kind == USHER_EVENT_QUEUE_OPENED)
        live_apply_gates(live, take_queue(live, event->fields.queue), event);
    else
        apply_agent(live, event);
}

/* How near to the customer. */
static int nearness(enum usher_contact_state state)
{
    static const int order[USHER_CONTACT_STATE_COUNT] = {
        [USHER_CONTACT_WRAPPING] = 1, [USHER_CONTACT_OFFERED] = 2, [USHER_CONTACT_RINGING] = 3,
        [USHER_CONTACT_HELD] = 4,     [USHER_CONTACT_TALKING] = 5,
    };
    return order[state];
}

const struct live_contact *live_contact_of(const struct live_agent *agent)
{
    const struct live_contact *nearest = NULL;
    usher_list_for_each (node, &agent->contacts) {
        const struct live_contact *contact = usher_list_entry(node, struct live_contact, of_agent);
        if (!nearest || nearness(contact->state) > nearness(nearest->state))
            nearest = contact;
    }
    return nearest;
}

bool live_agent_is_free(const struct live_agent *agent)
{
    return agent->state == USHER_AGENT_READY && !agent->reason[0] &&
           usher_list_is_empty(&agent->contacts);
}

bool live_agent_serves(const struct live_agent *agent, const struct live_queue *queue)
{
    for (size_t i = 0; i < agent->queues_count; i++)
        if (agent->queues[i] == queue)
            return true;
    return false;
}

static void note_first(int64_t *first_ms, int64_t at_ms)
{
    if (at_ms > 0 && (*first_ms == 0 || at_ms < *first_ms))
        *first_ms = at_ms;
}

static void count_waiting(struct live *live, const struct live_contact *contact, int64_t now_ms)
{
    bool is_late = contact->due_ms > 0 && now_ms > contact->due_ms;
    struct live_queue *queue = contact->queue;
    live->counts.waiting++;
    live->counts.late += is_late;
    note_first(&live->counts.since_ms, contact->place_ms);
    if (!queue)
        return;
    queue->waiting++;
    queue->late += is_late;
    note_first(&queue->since_ms, contact->place_ms);
    note_first(&queue->due_ms, contact->due_ms);
}

static void count_contact(struct live *live, const struct live_contact *contact, int64_t now_ms)
{
    if (contact->state == USHER_CONTACT_WAITING) {
        count_waiting(live, contact, now_ms);
    } else if (usher_contact_state_is_talk(contact->state)) {
        live->counts.talking++;
        if (contact->queue)
            contact->queue->talking++;
    } else {
        live->counts.ringing += usher_contact_state_is_offer(contact->state);
        live->counts.scheduled += contact->state == USHER_CONTACT_SCHEDULED;
        live->counts.wrapping += contact->state == USHER_CONTACT_WRAPPING;
    }
}

static void count_agent(struct live *live, const struct live_agent *agent)
{
    bool is_free = live_agent_is_free(agent);
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return;
    live->counts.signed_in++;
    live->counts.free += is_free;
    live->counts.not_ready += agent->state == USHER_AGENT_NOT_READY;
    for (size_t i = 0; i < agent->queues_count; i++) {
        agent->queues[i]->signed_in++;
        agent->queues[i]->free += is_free;
    }
}

void live_count(struct live *live, int64_t now_ms)
{
    live->counts = (struct live_counts){0};
    for (size_t i = 0; i < live->queues.count; i++) {
        struct live_queue *queue = (struct live_queue *)live->queues.items[i];
        queue->waiting = queue->late = queue->talking = queue->signed_in = queue->free = 0;
        queue->since_ms = queue->due_ms = 0;
    }
    for (size_t i = 0; i < live->contacts.count; i++)
        count_contact(live, (const struct live_contact *)live->contacts.items[i], now_ms);
    for (size_t i = 0; i < live->agents.count; i++)
        count_agent(live, (const struct live_agent *)live->agents.items[i]);
}
