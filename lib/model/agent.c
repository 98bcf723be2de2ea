/* The states of agents and phones, and the moves between them. */
#include "model/agent.h"

static const bool moves[USHER_AGENT_STATE_COUNT][USHER_AGENT_STATE_COUNT] = {
    [USHER_AGENT_NONE] = {[USHER_AGENT_SIGNED_OUT] = true},
    [USHER_AGENT_SIGNED_OUT] = {[USHER_AGENT_NOT_READY] = true},
    [USHER_AGENT_READY] = {[USHER_AGENT_SIGNED_OUT] = true, [USHER_AGENT_NOT_READY] = true},
    [USHER_AGENT_NOT_READY] = {[USHER_AGENT_SIGNED_OUT] = true,
                               [USHER_AGENT_READY] = true,
                               [USHER_AGENT_NOT_READY] = true},
};

static const char *const state_names[USHER_AGENT_STATE_COUNT] = {
    [USHER_AGENT_NONE] = "",
    [USHER_AGENT_SIGNED_OUT] = "signed_out",
    [USHER_AGENT_READY] = "ready",
    [USHER_AGENT_NOT_READY] = "not_ready",
};

static const char *const desk_names[USHER_DESK_STATE_COUNT] = {
    [USHER_DESK_NONE] = "none",
    [USHER_DESK_CONNECTED] = "connected",
    [USHER_DESK_LOST] = "lost",
};

static const char *const phone_names[USHER_PHONE_STATE_COUNT] = {
    [USHER_PHONE_NONE] = "",
    [USHER_PHONE_IDLE] = "idle",
    [USHER_PHONE_BUSY] = "busy",
    [USHER_PHONE_UNREACHABLE] = "unreachable",
};

bool usher_agent_move(struct usher_agent *agent, enum usher_agent_state to, int64_t now_ms)
{
    if (!moves[agent->state][to])
        return false;
    agent->state = to;
    agent->since_ms = now_ms;
    return true;
}

bool usher_agent_is_serving(const struct usher_agent *agent)
{
    return agent->state == USHER_AGENT_READY && agent->leaving_to == USHER_AGENT_NONE;
}

bool usher_agent_can_take(const struct usher_agent *agent, enum usher_channel channel)
{
    return agent->cap[channel] > 0 && (agent->phone[0] || !usher_channel_is_phone(channel));
}

struct usher_text usher_agent_state_name(enum usher_agent_state state)
{
    return usher_text_of(state_names[state]);
}

enum usher_agent_state usher_agent_state_find(struct usher_text name)
{
    for (enum usher_agent_state state = USHER_AGENT_SIGNED_OUT; state < USHER_AGENT_STATE_COUNT;
         state++)
        if (usher_text_is_equal(name, usher_text_of(state_names[state])))
            return state;
    return USHER_AGENT_NONE;
}

int64_t usher_agent_next_ms(const struct usher_agent *agent)
{
    const int64_t times[] = {agent->phone_until_ms, agent->desk_until_ms, agent->away_until_ms};
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < USHER_COUNT_OF(times); i++)
        if (times[i] != 0 && times[i] < next_ms)
            next_ms = times[i];
    return next_ms;
}

bool usher_agent_has_desk_for(const struct usher_agent *agent, enum usher_channel channel)
{
    return agent->desk_state != USHER_DESK_LOST || channel == USHER_CHANNEL_VOICE;
}

struct usher_text usher_desk_state_name(enum usher_desk_state state)
{
    return usher_text_of(desk_names[state]);
}

enum usher_desk_state usher_desk_state_find(struct usher_text name)
{
    enum usher_desk_state state = USHER_DESK_NONE;
    while (state < USHER_DESK_STATE_COUNT &&
           !usher_text_is_equal(name, usher_text_of(desk_names[state])))
        state++;
    return state;
}

struct usher_text usher_phone_state_name(enum usher_phone_state state)
{
    return usher_text_of(phone_names[state]);
}

enum usher_phone_state usher_phone_state_find(struct usher_text name)
{
    for (enum usher_phone_state state = USHER_PHONE_IDLE; state < USHER_PHONE_STATE_COUNT; state++)
        if (usher_text_is_equal(name, usher_text_of(phone_names[state])))
            return state;
    return USHER_PHONE_NONE;
}
