/* The ring of published events. */
#include <check.h>
#include <stdio.h>

#include "ring.h"
#include "unit/random.h"
#include "unit/suite.h"

static struct router_event make_event(char room[64], uint32_t epoch, uint64_t seq)
{
    int length =
        snprintf(room, 64, "{\"n\":\"%u-%llu\"}", (unsigned)epoch, (unsigned long long)seq);
    return (struct router_event){
        .kind = USHER_EVENT_CONTACT_NOTED,
        .n = {epoch, seq},
        .line = {room, (size_t)length},
        .client = USHER_TEXT("pbx1"),
        .agent = seq % 2 ? USHER_TEXT("olena") : USHER_TEXT(""),
    };
}

static void add(struct ring *ring, uint32_t epoch, uint64_t seq)
{
    char room[64];
    struct router_event event = make_event(room, epoch, seq);
    ring_add(ring, &event);
}

/* Walks from `at` to the end, checks each event, and returns the number of the last. */
static uint64_t walk(const struct ring *ring, size_t at, uint64_t first, uint32_t epoch)
{
    struct router_event event;
    uint64_t seq = first;
    while (ring_next(ring, &at, &event)) {
        char room[64];
        struct router_event wanted = make_event(room, epoch, seq);
        ck_assert(usher_number_compare(event.n, wanted.n) == 0);
        ck_assert(usher_text_is_equal(event.line, wanted.line));
        ck_assert(usher_text_is_equal(event.client, wanted.client));
        ck_assert(usher_text_is_equal(event.agent, wanted.agent));
        seq++;
    }
    return seq - 1;
}

START_TEST(what_follows_a_known_number_is_found)
{
    struct ring ring;
    size_t at;
    ck_assert_int_eq(ring_init(&ring, 4096), 0);
    ring_begin(&ring, (struct usher_number){7, 3});
    for (uint64_t seq = 4; seq <= 9; seq++)
        add(&ring, 7, seq);
    ck_assert(ring_find(&ring, (struct usher_number){7, 3}, &at));
    ck_assert_uint_eq(walk(&ring, at, 4, 7), 9);
    ck_assert(ring_find(&ring, (struct usher_number){7, 6}, &at));
    ck_assert_uint_eq(walk(&ring, at, 7, 7), 9);
    ck_assert(ring_find(&ring, (struct usher_number){7, 9}, &at));
    struct router_event event;
    ck_assert(!ring_next(&ring, &at, &event));
    ring_fini(&ring);
}
END_TEST

START_TEST(unknown_numbers_are_not_found)
{
    struct ring ring;
    size_t at;
    ck_assert_int_eq(ring_init(&ring, 4096), 0);
    ck_assert(!ring_find(&ring, (struct usher_number){0, 0}, &at));
    ring_begin(&ring, (struct usher_number){7, 3});
    add(&ring, 7, 4);
    ck_assert(!ring_find(&ring, (struct usher_number){7, 2}, &at));
    ck_assert(!ring_find(&ring, (struct usher_number){7, 5}, &at));
    ck_assert(!ring_find(&ring, (struct usher_number){6, 4}, &at));
    ck_assert(!ring_find(&ring, (struct usher_number){8, 1}, &at));
    ring_fini(&ring);
}
END_TEST

START_TEST(oldest_events_give_way_and_the_rest_stays_whole)
{
    uint64_t random = 3;
    for (size_t room = 40; room < 3000; room += 1 + random_next(&random) % 200) {
        struct ring ring;
        ck_assert_int_eq(ring_init(&ring, room), 0);
        ring_begin(&ring, (struct usher_number){1, 0});
        for (uint64_t seq = 1; seq <= 300; seq++) {
            size_t at;
            add(&ring, 1, seq);
            ck_assert(ring_find(&ring, ring.before, &at) || ring.before.epoch == 0);
            ck_assert_uint_eq(walk(&ring, 0, ring.before.seq + 1, 1), seq);
            ck_assert(seq < 2 || ring.count > 0);
        }
        ck_assert(room < 1000 || ring.count > 5);
        ring_fini(&ring);
    }
}
END_TEST

START_TEST(event_larger_than_the_ring_empties_it)
{
    struct ring ring;
    size_t at;
    ck_assert_int_eq(ring_init(&ring, 30), 0);
    ring_begin(&ring, (struct usher_number){1, 0});
    add(&ring, 1, 1);
    char big[64] = {'x'};
    struct router_event event = {
        .n = {1, 2}, .line = {big, sizeof(big)}, .client = USHER_TEXT(""), .agent = USHER_TEXT("")};
    ring_add(&ring, &event);
    ck_assert_uint_eq(ring.count, 0);
    ck_assert(!ring_find(&ring, (struct usher_number){1, 1}, &at));
    ck_assert(ring_find(&ring, (struct usher_number){1, 2}, &at));
    ring_fini(&ring);
}
END_TEST

START_TEST(an_erased_customer_is_nobody_in_what_is_there)
{
    static const char line[] = "{\"n\":\"1-2\",\"from\":\"+380\",\"customer\":\"7\"}";
    struct ring ring;
    struct router_event event = {.n = {1, 2},
                                 .line = USHER_TEXT(line),
                                 .client = USHER_TEXT("pbx1"),
                                 .agent = USHER_TEXT("olena")};
    size_t at = 0;
    ck_assert_int_eq(ring_init(&ring, 4096), 0);
    ring_begin(&ring, (struct usher_number){1, 0});
    add(&ring, 1, 1);
    ring_add(&ring, &event);
    add(&ring, 1, 3);
    ring_erase(&ring, USHER_TEXT("8"));
    ring_erase(&ring, USHER_TEXT("7"));
    ck_assert(ring_find(&ring, (struct usher_number){1, 1}, &at) && ring_next(&ring, &at, &event));
    ck_assert(usher_text_is_equal(event.line, USHER_TEXT("{\"n\":\"1-2\",\"customer\":\"\"}")));
    ck_assert(usher_text_is_equal(event.agent, USHER_TEXT("olena")));
    ck_assert_uint_eq(walk(&ring, at, 3, 1), 3);
    ring_fini(&ring);
}
END_TEST

SUITE_MAIN("ring", what_follows_a_known_number_is_found, unknown_numbers_are_not_found,
           oldest_events_give_way_and_the_rest_stays_whole, event_larger_than_the_ring_empties_it,
           an_erased_customer_is_nobody_in_what_is_there)
