/* What events of agents change. */
#include "engine/state.h"

static struct usher_agent *agent_of(const struct usher_engine *engine,
                                    const struct usher_event *event)
{
    return usher_engine_agent(engine, event->fields.agent);
}

bool usher_apply_agent_profiled(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct usher_agent *agent = agent_of(engine, event);
    if (!agent) {
        if (engine->floor.agents_count == engine->floor.agents_max)
            return false;
        agent = usher_floor_add_agent(&engine->floor, fields->agent, event->at_ms);
        if (usher_table_put(&engine->agents_by_id, agent) != USHER_TABLE_PUT)
            return false;
    }
    struct usher_text name = fields->name.at ? fields->name : USHER_TEXT("");
    struct usher_text phone = fields->phone.at ? fields->phone : USHER_TEXT("");
    if (!usher_text_copy(agent->name, sizeof(agent->name), name) ||
        !usher_text_copy(agent->phone, sizeof(agent->phone), phone) ||
        !usher_text_keep(&agent->skills, fields->skills) ||
        !usher_text_keep(&agent->capacity, fields->capacity) ||
        !usher_floor_profile(&engine->floor, agent, event->at_ms))
        return false;
    usher_floor_take_shares(&engine->floor, event->at_ms);
    return true;
}

void usher_engine_place_agent(struct usher_engine *engine, struct usher_agent *agent)
{
    int64_t next_ms = usher_agent_next_ms(agent);
    if (next_ms != INT64_MAX)
        usher_heap_set(&engine->deadlines, &agent->lease, next_ms);
    else
        usher_heap_remove(&engine->deadlines, &agent->lease);
}

static void set_away(struct usher_engine *engine, struct usher_agent *agent, int64_t until_ms)
{
    agent->away_until_ms = until_ms;
    usher_engine_place_agent(engine, agent);
}

/* Nothing is put off any more. */
static void stay(struct usher_agent *agent)
{
    agent->leaving_to = USHER_AGENT_NONE;
    agent->leaving_reason[0] = '\0';
    usher_list_remove(&agent->leaving);
}

static bool move(struct usher_engine *engine, struct usher_agent *agent, enum usher_agent_state to,
                 int64_t now_ms)
{
    if (!agent || !usher_agent_move(agent, to, now_ms))
        return false;
    usher_floor_update_agent(&engine->floor, agent, now_ms);
    return true;
}

bool usher_apply_agent_signed_in(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    if (!agent || agent->state != USHER_AGENT_SIGNED_OUT)
        return false;
    agent->reason[0] = '\0';
    usher_floor_count_sign_in(&engine->floor, agent, 1);
    return move(engine, agent, USHER_AGENT_NOT_READY, event->at_ms);
}

bool usher_apply_agent_ready(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    if (!agent)
        return false;
    agent->reason[0] = '\0';
    agent->missed_count = 0;
    set_away(engine, agent, 0);
    if (agent->leaving_to != USHER_AGENT_NONE && agent->state == USHER_AGENT_READY) {
        stay(agent);
        usher_floor_update_agent(&engine->floor, agent, event->at_ms);
        return true;
    }
    stay(agent);
    agent->idle_since_ms = event->at_ms;
    return move(engine, agent, USHER_AGENT_READY, event->at_ms);
}

bool usher_apply_agent_not_ready(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    if (!agent || !usher_text_copy(agent->reason, sizeof(agent->reason), event->fields.reason))
        return false;
    if (agent->leaving_to == USHER_AGENT_NOT_READY)
        stay(agent);
    set_away(engine, agent, event->fields.until_ms);
    return move(engine, agent, USHER_AGENT_NOT_READY, event->at_ms);
}

bool usher_apply_agent_leaving(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    enum usher_agent_state to = usher_agent_state_find(event->fields.state);
    struct usher_text reason = event->fields.reason.at ? event->fields.reason : USHER_TEXT("");
    if (!agent || agent->state == USHER_AGENT_SIGNED_OUT ||
        (to != USHER_AGENT_NOT_READY && to != USHER_AGENT_SIGNED_OUT) ||
        !usher_text_copy(agent->leaving_reason, sizeof(agent->leaving_reason), reason))
        return false;
    agent->leaving_to = to;
    usher_list_remove(&agent->leaving);
    usher_list_append(&engine->leaving, &agent->leaving);
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    return true;
}

/* Nobody waits for who is gone. */
static void let_go(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms)
{
    usher_list_for_each_safe (node, &agent->meant) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_meant);
        if (usher_contact_is_meant(contact, now_ms))
            contact->meant_until_ms = 0;
        usher_engine_place_contact(engine, contact, now_ms);
    }
}

bool usher_apply_agent_signed_out(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    if (!agent || agent->state == USHER_AGENT_SIGNED_OUT)
        return false;
    agent->reason[0] = '\0';
    stay(agent);
    set_away(engine, agent, 0);
    if (agent->desk_state == USHER_DESK_LOST) {
        agent->desk_state = USHER_DESK_NONE;
        agent->desk_until_ms = 0;
        usher_engine_place_agent(engine, agent);
    }
    let_go(engine, agent, event->at_ms);
    usher_floor_count_sign_in(&engine->floor, agent, -1);
    return move(engine, agent, USHER_AGENT_SIGNED_OUT, event->at_ms);
}

static void set_desk(struct usher_engine *engine, struct usher_agent *agent,
                     enum usher_desk_state state, int64_t until_ms, int64_t now_ms)
{
    agent->desk_state = state;
    agent->desk_until_ms = until_ms;
    usher_engine_place_agent(engine, agent);
    usher_floor_update_agent(&engine->floor, agent, now_ms);
}

bool usher_apply_agent_desk(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    enum usher_desk_state state = usher_desk_state_find(fields->state);
    if (state == USHER_DESK_STATE_COUNT || (state != USHER_DESK_LOST && fields->until_ms != 0))
        return false;
    if (fields->agent.at) {
        struct usher_agent *agent = agent_of(engine, event);
        if (agent)
            set_desk(engine, agent, state, fields->until_ms, event->at_ms);
        return agent != NULL;
    }
    for (size_t i = 0; i < engine->floor.agents_count; i++) {
        struct usher_agent *agent = &engine->floor.agents[i];
        bool is_out = agent->state == USHER_AGENT_SIGNED_OUT;
        if (agent->desk_state == USHER_DESK_CONNECTED)
            set_desk(engine, agent, is_out ? USHER_DESK_NONE : state, is_out ? 0 : fields->until_ms,
                     event->at_ms);
    }
    return true;
}

bool usher_apply_agent_phone(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_agent *agent = agent_of(engine, event);
    enum usher_phone_state state = usher_phone_state_find(event->fields.state);
    if (!agent || state == USHER_PHONE_NONE)
        return false;
    agent->phone_state = state;
    agent->phone_until_ms = state == USHER_PHONE_IDLE ? 0 : event->fields.until_ms;
    usher_engine_place_agent(engine, agent);
    usher_floor_update_agent(&engine->floor, agent, event->at_ms);
    return true;
}
