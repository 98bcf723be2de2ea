/* Events that several commands and deadlines share. For the engine's own files. */
#ifndef USHER_ENGINE_MOVES_H
#define USHER_ENGINE_MOVES_H

#include "engine/state.h"

/* An event about a contact, with its id and, if it has one, its agent. */
struct usher_event usher_event_about(enum usher_event_kind kind,
                                     const struct usher_contact *contact);
/* Adds the number of the contact's offer, written into `room`. */
void usher_event_add_offer(struct usher_event *event, const struct usher_contact *contact,
                           char room[USHER_NUMBER_SIZE]);
/* Whose contact it is and, where the event has it, in which queue (customer.c). */
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
