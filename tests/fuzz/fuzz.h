/* What every target has: its entry, called by libFuzzer and by replay.c, and a check that stops.
 * A target is one C file over libusher (and usherd's sources); it keeps nothing from one input to
 * the next that could change what comes of it. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/text.h"
#include "model/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* FUZZ_REQUIRE(condition, "as printf %d", 7) */
#define FUZZ_REQUIRE(condition, ...)                                                               \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                        \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline struct usher_text fuzz_text(const uint8_t *data, size_t size)
{
    return (struct usher_text){size > 0 ? (const char *)data : "", size};
}

/* Takes the text up to the next newline, or the rest, from `text`; false when there is none. */
static inline bool fuzz_next_line(struct usher_text *text, struct usher_text *line)
{
    if (text->length == 0)
        return false;
    const char *newline = memchr(text->at, '\n', text->length);
    *line = (struct usher_text){text->at, newline ? (size_t)(newline - text->at) : text->length};
    size_t taken = line->length + (newline ? 1 : 0);
    text->at += taken;
    text->length -= taken;
    return true;
}

#define FUZZ_IS_SAME_TEXT(a, b) (((a).at == NULL) == ((b).at == NULL) && usher_text_is_equal(a, b))
#define FUZZ_IS_SAME_RAW(a, b)  FUZZ_IS_SAME_TEXT(a, b)
#define FUZZ_IS_SAME_INT(a, b)  ((a) == (b))

/* Dies when two commands or events differ in a field. */
static inline void fuzz_require_same_fields(const struct usher_fields *a,
                                            const struct usher_fields *b)
{
    FUZZ_REQUIRE(a->present == b->present, "%llx and %llx", (unsigned long long)a->present,
                 (unsigned long long)b->present);
#define FUZZ_COMPARE(NAME, member, TYPE, bound, sentence)                                          \
    if (usher_fields_has(a, USHER_FIELD_##NAME))                                                   \
        FUZZ_REQUIRE(FUZZ_IS_SAME_##TYPE(a->member, b->member), "a field differs");
    USHER_FIELDS(FUZZ_COMPARE)
#undef FUZZ_COMPARE
}

#endif
