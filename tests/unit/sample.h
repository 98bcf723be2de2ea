/* Values for every field of the vocabulary, from its list. */
#ifndef UNIT_SAMPLE_H
#define UNIT_SAMPLE_H

#include <check.h>
#include <string.h>

#include "model/fields.h"

enum sample_kind {
    SAMPLE_SHORT,   /* short texts with what must be escaped; the highest numbers */
    SAMPLE_LONG,    /* texts as long as they may be; the lowest numbers */
    SAMPLE_TOO_BIG, /* texts a byte too long; numbers one too high, where there is a higher one */
    SAMPLE_COUNT,
};

#define SAMPLE_LONGEST 17000
#define SAMPLE_IDS     (USHER_FIELD_BIT(CONTACT) | USHER_FIELD_BIT(AGENT) | USHER_FIELD_BIT(CLIENT))

struct samples {
    char xs[SAMPLE_LONGEST];   /* "xxxx…" */
    char list[SAMPLE_LONGEST]; /* ["xxxx…"] */
    char contact[USHER_CONTACT_ID_MAX + 2];
};

static inline struct usher_text sample_text(struct samples *samples, enum sample_kind kind,
                                            usher_field_mask bit, int64_t bound)
{
    size_t length = (size_t)bound + (kind == SAMPLE_TOO_BIG);
    ck_assert_uint_lt(length, SAMPLE_LONGEST);
    if (kind == SAMPLE_SHORT)
        return bit & SAMPLE_IDS ? USHER_TEXT("olena") : USHER_TEXT("\"\\/\xc3\xa9 ");
    memset(samples->xs, 'x', sizeof(samples->xs));
    if (bit != USHER_FIELD_BIT(CONTACT))
        return (struct usher_text){samples->xs, length};
    memset(samples->contact, 'c', sizeof(samples->contact));
    samples->contact[USHER_CLIENT_NAME_MAX] = '/';
    return (struct usher_text){samples->contact, length};
}

static inline struct usher_text sample_raw(struct samples *samples, enum sample_kind kind,
                                           int64_t bound)
{
    size_t length =
        bound < 1024 ? (size_t)bound : 1024; /* a line with the highest bounds would be too long */
    if (kind == SAMPLE_SHORT)
        return USHER_TEXT("{\"lang\":\"uk\",\"a b\":[1,2,{\"c\":\"\\n\"}]}");
    if (kind == SAMPLE_TOO_BIG)
        length = (size_t)bound + 1;
    ck_assert_uint_le(length, sizeof(samples->list));
    memset(samples->list, 'x', sizeof(samples->list));
    memcpy(samples->list, "[\"", 2);
    memcpy(samples->list + length - 2, "\"]", 2);
    return (struct usher_text){samples->list, length};
}

static inline int64_t sample_number(enum sample_kind kind, int64_t bound)
{
    int64_t high = bound < 0 ? -bound : bound;
    if (kind == SAMPLE_SHORT)
        return high;
    if (kind == SAMPLE_LONG)
        return bound < 0 ? bound : 0;
    return high < INT64_MAX ? high + 1 : INT64_MIN;
}

/* Sets the fields of `bits`. Their texts lie in `samples`. */
static inline void sample_fill(struct usher_fields *fields, usher_field_mask bits,
                               enum sample_kind kind, struct samples *samples)
{
    *fields = (struct usher_fields){.present = bits};
#define SAMPLE_TEXT(NAME, bound) sample_text(samples, kind, USHER_FIELD_BIT(NAME), (bound))
#define SAMPLE_RAW(NAME, bound)  sample_raw(samples, kind, (bound))
#define SAMPLE_INT(NAME, bound)  sample_number(kind, (bound))
#define SAMPLE_FILL(NAME, member, TYPE, bound, sentence)                                           \
    if (bits & USHER_FIELD_BIT(NAME))                                                              \
        fields->member = SAMPLE_##TYPE(NAME, bound);
    USHER_FIELDS(SAMPLE_FILL)
#undef SAMPLE_FILL
}

/* Asserts that both have the same fields with the same values. */
static inline void sample_assert_same(const struct usher_fields *a, const struct usher_fields *b)
{
    ck_assert(a->present == b->present);
#define SAMPLE_SAME_TEXT(member)                         ck_assert_msg(usher_text_is_equal(a->member, b->member), #member)
#define SAMPLE_SAME_RAW(member)                          SAMPLE_SAME_TEXT(member)
#define SAMPLE_SAME_INT(member)                          ck_assert_msg(a->member == b->member, #member)
#define SAMPLE_SAME(NAME, member, TYPE, bound, sentence) SAMPLE_SAME_##TYPE(member);
    USHER_FIELDS(SAMPLE_SAME)
#undef SAMPLE_SAME
}

/* The name of the field of a bit. */
static inline const char *sample_name(usher_field_mask bit)
{
#define SAMPLE_NAME(NAME, member, TYPE, bound, sentence)                                           \
    if (bit == USHER_FIELD_BIT(NAME))                                                              \
        return #member;
    USHER_FIELDS(SAMPLE_NAME)
#undef SAMPLE_NAME
    return "";
}

#endif
