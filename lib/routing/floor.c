/* Agents on the floor: their profiles, what they are open for, and their places among the idle. */
#include "routing/floor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "routing/floor_internal.h"
#include "wire/json.h"

bool usher_floor_init(struct usher_floor *floor, const struct usher_limits *limits)
{
    const size_t classes_max = (size_t)64 * USHER_CLASS_WORDS;
    memset(floor, 0, sizeof(*floor));
    usher_list_init(&floor->waits);
    floor->agents_max = limits->agents;
    floor->classes_max = limits->classes < classes_max ? limits->classes : classes_max;
    floor->agents = calloc(limits->agents + 1, sizeof(*floor->agents));
    floor->stands = calloc(limits->agents + 1, sizeof(*floor->stands));
    floor->idle_since_ms = calloc(limits->agents + 1, sizeof(*floor->idle_since_ms));
    floor->duty = calloc(limits->agents / 64 + 1, sizeof(*floor->duty));
    floor->duty_version = 1;
    floor->classes = calloc(floor->classes_max + 1, sizeof(struct usher_class *));
    floor->class_buckets = calloc(USHER_CLASS_BUCKETS, sizeof(uint16_t));
    floor->class_chain = calloc(floor->classes_max + 1, sizeof(uint16_t));
    if (floor->agents && floor->stands && floor->idle_since_ms && floor->duty && floor->classes &&
        floor->class_buckets && floor->class_chain)
        return true;
    usher_floor_fini(floor);
    return false;
}

void usher_floor_fini(struct usher_floor *floor)
{
    usher_floor_drop_classes(floor);
    usher_floor_drop_pools(floor);
    for (size_t i = 0; i < floor->agents_count; i++) {
        free(floor->agents[i].skills);
        free(floor->agents[i].capacity);
        free(floor->stands[i].seats);
        free(floor->stands[i].pools);
    }
    free(floor->agents);
    free(floor->stands);
    free(floor->idle_since_ms);
    free(floor->duty);
    free(floor->levels);
    free(floor->classes);
    free(floor->class_buckets);
    free(floor->class_chain);
    memset(floor, 0, sizeof(*floor));
}

struct usher_agent *usher_floor_add_agent(struct usher_floor *floor, struct usher_text id,
                                          int64_t now_ms)
{
    assert(floor->agents_count < floor->agents_max);
    struct usher_agent *agent = &floor->agents[floor->agents_count];
    memset(agent, 0, sizeof(*agent));
    bool fits = usher_text_copy(agent->id, sizeof(agent->id), id);
    assert(fits);
    (void)fits;
    agent->index = (uint32_t)floor->agents_count++;
    agent->phone_state = USHER_PHONE_IDLE;
    agent->idle_since_ms = now_ms;
    usher_list_init(&agent->contacts);
    usher_list_init(&agent->leaving);
    usher_list_init(&floor->stands[agent->index].hopes);
    usher_list_init(&agent->meant);
    agent->lease.tie = (UINT64_C(1) << 62) + agent->index;
    bool moved = usher_agent_move(agent, USHER_AGENT_SIGNED_OUT, now_ms);
    assert(moved);
    (void)moved;
    return agent;
}

static void read_levels(struct usher_floor *floor, struct usher_agent *agent)
{
    uint8_t *levels = floor->levels + agent->index * floor->rules->skills_count;
    memset(levels, 0, floor->rules->skills_count);
    struct usher_json json;
    struct usher_text key;
    usher_json_start(&json, usher_text_of(agent->skills ? agent->skills : "{}"), NULL, 0);
    if (!usher_json_enter(&json))
        return;
    while (usher_json_next_key(&json, &key)) {
        int64_t level = 0;
        if (!usher_json_read_int64(&json, &level))
            usher_json_skip(&json);
        size_t skill = usher_rules_find_skill(floor->rules, key);
        if (skill != SIZE_MAX && level > 0 && level <= USHER_LEVEL_MAX)
            levels[skill] = (uint8_t)level;
    }
}

/* Who takes no calls takes no other work by phone either, unless the profile says so. */
static void read_caps(struct usher_floor *floor, struct usher_agent *agent)
{
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT;
         channel++) {
        enum usher_channel pool = usher_channel_pool(channel);
        bool takes_none = pool != channel && agent->cap[pool] == 0;
        int cap = takes_none ? 0 : floor->rules->channels[channel].cap;
        char room[24];
        struct usher_text text;
        int64_t number;
        if (agent->capacity &&
            usher_json_find_text(usher_text_of(agent->capacity), usher_channel_name(channel), room,
                                 sizeof(room), &text) &&
            usher_text_read_int64(text, &number) && number >= 0 && number <= 100)
            cap = (int)number;
        agent->cap[channel] = (uint16_t)cap;
    }
}

bool usher_floor_profile(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms)
{
    if (!floor->rules)
        return true;
    read_levels(floor, agent);
    read_caps(floor, agent);
    if (!usher_floor_seat_agent(floor, agent) || !usher_floor_pool_agent(floor, agent, now_ms))
        return false;
    usher_floor_update_agent(floor, agent, now_ms);
    return true;
}

bool usher_floor_has_room(const struct usher_floor *floor, const struct usher_agent *agent,
                          enum usher_channel channel)
{
    const struct usher_channel_load *loads = floor->rules->channels;
    if (!usher_agent_can_take(agent, channel) || agent->active[channel] >= agent->cap[channel])
        return false;
    int used = 0;
    bool is_all_interruptible = true;
    for (enum usher_channel other = USHER_CHANNEL_VOICE; other < USHER_CHANNEL_COUNT; other++) {
        used += agent->active[other] * loads[other].unit;
        if (agent->active[other] > 0 && !loads[other].is_interruptible)
            is_all_interruptible = false;
    }
    if (used + loads[channel].unit <= 100)
        return true;
    /* Work that waits for an answer is not laid aside for a call that nobody waits for. */
    return is_all_interruptible && !loads[channel].is_interruptible &&
           channel != USHER_CHANNEL_OUTBOUND;
}

static bool is_available(const struct usher_agent *agent)
{
    return usher_agent_is_serving(agent) && agent->phone_state == USHER_PHONE_IDLE;
}

static uint8_t open_mask(const struct usher_floor *floor, const struct usher_agent *agent)
{
    unsigned mask = 0;
    if (!floor->rules || !is_available(agent))
        return 0;
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (usher_agent_has_desk_for(agent, channel) && usher_floor_has_room(floor, agent, channel))
            mask |= 1u << channel;
    return (uint8_t)mask;
}

static bool is_whole(const struct usher_floor *floor, const struct usher_agent *agent)
{
    if (!floor->rules || !is_available(agent))
        return false;
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (agent->active[channel] > 0 && !floor->rules->channels[channel].is_interruptible)
            return false;
    return true;
}

/* Makes the agent free or taken in the classes of the channels of `changed`. */
static void set_free(struct usher_floor *floor, const struct usher_agent *agent, uint8_t changed,
                     int64_t now_ms)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    const struct usher_bid_knobs *knobs = &floor->rules->bid;
    for (uint32_t i = 0; i < stand->seats_count; i++) {
        const struct usher_seat *seat = &stand->seats[i];
        struct usher_class *class = floor->classes[seat->class];
        unsigned bit = 1u << class->key.channel;
        if (class->is_stale || !(changed & bit))
            continue;
        if (agent->open_mask & bit)
            usher_class_set_free(class, seat->place,
                                 usher_class_lead(knobs, 2 * seat->match - stand->ground,
                                                  agent->idle_since_ms, now_ms),
                                 agent->idle_since_ms);
        else
            usher_class_set_taken(class, seat->place);
    }
}

void usher_floor_update_agent(struct usher_floor *floor, struct usher_agent *agent, int64_t now_ms)
{
    uint8_t mask = open_mask(floor, agent);
    uint8_t changed = mask ^ agent->open_mask;
    int64_t *idle_since_ms = &floor->idle_since_ms[agent->index];
    if (agent->idle_since_ms < *idle_since_ms)
        changed |= mask; /* the bounds of his blocks do not hold any more */
    *idle_since_ms = agent->idle_since_ms;
    usher_floor_note_time(floor, now_ms > agent->idle_since_ms ? now_ms : agent->idle_since_ms);
    agent->open_mask = mask;
    agent->is_open = is_whole(floor, agent);
    if (changed)
        set_free(floor, agent, changed, now_ms);
    usher_floor_count_agent(floor, agent, now_ms);
}

void usher_floor_count_sign_in(struct usher_floor *floor, const struct usher_agent *agent, int by)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    for (uint32_t i = 0; i < stand->seats_count; i++) {
        struct usher_class *class = floor->classes[stand->seats[i].class];
        usher_class_count_sign_in(class, agent->index, by);
    }
}

/* Those who may wait for one agent are found by him, wherever they stand in their lines. */
static void join_waits(struct usher_floor *floor, struct usher_contact *contact)
{
    if (contact->class->wait_ms == 0)
        return;
    const struct usher_agent *agent = usher_class_last_agent(contact->class, contact);
    usher_list_init(&contact->in_hopes);
    usher_list_init(&contact->in_waits);
    if (!agent)
        return;
    usher_list_append(&floor->stands[agent->index].hopes, &contact->in_hopes);
    usher_list_append(&floor->waits, &contact->in_waits);
}

void usher_floor_join(struct usher_floor *floor, struct usher_contact *contact)
{
    struct usher_class *class = contact->class;
    usher_class_join(class, contact);
    join_waits(floor, contact);
    floor->waiting[class->index / 64] |= UINT64_C(1) << (class->index % 64);
}

void usher_floor_leave(struct usher_floor *floor, struct usher_contact *contact)
{
    struct usher_class *class = contact->class;
    if (!class)
        return;
    if (class->wait_ms > 0 && !usher_list_is_empty(&contact->in_line)) {
        usher_list_remove(&contact->in_hopes);
        usher_list_remove(&contact->in_waits);
    }
    usher_class_leave(class, contact);
    if (class->line_count == 0)
        floor->waiting[class->index / 64] &= ~(UINT64_C(1) << (class->index % 64));
}
