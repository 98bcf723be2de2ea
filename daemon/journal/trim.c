/* The snapshot's child trims: the stream behind the older of the two newest snapshots - so far as
 * `keep` lets it, or, above `max`, all of it - and the snapshots that no longer serve. What goes is
 * filed in the archive folder first, if there is one; while that cannot be done all stays, up to
 * `max`. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "journal/anchor.h"
#include "journal/erase.h"
#include "journal/filing.h"
#include "journal/image.h"
#include "journal/inside.h"
#include "log.h"
#include "wire/json.h"

#define SNAPSHOTS_MAX 64      /* seen at once; more are deleted the next time */
#define UNFILED_MAX   24      /* snapshots that wait for the archive, with all others */
#define TRIM_AT_ONCE  "10000" /* entries: some milliseconds of Redis */
#define PAGE_ENTRIES  "20"    /* so that Redis serves usherd between two pages */
#define DEPTH_MAX     32

struct trim {
    redisContext *redis;
    const struct journal *journal;
    struct anchor list[SNAPSHOTS_MAX]; /* the newest first */
    size_t count;
    struct filing filing;
    struct erasures erasures;
    struct usher_bytes masked;
    bool has_archive;
};

static redisReply *ask(struct trim *trim, const struct usher_text *args, size_t count)
{
    return journal_child_ask(trim->redis, args, count);
}

static const char *site_of(const struct trim *trim)
{
    return trim->journal->settings->site;
}

static int compare_newest_first(const void *a, const void *b)
{
    return usher_number_compare(((const struct anchor *)b)->n, ((const struct anchor *)a)->n);
}

/* The snapshots in Redis, each once. */
static void list_snapshots(struct trim *trim)
{
    char pattern[JOURNAL_KEY_SIZE];
    char cursor[32] = "0";
    size_t count = 0;
    do {
        const struct usher_text args[] = {
            USHER_TEXT("SCAN"),  usher_text_of(cursor),
            USHER_TEXT("MATCH"), journal_key_snapshots(site_of(trim), pattern),
            USHER_TEXT("COUNT"), USHER_TEXT("1000")};
        redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
        const redisReply *keys = journal_reply_element(reply, 1);
        for (size_t i = 0; keys && i < keys->elements && count < SNAPSHOTS_MAX; i++) {
            if (journal_key_read_snapshot(site_of(trim), journal_reply_text(keys->element[i]),
                                          &trim->list[count].n))
                count++;
        }
        if (!usher_text_copy(cursor, sizeof(cursor),
                             journal_reply_text(journal_reply_element(reply, 0))))
            (void)snprintf(cursor, sizeof(cursor), "0");
        freeReplyObject(reply);
    } while (cursor[0] && strcmp(cursor, "0") != 0);
    if (count > 0)
        qsort(trim->list, count, sizeof(trim->list[0]), compare_newest_first);
    trim->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (trim->count == 0 ||
            usher_number_compare(trim->list[trim->count - 1].n, trim->list[i].n) != 0)
            trim->list[trim->count++] = trim->list[i];
    }
}

/* When its event happened, if the stream still has it. */
static void find_time(struct trim *trim, struct anchor *anchor)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_text id = usher_number_write(anchor->n, number);
    const struct usher_text args[] = {USHER_TEXT("XRANGE"), trim->journal->stream, id, id};
    redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
    struct journal_entry entry;
    anchor->at_ms = -1;
    if (journal_reply_element(reply, 0) &&
        entry_judge(reply->element[0], &entry) == ENTRY_FAULT_NONE)
        anchor->at_ms = entry_time(&entry);
    freeReplyObject(reply);
}

static bool is_above_max(struct trim *trim)
{
    const struct usher_text args[] = {USHER_TEXT("MEMORY"), USHER_TEXT("USAGE"),
                                      trim->journal->stream};
    redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
    bool is = reply && reply->type == REDIS_REPLY_INTEGER &&
              reply->integer > trim->journal->settings->journal.max_bytes;
    freeReplyObject(reply);
    return is;
}

/* An epoch is the second of its claim, or later by a few; so all before the last epoch that began
 * `keep` ago is older than that. */
static struct usher_number oldest_kept_by_epoch(struct trim *trim)
{
    static const struct usher_text time_args[] = {{"TIME", 4}};
    struct usher_number n = {0, 0};
    struct journal_entry entry;
    int64_t redis_s;
    char until[32];
    redisReply *reply = ask(trim, time_args, 1);
    bool is_known =
        usher_text_read_int64(journal_reply_text(journal_reply_element(reply, 0)), &redis_s);
    freeReplyObject(reply);
    if (!is_known)
        return n;
    (void)snprintf(until, sizeof(until), "%" PRId64,
                   redis_s - trim->journal->settings->journal.keep_ms / 1000);
    const struct usher_text args[] = {USHER_TEXT("XREVRANGE"), trim->journal->stream,
                                      usher_text_of(until),    USHER_TEXT("-"),
                                      USHER_TEXT("COUNT"),     USHER_TEXT("1")};
    reply = ask(trim, args, USHER_COUNT_OF(args));
    if (journal_reply_entry(journal_reply_element(reply, 0), &entry))
        n = (struct usher_number){entry.id.epoch, 1};
    freeReplyObject(reply);
    return n;
}

/* What is below the answer may go: by the marks of this process, and by epochs for what was before
 * it. */
static struct usher_number oldest_kept(struct trim *trim)
{
    const struct journal_snapshot *snapshot = &trim->journal->snapshot;
    int64_t keep_from_ms = redis_now_ms() - trim->journal->settings->journal.keep_ms;
    struct usher_number n = oldest_kept_by_epoch(trim);
    for (size_t i = 0; i < snapshot->marks_count; i++) {
        if (snapshot->marks[i].at_ms <= keep_from_ms &&
            usher_number_compare(snapshot->marks[i].n, n) > 0)
            n = snapshot->marks[i].n;
    }
    return n;
}

/* Files the rules with this hash, if they are not there. */
static void file_rules(struct trim *trim, struct usher_text hash)
{
    char name[FOLDER_NAME_SIZE];
    char key[JOURNAL_KEY_SIZE];
    if (!hash.at || !folder_name_rules(hash, name) || filing_has(&trim->filing, name))
        return;
    const struct usher_text args[] = {USHER_TEXT("GET"),
                                      journal_key_rules(site_of(trim), hash, key)};
    redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
    struct usher_text text = journal_reply_text(reply);
    if (text.at)
        filing_put(&trim->filing, name, text);
    freeReplyObject(reply);
}

static void file_line(struct trim *trim, struct usher_number n, struct usher_text line)
{
    struct usher_text loaded = USHER_TEXT("\"rules.loaded\"");
    struct usher_json_problem problem;
    char hash[JOURNAL_HASH_MAX + 1];
    struct usher_text text;
    bool is_good = usher_json_check(line, DEPTH_MAX, &problem);
    int64_t at_ms = 0; /* where it says none: the day of those before */
    if (is_good)
        (void)!usher_text_read_int64(usher_json_find(line, USHER_TEXT("at")), &at_ms);
    filing_add(&trim->filing, n, at_ms, erasures_mask(&trim->erasures, n, line, &trim->masked));
    if (is_good && memmem(line.at, line.length, loaded.at, loaded.length) &&
        usher_json_find_text(line, USHER_TEXT("hash"), hash, sizeof(hash), &text))
        file_rules(trim, text);
}

static void file_entry(struct trim *trim, const redisReply *reply)
{
    struct journal_entry entry;
    uint64_t before = 0;
    if (entry_judge(reply, &entry) != ENTRY_FAULT_NONE)
        return;
    for (size_t i = 0; i < entry.lines.length; i++)
        before += entry.lines.at[i] == '\n';
    while (entry.lines.length > 0) {
        const char *newline = memchr(entry.lines.at, '\n', entry.lines.length);
        size_t length = (size_t)(newline - entry.lines.at);
        struct usher_number n = {entry.id.epoch, entry.id.seq + 1 - before--};
        if (usher_number_compare(n, trim->filing.last) > 0)
            file_line(trim, n, (struct usher_text){entry.lines.at, length});
        entry.lines.at += length + 1;
        entry.lines.length -= length + 1;
    }
}

/* Files all entries below `n` that are not there yet. */
static bool file_lines(struct trim *trim, struct usher_number n)
{
    char from[USHER_NUMBER_SIZE + 1] = "-";
    char to[USHER_NUMBER_SIZE + 1];
    char number[USHER_NUMBER_SIZE];
    size_t count = 1;
    if (trim->filing.last.epoch > 0)
        (void)snprintf(from, sizeof(from), "(%s", usher_number_write(trim->filing.last, number).at);
    (void)snprintf(to, sizeof(to), "(%s", usher_number_write(n, number).at);
    while (count > 0 && trim->filing.error == 0) {
        const struct usher_text args[] = {USHER_TEXT("XRANGE"), trim->journal->stream,
                                          usher_text_of(from),  usher_text_of(to),
                                          USHER_TEXT("COUNT"),  USHER_TEXT(PAGE_ENTRIES)};
        redisReply *page = ask(trim, args, USHER_COUNT_OF(args));
        if (!page)
            return false;
        count = page->type == REDIS_REPLY_ARRAY ? page->elements : 0;
        for (size_t i = 0; i < count; i++)
            file_entry(trim, page->element[i]);
        if (count > 0)
            (void)snprintf(
                from, sizeof(from), "(%.*s",
                USHER_TEXT_ARGS(journal_reply_text(page->element[count - 1]->element[0])));
        freeReplyObject(page);
    }
    return trim->filing.error == 0;
}

/* Without those who were erased since. */
static bool put_state(struct trim *trim, const char *name, struct usher_text saved)
{
    if (erase_is_needed(&trim->erasures, saved)) {
        if (!erase_state(trim->journal->settings, &trim->erasures, saved, &trim->masked))
            return false;
        saved = usher_bytes_text(&trim->masked);
    }
    filing_put(&trim->filing, name, saved);
    return true;
}

/* Unless one of nearly that time is there already. */
static void file_state(struct trim *trim, struct usher_number n)
{
    int64_t apart_ms = trim->journal->settings->journal.keep_ms / ANCHORS_PER_KEEP;
    char key[JOURNAL_KEY_SIZE];
    char name[FOLDER_NAME_SIZE];
    struct journal_image image;
    int64_t at_ms;
    const struct usher_text args[] = {USHER_TEXT("HGETALL"),
                                      journal_key_snapshot(site_of(trim), n, key)};
    redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
    if (reply && journal_image_read(&image, reply) == JOURNAL_IMAGE_READ &&
        usher_engine_saved_ms(image.saved, &at_ms) &&
        (trim->filing.state_ms < 0 || at_ms - trim->filing.state_ms >= apart_ms)) {
        folder_name_state(site_of(trim), n, at_ms, name);
        file_rules(trim, usher_engine_saved_hash(image.saved));
        if (put_state(trim, name, image.saved))
            trim->filing.state_ms = at_ms;
    }
    freeReplyObject(reply);
}

/* Whether it goes for good: neither is it kept, nor does it only thin out the others. */
static bool is_leaving(const struct anchor *anchor, struct usher_number from)
{
    return !anchor->is_kept && (anchor->at_ms < 0 || usher_number_compare(anchor->n, from) < 0);
}

/* Files what goes with a trim behind `n`. False when it is not on disk. */
static bool file_away(struct trim *trim, struct usher_number n)
{
    const char *path = trim->journal->settings->journal.archive;
    char number[USHER_NUMBER_SIZE];
    char value[LOG_VALUE_SIZE];
    int error = filing_open(&trim->filing, path, site_of(trim));
    bool is_read = error == 0 && file_lines(trim, n);
    for (size_t i = trim->count; i > 0 && is_read; i--) {
        if (is_leaving(&trim->list[i - 1], n))
            file_state(trim, trim->list[i - 1].n);
    }
    error = filing_close(&trim->filing);
    if (is_read && error == 0) {
        if (trim->filing.added_count > 0)
            log_info("Events that are trimmed were filed", "archive=%s events=%" PRIu64 " until=%s",
                     path, trim->filing.added_count,
                     usher_number_write(trim->filing.last, number).at);
        return true;
    }
    log_warning(
        "The archive could not be written: the journal keeps what is to be filed, up to "
        "journal.max, and it is tried again with the next snapshot. See that usherd's user "
        "may write there, and that the disk has room",
        "archive=%s error=%s", path,
        log_value(usher_text_of(error < 0 ? strerror(-error) : "Redis did not answer"), value));
    return false;
}

static void trim_stream(struct trim *trim, struct usher_number n)
{
    char number[USHER_NUMBER_SIZE];
    long long trimmed;
    const struct usher_text args[] = {USHER_TEXT("XTRIM"),           trim->journal->stream,
                                      USHER_TEXT("MINID"),           USHER_TEXT("~"),
                                      usher_number_write(n, number), USHER_TEXT("LIMIT"),
                                      USHER_TEXT(TRIM_AT_ONCE)};
    do {
        redisReply *reply = ask(trim, args, USHER_COUNT_OF(args));
        trimmed = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
        freeReplyObject(reply);
    } while (trimmed > 0);
}

static void delete_snapshots(struct trim *trim, struct usher_number from, bool is_filed)
{
    for (size_t i = 0; i < trim->count; i++) {
        char key[JOURNAL_KEY_SIZE];
        bool waits = !is_filed && is_leaving(&trim->list[i], from) && i < UNFILED_MAX;
        if (trim->list[i].is_kept || waits)
            continue;
        const struct usher_text args[] = {
            USHER_TEXT("UNLINK"), journal_key_snapshot(site_of(trim), trim->list[i].n, key)};
        freeReplyObject(ask(trim, args, 2));
    }
}

void journal_child_trim(redisContext *redis, const struct journal *journal)
{
    struct trim *trim = calloc(1, sizeof(*trim));
    struct usher_number n;
    bool is_full;
    bool is_filed = true;
    if (!trim)
        return;
    *trim = (struct trim){.redis = redis, .journal = journal};
    usher_bytes_init(&trim->masked, JOURNAL_SAVED_MAX);
    if (!journal_child_erase(redis, journal, &trim->erasures)) {
        free(trim);
        return;
    }
    list_snapshots(trim);
    if (trim->count < 2)
        goto done;
    for (size_t i = 0; i < trim->count; i++)
        find_time(trim, &trim->list[i]);
    is_full = is_above_max(trim);
    n = is_full ? trim->list[1].n : oldest_kept(trim);
    if (usher_number_compare(n, trim->list[1].n) > 0)
        n = trim->list[1].n;
    anchor_choose(trim->list, trim->count, n,
                  journal->settings->journal.keep_ms / ANCHORS_PER_KEEP);
    if (journal->settings->journal.archive[0])
        is_filed = file_away(trim, n);
    if (!is_filed && is_full)
        log_error("The journal is above journal.max: what was to be filed goes, and is lost for "
                  "reports and explain",
                  "archive=%s", journal->settings->journal.archive);
    if (is_filed || is_full)
        trim_stream(trim, n);
    delete_snapshots(trim, n, is_filed || is_full);
done:
    journal_child_forget_erasures(redis, journal, &trim->erasures);
    erasures_fini(&trim->erasures);
    usher_bytes_fini(&trim->masked);
    free(trim);
}
