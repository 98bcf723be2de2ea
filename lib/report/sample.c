/* Student's t for 95 %: exact for few degrees of freedom, then by Fisher's expansion around the
 * normal quantile, which is right to four digits from ten on. */
#include "report/sample.h"

#include <math.h>

#define NORMAL 1.959963985

static const double few[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706,
                             2.4469,  2.3646, 2.3060, 2.2622, 2.2281};

static double student(size_t freedom)
{
    double n = (double)freedom;
    double z = NORMAL;
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    if (freedom <= sizeof(few) / sizeof(few[0]))
        return few[freedom - 1];
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

void usher_sample_add(struct usher_sample *sample, double figure)
{
    double before = figure - sample->mean;
    sample->count++;
    sample->mean += before / (double)sample->count;
    sample->squares += before * (figure - sample->mean);
}

double usher_sample_error(const struct usher_sample *sample)
{
    double count = (double)sample->count;
    return sample->count < 2 ? 0 : sqrt(sample->squares / (count - 1) / count);
}

double usher_sample_reach(const struct usher_sample *sample)
{
    return sample->count < 2 ? 0 : student(sample->count - 1) * usher_sample_error(sample);
}
