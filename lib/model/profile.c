#include "model/profile.h"

/* How many bytes the character at `at` takes; 0 when it is no valid UTF-8 (RFC 3629) or a control
 * character. */
static size_t character_length(const unsigned char *at, size_t left)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t code;
    if (length == 1)
        return at[0] >= 0x20 && at[0] != 0x7f;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
        return 0;
    code = at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < lowest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ||
        code < 0xa0)
        return 0;
    return length;
}

static bool is_plain(struct usher_text text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    size_t left = text.length;
    if (left > USHER_NAME_MAX)
        return false;
    while (left > 0) {
        size_t length = character_length(at, left);
        if (length == 0)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

static bool begins_with(struct usher_text text, struct usher_text beginning)
{
    return text.length > beginning.length && memcmp(text.at, beginning.at, beginning.length) == 0;
}

static struct usher_text behind(struct usher_text text, struct usher_text beginning)
{
    return (struct usher_text){text.at + beginning.length, text.length - beginning.length};
}

static void read_number(struct usher_profile_field *field, struct usher_text value, int64_t max,
                        bool is_key_good, const char *expected)
{
    if (!is_key_good || !usher_text_read_int64(value, &field->number) || field->number < 0 ||
        field->number > max)
        field->expected = expected;
}

struct usher_profile_field usher_profile_field_read(struct usher_text name, struct usher_text value)
{
    const struct usher_text skill = USHER_TEXT("skill.");
    const struct usher_text capacity = USHER_TEXT("capacity.");
    struct usher_profile_field field = {.kind = USHER_PROFILE_NONE};
    if (begins_with(name, skill)) {
        field.kind = USHER_PROFILE_SKILL;
        field.key = behind(name, skill);
        read_number(&field, value, USHER_LEVEL_MAX, is_plain(field.key), "a level of 0 to 10");
        return field;
    }
    if (begins_with(name, capacity)) {
        field.kind = USHER_PROFILE_CAPACITY;
        field.key = behind(name, capacity);
        field.channel = usher_channel_find(field.key);
        read_number(&field, value, USHER_CAPACITY_MAX, field.channel != USHER_CHANNEL_NONE,
                    "capacity.<channel>, 0 to 100");
        return field;
    }
    if (usher_text_is_equal(name, USHER_TEXT("name")))
        field.kind = USHER_PROFILE_NAME;
    else if (usher_text_is_equal(name, USHER_TEXT("phone")))
        field.kind = USHER_PROFILE_PHONE;
    if (field.kind != USHER_PROFILE_NONE && !is_plain(value))
        field.expected = "at most 128 bytes of UTF-8 without control characters";
    return field;
}

bool usher_profile_is_sip(struct usher_text phone)
{
    size_t scheme = begins_with(phone, USHER_TEXT("sip:"))    ? 4
                    : begins_with(phone, USHER_TEXT("sips:")) ? 5
                                                              : 0;
    return scheme > 0 && !memchr(phone.at, ' ', phone.length);
}
