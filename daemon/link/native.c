/* The native protocol's listeners. A connection becomes a session, or is told that there are too
 * many. */
#include "link/native.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/listener.h"
#include "link/peer.h"
#include "link/session.h"
#include "link/tokens.h"
#include "log.h"
#include "passed.h"

#define NATIVE_SESSIONS_MAX 16384 /* of one listener */

struct native_listener {
    struct listener listener;
    struct session_origin origin;
};

struct native {
    struct sessions sessions;
    struct native_listener *listeners;
    size_t listeners_count;
};

/* A last word to somebody who gets no session. */
static void native_turn_away(struct native *native, evutil_socket_t fd, enum usher_error error,
                             const char *message)
{
    struct usher_bytes *line = &native->sessions.line;
    struct usher_answer answer = {0};
    usher_answer_set(&answer, error, "%s", message);
    usher_bytes_clear(line);
    usher_answer_encode(USHER_NO_TEXT, &answer, line);
    usher_bytes_append_char(line, '\n');
    (void)!send(fd, line->at, line->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
}

/* Who is at the other end, for roles and log. */
static int native_look(const struct settings_listener *settings, evutil_socket_t fd,
                       unsigned *roles, char name[SESSION_PEER_SIZE])
{
    struct peer peer;
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    char host[INET6_ADDRSTRLEN], port[8];
    int on = 1;
    if (!settings->is_tcp) {
        int error = peer_read(&peer, fd, settings);
        *roles = peer.roles;
        snprintf(name, SESSION_PEER_SIZE, "uid:%u,pid:%d", (unsigned)peer.uid, (int)peer.pid);
        return error;
    }
    *roles = 0;
    if (getpeername(fd, (struct sockaddr *)&address, &size) < 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
        return -errno;
    if (getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return -EINVAL;
    snprintf(name, SESSION_PEER_SIZE, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
             port);
    return 0;
}

static void native_on_accept(struct listener *listener, evutil_socket_t fd)
{
    struct native *native = listener->owner;
    struct native_listener *mine = usher_container_of(listener, struct native_listener, listener);
    unsigned roles;
    char name[SESSION_PEER_SIZE];
    int error = native_look(listener->settings, fd, &roles, name);
    if (error < 0) {
        log_warning("A connection's peer cannot be read; it is closed", "address=%s error=\"%s\"",
                    listener->settings->address, strerror(-error));
        close(fd);
        return;
    }
    if (mine->origin.sessions_count >= NATIVE_SESSIONS_MAX) {
        log_warning("A listener is full; a connection is closed",
                    "address=%s connections=%zu peer=%s", listener->settings->address,
                    mine->origin.sessions_count, name);
        native_turn_away(native, fd, USHER_ERROR_LIMIT,
                         "this listener has 16384 connections; try again");
        return;
    }
    error = session_open(&native->sessions, &mine->origin, fd, roles, name);
    if (error < 0)
        log_error("A connection cannot be served", "peer=%s error=\"%s\"", name, strerror(-error));
}

static int native_listen(struct native *native, struct event_base *base,
                         const struct settings_listener *settings, struct passed *passed)
{
    struct native_listener *mine = &native->listeners[native->listeners_count];
    int fd = -1;
    int error = 0;
    mine->origin.settings = settings;
    if (settings->is_tcp)
        error = tokens_open(&mine->origin.tokens, settings->tokens);
    if (error == 0)
        error = passed_take(passed, settings, &fd);
    if (error == 0)
        error = listener_open(&mine->listener, base, settings, fd, native_on_accept, native);
    if (error < 0) {
        tokens_close(mine->origin.tokens);
        return error;
    }
    native->listeners_count++;
    return 0;
}

int native_open(struct native **native, struct event_base *base, struct router *router,
                const struct settings *settings, struct passed *passed)
{
    struct native *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    int error = sessions_init(&made->sessions, base, router, settings);
    if (error < 0) {
        free(made);
        return error;
    }
    made->listeners = calloc(settings->listeners_count + 1, sizeof(*made->listeners));
    if (!made->listeners)
        error = -ENOMEM;
    for (size_t i = 0; error == 0 && i < settings->listeners_count; i++)
        error = native_listen(made, base, &settings->listeners[i], passed);
    if (error < 0) {
        native_close(made);
        return error;
    }
    *native = made;
    return 0;
}

void native_serve(struct native *native)
{
    for (size_t i = 0; i < native->listeners_count; i++)
        listener_serve(&native->listeners[i].listener);
}

void native_rest(struct native *native)
{
    for (size_t i = 0; i < native->listeners_count; i++)
        listener_rest(&native->listeners[i].listener);
}

void native_close(struct native *native)
{
    if (!native)
        return;
    for (size_t i = 0; i < native->listeners_count; i++)
        listener_close(&native->listeners[i].listener);
    sessions_fini(&native->sessions);
    for (size_t i = 0; i < native->listeners_count; i++)
        tokens_close(native->listeners[i].origin.tokens);
    free(native->listeners);
    free(native);
}
