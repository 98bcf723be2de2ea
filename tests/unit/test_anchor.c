/* Which snapshots stay. */
#include "journal/anchor.h"

#include "unit/suite.h"

#define APART 100

/* As many snapshots as times, the newest first; their numbers follow the times. */
static void make(struct anchor *list, const int64_t *times, size_t count)
{
    for (size_t i = 0; i < count; i++)
        list[i] = (struct anchor){.n = {7, (uint64_t)(times[i] < 0 ? -times[i] : times[i])},
                                  .at_ms = times[i] < 0 ? -1 : times[i]};
}

/* The times of those that are kept. */
static size_t choose(const int64_t *times, size_t count, uint64_t from, int64_t *kept)
{
    struct anchor list[64];
    size_t kept_count = 0;
    make(list, times, count);
    anchor_choose(list, count, (struct usher_number){7, from}, APART);
    for (size_t i = 0; i < count; i++) {
        if (list[i].is_kept)
            kept[kept_count++] = times[i];
    }
    return kept_count;
}

START_TEST(two_newest_stay_whatever_they_are)
{
    const int64_t times[] = {-500, -400, -300};
    int64_t kept[3];
    ck_assert_uint_eq(choose(times, 3, 1000, kept), 2);
    ck_assert_int_eq(kept[0], -500);
    ck_assert_int_eq(kept[1], -400);
    ck_assert_uint_eq(choose(times, 1, 1000, kept), 1);
}
END_TEST

START_TEST(anchors_stand_apart_from_the_oldest_on)
{
    const int64_t times[] = {500, 490, 480, 400, 390, 310, 290, 200};
    int64_t kept[8];
    ck_assert_uint_eq(choose(times, 8, 0, kept), 5);
    ck_assert_int_eq(kept[2], 480);
    ck_assert_int_eq(kept[3], 310);
    ck_assert_int_eq(kept[4], 200);
}
END_TEST

START_TEST(who_was_chosen_once_stays_while_its_entry_stands)
{
    const int64_t before[] = {320, 310, 300, 250, 200, 150, 100};
    const int64_t after[] = {430, 420, 320, 310, 300, 200, 100};
    int64_t kept[7];
    ck_assert_uint_eq(choose(before, 7, 0, kept), 5);
    ck_assert_int_eq(kept[3], 200);
    ck_assert_uint_eq(choose(after, 7, 100, kept), 5);
    ck_assert_int_eq(kept[2], 300);
    ck_assert_int_eq(kept[4], 100);
}
END_TEST

START_TEST(what_is_trimmed_holds_no_anchor)
{
    const int64_t times[] = {500, 490, 300, 200, -100};
    int64_t kept[5];
    ck_assert_uint_eq(choose(times, 5, 250, kept), 3);
    ck_assert_int_eq(kept[2], 300);
    ck_assert_uint_eq(choose(times, 5, 0, kept), 4);
}
END_TEST

START_TEST(anchors_are_bounded)
{
    int64_t times[40];
    int64_t kept[40];
    for (int i = 0; i < 40; i++)
        times[i] = (int64_t)(40 - i) * APART;
    ck_assert_uint_eq(choose(times, 40, 0, kept), ANCHORS_MAX + 2);
    ck_assert_int_eq(kept[ANCHORS_MAX + 1], times[ANCHORS_MAX + 1]);
}
END_TEST

SUITE_MAIN("anchor", two_newest_stay_whatever_they_are, anchors_stand_apart_from_the_oldest_on,
           who_was_chosen_once_stays_while_its_entry_stands, what_is_trimmed_holds_no_anchor,
           anchors_are_bounded)
