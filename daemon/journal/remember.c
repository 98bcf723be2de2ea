/* Records wait in the order of their events, one for a customer; some are in flight at a time, in
 * two round trips:
 *
 *     WATCH each, HGET erased and usher.n of each       who wrote last
 *     MULTI, HSET and EXPIRE (or UNLINK) of each, EXEC  what is newer; nil: looks again
 *
 * After a lost connection the same records are tried again: which of them were written, their
 * numbers tell. */
#include "journal/remember.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdlib.h>

#include "journal/again.h"
#include "journal/customer.h"
#include "journal/erasures.h"
#include "journal/keys.h"
#include "journal/record.h"
#include "journal/redis.h"
#include "journal/reply.h"
#include "log.h"

#define FLIGHT_MAX 32
/* Redis syncs its disk for each flight, and the journal waits for that, too. */
#define GATHER_US   50000
#define RETRY_S     1
#define PATIENCE_MS INT64_C(60000) /* how long what waits here holds snapshots up */

enum step { STEP_IDLE = 0, STEP_LOOKING, STEP_WRITING, STEP_REFUSED };

struct remember {
    struct event_base *base;
    const struct settings *settings;
    struct redis *redis;  /* NULL: it only collects */
    struct event *retry;  /* after a refusal */
    struct event *gather; /* what comes a moment later goes along */
    struct records waiting;
    struct usher_list in_flight;
    size_t in_flight_count;
    enum step step;
    size_t answers_count;      /* of this step, still to come */
    struct usher_list *looked; /* whose answer comes next */
    bool is_refused;           /* an answer of this step was an error */
    int64_t busy_ms;           /* since when something has waited; 0 = nothing does */
    int64_t refused_told_ms;
    int64_t dropped_told_ms;
    uint64_t dropped_count;
    struct usher_scratch scratch;
};

static void begin(struct remember *remember);

static const char *site_of(const struct remember *remember)
{
    return remember->settings->site;
}

static struct record *record_at(struct usher_list *node)
{
    return usher_list_entry(node, struct record, node);
}

static void give(struct remember *remember, const struct usher_text *args, size_t count,
                 redis_reply on_reply)
{
    if (!redis_is_up(remember->redis))
        return;
    remember->answers_count++;
    redis_command(remember->redis, args, count, on_reply, remember);
}

/* The records in flight were written, or need not be. */
static void end_flight(struct remember *remember)
{
    usher_list_for_each_safe (node, &remember->in_flight) {
        usher_list_remove(node);
        free(record_at(node));
    }
    remember->in_flight_count = 0;
    remember->step = STEP_IDLE;
    remember->busy_ms = remember->waiting.count > 0 ? redis_now_ms() : 0;
    begin(remember);
}

static void refuse(struct remember *remember, const struct redisReply *reply)
{
    char value[LOG_VALUE_SIZE];
    remember->is_refused = true;
    if (again_is_due(&remember->refused_told_ms, redis_now_ms()))
        log_error("Redis refuses what is to be remembered of customers; trying again. See to its "
                  "ACL (README) and to its memory",
                  "site=%s reason=%s", site_of(remember),
                  log_value(journal_reply_text(reply), value));
}

static void wait_after_refusal(struct remember *remember)
{
    remember->step = STEP_REFUSED;
    event_add(remember->retry, &(struct timeval){.tv_sec = RETRY_S});
}

/* True when the answer is no error. A step that has one ends with its last answer; it has changed
 * nothing. */
static bool take_answer(struct remember *remember, const struct redisReply *reply)
{
    remember->answers_count--;
    if (reply->type == REDIS_REPLY_ERROR && !remember->is_refused)
        refuse(remember, reply);
    if (!remember->is_refused)
        return true;
    if (remember->answers_count == 0)
        wait_after_refusal(remember);
    return false;
}

static void on_queued(void *owner, const struct redisReply *reply)
{
    (void)take_answer(owner, reply);
}

static void on_exec(void *owner, const struct redisReply *reply)
{
    struct remember *remember = owner;
    if (!take_answer(remember, reply))
        return;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_ERROR && !remember->is_refused) {
            refuse(remember, reply->element[i]);
            wait_after_refusal(remember);
            return;
        }
    }
    remember->step = STEP_IDLE;
    if (reply->type == REDIS_REPLY_ARRAY)
        end_flight(remember);
    else
        begin(remember); /* somebody wrote one of them meanwhile */
}

static void write_record(struct remember *remember, const struct record *record)
{
    char room[JOURNAL_KEY_SIZE];
    char erased_room[JOURNAL_KEY_SIZE];
    struct usher_text key = journal_key_customer(site_of(remember), record_key(record), room);
    struct record_texts texts;
    if (record->is_erasing) {
        const struct usher_text unlink[] = {USHER_TEXT("UNLINK"), key};
        const struct usher_text erased[] = {
            USHER_TEXT("HSET"), journal_key_erased(site_of(remember), erased_room),
            record_key(record), usher_number_write(record->n, texts.number)};
        if (!record->is_outdated)
            give(remember, unlink, USHER_COUNT_OF(unlink), on_queued);
        give(remember, erased, USHER_COUNT_OF(erased), on_queued);
        return;
    }
    struct usher_text set[2 + RECORD_ARGS_MAX] = {USHER_TEXT("HSET"), key};
    size_t count = 2 + record_args(record, &texts, set + 2);
    give(remember, set, count, on_queued);
    const struct usher_text expire[] = {USHER_TEXT("EXPIRE"), key, record_seconds(record, &texts)};
    give(remember, expire, USHER_COUNT_OF(expire), on_queued);
}

static void write_flight(struct remember *remember)
{
    static const struct usher_text multi[] = {{"MULTI", 5}};
    static const struct usher_text exec[] = {{"EXEC", 4}};
    remember->step = STEP_WRITING;
    give(remember, multi, 1, on_queued);
    usher_list_for_each (node, &remember->in_flight) {
        const struct record *record = record_at(node);
        if (!record->is_done)
            write_record(remember, record);
    }
    give(remember, exec, 1, on_exec);
}

static void on_erased(void *owner, const struct redisReply *reply)
{
    struct remember *remember = owner;
    struct usher_text value = journal_reply_text(reply);
    struct erasure erasure;
    if (!take_answer(remember, reply))
        return;
    struct record *record = record_at(remember->looked);
    record->is_done = value.at && erasure_read(value, &erasure) &&
                      usher_number_compare(record->n, erasure.n) <= 0;
}

static bool is_not_newer(const struct record *record, struct usher_text number)
{
    struct usher_number n;
    return number.at && usher_number_read(number, &n) && usher_number_compare(record->n, n) <= 0;
}

static void on_number(void *owner, const struct redisReply *reply)
{
    struct remember *remember = owner;
    if (!take_answer(remember, reply))
        return;
    struct record *record = record_at(remember->looked);
    record->is_outdated = is_not_newer(record, journal_reply_text(reply));
    record->is_done |= record->is_outdated && !record->is_erasing;
    remember->looked = remember->looked->next;
    if (remember->looked == &remember->in_flight)
        write_flight(remember);
}

/* Takes as many as go together. */
static void fill_flight(struct remember *remember)
{
    struct record *record;
    while (remember->in_flight_count < FLIGHT_MAX &&
           (record = records_take(&remember->waiting)) != NULL) {
        usher_list_append(&remember->in_flight, &record->node);
        remember->in_flight_count++;
    }
}

static void look(struct remember *remember)
{
    char room[JOURNAL_KEY_SIZE];
    char erased_room[JOURNAL_KEY_SIZE];
    struct usher_text erased = journal_key_erased(site_of(remember), erased_room);
    const struct usher_text watch_erased[] = {USHER_TEXT("WATCH"), erased};
    remember->step = STEP_LOOKING;
    remember->looked = remember->in_flight.next;
    give(remember, watch_erased, USHER_COUNT_OF(watch_erased), on_queued);
    usher_list_for_each (node, &remember->in_flight) {
        struct usher_text customer = record_key(record_at(node));
        struct usher_text key = journal_key_customer(site_of(remember), customer, room);
        const struct usher_text watch[] = {USHER_TEXT("WATCH"), key};
        const struct usher_text find[] = {USHER_TEXT("HGET"), erased, customer};
        const struct usher_text get[] = {USHER_TEXT("HGET"), key, USHER_TEXT(CUSTOMER_PREFIX "n")};
        give(remember, watch, USHER_COUNT_OF(watch), on_queued);
        give(remember, find, USHER_COUNT_OF(find), on_erased);
        give(remember, get, USHER_COUNT_OF(get), on_number);
    }
}

/* Writes what waits, if nothing is being written. */
static void begin(struct remember *remember)
{
    if (!remember->redis || !redis_is_up(remember->redis) || remember->step != STEP_IDLE)
        return;
    fill_flight(remember);
    if (remember->in_flight_count > 0)
        look(remember);
}

static void begin_soon(struct remember *remember)
{
    if (remember->redis && remember->step == STEP_IDLE &&
        !event_pending(remember->gather, EV_TIMEOUT, NULL))
        event_add(remember->gather, &(struct timeval){.tv_usec = GATHER_US});
}

static void on_gathered(evutil_socket_t fd, short what, void *owner)
{
    (void)fd, (void)what;
    begin(owner);
}

static void on_up(void *owner)
{
    begin(owner);
}

static void be_idle(struct remember *remember)
{
    event_del(remember->retry);
    event_del(remember->gather);
    remember->step = STEP_IDLE;
    remember->answers_count = 0;
    remember->is_refused = false;
}

static void on_down(void *owner, const char *reason)
{
    (void)reason;
    be_idle(owner);
}

static void on_retry(evutil_socket_t fd, short what, void *owner)
{
    (void)fd, (void)what;
    be_idle(owner);
    begin(owner);
}

static const struct redis_ops connection_ops = {.up = on_up, .down = on_down};

int remember_new(struct remember **remember, struct event_base *base,
                 const struct settings *settings)
{
    struct remember *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->base = base;
    made->settings = settings;
    usher_list_init(&made->in_flight);
    made->retry = evtimer_new(base, on_retry, made);
    made->gather = evtimer_new(base, on_gathered, made);
    if (!made->retry || !made->gather || !records_init(&made->waiting, REMEMBER_MAX)) {
        if (made->retry)
            event_free(made->retry);
        if (made->gather)
            event_free(made->gather);
        free(made);
        return -ENOMEM;
    }
    *remember = made;
    return 0;
}

int remember_begin(struct remember *remember)
{
    int error = redis_open(&remember->redis, remember->base, remember->settings, "memory",
                           &connection_ops, remember);
    if (error == 0)
        redis_start(remember->redis);
    return error;
}

void remember_rest(struct remember *remember)
{
    redis_close(remember->redis);
    remember->redis = NULL;
    be_idle(remember);
    end_flight(remember);
    records_clear(&remember->waiting);
    remember->busy_ms = 0;
}

void remember_free(struct remember *remember)
{
    if (!remember)
        return;
    remember_rest(remember);
    records_fini(&remember->waiting);
    event_free(remember->retry);
    event_free(remember->gather);
    free(remember);
}

/* A follower sees far more than can be unwritten, and forgets the oldest. */
static void tell_dropped(struct remember *remember)
{
    if (!remember->redis)
        return;
    remember->dropped_count++;
    if (again_is_due(&remember->dropped_told_ms, redis_now_ms()))
        log_error("Redis does not take what is to be remembered of customers fast enough: some of "
                  "it is lost. See whether its disk is slow",
                  "site=%s customers=%" PRIu64, site_of(remember), remember->dropped_count);
}

static void take_line(struct remember *remember, struct usher_text line, int64_t keep_ms)
{
    static const struct usher_text mark = {"\"customer\":\"", 12};
    struct usher_answer answer;
    struct usher_event event;
    struct record record;
    if (!memmem(line.at, line.length, mark.at, mark.length) ||
        !usher_event_decode(line, &remember->scratch, &event, &answer) ||
        !record_read(&record, &event, keep_ms))
        return;
    if (!records_put(&remember->waiting, &record))
        tell_dropped(remember);
    if (remember->busy_ms == 0)
        remember->busy_ms = redis_now_ms();
}

void remember_take(struct remember *remember, struct usher_text lines, int64_t keep_ms)
{
    while (lines.length > 0) {
        const char *newline = memchr(lines.at, '\n', lines.length);
        size_t length = newline ? (size_t)(newline - lines.at) : lines.length;
        take_line(remember, (struct usher_text){lines.at, length}, keep_ms);
        lines.at += length + (newline ? 1 : 0);
        lines.length -= length + (newline ? 1 : 0);
    }
    if (remember->waiting.erasures_count > 0)
        begin(remember);
    else if (remember->waiting.count > 0)
        begin_soon(remember);
}

static bool has_erasing(const struct usher_list *list, struct usher_text customer)
{
    usher_list_for_each (node, list) {
        const struct record *record = record_at(node);
        if (record->is_erasing && usher_text_is_equal(record_key(record), customer))
            return true;
    }
    return false;
}

bool remember_is_erasing(const struct remember *remember, struct usher_text customer)
{
    return has_erasing(&remember->in_flight, customer) ||
           (remember->waiting.erasures_count > 0 && has_erasing(&remember->waiting.list, customer));
}

bool remember_is_settled(const struct remember *remember)
{
    return remember->busy_ms == 0 || !remember->redis ||
           redis_now_ms() - remember->busy_ms > PATIENCE_MS;
}
