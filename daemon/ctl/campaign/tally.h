/* What became of campaigns, by the journal. */
#ifndef CTL_CAMPAIGN_TALLY_H
#define CTL_CAMPAIGN_TALLY_H

#include "ctl/campaign/calls.h"
#include "ctl/perform.h"

/* Marks the calls that were booked before, as far back as the past is known. When the journal
 * cannot be read it has said so, and goes on only with --yes. */
USHER_MUST_USE enum exit_code tally_mark_known(struct calls *calls, const struct options *options);

/* Shows all campaigns, or the one of the first argument. */
enum exit_code tally_show(const struct options *options);

#endif
