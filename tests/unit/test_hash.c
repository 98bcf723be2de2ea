/* SipHash-2-4 against the vectors of its authors: key 00 01 .. 0f, message 00 01 .. of each length.
 */
#include <check.h>

#include "base/hash.h"
#include "unit/suite.h"

static const struct usher_hash_seed seed = {UINT64_C(0x0706050403020100),
                                            UINT64_C(0x0f0e0d0c0b0a0908)};

START_TEST(hash_of_each_length_is_that_of_the_authors)
{
    static const struct {
        size_t length;
        uint64_t hash;
    } vectors[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
        {7, UINT64_C(0xab0200f58b01d137)},  {8, UINT64_C(0x93f5f5799a932462)},
        {9, UINT64_C(0x9e0082df0ba9e4b0)},  {15, UINT64_C(0xa129ca6149be45e5)},
        {63, UINT64_C(0x958a324ceb064572)},
    };
    unsigned char message[64];
    for (unsigned i = 0; i < sizeof(message); i++)
        message[i] = (unsigned char)i;
    for (size_t i = 0; i < USHER_COUNT_OF(vectors); i++)
        ck_assert_uint_eq(usher_hash(seed, message, vectors[i].length), vectors[i].hash);
}
END_TEST

START_TEST(another_seed_gives_another_hash)
{
    struct usher_hash_seed other = seed;
    other.k1 ^= 1;
    ck_assert_uint_ne(usher_hash(seed, "olena", 5), usher_hash(other, "olena", 5));
}
END_TEST

SUITE_MAIN("hash", hash_of_each_length_is_that_of_the_authors, another_seed_gives_another_hash)
