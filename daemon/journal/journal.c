/* The journal's frame: its phases, the connection under them, and the little that all phases need.
 * The phases' own work is in find.c, claim.c, read.c, append.c, repair.c and loss.c. */
#include "journal/journal.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>

#include "journal/inside.h"
#include "log.h"

#define RETRY_MS_MIN    50
#define RETRY_MS_MAX    1000
#define FOREIGN_AGAIN_S 1

struct phase_row {
    unsigned from;                         /* bits of the phases that it may follow */
    void (*step)(struct journal *journal); /* NULL: nothing is to be begun */
};

#define P(NAME) (1u << JOURNAL_PHASE_##NAME)

static const struct phase_row phases[JOURNAL_PHASE_COUNT] = {
    [JOURNAL_PHASE_STOPPED] = {P(STOPPED) | P(FINDING) | P(FOLLOWING) | P(CLAIMING) | P(READING) |
                                   P(LEADING) | P(REPAIRING) | P(LOSING),
                               NULL},
    [JOURNAL_PHASE_FINDING] = {P(STOPPED) | P(CLAIMING) | P(FOLLOWING), journal_find_step},
    [JOURNAL_PHASE_FOLLOWING] = {P(FINDING) | P(CLAIMING), journal_follow_step},
    [JOURNAL_PHASE_CLAIMING] = {P(FINDING) | P(FOLLOWING), journal_claim_step},
    [JOURNAL_PHASE_READING] = {P(CLAIMING) | P(READING), journal_claim_step},
    [JOURNAL_PHASE_LEADING] = {P(READING) | P(REPAIRING) | P(LOSING), NULL},
    [JOURNAL_PHASE_REPAIRING] = {P(LEADING) | P(REPAIRING), journal_repair_step},
    [JOURNAL_PHASE_LOSING] = {P(FINDING) | P(FOLLOWING) | P(CLAIMING) | P(READING) | P(LEADING) |
                                  P(REPAIRING),
                              journal_loss_step},
};

/* Whoever leads and can go on without Redis need not wait for it longer than a lease. */
static void choose_patience(struct journal *journal)
{
    bool is_short =
        usher_text_is_equal(journal->outage, USHER_TEXT("route")) &&
        (journal->phase == JOURNAL_PHASE_LEADING || journal->phase == JOURNAL_PHASE_REPAIRING);
    if (journal->redis)
        redis_set_patience(journal->redis,
                           is_short ? journal->settings->timing.lease_ms : REDIS_PATIENCE_MS);
}

void journal_set_phase(struct journal *journal, enum journal_phase phase)
{
    assert(phases[phase].from & (1u << journal->phase));
    journal->phase = phase;
    choose_patience(journal);
}

static void run_step(struct journal *journal)
{
    if (phases[journal->phase].step && redis_is_up(journal->redis))
        phases[journal->phase].step(journal);
}

void journal_enter(struct journal *journal, enum journal_phase phase)
{
    journal_set_phase(journal, phase);
    run_step(journal);
}

void journal_retry(struct journal *journal)
{
    struct timeval wait = {.tv_sec = journal->retry_ms / 1000,
                           .tv_usec = (journal->retry_ms % 1000) * 1000};
    event_add(journal->retry, &wait);
    journal->retry_ms *= 2;
    if (journal->retry_ms > RETRY_MS_MAX)
        journal->retry_ms = RETRY_MS_MAX;
}

bool journal_take(struct journal *journal, const struct redisReply *reply)
{
    enum journal_reply meaning = journal_reply_classify(reply);
    struct usher_text text = journal_reply_text(reply);
    enum alarm_kind kind;
    if (meaning == JOURNAL_REPLY_ACCEPTED || meaning == JOURNAL_REPLY_LOST)
        return true;
    kind = alarm_of_error(text);
    if (alarm_raise(&journal->alarm, kind, journal->stream, USHER_NO_TEXT, text, redis_now_ms()))
        journal_tell_figures(journal, kind);
    journal_retry(journal);
    if (journal->phase == JOURNAL_PHASE_REPAIRING || journal->phase == JOURNAL_PHASE_LOSING)
        journal_tell_away(journal, true);
    return false;
}

static void hold(struct journal *journal, enum alarm_kind kind, struct usher_text id,
                 const char *reason)
{
    (void)alarm_raise(&journal->alarm, kind, journal->stream, id, usher_text_of(reason),
                      redis_now_ms());
    event_add(journal->retry, &(struct timeval){.tv_sec = FOREIGN_AGAIN_S});
    journal_tell_away(journal, true);
}

void journal_hold_foreign(struct journal *journal, struct usher_text id, enum entry_fault fault)
{
    hold(journal, ALARM_FOREIGN_ENTRY, id, entry_fault_text(fault));
}

void journal_hold_trace(struct journal *journal, struct usher_text given)
{
    hold(journal, ALARM_FOREIGN_TRACE, given, "the last id given is no router's");
}

void journal_calm(struct journal *journal)
{
    alarm_end(&journal->alarm, journal->stream, redis_now_ms());
}

static void stop(struct journal *journal)
{
    journal_set_phase(journal, JOURNAL_PHASE_STOPPED);
    journal->is_leading = false;
    journal->flight.is_active = false;
    journal->keeping.is_active = false;
    event_del(journal->retry);
    event_del(journal->follow.jitter);
    redis_close(journal->redis);
    journal->redis = NULL;
}

void journal_fail(struct journal *journal)
{
    stop(journal);
    journal->ops->failed(journal->owner);
}

void journal_be_fenced(struct journal *journal, struct usher_number by)
{
    char number[USHER_NUMBER_SIZE];
    log_warning("The journal's end is another router's", "site=%s epoch=%u last=%s",
                journal->settings->site, (unsigned)journal->epoch,
                usher_number_write(by, number).at);
    if (!journal->settings->is_standby) {
        stop(journal);
        journal->ops->fenced(journal->owner);
        return;
    }
    journal_set_phase(journal, JOURNAL_PHASE_STOPPED);
    journal->ops->fenced(journal->owner);
    journal_start_over(journal);
}

void journal_step_down(struct journal *journal)
{
    assert(journal_is_idle(journal));
    journal_set_phase(journal, JOURNAL_PHASE_STOPPED);
    journal_start_over(journal);
}

/* All but the connection, our epoch (which must never be used again) and what is made once. */
static void forget(struct journal *journal)
{
    struct event *jitter = journal->follow.jitter;
    event_del(journal->retry);
    event_del(jitter);
    journal_snapshot_stop(journal);
    journal_find_fini(journal);
    journal->find.has_stream = journal->find.has_state = false;
    journal_tail_clear(&journal->tail);
    journal_shelf_fini(&journal->shelf);
    journal_shelf_init(&journal->shelf);
    journal->follow = (struct journal_follow){.jitter = jitter};
    journal->flight = (struct journal_flight){.is_active = false};
    journal->snapshot = (struct journal_snapshot){.child = 0};
    journal->claim.is_sent = journal->claim.did_stand = false;
    journal->loss.is_prepared = false;
    journal->keeping.is_active = false;
    journal->repair_next = NULL;
    journal->wait.then = NULL;
    journal->is_first = journal->is_leading = journal->is_away = false;
    journal->last = (struct usher_number){0, 0};
}

void journal_start_over(struct journal *journal)
{
    journal_set_phase(journal, JOURNAL_PHASE_STOPPED);
    forget(journal);
    if (journal->ops->forget(journal->owner))
        journal_enter(journal, JOURNAL_PHASE_FINDING);
    else
        journal_fail(journal);
}

void journal_start_anew(struct journal *journal)
{
    char number[USHER_NUMBER_SIZE];
    log_warning("The journal does not go on where it was read: it was trimmed or written anew. "
                "Starts over from the snapshot",
                "site=%s after=%s", journal->settings->site,
                usher_number_write(journal->last, number).at);
    journal_start_over(journal);
}

void journal_tell_away(struct journal *journal, bool is_away)
{
    if (!is_away)
        journal_calm(journal);
    if (!journal->is_leading || journal->is_away == is_away)
        return;
    journal->is_away = is_away;
    if (!is_away)
        journal->retry_ms = RETRY_MS_MIN;
    journal->ops->away(journal->owner, is_away);
}

void journal_command(struct journal *journal, const struct usher_text *args, size_t count,
                     redis_reply on_reply)
{
    redis_command(journal->redis, args, count, on_reply, journal);
}

void journal_ask_end(struct journal *journal, redis_reply on_reply)
{
    const struct usher_text args[] = {USHER_TEXT("XINFO"), USHER_TEXT("STREAM"), journal->stream};
    journal_command(journal, args, USHER_COUNT_OF(args), on_reply);
}

bool journal_take_end(struct journal *journal, const struct redisReply *reply,
                      struct entry_end *end)
{
    if (!journal_take(journal, reply))
        return false;
    entry_end_read(reply, end);
    if (!end->has_last || end->fault == ENTRY_FAULT_NONE)
        return true;
    journal_hold_foreign(journal, end->id, end->fault);
    return false;
}

void journal_add(struct journal *journal, struct usher_number n, struct usher_text lines,
                 bool may_create, redis_reply on_reply)
{
    char number[USHER_NUMBER_SIZE];
    struct usher_text args[6];
    size_t count = 0;
    args[count++] = USHER_TEXT("XADD");
    args[count++] = journal->stream;
    if (!may_create)
        args[count++] = USHER_TEXT("NOMKSTREAM");
    args[count++] = usher_number_write(n, number);
    args[count++] = USHER_TEXT("b");
    args[count++] = lines;
    journal_command(journal, args, count, on_reply);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    run_step(arg);
}

/* A standby has waited for its moment. */
static void on_jitter(evutil_socket_t fd, short what, void *arg)
{
    struct journal *journal = arg;
    (void)fd, (void)what;
    if (journal->phase == JOURNAL_PHASE_FOLLOWING)
        journal_enter(journal, JOURNAL_PHASE_CLAIMING);
}

static void on_up(void *owner)
{
    struct journal *journal = owner;
    if (journal->keeping.is_active)
        journal_send_rules(journal);
    run_step(journal);
}

static void on_down(void *owner, const char *reason)
{
    struct journal *journal = owner;
    (void)reason;
    event_del(journal->retry);
    event_del(journal->follow.jitter);
    journal->wait.then = NULL;
    journal->retry_ms = RETRY_MS_MIN;
    if (journal->phase == JOURNAL_PHASE_LEADING)
        journal_set_phase(journal, JOURNAL_PHASE_REPAIRING);
    journal_tell_away(journal, true);
}

static const struct redis_ops connection_ops = {.up = on_up, .down = on_down};

int journal_new(struct journal **journal, struct event_base *base, const struct settings *settings,
                const struct journal_ops *ops, void *owner)
{
    struct journal *made = calloc(1, sizeof(*made));
    int error;
    if (!made)
        return -ENOMEM;
    made->base = base;
    made->settings = settings;
    made->ops = ops;
    made->owner = owner;
    made->retry_ms = RETRY_MS_MIN;
    made->stream = journal_key_stream(settings->site, made->stream_room);
    made->outage = USHER_TEXT("hold");
    usher_bytes_init(&made->find.saved, JOURNAL_SAVED_MAX);
    usher_bytes_init(&made->find.rules, 1024);
    usher_bytes_init(&made->claim.line, USHER_LINE_MAX);
    usher_bytes_init(&made->loss.saved, JOURNAL_SAVED_MAX);
    usher_bytes_init(&made->loss.rules, 1024);
    journal_tail_init(&made->tail);
    journal_shelf_init(&made->shelf);
    made->retry = evtimer_new(base, on_retry, made);
    made->follow.jitter = evtimer_new(base, on_jitter, made);
    error = made->retry && made->follow.jitter
                ? redis_open(&made->redis, base, settings, "journal", &connection_ops, made)
                : -ENOMEM;
    if (error) {
        journal_free(made);
        return error;
    }
    *journal = made;
    return 0;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    journal_snapshot_stop(journal);
    redis_close(journal->redis);
    if (journal->retry)
        event_free(journal->retry);
    if (journal->follow.jitter)
        event_free(journal->follow.jitter);
    journal_find_fini(journal);
    usher_bytes_fini(&journal->claim.line);
    usher_bytes_fini(&journal->loss.saved);
    usher_bytes_fini(&journal->loss.rules);
    journal_tail_clear(&journal->tail);
    journal_shelf_fini(&journal->shelf);
    free(journal);
}

void journal_introduce(struct journal *journal, struct usher_text outage, struct usher_text home)
{
    journal->outage = outage;
    journal->home = home;
    choose_patience(journal);
}

void journal_start(struct journal *journal)
{
    journal_set_phase(journal, JOURNAL_PHASE_FINDING);
    redis_start(journal->redis);
}

bool journal_is_idle(const struct journal *journal)
{
    return journal->phase == JOURNAL_PHASE_LEADING && !journal->flight.is_active;
}

bool journal_is_fresh(const struct journal *journal)
{
    return redis_now_ms() - journal->proven_ms <= journal->settings->timing.lease_ms;
}
