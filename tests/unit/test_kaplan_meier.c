/* The product-limit estimate, against a table from the literature. */
#include <check.h>

#include "base/compiler.h"
#include "simulate/kaplan_meier.h"
#include "unit/suite.h"

static void add(struct usher_wait_seen *waits, size_t *count, int64_t wait_ms, bool is_left,
                size_t times)
{
    for (size_t i = 0; i < times; i++)
        waits[(*count)++] = (struct usher_wait_seen){wait_ms, is_left};
}

/* Freireich and others (1963): weeks of remission under 6-MP; the estimate is printed in most
 * textbooks on survival. */
START_TEST(estimate_is_that_of_the_textbooks)
{
    static const int64_t left[] = {6, 6, 6, 7, 10, 13, 16, 22, 23};
    static const int64_t censored[] = {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
    static const int64_t at[] = {5, 6, 7, 9, 10, 13, 16, 22, 23, 35, 36};
    static const double shares[] = {1,     .8571, .8067, .8067, .7529, .6902,
                                    .6275, .5378, .4482, .4482, .4482};
    static const size_t at_risk[] = {21, 21, 17, 16, 15, 12, 11, 7, 6, 1, 0};
    struct usher_wait_seen waits[32];
    struct usher_survival survivals[USHER_COUNT_OF(at)];
    size_t count = 0;
    for (size_t i = USHER_COUNT_OF(censored); i > 0; i--)
        add(waits, &count, censored[i - 1], false, 1);
    for (size_t i = 0; i < USHER_COUNT_OF(left); i++)
        add(waits, &count, left[i], true, 1);
    usher_kaplan_meier(waits, count, at, USHER_COUNT_OF(at), survivals);
    for (size_t i = 0; i < USHER_COUNT_OF(at); i++) {
        ck_assert_double_eq_tol(survivals[i].share, shares[i], .00005);
        ck_assert_uint_eq(survivals[i].at_risk, at_risk[i]);
    }
}
END_TEST

START_TEST(who_was_answered_at_once_is_no_witness_of_patience)
{
    static const int64_t at[] = {1000};
    struct usher_wait_seen waits[200];
    struct usher_survival survival;
    size_t count = 0;
    add(waits, &count, 0, false, 100);
    add(waits, &count, 0, true, 2);
    add(waits, &count, 5000, false, 8);
    usher_kaplan_meier(waits, count, at, 1, &survival);
    ck_assert_double_eq_tol(survival.share, .8, 1e-9);
    ck_assert_uint_eq(survival.at_risk, 8);
}
END_TEST

START_TEST(no_waits_tell_nothing)
{
    static const int64_t at[] = {1000};
    struct usher_survival survival;
    usher_kaplan_meier(NULL, 0, at, 1, &survival);
    ck_assert_double_eq(survival.share, 1);
    ck_assert_uint_eq(survival.at_risk, 0);
}
END_TEST

SUITE_MAIN("kaplan_meier", estimate_is_that_of_the_textbooks,
           who_was_answered_at_once_is_no_witness_of_patience, no_waits_tell_nothing)
