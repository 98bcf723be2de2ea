/* The agents as lib/routing/staff.h wants them: out of profiles, or out of what usherd tells. */
#ifndef CTL_RULEBOOK_CREW_H
#define CTL_RULEBOOK_CREW_H

#include "ctl/profile/roster.h"
#include "ctl/snapshot.h"
#include "routing/staff.h"

struct crew {
    struct usher_staff_member *members;
    size_t count;
    struct usher_arena arena; /* what their skills lie in */
};

/* Of a roster's profiles; fields that a router leaves out are left out. Borrows its texts. */
void crew_of_roster(struct crew *crew, const struct roster *roster);
/* Of the agents of a snapshot, of which it borrows texts. */
void crew_of_snapshot(struct crew *crew, const struct snapshot *snapshot);
void crew_fini(struct crew *crew);

#endif
