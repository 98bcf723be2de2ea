/* A value is a whole decimal number and a unit; there is no sign but the minus of a number, no
 * space, no locale. */
#include "rules/value.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t worth;
};

/* Ascending, so that the last that divides is the largest. */
static const struct unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000},
};

static const struct unit byte_units[] = {
    {"", 1},
    {"KiB", INT64_C(1) << 10},
    {"MiB", INT64_C(1) << 20},
    {"GiB", INT64_C(1) << 30},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_with_unit(struct usher_text text, const struct unit *units, size_t units_count,
                           int64_t *number)
{
    struct usher_text digits = {text.at, 0};
    struct usher_text unit;
    int64_t count;

    while (digits.length < text.length && is_digit(text.at[digits.length]))
        digits.length++;
    if (!usher_text_read_int64(digits, &count))
        return false;
    unit = (struct usher_text){text.at + digits.length, text.length - digits.length};
    for (size_t i = 0; i < units_count; i++) {
        if (usher_text_is_equal(unit, usher_text_of(units[i].name)))
            return !__builtin_mul_overflow(count, units[i].worth, number);
    }
    return false;
}

static bool read_duration(struct usher_text text, int64_t *number)
{
    if (usher_text_is_equal(text, USHER_TEXT("0"))) {
        *number = 0;
        return true;
    }
    return read_with_unit(text, duration_units, USHER_COUNT_OF(duration_units), number);
}

static bool read_percent(struct usher_text text, int64_t *number)
{
    if (text.length < 2 || text.at[text.length - 1] != '%')
        return false;
    return usher_text_read_int64((struct usher_text){text.at, text.length - 1}, number);
}

static bool read_fraction(struct usher_text text, int64_t *number)
{
    const char *point = memchr(text.at, '.', text.length);
    struct usher_text whole = {text.at, point ? (size_t)(point - text.at) : text.length};
    size_t decimals = point ? text.length - whole.length - 1 : 0;
    int64_t per_mille = 0;
    int64_t wholes;

    if (decimals > 3 || (point && decimals == 0) || !usher_text_read_int64(whole, &wholes))
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (i < decimals && !is_digit(point[1 + i]))
            return false;
        per_mille = per_mille * 10 + (i < decimals ? point[1 + i] - '0' : 0);
    }
    if (whole.at[0] == '-' || wholes > INT64_C(1000000000))
        return false;
    *number = wholes * 1000 + per_mille;
    return true;
}

static bool read_bool(struct usher_text text, int64_t *number)
{
    bool is_true = usher_text_is_equal(text, USHER_TEXT("true"));

    *number = is_true;
    return is_true || usher_text_is_equal(text, USHER_TEXT("false"));
}

bool usher_value_read(enum usher_value_type type, struct usher_text text, int64_t *number)
{
    int64_t value = 0;
    bool is_read = false;

    if (text.length == 0)
        return false;
    if (type == USHER_VALUE_DURATION)
        is_read = read_duration(text, &value);
    else if (type == USHER_VALUE_PERCENT)
        is_read = read_percent(text, &value);
    else if (type == USHER_VALUE_WHOLE || type == USHER_VALUE_WHOLE_OR_OFF)
        is_read = usher_text_read_int64(text, &value);
    else if (type == USHER_VALUE_FRACTION)
        is_read = read_fraction(text, &value);
    else if (type == USHER_VALUE_BYTES)
        is_read = read_with_unit(text, byte_units, USHER_COUNT_OF(byte_units), &value);
    else if (type == USHER_VALUE_BOOL)
        is_read = read_bool(text, &value);
    if (is_read)
        *number = value;
    return is_read;
}

static void write_with_unit(int64_t number, const struct unit *units, size_t units_count,
                            char room[USHER_VALUE_TEXT_SIZE])
{
    const struct unit *unit = &units[0];

    for (size_t i = 1; i < units_count; i++) {
        if (number % units[i].worth == 0)
            unit = &units[i];
    }
    (void)snprintf(room, USHER_VALUE_TEXT_SIZE, "%lld%s", (long long)(number / unit->worth),
                   number ? unit->name : "");
}

static void write_fraction(int64_t per_mille, char room[USHER_VALUE_TEXT_SIZE])
{
    int length = snprintf(room, USHER_VALUE_TEXT_SIZE, "%lld.%03lld", (long long)(per_mille / 1000),
                          (long long)(per_mille % 1000));

    while (length > 1 && room[length - 1] == '0')
        room[--length] = '\0';
    if (length > 1 && room[length - 1] == '.')
        room[length - 1] = '\0';
}

const char *usher_value_write(enum usher_value_type type, int64_t number,
                              char room[USHER_VALUE_TEXT_SIZE])
{
    if (type == USHER_VALUE_DURATION)
        write_with_unit(number, duration_units, USHER_COUNT_OF(duration_units), room);
    else if (type == USHER_VALUE_BYTES)
        write_with_unit(number, byte_units, USHER_COUNT_OF(byte_units), room);
    else if (type == USHER_VALUE_FRACTION)
        write_fraction(number, room);
    else
        (void)snprintf(room, USHER_VALUE_TEXT_SIZE, "%lld%s", (long long)number,
                       type == USHER_VALUE_PERCENT ? "%" : "");
    return room;
}

const char *usher_value_expected(enum usher_value_type type)
{
    static const char *const phrases[USHER_VALUE_COUNT] = {
        [USHER_VALUE_DURATION] = "a duration such as 250ms, 15s, 5m, 4h or 2d",
        [USHER_VALUE_PERCENT] = "a percentage such as 80%",
        [USHER_VALUE_WHOLE] = "a whole number",
        [USHER_VALUE_WHOLE_OR_OFF] = "a whole number or off",
        [USHER_VALUE_FRACTION] = "a fraction such as 0.15",
        [USHER_VALUE_BYTES] = "a size such as 8KiB, 8MiB or 1GiB",
        [USHER_VALUE_BOOL] = "true or false",
        [USHER_VALUE_TEXT] = "a text",
        [USHER_VALUE_NAME] = "a name of letters, digits and . _ @ : + -",
        [USHER_VALUE_LIST] = "a list",
        [USHER_VALUE_MAP] = "a mapping of keys to values",
    };
    const char *phrase = phrases[type];

    return phrase ? phrase : "a value";
}
