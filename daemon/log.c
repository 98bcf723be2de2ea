/* The log. Invariants: a line is written by one write(2) of at most PIPE_BUF bytes, after poll(2)
 * has said that standard error takes it, so that the loop never waits for a reader; no control
 * character but the final newline gets out. */
#include "log.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX      PIPE_BUF /* what a pipe takes whole */
#define LOG_SENTENCES_MAX 256      /* whose pace is watched */
#define LOG_BURST_MAX     100      /* lines of one sentence */
#define LOG_BURST_MS      1000     /* within so long */

/* The pace of one sentence. */
struct log_pace {
    const char *sentence;
    int64_t since_ms;
    unsigned written;
    unsigned held_back;
};

struct log_target {
    enum log_level level;
    bool has_priorities;
    unsigned dropped; /* lines that standard error did not take */
    struct log_pace paces[LOG_SENTENCES_MAX];
};

static struct log_target target = {.level = LOG_LEVEL_INFO};

static int64_t log_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The place of a sentence, by its address; another's that hashes alike is pushed out. */
static struct log_pace *log_pace_of(const char *sentence)
{
    uintptr_t address = (uintptr_t)sentence;
    struct log_pace *pace = &target.paces[(address ^ (address >> 8)) % LOG_SENTENCES_MAX];
    if (pace->sentence != sentence)
        *pace = (struct log_pace){.sentence = sentence};
    return pace;
}

/* False when this line is one too many. `held_back` is how many were, before this one. */
static bool log_may_write(const char *sentence, unsigned *held_back)
{
    struct log_pace *pace = log_pace_of(sentence);
    int64_t now_ms = log_monotonic_ms();
    *held_back = 0;
    if (pace->written == 0 || now_ms - pace->since_ms >= LOG_BURST_MS) {
        *held_back = pace->held_back;
        *pace = (struct log_pace){.sentence = sentence, .since_ms = now_ms};
    }
    if (pace->written == LOG_BURST_MAX) {
        pace->held_back++;
        return false;
    }
    pace->written++;
    return true;
}

static const char *log_level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        return "debug";
    }
    return "?";
}

/* Each appends at `length` what fits, and returns the new length. */
static size_t log_append_v(char *line, size_t length, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
static size_t log_append(char *line, size_t length, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t log_append_v(char *line, size_t length, const char *format, va_list arguments)
{
    size_t room = LOG_LINE_MAX - length;
    int wanted = vsnprintf(line + length, room, format, arguments);
    if (wanted < 0)
        return length;
    return (size_t)wanted < room ? length + (size_t)wanted : LOG_LINE_MAX - 1;
}

static size_t log_append(char *line, size_t length, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    length = log_append_v(line, length, format, arguments);
    va_end(arguments);
    return length;
}

static size_t log_append_head(char *line, enum log_level level)
{
    if (target.has_priorities)
        return log_append(line, 0, "<%d>", (int)level);
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(line, LOG_LINE_MAX, "%Y-%m-%dT%H:%M:%S", &parts);
    return log_append(line, length, ".%03ldZ %s ", now.tv_nsec / 1000000, log_level_name(level));
}

static void log_put(char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[length++] = '\n'; /* over the NUL */
    struct pollfd readiness = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&readiness, 1, 0) != 1 || !(readiness.revents & POLLOUT) ||
        write(STDERR_FILENO, line, length) < 0)
        target.dropped++;
    else
        target.dropped = 0;
}

void log_open(enum log_level level, int has_priorities)
{
    target.level = level;
    target.has_priorities = has_priorities != 0;
}

bool log_has_level(enum log_level level)
{
    return level <= target.level;
}

bool log_is_for_journald(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device;
    uintmax_t inode;
    struct stat status;
    /* NOLINTNEXTLINE(cert-err34-c): a number that does not fit names no stream of ours. */
    return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

void log_write(enum log_level level, const char *sentence, const char *fields, ...)
{
    unsigned held_back;
    if (!log_has_level(level) || !log_may_write(sentence, &held_back))
        return;
    char line[LOG_LINE_MAX];
    size_t length = log_append_head(line, level);
    length = log_append(line, length, "%s", sentence);
    if (fields) {
        va_list arguments;
        va_start(arguments, fields);
        length = log_append(line, length, " ");
        length = log_append_v(line, length, fields, arguments);
        va_end(arguments);
    }
    if (held_back > 0)
        length = log_append(line, length, " held_back=%u", held_back);
    if (target.dropped > 0)
        length = log_append(line, length, " dropped=%u", target.dropped);
    log_put(line, length);
}

static bool log_is_plain(struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] <= ' ' || strchr("\"=\\\x7f", text.at[i]))
            return false;
    return text.length > 0;
}

const char *log_value(struct usher_text text, char room[LOG_VALUE_SIZE])
{
    static const char cut[] = "...";
    size_t length = 0;
    bool is_quoted = !log_is_plain(text);
    if (!text.at)
        return memcpy(room, "-", sizeof("-"));
    if (is_quoted)
        room[length++] = '"';
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        /* Room for an escape, the cut, a quote and the NUL. */
        if (length + 2 + sizeof(cut) + 1 > LOG_VALUE_SIZE) {
            memcpy(room + length, cut, sizeof(cut) - 1);
            length += sizeof(cut) - 1;
            break;
        }
        if (c == '"' || c == '\\')
            room[length++] = '\\';
        if ((unsigned char)c < ' ' || c == 0x7f)
            c = '?';
        room[length++] = c;
    }
    if (is_quoted)
        room[length++] = '"';
    room[length] = 0;
    return room;
}
