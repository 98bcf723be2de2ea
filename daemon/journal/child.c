/* The snapshot's child: a process of its own with a connection of its own, so it may wait. It
 * writes the state at journal->last, reads it back, deletes all snapshots but the two newest, and
 * trims the stream behind the older of them - so far as `keep` lets it, or, above `max`, all of it.
 * The older one's entry stays: a snapshot without its entry could not be used. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "journal/dial.h"
#include "journal/image.h"
#include "journal/inside.h"
#include "log.h"

#define CHILD_SNAPSHOTS_MAX 64      /* seen at once; more are deleted the next time */
#define TRIM_AT_ONCE        "10000" /* entries: some milliseconds of Redis */

static redisReply *ask(redisContext *redis, const struct usher_text *args, size_t count)
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
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
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
    reply = ask(redis, args, JOURNAL_IMAGE_ARGS);
    if (!reply)
        return false;
    freeReplyObject(reply);
    args[0] = USHER_TEXT("HGETALL");
    reply = ask(redis, args, 2);
    is_good = reply && journal_image_read(&back, reply) == JOURNAL_IMAGE_READ &&
              usher_text_is_equal(back.saved, image->saved);
    freeReplyObject(reply);
    if (!is_good)
        log_warning("The snapshot could not be read back as it was written", NULL);
    return is_good;
}

static int compare_newest_first(const void *a, const void *b)
{
    return usher_number_compare(*(const struct usher_number *)b, *(const struct usher_number *)a);
}

/* The snapshots in Redis, newest first, each once. */
static size_t list_snapshots(redisContext *redis, const struct journal *journal,
                             struct usher_number list[CHILD_SNAPSHOTS_MAX])
{
    char pattern[JOURNAL_KEY_SIZE];
    char cursor[32] = "0";
    size_t count = 0;
    size_t kept = 0;
    do {
        const struct usher_text args[] = {
            USHER_TEXT("SCAN"),  usher_text_of(cursor),
            USHER_TEXT("MATCH"), journal_key_snapshots(journal->settings->site, pattern),
            USHER_TEXT("COUNT"), USHER_TEXT("1000")};
        redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
        const redisReply *keys = journal_reply_element(reply, 1);
        for (size_t i = 0; keys && i < keys->elements && count < CHILD_SNAPSHOTS_MAX; i++) {
            if (journal_key_read_snapshot(journal->settings->site,
                                          journal_reply_text(keys->element[i]), &list[count]))
                count++;
        }
        if (!usher_text_copy(cursor, sizeof(cursor),
                             journal_reply_text(journal_reply_element(reply, 0))))
            (void)snprintf(cursor, sizeof(cursor), "0");
        freeReplyObject(reply);
    } while (cursor[0] && !(cursor[0] == '0' && cursor[1] == '\0'));
    if (count > 0)
        qsort(list, count, sizeof(list[0]), compare_newest_first);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || usher_number_compare(list[kept - 1], list[i]) != 0)
            list[kept++] = list[i];
    }
    return kept;
}

static void delete_snapshot(redisContext *redis, const struct journal *journal,
                            struct usher_number n)
{
    char key[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {USHER_TEXT("UNLINK"),
                                      journal_key_snapshot(journal->settings->site, n, key)};
    freeReplyObject(ask(redis, args, 2));
}

static bool is_above_max(redisContext *redis, const struct journal *journal)
{
    const struct usher_text args[] = {USHER_TEXT("MEMORY"), USHER_TEXT("USAGE"), journal->stream};
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
    bool is = reply && reply->type == REDIS_REPLY_INTEGER &&
              reply->integer > journal->settings->journal.max_bytes;
    freeReplyObject(reply);
    return is;
}

/* An epoch is the second of its claim, or later by a few; so all before the last epoch that began
 * `keep` ago is older than that. */
static struct usher_number oldest_kept_by_epoch(redisContext *redis, const struct journal *journal)
{
    static const struct usher_text time_args[] = {{"TIME", 4}};
    struct usher_number n = {0, 0};
    struct journal_entry entry;
    int64_t redis_s;
    char until[32];
    redisReply *reply = ask(redis, time_args, 1);
    bool is_known =
        usher_text_read_int64(journal_reply_text(journal_reply_element(reply, 0)), &redis_s);
    freeReplyObject(reply);
    if (!is_known)
        return n;
    (void)snprintf(until, sizeof(until), "%" PRId64,
                   redis_s - journal->settings->journal.keep_ms / 1000);
    const struct usher_text args[] = {USHER_TEXT("XREVRANGE"), journal->stream,
                                      usher_text_of(until),    USHER_TEXT("-"),
                                      USHER_TEXT("COUNT"),     USHER_TEXT("1")};
    reply = ask(redis, args, USHER_COUNT_OF(args));
    if (journal_reply_entry(journal_reply_element(reply, 0), &entry))
        n = (struct usher_number){entry.id.epoch, 1};
    freeReplyObject(reply);
    return n;
}

/* What is below the answer may go: by the marks of this process, and by epochs for what was before
 * it. */
static struct usher_number oldest_kept(redisContext *redis, const struct journal *journal)
{
    const struct journal_snapshot *snapshot = &journal->snapshot;
    int64_t keep_from_ms = redis_now_ms() - journal->settings->journal.keep_ms;
    struct usher_number n = oldest_kept_by_epoch(redis, journal);
    for (size_t i = 0; i < snapshot->marks_count; i++) {
        if (snapshot->marks[i].at_ms <= keep_from_ms &&
            usher_number_compare(snapshot->marks[i].n, n) > 0)
            n = snapshot->marks[i].n;
    }
    return n;
}

static void trim(redisContext *redis, const struct journal *journal, struct usher_number older)
{
    struct usher_number n = is_above_max(redis, journal) ? older : oldest_kept(redis, journal);
    char number[USHER_NUMBER_SIZE];
    long long trimmed;
    if (usher_number_compare(n, older) > 0)
        n = older;
    const struct usher_text args[] = {USHER_TEXT("XTRIM"),           journal->stream,
                                      USHER_TEXT("MINID"),           USHER_TEXT("~"),
                                      usher_number_write(n, number), USHER_TEXT("LIMIT"),
                                      USHER_TEXT(TRIM_AT_ONCE)};
    do {
        redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
        trimmed = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
        freeReplyObject(reply);
    } while (trimmed > 0);
}

int journal_child_run(struct journal *journal, struct usher_text rules_hash)
{
    struct usher_number list[CHILD_SNAPSHOTS_MAX];
    struct journal_image image = {.rules = rules_hash};
    struct usher_bytes saved;
    char number[USHER_NUMBER_SIZE];
    int64_t begun_ms = redis_now_ms();
    size_t count;
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
    count = list_snapshots(redis, journal, list);
    for (size_t i = 2; i < count; i++)
        delete_snapshot(redis, journal, list[i]);
    if (count >= 2)
        trim(redis, journal, list[1]);
    redisFree(redis);
    usher_bytes_fini(&saved);
    return EXIT_SUCCESS;
}
