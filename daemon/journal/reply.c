/* The table of Redis's answers. An answer that stands in no row is never guessed to be success: the
 * batch stays, and a person is told.
 *
 * An error's text goes into logs, so it is given without what it quotes of the command: that may be
 * a password, the rules, or a caller's number. */
#include "journal/reply.h"

#include <hiredis/hiredis.h>
#include <string.h>

struct answer_row {
    const char *begins; /* of the error's text */
    enum journal_reply meaning;
};

static const struct answer_row rows[] = {
    {"ERR The ID specified in XADD is equal or smaller", JOURNAL_REPLY_REFUSED},
    {"ERR no such key", JOURNAL_REPLY_LOST}, /* XINFO */
    {"OOM ", JOURNAL_REPLY_AWAY},            /* maxmemory is reached */
    {"MISCONF ", JOURNAL_REPLY_AWAY},        /* the disk refuses snapshot or append-only file */
    {"NOREPLICAS ", JOURNAL_REPLY_AWAY},     /* min-replicas-to-write */
    {"LOADING ", JOURNAL_REPLY_AWAY},        /* Redis reads its files */
    {"READONLY ", JOURNAL_REPLY_AWAY},       /* a replica: a failover is under way */
    {"MASTERDOWN ", JOURNAL_REPLY_AWAY},
    {"BUSY ", JOURNAL_REPLY_AWAY},     /* a script runs */
    {"TRYAGAIN ", JOURNAL_REPLY_AWAY}, /* the slot is moving */
    {"CLUSTERDOWN ", JOURNAL_REPLY_AWAY},
};

enum journal_reply journal_reply_classify(const struct redisReply *reply)
{
    struct usher_text text;
    if (!reply)
        return JOURNAL_REPLY_AWAY;
    if (reply->type == REDIS_REPLY_NIL)
        return JOURNAL_REPLY_LOST;
    if (reply->type != REDIS_REPLY_ERROR)
        return JOURNAL_REPLY_ACCEPTED;
    text = journal_reply_text(reply);
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        size_t length = strlen(rows[i].begins);
        if (text.length >= length && memcmp(text.at, rows[i].begins, length) == 0)
            return rows[i].meaning;
    }
    return JOURNAL_REPLY_UNKNOWN;
}

/* "ERR unknown command 'SET', with args beginning with: 'key' 'value' " */
static struct usher_text without_arguments(struct usher_text error)
{
    const char *quoted = memmem(error.at, error.length, ", with args", strlen(", with args"));
    return quoted ? (struct usher_text){error.at, (size_t)(quoted - error.at)} : error;
}

struct usher_text journal_reply_text(const struct redisReply *reply)
{
    struct usher_text text;
    if (!reply || (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS &&
                   reply->type != REDIS_REPLY_ERROR))
        return USHER_NO_TEXT;
    text = (struct usher_text){reply->str, (size_t)reply->len};
    return reply->type == REDIS_REPLY_ERROR ? without_arguments(text) : text;
}

const struct redisReply *journal_reply_element(const struct redisReply *reply, size_t index)
{
    if (!reply || reply->type != REDIS_REPLY_ARRAY || index >= reply->elements)
        return NULL;
    return reply->element[index];
}

const struct redisReply *journal_reply_find(const struct redisReply *reply, const char *name)
{
    if (!reply || reply->type != REDIS_REPLY_ARRAY)
        return NULL;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        if (usher_text_is_equal(journal_reply_text(reply->element[i]), usher_text_of(name)))
            return reply->element[i + 1];
    }
    return NULL;
}

bool journal_reply_entry(const struct redisReply *reply, struct journal_entry *entry)
{
    struct usher_text id = journal_reply_text(journal_reply_element(reply, 0));
    const struct redisReply *fields = journal_reply_element(reply, 1);
    *entry = (struct journal_entry){.lines = journal_reply_text(journal_reply_find(fields, "b"))};
    if (!usher_number_read(id, &entry->id)) {
        entry->id = (struct usher_number){0, 0};
        return false;
    }
    return true;
}
