/* One row a field, from the vocabulary's own list. */
#include "world/words.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/world.h"

enum word_type { WORD_TEXT, WORD_RAW, WORD_INT };

static const struct word_row {
    const char *name;
    enum word_type type;
    size_t offset;
} rows[USHER_FIELDS_COUNT] = {
#define WORD_ROW(NAME, member, TYPE, bound, sentence)                                              \
    [USHER_FIELD_##NAME] = {#member, WORD_##TYPE, offsetof(struct usher_fields, member)},
    USHER_FIELDS(WORD_ROW)
#undef WORD_ROW
};

static const struct word_row *find(const char *key)
{
    for (size_t i = 0; i < USHER_FIELDS_COUNT; i++)
        if (strcmp(rows[i].name, key) == 0)
            return &rows[i];
    return NULL;
}

static bool is_there(const struct usher_fields *fields, const struct word_row *row)
{
    return (fields->present >> (row - rows)) & 1;
}

static const struct usher_text *text_at(const struct usher_fields *fields,
                                        const struct word_row *row)
{
    return (const struct usher_text *)(const void *)((const char *)fields + row->offset);
}

static int64_t number_at(const struct usher_fields *fields, const struct word_row *row)
{
    int64_t number;
    memcpy(&number, (const char *)fields + row->offset, sizeof(number));
    return number;
}

bool words_read_number(const char *word, int64_t now_ms, int64_t *number)
{
    int64_t base = word[0] == '+' ? now_ms : word[0] == '@' ? WORLD_START_MS : 0;
    const char *digits = word[0] == '+' || word[0] == '@' ? word + 1 : word;
    char *end = NULL;
    int64_t value = strtoll(digits, &end, 10);
    if (end == digits)
        return false;
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (size_t i = 0; i < USHER_COUNT_OF(units); i++) {
        if (strcmp(end, units[i].name) == 0) {
            *number = base + value * units[i].ms;
            return true;
        }
    }
    return false;
}

bool words_set(struct usher_fields *fields, const char *key, const char *value, int64_t now_ms)
{
    const struct word_row *row = find(key);
    if (!row)
        return false;
    if (row->type == WORD_INT) {
        int64_t number;
        if (!words_read_number(value, now_ms, &number))
            return false;
        memcpy((char *)fields + row->offset, &number, sizeof(number));
    } else {
        struct usher_text text = usher_text_of(value);
        memcpy((char *)fields + row->offset, &text, sizeof(text));
    }
    fields->present |= (usher_field_mask)1 << (row - rows);
    return true;
}

const char *words_compare(const struct usher_fields *fields, const char *key, const char *value,
                          int64_t now_ms)
{
    static char what[512];
    const struct word_row *row = find(key);
    if (!row) {
        snprintf(what, sizeof(what), "there is no field %s", key);
        return what;
    }
    if (!is_there(fields, row)) {
        snprintf(what, sizeof(what), "%s is not there", key);
        return strcmp(value, "-") == 0 ? NULL : what;
    }
    if (strcmp(value, "*") == 0)
        return NULL;
    if (row->type != WORD_INT) {
        const struct usher_text *text = text_at(fields, row);
        snprintf(what, sizeof(what), "%s is %.*s and not %s", key, USHER_TEXT_ARGS(*text), value);
        return usher_text_is_equal(*text, usher_text_of(value)) ? NULL : what;
    }
    int64_t wanted = 0;
    int64_t number = number_at(fields, row);
    if (words_read_number(value, now_ms, &wanted) && wanted == number)
        return NULL;
    snprintf(what, sizeof(what), "%s is %lld and not %s (%lld)", key, (long long)number, value,
             (long long)wanted);
    return what;
}

struct usher_text words_text(const struct usher_fields *fields, const char *key)
{
    const struct word_row *row = find(key);
    return row && row->type != WORD_INT && is_there(fields, row) ? *text_at(fields, row)
                                                                 : USHER_NO_TEXT;
}
