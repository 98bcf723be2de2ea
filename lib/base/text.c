/* Text: comparing, copying, and reading and writing of numbers, all without locale. */
#include "base/text.h"

#include <stdlib.h>

int usher_text_compare(struct usher_text a, struct usher_text b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common == 0 ? 0 : memcmp(a.at, b.at, common);
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

bool usher_text_copy(char *room, size_t room_size, struct usher_text text)
{
    if (text.length >= room_size)
        return false;
    if (text.length > 0)
        memmove(room, text.at, text.length);
    room[text.length] = '\0';
    return true;
}

bool usher_text_keep(char **kept, struct usher_text text)
{
    char *copy = NULL;
    if (text.at) {
        copy = malloc(text.length + 1);
        if (!copy)
            return false;
        memcpy(copy, text.at, text.length);
        copy[text.length] = '\0';
    }
    free(*kept);
    *kept = copy;
    return true;
}

bool usher_text_read_int64(struct usher_text text, int64_t *number)
{
    bool is_negative = text.length > 0 && text.at[0] == '-';
    size_t first = is_negative ? 1 : 0;
    if (first == text.length)
        return false;
    if (text.at[first] == '0' && text.length > first + 1)
        return false;

    uint64_t limit = is_negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    for (size_t i = first; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (!is_negative)
        *number = (int64_t)value;
    else
        *number = value == limit ? INT64_MIN : -(int64_t)value;
    return true;
}

size_t usher_text_write_uint64(uint64_t number, char room[USHER_UINT64_DIGITS_MAX])
{
    char reversed[USHER_UINT64_DIGITS_MAX];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (size_t i = 0; i < length; i++)
        room[i] = reversed[length - 1 - i];
    return length;
}

static bool is_id_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '@' || c == ':' || c == '+' || c == '-';
}

bool usher_text_is_id(struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_id_byte((unsigned char)text.at[i]))
            return false;
    }
    return text.length > 0;
}
