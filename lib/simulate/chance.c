/* Whatever a draw comes to, it takes the same number of steps of its stream: the next one is never
 * shifted. */
#include "simulate/chance.h"

#include <math.h>

#define TURN 6.283185307179586

static uint64_t next(struct usher_chance *chance)
{
    uint64_t mixed = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

struct usher_chance usher_chance_of(uint64_t seed, uint64_t first, uint64_t second)
{
    struct usher_chance chance = {seed};
    chance.state = next(&chance) ^ first;
    chance.state = next(&chance) ^ second;
    chance.state = next(&chance);
    return chance;
}

double usher_chance_uniform(struct usher_chance *chance)
{
    return ((double)(next(chance) >> 11) + 1) / 9007199254740992.0;
}

double usher_chance_exponential(struct usher_chance *chance)
{
    return -log(usher_chance_uniform(chance));
}

double usher_chance_lognormal(struct usher_chance *chance, double variation)
{
    double size = sqrt(-2 * log(usher_chance_uniform(chance)));
    double normal = size * cos(TURN * usher_chance_uniform(chance));
    double spread = log(1 + variation * variation);
    return exp(sqrt(spread) * normal - spread / 2);
}
