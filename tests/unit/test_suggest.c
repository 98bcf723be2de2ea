/* Near names. */
#include "rules/suggest.h"

#include "unit/suite.h"

static struct usher_text best_of(const char *wrong)
{
    static const char *const names[] = {"billing", "internet", "sales", "lang.uk", "lang.en"};
    struct usher_suggestion suggestion;

    usher_suggestion_start(&suggestion, usher_text_of(wrong));
    for (size_t i = 0; i < USHER_COUNT_OF(names); i++)
        usher_suggestion_offer(&suggestion, usher_text_of(names[i]));
    return suggestion.best;
}

START_TEST(missed_added_changed_and_swapped_letters_are_near)
{
    ck_assert(usher_text_is_equal(best_of("blling"), USHER_TEXT("billing")));
    ck_assert(usher_text_is_equal(best_of("billling"), USHER_TEXT("billing")));
    ck_assert(usher_text_is_equal(best_of("salez"), USHER_TEXT("sales")));
    ck_assert(usher_text_is_equal(best_of("slaes"), USHER_TEXT("sales")));
    ck_assert(usher_text_is_equal(best_of("lang.ku"), USHER_TEXT("lang.uk")));
    ck_assert(usher_text_is_equal(best_of("intrenett"), USHER_TEXT("internet")));
}
END_TEST

START_TEST(names_with_more_than_two_changes_or_a_third_are_far)
{
    ck_assert_ptr_null(best_of("bxxxing").at);
    ck_assert_ptr_null(best_of("tv").at);
    ck_assert_ptr_null(best_of("").at);
    ck_assert_ptr_null(
        best_of("a name that is far longer than any that one could have meant here").at);
}
END_TEST

SUITE_MAIN("suggest", missed_added_changed_and_swapped_letters_are_near,
           names_with_more_than_two_changes_or_a_third_are_far)
