/* The growing buffer. */
#include <check.h>

#include "base/bytes.h"
#include "unit/suite.h"

static void assert_holds(const struct usher_bytes *bytes, const char *expected)
{
    ck_assert_uint_eq(bytes->length, strlen(expected));
    if (bytes->length > 0)
        ck_assert_mem_eq(bytes->at, expected, bytes->length);
}

START_TEST(appended_bytes_stand_in_their_order)
{
    struct usher_bytes bytes;
    usher_bytes_init(&bytes, 1000);
    ck_assert_uint_eq(usher_bytes_text(&bytes).length, 0);
    ck_assert_ptr_nonnull(usher_bytes_text(&bytes).at);
    usher_bytes_append(&bytes, "ab", 2);
    usher_bytes_append_char(&bytes, 'c');
    usher_bytes_append_text(&bytes, USHER_TEXT("de"));
    usher_bytes_append_text(&bytes, USHER_NO_TEXT);
    usher_bytes_append_int64(&bytes, INT64_MIN);
    usher_bytes_append_int64(&bytes, 0);
    assert_holds(&bytes, "abcde-92233720368547758080");
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(buffer_grows_up_to_its_bound_and_no_further)
{
    struct usher_bytes bytes;
    usher_bytes_init(&bytes, 1000);
    for (int i = 0; i < 1000; i++)
        usher_bytes_append_char(&bytes, 'x');
    ck_assert(!bytes.is_full);
    usher_bytes_append_char(&bytes, 'y');
    ck_assert(bytes.is_full);
    ck_assert_uint_eq(bytes.length, 1000);
    ck_assert_uint_le(bytes.room, 1000);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(full_buffer_takes_nothing_until_it_is_cleared_or_cut)
{
    struct usher_bytes bytes;
    usher_bytes_init(&bytes, 4);
    usher_bytes_append(&bytes, "abc", 3);
    usher_bytes_append(&bytes, "de", 2);
    usher_bytes_append(&bytes, "f", 1);
    ck_assert(bytes.is_full);
    assert_holds(&bytes, "abc");

    usher_bytes_cut(&bytes, 1);
    ck_assert(!bytes.is_full);
    usher_bytes_append(&bytes, "xyz", 3);
    assert_holds(&bytes, "axyz");

    usher_bytes_append_char(&bytes, '!');
    usher_bytes_clear(&bytes);
    ck_assert(!bytes.is_full);
    assert_holds(&bytes, "");
    usher_bytes_fini(&bytes);
}
END_TEST

SUITE_MAIN("bytes", appended_bytes_stand_in_their_order,
           buffer_grows_up_to_its_bound_and_no_further,
           full_buffer_takes_nothing_until_it_is_cleared_or_cut)
