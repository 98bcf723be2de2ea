/* Matching compares whole texts: no patterns but the `*` at the end of a number. */
#include "rules/condition.h"

#include <string.h>

#include "wire/json.h"

#define VALUE_BYTES_MAX 256 /* of what a contact has: a longer one equals nothing */

static const char *const names[USHER_CONDITION_KIND_COUNT] = {"",
#define NAME_OF(NAME, key) key,
                                                              USHER_CONDITIONS(NAME_OF)
#undef NAME_OF
};

const char *usher_condition_name(enum usher_condition_kind kind)
{
    return names[kind];
}

enum usher_condition_kind usher_condition_find(struct usher_text key, struct usher_text *rest)
{
    *rest = USHER_NO_TEXT;
    for (size_t i = 1; i < USHER_CONDITION_KIND_COUNT; i++) {
        struct usher_text name = usher_text_of(names[i]);

        if (usher_text_is_equal(key, name) && name.at[name.length - 1] != '.')
            return (enum usher_condition_kind)i;
        if (name.at[name.length - 1] != '.' || key.length <= name.length ||
            memcmp(key.at, name.at, name.length) != 0)
            continue;
        *rest = (struct usher_text){key.at + name.length, key.length - name.length};
        return (enum usher_condition_kind)i;
    }
    return USHER_CONDITION_NONE;
}

static bool has_value(const struct usher_condition *condition, struct usher_text value)
{
    for (size_t i = 0; i < condition->values_count; i++) {
        if (usher_text_is_equal(condition->values[i], value))
            return true;
    }
    return false;
}

static bool is_fit_by_pattern(struct usher_text pattern, struct usher_text number)
{
    if (!number.at)
        return false;
    if (pattern.at[pattern.length - 1] != '*')
        return usher_text_is_equal(pattern, number);
    pattern.length--;
    return number.length >= pattern.length && memcmp(number.at, pattern.at, pattern.length) == 0;
}

static bool has_number(const struct usher_condition *condition, struct usher_text number)
{
    for (size_t i = 0; i < condition->values_count; i++) {
        if (is_fit_by_pattern(condition->values[i], number))
            return true;
    }
    return false;
}

static bool has_member(const struct usher_condition *condition, struct usher_text object)
{
    char room[VALUE_BYTES_MAX];
    struct usher_text value;

    return object.at && usher_json_find_text(object, condition->key, room, sizeof(room), &value) &&
           has_value(condition, value);
}

static bool is_any_fit(const struct usher_condition *condition, const struct usher_facts *facts)
{
    switch (condition->kind) {
    case USHER_CONDITION_CHANNEL:
        return has_value(condition, usher_channel_name(facts->channel));
    case USHER_CONDITION_DIALLED:
        return has_number(condition, facts->to);
    case USHER_CONDITION_FROM:
        return has_number(condition, facts->from);
    case USHER_CONDITION_SWITCH:
        return (condition->switches & facts->switches) != 0;
    case USHER_CONDITION_REPEAT:
        return has_value(condition, facts->is_repeat ? USHER_TEXT("true") : USHER_TEXT("false"));
    case USHER_CONDITION_DATA:
        return has_member(condition, facts->data);
    case USHER_CONDITION_CUSTOMER:
        return has_member(condition, facts->customer);
    case USHER_CONDITION_NONE:
    case USHER_CONDITION_KIND_COUNT:
        break;
    }
    return false;
}

bool usher_condition_is_fit(const struct usher_condition *condition,
                            const struct usher_facts *facts)
{
    return is_any_fit(condition, facts) != condition->is_not;
}

/* Whether all that fits the value `inner` fits `outer`, too. */
static bool is_value_within(enum usher_condition_kind kind, struct usher_text inner,
                            struct usher_text outer)
{
    bool is_pattern = kind == USHER_CONDITION_DIALLED || kind == USHER_CONDITION_FROM;

    if (!is_pattern || outer.at[outer.length - 1] != '*')
        return usher_text_is_equal(inner, outer);
    outer.length--;
    return inner.length >= outer.length && memcmp(inner.at, outer.at, outer.length) == 0;
}

/* Whether each value of `inner` lies within some of `outer`. */
static bool is_within(const struct usher_condition *inner, const struct usher_condition *outer)
{
    for (size_t i = 0; i < inner->values_count; i++) {
        size_t k = 0;

        while (k < outer->values_count &&
               !is_value_within(inner->kind, inner->values[i], outer->values[k]))
            k++;
        if (k == outer->values_count)
            return false;
    }
    return true;
}

/* Whether no value can fit both. Several switches may be on. */
static bool is_apart(const struct usher_condition *a, const struct usher_condition *b)
{
    if (a->kind == USHER_CONDITION_SWITCH)
        return false;
    for (size_t i = 0; i < a->values_count; i++) {
        for (size_t k = 0; k < b->values_count; k++) {
            if (is_value_within(a->kind, a->values[i], b->values[k]) ||
                is_value_within(a->kind, b->values[k], a->values[i]))
                return false;
        }
    }
    return true;
}

static bool is_of_same(const struct usher_condition *a, const struct usher_condition *b)
{
    return a->kind == b->kind && usher_text_is_equal(a->key, b->key);
}

bool usher_condition_implies(const struct usher_condition *a, const struct usher_condition *b)
{
    if (!is_of_same(a, b))
        return false;
    if (b->is_not)
        return a->is_not ? is_within(b, a) : is_apart(a, b);
    return !a->is_not && is_within(a, b);
}

bool usher_condition_excludes(const struct usher_condition *a, const struct usher_condition *b)
{
    if (!is_of_same(a, b) || (a->is_not && b->is_not))
        return false;
    if (a->is_not || b->is_not)
        return a->is_not ? is_within(b, a) : is_within(a, b);
    return is_apart(a, b);
}
