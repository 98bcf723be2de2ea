/* `usherctl explain`: why this agent, why does a contact still wait, why is an agent idle or was
 * passed over. It folds the journal in Redis into the state right before each decision, and asks
 * that; usherd need not run. */
#ifndef CTL_EXPLAIN_EXPLAIN_H
#define CTL_EXPLAIN_EXPLAIN_H

#include "ctl/options.h"

/* The contact of the first argument: its whole way, each offer with its bids. EXIT_REFUSED when
 * there is no such contact, or an offer is not the one that the state before it leads to. */
enum exit_code perform_explain_contact(const struct options *options, enum usher_role role);
/* The agent of the first argument: his state, who waits for him, and what he was passed over for.
 */
enum exit_code perform_explain_agent(const struct options *options, enum usher_role role);

#endif
