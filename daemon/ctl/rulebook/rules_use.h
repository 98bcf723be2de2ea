/* Telling usherd to take its rules' file into use, and what came of it. */
#ifndef CTL_RULEBOOK_RULES_USE_H
#define CTL_RULEBOOK_RULES_USE_H

#include "ctl/site.h"

/* Asks for a reload; with `hash` (else NULL) only of the rules of that hash. Tells the outcome. */
USHER_MUST_USE enum exit_code rules_use(const struct options *options, enum usher_role role,
                                        const char *hash);
/* Whether the settings are of the site that usherd serves ("" = it does not say); else it has said
 * so. */
bool rules_is_site(const struct site *site, const char *served);

#endif
