#include "link/netstring.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

static struct usher_text body;
static size_t taken;

static enum netstring_result read_text(const char *text)
{
    return netstring_read(usher_text_of(text), &body, &taken);
}

START_TEST(whole_one_gives_its_body_and_length)
{
    ck_assert_int_eq(read_text("5:hello,7:another"), NETSTRING_WHOLE);
    ck_assert(usher_text_is_equal(body, USHER_TEXT("hello")));
    ck_assert_uint_eq(taken, 8);
}
END_TEST

START_TEST(empty_one_is_whole)
{
    ck_assert_int_eq(read_text("0:,"), NETSTRING_WHOLE);
    ck_assert_uint_eq(body.length, 0);
    ck_assert_uint_eq(taken, 3);
}
END_TEST

START_TEST(every_beginning_of_one_is_a_part)
{
    const char whole[] = "11:{\"ev\":\"pi\"},";
    for (size_t length = 0; length < sizeof(whole) - 1; length++)
        ck_assert_int_eq(netstring_read((struct usher_text){whole, length}, &body, &taken),
                         NETSTRING_PART);
}
END_TEST

START_TEST(what_is_none_is_broken)
{
    const char *const texts[] = {"a",        ":",       "5hello", "05:hello,", "5:hello;",
                                 "-1:,",     "100000:", "99999:", "32769:",    "{\"ev\":\"pong\"}",
                                 " 5:hello,"};
    for (size_t i = 0; i < USHER_COUNT_OF(texts); i++)
        ck_assert_msg(read_text(texts[i]) == NETSTRING_BROKEN, "%s", texts[i]);
}
END_TEST

START_TEST(longest_body_is_read)
{
    struct usher_bytes bytes;
    char *long_body = malloc(NETSTRING_BODY_MAX);
    ck_assert_ptr_nonnull(long_body);
    memset(long_body, 'x', NETSTRING_BODY_MAX);
    usher_bytes_init(&bytes, NETSTRING_BODY_MAX + 16);
    netstring_write((struct usher_text){long_body, NETSTRING_BODY_MAX}, &bytes);
    ck_assert_int_eq(netstring_read(usher_bytes_text(&bytes), &body, &taken), NETSTRING_WHOLE);
    ck_assert_uint_eq(body.length, NETSTRING_BODY_MAX);
    ck_assert_uint_eq(taken, bytes.length);
    usher_bytes_fini(&bytes);
    free(long_body);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    struct usher_bytes bytes;
    usher_bytes_init(&bytes, 100);
    netstring_write(USHER_TEXT("one"), &bytes);
    netstring_write(USHER_TEXT(""), &bytes);
    ck_assert(usher_text_is_equal(usher_bytes_text(&bytes), USHER_TEXT("3:one,0:,")));
    usher_bytes_fini(&bytes);
}
END_TEST

SUITE_MAIN("netstring", whole_one_gives_its_body_and_length, empty_one_is_whole,
           every_beginning_of_one_is_a_part, what_is_none_is_broken, longest_body_is_read,
           what_is_written_is_read_again)
