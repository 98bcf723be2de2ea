/* Commands about an agent's shift: there, ready, on a break, gone; now, or after the contacts in
 * hand. Talks are never cut off: who talks leaves after the talk. */
#include <string.h>

#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/moves.h"

static void emit_agent(struct usher_request *request, const struct usher_agent *agent,
                       enum usher_event_kind kind)
{
    struct usher_event event = usher_event_of_agent(kind, agent);
    usher_engine_emit(request->engine, &event, request->now_ms);
}

static bool has_talk(const struct usher_agent *agent)
{
    usher_list_for_each (node, &agent->contacts)
        if (usher_contact_state_is_talk(
                usher_list_entry(node, struct usher_contact, of_agent)->state))
            return true;
    return false;
}

/* Talks and wrap-ups: what an agent who leaves finishes first. An open offer is none of it. */
static bool has_work(const struct usher_agent *agent)
{
    usher_list_for_each (node, &agent->contacts)
        if (!usher_contact_state_is_offer(
                usher_list_entry(node, struct usher_contact, of_agent)->state))
            return true;
    return false;
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

static enum usher_error be_ready(struct usher_request *request, struct usher_agent *agent)
{
    if (usher_agent_is_serving(agent))
        return USHER_OK;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_IN);
    emit_agent(request, agent, USHER_EVENT_AGENT_READY);
    usher_dispatch_agent(request->engine, agent, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_agent_ready(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    return agent ? be_ready(request, agent) : request->answer->error;
}

/* Nothing more is offered, and what is offered is taken back; the rest when the work is done. */
static enum usher_error leave_later(struct usher_request *request, struct usher_agent *agent,
                                    enum usher_agent_state to, struct usher_text reason)
{
    if (agent->leaving_to == to &&
        usher_text_is_equal(usher_text_of(agent->leaving_reason), reason))
        return USHER_OK;
    struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_LEAVING, agent);
    USHER_FIELDS_SET(&event.fields, STATE, state, usher_agent_state_name(to));
    if (reason.length > 0)
        USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    usher_engine_emit(request->engine, &event, request->now_ms);
    usher_withdraw_offers(request->engine, agent, "leaving", request->now_ms);
    usher_dispatch_all(request->engine, request->now_ms);
    return USHER_OK;
}

/* False with the answer filled. */
static bool read_mode(struct usher_request *request, bool *is_after)
{
    struct usher_text mode = request->command->fields.mode;
    *is_after = usher_text_is_equal(mode, USHER_TEXT("after"));
    if (!mode.at || *is_after || usher_text_is_equal(mode, USHER_TEXT("now")))
        return true;
    usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD, "`mode` must be now or after");
    return false;
}

/* False with the answer filled. */
static bool check_reason(struct usher_request *request, struct usher_text reason)
{
    const struct usher_rules *rules = request->engine->floor.rules;
    char list[160];
    if (reason.length == 0 || !rules || usher_rules_has_reason(rules, reason))
        return true;
    usher_request_list(rules->not_ready, rules->not_ready_count, list, sizeof(list));
    usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                     "`reason` must be one of `not_ready` in the rules: %s", list);
    return false;
}

static enum usher_error be_not_ready(struct usher_request *request, struct usher_agent *agent,
                                     struct usher_text reason)
{
    struct usher_engine *engine = request->engine;
    if (agent->state == USHER_AGENT_NOT_READY &&
        usher_text_is_equal(usher_text_of(agent->reason), reason))
        return USHER_OK;
    struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_NOT_READY, agent);
    USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    usher_engine_emit(engine, &event, request->now_ms);
    usher_withdraw_offers(engine, agent, "not_ready", request->now_ms);
    usher_dispatch_all(engine, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_agent_not_ready(struct usher_request *request)
{
    struct usher_text reason = request->command->fields.reason;
    struct usher_agent *agent = usher_request_agent(request);
    bool is_after;
    if (!agent || !read_mode(request, &is_after))
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE,
                                "the agent is signed out; sign in first");
    if (!reason.at)
        reason = USHER_TEXT("");
    if (!check_reason(request, reason))
        return request->answer->error;
    return is_after && has_work(agent) ? leave_later(request, agent, USHER_AGENT_NOT_READY, reason)
                                       : be_not_ready(request, agent, reason);
}

/* He holds no talk. Offers are taken back, wrap-ups end. */
static void sign_out(struct usher_request *request, struct usher_agent *agent)
{
    struct usher_engine *engine = request->engine;
    emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_OUT);
    usher_withdraw_offers(engine, agent, "signed_out", request->now_ms);
    usher_list_for_each_safe (node, &agent->contacts)
        usher_end_wrap_up(engine, usher_list_entry(node, struct usher_contact, of_agent),
                          request->now_ms);
    usher_dispatch_all(engine, request->now_ms);
}

enum usher_error usher_decide_agent_sign_out(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    bool is_after;
    if (!agent || !read_mode(request, &is_after))
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return USHER_OK;
    if (is_after && has_work(agent))
        return leave_later(request, agent, USHER_AGENT_SIGNED_OUT, USHER_TEXT(""));
    if (has_talk(agent))
        return usher_answer_set(
            request->answer, USHER_ERROR_WRONG_STATE,
            "the agent talks; with `mode` after the agent is signed out after the contact");
    sign_out(request, agent);
    return USHER_OK;
}

enum usher_error usher_decide_agent_force(struct usher_request *request)
{
    struct usher_text reason = request->command->fields.reason;
    struct usher_agent *agent = usher_request_agent(request);
    enum usher_agent_state to = usher_agent_state_find(request->command->fields.state);
    if (!agent)
        return request->answer->error;
    if (to == USHER_AGENT_NONE)
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`state` must be ready, not_ready or signed_out");
    if (to == USHER_AGENT_READY)
        return be_ready(request, agent);
    if (to == USHER_AGENT_SIGNED_OUT && agent->state == USHER_AGENT_SIGNED_OUT)
        return USHER_OK;
    if (to == USHER_AGENT_SIGNED_OUT && has_talk(agent))
        return leave_later(request, agent, USHER_AGENT_SIGNED_OUT, USHER_TEXT(""));
    if (to == USHER_AGENT_SIGNED_OUT) {
        sign_out(request, agent);
        return USHER_OK;
    }
    if (!reason.at || reason.length == 0)
        reason = USHER_TEXT(USHER_FORCED);
    if (!check_reason(request, reason))
        return request->answer->error;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        emit_agent(request, agent, USHER_EVENT_AGENT_SIGNED_IN);
    return be_not_ready(request, agent, reason);
}

/* The first of those who have no contact any more, by index; NULL when there is none. */
static struct usher_agent *next_to_leave(const struct usher_engine *engine)
{
    struct usher_agent *first = NULL;
    usher_list_for_each (node, &engine->leaving) {
        struct usher_agent *agent = usher_list_entry(node, struct usher_agent, leaving);
        if (usher_list_is_empty(&agent->contacts) && (!first || agent->index < first->index))
            first = agent;
    }
    return first;
}

void usher_let_leave(struct usher_engine *engine, int64_t now_ms)
{
    struct usher_agent *agent;
    while ((agent = next_to_leave(engine))) {
        char reason[sizeof(agent->leaving_reason)];
        bool is_break = agent->leaving_to == USHER_AGENT_NOT_READY;
        struct usher_event event = usher_event_of_agent(
            is_break ? USHER_EVENT_AGENT_NOT_READY : USHER_EVENT_AGENT_SIGNED_OUT, agent);
        memcpy(reason, agent->leaving_reason, sizeof(reason));
        if (is_break)
            USHER_FIELDS_SET(&event.fields, REASON, reason, usher_text_of(reason));
        usher_engine_emit(engine, &event, now_ms);
        usher_dispatch_all(engine, now_ms);
    }
}
