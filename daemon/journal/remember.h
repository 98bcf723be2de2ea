/* Writes what is remembered of customers, from events that are durable: absolute values, with the
 * number of the event that said them, so that whatever is written twice is written once.
 *
 * Who wrote a value last is found out under WATCH: whoever has an older number writes nothing. So a
 * router that was stopped in the middle, and woken after another took over, spoils nothing. Fields
 * are those of the prefix `usher.`; what a CRM wrote beside them stays. No script runs in Redis:
 * those need rights that let a client do everything, and are lost with SCRIPT FLUSH.
 *
 * What was durable and not yet written is written again after a start or a take-over: a router is
 * handed the journal's events from its snapshot on, and no snapshot is made while something waits
 * here. */
#ifndef JOURNAL_REMEMBER_H
#define JOURNAL_REMEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "settings.h"

struct event_base;
struct remember;

#define REMEMBER_MAX 4096 /* customers that wait to be written; of more the oldest are dropped */

/* It collects and writes nothing. 0 or -ENOMEM. */
int remember_new(struct remember **remember, struct event_base *base,
                 const struct settings *settings);
void remember_free(struct remember *remember);
/* Connects, and writes what was and is collected, until remember_rest. 0 or -ENOMEM. */
int remember_begin(struct remember *remember);
/* Writes no more, and forgets what waits. */
void remember_rest(struct remember *remember);

/* Takes what durable lines, each with its newline or a single one without, say of customers, who
 * are kept for `keep_ms` from now. */
void remember_take(struct remember *remember, struct usher_text lines, int64_t keep_ms);
/* The customer's memory is still to be deleted. */
bool remember_is_erasing(const struct remember *remember, struct usher_text customer);
/* Nothing waits; or Redis has not taken it for so long that nobody should wait for that. */
bool remember_is_settled(const struct remember *remember);

#endif
