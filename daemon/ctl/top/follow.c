/* A new connection asks for a snapshot and not for the events that it missed: the next leader has
 * a memory of its own, and a snapshot says what is true. */
#include "ctl/top/follow.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define RETRY_MS      100
#define REFUSED_MS    1000 /* somebody must change something first */
#define GREETING_MS   2000
#define DEAD_MS       5000  /* so long without any word, where it can be told from a pause */
#define PING_MS       1000  /* without any word: usherd is asked for a sign of life */
#define PING_OFTEN_MS 10000 /* and with words after this */

void follow_init(struct follow *follow, const struct client_addresses *addresses,
                 enum usher_role role, const struct follow_ops *ops, void *owner)
{
    *follow = (struct follow){.ops = ops, .owner = owner, .role = role};
    client_init(&follow->client, addresses);
}

void follow_fini(struct follow *follow)
{
    client_fini(&follow->client);
}

int follow_fd(const struct follow *follow)
{
    return follow->state == FOLLOW_AWAY ? -1 : follow->client.fd;
}

int64_t follow_next_ms(const struct follow *follow)
{
    switch (follow->state) {
    case FOLLOW_AWAY:
        return follow->next_ms;
    case FOLLOW_GREETING:
        return follow->heard_ms + GREETING_MS;
    case FOLLOW_SNAPSHOT:
    case FOLLOW_LIVE:
        break;
    }
    /* Who has asked once must go on asking, or is taken to be gone. */
    int64_t silent_ms = follow->heard_ms > follow->pinged_ms ? follow->heard_ms : follow->pinged_ms;
    int64_t often_ms = follow->pinged_ms + PING_OFTEN_MS;
    return silent_ms + PING_MS < often_ms ? silent_ms + PING_MS : often_ms;
}

static void hang_up(struct follow *follow)
{
    if (follow->client.fd >= 0)
        (void)close(follow->client.fd);
    follow->client.fd = -1;
}

/* Nobody, or nobody who leads, is there: the next one is asked, after a while when all were. */
static void give_up(struct follow *follow, int64_t now_ms)
{
    bool was_there = follow->state == FOLLOW_SNAPSHOT || follow->state == FOLLOW_LIVE;
    hang_up(follow);
    follow->state = FOLLOW_AWAY;
    follow->next_ms = now_ms;
    if (was_there) {
        /* Whoever ended will be back there; whoever hangs will not. */
        if (now_ms - follow->heard_ms >= DEAD_MS)
            follow->next_address = (follow->next_address + 1) % follow->client.addresses.count;
        follow->ops->lost(follow->owner);
        return;
    }
    follow->failed_count++;
    follow->next_address = (follow->next_address + 1) % follow->client.addresses.count;
    if (follow->next_address == 0)
        follow->next_ms += follow->is_refused ? REFUSED_MS : RETRY_MS;
}

static void try_next(struct follow *follow, int64_t now_ms)
{
    const struct client_addresses *addresses = &follow->client.addresses;
    enum client_outcome outcome =
        client_connect(&follow->client, &addresses->list[follow->next_address]);
    if (outcome == CLIENT_OK)
        outcome = client_hello(&follow->client, follow->role, NULL);
    follow->is_refused = false;
    follow->heard_ms = now_ms;
    follow->pinged_ms = now_ms;
    if (outcome == CLIENT_OK)
        follow->state = FOLLOW_GREETING;
    else
        give_up(follow, now_ms);
}

static void take(struct follow *follow, const struct usher_event *event)
{
    bool is_for_us = event->kind != USHER_EVENT_NONE && follow->state != FOLLOW_GREETING;
    if (event->kind == USHER_EVENT_WELCOME) {
        follow->state = FOLLOW_SNAPSHOT;
        follow->failed_count = 0;
    } else if (!is_for_us) {
        return;
    } else if (event->kind == USHER_EVENT_SNAPSHOT_END) {
        follow->state = FOLLOW_LIVE;
    }
    follow->ops->event(follow->owner, event);
}

static bool can_read(const struct follow *follow)
{
    struct pollfd waiting = {.fd = follow->client.fd, .events = POLLIN};
    return poll(&waiting, 1, 0) > 0;
}

static void read_lines(struct follow *follow, int64_t now_ms)
{
    enum client_outcome outcome = client_receive(&follow->client);
    follow->heard_ms = now_ms;
    while (outcome == CLIENT_OK && client_has_line(&follow->client)) {
        struct usher_event event;
        outcome = client_take_event(&follow->client, &event);
        if (outcome == CLIENT_OK)
            take(follow, &event);
    }
    if (outcome == CLIENT_OK)
        return;
    follow->is_refused = outcome == CLIENT_REFUSED && !client_is_at_standby(&follow->client);
    give_up(follow, now_ms);
}

/* A greeting that comes to nothing ends; a session is asked whether it lives. */
static void ask_for_life(struct follow *follow, int64_t now_ms)
{
    /* A Unix socket alone tells of each death, and has nobody else to go to. */
    bool has_other = follow->client.addresses.count > 1 || follow->client.address.is_tcp;
    bool is_dead = has_other && now_ms - follow->heard_ms >= DEAD_MS;
    follow->pinged_ms = now_ms;
    if (is_dead)
        snprintf(follow->client.problem, sizeof(follow->client.problem),
                 "usherd at %s says nothing.", follow->client.address.text);
    if (is_dead || follow->state == FOLLOW_GREETING || client_ping(&follow->client) != CLIENT_OK)
        give_up(follow, now_ms);
}

void follow_step(struct follow *follow, int64_t now_ms)
{
    if (follow->state == FOLLOW_AWAY) {
        if (now_ms >= follow->next_ms)
            try_next(follow, now_ms);
        return;
    }
    if (can_read(follow))
        read_lines(follow, now_ms);
    if (follow->state != FOLLOW_AWAY && now_ms >= follow_next_ms(follow))
        ask_for_life(follow, now_ms);
}

void follow_restart(struct follow *follow, int64_t now_ms)
{
    hang_up(follow);
    follow->state = FOLLOW_AWAY;
    follow->next_ms = now_ms;
    follow->next_address = 0;
}
