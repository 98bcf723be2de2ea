/* Desks come and go. Who has had one and loses it takes no more of what only a desk can accept, and
 * is not ready when none is back in time; phones ring on. */
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/moves.h"

static void emit_desk(struct usher_engine *engine, const struct usher_agent *agent,
                      enum usher_desk_state state, int64_t until_ms, int64_t now_ms)
{
    struct usher_event event = {.kind = USHER_EVENT_AGENT_DESK};
    if (agent)
        USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(&event.fields, STATE, state, usher_desk_state_name(state));
    if (until_ms != 0)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, until_ms);
    usher_engine_emit(engine, &event, now_ms);
}

static bool is_any_connected(const struct usher_engine *engine)
{
    for (size_t i = 0; i < engine->floor.agents_count; i++)
        if (engine->floor.agents[i].desk_state == USHER_DESK_CONNECTED)
            return true;
    return false;
}

enum usher_error usher_decide_desk_lose(struct usher_request *request)
{
    const struct usher_fields *fields = &request->command->fields;
    const struct usher_agent *agent =
        fields->agent.at ? usher_engine_agent(request->engine, fields->agent) : NULL;
    if (fields->agent.at ? !agent || agent->desk_state != USHER_DESK_CONNECTED
                         : !is_any_connected(request->engine))
        return USHER_OK;
    bool is_gone = agent && agent->state == USHER_AGENT_SIGNED_OUT;
    emit_desk(request->engine, agent, is_gone ? USHER_DESK_NONE : USHER_DESK_LOST,
              is_gone ? 0 : fields->until_ms, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_desk_regain(struct usher_request *request)
{
    struct usher_agent *agent = usher_engine_agent(request->engine, request->command->fields.agent);
    if (!agent || agent->desk_state == USHER_DESK_CONNECTED)
        return USHER_OK; /* whoever has no profile yet is told of again when there is one */
    emit_desk(request->engine, agent, USHER_DESK_CONNECTED, 0, request->now_ms);
    usher_dispatch_agent(request->engine, agent, request->now_ms);
    return USHER_OK;
}

void usher_give_up_desk(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms)
{
    emit_desk(engine, agent, USHER_DESK_LOST, 0, now_ms);
    usher_list_for_each_safe (node, &agent->contacts) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_agent);
        if (usher_contact_state_is_offer(contact->state) && !usher_contact_is_rung(contact))
            usher_withdraw_offer(engine, contact, USHER_DESK_IS_LOST, now_ms);
    }
    if (agent->state == USHER_AGENT_READY) {
        struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_NOT_READY, agent);
        USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT(USHER_DESK_IS_LOST));
        usher_engine_emit(engine, &event, now_ms);
    }
    usher_dispatch_all(engine, now_ms);
}
