/* Rules from a text, or what was told about it. */
#ifndef UNIT_RULED_H
#define UNIT_RULED_H

#include "rules/rules.h"
#include "unit/told.h"

/* The rules of a text without problems. */
static inline struct usher_rules *ruled(const char *text)
{
    struct usher_problems *problems = told_new();
    struct usher_rules *rules = usher_rules_read(usher_text_of(text), "feed", problems);

    ck_assert_msg(rules != NULL, "%s", told_lines(problems));
    ck_assert_uint_eq(problems->count, 0);
    free(problems);
    return rules;
}

/* What was told about a text with problems. */
static inline const char *ruled_out(const char *text)
{
    struct usher_problems *problems = told_new();
    struct usher_rules *rules = usher_rules_read(usher_text_of(text), "feed", problems);
    const char *told = told_lines(problems);

    ck_assert_ptr_null(rules);
    free(problems);
    return told;
}

struct ruled_mistake {
    const char *text;
    const char *told; /* a part of it */
};

static inline void ruled_expect(const struct ruled_mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *told = ruled_out(mistakes[i].text);
        ck_assert_msg(strstr(told, mistakes[i].told) != NULL, "%s is not in %s", mistakes[i].told,
                      told);
    }
}

#endif
