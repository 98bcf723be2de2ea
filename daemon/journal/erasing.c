/* The snapshot's child and erased customers: it takes them out of the archive, and forgets who was
 * erased when the stream holds nothing of before. The list is changed under WATCH, since the same
 * customer may be erased once more meanwhile. */
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "journal/erase.h"
#include "journal/inside.h"
#include "log.h"

static redisReply *ask(redisContext *redis, const struct usher_text *args, size_t count)
{
    return journal_child_ask(redis, args, count);
}

static void tell(redisContext *redis, const struct usher_text *args, size_t count)
{
    freeReplyObject(ask(redis, args, count));
}

/* Whether the list still says of the customer what was read. */
static bool is_unchanged(redisContext *redis, struct usher_text key, const struct erasure *erasure)
{
    char room[ERASURE_VALUE_SIZE];
    const struct usher_text get[] = {USHER_TEXT("HGET"), key, usher_text_of(erasure->customer)};
    redisReply *reply = ask(redis, get, USHER_COUNT_OF(get));
    bool is = reply && usher_text_is_equal(journal_reply_text(reply), erasure_write(erasure, room));
    freeReplyObject(reply);
    return is;
}

/* Says that the archive was rewritten, or (`is_over`) takes the customer off the list. */
static void change(redisContext *redis, struct usher_text key, struct erasure *erasure,
                   bool is_over)
{
    static const struct usher_text multi[] = {{"MULTI", 5}};
    static const struct usher_text exec[] = {{"EXEC", 4}};
    static const struct usher_text unwatch[] = {{"UNWATCH", 7}};
    char room[ERASURE_VALUE_SIZE];
    struct usher_text customer = usher_text_of(erasure->customer);
    const struct usher_text watch[] = {USHER_TEXT("WATCH"), key};
    tell(redis, watch, USHER_COUNT_OF(watch));
    if (!is_unchanged(redis, key, erasure)) {
        tell(redis, unwatch, 1);
        return;
    }
    erasure->is_filed = true;
    const struct usher_text set[] = {USHER_TEXT("HSET"), key, customer,
                                     erasure_write(erasure, room)};
    const struct usher_text del[] = {USHER_TEXT("HDEL"), key, customer};
    tell(redis, multi, 1);
    tell(redis, is_over ? del : set, is_over ? USHER_COUNT_OF(del) : USHER_COUNT_OF(set));
    tell(redis, exec, 1);
}

static bool has_unfiled(const struct erasures *erasures)
{
    for (size_t i = 0; i < erasures->count; i++) {
        if (!erasures->list[i].is_filed)
            return true;
    }
    return false;
}

/* False when some of the archive is not rewritten; it is tried again with the next snapshot. */
static bool rewrite(const struct journal *journal, const struct erasures *erasures)
{
    const struct settings *settings = journal->settings;
    const char *path = settings->journal.archive;
    char value[LOG_VALUE_SIZE];
    struct filing filing;
    size_t count = 0;
    int error = filing_open(&filing, path, settings->site);
    if (error == 0)
        error = erase_filed(&filing, settings, erasures, &count);
    int close_error = filing_close(&filing);
    if (error == 0)
        error = close_error;
    if (error == 0) {
        log_info("Erased customers were taken out of the archive", "archive=%s files=%zu", path,
                 count);
        return true;
    }
    log_error("Erased customers could not be taken out of the archive; it is tried again with the "
              "next snapshot. See that usherd's user may write there, and that the disk has room",
              "archive=%s error=%s", path, log_value(usher_text_of(strerror(-error)), value));
    return false;
}

/* They grow when another leader refuses an usherd, which may be after the erasure: as long as that
 * is on the list they are looked through each time. */
static void rewrite_refused(const struct journal *journal, const struct erasures *erasures)
{
    const char *path = journal->settings->state;
    char value[LOG_VALUE_SIZE];
    size_t count = 0;
    int error = erase_refused(path, journal->epoch, erasures, &count);
    if (count > 0 && error == 0)
        log_info("Erased customers were taken out of what other leaders refused",
                 "state=%s files=%zu", path, count);
    if (error < 0)
        log_error("Erased customers could not be taken out of refused-*.jsonl; it is tried again "
                  "with the next snapshot. See that usherd's user may write there, and that the "
                  "disk has room",
                  "state=%s error=%s", path, log_value(usher_text_of(strerror(-error)), value));
}

bool journal_child_erase(redisContext *redis, const struct journal *journal,
                         struct erasures *erasures)
{
    char room[JOURNAL_KEY_SIZE];
    struct usher_text key = journal_key_erased(journal->settings->site, room);
    const struct usher_text args[] = {USHER_TEXT("HGETALL"), key};
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
    bool is_read = reply && erasures_read(erasures, reply);
    freeReplyObject(reply);
    if (!is_read)
        return false;
    if (erasures->count > 0)
        rewrite_refused(journal, erasures);
    if (journal->settings->journal.archive[0] && has_unfiled(erasures) &&
        rewrite(journal, erasures)) {
        for (size_t i = 0; i < erasures->count; i++)
            change(redis, key, &erasures->list[i], false);
    }
    return true;
}

/* The number of the first event that the stream holds; 0-0 when that is not known. */
static struct usher_number first_of(redisContext *redis, const struct journal *journal)
{
    const struct usher_text args[] = {USHER_TEXT("XRANGE"), journal->stream,     USHER_TEXT("-"),
                                      USHER_TEXT("+"),      USHER_TEXT("COUNT"), USHER_TEXT("1")};
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args));
    struct journal_entry entry;
    struct usher_number first = {0, 0};
    if (journal_reply_element(reply, 0) &&
        entry_judge(reply->element[0], &entry) == ENTRY_FAULT_NONE) {
        first = entry.id;
        for (size_t i = 0; i < entry.lines.length; i++)
            first.seq -= entry.lines.at[i] == '\n';
        first.seq++;
    }
    freeReplyObject(reply);
    return first;
}

void journal_child_forget_erasures(redisContext *redis, const struct journal *journal,
                                   struct erasures *erasures)
{
    char room[JOURNAL_KEY_SIZE];
    struct usher_text key = journal_key_erased(journal->settings->site, room);
    struct usher_number first = {0, 0};
    bool has_archive = journal->settings->journal.archive[0] != '\0';
    if (erasures->count > 0)
        first = first_of(redis, journal);
    for (size_t i = 0; i < erasures->count; i++) {
        struct erasure *erasure = &erasures->list[i];
        if (usher_number_compare(erasure->n, first) < 0 && (erasure->is_filed || !has_archive))
            change(redis, key, erasure, true);
    }
}
