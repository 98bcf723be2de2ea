/* A router and a sync of lists that only note, and the world around them. */
#include "session_world.h"

#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/sync.h"

/* The router and the engine, as far as a session sees them. */

struct usher_sync {
    int added_count;
};

void router_join(struct router *router, struct router_party *party)
{
    router->joined_count++;
    router->party = party;
}

void router_leave(struct router *router, struct router_party *party)
{
    ck_assert_ptr_nonnull(party);
    router->left_count++;
}

void router_submit(struct router *router, struct router_party *party, struct usher_command *command)
{
    ck_assert_int_ne(command->kind, USHER_COMMAND_NONE);
    ck_assert_ptr_nonnull(party);
    router->submitted_count++;
}

void router_submit_hello(struct router *router, struct router_party *party, struct usher_text id,
                         struct usher_text after)
{
    ck_assert_ptr_eq(router->party, party);
    ck_assert_ptr_null(after.at);
    ck_assert(usher_text_copy(router->hello_id, sizeof(router->hello_id), id));
}

void router_submit_sync(struct router *router, struct router_party *party, struct usher_text id,
                        struct usher_sync *sync, int64_t count)
{
    ck_assert_ptr_eq(router->party, party);
    ck_assert_int_eq(sync->added_count, count);
    ck_assert(usher_text_copy(router->sync_id, sizeof(router->sync_id), id));
}

int64_t router_now_ms(struct router *router)
{
    return router->now_ms;
}

bool router_is_leading(const struct router *router)
{
    return router->is_leading;
}

enum usher_error router_refuse(const struct router *router, struct usher_answer *answer)
{
    return usher_answer_set(
        answer, router->is_standby ? USHER_ERROR_NOT_LEADER : USHER_ERROR_STORAGE_UNAVAILABLE,
        "leader: /run/other.sock");
}

void router_describe(struct router *router, struct usher_bytes *out)
{
    usher_bytes_append_text(out, router->is_standby ? USHER_TEXT("{\"state\":\"standby\"}")
                                                    : USHER_TEXT("{\"state\":\"leader\"}"));
}

struct usher_engine *router_engine(struct router *router)
{
    ck_assert_ptr_nonnull(router);
    return NULL;
}

struct usher_number usher_engine_last_number(const struct usher_engine *engine)
{
    ck_assert_ptr_null(engine);
    return (struct usher_number){.epoch = 77, .seq = 1};
}

struct usher_sync *usher_sync_new(size_t entries_max)
{
    ck_assert_uint_eq(entries_max, USHER_LIMITS_DEFAULT.contacts);
    return calloc(1, sizeof(struct usher_sync));
}

void usher_sync_free(struct usher_sync *sync)
{
    free(sync);
}

void usher_sync_begin(struct usher_sync *sync)
{
    sync->added_count = 0;
}

enum usher_error usher_sync_add(struct usher_sync *sync, const struct usher_command *command,
                                struct usher_answer *answer)
{
    ck_assert_int_eq(command->kind, USHER_COMMAND_SYNC_CONTACT);
    ck_assert_int_eq(answer->error, USHER_OK);
    sync->added_count++;
    return USHER_OK;
}

#define CLIENT_READ_MAX ((size_t)8 << 20)

void open_world(struct world *world)
{
    *world = (struct world){.router = {.now_ms = 1000, .is_leading = true}};
    world->base = event_base_new();
    world->settings = calloc(1, sizeof(*world->settings));
    world->settings->limits = USHER_LIMITS_DEFAULT;
    ck_assert_int_eq(sessions_init(&world->sessions, world->base, &world->router, world->settings),
                     0);
}

void close_world(struct world *world)
{
    sessions_fini(&world->sessions);
    ck_assert_uint_eq(world->origin.sessions_count, 0);
    ck_assert_uint_eq(world->router.joined_count, world->router.left_count);
    event_base_free(world->base);
    free(world->settings);
}

void turn(struct world *world)
{
    event_base_loop(world->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

void settle(struct world *world)
{
    for (int i = 0; i < 50; i++)
        turn(world);
}

struct client connect_client(struct world *world)
{
    int fds[2];
    int room = 1 << 20;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    ck_assert_int_eq(evutil_make_socket_nonblocking(fds[0]), 0);
    ck_assert_int_eq(evutil_make_socket_nonblocking(fds[1]), 0);
    ck_assert_int_eq(session_open(&world->sessions, &world->origin, fds[0], ~0u, "a test"), 0);
    return (struct client){.fd = fds[1], .read = calloc(1, CLIENT_READ_MAX)};
}

void disconnect_client(struct world *world, struct client *client)
{
    close(client->fd);
    free(client->read);
    settle(world);
}

void say(const struct client *client, const char *bytes)
{
    ck_assert_int_eq(write(client->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

void say_times(const struct client *client, const char *line, int times)
{
    char *bytes = calloc((size_t)times, strlen(line) + 1);
    for (int i = 0; i < times; i++)
        memcpy(bytes + (size_t)i * strlen(line), line, strlen(line));
    say(client, bytes);
    free(bytes);
}

const char *hear(struct world *world, struct client *client)
{
    for (int quiet = 0; quiet < 20 && !client->has_ended; quiet++) {
        turn(world);
        ssize_t count =
            read(client->fd, client->read + client->length, CLIENT_READ_MAX - 1 - client->length);
        if (count > 0) {
            client->length += (size_t)count;
            quiet = 0;
        } else if (count == 0 || errno != EAGAIN)
            client->has_ended = true;
    }
    client->read[client->length] = 0;
    return client->read;
}

void forget(struct client *client)
{
    client->length = 0;
    client->read[0] = 0;
}

void welcome(struct world *world, size_t bytes)
{
    static const struct usher_answer done = {0};
    struct router *router = &world->router;
    char *payload = malloc(bytes);
    memset(payload, 'w', bytes);
    payload[bytes - 1] = '\n';
    router->party->ops->answer(router->party, usher_text_of(router->hello_id), &done,
                               (struct usher_text){payload, bytes});
    router->hello_id[0] = 0;
    free(payload);
}

struct client come(struct world *world, const char *hello)
{
    struct client client = connect_client(world);
    say(&client, hello);
    settle(world);
    ck_assert_str_ne(world->router.hello_id, "");
    welcome(world, 8);
    ck_assert_ptr_nonnull(strstr(hear(world, &client), "wwwwwww\n"));
    forget(&client);
    return client;
}

void tell_event(struct world *world, const char *line)
{
    struct router_event event = {.kind = USHER_EVENT_ROUTER_HEARTBEAT, .line = usher_text_of(line)};
    world->router.party->ops->event(world->router.party, &event);
}
