/* The sockets that systemd holds for usherd (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS and
 * LISTEN_FDNAMES. They stay open from one usherd to the next, so that who connects meanwhile waits.
 */
#ifndef PASSED_H
#define PASSED_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"

#define PASSED_MAX       16
#define PASSED_NAME_SIZE 64

struct passed_socket {
    int fd; /* -1: it was taken */
    char name[PASSED_NAME_SIZE];
};

struct passed {
    struct passed_socket list[PASSED_MAX];
    size_t count;
};

/* Takes what was passed to this process, not blocking and closed on exec, and the three variables
 * out of the environment. Nothing is fine. -EINVAL, and it has logged why, when the variables make
 * no sense. */
int passed_init(struct passed *passed);
/* The same from descriptors `first` and up, of which `count` were passed; `names` with colons, or
 * NULL. For tests, too. */
int passed_init_at(struct passed *passed, int first, size_t count, const char *names);
/* Closes what nobody took, with a warning for each. */
void passed_fini(struct passed *passed);

/* Gives the socket that listens where `settings` say, in `fd`; -1 when there is none. -EINVAL, and
 * it has logged why, when the one that is there does not listen for connections. */
int passed_take(struct passed *passed, const struct settings_listener *settings, int *fd);

#endif
