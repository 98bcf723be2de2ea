/* The page of characters behind the live screen. */
#include <check.h>
#include <locale.h>
#include <string.h>

#include "ctl/top/frame.h"
#include "unit/suite.h"

/* A page of one row, and what a terminal is sent for it. */
static struct frame page(int width, bool is_ascii)
{
    struct frame frame;
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    frame_init(&frame, width, 1, is_ascii);
    return frame;
}

static void assert_sent(const struct frame *frame, const struct frame *shown, const char *expected)
{
    struct usher_bytes out;
    usher_bytes_init(&out, SIZE_MAX);
    frame_send(frame, shown, true, &out);
    usher_bytes_append_char(&out, '\0');
    ck_assert_str_eq(out.at, expected);
    usher_bytes_fini(&out);
}

START_TEST(text_that_is_too_long_is_cut_and_says_so)
{
    struct frame frame = page(8, false);
    ck_assert_int_eq(frame_put(&frame, 0, 0, 5, FRAME_PLAIN, "Коваль"), 5);
    assert_sent(&frame, NULL, "\033[1;1H\033[0mКова…   ");
    ck_assert_int_eq(frame_put(&frame, 0, 0, 6, FRAME_PLAIN, "Коваль"), 6);
    assert_sent(&frame, NULL, "\033[1;1H\033[0mКоваль  ");
    frame_fini(&frame);
}
END_TEST

START_TEST(what_is_outside_the_page_is_left_out)
{
    struct frame frame = page(3, false);
    frame_put(&frame, 2, 0, 5, FRAME_PLAIN, "ab");
    frame_put(&frame, -1, 0, 2, FRAME_PLAIN, "xy");
    frame_put(&frame, 0, 1, 2, FRAME_PLAIN, "no");
    frame_put(&frame, 0, 0, 0, FRAME_PLAIN, "no");
    assert_sent(&frame, NULL, "\033[1;1H\033[0my a");
    frame_fini(&frame);
}
END_TEST

START_TEST(wide_characters_take_two_columns_and_leave_no_half)
{
    struct frame frame = page(5, false);
    ck_assert_int_eq(frame_width_of("漢字"), 4);
    ck_assert_int_eq(frame_put(&frame, 0, 0, 5, FRAME_PLAIN, "漢字"), 4);
    assert_sent(&frame, NULL, "\033[1;1H\033[0m漢字 ");
    frame_put(&frame, 1, 0, 1, FRAME_PLAIN, "x"); /* the right half of the first */
    assert_sent(&frame, NULL, "\033[1;1H\033[0m x字 ");
    ck_assert_int_eq(frame_put(&frame, 0, 0, 4, FRAME_PLAIN, "漢字漢"),
                     3); /* a half does not fit */
    assert_sent(&frame, NULL, "\033[1;1H\033[0m漢…  ");
    frame_fini(&frame);
}
END_TEST

START_TEST(marks_stay_with_their_letter)
{
    struct frame frame = page(3, false);
    ck_assert_int_eq(frame_put(&frame, 0, 0, 3, FRAME_PLAIN, "и\u0306x"), 2);
    assert_sent(&frame, NULL, "\033[1;1H\033[0mи\u0306x ");
    frame_fini(&frame);
}
END_TEST

START_TEST(what_cannot_be_printed_is_a_question_mark)
{
    struct frame frame = page(6, false);
    frame_put(&frame, 0, 0, 6, FRAME_PLAIN, "a\033[2J\xff");
    assert_sent(&frame, NULL, "\033[1;1H\033[0ma?[2J?");
    frame_fini(&frame);
}
END_TEST

START_TEST(only_the_difference_is_sent)
{
    struct frame frame = page(12, false), shown = page(12, false);
    frame_put(&shown, 0, 0, 12, FRAME_PLAIN, "waiting 1 of");
    frame_put(&frame, 0, 0, 12, FRAME_PLAIN, "waiting 1 of");
    assert_sent(&frame, &shown, "");
    frame_put(&frame, 8, 0, 1, FRAME_RED | FRAME_BOLD, "2");
    assert_sent(&frame, &shown, "\033[1;9H\033[0;1;31m2\033[0m");
    frame_copy(&shown, &frame);
    assert_sent(&frame, &shown, "");
    frame_fini(&frame);
    frame_fini(&shown);
}
END_TEST

START_TEST(ascii_is_enough_where_nothing_else_is_shown)
{
    struct frame frame = page(12, true);
    frame_rule(&frame, 0, 0, 2, FRAME_PLAIN);
    frame_bar(&frame, 2, 0, 4, FRAME_PLAIN, 50, 100);
    frame_spark(&frame, 6, 0, FRAME_PLAIN, 8, 8);
    frame_put(&frame, 7, 0, 5, FRAME_PLAIN, "Олена Коваль");
    assert_sent(&frame, NULL, "\033[1;1H\033[0m--==\033[0;2m--\033[0m#????~");
    frame_fini(&frame);
}
END_TEST

START_TEST(figures_stand_at_the_right)
{
    struct frame frame = page(6, false);
    ck_assert_int_eq(frame_print_right(&frame, 0, 0, 5, FRAME_PLAIN, "%d %%", 80), 4);
    assert_sent(&frame, NULL, "\033[1;1H\033[0m 80 % ");
    frame_fini(&frame);
}
END_TEST

SUITE_MAIN("frame", text_that_is_too_long_is_cut_and_says_so, what_is_outside_the_page_is_left_out,
           wide_characters_take_two_columns_and_leave_no_half, marks_stay_with_their_letter,
           what_cannot_be_printed_is_a_question_mark, only_the_difference_is_sent,
           ascii_is_enough_where_nothing_else_is_shown, figures_stand_at_the_right)
