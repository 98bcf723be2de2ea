/* The connection to a Kamailio. It is read whatever happens: a client that stops reading evapi
 * freezes the whole PBX, since its dispatcher writes to all clients in turn and blocks. So there is
 * no low-water mark and no pause here, and where something must give way it is the connection. */
#include "link/kamailio.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "engine/sync.h"
#include "link/kamailio_link.h"
#include "log.h"

#define RETRY_MIN_MS   100
#define RETRY_MAX_MS   3000
#define CONNECT_MAX_MS 3000
#define SYNC_MAX_MS    10000
#define TICK_MS        5000 /* a ping each */
#define QUIET_TICKS    4    /* then Kamailio hangs, or the way to it is cut */
#define RESYNC_MS      1000

static void arm(struct kamailio_link *link, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
    (void)event_add(link->timer, &wait);
}

/* Kamailio leaves Nagle's algorithm on: with a delayed acknowledgement every second event would
 * wait up to 40 ms. The option does not last, so it is set after each read. */
static void acknowledge_at_once(struct kamailio_link *link)
{
    int on = 1;
    (void)setsockopt(bufferevent_getfd(link->stream), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static void free_stream(struct kamailio_link *link)
{
    if (link->stream)
        bufferevent_free(link->stream);
    link->stream = NULL;
}

void kamailio_drop(struct kamailio_link *link, const char *why)
{
    if (link->state == KAMAILIO_DOWN)
        return;
    bool is_leading = router_is_leading(link->router);
    if (link->state != KAMAILIO_CONNECTING || !link->is_warned)
        log_warning("Kamailio is not connected", "link=%s why=\"%s\"", link->settings->name, why);
    link->is_warned = true;
    if (link->state == KAMAILIO_UP)
        router_leave(link->router, &link->party);
    link->state = KAMAILIO_DOWN;
    bufferevent_setcb(link->stream, NULL, NULL, NULL, NULL);
    (void)bufferevent_disable(link->stream, EV_READ | EV_WRITE);
    (void)shutdown(bufferevent_getfd(link->stream), SHUT_RDWR);
    link->is_syncing = false;
    link->is_sync_submitted = false;
    link->wants_sync = false;
    usher_bytes_clear(&link->held);
    kamailio_calls_clear(&link->calls);
    arm(link, is_leading ? link->retry_ms : 0);
    link->retry_ms = link->retry_ms * 2 < RETRY_MAX_MS ? link->retry_ms * 2 : RETRY_MAX_MS;
}

void kamailio_come_up(struct kamailio_link *link)
{
    link->state = KAMAILIO_UP;
    link->retry_ms = RETRY_MIN_MS;
    link->is_warned = false;
    link->quiet_ticks = 0;
    arm(link, TICK_MS);
    log_info("Kamailio is connected", "link=%s", link->settings->name);
}

void kamailio_send(struct kamailio_link *link)
{
    if (link->state != KAMAILIO_SYNCING && link->state != KAMAILIO_UP)
        return;
    struct evbuffer *output = bufferevent_get_output(link->stream);
    usher_bytes_clear(&link->line);
    if (!link->body.is_full)
        netstring_write(usher_bytes_text(&link->body), &link->line);
    if (link->body.is_full || link->line.is_full ||
        evbuffer_add(output, link->line.at, link->line.length) < 0) {
        kamailio_drop(link, "memory is out for a message");
        return;
    }
    if (evbuffer_get_length(output) > KAMAILIO_OUTPUT_MAX)
        kamailio_drop(link, "it does not read what is sent");
}

static void read_messages(struct kamailio_link *link)
{
    struct evbuffer *input = bufferevent_get_input(link->stream);
    size_t length = evbuffer_get_length(input);
    const char *at = (const char *)evbuffer_pullup(input, -1);
    size_t done = 0;
    enum netstring_result result = NETSTRING_PART;
    while (at && link->state != KAMAILIO_DOWN) {
        struct usher_text body;
        size_t taken;
        result = netstring_read((struct usher_text){at + done, length - done}, &body, &taken);
        if (result != NETSTRING_WHOLE)
            break;
        kamailio_take(link, body);
        done += taken;
    }
    if (link->state == KAMAILIO_DOWN)
        return;
    (void)evbuffer_drain(input, done);
    if (result == NETSTRING_BROKEN)
        kamailio_drop(link, "what it sends is no netstring");
}

static void on_read(struct bufferevent *stream, void *owner)
{
    (void)stream;
    struct kamailio_link *link = owner;
    link->quiet_ticks = 0;
    acknowledge_at_once(link);
    read_messages(link);
}

static void connected(struct kamailio_link *link)
{
    int on = 1;
    (void)setsockopt(bufferevent_getfd(link->stream), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    acknowledge_at_once(link);
    link->state = KAMAILIO_SYNCING;
    link->quiet_ticks = 0;
    arm(link, SYNC_MAX_MS);
    kamailio_ask_sync(link);
}

static void on_event(struct bufferevent *stream, short what, void *owner)
{
    (void)stream;
    struct kamailio_link *link = owner;
    if (what & BEV_EVENT_CONNECTED)
        connected(link);
    else if (what & BEV_EVENT_ERROR)
        kamailio_drop(link, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
    else
        kamailio_drop(link, "it closed the connection");
}

static void connect_now(struct kamailio_link *link)
{
    free_stream(link);
    if (!router_is_leading(link->router))
        return;
    link->stream = bufferevent_socket_new(link->base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (!link->stream) {
        arm(link, link->retry_ms);
        return;
    }
    link->state = KAMAILIO_CONNECTING;
    bufferevent_setcb(link->stream, on_read, NULL, on_event, link);
    (void)bufferevent_enable(link->stream, EV_READ | EV_WRITE);
    arm(link, CONNECT_MAX_MS);
    /* An error that is known at once comes by on_event, too. */
    if (bufferevent_socket_connect(link->stream, (struct sockaddr *)&link->address,
                                   link->address_length) < 0)
        kamailio_drop(link, "no connection can be made");
}

static void tick(struct kamailio_link *link)
{
    if (link->quiet_ticks++ >= QUIET_TICKS) {
        kamailio_drop(link, "it is silent");
        return;
    }
    if (link->wants_sync && !link->is_syncing && !link->is_sync_submitted)
        kamailio_ask_sync(link);
    else
        kamailio_ping(link);
    if (link->state == KAMAILIO_UP)
        arm(link, link->wants_sync ? RESYNC_MS : TICK_MS);
}

static void on_timer(evutil_socket_t fd, short what, void *owner)
{
    (void)fd;
    (void)what;
    struct kamailio_link *link = owner;
    switch (link->state) {
    case KAMAILIO_DOWN:
        connect_now(link);
        break;
    case KAMAILIO_CONNECTING:
        kamailio_drop(link, "it does not answer");
        break;
    case KAMAILIO_SYNCING:
        kamailio_drop(link, "it does not list its calls");
        break;
    case KAMAILIO_UP:
        tick(link);
        break;
    }
}

static void on_leading(struct router_party *party, bool is_leading)
{
    struct kamailio_link *link = usher_container_of(party, struct kamailio_link, watch);
    if (!is_leading) {
        kamailio_drop(link, "this router leads no more");
        return;
    }
    link->retry_ms = RETRY_MIN_MS;
    if (link->state == KAMAILIO_DOWN)
        arm(link, 0);
}

static void on_nothing_answered(struct router_party *party, struct usher_text id,
                                const struct usher_answer *answer, struct usher_text payload)
{
    (void)party;
    (void)id;
    (void)answer;
    (void)payload;
}

static void on_nothing_happened(struct router_party *party, const struct router_event *event)
{
    (void)party;
    (void)event;
}

static const struct router_party_ops watch_ops = {
    .answer = on_nothing_answered,
    .event = on_nothing_happened,
    .leading = on_leading,
};

/* The address as a number: a name would have to be looked up, and the loop waits for nobody. */
static int read_address(struct kamailio_link *link)
{
    const struct settings_link *settings = link->settings;
    const char *host = strcmp(settings->host, "localhost") == 0 ? "127.0.0.1" : settings->host;
    char text[sizeof(settings->host) + 10];
    snprintf(text, sizeof(text), strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
             (unsigned)settings->port);
    link->address_length = sizeof(link->address);
    if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&link->address,
                                   &link->address_length) == 0)
        return 0;
    log_error("A link's address must be a number and a port, such as 127.0.0.1:8448",
              "link=%s address=%s", settings->name, text);
    return -EINVAL;
}

static int make_parts(struct kamailio_link *link, const struct settings *settings)
{
    struct usher_hash_seed seed;
    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
        return -EIO;
    usher_bytes_init(&link->body, NETSTRING_BODY_MAX);
    usher_bytes_init(&link->line, NETSTRING_BODY_MAX + 8);
    usher_bytes_init(&link->held, KAMAILIO_HELD_MAX);
    link->sync = usher_sync_new(settings->limits.contacts);
    if (!link->sync)
        return -ENOMEM;
    int error = kamailio_calls_init(&link->calls, settings->limits.contacts, seed);
    if (error < 0) {
        usher_sync_free(link->sync);
        return error;
    }
    return 0;
}

int kamailio_link_open(struct kamailio_link **link, struct event_base *base, struct router *router,
                       const struct settings_link *link_settings, const struct settings *settings)
{
    struct kamailio_link *made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->base = base;
    made->router = router;
    made->settings = link_settings;
    made->retry_ms = RETRY_MIN_MS;
    int error = read_address(made);
    if (error < 0)
        goto free_link;
    error = make_parts(made, settings);
    if (error < 0)
        goto free_link;
    made->timer = evtimer_new(base, on_timer, made);
    if (!made->timer) {
        error = -ENOMEM;
        goto fini_parts;
    }
    made->watch = (struct router_party){.ops = &watch_ops, .role = USHER_ROLE_OBSERVER};
    router_join(router, &made->watch);
    if (router_is_leading(router))
        arm(made, 0);
    *link = made;
    return 0;

fini_parts:
    kamailio_calls_fini(&made->calls);
    usher_sync_free(made->sync);
free_link:
    if (error != -EINVAL)
        log_error("A link cannot be opened", "link=%s error=\"%s\"", link_settings->name,
                  strerror(-error));
    free(made);
    return error;
}

void kamailio_link_close(struct kamailio_link *link)
{
    if (!link)
        return;
    if (link->state == KAMAILIO_UP)
        router_leave(link->router, &link->party);
    router_leave(link->router, &link->watch);
    free_stream(link);
    event_free(link->timer);
    kamailio_calls_fini(&link->calls);
    usher_sync_free(link->sync);
    usher_bytes_fini(&link->held);
    usher_bytes_fini(&link->line);
    usher_bytes_fini(&link->body);
    free(link);
}
