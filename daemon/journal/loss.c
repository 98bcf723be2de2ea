/* The stream is gone (FLUSHALL, a wrong database, a Redis that kept nothing), and what we know is
 * all there is: under a higher epoch the owner applies a router.started, the state of then is
 * written as a snapshot with its rules, and the line becomes the stream's first entry. In this
 * order, so that a stream without its snapshot is never there. */
#include <hiredis/hiredis.h>

#include "journal/image.h"
#include "journal/inside.h"
#include "log.h"

static void finish(struct journal *journal)
{
    struct journal_snapshot *snapshot = &journal->snapshot;
    bool was_leading = journal->is_leading;
    usher_bytes_fini(&journal->loss.saved);
    journal->flight = (struct journal_flight){.is_active = false};
    snapshot->has_any = true;
    snapshot->events_count = 0;
    snapshot->marks_count = 0;
    journal_begin_leading(journal);
    if (!was_leading)
        return;
    journal->ops->lost(journal->owner, journal->epoch);
    journal_tell_away(journal, false);
}

static void on_end(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct entry_end end;
    if (!journal_take_end(journal, reply, &end))
        return;
    if (end.has_last && usher_number_compare(end.last.id, journal->claim.n) == 0 &&
        usher_text_is_equal(end.last.lines, usher_bytes_text(&journal->claim.line)))
        journal_confirm_again(journal, journal->claim.n, finish);
    else if (end.has_trace && usher_number_compare(end.last.id, journal->claim.n) < 0)
        journal_hold_trace(journal, end.given);
    else
        journal_be_fenced(journal, end.last.id);
}

static void on_claimed(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (journal_reply_classify(reply) == JOURNAL_REPLY_REFUSED)
        journal_ask_end(journal, on_end);
    else if (journal_take(journal, reply))
        journal_confirm(journal, finish);
}

static void on_snapshot(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    journal->proven_ms = redis_now_ms();
    journal_add(journal, journal->claim.n, usher_bytes_text(&journal->claim.line), true,
                on_claimed);
    journal_send_wait(journal);
}

static void write_snapshot(struct journal *journal)
{
    char key[JOURNAL_KEY_SIZE];
    struct usher_text args[JOURNAL_IMAGE_ARGS];
    struct journal_image image = {.saved = usher_bytes_text(&journal->loss.saved)};
    usher_bytes_clear(&journal->loss.rules);
    journal_shelf_list(&journal->shelf, &journal->loss.rules);
    image.rules = usher_bytes_text(&journal->loss.rules);
    journal_image_seal(&image);
    journal_image_command(
        &image, journal_key_snapshot(journal->settings->site, journal->claim.n, key), args);
    journal_command(journal, args, JOURNAL_IMAGE_ARGS, on_snapshot);
}

/* The claim's line is made. From here the same line and state are written until they stand. */
static void on_ready(struct journal *journal)
{
    struct usher_text line = usher_bytes_text(&journal->claim.line);
    line.length--;
    if (!journal->ops->line(journal->owner, line)) {
        journal_fail(journal);
        return;
    }
    usher_bytes_clear(&journal->loss.saved);
    journal->ops->save(journal->owner, &journal->loss.saved);
    if (journal->loss.saved.is_full) {
        log_error("The state is too large to be saved, or memory is out", NULL);
        journal_fail(journal);
        return;
    }
    journal->loss.is_prepared = true;
    journal_store_texts(journal, write_snapshot);
}

void journal_loss_step(struct journal *journal)
{
    if (journal->loss.is_prepared)
        journal_store_texts(journal, write_snapshot);
    else
        journal_claim_prepare(journal, on_ready);
}

void journal_lose(struct journal *journal, const char *why)
{
    log_error("The journal is gone; it is written anew from memory. Find out who emptied Redis "
              "(FLUSHALL, a wrong database, "
              "appendonly no): reports of the past are lost",
              "site=%s key=%s reason=\"%s\"", journal->settings->site, journal->stream.at, why);
    journal->loss.is_prepared = false;
    journal_set_phase(journal, JOURNAL_PHASE_LOSING);
    journal_tell_away(journal, true);
    journal_loss_step(journal);
}
