/* A sample of figures: its mean, and how far the true mean may be from it. */
#ifndef USHER_REPORT_SAMPLE_H
#define USHER_REPORT_SAMPLE_H

#include <stddef.h>

struct usher_sample {
    size_t count;
    double mean;    /* 0 of none */
    double squares; /* of the deviations from the mean, together (Welford, 1962) */
};

void usher_sample_add(struct usher_sample *sample, double figure);
/* The standard error of the mean; 0 for fewer than two figures. */
double usher_sample_error(const struct usher_sample *sample);
/* The mean is within this of the true one with 95 % confidence, by Student's t; 0 for fewer than
 * two figures. */
double usher_sample_reach(const struct usher_sample *sample);

#endif
