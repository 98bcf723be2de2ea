/* Fields of profiles: which are good, and what is said of the others. */
#include "model/profile.h"

#include "unit/suite.h"

static struct usher_profile_field read_field(const char *name, const char *value)
{
    return usher_profile_field_read(usher_text_of(name), usher_text_of(value));
}

START_TEST(good_fields_are_told_by_kind)
{
    struct usher_profile_field skill = read_field("skill.lang.uk", "10");
    struct usher_profile_field capacity = read_field("capacity.chat", "3");
    ck_assert_int_eq(skill.kind, USHER_PROFILE_SKILL);
    ck_assert(usher_text_is_equal(skill.key, USHER_TEXT("lang.uk")));
    ck_assert_int_eq(skill.number, 10);
    ck_assert_ptr_null(skill.expected);
    ck_assert_int_eq(capacity.kind, USHER_PROFILE_CAPACITY);
    ck_assert_int_eq(capacity.channel, USHER_CHANNEL_CHAT);
    ck_assert_int_eq(capacity.number, 3);
    ck_assert_ptr_null(capacity.expected);
    ck_assert_int_eq(read_field("name", "Zoë Іванова").kind, USHER_PROFILE_NAME);
    ck_assert_ptr_null(read_field("name", "Zoë Іванова").expected);
    ck_assert_int_eq(read_field("phone", "").kind, USHER_PROFILE_PHONE);
}
END_TEST

START_TEST(levels_and_capacities_out_of_bounds_are_refused)
{
    static const char *const bad[][2] = {
        {"skill.billing", "11"},  {"skill.billing", "-1"},  {"skill.billing", ""},
        {"skill.billing", "8 "},  {"skill.billing", "8.5"}, {"skill.bil\nling", "8"},
        {"capacity.chat", "101"}, {"capacity.fax", "1"},    {"capacity.chat", "many"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(bad); i++)
        ck_assert_ptr_nonnull(read_field(bad[i][0], bad[i][1]).expected);
    ck_assert_ptr_null(read_field("skill.billing", "0").expected);
    ck_assert_ptr_null(read_field("capacity.chat", "100").expected);
}
END_TEST

START_TEST(texts_with_control_characters_or_bad_utf8_are_refused)
{
    char long_name[USHER_NAME_MAX + 2] = {0};
    memset(long_name, 'x', USHER_NAME_MAX + 1);
    ck_assert_ptr_nonnull(read_field("name", "a\tb").expected);
    ck_assert_ptr_nonnull(read_field("name", "a\xc3").expected);
    ck_assert_ptr_nonnull(read_field("name", "\xed\xa0\x80").expected);
    ck_assert_ptr_nonnull(read_field("phone", "\xc2\x85").expected);
    ck_assert_ptr_nonnull(read_field("name", long_name).expected);
}
END_TEST

START_TEST(other_fields_are_nobodys_business)
{
    ck_assert_int_eq(read_field("mood", "\x01").kind, USHER_PROFILE_NONE);
    ck_assert_ptr_null(read_field("mood", "\x01").expected);
    ck_assert_int_eq(read_field("skill.", "1").kind, USHER_PROFILE_NONE);
    ck_assert_int_eq(read_field("capacity", "1").kind, USHER_PROFILE_NONE);
}
END_TEST

START_TEST(a_phone_is_a_sip_uri)
{
    ck_assert(usher_profile_is_sip(USHER_TEXT("sip:olena@192.0.2.17")));
    ck_assert(usher_profile_is_sip(USHER_TEXT("sips:1001@pbx.example;transport=tls")));
    ck_assert(!usher_profile_is_sip(USHER_TEXT("sip:")));
    ck_assert(!usher_profile_is_sip(USHER_TEXT("+380441234567")));
    ck_assert(!usher_profile_is_sip(USHER_TEXT("sip:a b@c")));
}
END_TEST

SUITE_MAIN("profile", good_fields_are_told_by_kind, levels_and_capacities_out_of_bounds_are_refused,
           texts_with_control_characters_or_bad_utf8_are_refused, other_fields_are_nobodys_business,
           a_phone_is_a_sip_uri)
