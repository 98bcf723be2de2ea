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

/* later.c: work for later. */
/* The PBX that could ring an agent and then dial the customer of a contact of ours; NULL when there
 * is none, or nobody is to be dialled. */
const struct usher_client *usher_later_ringer(const struct usher_engine *engine,
                                              const struct usher_contact *contact);
/* The agent has answered the PBX that rings for the contact: it is to dial. */
void usher_later_dial(struct usher_engine *engine, const struct usher_contact *contact,
                      int64_t now_ms);
/* The agent has looked at whom to call, and wants to: a PBX that can is to ring her phone and to
 * dial. Does nothing when there is none: then she dials by hand. */
void usher_later_dial_preview(struct usher_engine *engine, const struct usher_contact *contact,
                              int64_t now_ms);
/* The customer who was dialled could not be reached, for `reason`, perhaps after a transfer: the
 * contact is tried again later, or ends after the last attempt. */
void usher_later_miss(struct usher_engine *engine, struct usher_contact *contact,
                      struct usher_text reason, int64_t now_ms);
/* Ends work of ours that no agent has begun, for this reason. It is gone afterwards. */
void usher_later_drop(struct usher_engine *engine, struct usher_contact *contact,
                      const char *reason, int64_t now_ms);
/* Ends a contact that is of no use any more. It is gone afterwards. */
void usher_later_expire(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);
/* The first time from `from_ms` on at which a customer in this zone (absent: that of the rules) may
 * be called, if the channel is one on which we call; INT64_MAX for never. */
int64_t usher_later_open_ms(const struct usher_engine *engine, enum usher_channel channel,
                            struct usher_text zone, int64_t from_ms);
/* A waiting contact's customer may not be called any more at this time of his day, or has just
 * become one who is to be called: scheduled until he may, which can be at once. */
void usher_later_rest(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);
/* The hours in which customers are called, or the clock, may be others: those who wait for them are
 * due as these say, and those who wait in line rest when they say. */
void usher_later_review(struct usher_engine *engine, int64_t now_ms);
/* A scheduled contact's time has come. */
void usher_later_wake(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);

/* decide_callback.c: calls that become callbacks. */
/* Offers the caller to be called back when he would wait for so long, once. */
void usher_callback_offer(struct usher_engine *engine, struct usher_contact *contact,
                          int64_t wait_ms, int64_t now_ms);
/* The same for one who has just come; does nothing when his queue offers none. */
void usher_callback_consider(struct usher_engine *engine, struct usher_contact *contact,
                             int64_t now_ms);
/* Turns a call that waits or is offered into a callback that keeps its place; `from` is the number
 * to call if it is another, `notice` what the caller is played. An error with the answer filled,
 * and nothing changed. */
enum usher_error usher_callback_turn(struct usher_engine *engine, struct usher_contact *contact,
                                     struct usher_text from, const char *reason,
                                     struct usher_text notice, int64_t now_ms,
                                     struct usher_answer *answer);

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

/* dispatch.c: offers made after a change. */
void usher_dispatch_contact(struct usher_engine *engine, struct usher_contact *contact,
                            int64_t now_ms);
void usher_dispatch_agent(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms);
/* The agent's profile has changed, and with it who may be asked for others: who is excluded, which
 * steps are skipped, whether somebody still waits for him. */
void usher_dispatch_profiled(struct usher_engine *engine, const struct usher_agent *agent,
                             int64_t now_ms);
/* Several free and several waiting, after rules or links changed. */
void usher_dispatch_all(struct usher_engine *engine, int64_t now_ms);

/* preview.c: `contact` waits, and nobody is free for it: where it is live, an agent who could take
 * it and only looks at whom to call next gives that up for who waits. */
void usher_preview_yield(struct usher_engine *engine, const struct usher_contact *contact,
                         int64_t now_ms);

/* promise.c: what customers are told of their wait, where the queue has `announce`. */
/* Tells a live contact that stands in line and was told nothing yet; not while offers are held. */
void usher_promise_tell(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);
/* Tells those in line of a class to whom something else is to be said than before. */
void usher_promise_tell_class(struct usher_engine *engine, struct usher_class *class,
                              int64_t now_ms);
/* All who wait, after much has changed at the same time. */
void usher_promise_tell_all(struct usher_engine *engine, int64_t now_ms);
/* Adds to the event of the answer, or the end, whether what was told has come true. A customer who
 * hung up before it could breaks no promise, and has none kept. */
void usher_promise_judge(struct usher_event *event, const struct usher_contact *contact,
                         int64_t now_ms);

/* moves.c: events that several commands and deadlines share. */
/* An event about a contact, with its id and, if it has one, its agent. */
struct usher_event usher_event_about(enum usher_event_kind kind,
                                     const struct usher_contact *contact);
/* Adds the number of the contact's offer, written into `room`. */
void usher_event_add_offer(struct usher_event *event, const struct usher_contact *contact,
                           char room[USHER_NUMBER_SIZE]);
/* customer.c: whose contact it is and, where the event has it, in which queue. */
void usher_event_add_customer(struct usher_event *event, const struct usher_engine *engine,
                              const struct usher_contact *contact);
/* Takes an open offer back without blame. */
void usher_withdraw_offer(struct usher_engine *engine, struct usher_contact *contact,
                          const char *reason, int64_t now_ms);
/* All open offers of the agent. */
void usher_withdraw_offers(struct usher_engine *engine, const struct usher_agent *agent,
                           const char *reason, int64_t now_ms);
/* An event about an agent. */
struct usher_event usher_event_of_agent(enum usher_event_kind kind,
                                        const struct usher_agent *agent);
/* Carries out what was put off: agents who leave, and have no contact any more. To be called when
 * a command or a deadline is done. */
void usher_let_leave(struct usher_engine *engine, int64_t now_ms);
/* The lost desk did not come back in time. */
void usher_give_up_desk(struct usher_engine *engine, struct usher_agent *agent, int64_t now_ms);
/* Ends an open offer with blame (declined, failed, expired), lays the agent's phone to rest or
 * makes him not ready and takes back his other offers where that follows, and dispatches all of
 * them. */
void usher_end_offer(struct usher_engine *engine, struct usher_contact *contact,
                     enum usher_event_kind kind, struct usher_text reason, int64_t now_ms);
/* Ends a talk: into wrap-up, or at once. */
void usher_end_talk(struct usher_engine *engine, struct usher_contact *contact,
                    struct usher_text reason, int64_t now_ms);
/* Ends the contact and dispatches its agent. The contact is gone afterwards. */
void usher_finish_contact(struct usher_engine *engine, struct usher_contact *contact,
                          struct usher_text reason, struct usher_text disposition, int64_t now_ms);
/* The work after a talk ends without a word of the agent: where the rules want a disposition, the
 * contact has the disposition `none`. */
void usher_end_wrap_up(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);
/* The customer has left or, for `reason` (else absent), is given up. The contact is gone
 * afterwards. */
void usher_abandon_contact(struct usher_engine *engine, struct usher_contact *contact,
                           struct usher_text reason, int64_t now_ms);
/* The PBX has none of this: whatever state the contact is in, it is closed as far as the PBX goes.
 */
void usher_close_contact(struct usher_engine *engine, struct usher_contact *contact,
                         const char *reason, int64_t now_ms);

#endif
