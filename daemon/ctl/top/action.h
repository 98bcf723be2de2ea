/* A command of the operator's that runs beside the screen; the first line that it prints is kept.
 */
#ifndef CTL_TOP_ACTION_H
#define CTL_TOP_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"

#define ACTION_TEXT_SIZE 256

struct action {
    pid_t pid; /* 0 = none runs */
    int fd;    /* what it prints; -1 = none runs */
    char text[ACTION_TEXT_SIZE];
    size_t length;
    bool has_line; /* what follows the first line is read and dropped */
};

void action_init(struct action *action);
/* Lets a running command run on, and forgets it. */
void action_fini(struct action *action);

/* Runs `command` with /bin/sh; none may run already. False when it could not be started. */
USHER_MUST_USE bool action_start(struct action *action, const char *command);

/* Reads what it has printed. True when it has ended: then text has its first line, and *status its
 * exit status, or 128 and the number of the signal that ended it. */
bool action_read(struct action *action, int *status);

#endif
