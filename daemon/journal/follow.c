/* A standby's life: it hands over what others append, as it comes, and waits for the silence.
 * Silence is a number of reads in a row that Redis answered in time and that brought nothing. What
 * Redis does not answer counts nothing, since a leader whose Redis stalls cannot append either; so
 * no clock of ours decides that somebody is dead. Before the claim the end is read once more, and
 * the claim itself is made only while that end stands (claim.c).
 *
 * The stream may be written anew (loss.c) or trimmed while this standby did not look: an entry that
 * does not follow on the last one makes it start over from the snapshot.
 *
 * Whoever is no standby comes through here at its start only: it reads to the end without waiting,
 * asks its owner, who then knows what the last leader said of himself, and claims. */
#include <event2/event.h>
#include <event2/util.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>

#include "journal/inside.h"
#include "log.h"

#define FOLLOW_ENTRIES     100
#define FOLLOW_ENTRIES_ARG "100"
#define LATE_MS            200 /* of an answer, beside half of what the read waits */

bool journal_is_live(const struct journal *journal)
{
    return journal->phase == JOURNAL_PHASE_FOLLOWING && journal->follow.is_live &&
           journal->follow.is_prompt;
}

void journal_hurry(struct journal *journal)
{
    if (journal->phase == JOURNAL_PHASE_FOLLOWING && journal->follow.is_live)
        journal->follow.is_hurried = true;
}

/* Claims, unless the owner forbids it. */
static void claim(struct journal *journal, const char *why)
{
    char number[USHER_NUMBER_SIZE];
    journal->follow.is_hurried = false;
    journal->follow.silent_count = 0;
    journal->is_first = false;
    if (!journal->ops->may_claim(journal->owner)) {
        journal_follow_on(journal);
        return;
    }
    log_warning("Nobody leads the site: this standby takes over", "site=%s after=%s why=\"%s\"",
                journal->settings->site, usher_number_write(journal->last, number).at, why);
    journal_enter(journal, JOURNAL_PHASE_CLAIMING);
}

/* Nobody leads, and the stream does not hold what was followed: it is written anew. */
static void lose(struct journal *journal)
{
    if (journal->ops->may_claim(journal->owner)) {
        journal_lose(journal, "nobody leads, and what this standby has read is not in Redis");
        return;
    }
    journal->follow.silent_count = 0;
    journal_follow_on(journal);
}

/* By chance, so that of several standbys one is first. */
static void wait_for_moment(struct journal *journal)
{
    uint32_t chance;
    int64_t wait_ms;
    if (!journal->ops->may_claim(journal->owner)) {
        journal->follow.silent_count = 0;
        journal_follow_on(journal);
        return;
    }
    evutil_secure_rng_get_bytes(&chance, sizeof(chance));
    wait_ms = (int64_t)chance % (journal->settings->timing.claim_jitter_ms + 1);
    log_warning("The leader is silent: this standby takes over",
                "site=%s reads=%" PRId64 " wait_ms=%" PRId64, journal->settings->site,
                journal->follow.silent_count, wait_ms);
    journal->follow.silent_count = 0;
    event_add(journal->follow.jitter,
              &(struct timeval){.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000});
}

static void on_end(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct entry_end end;
    int order;
    if (!journal_take_end(journal, reply, &end))
        return;
    order = usher_number_compare(end.last.id, journal->last);
    journal->is_first = !end.has_last && journal->last.epoch == 0;
    if (order == 0)
        wait_for_moment(journal);
    else if (order < 0)
        lose(journal);
    else
        journal_follow_step(journal);
}

/* All that stands in the stream was handed over. False when the owner cannot go on. */
static bool reach_end(struct journal *journal)
{
    journal->follow.is_live = true;
    journal_calm(journal);
    if (journal->ops->followed(journal->owner))
        return true;
    journal_fail(journal);
    return false;
}

static void take_nothing(struct journal *journal)
{
    struct journal_follow *follow = &journal->follow;
    if (!journal->settings->is_standby) {
        if (journal->ops->may_claim(journal->owner))
            journal_enter(journal, JOURNAL_PHASE_CLAIMING);
        else
            journal_fail(journal);
        return;
    }
    if (!reach_end(journal))
        return;
    follow->silent_count = follow->is_prompt ? follow->silent_count + 1 : 0;
    if (follow->silent_count < journal->settings->timing.silent_reads)
        journal_follow_on(journal);
    else
        journal_ask_end(journal, on_end);
}

static void on_our_last(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    if (!journal_reply_element(reply, 0)) {
        journal_start_anew(journal);
        return;
    }
    journal->follow.joined_epoch = journal->follow.joining_epoch;
    journal_follow_on(journal);
}

/* True when the entry is of an epoch whose start is known to stand behind our last entry. Else that
 * is asked, and the entry read again. */
static bool has_joined(struct journal *journal, struct usher_number id)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_text last = usher_number_write(journal->last, number);
    const struct usher_text args[] = {USHER_TEXT("XRANGE"), journal->stream, last, last};
    if (journal->last.epoch == 0 || id.epoch == journal->last.epoch ||
        id.epoch == journal->follow.joined_epoch)
        return true;
    journal->follow.joining_epoch = id.epoch;
    journal_command(journal, args, USHER_COUNT_OF(args), on_our_last);
    return false;
}

/* An entry is numbered as its last event, and has a line an event. */
static bool is_next(const struct journal *journal, const struct journal_entry *entry)
{
    uint64_t lines_count = 0;
    uint64_t before = entry->id.epoch == journal->last.epoch ? journal->last.seq : 0;
    for (size_t i = 0; i < entry->lines.length; i++)
        lines_count += entry->lines.at[i] == '\n';
    return entry->id.seq == before + lines_count;
}

/* False when reading does not go on from here. */
static bool take_entry(struct journal *journal, const struct redisReply *reply)
{
    struct journal_entry entry;
    enum entry_fault fault = entry_judge(reply, &entry);
    if (fault != ENTRY_FAULT_NONE) {
        journal_hold_foreign(journal, journal_reply_text(journal_reply_element(reply, 0)), fault);
        return false;
    }
    if (!has_joined(journal, entry.id))
        return false;
    if (journal_is_written_anew(journal, &entry) ||
        (journal->follow.is_live && !is_next(journal, &entry))) {
        journal_start_anew(journal);
        return false;
    }
    return journal_hand_over(journal, &entry) == JOURNAL_HANDING_DONE;
}

static void on_entries(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    const struct redisReply *entries = journal_reply_element(journal_reply_element(reply, 0), 1);
    int64_t read_ms = journal->settings->timing.read_ms;
    if (!journal_take(journal, reply))
        return;
    journal->follow.is_prompt =
        redis_now_ms() - journal->follow.sent_ms <= read_ms + read_ms / 2 + LATE_MS;
    if (!entries || entries->elements == 0) {
        take_nothing(journal);
        return;
    }
    journal->follow.silent_count = 0;
    for (size_t i = 0; i < entries->elements; i++) {
        if (!take_entry(journal, entries->element[i]))
            return;
    }
    if (entries->elements < FOLLOW_ENTRIES && journal->settings->is_standby && !reach_end(journal))
        return;
    if (journal->follow.is_hurried)
        claim(journal, "the leader has stopped, or has handed the site over");
    else
        journal_follow_on(journal);
}

void journal_follow_on(struct journal *journal)
{
    struct usher_text args[8] = {USHER_TEXT("XREAD"), USHER_TEXT("COUNT"),
                                 USHER_TEXT(FOLLOW_ENTRIES_ARG)};
    size_t count = 3;
    char wait[32];
    char last[USHER_NUMBER_SIZE];
    if (journal->settings->is_standby) {
        (void)snprintf(wait, sizeof(wait), "%" PRId64, journal->settings->timing.read_ms);
        args[count++] = USHER_TEXT("BLOCK");
        args[count++] = usher_text_of(wait);
    }
    args[count++] = USHER_TEXT("STREAMS");
    args[count++] = journal->stream;
    args[count++] = usher_number_write(journal->last, last);
    journal->follow.sent_ms = redis_now_ms();
    journal_command(journal, args, count, on_entries);
}

void journal_follow_step(struct journal *journal)
{
    journal->follow.silent_count = 0;
    journal->claim.is_sent = false;
    event_del(journal->follow.jitter);
    journal_follow_on(journal);
}
