/* A set of small numbers in two levels of 64, so that the next member is found in a few steps. */
#ifndef USHER_BASE_BITS_H
#define USHER_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define USHER_BITS_NONE SIZE_MAX

struct usher_bits {
    uint64_t *words;
    uint64_t *summary; /* bit w set = words[w] is not zero */
    size_t count_max;  /* members are 0 .. count_max - 1 */
};

/* An empty set for members below `count_max` (0 is fine). False when memory is out. */
USHER_MUST_USE bool usher_bits_init(struct usher_bits *bits, size_t count_max);
void usher_bits_fini(struct usher_bits *bits);
void usher_bits_clear_all(struct usher_bits *bits);

static inline void usher_bits_add(struct usher_bits *bits, size_t member)
{
    bits->words[member / 64] |= UINT64_C(1) << (member % 64);
    bits->summary[member / 4096] |= UINT64_C(1) << (member / 64 % 64);
}

static inline void usher_bits_drop(struct usher_bits *bits, size_t member)
{
    size_t word = member / 64;
    bits->words[word] &= ~(UINT64_C(1) << (member % 64));
    if (bits->words[word] == 0)
        bits->summary[word / 64] &= ~(UINT64_C(1) << (word % 64));
}

static inline bool usher_bits_has(const struct usher_bits *bits, size_t member)
{
    return (bits->words[member / 64] >> (member % 64)) & 1;
}

/* The least member that is at or above `from`, or USHER_BITS_NONE. */
size_t usher_bits_next(const struct usher_bits *bits, size_t from);

#endif
