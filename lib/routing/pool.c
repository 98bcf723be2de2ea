/* Prices of lending. All numbers are integers: the same journal gives the same bits on any machine.
 * The load that prices are made of is kept in steps of 1/64 of itself, rounded up (erring high is
 * the safe side), and follows the exact load only when that has left its step, so that a table is
 * not made anew at every arrival. */
#include "routing/pool.h"

#include <stdlib.h>
#include <string.h>

#define STEP_MS     2437 /* 256 steps are 15 min * ln 2 */
#define OLD_HALF_MS 623832
#define QUIET_MS    300000 /* nobody came for so long: what is known is forgotten without */
#define MEAN_MS     900000 /* 15 min */
#define ONE_Q30     (UINT64_C(1) << 30)
#define LOAD_MAX                                                                                   \
    ((UINT32_C(1) << 18) - 1) /* 1/16 erlang; keeps the products of the table within 64 bits */

/* 2^(-1/256) in Q32: (1 << 32) * 0.99729605608547... */
#define STEP_Q32 UINT64_C(4283353945)

/* 2^(-part / 256) in Q16, part 0 .. 255, by squaring. */
static uint64_t power_q16(unsigned part)
{
    uint64_t result = UINT64_C(1) << 32;
    uint64_t factor = STEP_Q32;
    for (unsigned bits = part; bits != 0; bits >>= 1) {
        if (bits & 1)
            result = (result == UINT64_C(1) << 32) ? factor : (result * factor) >> 32;
        factor = (factor * factor) >> 32;
    }
    return result >> 16;
}

static uint64_t forget_steps(uint64_t value, uint64_t steps)
{
    if (steps == 0)
        return value;
    if (steps >= UINT64_C(256) * 40)
        return 0;
    return ((value >> (steps / 256)) * power_q16((unsigned)(steps % 256))) >> 16;
}

uint64_t usher_pool_forget(uint64_t value, int64_t since_ms, int64_t now_ms)
{
    if (now_ms <= since_ms)
        return value;
    return forget_steps(value, (uint64_t)(now_ms / STEP_MS - since_ms / STEP_MS));
}

/* A router of version 2 forgot nothing between what lay nearer together than a step. */
static uint64_t forget(const struct usher_pool *pool, uint64_t value, int64_t since_ms,
                       int64_t now_ms)
{
    if (pool->is_of_version_2 && now_ms > since_ms)
        return forget_steps(value, (uint64_t)(now_ms - since_ms) * 256 / OLD_HALF_MS);
    return usher_pool_forget(value, since_ms, now_ms);
}

static uint32_t clamp_load(uint64_t a16)
{
    if (a16 < 1)
        return 1;
    return a16 > LOAD_MAX ? LOAD_MAX : (uint32_t)a16;
}

/* Arrivals over 15 minutes times handle time: erlangs, in sixteenths, rounded up. */
static uint64_t offered_a16(const struct usher_pool_past *past)
{
    uint64_t product = (past->arrivals_q16 >> 4) * (uint64_t)past->handle_ms; /* Q12 * ms */
    uint64_t unit = ((uint64_t)MEAN_MS << 12) / 16;
    return (product + unit - 1) / unit;
}

/* How many of the members are busy, in sixteenths, rounded up. */
static uint64_t busy_a16(const struct usher_pool *pool)
{
    const struct usher_pool_past *past = &pool->past;
    if (pool->is_of_version_2)
        return (past->busy_q16 + ((UINT64_C(1) << 12) - 1)) >> 12;
    if (past->arrivals_q16 == 0)
        return 0;
    return (past->busy_q16 * 16 + past->arrivals_q16 - 1) / past->arrivals_q16;
}

/* Half of it what comes for the pool, and half how many of its members are busy, with whatever else
 * they can do; at most twice what comes: nobody is missed for what hardly anybody asks for. */
static uint64_t exact_a16(const struct usher_pool *pool)
{
    uint64_t offered = offered_a16(&pool->past);
    if (pool->is_of_version_2 && pool->kind != USHER_POOL_SET)
        return offered;
    uint64_t mean = (offered + busy_a16(pool) + 1) / 2;
    return mean < 2 * offered || pool->is_of_version_2 ? mean : 2 * offered;
}

/* Up to the next number with six significant bits. */
static uint32_t round_up(uint32_t a16)
{
    uint32_t step = 1;
    while (a16 / step >= 64)
        step *= 2;
    return clamp_load((uint64_t)((a16 + step - 1) / step) * step);
}

/* As if as many had been busy as what comes keeps busy. */
static void take_offered_for_busy(struct usher_pool *pool)
{
    pool->past.busy_q16 = offered_a16(&pool->past) * pool->past.arrivals_q16 / 16;
}

void usher_pool_init(struct usher_pool *pool, enum usher_pool_kind kind, int64_t per_hour,
                     int64_t handle_ms, int64_t now_ms)
{
    memset(pool, 0, sizeof(*pool));
    pool->kind = kind;
    pool->is_stale = true;
    pool->past.handle_ms = handle_ms > 0 ? handle_ms : USHER_HANDLE_DEFAULT_MS;
    pool->past.arrivals_q16 = per_hour > 0 ? ((uint64_t)per_hour << 16) / 4 : 0;
    pool->past.arrivals_ms = now_ms;
    take_offered_for_busy(pool);
    pool->past.busy_ms = now_ms;
    usher_pool_settle(pool);
}

void usher_pool_begin_as_version_2(struct usher_pool *pool)
{
    pool->is_of_version_2 = true;
    pool->past.busy_q16 = 0;
    pool->past.load_used = 0;
    usher_pool_settle(pool);
}

void usher_pool_go_on_as_version_2(struct usher_pool *pool)
{
    pool->is_of_version_2 = true;
}

void usher_pool_go_on(struct usher_pool *pool)
{
    if (!pool->is_of_version_2)
        return;
    pool->is_of_version_2 = false;
    take_offered_for_busy(pool);
    usher_pool_settle(pool);
}

void usher_pool_inherit(struct usher_pool *pool, const struct usher_pool_past *past)
{
    pool->past = *past;
    pool->is_stale = true;
}

void usher_pool_fini(struct usher_pool *pool)
{
    free(pool->blocking);
    pool->blocking = NULL;
}

/* What is known of the pool's arrivals, as of now. */
static void forget_arrivals(struct usher_pool *pool, int64_t now_ms)
{
    struct usher_pool_past *past = &pool->past;
    past->arrivals_q16 = forget(pool, past->arrivals_q16, past->arrivals_ms, now_ms);
    if (!pool->is_of_version_2)
        past->busy_q16 = forget(pool, past->busy_q16, past->arrivals_ms, now_ms);
    past->arrivals_ms = now_ms;
}

/* Where nobody is there yet, as many as what comes would keep busy. */
static uint64_t busy_seen_q16(const struct usher_pool *pool)
{
    if (pool->member_count == 0)
        return offered_a16(&pool->past) << 12;
    return (uint64_t)(pool->member_count - pool->open_count) << 16;
}

/* Of Poisson arrivals each sees as many busy as there are in the mean over time. */
void usher_pool_note_arrival(struct usher_pool *pool, int64_t now_ms)
{
    forget_arrivals(pool, now_ms);
    pool->past.arrivals_q16 += 1 << 16;
    if (!pool->is_of_version_2)
        pool->past.busy_q16 += busy_seen_q16(pool);
    usher_pool_settle(pool);
}

int64_t usher_pool_mean(int64_t mean_ms, int64_t handle_ms)
{
    int64_t difference = handle_ms - mean_ms;
    mean_ms += (difference >= 0 ? difference + 15 : difference) / 16;
    return mean_ms < 1 ? 1 : mean_ms;
}

void usher_pool_note_handled(struct usher_pool *pool, int64_t handle_ms)
{
    pool->past.handle_ms = usher_pool_mean(pool->past.handle_ms, handle_ms);
    usher_pool_settle(pool);
}

/* The mean goes towards what held until now. */
static void note_busy_as_version_2(struct usher_pool *pool, int64_t now_ms)
{
    struct usher_pool_past *past = &pool->past;
    uint64_t busy_q16 = (uint64_t)(pool->member_count - pool->open_count) << 16;
    uint64_t kept = forget(pool, past->busy_q16, past->busy_ms, now_ms);
    past->busy_q16 = kept + (busy_q16 - forget(pool, busy_q16, past->busy_ms, now_ms));
    past->busy_ms = now_ms;
    usher_pool_settle(pool);
}

void usher_pool_change(struct usher_pool *pool, int members, int open, int64_t now_ms)
{
    if (!pool->is_of_version_2) {
        if (now_ms - pool->past.arrivals_ms >= QUIET_MS) {
            forget_arrivals(pool, now_ms);
            usher_pool_settle(pool);
        }
    } else if (pool->kind == USHER_POOL_SET) {
        note_busy_as_version_2(pool, now_ms);
    }
    pool->member_count = (uint32_t)((int64_t)pool->member_count + members);
    pool->open_count = (uint32_t)((int64_t)pool->open_count + open);
    if (members != 0)
        pool->is_stale = true;
}

void usher_pool_settle(struct usher_pool *pool)
{
    uint32_t exact = clamp_load(exact_a16(pool));
    uint32_t used = pool->past.load_used;
    uint32_t step = 1;
    while (used / step >= 64)
        step *= 2;
    if (used >= exact && used - exact < 2 * step && used != 0)
        return;
    pool->past.load_used = round_up(exact);
    pool->is_stale = true;
}

/* B(x) of B(x - 1). */
static uint32_t next_blocking(uint64_t x, uint64_t a16, uint64_t before)
{
    uint64_t t = (a16 * before) >> 4;
    return (uint32_t)((t << 20) / ((x << 20) + (t >> 10)));
}

void usher_pool_block(uint32_t n, uint32_t a16, uint32_t *blocking)
{
    blocking[0] = (uint32_t)ONE_Q30;
    for (uint32_t x = 1; x <= n; x++)
        blocking[x] = next_blocking(x, a16, blocking[x - 1]);
}

uint32_t usher_pool_ratio(uint32_t of_all, uint32_t of_busy)
{
    uint64_t price = of_busy == 0 ? 0 : (uint64_t)of_all * USHER_PRICE_ONE / of_busy;
    return price > USHER_PRICE_ONE ? USHER_PRICE_ONE : (uint32_t)price;
}

uint32_t usher_pool_load_a16(const struct usher_pool *pool)
{
    uint64_t cap = (uint64_t)pool->member_count * 16 * 98 / 100;
    uint32_t a16 = pool->past.load_used;
    return clamp_load(a16 > cap ? cap : a16);
}

static bool make_room(struct usher_pool *pool)
{
    if (pool->blocking_count < pool->blocking_room)
        return true;
    uint32_t room = pool->blocking_room ? pool->blocking_room * 2 : 64;
    uint32_t *blocking = realloc(pool->blocking, room * sizeof(*blocking));
    if (!blocking)
        return false;
    pool->blocking = blocking;
    pool->blocking_room = room;
    return true;
}

/* Goes on where the table ends, as long as the load is the same: one more member is one more entry.
 * A large pool's table ends long before N, where blocking cannot be told from 0. */
static bool refresh(struct usher_pool *pool)
{
    uint32_t a16 = usher_pool_load_a16(pool);
    if (a16 != pool->blocking_a16)
        pool->blocking_count = 0;
    pool->blocking_a16 = a16;
    for (uint32_t x = pool->blocking_count; x <= pool->member_count; x++) {
        if (x > 0 && pool->blocking[x - 1] == 0)
            break;
        if (!make_room(pool))
            return false;
        pool->blocking[x] =
            x == 0 ? (uint32_t)ONE_Q30 : next_blocking(x, a16, pool->blocking[x - 1]);
        pool->blocking_count = x + 1;
    }
    pool->is_stale = false;
    return true;
}

static uint32_t blocking_of(const struct usher_pool *pool, uint32_t servers)
{
    return servers < pool->blocking_count ? pool->blocking[servers] : 0;
}

uint32_t usher_pool_price(struct usher_pool *pool)
{
    if (pool->open_count == 0)
        return 0;
    if (pool->is_stale && !refresh(pool))
        return USHER_PRICE_ONE;
    return usher_pool_ratio(blocking_of(pool, pool->member_count),
                            blocking_of(pool, pool->member_count - pool->open_count));
}
