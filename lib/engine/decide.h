/* decide: (state, command, now) -> events. For the engine's own files. */
#ifndef USHER_ENGINE_DECIDE_H
#define USHER_ENGINE_DECIDE_H

#include "engine/state.h"

/* A command that is being decided. */
struct usher_request {
    struct usher_engine *engine;
    const struct usher_command *command;
    int64_t now_ms;
    struct usher_answer *answer;
};

/* Each either emits what follows from the command, or fills the answer and changes nothing. */
typedef enum usher_error (*usher_decide)(struct usher_request *request);

enum usher_error usher_decide_contact_arrive(struct usher_request *request);
enum usher_error usher_decide_contact_schedule(struct usher_request *request);
enum usher_error usher_decide_contact_callback(struct usher_request *request);
enum usher_error usher_decide_contact_follow_up(struct usher_request *request);
enum usher_error usher_decide_contact_cancel(struct usher_request *request);
enum usher_error usher_decide_contact_abandon(struct usher_request *request);
enum usher_error usher_decide_contact_hold(struct usher_request *request);
enum usher_error usher_decide_contact_resume(struct usher_request *request);
enum usher_error usher_decide_contact_end(struct usher_request *request);
enum usher_error usher_decide_contact_note(struct usher_request *request);
enum usher_error usher_decide_contact_move(struct usher_request *request);
enum usher_error usher_decide_contact_prioritise(struct usher_request *request);
enum usher_error usher_decide_contact_transfer(struct usher_request *request);
enum usher_error usher_decide_contact_wrap_up(struct usher_request *request);
enum usher_error usher_decide_contact_extend(struct usher_request *request);
enum usher_error usher_decide_contact_vanish(struct usher_request *request);
enum usher_error usher_decide_contact_ring(struct usher_request *request);
enum usher_error usher_decide_contact_answer(struct usher_request *request);
enum usher_error usher_decide_contact_fail(struct usher_request *request);
enum usher_error usher_decide_customer_erase(struct usher_request *request);
enum usher_error usher_decide_offer_accept(struct usher_request *request);
enum usher_error usher_decide_offer_decline(struct usher_request *request);
enum usher_error usher_decide_agent_sign_in(struct usher_request *request);
enum usher_error usher_decide_agent_ready(struct usher_request *request);
enum usher_error usher_decide_agent_not_ready(struct usher_request *request);
enum usher_error usher_decide_agent_sign_out(struct usher_request *request);
enum usher_error usher_decide_agent_force(struct usher_request *request);
enum usher_error usher_decide_agent_phone(struct usher_request *request);
enum usher_error usher_decide_profile_set(struct usher_request *request);
enum usher_error usher_decide_queue_open(struct usher_request *request);
enum usher_error usher_decide_queue_close(struct usher_request *request);
enum usher_error usher_decide_switch_set(struct usher_request *request);
enum usher_error usher_decide_rules_load(struct usher_request *request);
enum usher_error usher_decide_router_start(struct usher_request *request);
enum usher_error usher_decide_router_beat(struct usher_request *request);
enum usher_error usher_decide_router_stop(struct usher_request *request);
enum usher_error usher_decide_router_yield(struct usher_request *request);
enum usher_error usher_decide_router_set_outage(struct usher_request *request);
enum usher_error usher_decide_journal_lose(struct usher_request *request);
enum usher_error usher_decide_link_lose(struct usher_request *request);
enum usher_error usher_decide_link_regain(struct usher_request *request);
enum usher_error usher_decide_desk_lose(struct usher_request *request);
enum usher_error usher_decide_desk_regain(struct usher_request *request);

/* Where a contact that may be taken in belongs. */
struct usher_admission {
    enum usher_channel channel;
    size_t queue;
    size_t tier;
    size_t notice; /* of the route; USHER_NOTICE_NONE */
};
/* decide_arrive.c: whether the contact `id` of an arrival or a booking may be taken in, as far as
 * the request's fields and the site's limits go: the queue is named or found by the rules. */
enum usher_error usher_admit(struct usher_request *request, struct usher_text id,
                             struct usher_admission *admission);

/* The same file: adds to the event of the arrival or booking whose contact it is and what is
 * remembered of him, and tells customer.known before it. `room` must live until it is emitted. */
void usher_admit_known(struct usher_request *request, struct usher_event *event, size_t queue,
                       char room[USHER_CUSTOMER_MAX]);

/* requests.c: finds what the command names and checks that the client may touch it. NULL with the
 * answer filled. */
struct usher_contact *usher_request_contact(struct usher_request *request);
struct usher_agent *usher_request_agent(struct usher_request *request);
/* The full id of the command's contact, in `room`. False with the answer filled. */
USHER_MUST_USE bool usher_request_contact_id(struct usher_request *request,
                                             char room[USHER_CONTACT_ID_MAX + 1],
                                             struct usher_text *id);
/* "lunch, training", as far as it fits into `room`. */
void usher_request_list(const struct usher_text *list, size_t count, char *room, size_t size);
/* WRONG_STATE, with the contact's state and `hint`. */
enum usher_error usher_request_wrong_state(struct usher_request *request,
                                           const struct usher_contact *contact, const char *hint);

#endif
