/* A moment of the past, as people write it at the command line and as they read it. */
#ifndef CTL_PAST_MOMENT_H
#define CTL_PAST_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* The forms that moment_read takes, for help and refusals. */
#define MOMENT_FORMS                                                                               \
    "2026-11-21T10:00 (seconds if you like), 2026-11-21 (its beginning), 10:00 (today), -15m "     \
    "(ago; s, m, h, d), now, or milliseconds since 1970"

#define MOMENT_SIZE 32

/* Reads one of MOMENT_FORMS, in local time unless a Z stands behind it. False, with `at_ms`
 * unchanged, for anything else, and for a time that no clock shows. */
bool moment_read(const char *text, int64_t now_ms, int64_t *at_ms);

/* The same, against the wall clock; false after saying on standard error what `option` takes. */
bool moment_read_option(const char *option, const char *text, int64_t *at_ms);

/* The same for --at; of a moment that is still to come it says so, and takes it. */
bool moment_read_at(const char *text, int64_t *at_ms);

/* "2026-11-21 10:00:00", "2026-11-21" and "10:00:00", local time. */
const char *moment_write(int64_t at_ms, char room[MOMENT_SIZE]);
const char *moment_write_date(int64_t at_ms, char room[MOMENT_SIZE]);
const char *moment_write_clock(int64_t at_ms, char room[MOMENT_SIZE]);
/* The last, with its date when it is of another day than `near_ms`. */
const char *moment_write_near(int64_t at_ms, int64_t near_ms, char room[MOMENT_SIZE]);

#endif
