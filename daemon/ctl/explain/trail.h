/* All that the journal tells of one contact's last life, found by its id. */
#ifndef CTL_EXPLAIN_TRAIL_H
#define CTL_EXPLAIN_TRAIL_H

#include "ctl/past/history.h"

struct trail_step {
    struct usher_number n;
    int64_t at_ms;
    char *line; /* ours */
    size_t length;
};

struct trail {
    struct usher_text id;                 /* as it was asked for: bare, or with its client */
    char found[USHER_CONTACT_ID_MAX + 1]; /* with its client; "" = none */
    char other[USHER_CONTACT_ID_MAX + 1]; /* another of the same bare id; "" = none */
    struct trail_step *steps;             /* in the order of the journal */
    size_t count;
    size_t room;
    bool has_arrival; /* the first step is the contact's arrival */
};

/* Reads the journal up to `until_ms`. Anything but EXIT_DONE after saying why on standard error;
 * trail_fini is due in any case. */
enum exit_code trail_read(struct trail *trail, const struct options *options, const char *id,
                          int64_t until_ms);
void trail_fini(struct trail *trail);

#endif
