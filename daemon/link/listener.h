/* A socket that listens: a Unix socket with its mode, or loopback TCP; or one that systemd made and
 * holds. */
#ifndef LINK_LISTENER_H
#define LINK_LISTENER_H

#include <event2/util.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "settings.h"

struct event_base;
struct evconnlistener;

struct listener {
    const struct settings_listener *settings;
    struct evconnlistener *accepting;
    struct event *pause; /* accepts again after descriptors ran out */
    dev_t device;        /* of the socket's file */
    ino_t inode;         /* 0: the file is not ours to remove */
    bool is_passed;      /* systemd holds it, too */
    uint16_t port;       /* TCP: the one taken */
    void (*on_accept)(struct listener *listener, evutil_socket_t fd);
    void *owner;
};

/* Listens, on `passed` if that is not -1: such a socket is taken as it is, and its file stays at
 * the end. A socket file that a dead process left is removed; one on which somebody answers, or a
 * file of another kind, is not: -EADDRINUSE. TCP off the loopback is refused: -EADDRNOTAVAIL. On
 * failure it has logged why, and nothing is left open. `settings` must stay. Each connection goes
 * to `on_accept`, which takes `fd`: not blocking, closed on exec. */
int listener_open(struct listener *listener, struct event_base *base,
                  const struct settings_listener *settings, int passed,
                  void (*on_accept)(struct listener *listener, evutil_socket_t fd), void *owner);
/* Of a passed socket: who connects waits until this is called, and after listener_rest again, for
 * the next usherd. A listener of our own serves from the start to its end. */
void listener_serve(struct listener *listener);
void listener_rest(struct listener *listener);
/* Removes the socket's file if it is still the one that was made. A listener that is all zero is
 * fine. */
void listener_close(struct listener *listener);

#endif
