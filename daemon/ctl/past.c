/* The stream is read in pages, each behind the last number that was seen, so nothing is read twice
 * and nothing that stands there is missed. An entry is numbered as its last event, so the numbers
 * of its lines follow from their count. */
#include "ctl/past.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ctl/moment.h"
#include "journal/dial.h"
#include "journal/entry.h"
#include "journal/keys.h"
#include "wire/codec.h"

#define PAGE_ENTRIES "200"
#define QUIET_MS     1000 /* a command that takes no longer tells no progress */
#define TELL_MS      200
#define APART_S_MAX  300 /* by which the clocks of Redis and of a router may differ */

static enum exit_code refuse_absent(const struct past *past)
{
    char room[SETTINGS_PATH_MAX];
    const struct settings *settings = &past->site->settings;
    return site_refuse_absent(settings, past->key,
                              settings_write_redis(settings, &past->site->place, room));
}

enum exit_code past_open(struct past *past, const struct options *options)
{
    *past = (struct past){.begun_ms = clock_civil_ms()};
    past->site = site_read(options->config);
    if (!past->site)
        return EXIT_USAGE;
    enum exit_code code = site_dial(past->site);
    if (code != EXIT_DONE)
        return code;
    past->key = journal_key_stream(past->site->settings.site, past->key_room);
    const struct usher_text args[] = {USHER_TEXT("EXISTS"), past->key};
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    if (reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == 0)
        code = refuse_absent(past);
    freeReplyObject(reply);
    return code;
}

static void wipe_progress(struct past *past)
{
    if (past->told_ms > 0)
        fputs("\r\033[K", stderr);
    past->told_ms = 0;
}

void past_close(struct past *past)
{
    wipe_progress(past);
    if (past->foreign_count > 0)
        fprintf(stderr,
                "usherctl: %zu entries that no router wrote were passed over; `usherctl journal "
                "check` shows them\n",
                past->foreign_count);
    site_free(past->site);
    past->site = NULL;
}

struct redisReply *past_ask(struct past *past, const struct usher_text *args, size_t count,
                            enum exit_code *code)
{
    redisReply *reply = dial_ask(past->site->redis, args, count);
    if (reply && reply->type != REDIS_REPLY_ERROR) {
        *code = EXIT_DONE;
        return reply;
    }
    wipe_progress(past);
    *code = site_refuse(past->site, reply, "+exists +scan +hgetall +get +xrange +xrevrange");
    freeReplyObject(reply);
    return NULL;
}

/* On a terminal, when it takes long. */
static void tell_progress(struct past *past, const struct usher_event *event)
{
    char room[MOMENT_SIZE];
    int64_t now_ms;
    if (++past->events_count % 1024 != 0)
        return;
    now_ms = clock_civil_ms();
    if (now_ms - past->begun_ms < QUIET_MS || now_ms - past->told_ms < TELL_MS ||
        !isatty(STDERR_FILENO))
        return;
    past->told_ms = now_ms;
    fprintf(stderr, "\rreading the journal: %s, %" PRIu64 " events\033[K",
            moment_write(event->at_ms, room), past->events_count);
}

/* The line that `lines` begins with, without its newline; moves `lines` behind it. */
static struct usher_text next_line(struct usher_text *lines)
{
    const char *newline = memchr(lines->at, '\n', lines->length);
    size_t length = newline ? (size_t)(newline - lines->at) : lines->length;
    size_t taken = length + (newline ? 1 : 0);
    struct usher_text line = {lines->at, length};
    *lines = (struct usher_text){lines->at + taken, lines->length - taken};
    return line;
}

struct reading {
    struct past *past;
    struct usher_number last; /* what was handed over, or need not be */
    past_on_event on_event;
    void *owner;
    struct usher_scratch scratch;
    bool is_over;
};

static void take_line(struct reading *reading, struct usher_text line, struct usher_number n)
{
    struct usher_event event;
    struct usher_answer answer;
    if (!usher_event_decode(line, &reading->scratch, &event, &answer))
        event = (struct usher_event){.kind = USHER_EVENT_NONE};
    event.n = n;
    tell_progress(reading->past, &event);
    reading->is_over = !reading->on_event(reading->owner, &event, line);
}

static void take_entry(struct reading *reading, const redisReply *reply)
{
    struct journal_entry entry;
    struct usher_text lines;
    uint64_t count = 0;
    if (entry_judge(reply, &entry) != ENTRY_FAULT_NONE) {
        reading->past->foreign_count++;
        return;
    }
    for (size_t i = 0; i < entry.lines.length; i++)
        count += entry.lines.at[i] == '\n';
    lines = entry.lines;
    for (uint64_t i = 1; lines.length > 0 && !reading->is_over; i++) {
        struct usher_text line = next_line(&lines);
        struct usher_number n = {entry.id.epoch, entry.id.seq + i - count};
        if (usher_number_compare(n, reading->last) > 0)
            take_line(reading, line, n);
    }
    reading->last = entry.id;
}

/* The id from which the next page is read: that behind `n`. */
static const char *write_next(const redisReply *page, char room[USHER_NUMBER_SIZE + 1])
{
    struct usher_text id =
        journal_reply_text(journal_reply_element(page->element[page->elements - 1], 0));
    (void)snprintf(room, USHER_NUMBER_SIZE + 1, "(%.*s", USHER_TEXT_ARGS(id));
    return room;
}

enum exit_code past_read(struct past *past, struct usher_number after, past_on_event on_event,
                         void *owner)
{
    struct reading reading = {
        .past = past, .last = after, .on_event = on_event, .owner = owner, .is_over = false};
    char from[USHER_NUMBER_SIZE + 1] = "-";
    char number[USHER_NUMBER_SIZE];
    enum exit_code code = EXIT_DONE;
    size_t count = 1;
    if (after.epoch > 0)
        (void)snprintf(from, sizeof(from), "(%s", usher_number_write(after, number).at);
    while (count > 0 && !reading.is_over) {
        const struct usher_text args[] = {USHER_TEXT("XRANGE"), past->key,
                                          usher_text_of(from),  USHER_TEXT("+"),
                                          USHER_TEXT("COUNT"),  USHER_TEXT(PAGE_ENTRIES)};
        redisReply *page = past_ask(past, args, USHER_COUNT_OF(args), &code);
        if (!page)
            break;
        count = page->type == REDIS_REPLY_ARRAY ? page->elements : 0;
        for (size_t i = 0; i < count && !reading.is_over; i++)
            take_entry(&reading, page->element[i]);
        if (count > 0)
            (void)write_next(page, from);
        freeReplyObject(page);
    }
    wipe_progress(past);
    return code;
}

/* The number and the time of the last event in an entry. */
static bool read_entry(const redisReply *reply, struct usher_number *n, int64_t *at_ms)
{
    struct journal_entry entry;
    struct usher_scratch scratch;
    struct usher_event event = {.at_ms = 0};
    struct usher_answer answer;
    struct usher_text line = USHER_NO_TEXT;
    if (entry_judge(reply, &entry) != ENTRY_FAULT_NONE)
        return false;
    while (entry.lines.length > 0)
        line = next_line(&entry.lines);
    if (!usher_event_decode(line, &scratch, &event, &answer))
        return false;
    *n = entry.id;
    *at_ms = event.at_ms;
    return true;
}

/* The first entry from `from` on, or with XREVRANGE the last one up to it. */
static enum exit_code ask_one(struct past *past, struct usher_text command, const char *from,
                              struct usher_number *n, int64_t *at_ms)
{
    bool is_back = usher_text_is_equal(command, USHER_TEXT("XREVRANGE"));
    const struct usher_text args[] = {command,
                                      past->key,
                                      usher_text_of(from),
                                      is_back ? USHER_TEXT("-") : USHER_TEXT("+"),
                                      USHER_TEXT("COUNT"),
                                      USHER_TEXT("1")};
    enum exit_code code;
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    if (!journal_reply_element(reply, 0) || !read_entry(reply->element[0], n, at_ms))
        *at_ms = -1;
    freeReplyObject(reply);
    return code;
}

/* An epoch is the second of its claim by Redis's clock, or later by a few. Within one the numbers
 * rise with time. */
enum exit_code past_find(struct past *past, int64_t since_ms, struct usher_number *after)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_number last;
    struct usher_number found;
    int64_t at_ms;
    uint64_t low = 0;
    uint64_t high;
    *after = (struct usher_number){0, 0};
    if (since_ms / 1000 <= APART_S_MAX)
        return EXIT_DONE;
    (void)snprintf(room, sizeof(room), "%" PRId64, since_ms / 1000 - APART_S_MAX);
    enum exit_code code = ask_one(past, USHER_TEXT("XREVRANGE"), room, &last, &at_ms);
    if (code != EXIT_DONE || at_ms < 0)
        return code;
    high = last.seq + 1;
    /* Whatever ends at `low` was before. */
    while (high - low > 1) {
        struct usher_number middle = {last.epoch, low + (high - low) / 2};
        code = ask_one(past, USHER_TEXT("XRANGE"), usher_number_write(middle, room).at, &found,
                       &at_ms);
        if (code != EXIT_DONE)
            return code;
        if (at_ms >= 0 && found.epoch == last.epoch && at_ms < since_ms)
            low = found.seq;
        else
            high = middle.seq;
    }
    *after = (struct usher_number){last.epoch, low};
    return EXIT_DONE;
}

enum exit_code past_time_of(struct past *past, struct usher_number n, int64_t *at_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct usher_number found = {0, 0};
    enum exit_code code =
        ask_one(past, USHER_TEXT("XRANGE"), usher_number_write(n, room).at, &found, at_ms);
    if (usher_number_compare(found, n) != 0)
        *at_ms = -1;
    return code;
}
