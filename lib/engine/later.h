/* Work for later: what is booked, and customers whom we call. For the engine's own files. */
#ifndef USHER_ENGINE_LATER_H
#define USHER_ENGINE_LATER_H

#include "engine/state.h"

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
/* The place that a contact of ours, which is booked or waits, has when its state ends now. Hours in
 * which nobody may call the customer, or its queue is closed, do not count: by them it moves
 * forward; by the time until the next attempt it does not. */
int64_t usher_later_place_ms(const struct usher_engine *engine, const struct usher_contact *contact,
                             int64_t now_ms);
/* The hours in which customers are called, or the clock, may be others: those who wait for them are
 * due as these say, and those who wait in line rest when they say. */
void usher_later_review(struct usher_engine *engine, int64_t now_ms);
/* A scheduled contact's time has come. */
void usher_later_wake(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms);

#endif
