/* Random numbers that can be repeated: a stream has a name of numbers, and who has the name draws
 * the same again. Each customer draws from a stream of its own, so that what rules do with one
 * customer shifts nothing for another (common random numbers). */
#ifndef USHER_SIMULATE_CHANCE_H
#define USHER_SIMULATE_CHANCE_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea and Flood, 2014). */
struct usher_chance {
    uint64_t state;
};

/* The stream of this name; streams of different names have nothing in common. */
struct usher_chance usher_chance_of(uint64_t seed, uint64_t first, uint64_t second);

/* Evenly in (0, 1]. */
double usher_chance_uniform(struct usher_chance *chance);
/* Exponential with mean 1. */
double usher_chance_exponential(struct usher_chance *chance);
/* Lognormal with mean 1 and this coefficient of variation, which is not below 0; 0 gives 1. */
double usher_chance_lognormal(struct usher_chance *chance, double variation);

#endif
