/* Deadlines: what happens when a lease passes. Every lease stands in one heap; equal times fire in
 * the order of arrival, contacts before agents before openings of classes before links before
 * announcements. */
#include "engine/dispatch.h"
#include "engine/later.h"
#include "engine/leave.h"
#include "engine/moves.h"
#include "engine/promise.h"

/* `deaf_reason`: why nobody could be heard until now; NULL when that is not so. */
static void fire_offer(struct usher_engine *engine, struct usher_contact *contact,
                       const char *deaf_reason, int64_t now_ms)
{
    struct usher_agent *agent = contact->agent;
    if (engine->clients.list[contact->client].is_lost)
        deaf_reason = "link_lost";
    else if (!deaf_reason && agent->desk_state == USHER_DESK_LOST &&
             !usher_contact_is_rung(contact))
        deaf_reason = USHER_DESK_IS_LOST;
    if (!deaf_reason) {
        usher_end_offer(engine, contact, USHER_EVENT_OFFER_EXPIRED, USHER_NO_TEXT, now_ms);
        return;
    }
    usher_withdraw_offer(engine, contact, deaf_reason, now_ms);
    usher_dispatch_agent(engine, agent, now_ms);
    usher_dispatch_contact(engine, contact, now_ms);
}

static void fire_contact(struct usher_engine *engine, struct usher_contact *contact,
                         const char *deaf_reason, int64_t now_ms)
{
    switch (contact->state) {
    case USHER_CONTACT_OFFERED:
    case USHER_CONTACT_RINGING:
        fire_offer(engine, contact, deaf_reason, now_ms);
        break;
    case USHER_CONTACT_WRAPPING:
        usher_end_wrap_up(engine, contact, now_ms);
        break;
    case USHER_CONTACT_WAITING: /* a cool-down or the PBX's second has passed */
        if (usher_contact_is_over(contact, now_ms)) {
            usher_later_expire(engine, contact, now_ms);
            break;
        }
        if (contact->call_until_ms != 0 && contact->call_until_ms <= now_ms) {
            usher_later_rest(engine, contact, now_ms);
            break;
        }
        if (usher_leave_if_due(engine, contact, now_ms))
            break;
        usher_engine_place_contact(engine, contact, now_ms);
        usher_dispatch_contact(engine, contact, now_ms);
        break;
    case USHER_CONTACT_SCHEDULED:
        usher_later_wake(engine, contact, now_ms);
        break;
    case USHER_CONTACT_TALKING:
    case USHER_CONTACT_HELD:
    case USHER_CONTACT_NONE:
    case USHER_CONTACT_DONE:
    case USHER_CONTACT_ABANDONED:
    case USHER_CONTACT_EXPIRED:
    case USHER_CONTACT_OVERFLOWED:
    case USHER_CONTACT_STATE_COUNT:
        usher_heap_remove(&engine->deadlines, &contact->lease);
        break;
    }
}

/* Some have waited so long that more agents may be asked for them. */
static void fire_opening(struct usher_engine *engine, struct usher_class *class, int64_t now_ms)
{
    struct usher_contact *one = NULL;
    size_t count = usher_class_open(class, now_ms, &one);
    usher_engine_place_class(engine, class);
    if (count == 1)
        usher_dispatch_contact(engine, one, now_ms);
    else if (count > 1)
        usher_dispatch_all(engine, now_ms);
}

/* One of the agent's leases has passed: the event takes it away. */
static void fire_agent(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms)
{
    bool is_phone = agent->phone_until_ms == usher_agent_next_ms(agent);
    if (!is_phone && agent->desk_until_ms == usher_agent_next_ms(agent)) {
        usher_give_up_desk(engine, agent, now_ms);
        return;
    }
    struct usher_event event =
        usher_event_of_agent(is_phone ? USHER_EVENT_AGENT_PHONE : USHER_EVENT_AGENT_READY, agent);
    if (is_phone)
        USHER_FIELDS_SET(&event.fields, STATE, state, usher_phone_state_name(USHER_PHONE_IDLE));
    usher_engine_emit(engine, &event, now_ms);
    usher_dispatch_agent(engine, agent, now_ms);
}

/* The PBX did not come back in time: its calls are taken for gone. */
static void fire_client(struct usher_engine *engine, struct usher_client *client, int64_t now_ms)
{
    size_t count = 0;
    usher_heap_remove(&engine->deadlines, &client->lease);
    usher_list_for_each (node, &client->contacts)
        count++;
    /* Each once: what a desk is offered again meanwhile joins the list at its end. */
    usher_list_for_each_safe (node, &client->contacts) {
        if (count-- == 0)
            break;
        usher_close_contact(engine, usher_list_entry(node, struct usher_contact, of_client),
                            USHER_LINK_LOST, now_ms);
    }
}

static void fire_class(struct usher_engine *engine, struct usher_class *class, int64_t now_ms)
{
    usher_heap_remove(&engine->deadlines, &class->announcing);
    usher_promise_tell_class(engine, class, now_ms);
}

static void pass(struct usher_engine *engine, const char *deaf_reason, int64_t now_ms)
{
    struct usher_heap_node *node;
    engine->cause = NULL;
    if (!engine->floor.rules)
        return;
    usher_site_review(engine, now_ms);
    while ((node = usher_heap_first(&engine->deadlines)) && node->at_ms <= now_ms) {
        if (node->tie < UINT64_C(1) << 62)
            fire_contact(engine, usher_container_of(node, struct usher_contact, lease), deaf_reason,
                         now_ms);
        else if (node->tie >= USHER_CLASS_TIE && node->tie < UINT64_C(1) << 63)
            fire_opening(engine, usher_container_of(node, struct usher_class, opening), now_ms);
        else if (node->tie < UINT64_C(1) << 63)
            fire_agent(engine, usher_container_of(node, struct usher_agent, lease), now_ms);
        else if (node->tie < USHER_ANNOUNCE_TIE)
            fire_client(engine, usher_container_of(node, struct usher_client, lease), now_ms);
        else
            fire_class(engine, usher_container_of(node, struct usher_class, announcing), now_ms);
        usher_let_leave(engine, now_ms);
    }
}

void usher_engine_pass_time(struct usher_engine *engine, int64_t now_ms)
{
    pass(engine, NULL, now_ms);
}

void usher_engine_pass_outage(struct usher_engine *engine, int64_t now_ms)
{
    pass(engine, "outage", now_ms);
}

int64_t usher_engine_next_deadline_ms(const struct usher_engine *engine)
{
    const struct usher_heap_node *node = usher_heap_first(&engine->deadlines);
    int64_t site_ms = usher_site_next_ms(engine);
    if (!engine->floor.rules)
        return INT64_MAX;
    return node && node->at_ms < site_ms ? node->at_ms : site_ms;
}
