/* Events of agents: their profile, their shift, their phone. */
#include "simulation/model.h"

bool model_on_profile(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t agent)
{
    (void)contact;
    if (agent == MODEL_NONE) {
        agent = model->agents_count++;
        struct model_agent *made = &model->agents[agent];
        model_keep(made->id, sizeof(made->id), event->fields.agent);
        made->is_phone_idle = true;
        made->idle_since_ms = event->at_ms;
    }
    model_keep(model->agents[agent].skills, sizeof(model->agents[agent].skills),
               event->fields.skills);
    model_keep(model->agents[agent].capacity, sizeof(model->agents[agent].capacity),
               event->fields.capacity);
    model->agents[agent].has_phone = event->fields.phone.length > 0;
    if (model->rules) {
        model_take_profile(model, agent, event->at_ms);
        model_take_shares(model, event->at_ms);
    }
    return true;
}

bool model_on_agent(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t index)
{
    (void)contact;
    if (index == MODEL_NONE)
        return model_fail(model, "an agent without a profile");
    struct model_agent *agent = &model->agents[index];
    bool is_in = event->kind == USHER_EVENT_AGENT_SIGNED_IN;
    if (agent->is_signed_in == is_in)
        return model_fail(model, "%s is signed %s already", agent->id, is_in ? "in" : "out");
    if (event->kind == USHER_EVENT_AGENT_READY && agent->is_ready)
        return model_fail(model, "%s is ready already", agent->id);
    agent->is_signed_in = event->kind != USHER_EVENT_AGENT_SIGNED_OUT;
    agent->is_ready = event->kind == USHER_EVENT_AGENT_READY;
    if (agent->is_ready)
        agent->idle_since_ms = event->at_ms;
    model_keep(agent->reason, sizeof(agent->reason), event->fields.reason);
    return true;
}

bool model_on_phone(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    (void)contact;
    if (agent == MODEL_NONE)
        return model_fail(model, "an agent without a profile");
    model->agents[agent].is_phone_idle =
        usher_text_is_equal(event->fields.state, USHER_TEXT("idle"));
    model->agents[agent].phone_until_ms =
        model->agents[agent].is_phone_idle ? 0 : event->fields.until_ms;
    return true;
}
