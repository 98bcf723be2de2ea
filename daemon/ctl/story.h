/* An event as one line that a person reads. */
#ifndef CTL_STORY_H
#define CTL_STORY_H

#include <stdbool.h>
#include <stdio.h>

#include "ctl/table.h"
#include "model/event.h"

/* The local time, the event's name, contact, agent and all other fields as `name value`; personal
 * data only when `is_full`. */
void story_print(const struct usher_event *event, bool is_full, struct table_style style,
                 FILE *file);

#endif
