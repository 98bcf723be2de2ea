/* SipHash-2-4: two rounds a word of the message, four at the end. The words are little-endian on
 * any machine. */
#include "base/hash.h"

struct sip {
    uint64_t v0;
    uint64_t v1;
    uint64_t v2;
    uint64_t v3;
};

static inline uint64_t turn_left(uint64_t word, int bits)
{
    return (word << bits) | (word >> (64 - bits));
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = turn_left(s->v1, 13) ^ s->v0;
    s->v0 = turn_left(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = turn_left(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = turn_left(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = turn_left(s->v1, 17) ^ s->v2;
    s->v2 = turn_left(s->v2, 32);
}

static inline void sip_take(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

static inline uint64_t read_word(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

uint64_t usher_hash(struct usher_hash_seed seed, const void *at, size_t length)
{
    struct sip s = {
        .v0 = seed.k0 ^ UINT64_C(0x736f6d6570736575),
        .v1 = seed.k1 ^ UINT64_C(0x646f72616e646f6d),
        .v2 = seed.k0 ^ UINT64_C(0x6c7967656e657261),
        .v3 = seed.k1 ^ UINT64_C(0x7465646279746573),
    };
    const unsigned char *bytes = at;
    size_t whole = length - length % 8;
    for (size_t i = 0; i < whole; i += 8)
        sip_take(&s, read_word(bytes + i));

    uint64_t last = (uint64_t)(length & 0xff) << 56;
    for (size_t i = whole; i < length; i++)
        last |= (uint64_t)bytes[i] << (8 * (i - whole));
    sip_take(&s, last);

    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
