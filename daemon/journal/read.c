/* Reading the journal after the claim: every line behind the snapshot, or behind what a standby has
 * followed, and up to our own router.started goes to the owner, in order. An entry is handed over
 * whole or not at all, so reading can begin again after it at any time. Each reading begins with
 * the entry that was handed over last: as long as that is there, nothing between it and the claim
 * can be missing. */
#include <hiredis/hiredis.h>

#include "journal/inside.h"
#include "log.h"
#include "wire/codec.h"

#define READ_ENTRIES "100"

/* The line that `lines` begins with, without its newline; moves `lines` behind it. */
static struct usher_text next_line(struct usher_text *lines)
{
    const char *newline = memchr(lines->at, '\n', lines->length);
    size_t length = newline ? (size_t)(newline - lines->at) : lines->length;
    struct usher_text line = {lines->at, length};
    lines->at += length + (newline ? 1 : 0);
    lines->length -= length + (newline ? 1 : 0);
    return line;
}

/* The hash in a line rules.loaded, copied into `room`; false for every other line. */
static bool read_rules_hash(struct usher_text line, char room[JOURNAL_HASH_MAX + 1])
{
    struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    struct usher_text name = USHER_TEXT("\"rules.loaded\"");
    /* Cheap for nearly all lines; the decoder has the last word. */
    if (!memmem(line.at, line.length, name.at, name.length))
        return false;
    return usher_event_decode(line, &scratch, &event, &answer) &&
           event.kind == USHER_EVENT_RULES_LOADED &&
           usher_text_copy(room, JOURNAL_HASH_MAX + 1, event.fields.hash);
}

static void on_rules(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct usher_text hash = usher_bytes_text(&journal->find.rules);
    struct usher_text text = journal_reply_text(reply);
    char value[LOG_VALUE_SIZE];
    if (!journal_take(journal, reply))
        return;
    if (!text.at || !journal_shelf_put(&journal->shelf, hash, text)) {
        log_error(
            "The journal names rules whose text is gone. Store that rules file again under the key "
            "usher:{site}:rules:<hash>, then start again",
            "site=%s hash=%s", journal->settings->site, log_value(hash, value));
        journal_fail(journal);
        return;
    }
    if (!journal->ops->rules(journal->owner, hash, text)) {
        journal_fail(journal);
        return;
    }
    if (journal->phase == JOURNAL_PHASE_FOLLOWING)
        journal_follow_on(journal);
    else
        journal_read_on(journal);
}

/* True when all rules that the entry's lines name were handed over. Else they are asked for, and
 * the entry is read again afterwards. */
static bool has_its_rules(struct journal *journal, struct usher_text lines)
{
    char room[JOURNAL_HASH_MAX + 1];
    char key[JOURNAL_KEY_SIZE];
    while (lines.length > 0) {
        struct usher_text args[2] = {USHER_TEXT("GET"), USHER_NO_TEXT};
        struct usher_text hash;
        if (!read_rules_hash(next_line(&lines), room))
            continue;
        hash = usher_text_of(room);
        if (journal_shelf_has(&journal->shelf, hash)) {
            journal_shelf_use(&journal->shelf, hash);
            continue;
        }
        usher_bytes_clear(&journal->find.rules);
        usher_bytes_append_text(&journal->find.rules, hash);
        args[1] = journal_key_rules(journal->settings->site, hash, key);
        journal_command(journal, args, 2, on_rules);
        return false;
    }
    return true;
}

bool journal_is_written_anew(struct journal *journal, const struct journal_entry *entry)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_text lines = entry->lines;
    struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    struct usher_number prev;
    if (entry->id.seq != 1 || journal->last.epoch == 0)
        return false;
    if (!usher_event_decode(next_line(&lines), &scratch, &event, &answer) ||
        event.kind != USHER_EVENT_ROUTER_STARTED || !usher_number_read(event.fields.prev, &prev) ||
        usher_number_compare(prev, journal->last) <= 0)
        return false;
    if (usher_number_compare(entry->id, journal->gap) > 0) {
        journal->gap = entry->id;
        return true;
    }
    log_error("The journal lacks events that Redis has lost, and no snapshot has them: it goes on "
              "with what is there, and what the PBXs say of their calls decides. See that "
              "appendfsync is always, and wait_replicas 1 when Redis fails over",
              "site=%s after=%s before=%.*s", journal->settings->site,
              usher_number_write(journal->last, number).at, USHER_TEXT_ARGS(event.fields.prev));
    return false;
}

enum journal_handing journal_hand_over(struct journal *journal, const struct journal_entry *entry)
{
    struct usher_text lines = entry->lines;
    if (!has_its_rules(journal, lines))
        return JOURNAL_HANDING_WAITS;
    while (lines.length > 0) {
        if (!journal->ops->line(journal->owner, next_line(&lines))) {
            journal_fail(journal);
            return JOURNAL_HANDING_FAILED;
        }
        journal->snapshot.events_count++;
    }
    journal->last = entry->id;
    return JOURNAL_HANDING_DONE;
}

/* Whether `entry` is the one that was handed over last. Else the stream was flushed and written
 * anew, or trimmed behind a newer snapshot. */
static bool is_last_read(const struct journal *journal, const struct redisReply *entry)
{
    struct journal_entry first;
    return journal_reply_entry(entry, &first) && usher_number_compare(first.id, journal->last) == 0;
}

static void on_entries(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    size_t known = journal->last.epoch != 0;
    if (!journal_take(journal, reply))
        return;
    if (known && journal_reply_element(reply, 0) && !is_last_read(journal, reply->element[0])) {
        journal_start_anew(journal);
        return;
    }
    if (!journal_reply_element(reply, known)) { /* the claim is gone: sending it again tells why */
        journal_retry(journal);
        return;
    }
    for (size_t i = known; i < reply->elements; i++) {
        struct journal_entry entry;
        enum entry_fault fault = entry_judge(reply->element[i], &entry);
        if (fault != ENTRY_FAULT_NONE) {
            journal_hold_foreign(journal, journal_reply_text(reply->element[i]->element[0]), fault);
            return;
        }
        if (journal_is_written_anew(journal, &entry)) {
            journal_start_anew(journal);
            return;
        }
        if (journal_hand_over(journal, &entry) != JOURNAL_HANDING_DONE)
            return;
        if (usher_number_compare(entry.id, journal->claim.n) == 0) {
            journal_begin_leading(journal);
            return;
        }
    }
    journal_read_on(journal);
}

void journal_read_on(struct journal *journal)
{
    char from[USHER_NUMBER_SIZE];
    char to[USHER_NUMBER_SIZE];
    struct usher_text args[6] = {USHER_TEXT("XRANGE"), journal->stream,
                                 USHER_NO_TEXT,        USHER_NO_TEXT,
                                 USHER_TEXT("COUNT"),  USHER_TEXT(READ_ENTRIES)};
    args[2] = journal->last.epoch != 0 ? usher_number_write(journal->last, from) : USHER_TEXT("-");
    args[3] = usher_number_write(journal->claim.n, to);
    journal_command(journal, args, USHER_COUNT_OF(args), on_entries);
}
