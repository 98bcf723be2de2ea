/* Commands about agents: their shift, their state, their phone, their profile. */
#include "engine/decide.h"

static void emit_agent(struct usher_request *request, const struct usher_agent *agent,
                       enum usher_event_kind kind)
{
    struct usher_event event = {.kind = kind};
    USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    usher_engine_emit(request->engine, &event, request->now_ms);
}

enum usher_error usher_decide_agent_sign_in(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    if (!agent)
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_IN);
    return USHER_OK;
}

enum usher_error usher_decide_agent_ready(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    if (!agent)
        return request->answer->error;
    if (agent->state == USHER_AGENT_READY)
        return USHER_OK;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_IN);
    emit_agent(request, agent, USHER_EVENT_AGENT_READY);
    usher_dispatch_agent(request->engine, agent, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_agent_not_ready(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    struct usher_text reason = request->command->fields.reason;
    struct usher_agent *agent = usher_request_agent(request);
    if (!agent)
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE,
                                "the agent is signed out; sign in first");
    if (!reason.at)
        reason = USHER_TEXT("");
    if (reason.length > 0 && engine->floor.rules &&
        !usher_rules_has_reason(engine->floor.rules, reason))
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`reason` must be one of the rules' not_ready reasons");
    if (agent->state == USHER_AGENT_NOT_READY &&
        usher_text_is_equal(usher_text_of(agent->reason), reason))
        return USHER_OK;
    struct usher_event event = {.kind = USHER_EVENT_AGENT_NOT_READY};
    USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    usher_engine_emit(engine, &event, request->now_ms);
    usher_withdraw_offers(engine, agent, "not_ready", request->now_ms);
    usher_dispatch_all(engine, request->now_ms);
    return USHER_OK;
}

static bool is_talking(const struct usher_agent *agent)
{
    usher_list_for_each (node, &agent->contacts)
        if (usher_contact_state_is_talk(
                usher_list_entry(node, struct usher_contact, of_agent)->state))
            return true;
    return false;
}

enum usher_error usher_decide_agent_sign_out(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    if (!agent)
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return USHER_OK;
    if (is_talking(agent))
        return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE,
                                "the agent talks; go not ready, and sign out after the contact");
    emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_OUT);
    usher_withdraw_offers(request->engine, agent, "signed_out", request->now_ms);
    usher_list_for_each_safe (node, &agent->contacts)
        usher_finish_contact(request->engine,
                             usher_list_entry(node, struct usher_contact, of_agent),
                             USHER_TEXT("served"), USHER_NO_TEXT, request->now_ms);
    usher_dispatch_all(request->engine, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_agent_phone(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    enum usher_phone_state state = usher_phone_state_find(request->command->fields.state);
    if (!agent)
        return request->answer->error;
    if (state == USHER_PHONE_NONE)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`state` must be idle, busy or unreachable");
    if (agent->phone_state == state && agent->phone_until_ms == 0)
        return USHER_OK;
    struct usher_event event = {.kind = USHER_EVENT_AGENT_PHONE};
    USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(&event.fields, STATE, state, usher_phone_state_name(state));
    usher_engine_emit(request->engine, &event, request->now_ms);
    usher_dispatch_agent(request->engine, agent, request->now_ms);
    return USHER_OK;
}

static bool is_same(const char *kept, struct usher_text given)
{
    return usher_text_is_equal(usher_text_of(kept ? kept : ""), given);
}

enum usher_error usher_decide_profile_set(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    const struct usher_fields *fields = &request->command->fields;
    struct usher_agent *agent = usher_engine_agent(engine, fields->agent);
    if (agent && is_same(agent->name, fields->name) && is_same(agent->phone, fields->phone) &&
        is_same(agent->skills, fields->skills) && is_same(agent->capacity, fields->capacity))
        return USHER_OK;
    if (!agent && engine->floor.agents_count == engine->floor.agents_max)
        return usher_answer_set(request->answer, USHER_ERROR_LIMIT,
                                "limits.agents: there are %zu profiles", engine->floor.agents_max);
    struct usher_event event = {.kind = USHER_EVENT_AGENT_PROFILED, .fields = *fields};
    usher_engine_emit(engine, &event, request->now_ms);
    agent = usher_engine_agent(engine, fields->agent);
    usher_dispatch_agent(engine, agent, request->now_ms);
    usher_dispatch_declined(engine, request->now_ms);
    return USHER_OK;
}
