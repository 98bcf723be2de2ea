#include "link/greeting.h"

#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/peer.h"

static struct settings *make_settings(void)
{
    struct settings *settings = calloc(1, sizeof(*settings));
    settings->links_count = 1;
    ck_assert(usher_text_copy(settings->links[0].name, sizeof(settings->links[0].name),
                              USHER_TEXT("kam1")));
    return settings;
}

static struct usher_command hello_of(const char *role, const char *client, const char *agent)
{
    struct usher_command hello = {.kind = USHER_COMMAND_HELLO};
    hello.fields.role = usher_text_of(role);
    hello.fields.client = usher_text_of(client);
    hello.fields.agent = usher_text_of(agent);
    return hello;
}

static enum usher_error check_peer(const char *role, const char *client, const char *agent,
                                   unsigned roles, struct greeting *greeting)
{
    struct settings *settings = make_settings();
    struct usher_answer answer = {0};
    struct usher_command hello = hello_of(role, client, agent);
    enum usher_error error = greeting_check(&hello, settings, roles, NULL, greeting, &answer);
    ck_assert_int_eq(answer.error, error);
    free(settings);
    return error;
}

START_TEST(peer_takes_only_the_roles_it_was_granted)
{
    struct greeting greeting;
    unsigned roles = USHER_ROLE_BIT(PBX) | USHER_ROLE_BIT(OBSERVER);
    ck_assert_int_eq(check_peer("pbx", "pbx1", NULL, roles, &greeting), USHER_OK);
    ck_assert_int_eq(greeting.role, USHER_ROLE_PBX);
    ck_assert_str_eq(greeting.client, "pbx1");
    ck_assert_int_eq(check_peer("observer", NULL, NULL, roles, &greeting), USHER_OK);
    ck_assert_str_eq(greeting.client, "");
    ck_assert_int_eq(check_peer("admin", NULL, NULL, roles, &greeting), USHER_ERROR_UNAUTHORIZED);
    ck_assert_int_eq(check_peer("desk", NULL, "olena", roles, &greeting), USHER_ERROR_UNAUTHORIZED);
}
END_TEST

START_TEST(role_that_nobody_may_ask_for_is_a_bad_field)
{
    struct greeting greeting;
    ck_assert_int_eq(check_peer("router", "pbx1", NULL, ~0u, &greeting), USHER_ERROR_BAD_FIELD);
    ck_assert_int_eq(check_peer("", "pbx1", NULL, ~0u, &greeting), USHER_ERROR_BAD_FIELD);
}
END_TEST

START_TEST(pbx_must_say_its_name_and_a_desk_its_agent)
{
    struct greeting greeting;
    ck_assert_int_eq(check_peer("pbx", NULL, NULL, ~0u, &greeting), USHER_ERROR_MISSING_FIELD);
    ck_assert_int_eq(check_peer("desk", NULL, NULL, ~0u, &greeting), USHER_ERROR_MISSING_FIELD);
    ck_assert_int_eq(check_peer("desk", NULL, "olena", ~0u, &greeting), USHER_OK);
    ck_assert_str_eq(greeting.agent, "olena");
}
END_TEST

START_TEST(name_of_a_link_is_nobody_elses)
{
    struct greeting greeting;
    ck_assert_int_eq(check_peer("pbx", "kam1", NULL, ~0u, &greeting), USHER_ERROR_UNAUTHORIZED);
}
END_TEST

START_TEST(token_binds_client_role_and_agent)
{
    char path[] = "/tmp/usher-greeting-XXXXXX";
    static const char text[] =
        "- {client: d, role: desk, agent: olena, sha256: "
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}\n";
    struct tokens *tokens = NULL;
    struct settings *settings = make_settings();
    struct usher_answer answer = {0};
    struct greeting greeting;
    int fd = mkstemp(path); /* mode 0600 */
    ck_assert_int_eq(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    ck_assert_int_eq(tokens_open(&tokens, path), 0);

    struct usher_command hello = hello_of("desk", NULL, NULL);
    ck_assert_int_eq(greeting_check(&hello, settings, ~0u, tokens, &greeting, &answer),
                     USHER_ERROR_UNAUTHORIZED);
    hello.fields.token = USHER_TEXT("abc");
    ck_assert_int_eq(greeting_check(&hello, settings, 0, tokens, &greeting, &answer), USHER_OK);
    ck_assert_str_eq(greeting.client, "d");
    ck_assert_str_eq(greeting.agent, "olena");
    static const char *const wrong[][3] = {
        {"pbx", NULL, NULL}, {"desk", "e", NULL}, {"desk", NULL, "taras"}, {"desk", "d", "olen"}};
    for (size_t i = 0; i < USHER_COUNT_OF(wrong); i++) {
        hello = hello_of(wrong[i][0], wrong[i][1], wrong[i][2]);
        hello.fields.token = USHER_TEXT("abc");
        ck_assert_int_eq(greeting_check(&hello, settings, ~0u, tokens, &greeting, &answer),
                         USHER_ERROR_UNAUTHORIZED);
    }
    tokens_close(tokens);
    free(settings);
    unlink(path);
}
END_TEST

START_TEST(roles_of_a_peer_follow_from_its_user_and_groups)
{
    struct settings_listener *listener = calloc(1, sizeof(*listener));
    struct peer peer;
    int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(peer_read(&peer, fds[0], listener), 0);
    ck_assert_uint_eq(peer.uid, geteuid());
    ck_assert_int_eq(peer.pid, getpid());
    ck_assert_uint_eq(peer.roles & USHER_ROLE_BIT(ADMIN), USHER_ROLE_BIT(ADMIN));
    ck_assert_uint_eq(peer.roles & USHER_ROLE_BIT(ROUTER), 0);

    listener->grants_count = 3;
    listener->grants[0] = (struct settings_grant){USHER_ROLE_PBX, false, geteuid()};
    listener->grants[1] = (struct settings_grant){USHER_ROLE_DESK, true, getegid()};
    listener->grants[2] = (struct settings_grant){USHER_ROLE_ADMIN, false, geteuid() + 1};
    ck_assert_int_eq(peer_read(&peer, fds[0], listener), 0);
    ck_assert_uint_eq(peer.roles, USHER_ROLE_BIT(PBX) | USHER_ROLE_BIT(DESK));

    listener->grants_count = 1;
    listener->grants[0] = (struct settings_grant){USHER_ROLE_PBX, true, 987654};
    ck_assert_int_eq(peer_read(&peer, fds[0], listener), 0);
    ck_assert_uint_eq(peer.roles, 0);
    close(fds[0]);
    close(fds[1]);
    free(listener);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("greeting");
    TCase *tests = tcase_create("greeting");
    tcase_add_test(tests, peer_takes_only_the_roles_it_was_granted);
    tcase_add_test(tests, role_that_nobody_may_ask_for_is_a_bad_field);
    tcase_add_test(tests, pbx_must_say_its_name_and_a_desk_its_agent);
    tcase_add_test(tests, name_of_a_link_is_nobody_elses);
    tcase_add_test(tests, token_binds_client_role_and_agent);
    tcase_add_test(tests, roles_of_a_peer_follow_from_its_user_and_groups);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed_count = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
