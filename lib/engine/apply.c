/* apply: (state, event) -> state. A table of small functions, one an event. What holds for every
 * event stands here: numbers follow each other without a gap, the time is taken, and the command
 * that caused it is remembered. */
#include "engine/state.h"

static const usher_apply table[USHER_EVENT_COUNT] = {
    [USHER_EVENT_ROUTER_STARTED] = usher_apply_router_started,
    [USHER_EVENT_ROUTER_HEARTBEAT] = usher_apply_router,
    [USHER_EVENT_ROUTER_STOPPED] = usher_apply_router,
    [USHER_EVENT_ROUTER_YIELDED] = usher_apply_router,
    [USHER_EVENT_ROUTER_OUTAGE] = usher_apply_router_outage,
    [USHER_EVENT_JOURNAL_LOST] = usher_apply_router,
    [USHER_EVENT_RULES_LOADED] = usher_apply_rules_loaded,
    [USHER_EVENT_QUEUE_CLOSED] = usher_apply_queue_closed,
    [USHER_EVENT_QUEUE_OPENED] = usher_apply_queue_opened,
    [USHER_EVENT_SWITCH_SET] = usher_apply_switch_set,
    [USHER_EVENT_LINK_LOST] = usher_apply_link_lost,
    [USHER_EVENT_LINK_REGAINED] = usher_apply_link_regained,
    [USHER_EVENT_AGENT_PROFILED] = usher_apply_agent_profiled,
    [USHER_EVENT_AGENT_SIGNED_IN] = usher_apply_agent_signed_in,
    [USHER_EVENT_AGENT_READY] = usher_apply_agent_ready,
    [USHER_EVENT_AGENT_NOT_READY] = usher_apply_agent_not_ready,
    [USHER_EVENT_AGENT_LEAVING] = usher_apply_agent_leaving,
    [USHER_EVENT_AGENT_SIGNED_OUT] = usher_apply_agent_signed_out,
    [USHER_EVENT_AGENT_DESK] = usher_apply_agent_desk,
    [USHER_EVENT_AGENT_PHONE] = usher_apply_agent_phone,
    [USHER_EVENT_CONTACT_ARRIVED] = usher_apply_contact_arrived,
    [USHER_EVENT_CONTACT_MOVED] = usher_apply_contact_moved,
    [USHER_EVENT_CONTACT_PROMISED] = usher_apply_contact_promised,
    [USHER_EVENT_CONTACT_SCHEDULED] = usher_apply_contact_scheduled,
    [USHER_EVENT_CALLBACK_OFFERED] = usher_apply_callback_offered,
    [USHER_EVENT_CONTACT_DIAL] = usher_apply_contact_dial,
    [USHER_EVENT_CONTACT_DUE] = usher_apply_contact_due,
    [USHER_EVENT_CONTACT_POSTPONED] = usher_apply_contact_postponed,
    [USHER_EVENT_CONTACT_EXPIRED] = usher_apply_contact_expired,
    [USHER_EVENT_CONTACT_TRANSFERRED] = usher_apply_contact_transferred,
    [USHER_EVENT_CONTACT_PARTED] = usher_apply_contact_parted,
    [USHER_EVENT_CONTACT_OFFERED] = usher_apply_contact_offered,
    [USHER_EVENT_CONTACT_RINGING] = usher_apply_contact_ringing,
    [USHER_EVENT_CONTACT_ANSWERED] = usher_apply_contact_answered,
    [USHER_EVENT_CONTACT_HELD] = usher_apply_contact_held,
    [USHER_EVENT_CONTACT_RESUMED] = usher_apply_contact_resumed,
    [USHER_EVENT_CONTACT_WRAPPING] = usher_apply_contact_wrapping,
    [USHER_EVENT_CONTACT_EXTENDED] = usher_apply_contact_extended,
    [USHER_EVENT_CONTACT_DONE] = usher_apply_contact_done,
    [USHER_EVENT_CONTACT_ABANDONED] = usher_apply_contact_abandoned,
    [USHER_EVENT_CONTACT_OVERFLOWED] = usher_apply_contact_overflowed,
    [USHER_EVENT_CONTACT_REFUSED] = usher_apply_contact_refused,
    [USHER_EVENT_CONTACT_NOTED] = usher_apply_contact_noted,
    [USHER_EVENT_CUSTOMER_KNOWN] = usher_apply_customer_known,
    [USHER_EVENT_CUSTOMER_ERASED] = usher_apply_customer_erased,
    [USHER_EVENT_OFFER_DECLINED] = usher_apply_offer_over,
    [USHER_EVENT_OFFER_FAILED] = usher_apply_offer_over,
    [USHER_EVENT_OFFER_EXPIRED] = usher_apply_offer_over,
    [USHER_EVENT_OFFER_WITHDRAWN] = usher_apply_offer_over,
    [USHER_EVENT_OFFER_SETTLED] = usher_apply_offer_settled,
};

static bool follows(struct usher_number n, struct usher_number last)
{
    if (n.epoch == last.epoch)
        return n.seq == last.seq + 1;
    return n.epoch > last.epoch && n.seq == 1;
}

static void remember_cause(struct usher_engine *engine, const struct usher_event *event)
{
    if (!event->fields.by.at || !event->fields.by_id.at)
        return;
    struct usher_client *client =
        usher_clients_get(&engine->clients, event->fields.by, event->at_ms);
    if (client)
        usher_client_note_done(client, event->fields.by_id, event->at_ms);
}

bool usher_engine_apply(struct usher_engine *engine, const struct usher_event *event)
{
    if (!table[event->kind] || !follows(event->n, engine->last))
        return false;
    engine->last = event->n;
    if (event->at_ms > engine->last_ms)
        engine->last_ms = event->at_ms;
    remember_cause(engine, event);
    return table[event->kind](engine, event);
}
