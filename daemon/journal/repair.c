/* Repair: after a lost connection, a refused id or an error, the stream's last entry is compared,
 * by its bytes, with what was appended.
 *
 * - The batch in flight: it is accepted.
 * - A batch that was accepted before: what followed it is appended again, and the one in flight
 * sent.
 * - Any other with our number or above: another router's, so we are fenced.
 * - Older than all that is remembered, or none: lost; the stream is written anew with a snapshot of
 * now.
 * - Written by no router, or its id left behind by such a one: nothing until somebody repairs it.
 *
 * Before we lead on, the rules' texts that Redis lacks are stored: a Redis that has the batch may
 * have lost the text that was stored after it, and what names it comes next.
 *
 * Numbers rise in a stream and epochs do not repeat, so an entry of another router can only stand
 * behind ours. */
#include <hiredis/hiredis.h>

#include "journal/inside.h"
#include "log.h"

static void append_next(struct journal *journal);

/* All that is remembered: where the loss began is not known of other keys. */
static void tell_restored(const struct journal *journal)
{
    usher_list_for_each (node, &journal->tail.batches)
        journal->ops->restored(journal->owner,
                               usher_list_entry(node, struct journal_batch, node)->lines);
}

static void finish(struct journal *journal)
{
    journal_set_phase(journal, JOURNAL_PHASE_LEADING);
    tell_restored(journal);
    if (journal->flight.is_active)
        journal_send_flight(journal);
    else
        journal_tell_away(journal, false);
}

static void on_appended_again(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    switch (journal_reply_classify(reply)) {
    case JOURNAL_REPLY_ACCEPTED:
        journal->repair_next = journal_tail_next(&journal->tail, journal->repair_next);
        append_next(journal);
        break;
    case JOURNAL_REPLY_LOST:
        journal_lose(journal, "there is no stream");
        break;
    case JOURNAL_REPLY_NONE:
    case JOURNAL_REPLY_REFUSED:
    case JOURNAL_REPLY_AWAY:
    case JOURNAL_REPLY_UNKNOWN:
    case JOURNAL_REPLY_COUNT:
        (void)!journal_take(journal, reply);
        break;
    }
}

static void append_next(struct journal *journal)
{
    if (journal->repair_next)
        journal_add(journal, journal->repair_next->last, journal->repair_next->lines, false,
                    on_appended_again);
    else
        finish(journal);
}

/* The stream ends with a batch that we remember. */
static void go_on_after(struct journal *journal, struct journal_batch *batch)
{
    char number[USHER_NUMBER_SIZE];
    journal->repair_next = journal_tail_next(&journal->tail, batch);
    if (journal->repair_next)
        log_warning("Redis lost the journal's end; it is appended again", "site=%s after=%s",
                    journal->settings->site, usher_number_write(batch->last, number).at);
    journal_store_texts(journal, append_next);
}

static void accept_found(struct journal *journal)
{
    journal_set_phase(journal, JOURNAL_PHASE_LEADING);
    tell_restored(journal);
    journal_accept_flight(journal);
}

static void confirm_found(struct journal *journal)
{
    journal->flight.sent_ms = journal->repair_sent_ms;
    journal_confirm_again(journal, journal->flight.last, accept_found);
}

/* The number of the last batch that we know of. */
static struct usher_number own_end(const struct journal *journal)
{
    return journal->flight.is_active ? journal->flight.last : journal->last;
}

static void judge(struct journal *journal, const struct journal_entry *entry)
{
    struct journal_flight *flight = &journal->flight;
    struct journal_batch *batch = journal_tail_find(&journal->tail, entry->id);
    if (flight->is_active && usher_number_compare(entry->id, flight->last) == 0 &&
        usher_text_is_equal(entry->lines, flight->lines)) {
        journal_store_texts(journal, confirm_found);
    } else if (batch && usher_text_is_equal(batch->lines, entry->lines)) {
        go_on_after(journal, batch);
    } else if (!batch && usher_number_compare(entry->id, journal->last) < 0) {
        journal_lose(journal, "Redis lost more of it than is remembered");
    } else {
        journal_be_fenced(journal, entry->id);
    }
}

static void on_end(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct entry_end end;
    if (!journal_take_end(journal, reply, &end))
        return;
    if (!end.has_last)
        journal_lose(journal, end.has_stream ? "the stream is empty" : "there is no stream");
    else if (end.has_trace && usher_number_compare(end.last.id, own_end(journal)) <= 0)
        journal_hold_trace(journal, end.given);
    else
        judge(journal, &end.last);
}

void journal_repair_step(struct journal *journal)
{
    journal->repair_sent_ms = redis_now_ms();
    journal_ask_end(journal, on_end);
}
