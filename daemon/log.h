/* The log: one line on standard error for each thing that happened: a fixed sentence, then key=value fields. */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Lines above `level` are dropped. With `has_priorities` each begins with "<N>" for journald; else with a time. Called once at start. */
void log_open(enum log_level level, int has_priorities);

/* log_info("The offer expired", "contact=%s agent=%s", …): values with spaces, quotes or controls are the caller's care: use log_value. Never
 * personal data (numbers, names, context) above debug. */
void log_write(enum log_level level, const char *sentence, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));
#define log_error(...) log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
