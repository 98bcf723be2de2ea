/* What Redis answers, and what it means for a batch that was to be appended. */
#ifndef JOURNAL_REPLY_H
#define JOURNAL_REPLY_H

#include <stdbool.h>

#include "base/text.h"
#include "model/event.h"

struct redisReply;

enum journal_reply {
    JOURNAL_REPLY_NONE = 0,
    JOURNAL_REPLY_ACCEPTED, /* Redis has it */
    JOURNAL_REPLY_REFUSED,  /* the id is not above the last one: read the last entry back; ours =
                               accepted, another's = fenced */
    JOURNAL_REPLY_LOST,     /* nil on NOMKSTREAM, "no such key": there is no stream */
    JOURNAL_REPLY_AWAY,     /* Redis cannot now: the same batch is tried again unchanged */
    JOURNAL_REPLY_UNKNOWN,  /* nobody thought of this: as AWAY, with an error in the log */
    JOURNAL_REPLY_COUNT,
};

/* NULL means that no answer came. */
enum journal_reply journal_reply_classify(const struct redisReply *reply);

/* The bytes of a string or status, or of an error without the arguments it quotes; absent for
 * everything else, and for NULL. */
struct usher_text journal_reply_text(const struct redisReply *reply);
/* The element `index` of an array, or NULL. */
const struct redisReply *journal_reply_element(const struct redisReply *reply, size_t index);
/* In a flat list of names and values, the value after `name`, or NULL. */
const struct redisReply *journal_reply_find(const struct redisReply *reply, const char *name);

/* One entry of the stream. */
struct journal_entry {
    struct usher_number id;
    struct usher_text lines; /* of field b, borrowed from the reply; absent when the entry has no
                                such field: not ours */
};

/* Reads [id, [name, value, …]]. False when it is none, or its id is no number of ours (as `XADD *`
 * makes them): then `entry->id` is 0-0. */
USHER_MUST_USE bool journal_reply_entry(const struct redisReply *reply,
                                        struct journal_entry *entry);

#endif
