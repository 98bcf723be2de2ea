/* The log: one line on standard error for each thing that happened: a fixed sentence, then
 * key=value fields. It never blocks: a line that standard error cannot take is dropped and counted,
 * and a sentence that repeats too fast is held back and counted (`held_back=`). */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

#include "base/text.h"

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

#define LOG_VALUE_SIZE 256 /* of a value's text, with the NUL */

/* Lines above `level` are dropped. With `has_priorities` each begins with "<N>" for journald; else
 * with a time. Called once at start; before it, lines up to info come with a time. */
void log_open(enum log_level level, int has_priorities);

/* Whether lines of this level are written: to spare the making of their fields. */
bool log_has_level(enum log_level level);

/* True when standard error is journald's stream (JOURNAL_STREAM names it), so that lines should
 * have priorities. */
bool log_is_for_journald(void);

/* log_info("The offer expired", "contact=%s agent=%s", …); `fields` may be NULL. Values with
 * spaces, quotes or controls are the caller's care: use log_value. Never personal data (numbers,
 * names, context) above debug. `sentence` must stay where it is: a literal. */
void log_write(enum log_level level, const char *sentence, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));
#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Writes `text` into `room` as a value of a field, and returns `room`: as it is, or in quotes with
 * escapes if it has to be; cut with "..." if it is too long. An absent text is "-". */
const char *log_value(struct usher_text text, char room[LOG_VALUE_SIZE]);

#endif
