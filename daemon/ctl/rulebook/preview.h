/* What taking other rules into use would change: in the rules, for those who wait now, and for
 * those who could wait for ever. */
#ifndef CTL_RULEBOOK_PREVIEW_H
#define CTL_RULEBOOK_PREVIEW_H

#include "ctl/rulebook/versions.h"
#include "ctl/snapshot.h"
#include "rules/rules.h"

/* What usherd says of itself. */
struct preview_center {
    char site[33];
    char rules[VERSION_HASH_SIZE]; /* the hash of those in use; "" = an older usherd, which does not
                                      say */
    struct snapshot snapshot;
};

/* Asks whoever leads. EXIT_DONE, and preview_forget is due; or it has said why not. */
USHER_MUST_USE enum exit_code preview_look(struct preview_center *center,
                                           const struct options *options, enum usher_role role);
void preview_forget(struct preview_center *center);

/* Shows what becomes of the rules in use, whose text Redis has, when those of `text`, which are
 * `now` and have the hash `hash`, take their place. */
USHER_MUST_USE enum exit_code preview_show(const struct preview_center *center, struct site *site,
                                           const struct usher_rules *now, struct usher_text text,
                                           const char *hash, const struct options *options);

#endif
