/* SipHash-2-4 (Aumasson and Bernstein, 2012): the hash of every table whose keys others choose. */
#ifndef USHER_BASE_HASH_H
#define USHER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct usher_hash_seed {
    uint64_t k0;
    uint64_t k1;
};

uint64_t usher_hash(struct usher_hash_seed seed, const void *at, size_t length);

#endif
