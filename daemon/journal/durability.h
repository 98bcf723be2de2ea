/* Which promise holds: what Redis's settings mean for events that were acknowledged. */
#ifndef JOURNAL_DURABILITY_H
#define JOURNAL_DURABILITY_H

#include <stdbool.h>

#include "base/text.h"

/* The three settings as CONFIG GET tells them; absent texts were not told. Logs the promise that
 * holds. False when it is none (no append-only file, or keys may be evicted) and `accept_loss` is
 * not set: logged with the remedy. */
bool durability_is_fit(struct usher_text appendonly, struct usher_text appendfsync,
                       struct usher_text policy, bool accept_loss);

#endif
