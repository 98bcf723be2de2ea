#include "routing/gate.h"

static int64_t leg_age_ms(const struct usher_contact *contact, int64_t now_ms)
{
    return now_ms - usher_contact_leg_since_ms(contact);
}

static bool was_asked(const struct usher_contact *contact, const struct usher_agent *agent)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent->index)
            return true;
    return false;
}

const struct usher_agent *usher_gate_held_for(const struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_class *class = contact->class;
    if (class->wait_ms == 0 || leg_age_ms(contact, now_ms) >= class->wait_ms)
        return NULL;
    const struct usher_agent *agent = usher_class_last_agent(class, contact);
    if (!agent || agent->state == USHER_AGENT_SIGNED_OUT || was_asked(contact, agent) ||
        class->match[agent->index] == USHER_MATCH_NONE ||
        usher_class_step_of(class, agent->index) > usher_class_open_step(class, contact, now_ms))
        return NULL;
    return agent;
}

/* A reserve's pool is that of its skill; the pools of skills come first. */
static bool keeps(const struct usher_floor *floor, const struct usher_reserve *reserve,
                  const struct usher_agent *agent)
{
    return usher_floor_levels(floor, agent)[reserve->skill] > 0 &&
           floor->pools[reserve->skill].open_count <= reserve->keep;
}

const struct usher_reserve *usher_gate_reserve(const struct usher_floor *floor,
                                               const struct usher_contact *contact,
                                               const struct usher_agent *agent, int64_t now_ms)
{
    if (!floor->stands[agent->index].is_counted_open)
        return NULL;
    int64_t age_ms = leg_age_ms(contact, now_ms);
    for (uint32_t bits = contact->class->reserves; bits != 0; bits &= bits - 1) {
        const struct usher_reserve *reserve = &floor->rules->reserves[__builtin_ctz(bits)];
        bool is_over = reserve->until_ms >= 0 && age_ms >= reserve->until_ms;
        if (!is_over && keeps(floor, reserve, agent))
            return reserve;
    }
    return NULL;
}

int64_t usher_gate_age_ms(const struct usher_floor *floor, const struct usher_class *class,
                          const struct usher_agent *agent)
{
    int64_t age_ms = 0;
    for (uint32_t i = usher_class_step_of(class, agent->index); i > 0; i--)
        if (class->steps[i - 1].signed_in_count > 0 && class->steps[i].after_ms > age_ms)
            age_ms = class->steps[i].after_ms;
    if (!floor->stands[agent->index].is_counted_open)
        return age_ms;
    for (uint32_t bits = class->reserves; bits != 0; bits &= bits - 1) {
        const struct usher_reserve *reserve = &floor->rules->reserves[__builtin_ctz(bits)];
        int64_t until_ms = reserve->until_ms >= 0 ? reserve->until_ms : INT64_MAX;
        if (until_ms > age_ms && keeps(floor, reserve, agent))
            age_ms = until_ms;
    }
    return age_ms;
}

bool usher_gate_has_eased(const struct usher_floor *floor, const struct usher_agent *agent)
{
    if (!floor->rules || floor->rules->reserves_count == 0 ||
        !floor->stands[agent->index].is_counted_open)
        return false;
    const uint8_t *levels = usher_floor_levels(floor, agent);
    for (size_t i = 0; i < floor->rules->reserves_count; i++) {
        const struct usher_reserve *reserve = &floor->rules->reserves[i];
        if (levels[reserve->skill] > 0 &&
            floor->pools[reserve->skill].open_count == reserve->keep + 1)
            return true;
    }
    return false;
}

enum usher_gate usher_gate_find(const struct usher_floor *floor,
                                const struct usher_contact *contact,
                                const struct usher_agent *agent, int64_t now_ms)
{
    const struct usher_class *class = contact->class;
    if (usher_class_step_of(class, agent->index) > usher_class_open_step(class, contact, now_ms))
        return USHER_GATE_STEP;
    const struct usher_agent *held_for = usher_gate_held_for(contact, now_ms);
    if (held_for && held_for != agent)
        return USHER_GATE_HOLD;
    return usher_gate_reserve(floor, contact, agent, now_ms) ? USHER_GATE_RESERVE : USHER_GATE_OPEN;
}

int64_t usher_gate_until_ms(const struct usher_floor *floor, const struct usher_contact *contact,
                            const struct usher_agent *agent, enum usher_gate gate, int64_t now_ms)
{
    const struct usher_class *class = contact->class;
    const struct usher_reserve *reserve;
    int64_t since_ms = usher_contact_leg_since_ms(contact);
    switch (gate) {
    case USHER_GATE_STEP:
        return since_ms + class->steps[usher_class_step_of(class, agent->index)].after_ms;
    case USHER_GATE_HOLD:
        return since_ms + class->wait_ms;
    case USHER_GATE_RESERVE:
        reserve = usher_gate_reserve(floor, contact, agent, now_ms);
        return reserve && reserve->until_ms >= 0 ? since_ms + reserve->until_ms : 0;
    case USHER_GATE_OPEN:
    case USHER_GATE_COUNT:
        break;
    }
    return 0;
}
