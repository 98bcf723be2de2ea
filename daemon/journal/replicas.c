/* Waiting for replicas: behind an XADD goes a WAIT over the same connection, so that both cost one
 * way to Redis. WAIT answers how many replicas have what *this connection* has written: over a new
 * one it says nothing of what an older one wrote, so there a write that changes nothing goes before
 * it.
 *
 * An answer is of use only while `then` is set, that is, from the moment at which its XADD was
 * accepted. Answers come in the order of the commands, so one that is left over from an XADD that
 * failed finds no `then`. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>

#include "journal/inside.h"
#include "log.h"

#define WAIT_MS_MAX        4000 /* below the time after which a command is given up */
#define WAIT_MS_IN_TROUBLE 10   /* with `best`, while replicas are known to be missing */
#define FULL_AGAIN_MS      5000 /* and then again as long as is allowed */

static bool is_strict(const struct journal *journal)
{
    return journal->settings->redis.replicas == SETTINGS_REPLICAS_STRICT;
}

static void go_on(struct journal *journal)
{
    void (*then)(struct journal * journal) = journal->wait.then;
    journal->wait.then = NULL;
    then(journal);
}

/* Too few have it in time, or WAIT was refused. */
static void take_few(struct journal *journal, const char *reason)
{
    enum alarm_kind kind = is_strict(journal) ? ALARM_REPLICAS_STRICT : ALARM_REPLICAS_BEST;
    (void)alarm_raise(&journal->wait.alarm, kind, journal->stream, USHER_NO_TEXT,
                      usher_text_of(reason), redis_now_ms());
    if (!is_strict(journal)) {
        journal->wait.unconfirmed_count++;
        go_on(journal);
        return;
    }
    journal->wait.then = NULL;
    if (journal->phase == JOURNAL_PHASE_LEADING)
        journal_set_phase(journal, JOURNAL_PHASE_REPAIRING);
    journal_retry(journal);
    journal_tell_away(journal, true);
}

static void take_enough(struct journal *journal)
{
    struct journal_wait *wait = &journal->wait;
    alarm_end(&wait->alarm, journal->stream, redis_now_ms());
    if (wait->unconfirmed_count > 0)
        log_info("Meanwhile batches were told that replicas had not confirmed",
                 "key=%s unconfirmed=%" PRIu64, journal->stream.at, wait->unconfirmed_count);
    wait->unconfirmed_count = 0;
    go_on(journal);
}

static void on_waited(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    char reason[160];
    struct usher_text text = journal_reply_text(reply);
    if (!journal->wait.then)
        return;
    if (reply->type != REDIS_REPLY_INTEGER) {
        (void)snprintf(reason, sizeof(reason), "%.*s", USHER_TEXT_ARGS(text));
        take_few(journal, reason);
    } else if (reply->integer < journal->settings->redis.wait_replicas) {
        (void)snprintf(reason, sizeof(reason), "%lld of %" PRId64 " replicas have confirmed",
                       reply->integer, journal->settings->redis.wait_replicas);
        take_few(journal, reason);
    } else {
        take_enough(journal);
    }
}

/* While replicas are known to be missing, `best` spends little time on each batch. */
static int64_t choose_wait_ms(struct journal *journal)
{
    int64_t now_ms = redis_now_ms();
    int64_t wait_ms = journal->settings->redis.replica_timeout_ms;
    if (wait_ms > WAIT_MS_MAX)
        wait_ms = WAIT_MS_MAX;
    if (!is_strict(journal) && journal->wait.alarm.is_any &&
        now_ms - journal->wait.full_ms < FULL_AGAIN_MS)
        return wait_ms < WAIT_MS_IN_TROUBLE ? wait_ms : WAIT_MS_IN_TROUBLE;
    journal->wait.full_ms = now_ms;
    return wait_ms;
}

void journal_send_wait(struct journal *journal)
{
    char count[32];
    char ms[32];
    if (journal->settings->redis.wait_replicas == 0 || !redis_is_up(journal->redis))
        return;
    (void)snprintf(count, sizeof(count), "%" PRId64, journal->settings->redis.wait_replicas);
    (void)snprintf(ms, sizeof(ms), "%" PRId64, choose_wait_ms(journal));
    const struct usher_text args[] = {USHER_TEXT("WAIT"), usher_text_of(count), usher_text_of(ms)};
    journal_command(journal, args, USHER_COUNT_OF(args), on_waited);
}

void journal_confirm(struct journal *journal, void (*then)(struct journal *journal))
{
    if (journal->settings->redis.wait_replicas == 0)
        then(journal);
    else
        journal->wait.then = then;
}

static void on_written(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (journal_reply_classify(reply) == JOURNAL_REPLY_ACCEPTED)
        return;
    /* Somebody has appended meanwhile, or Redis cannot now: the stream's end tells. */
    journal->wait.then = NULL;
    (void)!journal_take(journal, reply);
}

void journal_confirm_again(struct journal *journal, struct usher_number n,
                           void (*then)(struct journal *journal))
{
    char number[USHER_NUMBER_SIZE];
    const struct usher_text args[] = {USHER_TEXT("XSETID"), journal->stream,
                                      usher_number_write(n, number)};
    if (journal->settings->redis.wait_replicas == 0) {
        then(journal);
        return;
    }
    journal->wait.then = then;
    journal_command(journal, args, USHER_COUNT_OF(args), on_written);
    journal_send_wait(journal);
}

uint64_t journal_unconfirmed_count(const struct journal *journal)
{
    return journal->wait.unconfirmed_count;
}
