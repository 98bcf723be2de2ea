/* The claim: router.started under an epoch above all others. What stands in the journal was read
 * before, so that it is known whether somebody leads who must not be replaced; what an old leader
 * appends until the claim stands is read after it, and then his appends are refused. Redis takes
 * the claim only while the stream is as it was when its end was judged (WATCH): nobody's claim in
 * between is passed over, and none stands behind an end that Redis has lost. A claim that was given
 * up leaves its WATCH on the connection, which would refuse the next claim: UNWATCH goes first. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

#include "clock.h"
#include "engine/engine.h"
#include "journal/inside.h"
#include "log.h"
#include "wire/codec.h"

/* When the last event of an entry happened; 0 when that cannot be read. */
static int64_t last_line_ms(struct usher_text lines)
{
    struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    const char *before;
    while (lines.length > 0 && lines.at[lines.length - 1] == '\n')
        lines.length--;
    before = lines.length > 0 ? memrchr(lines.at, '\n', lines.length) : NULL;
    if (before) {
        lines.length -= (size_t)(before + 1 - lines.at);
        lines.at = before + 1;
    }
    if (lines.length == 0 || !usher_event_decode(lines, &scratch, &event, &answer))
        return 0;
    return event.at_ms;
}

static void encode(struct journal *journal, uint32_t epoch, int64_t at_ms)
{
    struct journal_claim *claim = &journal->claim;
    struct usher_event event = {
        .kind = USHER_EVENT_ROUTER_STARTED, .at_ms = at_ms, .n = {epoch, 1}};
    char prev[USHER_NUMBER_SIZE];
    char token[17];
    uint64_t chance = 0;
    if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
        chance = (uint64_t)redis_now_ms();
    (void)snprintf(token, sizeof(token), "%016" PRIx64, chance);
    USHER_FIELDS_SET(&event.fields, TOKEN, token, usher_text_of(token));
    USHER_FIELDS_SET(&event.fields, PREV, prev, usher_number_write(journal->last, prev));
    USHER_FIELDS_SET(&event.fields, VERSION, version, USHER_JOURNAL_VERSION);
    USHER_FIELDS_SET(&event.fields, OUTAGE, outage, journal->outage);
    if (journal->home.length > 0)
        USHER_FIELDS_SET(&event.fields, HOME, home, journal->home);
    if (journal->settings->addresses[0])
        USHER_FIELDS_SET(&event.fields, ADDRESSES, addresses,
                         usher_text_of(journal->settings->addresses));
    claim->n = event.n;
    usher_bytes_clear(&claim->line);
    usher_event_encode(&event, &claim->line);
    usher_bytes_append_char(&claim->line, '\n');
}

/* The highest of: our own epoch, the last id's, each plus one, and Redis's seconds. */
static void choose(struct journal *journal, struct usher_number last, int64_t last_ms)
{
    int64_t now_ms = clock_civil_ms();
    int64_t epoch = journal->claim.redis_s;
    if (epoch <= journal->epoch)
        epoch = (int64_t)journal->epoch + 1;
    if (epoch <= last.epoch)
        epoch = (int64_t)last.epoch + 1;
    if (epoch <= journal->last.epoch)
        epoch = (int64_t)journal->last.epoch + 1;
    if (epoch > INT32_MAX) {
        log_error("The journal's epochs are used up: see to Redis's clock and the last entry of "
                  "the journal",
                  "epoch=%" PRId64, epoch);
        journal_fail(journal);
        return;
    }
    encode(journal, (uint32_t)epoch, last_ms > now_ms ? last_ms : now_ms);
    journal->claim.on_ready(journal);
}

/* A standby whose claim is in the way of nobody's death follows on once the stream is repaired. */
static void stand_back(struct journal *journal)
{
    if (journal->phase == JOURNAL_PHASE_CLAIMING && journal->settings->is_standby)
        journal_set_phase(journal, JOURNAL_PHASE_FOLLOWING);
}

/* Whether the claim may stand behind this end. Else the journal is read again, as far as need be.
 */
static bool is_as_read(struct journal *journal, const struct entry_end *end)
{
    int order = usher_number_compare(end->last.id, journal->last);
    bool is_same_leader = end->last.id.epoch == journal->last.epoch;
    if (order == 0 || !end->has_stream)
        return true;
    if (order > 0 && is_same_leader && !journal->settings->is_standby)
        return true; /* he leads on, and is read to the claim */
    if (order > 0 || journal->settings->is_standby)
        journal_enter(journal, JOURNAL_PHASE_FOLLOWING);
    else
        journal_start_over(journal); /* Redis has lost what was read */
    return false;
}

static void on_stream(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct usher_number given = {0, 0};
    struct entry_end end;
    if (!journal_take_end(journal, reply, &end)) {
        stand_back(journal);
        return;
    }
    if (end.has_stream && !usher_number_read(end.given, &given)) {
        stand_back(journal);
        journal_hold_trace(journal, end.given);
        return;
    }
    if (journal->phase == JOURNAL_PHASE_CLAIMING && !is_as_read(journal, &end))
        return;
    choose(journal, given, end.has_last ? last_line_ms(end.last.lines) : 0);
}

static void on_watching(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        stand_back(journal);
}

static void on_time(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    const struct usher_text unwatch[] = {USHER_TEXT("UNWATCH")};
    const struct usher_text watch[] = {USHER_TEXT("WATCH"), journal->stream};
    if (!journal_take(journal, reply))
        return;
    if (!usher_text_read_int64(journal_reply_text(journal_reply_element(reply, 0)),
                               &journal->claim.redis_s))
        journal->claim.redis_s = 0;
    if (journal->phase == JOURNAL_PHASE_CLAIMING) {
        journal_command(journal, unwatch, USHER_COUNT_OF(unwatch), on_watching);
        journal_command(journal, watch, USHER_COUNT_OF(watch), on_watching);
    }
    journal_ask_end(journal, on_stream);
}

void journal_claim_prepare(struct journal *journal, void (*on_ready)(struct journal *journal))
{
    const struct usher_text args[] = {USHER_TEXT("TIME")};
    journal->claim.is_sent = false;
    journal->claim.did_stand = false;
    journal->claim.on_ready = on_ready;
    journal_command(journal, args, 1, on_time);
}

static void go_on(struct journal *journal)
{
    journal->claim.did_stand = true;
    journal->epoch = journal->claim.n.epoch;
    journal_set_phase(journal, JOURNAL_PHASE_READING);
    journal_read_on(journal);
}

/* Somebody was faster. */
static void follow_again(struct journal *journal)
{
    journal->is_first = false;
    journal->claim.is_sent = false;
    journal_enter(journal, JOURNAL_PHASE_FOLLOWING);
}

/* The claim was sent once: it stands, or never came, or somebody was faster, or somebody has
 * claimed after us. */
static void on_end(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct entry_end end;
    bool is_ours;
    if (!journal_take_end(journal, reply, &end))
        return;
    is_ours = end.has_last && usher_number_compare(end.last.id, journal->claim.n) == 0 &&
              usher_text_is_equal(end.last.lines, usher_bytes_text(&journal->claim.line));
    if (is_ours) {
        journal_confirm_again(journal, journal->claim.n, go_on);
    } else if (!journal->claim.did_stand) {
        follow_again(journal);
    } else if (usher_number_compare(end.last.id, journal->claim.n) < 0) {
        log_warning("Redis has lost the claim; starts over", "site=%s", journal->settings->site);
        journal_start_over(journal);
    } else {
        journal_be_fenced(journal, end.last.id);
    }
}

/* Redis's answer to the claim. */
static void judge(struct journal *journal, const struct redisReply *reply)
{
    switch (journal_reply_classify(reply)) {
    case JOURNAL_REPLY_ACCEPTED:
        journal_confirm(journal, go_on);
        break;
    case JOURNAL_REPLY_REFUSED:
        journal_ask_end(journal, on_end);
        break;
    case JOURNAL_REPLY_LOST:
        if (journal->last.epoch != 0) {
            journal_lose(journal, "the stream went away during the start");
        } else {
            journal->claim.is_sent = false;
            journal_set_phase(journal, JOURNAL_PHASE_FINDING);
            journal_retry(journal);
        }
        break;
    case JOURNAL_REPLY_NONE:
    case JOURNAL_REPLY_AWAY:
    case JOURNAL_REPLY_UNKNOWN:
    case JOURNAL_REPLY_COUNT:
        journal->claim.is_sent = false; /* an answer, and no claim */
        (void)!journal_take(journal, reply);
        break;
    }
}

/* MULTI's and XADD's answers: an error there is the whole transaction's. */
static void on_queued(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (reply->type != REDIS_REPLY_ERROR || journal->claim.is_judged)
        return;
    journal->claim.is_judged = true;
    judge(journal, reply);
}

static void on_executed(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (journal->claim.is_judged)
        return;
    journal->claim.is_judged = true;
    if (reply->type == REDIS_REPLY_NIL)
        follow_again(journal); /* the stream has changed: nothing was done */
    else if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 1)
        judge(journal, reply->element[0]);
    else
        judge(journal, reply);
}

static void send_claim(struct journal *journal)
{
    const struct usher_text multi[] = {USHER_TEXT("MULTI")};
    const struct usher_text exec[] = {USHER_TEXT("EXEC")};
    journal->claim.is_sent = true;
    journal->claim.is_judged = false;
    journal->proven_ms = redis_now_ms();
    journal_command(journal, multi, 1, on_queued);
    journal_add(journal, journal->claim.n, usher_bytes_text(&journal->claim.line),
                journal->is_first, on_queued);
    journal_command(journal, exec, 1, on_executed);
    journal_send_wait(journal);
}

void journal_claim_step(struct journal *journal)
{
    if (journal->claim.is_sent)
        journal_ask_end(journal, on_end);
    else
        journal_claim_prepare(journal, send_claim);
}
