/* Fractions are in Q30: 1 is 2^30. A load is below 10,000,000 thousandths wherever it is
 * multiplied, so that products stay within 64 bits. */
#include "routing/erlang.h"

#include <assert.h>
#include <stdbool.h>

#define HOUR_MS   INT64_C(3600000)
#define ONE_Q30   (UINT64_C(1) << 30)
#define HALVINGS  10
#define POWER_MAX 20 /* e^-20 is nothing */

uint64_t usher_erlang_load(int64_t per_hour, int64_t handle_ms)
{
    return ((uint64_t)per_hour * (uint64_t)handle_ms + (uint64_t)HOUR_MS / 1000 - 1) /
           ((uint64_t)HOUR_MS / 1000);
}

/* Blocking of one more agent, where that of those before is `blocking`. */
static uint64_t block(uint64_t load, size_t agents, uint64_t blocking)
{
    uint64_t product = load * blocking;
    uint64_t sum = (((uint64_t)agents * 1000) << 30) + product;
    return product / (sum >> 30);
}

/* e^-power: the series of a small part of it, squared back. */
static uint64_t exp_q30(uint64_t power_q30)
{
    uint64_t part = power_q30 >> HALVINGS;
    uint64_t square = part * part >> 30;
    uint64_t value = ONE_Q30 - part + square / 2 - (square * part >> 30) / 6;
    for (int i = 0; i < HALVINGS; i++)
        value = value * value >> 30;
    return value;
}

/* Of a thousand, with the blocking of as many agents. */
static unsigned answered(uint64_t load, size_t agents, uint64_t blocking, int64_t wait_ms,
                         int64_t handle_ms)
{
    uint64_t all = (uint64_t)agents * 1000;
    uint64_t spare = all - load; /* thousandths of agents */
    uint64_t waiting = all * blocking / (all - (load * (ONE_Q30 - blocking) >> 30));
    uint64_t longest = (uint64_t)POWER_MAX * 1000 * (uint64_t)handle_ms / spare;
    if (wait_ms > 0 && (uint64_t)wait_ms >= longest)
        return 1000;
    uint64_t power = ((spare * (uint64_t)wait_ms / 1000) << 20) / (uint64_t)handle_ms << 10;
    uint64_t late = waiting * (exp_q30(power) >> 10) >> 20;
    return (unsigned)((ONE_Q30 - late) * 1000 >> 30);
}

unsigned usher_erlang_answered(uint64_t load, size_t agents, int64_t wait_ms, int64_t handle_ms)
{
    uint64_t blocking = ONE_Q30;
    assert(agents <= USHER_ERLANG_AGENTS_MAX && handle_ms > 0);
    if (load >= (uint64_t)agents * 1000)
        return 0;
    for (size_t i = 1; i <= agents; i++)
        blocking = block(load, i, blocking);
    return answered(load, agents, blocking, wait_ms, handle_ms);
}

size_t usher_erlang_agents(uint64_t load, unsigned per_mille, int64_t wait_ms, int64_t handle_ms)
{
    uint64_t blocking = ONE_Q30;
    if (load >= (uint64_t)USHER_ERLANG_AGENTS_MAX * 1000)
        return SIZE_MAX;
    for (size_t i = 1; i <= USHER_ERLANG_AGENTS_MAX; i++) {
        blocking = block(load, i, blocking);
        if (load < (uint64_t)i * 1000 &&
            answered(load, i, blocking, wait_ms, handle_ms) >= per_mille)
            return i;
    }
    return SIZE_MAX;
}
