/* An answer of Redis from the bytes it would send. */
#ifndef UNIT_REPLY_OF_H
#define UNIT_REPLY_OF_H

#include <check.h>
#include <hiredis/hiredis.h>
#include <string.h>

/* The caller frees it with freeReplyObject(). */
static inline redisReply *reply_of(const char *bytes)
{
    redisReader *reader = redisReaderCreate();
    void *reply = NULL;

    ck_assert_ptr_nonnull(reader);
    ck_assert_int_eq(redisReaderFeed(reader, bytes, strlen(bytes)), REDIS_OK);
    ck_assert_int_eq(redisReaderGetReply(reader, &reply), REDIS_OK);
    ck_assert_ptr_nonnull(reply);
    redisReaderFree(reader);
    return reply;
}

#endif
