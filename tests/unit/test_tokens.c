#include "link/tokens.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SHA-256 of "abc" and of "" (FIPS 180-2). */
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char path[] = "/tmp/usher-tokens-XXXXXX";

static void write_file(const char *text, mode_t mode)
{
    char next[sizeof(path) + 8];
    snprintf(next, sizeof(next), "%s.next", path);
    FILE *file = fopen(next, "we");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(chmod(next, mode), 0);
    ck_assert_int_eq(rename(next, path), 0);
}

static void make_file(void)
{
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    unlink(path);
}

static void refuses(const char *text)
{
    struct tokens *tokens = NULL;
    write_file(text, 0600);
    ck_assert_msg(tokens_open(&tokens, path) == -EINVAL, "taken: %s", text);
}

START_TEST(token_finds_its_row)
{
    struct tokens *tokens = NULL;
    write_file("- {client: pbx1, role: pbx, sha256: " ABC "}\n"
               "- {client: d, role: desk, agent: olena, sha256: " EMPTY "}\n",
               0640);
    ck_assert_int_eq(tokens_open(&tokens, path), 0);
    const struct tokens_row *row = tokens_find(tokens, USHER_TEXT("abc"));
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->client, "pbx1");
    ck_assert_int_eq(row->role, USHER_ROLE_PBX);
    ck_assert_str_eq(row->agent, "");
    ck_assert_str_eq(tokens_find(tokens, USHER_TEXT(""))->agent, "olena");
    ck_assert_ptr_null(tokens_find(tokens, USHER_TEXT("abd")));
    ck_assert_ptr_null(tokens_find(tokens, USHER_TEXT("ab")));
    ck_assert_ptr_null(tokens_find(tokens, USHER_NO_TEXT));
    tokens_close(tokens);
}
END_TEST

START_TEST(file_that_others_can_read_is_refused)
{
    struct tokens *tokens = NULL;
    write_file("- {client: pbx1, role: pbx, sha256: " ABC "}\n", 0644);
    ck_assert_int_eq(tokens_open(&tokens, path), -EINVAL);
    write_file("- {client: pbx1, role: pbx, sha256: " ABC "}\n", 0660);
    ck_assert_int_eq(tokens_open(&tokens, path), -EINVAL);
    unlink(path);
    ck_assert_int_eq(tokens_open(&tokens, path), -ENOENT);
}
END_TEST

START_TEST(file_with_a_mistake_is_refused)
{
    refuses("");
    refuses("pbx1\n");
    refuses("- pbx1\n");
    refuses("- {client: pbx1, role: pbx}\n");
    refuses("- {client: pbx1, role: pbx, sha256: abc}\n");
    refuses("- {client: pbx1, role: router, sha256: " ABC "}\n");
    refuses("- {client: 'pbx/1', role: pbx, sha256: " ABC "}\n");
    refuses("- {client: pbx1, role: desk, sha256: " ABC "}\n");
    refuses("- {client: pbx1, role: pbx, agent: olena, sha256: " ABC "}\n");
    refuses("- {client: pbx1, role: pbx, sha256: " ABC ", sha256: " ABC "}\n");
    refuses("- {client: pbx1, client: pbx2, role: pbx, sha256: " ABC "}\n");
    refuses("- {client: pbx1, role: pbx, sha256: " ABC ", note: x}\n");
    refuses("- &a {client: pbx1, role: pbx, sha256: " ABC "}\n- *a\n");
    refuses("- {client: pbx1, role: pbx, sha256: [" ABC "]}\n");
    refuses("- {client: pbx1, role: pbx, sha256: " ABC "\n");
    refuses("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[");
}
END_TEST

START_TEST(token_that_was_struck_out_is_refused_from_then_on)
{
    struct tokens *tokens = NULL;
    write_file("- {client: pbx1, role: pbx, sha256: " ABC "}\n", 0600);
    ck_assert_int_eq(tokens_open(&tokens, path), 0);
    ck_assert_ptr_nonnull(tokens_find(tokens, USHER_TEXT("abc")));
    write_file("- {client: pbx1, role: pbx, sha256: " EMPTY "}\n", 0600);
    ck_assert_ptr_null(tokens_find(tokens, USHER_TEXT("abc")));
    ck_assert_ptr_nonnull(tokens_find(tokens, USHER_TEXT("")));
    tokens_close(tokens);
}
END_TEST

START_TEST(file_that_has_become_wrong_refuses_all_tokens)
{
    struct tokens *tokens = NULL;
    write_file("- {client: pbx1, role: pbx, sha256: " ABC "}\n", 0600);
    ck_assert_int_eq(tokens_open(&tokens, path), 0);
    ck_assert_int_eq(chmod(path, 0644), 0);
    ck_assert_ptr_null(tokens_find(tokens, USHER_TEXT("abc")));
    unlink(path);
    ck_assert_ptr_null(tokens_find(tokens, USHER_TEXT("abc")));
    tokens_close(tokens);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tokens");
    TCase *tests = tcase_create("tokens");
    tcase_add_checked_fixture(tests, make_file, remove_file);
    tcase_add_test(tests, token_finds_its_row);
    tcase_add_test(tests, file_that_others_can_read_is_refused);
    tcase_add_test(tests, file_with_a_mistake_is_refused);
    tcase_add_test(tests, token_that_was_struck_out_is_refused_from_then_on);
    tcase_add_test(tests, file_that_has_become_wrong_refuses_all_tokens);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed_count = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
