#include "unit/floor_plain.h"

static bool has_room(const struct floor_world *world, const struct usher_agent *agent,
                     enum usher_channel channel)
{
    const struct usher_channel_load *loads = world->rules->channels;
    int used = 0;
    bool is_interruptible = true;
    for (int other = USHER_CHANNEL_VOICE; other < USHER_CHANNEL_COUNT; other++) {
        used += agent->active[other] * loads[other].unit;
        is_interruptible &= agent->active[other] == 0 || loads[other].is_interruptible;
    }
    return used + loads[channel].unit <= 100 ||
           (is_interruptible && !loads[channel].is_interruptible &&
            channel != USHER_CHANNEL_OUTBOUND);
}

static bool is_fit(const struct usher_agent *agent, enum usher_channel channel)
{
    return agent->cap[channel] > 0 && (!usher_channel_is_phone(channel) || agent->phone[0]);
}

bool floor_may_take(const struct floor_world *world, const struct usher_agent *agent,
                    enum usher_channel channel)
{
    return agent->state == USHER_AGENT_READY && agent->phone_state == USHER_PHONE_IDLE &&
           agent->active[channel] < agent->cap[channel] && is_fit(agent, channel) &&
           has_room(world, agent, channel);
}

uint32_t floor_step(const struct floor_world *world, const struct usher_class *class,
                    const struct usher_agent *agent)
{
    const uint8_t *levels = usher_floor_levels(&world->floor, agent);
    if (!is_fit(agent, (enum usher_channel) class->key.channel))
        return USHER_STEPS_MAX;
    for (uint32_t step = 0; step < class->steps_count; step++) {
        bool has_all = true;
        for (uint32_t i = 0; i < class->key.needs_count; i++) {
            const struct usher_need *need = &class->key.needs[i];
            has_all &= levels[need->skill] >= (step == 0 ? need->min : need->relaxed[step - 1]);
        }
        if (has_all)
            return step;
    }
    return USHER_STEPS_MAX;
}

static int64_t age_ms(const struct floor_world *world, const struct usher_contact *contact)
{
    int64_t since_ms = contact->leg_ms > contact->place_ms ? contact->leg_ms : contact->place_ms;
    return world->now_ms - since_ms;
}

/* Signed in, and let in by one of the steps up to this one. */
static size_t count_signed_in(const struct floor_world *world, const struct usher_class *class,
                              uint32_t step, const struct usher_agent *but)
{
    size_t count = 0;
    for (size_t i = 0; i < world->floor.agents_count; i++) {
        const struct usher_agent *agent = &world->floor.agents[i];
        count += agent != but && agent->state != USHER_AGENT_SIGNED_OUT &&
                 floor_step(world, class, agent) <= step;
    }
    return count;
}

static uint32_t open_step(const struct floor_world *world, const struct usher_contact *contact)
{
    const struct usher_class *class = contact->class;
    const struct usher_queue *queue = &world->rules->queues[class->key.queue];
    uint32_t step = 0;
    for (uint32_t i = 1; i < class->steps_count; i++)
        if (age_ms(world, contact) >= queue->relax_after_ms[i - 1] ||
            count_signed_in(world, class, i - 1, NULL) == 0)
            step = i;
    return step;
}

static bool is_declined_by(const struct usher_contact *contact, const struct usher_agent *agent,
                           int64_t from_ms)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent->index && contact->declines[i].until_ms > from_ms)
            return true;
    return false;
}

static bool is_last_agent(const struct floor_world *world, const struct usher_contact *contact,
                          const struct usher_agent *agent)
{
    const struct usher_queue *queue = &world->rules->queues[contact->class->key.queue];
    return contact->served_by == agent &&
           contact->arrived_ms <= contact->served_ms + queue->last_agent.within_ms;
}

int64_t floor_affinity_ms(const struct floor_world *world, const struct usher_contact *contact,
                          const struct usher_agent *agent)
{
    bool is_his = is_last_agent(world, contact, agent);
    return is_his ? world->rules->queues[contact->class->key.queue].last_agent.worth_ms : 0;
}

const struct usher_agent *floor_held_for(const struct floor_world *world,
                                         const struct usher_contact *contact)
{
    const struct usher_queue *queue = &world->rules->queues[contact->class->key.queue];
    const struct usher_agent *agent = contact->served_by;
    bool is_held = agent && is_last_agent(world, contact, agent) &&
                   agent->state != USHER_AGENT_SIGNED_OUT &&
                   age_ms(world, contact) < queue->last_agent.wait_ms[contact->channel] &&
                   floor_step(world, contact->class, agent) <= open_step(world, contact) &&
                   !is_declined_by(contact, agent, INT64_MIN);
    return is_held ? agent : NULL;
}

static bool is_whole(const struct floor_world *world, const struct usher_agent *agent)
{
    bool is_whole = agent->state == USHER_AGENT_READY && agent->phone_state == USHER_PHONE_IDLE;
    for (int channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        is_whole &= agent->active[channel] == 0 || world->rules->channels[channel].is_interruptible;
    return is_whole;
}

/* One of the last who are wholly free and have a skill that the contact does not need. */
static bool is_reserved(const struct floor_world *world, const struct usher_contact *contact,
                        const struct usher_agent *agent)
{
    for (size_t i = 0; i < world->rules->reserves_count && is_whole(world, agent); i++) {
        const struct usher_reserve *reserve = &world->rules->reserves[i];
        int64_t free_count = 0;
        bool is_needed = reserve->until_ms >= 0 && age_ms(world, contact) >= reserve->until_ms;
        for (uint32_t k = 0; k < contact->class->key.needs_count; k++)
            is_needed |= contact->class->key.needs[k].skill == reserve->skill;
        for (size_t k = 0; k < world->floor.agents_count; k++) {
            const struct usher_agent *other = &world->floor.agents[k];
            free_count += is_whole(world, other) &&
                          usher_floor_levels(&world->floor, other)[reserve->skill] > 0;
        }
        if (!is_needed && usher_floor_levels(&world->floor, agent)[reserve->skill] > 0 &&
            free_count <= reserve->keep)
            return true;
    }
    return false;
}

bool floor_may_ask(const struct floor_world *world, const struct usher_contact *contact,
                   const struct usher_agent *agent)
{
    const struct usher_class *class = contact->class;
    if (!floor_may_take(world, agent, contact->channel))
        return false;
    uint32_t step = open_step(world, contact);
    if (floor_step(world, class, agent) > step)
        return false;
    if (is_declined_by(contact, agent, world->now_ms) &&
        (contact->channel == USHER_CHANNEL_OUTBOUND ||
         count_signed_in(world, class, step, agent) > 0))
        return false;
    const struct usher_agent *held_for = floor_held_for(world, contact);
    return (!held_for || held_for == agent) && !is_reserved(world, contact, agent);
}

static bool is_late(const struct floor_world *world, const struct usher_contact *contact)
{
    return world->now_ms > contact->place_ms + contact->class->promise_ms;
}

bool floor_is_first(const struct floor_world *world, const struct usher_contact *contact,
                    const struct usher_agent *agent, bool is_strict)
{
    for (const struct usher_contact *other = usher_class_first(contact->class); other != contact;
         other = usher_class_next(contact->class, other))
        if ((is_strict || is_late(world, other) == is_late(world, contact)) &&
            floor_may_ask(world, other, agent))
            return false;
    return true;
}
