/* The snapshot's child: a process of its own with a connection of its own, so it may wait. It
 * writes the state at journal->last, reads it back, and trims (trim.c). The entry of the newest
 * snapshot but one stays: a snapshot without its entry could not be used. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "journal/dial.h"
#include "journal/image.h"
#include "journal/inside.h"
#include "log.h"

struct redisReply *journal_child_ask(redisContext *redis, const struct usher_text *args,
                                     size_t count)
{
    redisReply *reply = dial_ask(redis, args, count);
    if (journal_reply_classify(reply) != JOURNAL_REPLY_ACCEPTED &&
        (!reply || reply->type != REDIS_REPLY_NIL)) {
        char value[LOG_VALUE_SIZE];
        struct usher_text reason = reply ? journal_reply_text(reply) : usher_text_of(redis->errstr);
        log_warning("Redis refused a command of the snapshot's", "command=%.*s reason=%s",
                    USHER_TEXT_ARGS(args[0]), log_value(reason, value));
        freeReplyObject(reply);
        return NULL;
    }
    return reply;
}

/* Where the journal's own connection is. */
static redisContext *connect_own(const struct journal *journal)
{
    char why[DIAL_WHY_MAX];
    char value[LOG_VALUE_SIZE];
    redisContext *redis = NULL;
    if (dial_open(&redis, journal->settings, redis_place(journal->redis), why) != DIAL_DONE)
        log_warning("The snapshot's connection to Redis failed", "reason=%s",
                    log_value(usher_text_of(why), value));
    return redis;
}

static bool is_entry(redisContext *redis, const struct journal *journal, struct usher_number n)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_text id = usher_number_write(n, number);
    const struct usher_text args[] = {USHER_TEXT("XRANGE"), journal->stream, id, id};
    redisReply *reply = journal_child_ask(redis, args, USHER_COUNT_OF(args));
    bool is = journal_reply_element(reply, 0) != NULL;
    freeReplyObject(reply);
    return is;
}

/* Writes it and reads it back. */
static bool write_image(redisContext *redis, const struct journal *journal,
                        struct journal_image *image)
{
    char room[JOURNAL_KEY_SIZE];
    struct usher_text key = journal_key_snapshot(journal->settings->site, journal->last, room);
    struct usher_text args[JOURNAL_IMAGE_ARGS];
    struct journal_image back;
    redisReply *reply;
    bool is_good;
    journal_image_seal(image);
    journal_image_command(image, key, args);
    reply = journal_child_ask(redis, args, JOURNAL_IMAGE_ARGS);
    if (!reply)
        return false;
    freeReplyObject(reply);
    args[0] = USHER_TEXT("HGETALL");
    reply = journal_child_ask(redis, args, 2);
    is_good = reply && journal_image_read(&back, reply) == JOURNAL_IMAGE_READ &&
              usher_text_is_equal(back.saved, image->saved);
    freeReplyObject(reply);
    if (!is_good)
        log_warning("The snapshot could not be read back as it was written", NULL);
    return is_good;
}

int journal_child_run(struct journal *journal, struct usher_text rules_hash)
{
    struct journal_image image = {.rules = rules_hash};
    struct usher_bytes saved;
    char number[USHER_NUMBER_SIZE];
    int64_t begun_ms = redis_now_ms();
    redisContext *redis = connect_own(journal);
    if (!redis)
        return EXIT_FAILURE;
    usher_bytes_init(&saved, JOURNAL_SAVED_MAX);
    journal->ops->save(journal->owner, &saved);
    image.saved = usher_bytes_text(&saved);
    if (saved.is_full || !is_entry(redis, journal, journal->last) ||
        !write_image(redis, journal, &image))
        return EXIT_FAILURE;
    log_info("A snapshot was written", "snapshot=%s bytes=%zu ms=%" PRId64,
             usher_number_write(journal->last, number).at, saved.length, redis_now_ms() - begun_ms);
    journal_child_trim(redis, journal);
    redisFree(redis);
    usher_bytes_fini(&saved);
    return EXIT_SUCCESS;
}
