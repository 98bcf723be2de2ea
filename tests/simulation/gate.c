/* What the rules put between a contact and an agent who is fit and free, by their definitions. */
#include "simulation/model.h"

static int least(const struct usher_need *need, size_t step)
{
    return step == 0 ? need->min : need->relaxed[step - 1];
}

/* The first step of the queue's `relax` that lets the agent in, 0 for the need itself. */
size_t model_step(const struct model_class *class, const struct model_agent *agent)
{
    for (size_t step = 0; step <= USHER_RELAX_MAX; step++) {
        bool has_all = true;
        for (size_t i = 0; i < class->needs_count; i++)
            has_all &= agent->levels[class->needs[i].skill] >= least(&class->needs[i], step);
        if (has_all)
            return step;
    }
    return MODEL_NONE;
}

static bool is_let_in(const struct model *model, const struct model_class *class, size_t agent,
                      size_t step)
{
    return model_match(model, class, &model->agents[agent]) >= 0 &&
           model_step(class, &model->agents[agent]) <= step;
}

bool model_has_signed_in(const struct model *model, const struct model_class *class, size_t step,
                         size_t but, const bool *away)
{
    for (size_t i = 0; i < model->agents_count; i++)
        if (i != but && model->agents[i].is_signed_in && is_let_in(model, class, i, step) &&
            !(away && away[i]))
            return true;
    return false;
}

static int64_t leg_since_ms(const struct model_contact *contact)
{
    return contact->leg_ms > contact->place_ms ? contact->leg_ms : contact->place_ms;
}

size_t model_open_step(const struct model *model, const struct model_contact *contact,
                       int64_t at_ms)
{
    const struct model_class *class = &model->classes[contact->class];
    const struct usher_queue *queue = &model->rules->queues[class->queue];
    size_t open = 0;
    for (size_t i = 0; i < queue->relax_count; i++)
        if (at_ms - leg_since_ms(contact) >= queue->relax_after_ms[i] ||
            !model_has_signed_in(model, class, i, MODEL_NONE, NULL))
            open = i + 1;
    return open;
}

static const struct usher_last_agent *last_agent_of(const struct model *model,
                                                    const struct model_contact *contact)
{
    return &model->rules->queues[contact->queue].last_agent;
}

static bool is_last_agent(const struct model *model, const struct model_contact *contact,
                          size_t agent)
{
    return contact->served_by == agent &&
           contact->arrived_ms - contact->served_ms <= last_agent_of(model, contact)->within_ms;
}

int64_t model_affinity(const struct model *model, const struct model_contact *contact, size_t agent)
{
    return is_last_agent(model, contact, agent) ? last_agent_of(model, contact)->worth_ms : 0;
}

size_t model_held_for(const struct model *model, const struct model_contact *contact, int64_t at_ms)
{
    size_t agent = contact->served_by;
    int64_t wait_ms = last_agent_of(model, contact)->wait_ms[contact->channel];
    if (agent == MODEL_NONE || !is_last_agent(model, contact, agent) ||
        !model->agents[agent].is_signed_in || at_ms - leg_since_ms(contact) >= wait_ms ||
        !is_let_in(model, &model->classes[contact->class], agent,
                   model_open_step(model, contact, at_ms)))
        return MODEL_NONE;
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent)
            return MODEL_NONE; /* he was asked in vain */
    return agent;
}

static bool is_reserved(const struct model *model, const struct model_contact *contact,
                        size_t agent, int64_t at_ms)
{
    const struct model_class *class = &model->classes[contact->class];
    for (size_t i = 0; i < model->rules->reserves_count && model_is_whole(model, agent); i++) {
        const struct usher_reserve *reserve = &model->rules->reserves[i];
        int64_t free_count = 0;
        bool is_needed = false;
        for (size_t j = 0; j < model->agents_count; j++)
            free_count += model->agents[j].levels[reserve->skill] > 0 && model_is_whole(model, j);
        for (size_t j = 0; j < class->needs_count; j++)
            is_needed |= class->needs[j].skill == reserve->skill;
        bool is_over = reserve->until_ms >= 0 && at_ms - leg_since_ms(contact) >= reserve->until_ms;
        if (model->agents[agent].levels[reserve->skill] > 0 && !is_needed && !is_over &&
            free_count <= reserve->keep)
            return true;
    }
    return false;
}

bool model_is_gate_open(const struct model *model, const struct model_contact *contact,
                        size_t agent, int64_t at_ms)
{
    size_t held_for = model_held_for(model, contact, at_ms);
    return is_let_in(model, &model->classes[contact->class], agent,
                     model_open_step(model, contact, at_ms)) &&
           (held_for == MODEL_NONE || held_for == agent) &&
           !is_reserved(model, contact, agent, at_ms);
}

size_t model_count_openings(const struct model *model, const struct model_contact *contact,
                            int64_t after_ms, int64_t until_ms)
{
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    int64_t ages[USHER_RELAX_MAX + USHER_RESERVES_MAX + 1];
    size_t ages_count = 0;
    size_t count = 0;
    for (size_t i = 0; i < queue->relax_count; i++)
        ages[ages_count++] = queue->relax_after_ms[i];
    for (size_t i = 0; i < model->rules->reserves_count; i++)
        if (model->rules->reserves[i].until_ms >= 0)
            ages[ages_count++] = model->rules->reserves[i].until_ms;
    ages[ages_count++] = queue->last_agent.wait_ms[contact->channel];
    for (size_t i = 0; i < ages_count; i++) {
        int64_t opens_ms = leg_since_ms(contact) + ages[i];
        count += opens_ms > after_ms && opens_ms <= until_ms;
    }
    return count;
}
