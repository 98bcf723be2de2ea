/* What taking other rules into use would change: in the rules, for those who wait now, and for
 * those who could wait for ever. */
#ifndef CTL_RULEBOOK_PREVIEW_H
#define CTL_RULEBOOK_PREVIEW_H

#include "ctl/look.h"
#include "ctl/rulebook/versions.h"
#include "rules/rules.h"

/* Shows what becomes of the rules in use, whose text Redis has, when those of `text`, which are
 * `now` and have the hash `hash`, take their place. */
USHER_MUST_USE enum exit_code preview_show(const struct look *center, struct site *site,
                                           const struct usher_rules *now, struct usher_text text,
                                           const char *hash, const struct options *options);

#endif
