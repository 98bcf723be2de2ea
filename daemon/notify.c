/* The datagrams of sd_notify(3). Invariant: the socket is non-blocking, and a datagram that cannot
 * be sent is no error of ours. */
#include "notify.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define NOTIFY_STATUS_SIZE 256

struct notify {
    int fd; /* -1: nobody wants to be told */
    struct sockaddr_un address;
    socklen_t address_length;
    struct event *watchdog; /* or NULL */
    char status[NOTIFY_STATUS_SIZE];
};

static void notify_send(struct notify *notify, const char *what)
{
    if (notify->fd >= 0)
        (void)sendto(notify->fd, what, strlen(what), MSG_NOSIGNAL,
                     (const struct sockaddr *)&notify->address, notify->address_length);
}

static void notify_open(struct notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");
    notify->fd = -1;
    if (!path || (path[0] != '/' && path[0] != '@') ||
        strlen(path) >= sizeof(notify->address.sun_path))
        return;
    size_t length = strlen(path);
    notify->address.sun_family = AF_UNIX;
    memcpy(notify->address.sun_path, path, length + 1);
    if (path[0] == '@')
        notify->address.sun_path[0] = 0; /* the abstract namespace */
    notify->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void on_watchdog(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    notify_send(owner, "WATCHDOG=1");
}

/* The watchdog's time, or 0 when none is wanted of this process. */
static int64_t notify_watchdog_us(void)
{
    const char *limit = getenv("WATCHDOG_USEC");
    const char *process = getenv("WATCHDOG_PID");
    int64_t limit_us;
    int64_t id;
    if (!limit || !usher_text_read_int64(usher_text_of(limit), &limit_us) || limit_us <= 0)
        return 0;
    if (process && (!usher_text_read_int64(usher_text_of(process), &id) || id != getpid()))
        return 0;
    return limit_us;
}

int notify_new(struct notify **notify, struct event_base *base)
{
    struct notify *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    notify_open(made);
    int64_t half_us = notify_watchdog_us() / 2;
    if (made->fd >= 0 && half_us > 0) {
        struct timeval pause = {.tv_sec = half_us / 1000000, .tv_usec = half_us % 1000000};
        made->watchdog = event_new(base, -1, EV_PERSIST, on_watchdog, made);
        if (!made->watchdog || event_add(made->watchdog, &pause) < 0) {
            notify_free(made);
            return -ENOMEM;
        }
    }
    *notify = made;
    return 0;
}

void notify_free(struct notify *notify)
{
    if (!notify)
        return;
    if (notify->watchdog)
        event_free(notify->watchdog);
    if (notify->fd >= 0)
        close(notify->fd);
    free(notify);
}

void notify_ready(struct notify *notify)
{
    notify_send(notify, "READY=1");
}

void notify_reloading(struct notify *notify)
{
    char what[64];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(what, sizeof(what), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    notify_send(notify, what);
}

void notify_stopping(struct notify *notify)
{
    notify_send(notify, "STOPPING=1");
}

void notify_status(struct notify *notify, const char *format, ...)
{
    char status[NOTIFY_STATUS_SIZE];
    char what[NOTIFY_STATUS_SIZE + 16];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(status, sizeof(status), format, arguments);
    va_end(arguments);
    if (strcmp(status, notify->status) == 0)
        return;
    memcpy(notify->status, status, sizeof(status));
    (void)snprintf(what, sizeof(what), "STATUS=%s", status);
    notify_send(notify, what);
}
