/* Answers and their errors. */
#include <check.h>

#include "model/answer.h"
#include "unit/suite.h"

START_TEST(every_error_has_a_code_and_a_sentence)
{
    for (int i = USHER_OK + 1; i < USHER_ERROR_COUNT; i++) {
        ck_assert_uint_gt(usher_error_code((enum usher_error)i).length, 0);
        ck_assert_uint_gt(usher_error_sentence((enum usher_error)i).length, 0);
    }
    ck_assert_uint_eq(usher_error_code(USHER_OK).length, 0);
    ck_assert(usher_error_is_retriable(USHER_ERROR_STORAGE_UNAVAILABLE));
    ck_assert(!usher_error_is_retriable(USHER_ERROR_BAD_JSON));
}
END_TEST

START_TEST(message_that_is_too_long_is_cut_between_characters)
{
    char text[400];
    struct usher_answer answer;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t at = shift; at + 4 < sizeof(text); at += 4)
            memcpy(text + at, "\xf0\x9f\x99\x82", 5);
        ck_assert_int_eq(usher_answer_set(&answer, USHER_ERROR_LIMIT, "%s", text),
                         USHER_ERROR_LIMIT);
        size_t length = strlen(answer.message);
        ck_assert_uint_ge(length, USHER_ANSWER_MESSAGE_SIZE - 4);
        ck_assert_uint_eq((length - shift) % 4, 0);
    }
    usher_answer_set(&answer, USHER_ERROR_LIMIT, "%s", "short");
    ck_assert_str_eq(answer.message, "short");
}
END_TEST

SUITE_MAIN("answer", every_error_has_a_code_and_a_sentence,
           message_that_is_too_long_is_cut_between_characters)
