/* The first words to Redis, and what its answers say of it. */
#include "journal/login.h"

#include "unit/reply_of.h"
#include "unit/suite.h"

static void assert_read(const char *bytes, enum login_result expected, const char *expected_found)
{
    char found[LOGIN_FOUND_MAX] = "";
    redisReply *reply = reply_of(bytes);

    ck_assert_int_eq((int)login_read(reply, found), (int)expected);
    ck_assert_str_eq(found, expected_found);
    freeReplyObject(reply);
}

START_TEST(auth_is_sent_only_with_a_password)
{
    struct settings_login login = {.user = "usherd"};
    struct usher_text args[LOGIN_ARGS_MAX];

    ck_assert_uint_eq(login_write_auth(&login, args), 0);
    (void)snprintf(login.password, sizeof(login.password), "x y");
    ck_assert_uint_eq(login_write_auth(&login, args), 3);
    ck_assert(usher_text_is_equal(args[1], USHER_TEXT("usherd")));
    ck_assert(usher_text_is_equal(args[2], USHER_TEXT("x y")));
    login.user[0] = '\0';
    ck_assert_uint_eq(login_write_auth(&login, args), 2);
    ck_assert(usher_text_is_equal(args[1], USHER_TEXT("x y")));
}
END_TEST

START_TEST(role_tells_a_master_from_all_else)
{
    assert_read("*3\r\n$6\r\nmaster\r\n:3129659\r\n*0\r\n", LOGIN_MASTER, "");
    assert_read("*5\r\n$5\r\nslave\r\n$8\r\n10.0.0.7\r\n:6379\r\n$9\r\nconnected\r\n:1\r\n",
                LOGIN_OTHER, "a replica of 10.0.0.7:6379");
    assert_read("*2\r\n$8\r\nsentinel\r\n*1\r\n$4\r\nmain\r\n", LOGIN_OTHER, "a sentinel");
    assert_read("*0\r\n", LOGIN_OTHER, "no Redis that tells its role");
    assert_read("$-1\r\n", LOGIN_OTHER, "no Redis that tells its role");
}
END_TEST

START_TEST(refusals_are_told_from_errors_that_pass)
{
    assert_read("-WRONGPASS invalid username-password pair\r\n", LOGIN_REFUSED,
                "WRONGPASS invalid username-password pair");
    assert_read("-NOAUTH Authentication required.\r\n", LOGIN_REFUSED,
                "NOAUTH Authentication required.");
    assert_read("-NOPERM this user has no permissions\r\n", LOGIN_REFUSED,
                "NOPERM this user has no permissions");
    assert_read("-ERR AUTH <password> called without any password configured\r\n", LOGIN_REFUSED,
                "ERR AUTH <password> called without any password configured");
    assert_read("-LOADING Redis is loading the dataset in memory\r\n", LOGIN_AWAY,
                "LOADING Redis is loading the dataset in memory");
    assert_read("-BUSY a script\r\n", LOGIN_AWAY, "BUSY a script");
}
END_TEST

static void assert_auth(const char *bytes, enum login_result expected, const char *expected_found)
{
    const struct settings_login login = {.user = "usherd", .password = "hunter2 secret"};
    char found[LOGIN_FOUND_MAX] = "";
    redisReply *reply = reply_of(bytes);

    ck_assert_int_eq((int)login_read_auth(reply, &login, found), (int)expected);
    ck_assert_str_eq(found, expected_found);
    freeReplyObject(reply);
}

START_TEST(answer_to_auth_is_told_without_the_password)
{
    assert_auth("+OK\r\n", LOGIN_NONE, "");
    assert_auth("-WRONGPASS invalid username-password pair or user is disabled.\r\n", LOGIN_REFUSED,
                "WRONGPASS invalid username-password pair or user is disabled.");
    assert_auth("-LOADING Redis is loading\r\n", LOGIN_AWAY, "LOADING Redis is loading");
    assert_auth("-ERR unknown command 'AUTH', with args beginning with: 'hunter2 secret' \r\n",
                LOGIN_REFUSED, "ERR unknown command");
    assert_auth("-ERR unknown command `AUTH`, with args beginning with: `hunter2 secret`, \r\n",
                LOGIN_REFUSED, "ERR unknown command");
    assert_auth("-ERR no command: \"AUTH hunter2 secret\"\r\n", LOGIN_REFUSED, "ERR no command");
    assert_auth("-DENIED AUTH hunter2 secret\r\n", LOGIN_REFUSED, "DENIED");
}
END_TEST

SUITE_MAIN("login", auth_is_sent_only_with_a_password, role_tells_a_master_from_all_else,
           refusals_are_told_from_errors_that_pass, answer_to_auth_is_told_without_the_password)
