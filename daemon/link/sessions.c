/* All sessions: who is who, and the start of the next turn, where paused sessions read on and
 * closed ones are freed. */
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sync.h"
#include "link/session.h"

static void sessions_free(struct session *session)
{
    assert(!session->is_joined);
    usher_list_remove(&session->node);
    usher_list_remove(&session->paused_node);
    usher_list_remove(&session->fresh_node);
    usher_sync_free(session->sync);
    event_free(session->timer);
    bufferevent_free(session->stream);
    free(session);
}

static void sessions_reap(struct sessions *sessions)
{
    usher_list_for_each_safe (node, &sessions->closed)
        sessions_free(usher_list_entry(node, struct session, node));
}

/* A PBX has its name alone: whoever had it before gives way, now that the PBX is open, so that its
 * link is never lost in between. */
static void sessions_replace(struct session *fresh)
{
    usher_list_for_each_safe (node, &fresh->sessions->live) {
        struct session *older = usher_list_entry(node, struct session, node);
        if (older->is_joined && older->serial < fresh->serial &&
            strcmp(older->party.client, fresh->party.client) == 0)
            session_end(older, USHER_ERROR_NOT_ALLOWED,
                        "a PBX of this name has begun a session; this one is closed");
    }
}

static void sessions_on_next_turn(evutil_socket_t fd, short what, void *argument)
{
    struct sessions *sessions = argument;
    struct usher_list paused;
    (void)fd;
    (void)what;
    usher_list_init(&paused);
    /* Who pauses again waits for the turn after this one. */
    while (!usher_list_is_empty(&sessions->paused)) {
        struct usher_list *node = sessions->paused.next;
        usher_list_remove(node);
        usher_list_append(&paused, node);
    }
    while (!usher_list_is_empty(&paused)) {
        struct session *session = usher_list_entry(paused.next, struct session, paused_node);
        usher_list_remove(&session->paused_node);
        session_read_on(session);
    }
    while (!usher_list_is_empty(&sessions->fresh)) {
        struct session *session =
            usher_list_entry(sessions->fresh.next, struct session, fresh_node);
        usher_list_remove(&session->fresh_node);
        sessions_replace(session);
    }
    sessions_reap(sessions);
}

int sessions_init(struct sessions *sessions, struct event_base *base, struct router *router,
                  const struct settings *settings)
{
    *sessions = (struct sessions){.base = base, .router = router, .settings = settings};
    usher_list_init(&sessions->live);
    usher_list_init(&sessions->closed);
    usher_list_init(&sessions->paused);
    usher_list_init(&sessions->fresh);
    sessions->next_turn = evtimer_new(base, sessions_on_next_turn, sessions);
    if (!sessions->next_turn)
        return -ENOMEM;
    usher_bytes_init(&sessions->line, USHER_LINE_MAX);
    return 0;
}

/* Writes what the socket takes at once. */
static void sessions_flush(struct session *session)
{
    struct evbuffer *output = bufferevent_get_output(session->stream);
    evbuffer_unfreeze(output, 1); /* a bufferevent lets nobody else take from its output */
    while (evbuffer_get_length(output) > 0 &&
           evbuffer_write(output, bufferevent_getfd(session->stream)) > 0)
        continue;
}

void sessions_fini(struct sessions *sessions)
{
    usher_list_for_each_safe (node, &sessions->live) {
        struct session *session = usher_list_entry(node, struct session, node);
        session_end(session, USHER_ERROR_DRAINING, "the router stops; connect again");
        sessions_flush(session);
        session_close(session);
    }
    sessions_reap(sessions);
    event_free(sessions->next_turn);
    usher_bytes_fini(&sessions->line);
}

struct session *sessions_find_rival(struct sessions *sessions, struct usher_text client,
                                    enum usher_role role)
{
    usher_list_for_each (node, &sessions->live) {
        struct session *session = usher_list_entry(node, struct session, node);
        if (session->is_joined && session->party.role != role &&
            usher_text_is_equal(usher_text_of(session->party.client), client))
            return session;
    }
    return NULL;
}
