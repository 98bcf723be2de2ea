#include "journal/reply.h"

#include <hiredis/hiredis.h>
#include <string.h>

#include "unit/suite.h"

static enum journal_reply meaning_of(const char *error)
{
    char text[128];
    redisReply reply = {.type = REDIS_REPLY_ERROR, .str = text};
    (void)strcpy(text, error);
    reply.len = strlen(text);
    return journal_reply_classify(&reply);
}

START_TEST(no_answer_is_away)
{
    ck_assert_int_eq(journal_reply_classify(NULL), JOURNAL_REPLY_AWAY);
}
END_TEST

START_TEST(nil_is_lost)
{
    redisReply reply = {.type = REDIS_REPLY_NIL};
    ck_assert_int_eq(journal_reply_classify(&reply), JOURNAL_REPLY_LOST);
}
END_TEST

START_TEST(id_or_status_is_accepted)
{
    redisReply id = {.type = REDIS_REPLY_STRING, .str = "7-1", .len = 3};
    redisReply status = {.type = REDIS_REPLY_STATUS, .str = "OK", .len = 2};
    redisReply number = {.type = REDIS_REPLY_INTEGER};
    ck_assert_int_eq(journal_reply_classify(&id), JOURNAL_REPLY_ACCEPTED);
    ck_assert_int_eq(journal_reply_classify(&status), JOURNAL_REPLY_ACCEPTED);
    ck_assert_int_eq(journal_reply_classify(&number), JOURNAL_REPLY_ACCEPTED);
}
END_TEST

START_TEST(every_error_means_what_the_table_says)
{
    static const struct {
        const char *error;
        enum journal_reply meaning;
    } rows[] = {
        {"ERR The ID specified in XADD is equal or smaller than the target stream top item",
         JOURNAL_REPLY_REFUSED},
        {"OOM command not allowed when used memory > 'maxmemory'.", JOURNAL_REPLY_AWAY},
        {"MISCONF Errors writing to the AOF file: No space left on device", JOURNAL_REPLY_AWAY},
        {"NOREPLICAS Not enough good replicas to write.", JOURNAL_REPLY_AWAY},
        {"LOADING Redis is loading the dataset in memory", JOURNAL_REPLY_AWAY},
        {"READONLY You can't write against a read only replica.", JOURNAL_REPLY_AWAY},
        {"MASTERDOWN Link with MASTER is down", JOURNAL_REPLY_AWAY},
        {"BUSY Redis is busy running a script.", JOURNAL_REPLY_AWAY},
        {"TRYAGAIN Multiple keys request during rehashing of slot", JOURNAL_REPLY_AWAY},
        {"CLUSTERDOWN The cluster is down", JOURNAL_REPLY_AWAY},
        {"WRONGTYPE Operation against a key holding the wrong kind of value",
         JOURNAL_REPLY_UNKNOWN},
        {"NOPERM this user has no permissions", JOURNAL_REPLY_UNKNOWN},
        {"ERR unknown command", JOURNAL_REPLY_UNKNOWN},
        {"OOMPH", JOURNAL_REPLY_UNKNOWN},
        {"", JOURNAL_REPLY_UNKNOWN},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        ck_assert_msg(meaning_of(rows[i].error) == rows[i].meaning, "%s", rows[i].error);
}
END_TEST

START_TEST(error_is_given_without_the_arguments_it_quotes)
{
    char text[] = "ERR unknown command 'SET', with args beginning with: 'key' 'rules' ";
    redisReply reply = {.type = REDIS_REPLY_ERROR, .str = text, .len = strlen(text)};
    ck_assert(
        usher_text_is_equal(journal_reply_text(&reply), USHER_TEXT("ERR unknown command 'SET'")));
    reply.type = REDIS_REPLY_STRING;
    ck_assert_uint_eq(journal_reply_text(&reply).length, strlen(text));
}
END_TEST

/* [id, [name, value]] */
static bool read_entry(char *id, char *name, struct journal_entry *entry)
{
    redisReply id_reply = {.type = REDIS_REPLY_STRING, .str = id, .len = strlen(id)};
    redisReply name_reply = {.type = REDIS_REPLY_STRING, .str = name, .len = strlen(name)};
    redisReply value_reply = {.type = REDIS_REPLY_STRING, .str = "lines", .len = 5};
    redisReply *pair[] = {&name_reply, &value_reply};
    redisReply fields = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = pair};
    redisReply *both[] = {&id_reply, &fields};
    redisReply reply = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = both};
    return journal_reply_entry(&reply, entry);
}

START_TEST(entry_of_a_router_is_read)
{
    struct journal_entry entry;
    ck_assert(read_entry("1763745500-42", "b", &entry));
    ck_assert_uint_eq(entry.id.epoch, 1763745500);
    ck_assert_uint_eq(entry.id.seq, 42);
    ck_assert(usher_text_is_equal(entry.lines, USHER_TEXT("lines")));
}
END_TEST

START_TEST(entry_by_hand_is_known_as_such)
{
    struct journal_entry entry;
    ck_assert(!read_entry("1795299670518-0", "b", &entry));
    ck_assert(read_entry("1763745500-42", "note", &entry));
    ck_assert_ptr_null(entry.lines.at);
    ck_assert(!journal_reply_entry(NULL, &entry));
}
END_TEST

SUITE_MAIN("reply", no_answer_is_away, nil_is_lost, id_or_status_is_accepted,
           every_error_means_what_the_table_says, error_is_given_without_the_arguments_it_quotes,
           entry_of_a_router_is_read, entry_by_hand_is_known_as_such)
