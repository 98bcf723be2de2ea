/* The estimated wait: how long it will take until somebody is free for a contact that waits, what a
 * customer is told of it, and how what was told is set right by what came of it.
 *
 *   wait = cal * (position + X/3) * handle / N       X = sum over other classes d of
 *                                                        waiting_d * |E and E_d| / |E_d|
 *   cal  = sum of actual waits / sum of what was foretold without it, .5 to 2
 *
 * E are the eligible agents on duty (signed in and not on break), N is how many they are. handle is
 * the class's mean of talk and wrap-up; of a channel that takes a part of an agent, that part of
 * it. For a live contact X counts live ones, since the others come behind it. Only contacts that
 * were told something are learnt from: who is answered at once is not, and who hangs up counts with
 * the wait that was still before him. All numbers are integers.
 *
 * Beside somebody free whom a step, a reserve or the wait for the last agent keeps from the contact
 * for a time, it takes that time, if that is shorter; nothing is learnt from it. */
#ifndef USHER_ROUTING_ESTIMATE_H
#define USHER_ROUTING_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "routing/floor.h"

#define USHER_CALIBRATION_ONE 10000 /* a cal of 1 */

struct usher_estimate {
    uint32_t position;     /* 1 = the next of its class */
    uint32_t agents_count; /* N */
    int64_t raw_ms;        /* before calibration; -1 = not known, nobody is on duty for it, or it is
                              not what tells how long it takes */
    int64_t wait_ms;       /* not rounded; 0 = an eligible agent is free; -1 = not known */
    int64_t spread_ms;     /* half of such waits end within wait_ms -+ this */
};

/* Of a contact that waits, in line or (by its place) about to join; its class must be there. This
 * is the one to compare with a bound: `wait_ms > bound_ms`. Costs the contacts behind it, and one
 * step for each class that has a line. */
struct usher_estimate usher_estimate_contact(struct usher_floor *floor,
                                             const struct usher_contact *contact, int64_t now_ms);

#define USHER_OPENINGS_MAX 8

/* The same for many of one class: first what they share, then each by its position. */
struct usher_outlook {
    int64_t others_milli; /* X, per mille */
    int64_t work_ms;      /* of an agent, for one contact */
    int64_t cal;          /* per ten thousand */
    uint32_t agents_count;
    bool is_free; /* an eligible agent is free, and nothing keeps him from anybody */
    /* Of those who are free, where something may: how old a leg must be, from the first on. */
    uint32_t openings_count;
    int64_t openings_ms[USHER_OPENINGS_MAX];
};
struct usher_outlook usher_estimate_outlook(struct usher_floor *floor, struct usher_class *class);
struct usher_estimate usher_estimate_at(const struct usher_outlook *outlook,
                                        const struct usher_contact *contact, uint32_t position,
                                        int64_t now_ms);

/* What a customer is told. */
struct usher_saying {
    int64_t wait_ms; /* rounded: half minutes below 3 minutes, minutes above; who waits beside
                        nobody free is told half a minute at least; -1 = not known */
    int64_t min_ms;  /* of few agents a range; else both are wait_ms */
    int64_t max_ms;
    int64_t until_ms; /* by then he has been answered, if what he was told is true: what was said is
                         meant to the half minute, or minute, in which it was said; -1 likewise */
};
struct usher_saying usher_estimate_say(const struct usher_estimate *estimate);

/* cal, per ten thousand. */
int64_t usher_estimate_calibration(const struct usher_class_past *past);
/* A contact for which `raw_ms` was foretold was answered after `actual_ms`, or hung up then. */
void usher_estimate_learn(struct usher_class_past *past, int64_t raw_ms, int64_t actual_ms,
                          bool is_answered);

#endif
