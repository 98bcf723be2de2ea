/* Time zones of the machine (tzdata, in Debian the package of that name): read by their names for
 * whoever decides by hours. */
#ifndef ZONES_H
#define ZONES_H

#include "engine/engine.h"
#include "rules/rules.h"

/* The zone of this name, for the caller to free. NULL with the reason in `why`. */
struct usher_zone *zones_read(struct usher_text name, const char **why);
/* Hands all zones to the engine that it goes by and does not have. One that cannot be read is taken
 * for UTC, with a warning in the log. */
void zones_give(struct usher_engine *engine);
/* The same for one that a command names. False when the machine has none of this name: then it is
 * not handed in. */
bool zones_give_named(struct usher_engine *engine, struct usher_text name);

/* Whether the zone that the rules' text names is there; else a problem is added at its place, with
 * the name that was probably meant. */
USHER_MUST_USE bool zones_check(struct usher_text rules, struct usher_problems *problems);
/* usher_rules_read and zones_check: NULL when `problems` got any. */
struct usher_rules *zones_read_rules(struct usher_text text, const char *hash,
                                     struct usher_problems *problems);

#endif
