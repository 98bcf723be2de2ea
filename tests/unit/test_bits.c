/* The set of small numbers. */
#include <check.h>

#include "base/bits.h"
#include "unit/random.h"
#include "unit/suite.h"

START_TEST(empty_set_has_no_next_member)
{
    struct usher_bits bits;
    ck_assert(usher_bits_init(&bits, 0));
    ck_assert_uint_eq(usher_bits_next(&bits, 0), USHER_BITS_NONE);
    usher_bits_clear_all(&bits);
    usher_bits_fini(&bits);
    ck_assert(usher_bits_init(&bits, 10000));
    ck_assert_uint_eq(usher_bits_next(&bits, 0), USHER_BITS_NONE);
    usher_bits_fini(&bits);
}
END_TEST

START_TEST(next_member_is_found_across_words_and_summaries)
{
    static const size_t members[] = {0, 63, 64, 4095, 4096, 8191, 262143, 262144, 299999};
    struct usher_bits bits;
    ck_assert(usher_bits_init(&bits, 300000));
    for (size_t i = 0; i < USHER_COUNT_OF(members); i++)
        usher_bits_add(&bits, members[i]);
    size_t from = 0;
    for (size_t i = 0; i < USHER_COUNT_OF(members); i++) {
        ck_assert_uint_eq(usher_bits_next(&bits, from), members[i]);
        from = members[i] + 1;
    }
    ck_assert_uint_eq(usher_bits_next(&bits, from), USHER_BITS_NONE);
    usher_bits_clear_all(&bits);
    ck_assert_uint_eq(usher_bits_next(&bits, 0), USHER_BITS_NONE);
    usher_bits_fini(&bits);
}
END_TEST

START_TEST(set_agrees_with_an_array_of_marks)
{
    enum { MEMBERS = 9000 };
    static bool marks[MEMBERS];
    uint64_t random = 3;
    struct usher_bits bits;
    ck_assert(usher_bits_init(&bits, MEMBERS));
    for (int step = 0; step < 20000; step++) {
        size_t member = random_below(&random, MEMBERS);
        marks[member] = random_below(&random, 8) == 0;
        if (marks[member])
            usher_bits_add(&bits, member);
        else
            usher_bits_drop(&bits, member);
        size_t from = random_below(&random, MEMBERS);
        size_t next = from;
        while (next < MEMBERS && !marks[next])
            next++;
        ck_assert_uint_eq(usher_bits_next(&bits, from), next < MEMBERS ? next : USHER_BITS_NONE);
        ck_assert_int_eq(usher_bits_has(&bits, from), marks[from]);
    }
    usher_bits_fini(&bits);
}
END_TEST

SUITE_MAIN("bits", empty_set_has_no_next_member, next_member_is_found_across_words_and_summaries,
           set_agrees_with_an_array_of_marks)
