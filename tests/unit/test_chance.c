/* Random numbers that can be repeated. */
#include <check.h>
#include <math.h>
#include <stdbool.h>

#include "report/sample.h"
#include "simulate/chance.h"
#include "unit/suite.h"

enum { DRAWS = 200000 };

START_TEST(same_name_draws_the_same)
{
    struct usher_chance one = usher_chance_of(1, 2, 3);
    struct usher_chance other = usher_chance_of(1, 2, 3);
    struct usher_chance third = usher_chance_of(1, 3, 2);
    bool is_other = false;
    for (int i = 0; i < 100; i++) {
        double figure = usher_chance_uniform(&one);
        ck_assert_double_eq(figure, usher_chance_uniform(&other));
        is_other = is_other || figure != usher_chance_uniform(&third);
    }
    ck_assert(is_other);
}
END_TEST

START_TEST(laws_have_their_means_and_spreads)
{
    struct usher_chance chance = usher_chance_of(5, 0, 0);
    struct usher_sample uniform = {0};
    struct usher_sample exponential = {0};
    struct usher_sample lognormal = {0};
    for (int i = 0; i < DRAWS; i++) {
        double figure = usher_chance_uniform(&chance);
        ck_assert(figure > 0 && figure <= 1);
        usher_sample_add(&uniform, figure);
        usher_sample_add(&exponential, usher_chance_exponential(&chance));
        usher_sample_add(&lognormal, usher_chance_lognormal(&chance, .5));
    }
    ck_assert_double_eq_tol(uniform.mean, .5, .003);
    ck_assert_double_eq_tol(exponential.mean, 1, .01);
    ck_assert_double_eq_tol(exponential.squares / DRAWS, 1, .03);
    ck_assert_double_eq_tol(lognormal.mean, 1, .005);
    ck_assert_double_eq_tol(sqrt(lognormal.squares / DRAWS), .5, .01);
}
END_TEST

START_TEST(without_spread_the_lognormal_law_is_constant)
{
    struct usher_chance chance = usher_chance_of(1, 1, 1);
    for (int i = 0; i < 10; i++)
        ck_assert_double_eq(usher_chance_lognormal(&chance, 0), 1);
}
END_TEST

SUITE_MAIN("chance", same_name_draws_the_same, laws_have_their_means_and_spreads,
           without_spread_the_lognormal_law_is_constant)
