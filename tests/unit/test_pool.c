/* Prices of lending, against the exact values of Erlang B. */
#include <check.h>
#include <stdlib.h>

#include "routing/pool.h"
#include "unit/random.h"

static void expect_prices(uint32_t n, uint32_t erlangs, const uint16_t wanted[3])
{
    uint32_t *blocking = calloc(n + 1, sizeof(*blocking));
    usher_pool_block(n, erlangs * 16, blocking);
    for (uint32_t f = 1; f <= 3; f++)
        ck_assert_uint_eq(usher_pool_ratio(blocking[n], blocking[n - f]), wanted[f - 1]);
    free(blocking);
}

START_TEST(prices_are_those_of_exact_fractions)
{
    expect_prices(7, 3, (uint16_t[]){4192, 1986, 1060});
    expect_prices(10, 7, (uint16_t[]){6448, 4403, 3163});
    expect_prices(20, 15, (uint16_t[]){7158, 5291, 4029});
    expect_prices(60, 45, (uint16_t[]){7459, 5647, 4339});
}
END_TEST

START_TEST(blocking_is_erlang_b)
{
    /* (servers, erlangs, B in millionths) of exact fractions */
    static const uint32_t rows[][3] = {
        {1, 1, 500000},  {5, 3, 110054},  {10, 5, 18385},  {10, 8, 121661},  {20, 12, 9796},
        {20, 15, 45593}, {30, 25, 52603}, {50, 40, 18691}, {100, 90, 26957}, {200, 180, 10325}};
    uint32_t blocking[201];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        usher_pool_block(rows[i][0], rows[i][1] * 16, blocking);
        uint64_t millionths = ((uint64_t)blocking[rows[i][0]] * 1000000 + (1u << 29)) >> 30;
        ck_assert_uint_ge(millionths + 2, rows[i][2]);
        ck_assert_uint_le(millionths, rows[i][2] + 2);
    }
}
END_TEST

START_TEST(price_falls_as_more_members_are_free)
{
    uint32_t blocking[201];
    usher_pool_block(200, 180 * 16, blocking);
    for (uint32_t f = 1; f < 200; f++)
        ck_assert_uint_ge(usher_pool_ratio(blocking[200], blocking[200 - f]),
                          usher_pool_ratio(blocking[200], blocking[200 - f - 1]));
    ck_assert_uint_eq(usher_pool_ratio(blocking[200], blocking[200]), USHER_PRICE_ONE);
}
END_TEST

START_TEST(price_of_a_table_with_the_highest_load_stays_in_bounds)
{
    uint32_t *blocking = calloc(20001, sizeof(*blocking));
    usher_pool_block(20000, (1u << 18) - 1, blocking);
    for (uint32_t x = 1; x <= 20000; x++)
        ck_assert_uint_le(blocking[x], blocking[x - 1]);
    ck_assert_uint_le(usher_pool_ratio(blocking[20000], blocking[19999]), USHER_PRICE_ONE);
    free(blocking);
}
END_TEST

/* What the pool's price is by a table of all N. */
static uint32_t plain_price(const struct usher_pool *pool)
{
    uint32_t n = pool->member_count;
    uint32_t *blocking = calloc(n + 1, sizeof(*blocking));
    usher_pool_block(n, usher_pool_load_a16(pool), blocking);
    uint32_t price =
        pool->open_count == 0 ? 0 : usher_pool_ratio(blocking[n], blocking[n - pool->open_count]);
    free(blocking);
    return price;
}

START_TEST(price_is_that_of_a_table_made_anew_whatever_came_before)
{
    struct usher_pool pool;
    uint64_t state = 1;
    usher_pool_init(&pool, USHER_POOL_SKILL, 600, 60000, 0); /* 10 erlangs */
    for (int64_t i = 0; i < 20000; i++) {
        int members = pool.member_count < 400 && random_below(&state, 3) > 0 ? 1 : 0;
        int open = random_below(&state, 2) && pool.open_count < pool.member_count ? 1 : 0;
        if (random_below(&state, 8) == 0) {
            members = pool.member_count > pool.open_count ? -1 : 0;
            open = 0;
        }
        usher_pool_change(&pool, members, open, i * 1000);
        if (pool.open_count > 0 && random_below(&state, 2))
            usher_pool_change(&pool, 0, -(int)random_below(&state, pool.open_count + 1), i * 1000);
        if (random_below(&state, 20) == 0)
            usher_pool_note_arrival(&pool, i * 1000);
        ck_assert_uint_eq(usher_pool_price(&pool), plain_price(&pool));
    }
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(half_is_forgotten_in_the_half_life_of_fifteen_minutes_mean)
{
    ck_assert_uint_eq(usher_pool_forget(1u << 20, 0, INT64_C(2437) * 256), 1u << 19);
    ck_assert_uint_eq(usher_pool_forget(1000, 2437, 2437), 1000);
    ck_assert_uint_eq(usher_pool_forget(UINT64_C(1) << 40, 0, INT64_C(2437) * 256 * 50), 0);
}
END_TEST

START_TEST(forgetting_is_within_a_thousandth_of_the_exponential)
{
    /* e^-1 = 0.36787944 after 15 minutes. */
    uint64_t kept = usher_pool_forget(1u << 30, 0, 900000);
    ck_assert_uint_ge(kept, (uint64_t)(0.36787944 * 0.997 * (1u << 30)));
    ck_assert_uint_le(kept, (uint64_t)(0.36787944 * 1.003 * (1u << 30)));
}
END_TEST

/* Two hours of one arrival in 10 s with 300 s each, 30 erlangs, while `busy` of 100 members are. */
static uint32_t load_after_hours(enum usher_pool_kind kind, int busy)
{
    struct usher_pool pool;
    usher_pool_init(&pool, kind, -1, 300000, 0);
    usher_pool_change(&pool, 100, 100 - busy, 0);
    for (int64_t now_ms = 0; now_ms < 7200000; now_ms += 10000)
        usher_pool_note_arrival(&pool, now_ms);
    uint32_t load = pool.past.load_used;
    usher_pool_fini(&pool);
    return load;
}

START_TEST(load_is_half_of_what_comes_and_half_of_who_is_busy)
{
    static const enum usher_pool_kind kinds[] = {USHER_POOL_SKILL, USHER_POOL_SET,
                                                 USHER_POOL_CHANNEL};
    for (size_t i = 0; i < 3; i++) {
        uint32_t load = load_after_hours(kinds[i], 30);
        ck_assert_uint_ge(load, 29 * 16);
        ck_assert_uint_le(load, 32 * 16);
        load = load_after_hours(kinds[i], 70);
        ck_assert_uint_ge(load, 49 * 16);
        ck_assert_uint_le(load, 52 * 16);
        load = load_after_hours(kinds[i], 0);
        ck_assert_uint_ge(load, 14 * 16);
        ck_assert_uint_le(load, 16 * 16);
    }
}
END_TEST

START_TEST(load_follows_arrivals_that_come_ten_a_second)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, -1, 3000, 0);
    usher_pool_change(&pool, 60, 30, 0);
    for (int64_t now_ms = 0; now_ms < 7200000; now_ms += 100) /* 30 erlangs */
        usher_pool_note_arrival(&pool, now_ms);
    ck_assert_uint_ge(pool.past.load_used, 29 * 16);
    ck_assert_uint_le(pool.past.load_used, 32 * 16);
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(load_is_at_most_twice_what_comes)
{
    /* 100 members are busy, and one call an hour asks for what makes them a pool. */
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, -1, 900000, 0);
    usher_pool_change(&pool, 101, 1, 0);
    usher_pool_note_arrival(&pool, 3600000);
    ck_assert_uint_eq(pool.past.load_used, 32); /* one erlang came */
    usher_pool_fini(&pool);
}
END_TEST

/* What is busy with the pool's own calls alone, of so many erlangs, for a day: calls come by chance
 * and take 5 min each. The mean of what arrivals see, in hundredths. */
static uint64_t busy_seen(unsigned erlangs)
{
    enum { HANDLE_MS = 300000, DAY_MS = 86400000, CALLS_MAX = 64 };
    int64_t ends[CALLS_MAX];
    int busy = 0;
    uint64_t state = erlangs;
    uint64_t sum = 0;
    uint64_t count = 0;
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, (int64_t)erlangs * 12, HANDLE_MS, 0);
    usher_pool_change(&pool, CALLS_MAX, CALLS_MAX, 0);
    for (int64_t now_ms = 0; now_ms < DAY_MS; now_ms += 100) {
        for (int i = busy - 1; i >= 0; i--)
            if (ends[i] <= now_ms) {
                ends[i] = ends[--busy];
                usher_pool_change(&pool, 0, 1, now_ms);
            }
        if (busy == CALLS_MAX || random_below(&state, HANDLE_MS / 100) >= erlangs)
            continue;
        usher_pool_note_arrival(&pool, now_ms);
        sum += pool.past.busy_q16 * 100 / pool.past.arrivals_q16;
        count++;
        ends[busy++] = now_ms + HANDLE_MS;
        usher_pool_change(&pool, 0, -1, now_ms);
    }
    usher_pool_fini(&pool);
    return sum / count;
}

START_TEST(busy_members_are_counted_as_often_as_they_are)
{
    for (unsigned erlangs = 1; erlangs <= 10; erlangs += 3) {
        ck_assert_uint_ge(busy_seen(erlangs), erlangs * 90);
        ck_assert_uint_le(busy_seen(erlangs), erlangs * 110);
    }
}
END_TEST

START_TEST(load_is_what_comes_while_nobody_is_there)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, -1, 300000, 0);
    for (int64_t now_ms = 0; now_ms < 7200000; now_ms += 10000)
        usher_pool_note_arrival(&pool, now_ms);
    ck_assert_uint_ge(pool.past.load_used, 29 * 16);
    ck_assert_uint_le(pool.past.load_used, 32 * 16);
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(price_falls_while_nobody_comes)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, 360, 300000, 0); /* 30 erlangs */
    usher_pool_change(&pool, 40, 10, 0);
    ck_assert_uint_gt(usher_pool_price(&pool), 1000);
    for (int64_t now_ms = 0; now_ms <= 14400000; now_ms += 60000) {
        usher_pool_change(&pool, 0, -1, now_ms); /* they have other work */
        usher_pool_change(&pool, 0, 1, now_ms);
    }
    ck_assert_uint_eq(usher_pool_price(&pool), 0);
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(time_that_goes_back_is_none)
{
    ck_assert_uint_eq(usher_pool_forget(1000, 5000, 0), 1000);
}
END_TEST

START_TEST(forecast_is_the_first_load)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, 36, 300000, 0); /* 3 erlangs */
    usher_pool_change(&pool, 7, 1, 0);
    ck_assert_uint_eq(pool.past.load_used, 48);
    ck_assert_uint_eq(usher_pool_price(&pool), 4192);
    usher_pool_change(&pool, 0, 1, 0);
    ck_assert_uint_eq(usher_pool_price(&pool), 1986);
    usher_pool_change(&pool, 0, -2, 0);
    ck_assert_uint_eq(usher_pool_price(&pool), 0);
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(who_is_busy_counts_from_the_moment_when_a_later_router_leads)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, 36, 300000, 0); /* 3 erlangs */
    usher_pool_begin_as_version_2(&pool);
    usher_pool_change(&pool, 7, 1, 0);
    usher_pool_note_arrival(&pool, 100000);
    ck_assert_uint_eq(pool.past.busy_q16, 0);
    uint32_t load = pool.past.load_used;
    usher_pool_go_on(&pool);
    ck_assert_uint_eq(pool.past.load_used, load);
    usher_pool_note_arrival(&pool, 200000);
    ck_assert_uint_gt(pool.past.load_used, load); /* 6 of 7 are busy */
    usher_pool_fini(&pool);
}
END_TEST

START_TEST(handle_time_moves_by_a_sixteenth)
{
    struct usher_pool pool;
    usher_pool_init(&pool, USHER_POOL_SKILL, -1, 300000, 0);
    usher_pool_note_handled(&pool, 460000);
    ck_assert_int_eq(pool.past.handle_ms, 310000);
    usher_pool_note_handled(&pool, 150000);
    ck_assert_int_eq(pool.past.handle_ms, 300000);
    usher_pool_fini(&pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *cases = tcase_create("pool");
    tcase_add_test(cases, prices_are_those_of_exact_fractions);
    tcase_add_test(cases, blocking_is_erlang_b);
    tcase_add_test(cases, price_falls_as_more_members_are_free);
    tcase_add_test(cases, price_of_a_table_with_the_highest_load_stays_in_bounds);
    tcase_add_test(cases, price_is_that_of_a_table_made_anew_whatever_came_before);
    tcase_add_test(cases, half_is_forgotten_in_the_half_life_of_fifteen_minutes_mean);
    tcase_add_test(cases, forgetting_is_within_a_thousandth_of_the_exponential);
    tcase_add_test(cases, load_is_half_of_what_comes_and_half_of_who_is_busy);
    tcase_add_test(cases, load_follows_arrivals_that_come_ten_a_second);
    tcase_add_test(cases, load_is_at_most_twice_what_comes);
    tcase_add_test(cases, busy_members_are_counted_as_often_as_they_are);
    tcase_add_test(cases, load_is_what_comes_while_nobody_is_there);
    tcase_add_test(cases, price_falls_while_nobody_comes);
    tcase_add_test(cases, time_that_goes_back_is_none);
    tcase_add_test(cases, forecast_is_the_first_load);
    tcase_add_test(cases, who_is_busy_counts_from_the_moment_when_a_later_router_leads);
    tcase_add_test(cases, handle_time_moves_by_a_sixteenth);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
