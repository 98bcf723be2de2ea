/* The stream is read in pages, each behind the last number that was seen, so nothing is read twice
 * and nothing that stands there is missed. An entry is numbered as its last event, so the numbers
 * of its lines follow from their count. In the archive each line's own number tells whether it was
 * read already. */
#include "ctl/past/past.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ctl/past/moment.h"
#include "journal/dial.h"
#include "journal/entry.h"
#include "journal/folder.h"
#include "journal/keys.h"
#include "wire/codec.h"

#define PAGE_MIN    8 /* entries */
#define PAGE_MAX    1024
#define PAGE_BYTES  ((size_t)256 * 1024) /* of a page, so that Redis serves usherd in between */
#define QUIET_MS    1000                 /* a command that takes no longer tells no progress */
#define TELL_MS     200
#define LOOK_EVERY  256 /* lines; so that the end of what is asked is noticed */
#define JOIN_MAX    3   /* times that the archive is looked at again */
#define APART_S_MAX 300 /* by which the clocks of Redis and of a router may differ */

static bool has_archive(const struct past *past)
{
    const struct settings *settings = &past->site->settings;
    struct folder_list list;
    if (!settings->journal.archive[0] ||
        folder_list(&list, settings->journal.archive, settings->site) < 0)
        return false;
    bool has_any = list.days_count > 0;
    folder_list_fini(&list);
    return has_any;
}

static enum exit_code refuse_absent(const struct past *past)
{
    char room[SETTINGS_PATH_MAX];
    const struct settings *settings = &past->site->settings;
    return site_refuse_absent(settings, past->key,
                              settings_write_redis(settings, &past->site->place, room));
}

static enum exit_code read_erasures(struct past *past)
{
    char room[JOURNAL_KEY_SIZE];
    enum exit_code code;
    const struct usher_text args[] = {USHER_TEXT("HGETALL"),
                                      journal_key_erased(past->site->settings.site, room)};
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    if (reply && !erasures_read(&past->erasures, reply)) {
        fputs("usherctl: memory is out\n", stderr);
        code = EXIT_REFUSED;
    }
    freeReplyObject(reply);
    return code;
}

enum exit_code past_open(struct past *past, const struct options *options)
{
    *past = (struct past){.begun_ms = clock_civil_ms()};
    usher_bytes_init(&past->masked, SIZE_MAX);
    past->site = site_read(options->config);
    if (!past->site)
        return EXIT_USAGE;
    enum exit_code code = site_dial(past->site);
    if (code != EXIT_DONE)
        return code;
    past->key = journal_key_stream(past->site->settings.site, past->key_room);
    const struct usher_text args[] = {USHER_TEXT("EXISTS"), past->key};
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    if (reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == 0 && !has_archive(past))
        code = refuse_absent(past);
    freeReplyObject(reply);
    return code == EXIT_DONE ? read_erasures(past) : code;
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
    if (past->broken_count > 0)
        fprintf(stderr, "usherctl: %zu lines of the archive are no events and were passed over\n",
                past->broken_count);
    site_free(past->site);
    past->site = NULL;
    erasures_fini(&past->erasures);
    usher_bytes_fini(&past->masked);
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
    if (past->is_quiet || now_ms - past->begun_ms < QUIET_MS || now_ms - past->told_ms < TELL_MS ||
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

static uint64_t count_lines(struct usher_text lines)
{
    uint64_t count = 0;
    for (size_t i = 0; i < lines.length; i++)
        count += lines.at[i] == '\n';
    return count;
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
    struct past *past = reading->past;
    struct usher_event event;
    struct usher_answer answer;
    if (past->events_count % LOOK_EVERY > 0 && past->holding.at &&
        !memmem(line.at, line.length, past->holding.at, past->holding.length)) {
        past->events_count++;
        return;
    }
    line = erasures_mask(&past->erasures, n, line, &past->masked);
    if (!usher_event_decode(line, &reading->scratch, &event, &answer))
        event = (struct usher_event){.kind = USHER_EVENT_NONE};
    event.n = n;
    tell_progress(past, &event);
    reading->is_over = !reading->on_event(reading->owner, &event, line);
}

static void take_entry(struct reading *reading, const redisReply *reply)
{
    struct journal_entry entry;
    if (entry_judge(reply, &entry) != ENTRY_FAULT_NONE) {
        reading->past->foreign_count++;
        return;
    }
    uint64_t count = count_lines(entry.lines);
    struct usher_text lines = entry.lines;
    for (uint64_t i = 1; lines.length > 0 && !reading->is_over; i++) {
        struct usher_text line = next_line(&lines);
        struct usher_number n = {entry.id.epoch, entry.id.seq + i - count};
        if (usher_number_compare(n, reading->last) > 0)
            take_line(reading, line, n);
    }
    reading->last = entry.id;
}

/* An entry of the stream. */
struct found {
    struct usher_number first; /* of its events; 0-0 = no entry was found */
    struct usher_number last;
    int64_t at_ms; /* of its last event; -1 = not known */
};

/* The first entry from `from` on, or with XREVRANGE the last one up to it. */
static enum exit_code ask_one(struct past *past, struct usher_text command, const char *from,
                              struct found *found)
{
    bool is_back = usher_text_is_equal(command, USHER_TEXT("XREVRANGE"));
    const struct usher_text args[] = {command,
                                      past->key,
                                      usher_text_of(from),
                                      is_back ? USHER_TEXT("-") : USHER_TEXT("+"),
                                      USHER_TEXT("COUNT"),
                                      USHER_TEXT("1")};
    struct journal_entry entry;
    enum exit_code code;
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    *found = (struct found){.at_ms = -1};
    if (journal_reply_element(reply, 0) &&
        entry_judge(reply->element[0], &entry) == ENTRY_FAULT_NONE)
        *found = (struct found){
            {entry.id.epoch, entry.id.seq + 1 - count_lines(entry.lines)},
            entry.id,
            entry_time(&entry),
        };
    freeReplyObject(reply);
    return code;
}

/* An epoch is the second of its claim by Redis's clock, or later by a few. Within one the numbers
 * rise with time. All up to `after` was earlier than `since_ms`. */
static enum exit_code find_since(struct past *past, int64_t since_ms, struct usher_number *after)
{
    char room[USHER_NUMBER_SIZE];
    struct found last;
    struct found found;
    uint64_t low = 0;
    uint64_t high;
    *after = (struct usher_number){0, 0};
    if (since_ms / 1000 <= APART_S_MAX)
        return EXIT_DONE;
    (void)snprintf(room, sizeof(room), "%" PRId64, since_ms / 1000 - APART_S_MAX);
    enum exit_code code = ask_one(past, USHER_TEXT("XREVRANGE"), room, &last);
    if (code != EXIT_DONE || last.at_ms < 0)
        return code;
    high = last.last.seq + 1;
    while (high - low > 1) {
        struct usher_number middle = {last.last.epoch, low + (high - low) / 2};
        code = ask_one(past, USHER_TEXT("XRANGE"), usher_number_write(middle, room).at, &found);
        if (code != EXIT_DONE)
            return code;
        if (found.at_ms >= 0 && found.last.epoch == middle.epoch && found.at_ms < since_ms)
            low = found.last.seq;
        else
            high = middle.seq;
    }
    *after = (struct usher_number){last.last.epoch, low};
    return EXIT_DONE;
}

/* How many entries the page after this one should have. */
static size_t next_size(const redisReply *page, size_t size)
{
    size_t bytes = 0;
    for (size_t i = 0; i < page->elements; i++)
        bytes +=
            journal_reply_text(journal_reply_element(journal_reply_element(page->element[i], 1), 1))
                .length;
    if (bytes > PAGE_BYTES && size > PAGE_MIN)
        return size / 2;
    return bytes < PAGE_BYTES / 4 && size < PAGE_MAX ? size * 2 : size;
}

/* Reads the rest of the stream. */
static enum exit_code read_stream(struct reading *reading)
{
    struct past *past = reading->past;
    char from[USHER_NUMBER_SIZE + 1] = "-";
    char number[USHER_NUMBER_SIZE];
    enum exit_code code = EXIT_DONE;
    size_t count = 1;
    size_t size = PAGE_MIN;
    if (reading->last.epoch > 0)
        (void)snprintf(from, sizeof(from), "(%s", usher_number_write(reading->last, number).at);
    while (count > 0 && !reading->is_over) {
        char wanted[USHER_UINT64_DIGITS_MAX];
        size_t digits = usher_text_write_uint64(size, wanted);
        const struct usher_text args[] = {USHER_TEXT("XRANGE"), past->key,
                                          usher_text_of(from),  USHER_TEXT("+"),
                                          USHER_TEXT("COUNT"),  {wanted, digits}};
        redisReply *page = past_ask(past, args, USHER_COUNT_OF(args), &code);
        if (!page)
            break;
        count = page->type == REDIS_REPLY_ARRAY ? page->elements : 0;
        size = next_size(page, size);
        for (size_t i = 0; i < count && !reading->is_over; i++)
            take_entry(reading, page->element[i]);
        if (count > 0)
            (void)snprintf(
                from, sizeof(from), "(%.*s",
                USHER_TEXT_ARGS(journal_reply_text(page->element[count - 1]->element[0])));
        freeReplyObject(page);
    }
    return code;
}

/* A file's lines, from the first on whose number is not known yet. */
static void read_day(struct reading *reading, FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while (!reading->is_over && (length = getline(&line, &room, file)) > 0) {
        struct usher_text text = {line, (size_t)length - (line[length - 1] == '\n')};
        struct usher_number n;
        if (!folder_read_number(text, &n)) {
            reading->past->broken_count++;
        } else if (usher_number_compare(n, reading->last) > 0) {
            take_line(reading, text, n);
            reading->last = n;
        }
    }
    free(line);
}

static enum exit_code refuse_archive(const char *path, const char *name, int error)
{
    fprintf(stderr,
            "usherctl: the archive %s%s%s cannot be read: %s; run usherctl as root or in usherd's "
            "group\n",
            path, name[0] ? "/" : "", name, strerror(error));
    return EXIT_REFUSED;
}

/* A line stands in the file of its day, or in a later one. */
static enum exit_code read_archive(struct reading *reading, int64_t since_ms)
{
    const char *path = reading->past->site->settings.journal.archive;
    const char *site = reading->past->site->settings.site;
    struct folder_list list;
    enum exit_code code = EXIT_DONE;
    int error = folder_list(&list, path, site);
    if (error < 0)
        return refuse_archive(path, "", -error);
    for (size_t i = 0; i < list.days_count && !reading->is_over && code == EXIT_DONE; i++) {
        char name[FOLDER_NAME_SIZE];
        char whole[SETTINGS_PATH_MAX + FOLDER_NAME_SIZE];
        FILE *file;
        if (list.days[i] < since_ms / FOLDER_DAY_MS - 1)
            continue;
        folder_name_day(site, list.days[i], name);
        (void)snprintf(whole, sizeof(whole), "%s/%s", path, name);
        file = fopen(whole, "re");
        if (file)
            read_day(reading, file);
        else
            code = refuse_archive(path, name, errno);
        if (file)
            (void)fclose(file);
    }
    folder_list_fini(&list);
    return code;
}

/* Whether nothing that is asked stands in the archive only. */
static enum exit_code joins(struct reading *reading, int64_t since_ms, bool *is_joined)
{
    struct usher_number last = reading->last;
    struct found found;
    enum exit_code code = ask_one(reading->past, USHER_TEXT("XRANGE"), "-", &found);
    if (found.last.epoch == 0) /* nothing is there, or no router's */
        *is_joined = false;
    else if (last.epoch == 0)
        *is_joined = found.at_ms >= 0 && found.at_ms < since_ms;
    else
        *is_joined = usher_number_compare(found.first, last) <= 0 ||
                     (found.first.epoch == last.epoch && found.first.seq == last.seq + 1);
    return code;
}

enum exit_code past_read(struct past *past, struct usher_number after, int64_t since_ms,
                         past_on_event on_event, void *owner)
{
    struct reading reading = {
        .past = past, .last = after, .on_event = on_event, .owner = owner, .is_over = false};
    bool is_joined = past->site->settings.journal.archive[0] == '\0';
    enum exit_code code = EXIT_DONE;
    if (since_ms < 0)
        since_ms = 0;
    /* While it is read, more may be filed and trimmed. */
    for (int i = 0; i < JOIN_MAX && code == EXIT_DONE && !is_joined && !reading.is_over; i++) {
        struct usher_number before = reading.last;
        code = joins(&reading, since_ms, &is_joined);
        if (code == EXIT_DONE && !is_joined)
            code = read_archive(&reading, since_ms);
        if (usher_number_compare(before, reading.last) == 0)
            break;
    }
    if (code == EXIT_DONE && !reading.is_over && reading.last.epoch == 0)
        code = find_since(past, since_ms, &reading.last);
    if (code == EXIT_DONE && !reading.is_over)
        code = read_stream(&reading);
    wipe_progress(past);
    return code;
}

enum exit_code past_time_of(struct past *past, struct usher_number n, int64_t *at_ms)
{
    char room[USHER_NUMBER_SIZE];
    struct found found;
    enum exit_code code =
        ask_one(past, USHER_TEXT("XRANGE"), usher_number_write(n, room).at, &found);
    *at_ms = usher_number_compare(found.last, n) == 0 ? found.at_ms : -1;
    return code;
}
