/* Commands about offers: what the PBX says of a ringing phone, what the desk says. */
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/later.h"
#include "engine/moves.h"
#include "engine/promise.h"

/* What a PBX's command names: an offer of a contact. */
struct named_offer {
    struct usher_contact *contact;
    struct usher_number n;
    char text[USHER_NUMBER_SIZE];
    bool is_open;  /* it is the contact's open one */
    bool is_taken; /* its agent and the contact talk */
};

/* False with the answer filled. */
static bool find(struct usher_request *request, struct named_offer *named)
{
    struct usher_contact *contact = named->contact = usher_request_contact(request);
    if (!contact)
        return false;
    if (!usher_number_read(request->command->fields.offer, &named->n)) {
        usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                         "`offer` must be an offer's number: epoch-seq");
        return false;
    }
    bool is_its_offer = usher_number_compare(contact->offer, named->n) == 0;
    named->is_open = is_its_offer && usher_contact_state_is_offer(contact->state);
    named->is_taken = is_its_offer && usher_contact_state_is_talk(contact->state);
    return true;
}

static enum usher_error stale(struct usher_request *request)
{
    return usher_answer_set(request->answer, USHER_ERROR_STALE_OFFER,
                            "the offer is over or another's");
}

enum usher_error usher_decide_contact_ring(struct usher_request *request)
{
    struct named_offer named;
    if (!find(request, &named))
        return request->answer->error;
    struct usher_contact *contact = named.contact;
    if (named.is_taken)
        return USHER_OK; /* the PBX's words may overtake each other */
    if (!named.is_open)
        return stale(request);
    if (contact->state == USHER_CONTACT_RINGING)
        return USHER_OK;
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_RINGING, contact);
    usher_event_add_offer(&event, contact, named.text);
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}

/* Whose phone answered: the command's agent, else that of the open or last offer. NULL with the
 * answer filled. */
static struct usher_agent *answering(struct usher_request *request, const struct named_offer *named)
{
    const struct usher_contact *contact = named->contact;
    if (request->command->fields.agent.at)
        return usher_request_agent(request);
    if (usher_number_compare(contact->offer, named->n) == 0 && contact->last_agent != UINT32_MAX)
        return &request->engine->floor.agents[contact->last_agent];
    stale(request);
    return NULL;
}

/* The PBX is right: open offers that the answer makes void are taken back. */
static void make_way(struct usher_request *request, struct usher_contact *contact,
                     struct usher_agent *agent)
{
    struct usher_engine *engine = request->engine;
    if (contact->agent)
        usher_withdraw_offer(engine, contact, "answered_elsewhere", request->now_ms);
    usher_list_for_each_safe (node, &agent->contacts) {
        struct usher_contact *other = usher_list_entry(node, struct usher_contact, of_agent);
        if (usher_contact_state_is_offer(other->state) &&
            !usher_floor_has_room(&engine->floor, agent, contact->channel))
            usher_withdraw_offer(engine, other, "agent_busy", request->now_ms);
    }
}

enum usher_error usher_decide_contact_answer(struct usher_request *request)
{
    struct named_offer named;
    if (!find(request, &named))
        return request->answer->error;
    struct usher_contact *contact = named.contact;
    if (named.is_taken)
        return USHER_OK;
    if (contact->state != USHER_CONTACT_WAITING && !usher_contact_state_is_offer(contact->state))
        return usher_request_wrong_state(request, contact, "an agent has answered it before");
    if (contact->is_ours && !named.is_open)
        return stale(request); /* no customer is on that line yet */
    struct usher_agent *agent = answering(request, &named);
    if (!agent)
        return request->answer->error;
    bool is_other = !named.is_open || contact->agent != agent;
    if (is_other)
        make_way(request, contact, agent);
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_ANSWERED, contact);
    USHER_FIELDS_SET(&event.fields, OFFER, offer, usher_number_write(named.n, named.text));
    USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms,
                     usher_contact_waited_ms(contact, request->now_ms));
    usher_event_add_customer(&event, request->engine, contact);
    usher_promise_judge(&event, contact, request->now_ms);
    usher_engine_emit(request->engine, &event, request->now_ms);
    /* In a full list of its calls the PBX tells of talks: there the customer is on the line. */
    if (contact->is_ours && contact->has_ringer && !request->engine->holds_offers)
        usher_later_dial(request->engine, contact, request->now_ms);
    if (is_other)
        usher_dispatch_all(request->engine, request->now_ms);
    return USHER_OK;
}

static bool is_reason(struct usher_text reason)
{
    static const char *const reasons[] = {"busy", "no_answer", "rejected", "unreachable", "error"};
    for (size_t i = 0; i < USHER_COUNT_OF(reasons); i++)
        if (usher_text_is_equal(reason, usher_text_of(reasons[i])))
            return true;
    return false;
}

enum usher_error usher_decide_contact_fail(struct usher_request *request)
{
    struct named_offer named;
    if (!find(request, &named))
        return request->answer->error;
    struct usher_contact *contact = named.contact;
    if (!is_reason(request->command->fields.reason))
        return usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                                "`reason` must be busy, no_answer, rejected, unreachable or error");
    bool is_of_customer = contact->is_ours
                              ? named.is_taken && usher_channel_is_phone(contact->channel)
                              : contact->state != USHER_CONTACT_WRAPPING &&
                                    usher_contact_is_dialled(contact, named.n);
    if (is_of_customer) {
        usher_later_miss(request->engine, contact, request->command->fields.reason,
                         request->now_ms);
        return USHER_OK;
    }
    if (request->command->role == USHER_ROLE_DESK)
        return usher_request_wrong_state(request, contact,
                                         "a desk tells of customers it could not reach; "
                                         "offer.decline refuses an offer");
    if (named.is_open) {
        usher_end_offer(request->engine, contact, USHER_EVENT_OFFER_FAILED,
                        request->command->fields.reason, request->now_ms);
        return USHER_OK;
    }
    bool is_settling = contact->state == USHER_CONTACT_WAITING &&
                       contact->settle_until_ms > request->now_ms &&
                       usher_number_compare(contact->offer, named.n) == 0;
    if (!is_settling)
        return stale(request);
    struct usher_event event = usher_event_about(USHER_EVENT_OFFER_SETTLED, contact);
    usher_event_add_offer(&event, contact, named.text);
    usher_engine_emit(request->engine, &event, request->now_ms);
    usher_dispatch_contact(request->engine, contact, request->now_ms);
    return USHER_OK;
}

/* The contact of a desk's command, if the offer is open. */
static struct usher_contact *find_open(struct usher_request *request)
{
    struct usher_agent *agent = usher_request_agent(request);
    if (!agent)
        return NULL;
    struct usher_contact *contact = usher_engine_offer(agent, request->command->fields.offer);
    if (!contact)
        stale(request);
    return contact;
}

enum usher_error usher_decide_offer_accept(struct usher_request *request)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_contact *contact = find_open(request);
    if (!contact)
        return request->answer->error;
    if (usher_contact_state_is_talk(contact->state))
        return USHER_OK;
    if (!usher_contact_state_is_offer(contact->state))
        return usher_request_wrong_state(request, contact, "the offer was taken before");
    if (usher_contact_is_rung(contact))
        return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE,
                                "the offer says accept: phone; the phone's answer accepts it");
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_ANSWERED, contact);
    usher_event_add_offer(&event, contact, room);
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms,
                     usher_contact_waited_ms(contact, request->now_ms));
    usher_event_add_customer(&event, request->engine, contact);
    usher_promise_judge(&event, contact, request->now_ms);
    usher_engine_emit(request->engine, &event, request->now_ms);
    if (contact->is_ours && contact->channel == USHER_CHANNEL_OUTBOUND)
        usher_later_dial_preview(request->engine, contact, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_offer_decline(struct usher_request *request)
{
    struct usher_contact *contact = find_open(request);
    if (!contact)
        return request->answer->error;
    if (!usher_contact_state_is_offer(contact->state))
        return usher_request_wrong_state(request, contact, "only an open offer can be declined");
    usher_end_offer(request->engine, contact, USHER_EVENT_OFFER_DECLINED,
                    request->command->fields.reason, request->now_ms);
    return USHER_OK;
}
