/* Which events are asked for, by contact, agent, queue and name. */
#ifndef CTL_PAST_FILTER_H
#define CTL_PAST_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "model/event.h"

/* Each NULL: it does not matter. */
struct filter {
    const char *contact; /* <client>/<id>, or <id> of any client */
    const char *agent;
    const char *queue;
    const char *event; /* a name, or its part before the point for all of that kind */
    char **queued;     /* contacts that are known to be in the queue */
    size_t queued_count;
};

/* Borrows the texts. False after saying on standard error that there is no such event. */
USHER_MUST_USE bool filter_init(struct filter *filter, const char *contact, const char *agent,
                                const char *queue, const char *event);
void filter_fini(struct filter *filter);
bool filter_is_any(const struct filter *filter);

/* Must see every event and every state.contact, in order: only some tell the queue of a contact. */
bool filter_takes(struct filter *filter, const struct usher_event *event);

#endif
