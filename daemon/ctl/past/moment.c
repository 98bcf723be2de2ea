/* Times are read by hand, since strptime takes blanks and leading signs anywhere. */
#include "ctl/past/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "clock.h"

#define SINCE_1970_MIN INT64_C(100000000000) /* fewer milliseconds are taken for a slip */
#define AGO_MAX        INT64_C(1000000000)

/* Takes `digits` digits off the front. */
static bool take_number(const char **at, size_t digits, int *number)
{
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *at += digits;
    *number = value;
    return true;
}

static bool take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* YYYY-MM-DD */
static bool take_date(const char **at, struct tm *time)
{
    const char *rest = *at;
    if (!take_number(&rest, 4, &time->tm_year) || !take_char(&rest, '-') ||
        !take_number(&rest, 2, &time->tm_mon) || !take_char(&rest, '-') ||
        !take_number(&rest, 2, &time->tm_mday))
        return false;
    time->tm_year -= 1900;
    time->tm_mon -= 1;
    *at = rest;
    return true;
}

/* HH:MM, HH:MM:SS or HH:MM:SS.mmm; false when anything stands behind it. */
static bool take_clock(const char *at, struct tm *time, int *ms)
{
    if (!take_number(&at, 2, &time->tm_hour) || !take_char(&at, ':') ||
        !take_number(&at, 2, &time->tm_min))
        return false;
    if (take_char(&at, ':') && !take_number(&at, 2, &time->tm_sec))
        return false;
    if (*at == '.' && (!take_char(&at, '.') || !take_number(&at, 3, ms)))
        return false;
    return *at == '\0' && time->tm_hour < 24 && time->tm_min < 60 && time->tm_sec < 60;
}

/* What the clock shows at that time must be what was written: there is no 30th of February, and no
 * hour that the summer time leaves out. */
static bool find_time(const struct tm *written, bool is_utc, int ms, int64_t *at_ms)
{
    struct tm found = *written;
    time_t seconds = is_utc ? timegm(&found) : mktime(&found);
    if (found.tm_mday != written->tm_mday || found.tm_mon != written->tm_mon ||
        found.tm_hour != written->tm_hour || found.tm_min != written->tm_min)
        return false;
    *at_ms = (int64_t)seconds * 1000 + ms;
    return true;
}

static bool read_clock(const char *text, int64_t now_ms, int64_t *at_ms)
{
    char room[40];
    struct tm time;
    time_t now = (time_t)(now_ms / 1000);
    int ms = 0;
    size_t length = strlen(text);
    bool is_utc = length > 0 && text[length - 1] == 'Z';
    const char *at = room;
    if (length - is_utc >= sizeof(room))
        return false;
    memcpy(room, text, length - is_utc);
    room[length - is_utc] = '\0';
    if (is_utc)
        gmtime_r(&now, &time);
    else
        localtime_r(&now, &time);
    time.tm_hour = time.tm_min = time.tm_sec = 0;
    time.tm_isdst = is_utc ? 0 : -1;
    bool has_date = take_date(&at, &time);
    if (has_date && *at == '\0')
        return find_time(&time, is_utc, 0, at_ms);
    if (has_date && !take_char(&at, 'T') && !take_char(&at, ' '))
        return false;
    return take_clock(at, &time, &ms) && find_time(&time, is_utc, ms, at_ms);
}

/* -15m */
static bool read_ago(const char *text, int64_t now_ms, int64_t *at_ms)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    size_t length = strlen(text);
    int64_t count;
    if (length < 3 || text[0] != '-' || text[1] == '-' ||
        !usher_text_read_int64((struct usher_text){text + 1, length - 2}, &count) ||
        count > AGO_MAX)
        return false;
    for (size_t i = 0; i < USHER_COUNT_OF(units); i++) {
        if (units[i].letter != text[length - 1])
            continue;
        *at_ms = now_ms - count * units[i].ms;
        return true;
    }
    return false;
}

bool moment_read(const char *text, int64_t now_ms, int64_t *at_ms)
{
    int64_t number;
    if (strcmp(text, "now") == 0) {
        *at_ms = now_ms;
        return true;
    }
    if (usher_text_read_int64(usher_text_of(text), &number) && number >= SINCE_1970_MIN) {
        *at_ms = number;
        return true;
    }
    return read_ago(text, now_ms, at_ms) || read_clock(text, now_ms, at_ms);
}

bool moment_read_option(const char *option, const char *text, int64_t *at_ms)
{
    if (moment_read(text, clock_civil_ms(), at_ms))
        return true;
    fprintf(stderr, "usherctl: %s does not take \"%s\"; write " MOMENT_FORMS "\n", option, text);
    return false;
}

bool moment_read_at(const char *text, int64_t *at_ms)
{
    char room[MOMENT_SIZE];
    if (!moment_read_option("--at", text, at_ms))
        return false;
    if (*at_ms > clock_civil_ms())
        fprintf(stderr, "usherctl: %s is still to come: what is known by now is told\n",
                moment_write(*at_ms, room));
    return true;
}

static struct tm local_time(int64_t at_ms)
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    return local;
}

const char *moment_write(int64_t at_ms, char room[MOMENT_SIZE])
{
    struct tm local = local_time(at_ms);
    if (strftime(room, MOMENT_SIZE, "%Y-%m-%d %H:%M:%S", &local) == 0)
        room[0] = '\0';
    return room;
}

const char *moment_write_date(int64_t at_ms, char room[MOMENT_SIZE])
{
    struct tm local = local_time(at_ms);
    if (strftime(room, MOMENT_SIZE, "%Y-%m-%d", &local) == 0)
        room[0] = '\0';
    return room;
}

const char *moment_write_clock(int64_t at_ms, char room[MOMENT_SIZE])
{
    struct tm local = local_time(at_ms);
    if (strftime(room, MOMENT_SIZE, "%H:%M:%S", &local) == 0)
        room[0] = '\0';
    return room;
}

const char *moment_write_near(int64_t at_ms, int64_t near_ms, char room[MOMENT_SIZE])
{
    char near[MOMENT_SIZE];
    moment_write_date(near_ms, near);
    if (strcmp(near, moment_write_date(at_ms, room)) == 0)
        return moment_write_clock(at_ms, room);
    return moment_write(at_ms, room);
}
