/* Calls that become callbacks (decide_callback.c). For the engine's own files. */
#ifndef USHER_ENGINE_CALLBACK_H
#define USHER_ENGINE_CALLBACK_H

#include "engine/state.h"

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

#endif
