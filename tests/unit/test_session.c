/* A session of the native protocol between a socket pair and a router that only notes what it is
 * told. */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/sync.h"
#include "link/session.h"

/* The router and the engine, as far as a session sees them. */

struct router {
    int64_t now_ms;
    bool is_leading;
    unsigned joined_count;
    unsigned left_count;
    unsigned submitted_count;
    struct router_party *party; /* who came last */
    char hello_id[65];          /* not yet answered; "" = none */
    char sync_id[65];
};

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

/* A world of one listener, and clients. */

struct world {
    struct event_base *base;
    struct router router;
    struct settings *settings;
    struct session_origin origin;
    struct sessions sessions;
};

struct client {
    int fd;
    size_t length;
    char *read; /* all that came, with a NUL behind */
    bool has_ended;
};

#define CLIENT_READ_MAX ((size_t)8 << 20)

static void open_world(struct world *world)
{
    *world = (struct world){.router = {.now_ms = 1000, .is_leading = true}};
    world->base = event_base_new();
    world->settings = calloc(1, sizeof(*world->settings));
    world->settings->limits = USHER_LIMITS_DEFAULT;
    ck_assert_int_eq(sessions_init(&world->sessions, world->base, &world->router, world->settings),
                     0);
}

static void close_world(struct world *world)
{
    sessions_fini(&world->sessions);
    ck_assert_uint_eq(world->origin.sessions_count, 0);
    ck_assert_uint_eq(world->router.joined_count, world->router.left_count);
    event_base_free(world->base);
    free(world->settings);
}

static void turn(struct world *world)
{
    event_base_loop(world->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void settle(struct world *world)
{
    for (int i = 0; i < 50; i++)
        turn(world);
}

static struct client connect_client(struct world *world)
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

static void disconnect_client(struct world *world, struct client *client)
{
    close(client->fd);
    free(client->read);
    settle(world);
}

static void say(const struct client *client, const char *bytes)
{
    ck_assert_int_eq(write(client->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

static void say_times(const struct client *client, const char *line, int times)
{
    char *bytes = calloc((size_t)times, strlen(line) + 1);
    for (int i = 0; i < times; i++)
        memcpy(bytes + (size_t)i * strlen(line), line, strlen(line));
    say(client, bytes);
    free(bytes);
}

/* Reads until nothing more comes. */
static const char *hear(struct world *world, struct client *client)
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

static void forget(struct client *client)
{
    client->length = 0;
    client->read[0] = 0;
}

/* The router answers the hello that is open, with a welcome of this many bytes. */
static void welcome(struct world *world, size_t bytes)
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

static struct client come(struct world *world, const char *hello)
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

#define HELLO_PBX  "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"pbx\",\"client\":\"pbx1\"}\n"
#define HELLO_DESK "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"desk\",\"agent\":\"olena\"}\n"
#define READY      "{\"do\":\"agent.ready\"}\n"

static void tell_event(struct world *world, const char *line)
{
    struct router_event event = {.kind = USHER_EVENT_ROUTER_HEARTBEAT, .line = usher_text_of(line)};
    world->router.party->ops->event(world->router.party, &event);
}

START_TEST(first_command_must_be_hello)
{
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    say(&client, "{\"id\":\"1\",\"do\":\"ping\"}\n");
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &client), "{\"re\":\"1\",\"error\":{\"code\":\"hello_first\""));
    ck_assert(!client.has_ended);
    disconnect_client(&world, &client);
    ck_assert_uint_eq(world.origin.sessions_count, 0);
    close_world(&world);
}
END_TEST

START_TEST(second_hello_is_refused_and_session_goes_on)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say(&client, HELLO_DESK "{\"id\":\"p\",\"do\":\"ping\"}\n");
    hear(&world, &client);
    ck_assert_ptr_nonnull(strstr(client.read, "{\"re\":\"h\",\"error\":{\"code\":\"hello_first\""));
    ck_assert_ptr_nonnull(strstr(client.read, "{\"re\":\"p\",\"ok\":true}\n"));
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(line_that_comes_in_pieces_is_one_command)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say(&client, "{\"do\":\"ag");
    settle(&world);
    ck_assert_uint_eq(world.router.submitted_count, 0);
    say(&client, "ent.ready\"}\n{\"do\":");
    settle(&world);
    ck_assert_uint_eq(world.router.submitted_count, 1);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(longest_line_is_taken_and_one_byte_more_ends_the_session)
{
    struct world world;
    char line[USHER_LINE_MAX + 3];
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    memset(line, ' ', sizeof(line));
    memcpy(line, READY, sizeof(READY) - 2);
    line[USHER_LINE_MAX] = '\n';
    line[USHER_LINE_MAX + 1] = 0;
    say(&client, line);
    settle(&world);
    ck_assert_uint_eq(world.router.submitted_count, 1);
    line[USHER_LINE_MAX] = ' ';
    line[USHER_LINE_MAX + 1] = '\n';
    line[USHER_LINE_MAX + 2] = 0;
    say(&client, line);
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &client), "{\"re\":null,\"error\":{\"code\":\"too_long\""));
    ck_assert(client.has_ended);
    ck_assert_uint_eq(world.router.submitted_count, 1);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(bad_line_is_answered_and_session_goes_on)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say(&client, "{\"id\":\"1\",,}\n\n" READY);
    hear(&world, &client);
    ck_assert_ptr_nonnull(strstr(client.read, "\"code\":\"bad_json\""));
    ck_assert_ptr_nonnull(strstr(client.read, "column 11"));
    ck_assert_uint_eq(world.router.submitted_count, 1);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(noisy_client_gets_a_thousand_lines_a_turn)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say_times(&client, READY, 3000);
    for (unsigned turns = 1; turns < 20 && world.router.submitted_count < 3000; turns++) {
        unsigned before = world.router.submitted_count;
        turn(&world);
        ck_assert_uint_le(world.router.submitted_count - before, SESSION_LINES_MAX);
    }
    ck_assert_uint_eq(world.router.submitted_count, 3000);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(lines_before_the_end_of_a_connection_are_all_taken)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say_times(&client, READY, 2500);
    disconnect_client(&world, &client);
    ck_assert_uint_eq(world.router.submitted_count, 2500);
    ck_assert_uint_eq(world.origin.sessions_count, 0);
    close_world(&world);
}
END_TEST

START_TEST(lines_behind_hello_wait_for_the_welcome)
{
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    say(&client, HELLO_DESK READY);
    settle(&world);
    ck_assert_uint_eq(world.router.submitted_count, 0);
    welcome(&world, 8);
    settle(&world);
    ck_assert_uint_eq(world.router.submitted_count, 1);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(hello_may_come_again_after_the_router_refused_it)
{
    static const struct usher_answer away = {.error = USHER_ERROR_STORAGE_UNAVAILABLE,
                                             .message = "away"};
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    say(&client, HELLO_DESK);
    settle(&world);
    world.router.party->ops->answer(world.router.party, USHER_TEXT("h"), &away, USHER_NO_TEXT);
    ck_assert_ptr_nonnull(strstr(hear(&world, &client), "storage_unavailable"));
    say(&client, HELLO_DESK);
    settle(&world);
    welcome(&world, 8);
    ck_assert_ptr_nonnull(strstr(hear(&world, &client), "{\"re\":\"h\",\"ok\":true}\nwwwwwww\n"));
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(slow_reader_is_closed_with_slow_consumer_as_last_line)
{
    struct world world;
    char line[1024];
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    memset(line, 'e', sizeof(line));
    line[sizeof(line) - 1] = 0;
    for (int i = 0; i < 1024; i++)
        tell_event(&world, line);
    ck_assert_uint_eq(world.router.left_count, 0);
    tell_event(&world, line);
    ck_assert_uint_eq(world.router.left_count, 1);
    hear(&world, &client);
    ck_assert(client.has_ended);
    const char *last = strstr(client.read, "{\"re\":null,\"error\":{\"code\":\"slow_consumer\"");
    ck_assert_ptr_nonnull(last);
    ck_assert_uint_eq(client.length, (size_t)(strchr(last, '\n') - client.read) + 1);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(large_snapshot_makes_no_slow_reader)
{
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    say(&client, HELLO_DESK);
    settle(&world);
    welcome(&world, 3 << 20);
    tell_event(&world, "{}");
    ck_assert_uint_eq(world.router.left_count, 0);
    ck_assert_ptr_nonnull(strstr(hear(&world, &client), "ww\n{}\n"));
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(second_session_of_a_pbx_replaces_the_first_once_it_is_open)
{
    struct world world;
    open_world(&world);
    struct client first = come(&world, HELLO_PBX);
    struct client second = connect_client(&world);
    say(&second, HELLO_PBX);
    settle(&world);
    ck_assert_uint_eq(world.router.left_count, 0);
    welcome(&world, 8);
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &first), "{\"re\":null,\"error\":{\"code\":\"not_allowed\""));
    ck_assert(first.has_ended);
    hear(&world, &second);
    ck_assert(!second.has_ended);
    ck_assert_uint_eq(world.router.left_count, 1);
    disconnect_client(&world, &first);
    disconnect_client(&world, &second);
    close_world(&world);
}
END_TEST

START_TEST(name_of_a_pbx_is_refused_to_other_roles)
{
    struct world world;
    open_world(&world);
    struct client pbx = come(&world, HELLO_PBX);
    struct client other = connect_client(&world);
    say(&other, "{\"do\":\"hello\",\"role\":\"admin\",\"client\":\"pbx1\"}\n");
    ck_assert_ptr_nonnull(strstr(hear(&world, &other), "\"code\":\"not_allowed\""));
    ck_assert_uint_eq(world.router.joined_count, 1);
    disconnect_client(&world, &pbx);
    disconnect_client(&world, &other);
    close_world(&world);
}
END_TEST

START_TEST(client_without_a_name_gets_one_that_no_life_of_the_router_repeats)
{
    struct world world;
    open_world(&world);
    struct client first = come(&world, HELLO_DESK);
    ck_assert_str_eq(world.router.party->client, "desk-77-1");
    struct client second = come(&world, HELLO_DESK);
    ck_assert_str_eq(world.router.party->client, "desk-77-2");
    disconnect_client(&world, &first);
    disconnect_client(&world, &second);
    close_world(&world);
}
END_TEST

START_TEST(connection_that_ends_within_a_line_is_told_so)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    say(&client, "{\"do\":");
    shutdown(client.fd, SHUT_WR);
    hear(&world, &client);
    ck_assert_ptr_nonnull(strstr(client.read, "{\"re\":null,\"error\":{\"code\":\"bad_json\""));
    ck_assert_ptr_nonnull(strstr(client.read, "column 7"));
    ck_assert(client.has_ended);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(list_of_calls_is_not_touched_before_its_end_is_answered)
{
    static const struct usher_answer done = {0};
    struct world world;
    open_world(&world);
    struct client pbx = come(&world, HELLO_PBX);
    say(&pbx, "{\"id\":\"0\",\"do\":\"sync.end\",\"count\":0}\n");
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &pbx), "{\"re\":\"0\",\"error\":{\"code\":\"wrong_state\""));
    say(&pbx, "{\"id\":\"1\",\"do\":\"sync.begin\"}\n"
              "{\"id\":\"2\",\"do\":\"sync.contact\",\"contact\":\"a\",\"channel\":\"voice\","
              "\"state\":\"waiting\"}\n"
              "{\"id\":\"3\",\"do\":\"sync.end\",\"count\":1}\n"
              "{\"id\":\"4\",\"do\":\"sync.begin\"}\n");
    hear(&world, &pbx);
    ck_assert_str_eq(world.router.sync_id, "3");
    ck_assert_ptr_null(strstr(pbx.read, "{\"re\":\"3\""));
    ck_assert_ptr_nonnull(strstr(pbx.read, "{\"re\":\"4\",\"error\":{\"code\":\"wrong_state\""));
    world.router.party->ops->answer(world.router.party, USHER_TEXT("3"), &done, USHER_NO_TEXT);
    say(&pbx, "{\"id\":\"5\",\"do\":\"sync.begin\"}\n");
    ck_assert_ptr_nonnull(strstr(hear(&world, &pbx), "{\"re\":\"5\",\"ok\":true}"));
    disconnect_client(&world, &pbx);
    close_world(&world);
}
END_TEST

START_TEST(clients_are_told_when_the_router_leads_no_longer)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    world.router.party->ops->leading(world.router.party, false);
    ck_assert_ptr_nonnull(strstr(hear(&world, &client), "\"code\":\"storage_unavailable\""));
    ck_assert(client.has_ended);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* as usherd does */
    Suite *suite = suite_create("session");
    TCase *tests = tcase_create("session");
    tcase_add_test(tests, first_command_must_be_hello);
    tcase_add_test(tests, second_hello_is_refused_and_session_goes_on);
    tcase_add_test(tests, line_that_comes_in_pieces_is_one_command);
    tcase_add_test(tests, longest_line_is_taken_and_one_byte_more_ends_the_session);
    tcase_add_test(tests, bad_line_is_answered_and_session_goes_on);
    tcase_add_test(tests, noisy_client_gets_a_thousand_lines_a_turn);
    tcase_add_test(tests, lines_before_the_end_of_a_connection_are_all_taken);
    tcase_add_test(tests, lines_behind_hello_wait_for_the_welcome);
    tcase_add_test(tests, hello_may_come_again_after_the_router_refused_it);
    tcase_add_test(tests, slow_reader_is_closed_with_slow_consumer_as_last_line);
    tcase_add_test(tests, large_snapshot_makes_no_slow_reader);
    tcase_add_test(tests, second_session_of_a_pbx_replaces_the_first_once_it_is_open);
    tcase_add_test(tests, name_of_a_pbx_is_refused_to_other_roles);
    tcase_add_test(tests, client_without_a_name_gets_one_that_no_life_of_the_router_repeats);
    tcase_add_test(tests, connection_that_ends_within_a_line_is_told_so);
    tcase_add_test(tests, list_of_calls_is_not_touched_before_its_end_is_answered);
    tcase_add_test(tests, clients_are_told_when_the_router_leads_no_longer);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed_count = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
