/* Lines without personal data: what people are shown, and what is left of an erased customer. */
#include "wire/mask.h"

#include "unit/suite.h"
#include "wire/codec.h"

static const char *masked(const char *line, enum usher_mask how)
{
    static struct usher_bytes out;
    static char scratch[USHER_LINE_MAX];
    usher_bytes_fini(&out);
    usher_bytes_init(&out, USHER_LINE_MAX);
    if (!usher_mask_line(usher_text_of(line), how, scratch, &out))
        return "none";
    usher_bytes_append_char(&out, '\0');
    return out.at;
}

START_TEST(what_people_are_shown_has_no_personal_data)
{
    ck_assert_str_eq(masked("{\"ev\":\"x\",\"from\":\"+380\",\"data\":{\"a\":[1]},\"note\":\"n\","
                            "\"customer\":\"7\",\"memory\":{},\"queue\":\"q\"}",
                            USHER_MASK_SHOWN),
                     "{\"ev\":\"x\",\"queue\":\"q\"}");
    ck_assert_str_eq(masked("{\"from\":\"\\u0041\",\"to\": \"1\" }", USHER_MASK_SHOWN),
                     "{\"to\":\"1\"}");
    ck_assert_str_eq(
        masked("{\"ev\":\"contact.dial\",\"to\":\"+380\",\"agent\":\"a\"}", USHER_MASK_SHOWN),
        "{\"ev\":\"contact.dial\",\"agent\":\"a\"}");
    ck_assert_str_eq(masked("[1]", USHER_MASK_SHOWN), "none");
    ck_assert_str_eq(masked("{\"from\":", USHER_MASK_SHOWN), "none");
}
END_TEST

START_TEST(what_is_left_of_an_erased_customer_is_still_an_event)
{
    const char *line = masked("{\"at\":5,\"n\":\"1-2\",\"ev\":\"contact.noted\","
                              "\"contact\":\"pbx1/c1\",\"note\":\"secret\",\"customer\":\"7\"}",
                              USHER_MASK_ERASED);
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    ck_assert_ptr_null(strstr(line, "secret"));
    ck_assert(usher_event_decode(usher_text_of(line), &scratch, &event, &answer));
    ck_assert_int_eq(event.kind, USHER_EVENT_CONTACT_NOTED);
    ck_assert_uint_eq(event.fields.note.length, 0);
}
END_TEST

START_TEST(the_customer_of_a_line_is_found)
{
    char room[USHER_CUSTOMER_MAX];
    struct usher_text line =
        USHER_TEXT("{\"data\":{\"customer\":\"no\"},\"customer\":\"4\\u00327\"}");
    ck_assert(usher_text_is_equal(usher_mask_customer(line, room), USHER_TEXT("427")));
    ck_assert_ptr_null(usher_mask_customer(USHER_TEXT("{\"customer\":\"\"}"), room).at);
    ck_assert_ptr_null(usher_mask_customer(USHER_TEXT("{\"a\":1}"), room).at);
}
END_TEST

SUITE_MAIN("mask", what_people_are_shown_has_no_personal_data,
           what_is_left_of_an_erased_customer_is_still_an_event, the_customer_of_a_line_is_found)
