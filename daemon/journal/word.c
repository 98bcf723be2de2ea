/* SENTINEL MASTER has an address as well, but that of the old master until the failover is over. */
#include "journal/word.h"

#include <hiredis/hiredis.h>
#include <stdio.h>

#include "journal/reply.h"

void word_ask_epoch(const struct settings *settings, struct usher_text args[WORD_ARGS])
{
    args[0] = USHER_TEXT("SENTINEL");
    args[1] = USHER_TEXT("MASTER");
    args[2] = usher_text_of(settings->redis.master);
}

void word_ask_address(const struct settings *settings, struct usher_text args[WORD_ARGS])
{
    args[0] = USHER_TEXT("SENTINEL");
    args[1] = USHER_TEXT("GET-MASTER-ADDR-BY-NAME");
    args[2] = usher_text_of(settings->redis.master);
}

static enum word_result refuse(const struct redisReply *reply, char why[WORD_WHY_MAX])
{
    struct usher_text text = reply->type == REDIS_REPLY_ERROR
                                 ? journal_reply_text(reply)
                                 : USHER_TEXT("gave no answer that is known");
    (void)snprintf(why, WORD_WHY_MAX, "%.*s", USHER_TEXT_ARGS(text));
    return WORD_REFUSED;
}

/* A flat list of names and values. */
enum word_result word_read_epoch(struct word *word, const struct redisReply *reply,
                                 char why[WORD_WHY_MAX])
{
    struct usher_text epoch = journal_reply_text(journal_reply_find(reply, "config-epoch"));
    int64_t number;
    if (!usher_text_read_int64(epoch, &number) || number < 0)
        return refuse(reply, why);
    word->epoch = number;
    return WORD_READ;
}

/* [host, port], or nil. */
enum word_result word_read_address(struct word *word, const struct redisReply *reply,
                                   char why[WORD_WHY_MAX])
{
    struct usher_text host = journal_reply_text(journal_reply_element(reply, 0));
    struct usher_text port = journal_reply_text(journal_reply_element(reply, 1));
    struct settings_place *place = &word->place;
    int64_t number;
    if (reply->type == REDIS_REPLY_NIL) {
        (void)snprintf(why, WORD_WHY_MAX, "knows no master of this name");
        return WORD_UNKNOWN;
    }
    if (!usher_text_copy(place->host, sizeof(place->host), host) ||
        !usher_text_read_int64(port, &number) || number < 1 || number > UINT16_MAX)
        return refuse(reply, why);
    place->port = (uint16_t)number;
    return WORD_READ;
}

bool word_is_newer(const struct word *word, const struct word *than)
{
    return word->epoch > than->epoch;
}
