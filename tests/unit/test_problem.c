/* Problems: their order, their form, and their bound. */
#include "rules/problem.h"

#include "unit/suite.h"
#include "unit/told.h"

START_TEST(problems_are_told_in_the_order_of_their_places)
{
    struct usher_problems *problems = told_new();

    usher_problems_add(problems, 2, 1, "third");
    usher_problems_add(problems, 1, 12, "second %d", 2);
    usher_problems_add(problems, 1, 3, "first");
    ck_assert_str_eq(told_lines(problems), "f:1:3: first\nf:1:12: second 2\nf:2:1: third\n");
    free(problems);
}
END_TEST

START_TEST(problems_beyond_the_room_are_counted)
{
    struct usher_problems *problems = told_new();

    for (size_t i = 0; i < USHER_PROBLEMS_MAX + 7; i++)
        usher_problems_add(problems, i + 1, 1, "wrong");
    ck_assert_uint_eq(problems->count, USHER_PROBLEMS_MAX + 7);
    ck_assert_ptr_nonnull(strstr(told_lines(problems),
                                 "f:100:1: wrong\nf: 7 further problems are not listed; mend these "
                                 "first\n"));
    free(problems);
}
END_TEST

START_TEST(long_problem_is_cut_at_a_character)
{
    struct usher_problems *problems = told_new();
    char text[401];

    for (size_t i = 0; i < 400; i += 2)
        memcpy(text + i, "\xd0\xb6", 2);
    text[400] = '\0';
    usher_problems_add(problems, 1, 1, "%s", text);
    usher_problems_add(problems, 1, 2, "x%s", text);
    ck_assert_uint_eq(strlen(problems->list[0].what), 318);
    ck_assert_uint_eq(strlen(problems->list[1].what), 317);
    free(problems);
}
END_TEST

SUITE_MAIN("problem", problems_are_told_in_the_order_of_their_places,
           problems_beyond_the_room_are_counted, long_problem_is_cut_at_a_character)
