/* A counted sync: a PBX lists all its calls, and only a full list sets the engine right. The
 * entries are kept here until the list is whole; then known calls are set right, unknown ones taken
 * in with their arrival time, and those not named are closed. */
#ifndef USHER_ENGINE_SYNC_H
#define USHER_ENGINE_SYNC_H

#include "engine/engine.h"

struct usher_sync;

/* A list of at most `entries_max` calls for one session. NULL when memory is out. */
struct usher_sync *usher_sync_new(size_t entries_max);
void usher_sync_free(struct usher_sync *sync);
/* Empties the list. */
void usher_sync_begin(struct usher_sync *sync);
/* Adds one sync.contact command, copied. One that waits may have `to_agent` or `queue`, where it
 * was transferred to: if we know of the talk before only, it goes on there. Errors: WRONG_STATE
 * before begin, BAD_FIELD, LIMIT. */
enum usher_error usher_sync_add(struct usher_sync *sync, const struct usher_command *command,
                                struct usher_answer *answer);
size_t usher_sync_count(const struct usher_sync *sync);
/* The key of the customer of the `index`-th call, if that is one that is not known yet, as
 * usher_customer_of gives it; absent: nobody's memory is of interest. */
struct usher_text usher_sync_customer(const struct usher_sync *sync, struct usher_engine *engine,
                                      struct usher_text client, size_t index,
                                      char room[USHER_CUSTOMER_MAX]);
/* What is remembered of that customer: `memory`, and perhaps `last_agent` with `last_ms`; copied.
 * With memory out it is left. */
void usher_sync_remember(struct usher_sync *sync, size_t index, const struct usher_fields *known);
/* Ends the list: with the right `count`, decides what follows from it for the contacts of `client`.
 * Errors: SYNC_INCOMPLETE (nothing was decided), WRONG_STATE before begin, LIMIT (all was decided,
 * but some calls were not taken in: usher_sync_refused tells which). */
enum usher_error usher_sync_finish(struct usher_sync *sync, struct usher_engine *engine,
                                   struct usher_text client, int64_t count, int64_t now_ms,
                                   struct usher_answer *answer);

/* After usher_sync_finish and until the next usher_sync_begin: the `index`-th of the calls that
 * were not taken in, and why. False when there are no more. `contact` is as it was listed. */
USHER_MUST_USE bool usher_sync_refused(const struct usher_sync *sync, size_t index,
                                       struct usher_text *contact, enum usher_error *error);

#endif
