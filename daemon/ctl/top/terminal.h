/* The terminal as a page: raw keys, no cursor, the alternate screen; and as it was before at the
 * end, however that comes. There is one terminal, so there is one of these. */
#ifndef CTL_TOP_TERMINAL_H
#define CTL_TOP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Keys that are no character. */
enum terminal_key {
    TERMINAL_NONE = 0,
    TERMINAL_TAB = '\t',
    TERMINAL_ESCAPE = 27,
    TERMINAL_UP = 1000,
    TERMINAL_DOWN,
    TERMINAL_PAGE_UP,
    TERMINAL_PAGE_DOWN,
    TERMINAL_OTHER,
};

/* What has happened to the process since it was last asked. */
struct terminal_signals {
    bool is_ended;   /* it should end */
    bool is_resized; /* also: it was stopped and goes on; all must be drawn again */
    bool has_child;  /* a child of ours may have ended */
};

/* Whether standard input and output are a terminal that can show a page. */
bool terminal_is_there(void);
/* Whether the environment's locale says that it shows UTF-8; nothing said counts as yes. */
bool terminal_is_utf8(void);

/* False with errno set. */
USHER_MUST_USE bool terminal_open(void);
void terminal_close(void);

/* 80 x 24 when it is not known. */
void terminal_size(int *width, int *height);
void terminal_write(struct usher_text text);

/* Waits until one of `fds` (below 0: none) can be read, a key was pressed, a signal came, or
 * `timeout_ms` passed. */
void terminal_wait(const int *fds, size_t fds_count, int timeout_ms);
struct terminal_signals terminal_take_signals(void);
/* The next key that was pressed; NONE when there is no more. */
int terminal_take_key(void);

#endif
