/* Chance that can be repeated: the same seed gives the same choices (splitmix64, Steele, Lea and
 * Flood, 2014). */
#ifndef SIMULATION_CHANCE_H
#define SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

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
    return (unsigned)(chance_next(chance) % count);
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
