#include "journal/tail.h"

#include <string.h>

#include "unit/suite.h"

static struct journal_tail tail;

static void push(uint64_t seq, size_t length)
{
    static char bytes[2 * JOURNAL_TAIL_BYTES_MAX];
    journal_tail_push(&tail, (struct usher_number){1, seq}, (struct usher_text){bytes, length});
}

static struct journal_batch *find(uint64_t seq)
{
    return journal_tail_find(&tail, (struct usher_number){1, seq});
}

START_TEST(batches_are_found_in_their_order)
{
    journal_tail_init(&tail);
    push(3, 10);
    push(5, 10);
    push(9, 10);
    ck_assert_ptr_nonnull(find(5));
    ck_assert_ptr_null(find(4));
    ck_assert_ptr_eq(journal_tail_next(&tail, find(5)), find(9));
    ck_assert_ptr_null(journal_tail_next(&tail, find(9)));
    ck_assert_uint_eq(journal_tail_newest(&tail).seq, 9);
    journal_tail_clear(&tail);
    ck_assert_uint_eq(journal_tail_newest(&tail).seq, 0);
}
END_TEST

START_TEST(oldest_goes_when_the_bound_is_passed)
{
    journal_tail_init(&tail);
    push(1, JOURNAL_TAIL_BYTES_MAX / 2);
    push(2, JOURNAL_TAIL_BYTES_MAX / 2);
    ck_assert_ptr_nonnull(find(1));
    push(3, 1);
    ck_assert_ptr_null(find(1));
    ck_assert_ptr_nonnull(find(2));
    journal_tail_clear(&tail);
}
END_TEST

START_TEST(newest_stays_however_large)
{
    journal_tail_init(&tail);
    push(1, 1);
    push(2, 2 * JOURNAL_TAIL_BYTES_MAX);
    ck_assert_ptr_null(find(1));
    ck_assert_uint_eq(find(2)->lines.length, 2 * JOURNAL_TAIL_BYTES_MAX);
    journal_tail_clear(&tail);
    ck_assert_uint_eq(tail.bytes, 0);
}
END_TEST

SUITE_MAIN("tail", batches_are_found_in_their_order, oldest_goes_when_the_bound_is_passed,
           newest_stays_however_large)
