/* Appending: one batch in flight. Only "accepted" ends its flight; whatever else comes, the batch
 * stays as it is, and the stream's end decides what becomes of it (repair.c). */
#include <assert.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "journal/inside.h"
#include "log.h"

static void on_appended(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    switch (journal_reply_classify(reply)) {
    case JOURNAL_REPLY_ACCEPTED:
        journal_confirm(journal, journal_accept_flight);
        break;
    case JOURNAL_REPLY_REFUSED:
        journal_enter(journal, JOURNAL_PHASE_REPAIRING);
        break;
    case JOURNAL_REPLY_LOST:
        journal_lose(journal, "there is no stream");
        break;
    case JOURNAL_REPLY_NONE:
    case JOURNAL_REPLY_AWAY:
    case JOURNAL_REPLY_UNKNOWN:
    case JOURNAL_REPLY_COUNT:
        journal_set_phase(journal, JOURNAL_PHASE_REPAIRING);
        (void)!journal_take(journal, reply);
        journal_tell_away(journal, true);
        break;
    }
}

void journal_send_flight(struct journal *journal)
{
    journal->flight.sent_ms = redis_now_ms();
    journal_add(journal, journal->flight.last, journal->flight.lines, false, on_appended);
    journal_send_wait(journal);
}

/* `appended` comes before "back": the owner may append the next batch inside it, and must not be
 * told of that one's end first. */
void journal_accept_flight(struct journal *journal)
{
    struct journal_flight *flight = &journal->flight;
    bool is_late = redis_now_ms() - flight->sent_ms > journal->settings->timing.lease_ms;
    assert(flight->is_active);
    journal_tail_push(&journal->tail, flight->last, flight->lines);
    journal->last = flight->last;
    journal->proven_ms = flight->sent_ms;
    journal->snapshot.events_count += flight->events_count;
    journal_mark_now(journal);
    *flight = (struct journal_flight){.is_active = false};
    journal->ops->appended(journal->owner, is_late);
    journal_tell_away(journal, false);
}

void journal_append(struct journal *journal, struct usher_text lines, struct usher_number last,
                    size_t events_count)
{
    assert(journal_is_idle(journal));
    assert(usher_number_compare(last, journal->last) > 0);
    journal->flight = (struct journal_flight){
        .is_active = true, .lines = lines, .last = last, .events_count = events_count};
    journal_send_flight(journal);
}

void journal_begin_leading(struct journal *journal)
{
    journal_tail_clear(&journal->tail);
    journal_tail_push(&journal->tail, journal->claim.n, usher_bytes_text(&journal->claim.line));
    journal->last = journal->claim.n;
    journal->epoch = journal->claim.n.epoch;
    journal->snapshot.at_ms = redis_now_ms();
    journal_calm(journal);
    journal_mark_now(journal);
    journal_set_phase(journal, JOURNAL_PHASE_LEADING);
    if (journal->is_leading)
        return;
    journal->is_leading = true;
    if (journal->is_first)
        log_warning("This is the site's very first start: Redis has neither a journal nor a "
                    "snapshot of it. If that is a surprise, check `redis` (another Redis?) and "
                    "`site` (another name?) in usherd.yaml, and whether Redis was emptied "
                    "(FLUSHALL) or lost its files",
                    "site=%s key=%s", journal->settings->site, journal->stream.at);
    log_info("The site is claimed", "site=%s epoch=%u", journal->settings->site,
             (unsigned)journal->epoch);
    journal->ops->claimed(journal->owner, journal->epoch, journal->is_first);
}

static void end_keeping(struct journal *journal, bool is_kept)
{
    journal->keeping.is_active = false;
    journal->keeping.done(journal->keeping.owner, is_kept);
}

static void on_kept(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    char value[LOG_VALUE_SIZE];
    bool is_kept = journal_reply_classify(reply) == JOURNAL_REPLY_ACCEPTED;
    if (!journal->keeping.is_active)
        return;
    if (!is_kept)
        log_error("Redis did not take the rules' text; the rules are not taken into use",
                  "reason=%s", log_value(journal_reply_text(reply), value));
    end_keeping(journal, is_kept);
}

static void on_noted(void *owner, const struct redisReply *reply)
{
    char value[LOG_VALUE_SIZE];
    (void)owner;
    if (reply->type == REDIS_REPLY_ERROR)
        log_warning("Redis did not note when the rules were taken into use: `usherctl rules` does "
                    "not list them",
                    "reason=%s", log_value(journal_reply_text(reply), value));
}

/* For people who look for an earlier version; nothing here depends on it. */
static void note_version(struct journal *journal, struct usher_text hash)
{
    char key[JOURNAL_KEY_SIZE];
    char now[24];
    int length = snprintf(now, sizeof(now), "%" PRId64, clock_civil_ms());
    const struct usher_text args[] = {USHER_TEXT("HSET"),
                                      journal_key_versions(journal->settings->site, key),
                                      hash,
                                      {now, (size_t)length}};
    journal_command(journal, args, USHER_COUNT_OF(args), on_noted);
}

void journal_send_rules(struct journal *journal)
{
    char key[JOURNAL_KEY_SIZE];
    struct usher_text hash = usher_text_of(journal->keeping.hash);
    struct usher_text args[3] = {
        USHER_TEXT("SET"), journal_key_rules(journal->settings->site, hash, key), USHER_NO_TEXT};
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++) {
        if (usher_text_is_equal(usher_text_of(journal->shelf.places[i].hash), hash))
            args[2] = usher_bytes_text(&journal->shelf.places[i].text);
    }
    journal_command(journal, args, 3, on_kept);
    if (journal->redis && redis_is_up(journal->redis))
        note_version(journal, hash);
}

void journal_keep_rules(struct journal *journal, struct usher_text hash, struct usher_text text,
                        void (*done)(void *owner, bool is_kept), void *owner)
{
    struct journal_keeping *keeping = &journal->keeping;
    if (keeping->is_active || !journal->redis || !journal_shelf_put(&journal->shelf, hash, text) ||
        !usher_text_copy(keeping->hash, sizeof(keeping->hash), hash)) {
        log_error("The rules' text cannot be stored: another is being stored, or it is too large",
                  NULL);
        done(owner, false);
        return;
    }
    keeping->is_active = true;
    keeping->done = done;
    keeping->owner = owner;
    if (redis_is_up(journal->redis))
        journal_send_rules(journal);
}
