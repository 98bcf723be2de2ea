/* The ids of contacts that have ended. */
#include <check.h>

#include "engine/ended.h"
#include "unit/random.h"
#include "unit/suite.h"

static const struct usher_hash_seed seed = {1, 2};

START_TEST(id_that_ended_is_taken_until_its_time_has_passed)
{
    struct usher_ended ended;
    uint64_t hash = usher_ended_hash(USHER_TEXT("pbx1/1"));
    ck_assert(usher_ended_init(&ended, 10, seed));
    ck_assert(!usher_ended_has(&ended, hash, 0));
    usher_ended_add(&ended, hash, 100, 0);
    ck_assert(usher_ended_has(&ended, hash, 99));
    ck_assert(!usher_ended_has(&ended, hash, 100));
    ck_assert(!usher_ended_has(&ended, usher_ended_hash(USHER_TEXT("pbx1/2")), 0));
    usher_ended_fini(&ended);
}
END_TEST

START_TEST(hash_is_the_same_on_every_machine)
{
    /* It stands in snapshots. */
    ck_assert_uint_eq(usher_ended_hash(USHER_TEXT("pbx1/1")), UINT64_C(0xd3a3d0d300240aee));
    ck_assert_uint_ne(usher_ended_hash(USHER_TEXT("pbx1/1")),
                      usher_ended_hash(USHER_TEXT("pbx1/2")));
}
END_TEST

START_TEST(full_memory_forgets_the_oldest)
{
    struct usher_ended ended;
    ck_assert(usher_ended_init(&ended, 3, seed));
    for (uint64_t hash = 1; hash <= 5; hash++)
        usher_ended_add(&ended, hash, (int64_t)hash * 10, 0);
    ck_assert_uint_eq(ended.count, 3);
    for (uint64_t hash = 1; hash <= 5; hash++)
        ck_assert_int_eq(usher_ended_has(&ended, hash, 0), hash >= 3);
    usher_ended_fini(&ended);
}
END_TEST

START_TEST(those_of_long_ago_are_forgotten_when_another_ends)
{
    struct usher_ended ended;
    ck_assert(usher_ended_init(&ended, 10, seed));
    usher_ended_add(&ended, 1, 10, 0);
    usher_ended_add(&ended, 2, 20, 0);
    usher_ended_add(&ended, 3, 30, 20);
    ck_assert_uint_eq(ended.count, 1);
    ck_assert(!usher_ended_has(&ended, 2, 0));
    ck_assert(usher_ended_has(&ended, 3, 0));
    usher_ended_fini(&ended);
}
END_TEST

START_TEST(id_that_ends_again_is_taken_from_its_last_end)
{
    struct usher_ended ended;
    ck_assert(usher_ended_init(&ended, 3, seed));
    usher_ended_add(&ended, 1, 10, 0);
    usher_ended_add(&ended, 1, 50, 0);
    ck_assert(usher_ended_has(&ended, 1, 40));
    usher_ended_add(&ended, 2, 60, 0);
    usher_ended_add(&ended, 3, 70, 0); /* the first entry of 1 makes room */
    ck_assert(usher_ended_has(&ended, 1, 40));
    usher_ended_add(&ended, 4, 80, 0);
    ck_assert(!usher_ended_has(&ended, 1, 40));
    usher_ended_fini(&ended);
}
END_TEST

START_TEST(no_room_at_all_still_remembers_the_last)
{
    struct usher_ended ended;
    ck_assert(usher_ended_init(&ended, 0, seed));
    usher_ended_add(&ended, 1, 10, 0);
    usher_ended_add(&ended, 2, 20, 0);
    ck_assert(usher_ended_has(&ended, 2, 0));
    ck_assert(!usher_ended_has(&ended, 1, 0));
    usher_ended_fini(&ended);
}
END_TEST

START_TEST(memory_is_that_of_a_plain_list)
{
    enum { ROOM = 20, IDS = 30 };
    struct usher_ended ended;
    uint64_t hashes[ROOM];
    int64_t times[ROOM];
    size_t count = 0;
    uint64_t state = 1;
    ck_assert(usher_ended_init(&ended, ROOM, seed));
    for (int64_t now_ms = 100; now_ms < 20100; now_ms++) {
        uint64_t hash = random_below(&state, IDS);
        size_t gone = 0;
        usher_ended_add(&ended, hash, now_ms, now_ms - 50);
        while (gone < count && (count - gone == ROOM || times[gone] <= now_ms - 50))
            gone++;
        for (size_t i = gone; i < count; i++) {
            hashes[i - gone] = hashes[i];
            times[i - gone] = times[i];
        }
        count -= gone;
        hashes[count] = hash;
        times[count++] = now_ms;
        now_ms += (int64_t)random_below(&state, 10);
        for (uint64_t other = 0; other < IDS; other++) {
            bool is_known = false;
            for (size_t i = 0; i < count; i++)
                is_known |= hashes[i] == other;
            ck_assert_int_eq(usher_ended_has(&ended, other, 0), is_known);
        }
    }
    usher_ended_fini(&ended);
}
END_TEST

SUITE_MAIN("ended", id_that_ended_is_taken_until_its_time_has_passed,
           hash_is_the_same_on_every_machine, full_memory_forgets_the_oldest,
           those_of_long_ago_are_forgotten_when_another_ends,
           id_that_ends_again_is_taken_from_its_last_end, no_room_at_all_still_remembers_the_last,
           memory_is_that_of_a_plain_list)
