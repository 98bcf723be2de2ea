/* Listening sockets. Invariant: the socket's file has its mode before the first connection can be
 * made. */
#include "link/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "log.h"

#define LISTENER_BACKLOG 1024
#define LISTENER_PAUSE_S 1 /* after descriptors ran out */

static const struct {
    int error;
    const char *remedy;
} listener_remedies[] = {
    {EADDRINUSE, "end who has it, or write another in usherd.yaml"},
    {ENOENT, "create its folder"},
    {EACCES, "let usherd's user write there, or write another in usherd.yaml"},
    {EADDRNOTAVAIL, "write 127.0.0.1 or [::1] in usherd.yaml"},
};

static int listener_fail(const struct settings_listener *settings, int error, const char *doing)
{
    const char *remedy = "see the error";
    char port[8] = "-";
    for (size_t i = 0; i < USHER_COUNT_OF(listener_remedies); i++)
        if (listener_remedies[i].error == -error)
            remedy = listener_remedies[i].remedy;
    if (settings->is_tcp)
        snprintf(port, sizeof(port), "%u", (unsigned)settings->port);
    log_error("The listener cannot be opened",
              "address=%s port=%s doing=\"%s\" error=\"%s\" remedy=\"%s\"", settings->address, port,
              doing, strerror(-error), remedy);
    return error;
}

static bool listener_is_v6(const struct settings_listener *settings)
{
    return settings->is_tcp && strchr(settings->address, ':');
}

static int listener_family(const struct settings_listener *settings)
{
    if (!settings->is_tcp)
        return AF_UNIX;
    return listener_is_v6(settings) ? AF_INET6 : AF_INET;
}

/* 0 when the path is free, or was made so; -EADDRINUSE when it is not ours to take. */
static int listener_clear_path(const struct sockaddr_un *address)
{
    struct stat status;
    if (lstat(address->sun_path, &status) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(status.st_mode))
        return -EADDRINUSE;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return -errno;
    int error = connect(probe, (const struct sockaddr *)address, sizeof(*address)) < 0 ? errno : 0;
    close(probe);
    if (error != ECONNREFUSED) /* 0 and EAGAIN: somebody listens there */
        return error == ENOENT ? 0 : -EADDRINUSE;
    return unlink(address->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

static int listener_bind_unix(struct listener *listener, int fd)
{
    const struct settings_listener *settings = listener->settings;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;
    if (!usher_text_copy(address.sun_path, sizeof(address.sun_path),
                         usher_text_of(settings->address)))
        return listener_fail(settings, -ENAMETOOLONG, "bind");
    int error = listener_clear_path(&address);
    if (error < 0)
        return listener_fail(settings, error, "look who has the path");
    mode_t mask = umask(0177);
    error = bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
    umask(mask);
    if (error < 0)
        return listener_fail(settings, error, "bind");
    if (lstat(address.sun_path, &status) < 0 || chmod(address.sun_path, settings->mode) < 0) {
        error = listener_fail(settings, -errno, "set the mode");
        unlink(address.sun_path);
        return error;
    }
    listener->device = status.st_dev;
    listener->inode = status.st_ino;
    return 0;
}

static int listener_bind_tcp(struct listener *listener, int fd)
{
    const struct settings_listener *settings = listener->settings;
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(settings->port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(settings->port)};
    struct sockaddr *address = listener_is_v6(settings) ? (void *)&v6 : (void *)&v4;
    socklen_t size = listener_is_v6(settings) ? sizeof(v6) : sizeof(v4);
    bool is_loopback = listener_is_v6(settings)
                           ? inet_pton(AF_INET6, settings->address, &v6.sin6_addr) == 1 &&
                                 IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)
                           : inet_pton(AF_INET, settings->address, &v4.sin_addr) == 1 &&
                                 ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    if (!is_loopback)
        return listener_fail(settings, -EADDRNOTAVAIL, "look for a loopback address");
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, address, size) < 0 || getsockname(fd, address, &size) < 0)
        return listener_fail(settings, -errno, "bind");
    listener->port = ntohs(listener_is_v6(settings) ? v6.sin6_port : v4.sin_port);
    return 0;
}

static void listener_on_pause_end(evutil_socket_t fd, short what, void *argument)
{
    struct listener *listener = argument;
    (void)fd;
    (void)what;
    evconnlistener_enable(listener->accepting);
}

static void listener_on_error(struct evconnlistener *accepting, void *argument)
{
    struct listener *listener = argument;
    static const struct timeval pause = {.tv_sec = LISTENER_PAUSE_S};
    int error = EVUTIL_SOCKET_ERROR();
    log_warning("A connection could not be accepted; the listener pauses",
                "address=%s error=\"%s\"", listener->settings->address, strerror(error));
    evconnlistener_disable(accepting);
    event_add(listener->pause, &pause);
}

static void listener_on_connection(struct evconnlistener *accepting, evutil_socket_t fd,
                                   struct sockaddr *address, int size, void *argument)
{
    struct listener *listener = argument;
    (void)accepting;
    (void)address;
    (void)size;
    listener->on_accept(listener, fd);
}

static int listener_start(struct listener *listener, struct event_base *base, int fd)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
                     (listener->is_passed ? LEV_OPT_DISABLED : 0);
    if (listen(fd, LISTENER_BACKLOG) < 0)
        return listener_fail(listener->settings, -errno, "listen");
    listener->pause = evtimer_new(base, listener_on_pause_end, listener);
    if (listener->pause)
        listener->accepting =
            evconnlistener_new(base, listener_on_connection, listener, flags, 0, fd);
    if (!listener->accepting)
        return listener_fail(listener->settings, -ENOMEM, "listen");
    evconnlistener_set_error_cb(listener->accepting, listener_on_error);
    return 0;
}

/* The socket, bound; or a negative errno. */
static int listener_make(struct listener *listener)
{
    const struct settings_listener *settings = listener->settings;
    int fd = socket(listener_family(settings), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return listener_fail(settings, -errno, "make a socket");
    int error =
        settings->is_tcp ? listener_bind_tcp(listener, fd) : listener_bind_unix(listener, fd);
    if (error == 0)
        return fd;
    close(fd);
    return error;
}

int listener_open(struct listener *listener, struct event_base *base,
                  const struct settings_listener *settings, int passed,
                  void (*on_accept)(struct listener *listener, evutil_socket_t fd), void *owner)
{
    *listener = (struct listener){.settings = settings,
                                  .is_passed = passed >= 0,
                                  .port = settings->port,
                                  .on_accept = on_accept,
                                  .owner = owner};
    int fd = passed >= 0 ? passed : listener_make(listener);
    int error = fd >= 0 ? listener_start(listener, base, fd) : fd;
    if (error < 0) {
        if (fd >= 0 && !listener->accepting)
            close(fd);
        listener_close(listener);
        return error;
    }
    const char *what = listener->is_passed ? "Listening on systemd's socket" : "Listening";
    if (settings->is_tcp)
        log_info(what, "address=%s port=%u", settings->address, (unsigned)listener->port);
    else
        log_info(what, "address=%s", settings->address);
    return 0;
}

void listener_serve(struct listener *listener)
{
    if (listener->is_passed && listener->accepting)
        evconnlistener_enable(listener->accepting);
}

void listener_rest(struct listener *listener)
{
    if (listener->is_passed && listener->accepting) {
        event_del(listener->pause);
        evconnlistener_disable(listener->accepting);
    }
}

void listener_close(struct listener *listener)
{
    struct stat status;
    if (listener->inode != 0 && lstat(listener->settings->address, &status) == 0 &&
        status.st_dev == listener->device && status.st_ino == listener->inode)
        unlink(listener->settings->address);
    if (listener->accepting)
        evconnlistener_free(listener->accepting);
    if (listener->pause)
        event_free(listener->pause);
    *listener = (struct listener){0};
}
