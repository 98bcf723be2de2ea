/* The first words of a connection. What was sent may not be logged, and an answer to it only with
 * care: a Redis whose AUTH was renamed, or a proxy before it, quotes what it was sent. */
#include "journal/login.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

#include "journal/reply.h"
#include "log.h"

static bool begins(struct usher_text text, struct usher_text with)
{
    return text.length >= with.length && memcmp(text.at, with.at, with.length) == 0;
}

size_t login_write_auth(const struct settings_login *login, struct usher_text args[LOGIN_ARGS_MAX])
{
    size_t count = 0;
    if (!login->password[0])
        return 0;
    args[count++] = USHER_TEXT("AUTH");
    if (login->user[0])
        args[count++] = usher_text_of(login->user);
    args[count++] = usher_text_of(login->password);
    return count;
}

bool login_is_refusal(const struct redisReply *reply)
{
    struct usher_text text = journal_reply_text(reply);
    return reply->type == REDIS_REPLY_ERROR &&
           (begins(text, USHER_TEXT("WRONGPASS ")) || begins(text, USHER_TEXT("NOAUTH ")) ||
            begins(text, USHER_TEXT("NOPERM ")) || begins(text, USHER_TEXT("ERR AUTH ")) ||
            begins(text, USHER_TEXT("ERR Client sent AUTH")));
}

static void describe(const struct redisReply *reply, struct usher_text role,
                     char found[LOGIN_FOUND_MAX])
{
    const struct redisReply *port = journal_reply_element(reply, 2);
    struct usher_text host = journal_reply_text(journal_reply_element(reply, 1));
    if (usher_text_is_equal(role, USHER_TEXT("slave")) && port && port->type == REDIS_REPLY_INTEGER)
        (void)snprintf(found, LOGIN_FOUND_MAX, "a replica of %.*s:%lld", USHER_TEXT_ARGS(host),
                       port->integer);
    else if (usher_text_is_equal(role, USHER_TEXT("sentinel")))
        (void)snprintf(found, LOGIN_FOUND_MAX, "a sentinel");
    else
        (void)snprintf(found, LOGIN_FOUND_MAX, "no Redis that tells its role");
}

/* An error's words before anything that is quoted; only the first one if the password stands even
 * there. */
static struct usher_text safe_words(struct usher_text error, const struct settings_login *login)
{
    size_t length = 0;
    while (length < error.length && !strchr("'`\"", error.at[length]))
        length++;
    if (memmem(error.at, length, login->password, strlen(login->password)))
        length = strcspn(error.at, " ");
    while (length > 0 && strchr(" ,:", error.at[length - 1]))
        length--;
    return (struct usher_text){error.at, length};
}

enum login_result login_read_auth(const struct redisReply *reply,
                                  const struct settings_login *login, char found[LOGIN_FOUND_MAX])
{
    struct usher_text text;
    if (reply->type != REDIS_REPLY_ERROR)
        return LOGIN_NONE;
    text = safe_words(journal_reply_text(reply), login);
    (void)snprintf(found, LOGIN_FOUND_MAX, "%.*s", USHER_TEXT_ARGS(text));
    return journal_reply_classify(reply) == JOURNAL_REPLY_AWAY ? LOGIN_AWAY : LOGIN_REFUSED;
}

enum login_result login_read(const struct redisReply *reply, char found[LOGIN_FOUND_MAX])
{
    struct usher_text role = journal_reply_text(journal_reply_element(reply, 0));
    struct usher_text text = journal_reply_text(reply);
    if (usher_text_is_equal(role, USHER_TEXT("master")))
        return LOGIN_MASTER;
    if (reply->type != REDIS_REPLY_ERROR) {
        describe(reply, role, found);
        return LOGIN_OTHER;
    }
    if (text.length >= LOGIN_FOUND_MAX)
        text.length = LOGIN_FOUND_MAX - 1;
    (void)snprintf(found, LOGIN_FOUND_MAX, "%.*s", USHER_TEXT_ARGS(text));
    return login_is_refusal(reply) ? LOGIN_REFUSED : LOGIN_AWAY;
}

void login_log_refusal(const struct settings *settings, const char *connection,
                       struct usher_text reason)
{
    const char *user = settings->redis.login.user;
    char value[LOG_VALUE_SIZE];
    log_error("Redis does not let usherd do its work. Set `user` and `password_file` under `redis` "
              "in usherd.yaml, and that user's rights in Redis by the line in `remedy`",
              "connection=%s user=%s reason=%s remedy=\"ACL SETUSER %s reset on >PASSWORD "
              "~usher:{%s}:* " LOGIN_ACL "\"",
              connection, user[0] ? user : "default", log_value(reason, value),
              user[0] ? user : "usherd", settings->site);
}
