/* Means and their reach. */
#include <check.h>
#include <math.h>

#include "report/sample.h"
#include "unit/suite.h"

static struct usher_sample sample_of(const double *figures, size_t count)
{
    struct usher_sample sample = {0};
    for (size_t i = 0; i < count; i++)
        usher_sample_add(&sample, figures[i]);
    return sample;
}

START_TEST(mean_and_error_are_those_of_the_textbook)
{
    static const double figures[] = {2, 4, 4, 4, 5, 5, 7, 9};
    struct usher_sample sample = sample_of(figures, USHER_COUNT_OF(figures));
    ck_assert_double_eq_tol(sample.mean, 5, 1e-12);
    ck_assert_double_eq_tol(usher_sample_error(&sample), sqrt(32.0 / 7 / 8), 1e-12);
}
END_TEST

/* The quantiles of Student's t for 95 %, from printed tables. */
START_TEST(reach_follows_student)
{
    static const struct {
        size_t count;
        double t;
    } rows[] = {{2, 12.7062}, {3, 4.3027},  {5, 2.7764},  {6, 2.5706},
                {11, 2.2281}, {21, 2.0860}, {61, 2.0003}, {1001, 1.9623}};
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        struct usher_sample sample = {0};
        for (size_t k = 0; k < rows[i].count; k++)
            usher_sample_add(&sample, (double)(k % 3));
        ck_assert_double_eq_tol(usher_sample_reach(&sample) / usher_sample_error(&sample),
                                rows[i].t, 1e-3);
    }
}
END_TEST

START_TEST(one_figure_tells_nothing_of_the_spread)
{
    static const double figure = 3;
    struct usher_sample sample = sample_of(&figure, 1);
    ck_assert_double_eq(sample.mean, 3);
    ck_assert_double_eq(usher_sample_error(&sample), 0);
    ck_assert_double_eq(usher_sample_reach(&sample), 0);
}
END_TEST

SUITE_MAIN("sample", mean_and_error_are_those_of_the_textbook, reach_follows_student,
           one_figure_tells_nothing_of_the_spread)
