/* One connection of the native protocol. Invariants: session_set_state alone writes `state` and
 * arms the deadline; a session in OPENING or OPEN has joined the router, and no other has; nothing
 * is freed here but in session_open's failure. */
#include "link/session.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/dispatch.h"
#include "log.h"

#define SESSION_READ_MAX                                                                           \
    ((size_t)64 * 1024) /* bytes read at once; as many may wait for the next turn */

#define TO(NAME) (1u << SESSION_##NAME)
static const unsigned session_moves[SESSION_STATE_COUNT] = {
    [SESSION_NONE] = TO(GREETING),
    [SESSION_GREETING] = TO(OPENING) | TO(REFUSING) | TO(ENDING) | TO(CLOSED),
    [SESSION_OPENING] = TO(OPEN) | TO(GREETING) | TO(ENDING) | TO(CLOSED),
    [SESSION_OPEN] = TO(ENDING) | TO(CLOSED),
    [SESSION_REFUSING] = TO(ENDING) | TO(CLOSED),
    [SESSION_ENDING] = TO(CLOSED),
    [SESSION_CLOSED] = 0,
};
#undef TO

static int session_deadline_ms(const struct session *session)
{
    switch (session->state) {
    case SESSION_GREETING:
        return SESSION_GREETING_MS;
    case SESSION_OPENING:
        return SESSION_OPENING_MS;
    case SESSION_REFUSING: {
        unsigned doublings = session->origin->refusals_count;
        return SESSION_REFUSAL_MS << (doublings < SESSION_REFUSAL_DOUBLINGS
                                          ? doublings
                                          : SESSION_REFUSAL_DOUBLINGS);
    }
    case SESSION_ENDING:
        return SESSION_ENDING_MS;
    case SESSION_NONE:
    case SESSION_OPEN:
    case SESSION_CLOSED:
    case SESSION_STATE_COUNT:
        break;
    }
    return -1;
}

static void session_arm(struct session *session, int64_t in_ms)
{
    struct timeval in = {.tv_sec = in_ms / 1000, .tv_usec = in_ms % 1000 * 1000};
    if (in_ms < 0)
        event_del(session->timer);
    else
        event_add(session->timer, &in);
}

void session_set_state(struct session *session, enum session_state state)
{
    assert(session_moves[session->state] >> state & 1);
    session->state = state;
    session_arm(session, session_deadline_ms(session));
    if (state == SESSION_REFUSING)
        bufferevent_disable(session->stream, EV_WRITE);
}

static void session_wake(struct sessions *sessions)
{
    static const struct timeval now = {0};
    if (!event_pending(sessions->next_turn, EV_TIMEOUT, NULL))
        event_add(sessions->next_turn, &now);
}

/* Lines are read on in the next turn. */
static void session_pause(struct session *session)
{
    if (usher_list_is_empty(&session->paused_node))
        usher_list_append(&session->sessions->paused, &session->paused_node);
    session_wake(session->sessions);
}

/* From here the router does not know this session, nor looks at its list of calls. */
static void session_leave(struct session *session)
{
    if (!session->is_joined)
        return;
    session->is_joined = false;
    session->is_syncing = false;
    usher_list_remove(&session->fresh_node);
    router_leave(session->sessions->router, &session->party);
}

void session_write(struct session *session, struct usher_text line)
{
    struct evbuffer *output = bufferevent_get_output(session->stream);
    if (session->state == SESSION_CLOSED || session->state == SESSION_ENDING)
        return;
    evbuffer_add(output, line.at, line.length);
    evbuffer_add(output, "\n", 1);
    if (evbuffer_get_length(output) <= session->output_max)
        return;
    log_warning("A client reads too slowly and is closed", "client=%s peer=%s waiting_bytes=%zu",
                session->party.client, session->peer, evbuffer_get_length(output));
    session->output_max = SIZE_MAX; /* for the last line */
    session_end(session, USHER_ERROR_SLOW_CONSUMER, "more than 1 MiB waited to be read");
}

void session_answer(struct session *session, struct usher_text id,
                    const struct usher_answer *answer)
{
    struct usher_bytes *line = &session->sessions->line;
    usher_bytes_clear(line);
    usher_answer_encode(id, answer, line);
    assert(!line->is_full);
    session_write(session, usher_bytes_text(line));
}

void session_finish(struct session *session)
{
    if (session->state == SESSION_CLOSED || session->state == SESSION_ENDING)
        return;
    session_leave(session);
    session_set_state(session, SESSION_ENDING);
    bufferevent_enable(session->stream, EV_READ | EV_WRITE);
}

void session_end(struct session *session, enum usher_error error, const char *message)
{
    struct usher_answer answer = {0};
    usher_answer_set(&answer, error, "%s", message);
    session_answer(session, USHER_NO_TEXT, &answer);
    session_finish(session);
}

void session_close(struct session *session)
{
    struct sessions *sessions = session->sessions;
    if (session->state == SESSION_CLOSED)
        return;
    if (session->is_joined)
        log_info("A client has gone", "client=%s peer=%s", session->party.client, session->peer);
    session_leave(session);
    session_set_state(session, SESSION_CLOSED);
    session->origin->sessions_count--;
    bufferevent_setcb(session->stream, NULL, NULL, NULL, NULL);
    bufferevent_disable(session->stream, EV_READ | EV_WRITE);
    usher_list_remove(&session->paused_node);
    usher_list_remove(&session->node);
    usher_list_append(&sessions->closed, &session->node);
    session_wake(sessions);
}

static bool session_can_read(const struct session *session)
{
    return session->state == SESSION_GREETING || session->state == SESSION_OPEN;
}

/* Takes whole lines out of `chunk`, at most until `lines` is 0. Returns how many bytes they had. */
static size_t session_take_lines(struct session *session, struct usher_text chunk, size_t *lines)
{
    size_t used = 0;
    while (*lines > 0 && session_can_read(session)) {
        const char *start = chunk.at + used;
        const char *end = memchr(start, '\n', chunk.length - used);
        if (!end)
            break;
        dispatch_line(session, (struct usher_text){start, (size_t)(end - start)});
        used += (size_t)(end - start) + 1;
        --*lines;
    }
    return used;
}

/* What is left of a line that is too long, or that the peer's end has cut. */
static void session_take_rest(struct session *session, size_t length)
{
    char message[96];
    if (length > USHER_LINE_MAX) {
        snprintf(message, sizeof(message),
                 "the line has no end at column %d; at most %d bytes are allowed",
                 USHER_LINE_MAX + 1, USHER_LINE_MAX);
        session_end(session, USHER_ERROR_TOO_LONG, message);
    } else if (session->has_ended && length > 0) {
        snprintf(message, sizeof(message), "the connection ended within a line, at column %zu",
                 length + 1);
        session_end(session, USHER_ERROR_BAD_JSON, message);
    }
}

/* Lines are decoded in place; none is copied, and none beyond the bound is gathered. */
void session_read_on(struct session *session)
{
    struct evbuffer *input = bufferevent_get_input(session->stream);
    size_t lines = SESSION_LINES_MAX;
    session->heard_ms = router_now_ms(session->sessions->router);
    while (session_can_read(session) && evbuffer_get_length(input) > 0) {
        size_t length = evbuffer_get_length(input);
        size_t chunk = length < USHER_LINE_MAX + 1 ? length : USHER_LINE_MAX + 1;
        if (lines == 0) {
            session_pause(session);
            return;
        }
        const char *at = (const char *)evbuffer_pullup(input, (ev_ssize_t)chunk);
        size_t used = session_take_lines(session, (struct usher_text){at, chunk}, &lines);
        evbuffer_drain(input, used);
        if (used == 0) {
            session_take_rest(session, chunk);
            break;
        }
    }
    if (session->state == SESSION_ENDING)
        evbuffer_drain(input, SIZE_MAX);
    else if (session->has_ended && session_can_read(session))
        session_close(session);
}

static void session_on_readable(struct bufferevent *stream, void *argument)
{
    struct session *session = argument;
    if (session->state == SESSION_ENDING)
        evbuffer_drain(bufferevent_get_input(stream), SIZE_MAX);
    else if (usher_list_is_empty(&session->paused_node))
        session_read_on(session);
}

/* All was written. In ENDING the peer is told so; that it closes, or the deadline, is the end. */
static void session_on_written(struct bufferevent *stream, void *argument)
{
    struct session *session = argument;
    session->output_max = SESSION_OUTPUT_MAX;
    if (session->state != SESSION_ENDING)
        return;
    if (session->has_ended)
        session_close(session);
    else
        shutdown(bufferevent_getfd(stream), SHUT_WR);
}

/* The peer has gone, or sends no more: then lines that came are still taken, and last words still
 * written. */
static void session_on_end(struct bufferevent *stream, short what, void *argument)
{
    struct session *session = argument;
    bool is_over = !(what & BEV_EVENT_EOF);
    session->has_ended = true;
    if (!is_over && session_can_read(session)) {
        if (usher_list_is_empty(&session->paused_node))
            session_read_on(session); /* what is left has no end, and says so */
        return;
    }
    if (session->state == SESSION_ENDING)
        is_over |= evbuffer_get_length(bufferevent_get_output(stream)) == 0;
    else if (session->state != SESSION_OPENING)
        is_over = true;
    if (is_over)
        session_close(session);
}

/* Silence ends the session of a client that pings. */
static void session_check_silence(struct session *session)
{
    int64_t now_ms = router_now_ms(session->sessions->router);
    int64_t left_ms = session->heard_ms + SESSION_SILENCE_MS - now_ms;
    if (left_ms > 0) {
        session_arm(session, left_ms);
        return;
    }
    log_warning("A client fell silent and is closed", "client=%s peer=%s", session->party.client,
                session->peer);
    session_close(session);
}

static void session_on_deadline(evutil_socket_t fd, short what, void *argument)
{
    struct session *session = argument;
    (void)fd;
    (void)what;
    switch (session->state) {
    case SESSION_GREETING:
        session_end(session, USHER_ERROR_HELLO_FIRST, "no `hello` came within 5 seconds");
        break;
    case SESSION_OPENING:
        session_end(session, USHER_ERROR_STORAGE_UNAVAILABLE,
                    "the router did not answer within 30 seconds");
        break;
    case SESSION_OPEN:
        session_check_silence(session);
        break;
    case SESSION_REFUSING:
        session_finish(session);
        break;
    case SESSION_ENDING:
        session_close(session);
        break;
    case SESSION_NONE:
    case SESSION_CLOSED:
    case SESSION_STATE_COUNT:
        break;
    }
}

/* The router's answer to hello: welcome and what follows, or a refusal after which another hello
 * may come. */
static void session_opened(struct session *session, const struct usher_answer *answer,
                           struct usher_text payload)
{
    if (answer->error != USHER_OK) {
        session_leave(session);
        session_set_state(session, SESSION_GREETING);
    } else {
        struct evbuffer *output = bufferevent_get_output(session->stream);
        session_set_state(session, SESSION_OPEN);
        evbuffer_add(output, payload.at, payload.length);
        session->output_max = SESSION_OUTPUT_MAX + evbuffer_get_length(output);
        if (session->party.role == USHER_ROLE_PBX) {
            usher_list_append(&session->sessions->fresh, &session->fresh_node);
            session_wake(session->sessions);
        }
    }
    if (session->has_ended || evbuffer_get_length(bufferevent_get_input(session->stream)) > 0)
        session_pause(session);
}

static void session_on_answer(struct router_party *party, struct usher_text id,
                              const struct usher_answer *answer, struct usher_text payload)
{
    struct session *session = usher_container_of(party, struct session, party);
    if (session->is_syncing && usher_text_is_equal(id, usher_text_of(session->sync_id)))
        session->is_syncing = false;
    session_answer(session, id, answer);
    if (session->state == SESSION_OPENING)
        session_opened(session, answer, payload);
}

static void session_on_event(struct router_party *party, const struct router_event *event)
{
    session_write(usher_container_of(party, struct session, party), event->line);
}

static void session_on_leading(struct router_party *party, bool is_leading)
{
    struct session *session = usher_container_of(party, struct session, party);
    struct usher_answer answer = {0};
    if (is_leading)
        return;
    if (router_refuse(session->sessions->router, &answer) == USHER_ERROR_NOT_LEADER)
        session_end(session, answer.error, answer.message);
    else
        session_end(session, USHER_ERROR_DRAINING, "this router serves no longer; connect again");
}

static const struct router_party_ops session_ops = {
    .answer = session_on_answer,
    .event = session_on_event,
    .leading = session_on_leading,
};

int session_open(struct sessions *sessions, struct session_origin *origin, evutil_socket_t fd,
                 unsigned roles, const char *peer)
{
    struct session *session = calloc(1, sizeof(*session));
    if (!session)
        goto close_fd;
    session->timer = evtimer_new(sessions->base, session_on_deadline, session);
    if (!session->timer)
        goto free_session;
    session->stream = bufferevent_socket_new(sessions->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!session->stream)
        goto free_timer;
    session->sessions = sessions;
    session->origin = origin;
    session->roles = roles;
    session->party.ops = &session_ops;
    session->output_max = SESSION_OUTPUT_MAX;
    snprintf(session->peer, sizeof(session->peer), "%s", peer);
    usher_list_init(&session->paused_node);
    usher_list_init(&session->fresh_node);
    usher_list_init(&session->node);
    usher_list_append(&sessions->live, &session->node);
    origin->sessions_count++;
    bufferevent_setcb(session->stream, session_on_readable, session_on_written, session_on_end,
                      session);
    bufferevent_set_max_single_read(session->stream, SESSION_READ_MAX);
    bufferevent_set_max_single_write(session->stream, SESSION_READ_MAX);
    bufferevent_setwatermark(session->stream, EV_READ, 0, SESSION_READ_MAX);
    session_set_state(session, SESSION_GREETING);
    bufferevent_enable(session->stream, EV_READ | EV_WRITE);
    return 0;

free_timer:
    event_free(session->timer);
free_session:
    free(session);
close_fd:
    close(fd);
    return -ENOMEM;
}
