/* Agents: their shifts and breaks, and coming back after an offer that they missed. */
#include "simulate/day_state.h"

#define DAY_MS INT64_C(86400000)

static void send(struct usher_sim *sim, const struct usher_sim_agent *agent,
                 enum usher_command_kind kind, bool is_after)
{
    struct usher_command command = {.kind = kind,
                                    .role = USHER_ROLE_DESK,
                                    .client = USHER_TEXT("desk"),
                                    .own_agent = usher_text_of(agent->id)};
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(agent->id));
    if (is_after)
        USHER_FIELDS_SET(&command.fields, MODE, mode, USHER_TEXT("after"));
    usher_sim_send(sim, &command);
}

static int64_t length_of(const struct usher_sim *sim, const struct usher_traffic_crew *crew)
{
    return crew->ends_ms == INT64_MAX ? sim->traffic->day_ms : crew->ends_ms - crew->begins_ms;
}

/* The next break, somewhere in the middle of its part of the shift; then the shift's end. */
static void plan(struct usher_sim *sim, struct usher_sim_agent *agent)
{
    const struct usher_traffic_crew *crew = agent->crew;
    int64_t length_ms = length_of(sim, crew);
    int64_t at_ms = -1;
    while (at_ms < 0 && agent->breaks_left > 0) {
        double part = (double)length_ms / (double)crew->breaks;
        double at = (double)(crew->breaks - agent->breaks_left) + .25 +
                    .5 * usher_chance_uniform(&agent->chance);
        at_ms = agent->begins_ms + (int64_t)(part * at);
        agent->breaks_left -= at_ms < 0; /* it was before the day began */
    }
    if (agent->breaks_left == 0 && crew->ends_ms == INT64_MAX)
        return;
    if (agent->breaks_left == 0)
        at_ms = agent->begins_ms + length_ms;
    at_ms += sim->begins_ms;
    usher_sim_set(sim, &agent->shift, at_ms > sim->now_ms ? at_ms : sim->now_ms);
}

/* Waits for the agent's next shift, if there is one. */
static void plan_shift(struct usher_sim *sim, struct usher_sim_agent *agent)
{
    int64_t at_ms = sim->begins_ms + agent->begins_ms;
    agent->breaks_left = agent->crew->breaks;
    if (agent->begins_ms < sim->traffic->day_ms)
        usher_sim_set(sim, &agent->shift, at_ms > sim->now_ms ? at_ms : sim->now_ms);
}

void usher_sim_agent_start(struct usher_sim *sim, struct usher_sim_agent *agent)
{
    const struct usher_traffic_crew *crew = agent->crew;
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET, .role = USHER_ROLE_ROUTER};
    agent->begins_ms = crew->begins_ms;
    agent->shift = (struct usher_timer){.kind = USHER_TIMER_AGENT, .owner = agent};
    agent->returns = (struct usher_timer){.kind = USHER_TIMER_AGENT_RETURNS, .owner = agent};
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(&command.fields, SKILLS, skills, crew->skills);
    USHER_FIELDS_SET(&command.fields, PHONE, phone, USHER_TEXT("sip:agent"));
    if (crew->capacity.at)
        USHER_FIELDS_SET(&command.fields, CAPACITY, capacity, crew->capacity);
    usher_sim_send(sim, &command);
    plan_shift(sim, agent);
}

static void go_on(struct usher_sim *sim, struct usher_sim_agent *agent)
{
    if (!agent->is_there) {
        agent->is_there = true;
        send(sim, agent, USHER_COMMAND_AGENT_READY, false);
        plan(sim, agent);
    } else if (agent->wants_break) { /* and has had it */
        agent->wants_break = false;
        send(sim, agent, USHER_COMMAND_AGENT_READY, false);
        plan(sim, agent);
    } else if (agent->breaks_left > 0) {
        agent->breaks_left--;
        agent->wants_break = true;
        usher_heap_remove(&sim->timers, &agent->returns.node);
        send(sim, agent, USHER_COMMAND_AGENT_NOT_READY, true);
    } else {
        agent->is_there = false;
        usher_heap_remove(&sim->timers, &agent->returns.node);
        send(sim, agent, USHER_COMMAND_AGENT_SIGN_OUT, true);
        agent->begins_ms += DAY_MS;
        plan_shift(sim, agent);
    }
}

void usher_sim_agent_fire(struct usher_sim *sim, struct usher_sim_agent *agent,
                          enum usher_timer_kind kind)
{
    if (kind == USHER_TIMER_AGENT)
        go_on(sim, agent);
    else
        send(sim, agent, USHER_COMMAND_AGENT_READY, false);
}

void usher_sim_agent_hear(struct usher_sim *sim, struct usher_sim_agent *agent,
                          const struct usher_event *event)
{
    if (event->kind != USHER_EVENT_AGENT_NOT_READY)
        return;
    if (agent->wants_break)
        usher_sim_set(sim, &agent->shift, sim->now_ms + agent->crew->break_ms);
    else if (agent->is_there)
        usher_sim_set(sim, &agent->returns, sim->now_ms + agent->crew->returns_ms);
}
