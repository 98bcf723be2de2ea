/* Events that several commands and deadlines share. */
#include "engine/moves.h"

#include "engine/dispatch.h"
#include "engine/promise.h"

struct usher_event usher_event_about(enum usher_event_kind kind,
                                     const struct usher_contact *contact)
{
    struct usher_event event = {.kind = kind};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact->id));
    if (contact->agent)
        USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(contact->agent->id));
    return event;
}

struct usher_event usher_event_of_agent(enum usher_event_kind kind, const struct usher_agent *agent)
{
    struct usher_event event = {.kind = kind};
    USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    return event;
}

void usher_event_add_offer(struct usher_event *event, const struct usher_contact *contact,
                           char room[USHER_NUMBER_SIZE])
{
    USHER_FIELDS_SET(&event->fields, OFFER, offer, usher_number_write(contact->offer, room));
}

void usher_withdraw_offer(struct usher_engine *engine, struct usher_contact *contact,
                          const char *reason, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_event event = usher_event_about(USHER_EVENT_OFFER_WITHDRAWN, contact);
    usher_event_add_offer(&event, contact, room);
    USHER_FIELDS_SET(&event.fields, REASON, reason, usher_text_of(reason));
    usher_engine_emit(engine, &event, now_ms);
}

void usher_withdraw_offers(struct usher_engine *engine, const struct usher_agent *agent,
                           const char *reason, int64_t now_ms)
{
    usher_list_for_each_safe (node, &agent->contacts) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_agent);
        if (usher_contact_state_is_offer(contact->state))
            usher_withdraw_offer(engine, contact, reason, now_ms);
    }
}

/* He seems to be away: what is open with him yet is not left to ring out. */
static void send_away(struct usher_engine *engine, struct usher_agent *agent, int64_t lasts_ms,
                      int64_t now_ms)
{
    struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_NOT_READY, agent);
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT(USHER_RING_NO_ANSWER));
    if (lasts_ms > 0)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, now_ms + lasts_ms);
    usher_engine_emit(engine, &event, now_ms);
    usher_withdraw_offers(engine, agent, "not_ready", now_ms);
    usher_dispatch_all(engine, now_ms);
}

/* Leaves the phone alone for a while. What a PBX has told of it lasts until the PBX's next word. */
static void rest_phone(struct usher_engine *engine, struct usher_agent *agent,
                       enum usher_phone_state state, int64_t now_ms)
{
    bool is_told = agent->phone_state != USHER_PHONE_IDLE && agent->phone_until_ms == 0;
    if (is_told)
        return;
    struct usher_event event = usher_event_of_agent(USHER_EVENT_AGENT_PHONE, agent);
    USHER_FIELDS_SET(&event.fields, STATE, state, usher_phone_state_name(state));
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, now_ms + USHER_PHONE_REST_MS);
    usher_engine_emit(engine, &event, now_ms);
}

/* What an offer that came to nothing says about the agent; `missed` is the rule of its queue, NULL
 * when it did not ring out. */
static void judge_agent(struct usher_engine *engine, struct usher_agent *agent,
                        const struct usher_missed_rule *missed, struct usher_text reason,
                        int64_t now_ms)
{
    if (missed && missed->count_max > 0 && agent->missed_count >= missed->count_max &&
        agent->state == USHER_AGENT_READY)
        send_away(engine, agent, missed->lasts_ms, now_ms);
    else if (usher_text_is_equal(reason, USHER_TEXT("busy")))
        rest_phone(engine, agent, USHER_PHONE_BUSY, now_ms);
    else if (usher_text_is_equal(reason, USHER_TEXT("unreachable")))
        rest_phone(engine, agent, USHER_PHONE_UNREACHABLE, now_ms);
}

void usher_end_offer(struct usher_engine *engine, struct usher_contact *contact,
                     enum usher_event_kind kind, struct usher_text reason, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_agent *agent = contact->agent;
    const struct usher_missed_rule *missed = &engine->floor.rules->queues[contact->queue].missed;
    int missed_before = agent->missed_count;
    struct usher_event event = usher_event_about(kind, contact);
    usher_event_add_offer(&event, contact, room);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, now_ms + USHER_COOL_DOWN_MS);
    if (reason.at)
        USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    usher_engine_emit(engine, &event, now_ms);
    /* What a phone is found to be, the PBX says; a desk's reason is the agent's own words. */
    bool is_of_phone = kind == USHER_EVENT_OFFER_FAILED;
    judge_agent(engine, agent, agent->missed_count > missed_before ? missed : NULL,
                is_of_phone ? reason : USHER_NO_TEXT, now_ms);
    /* The agent first: whoever else waits for him may come before this contact. */
    usher_dispatch_agent(engine, agent, now_ms);
    usher_dispatch_contact(engine, contact, now_ms);
    usher_promise_tell(engine, contact, now_ms);
}

void usher_finish_contact(struct usher_engine *engine, struct usher_contact *contact,
                          struct usher_text reason, struct usher_text disposition, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_DONE, contact);
    USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    if (disposition.at)
        USHER_FIELDS_SET(&event.fields, DISPOSITION, disposition, disposition);
    usher_event_add_customer(&event, engine, contact);
    usher_engine_emit(engine, &event, now_ms);
    if (agent)
        usher_dispatch_agent(engine, agent, now_ms);
}

void usher_end_talk(struct usher_engine *engine, struct usher_contact *contact,
                    struct usher_text reason, int64_t now_ms)
{
    int64_t wrap_up_ms = engine->floor.rules->queues[contact->queue].wrap_up_ms;
    if (wrap_up_ms == 0) {
        usher_finish_contact(engine, contact, reason, USHER_NO_TEXT, now_ms);
        return;
    }
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_WRAPPING, contact);
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, now_ms + wrap_up_ms);
    USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_end_wrap_up(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    bool is_missing = contact->state == USHER_CONTACT_WRAPPING &&
                      engine->floor.rules->queues[contact->queue].needs_disposition;
    usher_finish_contact(engine, contact, USHER_TEXT("served"),
                         is_missing ? USHER_TEXT(USHER_NO_DISPOSITION) : USHER_NO_TEXT, now_ms);
}

void usher_abandon_contact(struct usher_engine *engine, struct usher_contact *contact,
                           struct usher_text reason, int64_t now_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_agent *agent = contact->agent;
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_ABANDONED, contact);
    if (agent)
        usher_event_add_offer(&event, contact, room);
    if (reason.at)
        USHER_FIELDS_SET(&event.fields, REASON, reason, reason);
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms, usher_contact_waited_ms(contact, now_ms));
    usher_event_add_customer(&event, engine, contact);
    usher_promise_judge(&event, contact, now_ms);
    usher_engine_emit(engine, &event, now_ms);
    if (agent)
        usher_dispatch_agent(engine, agent, now_ms);
}

void usher_close_contact(struct usher_engine *engine, struct usher_contact *contact,
                         const char *reason, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    if (contact->is_ours && usher_contact_state_is_offer(contact->state)) {
        usher_withdraw_offer(engine, contact, reason, now_ms);
        usher_dispatch_agent(engine, agent, now_ms);
        usher_dispatch_contact(engine, contact, now_ms);
        return;
    }
    if (contact->is_ours && !(contact->has_ringer && usher_contact_state_is_talk(contact->state)))
        return;
    switch (contact->state) {
    case USHER_CONTACT_WAITING:
    case USHER_CONTACT_OFFERED:
    case USHER_CONTACT_RINGING:
        usher_abandon_contact(engine, contact, usher_text_of(reason), now_ms);
        break;
    case USHER_CONTACT_TALKING:
    case USHER_CONTACT_HELD:
        usher_end_talk(engine, contact, usher_text_of(reason), now_ms);
        break;
    case USHER_CONTACT_WRAPPING: /* the agent's work goes on without the PBX */
    case USHER_CONTACT_SCHEDULED:
    case USHER_CONTACT_NONE:
    case USHER_CONTACT_DONE:
    case USHER_CONTACT_ABANDONED:
    case USHER_CONTACT_EXPIRED:
    case USHER_CONTACT_OVERFLOWED:
    case USHER_CONTACT_STATE_COUNT:
        break;
    }
}
