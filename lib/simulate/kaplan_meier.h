/* How long customers wait before they give up, from waits of which most ended otherwise: the
 * product-limit estimate (Kaplan and Meier, 1958). Who was answered would have waited longer, and
 * nobody knows how long: such a wait is censored. */
#ifndef USHER_SIMULATE_KAPLAN_MEIER_H
#define USHER_SIMULATE_KAPLAN_MEIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct usher_wait_seen {
    int64_t wait_ms;
    bool is_left; /* gave up; else censored */
};

struct usher_survival {
    size_t at_risk; /* who were seen to wait so long, or longer */
    double share;   /* of all, who would still be there after it; 1 before anybody left */
};

/* Puts the waits in order, and estimates who is still there after each of the times `at_ms`, which
 * go upwards. Of equal waits those who gave up come first, as usual, but at 0: who was answered at
 * once did not wait, and is no witness of patience. */
void usher_kaplan_meier(struct usher_wait_seen *waits, size_t waits_count, const int64_t *at_ms,
                        size_t at_count, struct usher_survival *survivals);

#endif
