/* What is told of agents: their phone, their profile. Their shift stands in decide_shift.c. */
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/moves.h"

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
    struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_PHONE, agent);
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
    usher_dispatch_profiled(engine, agent, request->now_ms);
    return USHER_OK;
}
