/* A session of the native protocol between a socket pair and a router that only notes what it is
 * told. */
#include <check.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session_world.h"

#define HELLO_PBX  "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"pbx\",\"client\":\"pbx1\"}\n"
#define HELLO_DESK "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"desk\",\"agent\":\"olena\"}\n"
#define READY      "{\"do\":\"agent.ready\"}\n"

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

START_TEST(pbx_takes_its_name_from_whoever_has_it)
{
    struct world world;
    open_world(&world);
    struct client other =
        come(&world, "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"admin\",\"client\":\"pbx1\"}\n");
    struct client pbx = come(&world, HELLO_PBX);
    ck_assert_ptr_nonnull(strstr(hear(&world, &other), "\"code\":\"not_allowed\""));
    ck_assert(other.has_ended);
    disconnect_client(&world, &other);
    disconnect_client(&world, &pbx);
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
    ck_assert_ptr_nonnull(strstr(hear(&world, &client), "\"code\":\"draining\""));
    ck_assert(client.has_ended);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(standby_turns_all_away_and_says_what_it_is)
{
    static const char *const lines[] = {HELLO_DESK, READY, "{\"do\":\"ping\"}\n"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct world world;
        open_world(&world);
        world.router.is_leading = false;
        world.router.is_standby = true;
        struct client client = connect_client(&world);
        say(&client, "{\"id\":\"d\",\"do\":\"router.describe\"}\n");
        ck_assert_ptr_nonnull(
            strstr(hear(&world, &client), "{\"re\":\"d\",\"ok\":true}\n{\"state\":\"standby\"}\n"));
        ck_assert(!client.has_ended);
        say(&client, lines[i]);
        ck_assert_ptr_nonnull(strstr(hear(&world, &client), "\"code\":\"not_leader\""));
        ck_assert(client.has_ended);
        disconnect_client(&world, &client);
        close_world(&world);
    }
}
END_TEST

START_TEST(clients_are_told_that_the_router_became_a_standby)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    world.router.is_leading = false;
    world.router.is_standby = true;
    world.router.party->ops->leading(world.router.party, false);
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &client), "{\"re\":null,\"error\":{\"code\":\"not_leader\""));
    ck_assert(client.has_ended);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

/* Lets the deadline of the only session pass, when `passed_ms` have gone by. */
static void pass_deadline(struct world *world, int64_t passed_ms)
{
    struct session *session = usher_list_entry(world->sessions.live.next, struct session, node);
    world->router.now_ms += passed_ms;
    event_active(session->timer, EV_TIMEOUT, 0);
    settle(world);
}

START_TEST(connection_without_hello_ends_at_its_deadline)
{
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    pass_deadline(&world, SESSION_GREETING_MS);
    ck_assert_ptr_nonnull(
        strstr(hear(&world, &client), "{\"re\":null,\"error\":{\"code\":\"hello_first\""));
    ck_assert(client.has_ended);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(client_that_pinged_is_closed_when_it_falls_silent_and_no_other)
{
    struct world world;
    open_world(&world);
    struct client client = come(&world, HELLO_DESK);
    struct session *session = usher_list_entry(world.sessions.live.next, struct session, node);
    ck_assert(!event_pending(session->timer, EV_TIMEOUT, NULL));
    say(&client, "{\"do\":\"ping\"}\n");
    settle(&world);
    ck_assert(event_pending(session->timer, EV_TIMEOUT, NULL));
    pass_deadline(&world, SESSION_SILENCE_MS - 1);
    ck_assert_uint_eq(world.origin.sessions_count, 1);
    ck_assert(event_pending(session->timer, EV_TIMEOUT, NULL));
    pass_deadline(&world, 1);
    ck_assert_uint_eq(world.origin.sessions_count, 0);
    disconnect_client(&world, &client);
    close_world(&world);
}
END_TEST

START_TEST(peer_that_does_not_take_its_last_line_is_closed_at_the_deadline)
{
    struct world world;
    open_world(&world);
    struct client client = connect_client(&world);
    say(&client, "{\"do\":\"hello\",\"role\":\"pbx\",\"client\":\"a\"}\n");
    settle(&world);
    welcome(&world, 8 << 20); /* more than the socket takes */
    world.router.party->ops->leading(world.router.party, false);
    settle(&world);
    ck_assert_uint_eq(world.origin.sessions_count, 1);
    pass_deadline(&world, SESSION_ENDING_MS);
    ck_assert_uint_eq(world.origin.sessions_count, 0);
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
    tcase_add_test(tests, pbx_takes_its_name_from_whoever_has_it);
    tcase_add_test(tests, name_of_a_pbx_is_refused_to_other_roles);
    tcase_add_test(tests, client_without_a_name_gets_one_that_no_life_of_the_router_repeats);
    tcase_add_test(tests, connection_that_ends_within_a_line_is_told_so);
    tcase_add_test(tests, list_of_calls_is_not_touched_before_its_end_is_answered);
    tcase_add_test(tests, clients_are_told_when_the_router_leads_no_longer);
    tcase_add_test(tests, standby_turns_all_away_and_says_what_it_is);
    tcase_add_test(tests, clients_are_told_that_the_router_became_a_standby);
    tcase_add_test(tests, connection_without_hello_ends_at_its_deadline);
    tcase_add_test(tests, client_that_pinged_is_closed_when_it_falls_silent_and_no_other);
    tcase_add_test(tests, peer_that_does_not_take_its_last_line_is_closed_at_the_deadline);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed_count = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
