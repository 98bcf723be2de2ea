/* Two levels: a summary bit is set exactly when its word has a member. */
#include "base/bits.h"

#include <stdlib.h>
#include <string.h>

static size_t words_of(size_t count)
{
    return count / 64 + (count % 64 != 0);
}

bool usher_bits_init(struct usher_bits *bits, size_t count_max)
{
    size_t words = words_of(count_max);
    size_t summaries = words_of(words);
    *bits = (struct usher_bits){.count_max = count_max};
    bits->words = calloc(words + summaries + 1, sizeof(*bits->words));
    if (!bits->words)
        return false;
    bits->summary = bits->words + words;
    return true;
}

void usher_bits_fini(struct usher_bits *bits)
{
    free(bits->words);
    *bits = (struct usher_bits){0};
}

void usher_bits_clear_all(struct usher_bits *bits)
{
    size_t words = words_of(bits->count_max);
    if (words > 0)
        memset(bits->words, 0, (words + words_of(words)) * sizeof(*bits->words));
}

static size_t lowest(uint64_t word)
{
    return (size_t)__builtin_ctzll(word);
}

size_t usher_bits_next(const struct usher_bits *bits, size_t from)
{
    if (from >= bits->count_max)
        return USHER_BITS_NONE;
    size_t word = from / 64;
    uint64_t rest = bits->words[word] >> (from % 64);
    if (rest != 0)
        return from + lowest(rest);

    size_t words = words_of(bits->count_max);
    size_t next = word + 1;
    if (next >= words)
        return USHER_BITS_NONE;
    uint64_t summary = bits->summary[next / 64] & (UINT64_MAX << (next % 64));
    for (size_t i = next / 64;;) {
        if (summary != 0) {
            word = i * 64 + lowest(summary);
            return word * 64 + lowest(bits->words[word]);
        }
        if (++i >= words_of(words))
            return USHER_BITS_NONE;
        summary = bits->summary[i];
    }
}
