/* The events of one contact's life, each told as a sentence. */
#ifndef CTL_EXPLAIN_STEPS_H
#define CTL_EXPLAIN_STEPS_H

#include <stdio.h>

#include "ctl/table.h"
#include "model/agent.h"
#include "model/event.h"

/* One event; with the newline, but for contact.offered, whose line goes on. `agent` is the event's,
 * NULL when only the id is known. Personal data only when `is_full`. */
void steps_print(const struct usher_event *event, const struct usher_agent *agent, bool is_full,
                 struct table_style style, FILE *out);
/* Goes on with contact.offered by what the event itself says of the bid. */
void steps_print_figures(const struct usher_event *event, const char *indent, FILE *out);

#endif
