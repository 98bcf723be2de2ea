/* The claim: router.started under an epoch above all others. It is appended before the journal is
 * read, so that nothing the old leader still appends can be missed: from the moment it stands, his
 * appends are refused. */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

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

static int64_t civil_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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
    int64_t now_ms = civil_ms();
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
    if (journal->phase == JOURNAL_PHASE_CLAIMING && journal->settings->is_standby &&
        usher_number_compare(end.last.id, journal->last) != 0) {
        journal_enter(journal, JOURNAL_PHASE_FOLLOWING); /* somebody leads, or was faster */
        return;
    }
    choose(journal, given, end.has_last ? last_line_ms(end.last.lines) : 0);
}

static void on_time(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    if (!usher_text_read_int64(journal_reply_text(journal_reply_element(reply, 0)),
                               &journal->claim.redis_s))
        journal->claim.redis_s = 0;
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

/* The claim's id was refused: it stands already, or somebody was faster, or somebody has claimed
 * after us. */
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
    } else if (journal->claim.did_stand) {
        journal_be_fenced(journal, end.last.id);
    } else {
        journal->is_first = false;
        journal->claim.is_sent = false;
        if (journal->settings->is_standby)
            journal_enter(journal, JOURNAL_PHASE_FOLLOWING);
        else
            journal_retry(journal);
    }
}

static void on_claimed(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    switch (journal_reply_classify(reply)) {
    case JOURNAL_REPLY_ACCEPTED:
        if (journal->claim.did_stand) {
            log_error("Redis lost entries while they were read. Start again", NULL);
            journal_fail(journal);
            return;
        }
        journal_confirm(journal, go_on);
        break;
    case JOURNAL_REPLY_REFUSED:
        journal_ask_end(journal, on_end);
        break;
    case JOURNAL_REPLY_LOST:
        if (journal->last.epoch != 0 || journal->claim.did_stand) {
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
        (void)!journal_take(journal, reply);
        break;
    }
}

void journal_claim_send(struct journal *journal)
{
    journal->claim.is_sent = true;
    journal->proven_ms = redis_now_ms();
    journal_add(journal, journal->claim.n, usher_bytes_text(&journal->claim.line),
                journal->is_first, on_claimed);
    journal_send_wait(journal);
}

void journal_claim_step(struct journal *journal)
{
    if (journal->claim.is_sent && journal->settings->is_standby)
        journal_ask_end(journal, on_end); /* the leader may have come back meanwhile */
    else if (journal->claim.is_sent)
        journal_claim_send(journal);
    else
        journal_claim_prepare(journal, journal_claim_send);
}
