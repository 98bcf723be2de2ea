/* Chance that can be repeated: the same seed gives the same choices (splitmix64, Steele, Lea and
 * Flood, 2014). Or there is no chance at all, and given bytes make the choices, for a fuzzer. */
#ifndef SIMULATION_CHANCE_H
#define SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
    const uint8_t *bytes; /* NULL: the seed makes the choices */
    size_t bytes_count;
};

/* From now on the bytes, which are borrowed, make the choices; behind their end all are 0. */
static inline void chance_follow(struct chance *chance, const uint8_t *bytes, size_t bytes_count)
{
    chance->bytes = bytes;
    chance->bytes_count = bytes_count;
}

static inline bool chance_is_over(const struct chance *chance)
{
    return chance->bytes && chance->bytes_count == 0;
}

/* As many bytes as a choice among `count` needs. */
static inline uint64_t chance_take(struct chance *chance, unsigned count)
{
    uint64_t taken = 0;
    for (unsigned rest = count - 1; rest > 0 && chance->bytes_count > 0; rest >>= 8) {
        taken = taken << 8 | *chance->bytes++;
        chance->bytes_count--;
    }
    return taken;
}

static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t z = (chance->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 .. count - 1; count must not be 0. */
static inline unsigned chance_below(struct chance *chance, unsigned count)
{
    uint64_t next = chance->bytes ? chance_take(chance, count) : chance_next(chance);
    return (unsigned)(next % count);
}

static inline int chance_between(struct chance *chance, int low, int high)
{
    return low + (int)chance_below(chance, (unsigned)(high - low + 1));
}

/* True in `percent` of 100. */
static inline bool chance_is(struct chance *chance, unsigned percent)
{
    return chance_below(chance, 100) < percent;
}

#endif
