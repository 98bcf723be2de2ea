/* Events of agents: their profile, their shift, their phone. */
#include "simulation/model.h"

#include <string.h>

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

static void set_desk(struct model_agent *agent, struct usher_text state, int64_t until_ms)
{
    bool is_none = usher_text_is_equal(state, USHER_TEXT("none"));
    model_keep(agent->desk, sizeof(agent->desk), is_none ? USHER_TEXT("") : state);
    agent->desk_until_ms = until_ms;
}

/* Whether a contact is in hand that an agent who leaves finishes first. */
static bool has_work(const struct model *model, size_t agent)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if (model->contacts[i].state >= MODEL_TALKING && model->contacts[i].agent == agent)
            return true;
    return false;
}

static bool has_talk(const struct model *model, size_t agent)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if ((model->contacts[i].state == MODEL_TALKING || model->contacts[i].state == MODEL_HELD) &&
            model->contacts[i].agent == agent)
            return true;
    return false;
}

bool model_on_leaving(struct model *model, const struct usher_event *event,
                      struct model_contact *contact, size_t index)
{
    (void)contact;
    struct model_agent *agent = &model->agents[index];
    if (!agent->is_signed_in || !has_work(model, index))
        return model_fail(model, "%s could leave at once", agent->id);
    model_keep(agent->then, sizeof(agent->then), event->fields.state);
    return true;
}

bool model_is_serving(const struct model_agent *agent)
{
    return agent->is_ready && agent->then[0] == '\0';
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
    if (event->kind == USHER_EVENT_AGENT_READY && model_is_serving(agent))
        return model_fail(model, "%s is ready already", agent->id);
    bool was_ready = agent->is_ready;
    if (event->kind == USHER_EVENT_AGENT_SIGNED_OUT && has_talk(model, index))
        return model_fail(model, "%s is signed out with a talk in hand", agent->id);
    agent->is_signed_in = event->kind != USHER_EVENT_AGENT_SIGNED_OUT;
    for (size_t i = 0; i < MODEL_CONTACTS_MAX && !agent->is_signed_in; i++)
        if (model->contacts[i].state == MODEL_WAITING && model->contacts[i].meant_for == index)
            model->contacts[i].meant_until_ms = 0; /* nobody waits for who is gone */
    agent->is_ready = event->kind == USHER_EVENT_AGENT_READY;
    if (agent->is_ready && !was_ready)
        agent->idle_since_ms = event->at_ms;
    agent->away_until_ms = event->kind == USHER_EVENT_AGENT_NOT_READY ? event->fields.until_ms : 0;
    if (event->kind == USHER_EVENT_AGENT_SIGNED_OUT && strcmp(agent->desk, "lost") == 0)
        set_desk(agent, USHER_TEXT("none"), 0);
    if (event->kind != USHER_EVENT_AGENT_NOT_READY || strcmp(agent->then, "not_ready") == 0)
        agent->then[0] = '\0';
    model_keep(agent->reason, sizeof(agent->reason), event->fields.reason);
    return true;
}

bool model_has_desk_for(const struct model_agent *agent, enum usher_channel channel)
{
    return strcmp(agent->desk, "lost") != 0 || channel == USHER_CHANNEL_VOICE;
}

bool model_on_desk(struct model *model, const struct usher_event *event,
                   struct model_contact *contact, size_t index)
{
    (void)contact;
    const struct usher_fields *fields = &event->fields;
    for (size_t i = 0; i < model->agents_count; i++) {
        struct model_agent *agent = &model->agents[i];
        bool is_meant = index == MODEL_NONE ? strcmp(agent->desk, "connected") == 0 : i == index;
        if (is_meant && !agent->is_signed_in &&
            usher_text_is_equal(fields->state, USHER_TEXT("lost")))
            set_desk(agent, USHER_TEXT("none"), 0);
        else if (is_meant)
            set_desk(agent, fields->state, fields->until_ms);
    }
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
