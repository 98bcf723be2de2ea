/* Which promise holds: what Redis's settings mean for events that were acknowledged. */
#ifndef JOURNAL_DURABILITY_H
#define JOURNAL_DURABILITY_H

#include <stdbool.h>

#include "base/text.h"
#include "settings.h"

/* The three settings as CONFIG GET tells them; absent texts were not told. Logs the promise that
 * holds. False when it is none (no append-only file, or keys may be evicted) and `accept_loss` is
 * not set: logged with the remedy. */
bool durability_is_fit(struct usher_text appendonly, struct usher_text appendfsync,
                       struct usher_text policy, bool accept_loss);

/* Logs what replicas add to that promise, or what a failover may take from it. `connected_count`:
 * as Redis tells it. */
void durability_log_replicas(const struct settings *settings, size_t connected_count);

#endif
