/* A socket belongs to the entry of `listen` with its path, or its address and port. Invariant: each
 * descriptor is in the list, or taken, or closed. */
#include "passed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "log.h"

#define PASSED_FIRST 3 /* SD_LISTEN_FDS_START */

/* Where a socket is: the text of usherd.yaml, "" when it is nowhere there could be. */
struct passed_place {
    int family;
    char address[SETTINGS_PATH_MAX];
    uint16_t port;
};

static bool passed_is_at(int fd, struct passed_place *place)
{
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof(at);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&at;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&at;
    const struct sockaddr_un *path = (const struct sockaddr_un *)&at;
    *place = (struct passed_place){0};
    if (getsockname(fd, (struct sockaddr *)&at, &size) < 0)
        return false;
    place->family = at.ss_family;
    if (at.ss_family == AF_INET) {
        place->port = ntohs(v4->sin_port);
        return inet_ntop(AF_INET, &v4->sin_addr, place->address, sizeof(place->address)) != NULL;
    }
    if (at.ss_family == AF_INET6) {
        place->port = ntohs(v6->sin6_port);
        return inet_ntop(AF_INET6, &v6->sin6_addr, place->address, sizeof(place->address)) != NULL;
    }
    if (at.ss_family == AF_UNIX && path->sun_path[0] == '/')
        return snprintf(place->address, sizeof(place->address), "%.*s", (int)sizeof(path->sun_path),
                        path->sun_path) > 0;
    return false;
}

/* The text of usherd.yaml may write a v6 address in another way than the system does. */
static bool passed_is_same_address(int family, const char *one, const char *other)
{
    struct in6_addr addresses[2];
    size_t size = family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    if (family == AF_UNIX)
        return strcmp(one, other) == 0;
    return inet_pton(family, one, &addresses[0]) == 1 &&
           inet_pton(family, other, &addresses[1]) == 1 &&
           memcmp(&addresses[0], &addresses[1], size) == 0;
}

static bool passed_is_for(const struct passed_place *place,
                          const struct settings_listener *settings)
{
    bool is_tcp = place->family != AF_UNIX;
    return is_tcp == settings->is_tcp && (!is_tcp || place->port == settings->port) &&
           passed_is_same_address(place->family, place->address, settings->address);
}

static bool passed_is_listening(int fd)
{
    int type = 0;
    int is_listening = 0;
    socklen_t size = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_STREAM)
        return false;
    size = sizeof(is_listening);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) == 0 && is_listening;
}

int passed_init_at(struct passed *passed, int first, size_t count, const char *names)
{
    *passed = (struct passed){0};
    if (count > PASSED_MAX) {
        log_error("systemd passed more sockets than usherd takes: take some out of the socket unit",
                  "sockets=%zu max=%d", count, PASSED_MAX);
        return -EINVAL;
    }
    for (size_t i = 0; i < count; i++) {
        struct passed_socket *socket = &passed->list[i];
        int flags = fcntl(first + (int)i, F_GETFL);
        socket->fd = first + (int)i;
        if (flags < 0 || fcntl(socket->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
            fcntl(socket->fd, F_SETFD, FD_CLOEXEC) < 0) {
            log_error("A socket that was passed is not there", "descriptor=%d error=\"%s\"",
                      socket->fd, strerror(errno));
            return -EINVAL;
        }
        size_t length = names ? strcspn(names, ":") : 0;
        (void)snprintf(socket->name, sizeof(socket->name), "%.*s", (int)length, names ? names : "");
        if (names)
            names += length + (names[length] == ':');
        passed->count++;
    }
    return 0;
}

int passed_init(struct passed *passed)
{
    const char *process = getenv("LISTEN_PID");
    const char *sockets = getenv("LISTEN_FDS");
    int64_t id;
    int64_t count;
    int error = 0;
    *passed = (struct passed){0};
    bool is_ours =
        process && sockets && usher_text_read_int64(usher_text_of(process), &id) && id == getpid();
    if (is_ours) {
        if (usher_text_read_int64(usher_text_of(sockets), &count) && count >= 0 &&
            count <= INT16_MAX) {
            error = passed_init_at(passed, PASSED_FIRST, (size_t)count, getenv("LISTEN_FDNAMES"));
        } else {
            log_error("LISTEN_FDS is no number", "value=\"%s\"", sockets);
            error = -EINVAL;
        }
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
    return error;
}

void passed_fini(struct passed *passed)
{
    for (size_t i = 0; i < passed->count; i++) {
        struct passed_socket *socket = &passed->list[i];
        struct passed_place place;
        if (socket->fd < 0)
            continue;
        if (!passed_is_at(socket->fd, &place))
            place.address[0] = '\0';
        log_warning("systemd holds a socket that is not in `listen`: whoever connects there waits "
                    "for ever. Write it in usherd.yaml as it is here, or take it out of the socket "
                    "unit",
                    "socket=%s address=%s port=%u", socket->name, place.address,
                    (unsigned)place.port);
        close(socket->fd);
    }
    passed->count = 0;
}

int passed_take(struct passed *passed, const struct settings_listener *settings, int *fd)
{
    *fd = -1;
    for (size_t i = 0; i < passed->count; i++) {
        struct passed_socket *socket = &passed->list[i];
        struct passed_place place;
        if (socket->fd < 0 || !passed_is_at(socket->fd, &place) || !passed_is_for(&place, settings))
            continue;
        if (!passed_is_listening(socket->fd)) {
            log_error("The socket that systemd holds takes no connections: write it as "
                      "ListenStream= in the socket unit, with Accept=no",
                      "socket=%s address=%s port=%u", socket->name, place.address,
                      (unsigned)place.port);
            return -EINVAL;
        }
        *fd = socket->fd;
        socket->fd = -1;
        return 0;
    }
    return 0;
}
