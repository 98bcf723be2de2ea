/* Asking before something is changed. */
#ifndef CTL_CONSENT_H
#define CTL_CONSENT_H

#include "ctl/perform.h"

/* EXIT_DONE: go on, by --yes or because a person at the terminal said so. Else it has said that
 * nothing was changed: EXIT_REFUSED when the person said no, EXIT_USAGE when there is no terminal
 * to ask at (or --json, which leaves no room for a question). */
USHER_MUST_USE enum exit_code consent_ask(const struct options *options);

#endif
