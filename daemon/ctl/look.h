/* A look at a center: its state, as whoever leads tells it at hello. */
#ifndef CTL_LOOK_H
#define CTL_LOOK_H

#include "ctl/perform.h"
#include "ctl/snapshot.h"

struct look {
    struct snapshot snapshot;
    struct usher_number number;        /* of the last event that is in it */
    char address[CLIENT_ADDRESS_SIZE]; /* where it was told */
    char site[33];                     /* "" here and below = an older usherd does not say */
    char rules[65];                    /* the hash of those in use */
    char zone[65];                     /* by which the rules' hours go */
};

/* EXIT_DONE, and look_forget is due; or it has said why not. */
USHER_MUST_USE enum exit_code look_take(struct look *look, const struct options *options,
                                        enum usher_role role);
void look_forget(struct look *look);

#endif
