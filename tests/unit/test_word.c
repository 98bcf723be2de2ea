/* A sentinel's word, from its two answers. */
#include "journal/word.h"

#include "unit/reply_of.h"
#include "unit/suite.h"

static void assert_address(const char *bytes, enum word_result expected, const char *expected_why)
{
    struct word word = WORD_NONE;
    char why[WORD_WHY_MAX] = "";
    redisReply *reply = reply_of(bytes);

    ck_assert_int_eq((int)word_read_address(&word, reply, why), (int)expected);
    ck_assert_str_eq(why, expected_why);
    ck_assert_str_eq(word.place.host, expected == WORD_READ ? "10.0.0.1" : word.place.host);
    ck_assert_uint_eq(word.place.port, expected == WORD_READ ? 6379 : 0);
    freeReplyObject(reply);
}

static void assert_epoch(const char *bytes, int64_t expected, const char *expected_why)
{
    struct word word = WORD_NONE;
    char why[WORD_WHY_MAX] = "";
    redisReply *reply = reply_of(bytes);

    ck_assert_int_eq((int)word_read_epoch(&word, reply, why),
                     expected >= 0 ? (int)WORD_READ : (int)WORD_REFUSED);
    ck_assert_int_eq(word.epoch, expected);
    ck_assert_str_eq(why, expected_why);
    freeReplyObject(reply);
}

START_TEST(address_is_a_host_and_a_port)
{
    assert_address("*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n", WORD_READ, "");
    assert_address("*-1\r\n", WORD_UNKNOWN, "knows no master of this name");
    assert_address("*2\r\n$1\r\na\r\n$1\r\n0\r\n", WORD_REFUSED, "gave no answer that is known");
    assert_address("*2\r\n$1\r\na\r\n$5\r\n65536\r\n", WORD_REFUSED,
                   "gave no answer that is known");
    assert_address("*0\r\n", WORD_REFUSED, "gave no answer that is known");
    assert_address("-NOAUTH Authentication required.\r\n", WORD_REFUSED,
                   "NOAUTH Authentication required.");
}
END_TEST

START_TEST(epoch_is_found_by_its_name)
{
    assert_epoch("*4\r\n$4\r\nname\r\n$4\r\nmain\r\n$12\r\nconfig-epoch\r\n$1\r\n7\r\n", 7, "");
    assert_epoch("*2\r\n$12\r\nconfig-epoch\r\n$2\r\n-1\r\n", -1, "gave no answer that is known");
    assert_epoch("*0\r\n", -1, "gave no answer that is known");
    assert_epoch("-ERR No such master with that name\r\n", -1, "ERR No such master with that name");
}
END_TEST

START_TEST(higher_epoch_is_newer_and_any_than_none)
{
    const struct word none = WORD_NONE;
    const struct word first = {.epoch = 0};
    const struct word second = {.epoch = 1};

    ck_assert(word_is_newer(&first, &none));
    ck_assert(word_is_newer(&second, &first));
    ck_assert(!word_is_newer(&first, &second));
    ck_assert(!word_is_newer(&first, &first));
}
END_TEST

SUITE_MAIN("word", address_is_a_host_and_a_port, epoch_is_found_by_its_name,
           higher_epoch_is_newer_and_any_than_none)
