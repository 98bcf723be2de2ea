/* How many agents there were: calls rarely say who was signed in and ready, so their number in each
 * half hour is looked for with which the simulated waits come closest to those that were seen. */
#ifndef USHER_SIMULATE_CALIBRATE_H
#define USHER_SIMULATE_CALIBRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/problem.h"
#include "simulate/contender.h"
#include "simulate/fit.h"

#define USHER_CALIBRATION_ROUNDS 40

struct usher_calibration;

/* Borrows `fit`, and changes who is there in it. `problems` gets what is wrong with the model that
 * the fit makes. NULL when memory is out. */
struct usher_calibration *usher_calibration_new(struct usher_fit *fit, enum usher_way_to_choose way,
                                                uint64_t seed, struct usher_problems *problems);
/* One round: simulates some days, and goes on from what differs. False when the model cannot be
 * simulated: memory is out when there are no problems. */
USHER_MUST_USE bool usher_calibration_try(struct usher_calibration *calibration);
/* Leaves the fit at the best of the rounds, of which there must be one at least. False when memory
 * is out. */
USHER_MUST_USE bool usher_calibration_end(struct usher_calibration *calibration);
void usher_calibration_free(struct usher_calibration *calibration);

#endif
