/* The state folder: its name, its lock, and what Redis did not take. */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "unit/suite.h"

static char folder[64];

static void begin(void)
{
    log_open(LOG_LEVEL_ERROR - 1, false);
    snprintf(folder, sizeof(folder), "/tmp/usher-home-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void end(void)
{
    unlink(in_folder("name"));
    unlink(in_folder("refused-7.jsonl"));
    ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(name_stays_the_same_and_is_nobody_elses)
{
    struct home home;
    char name[sizeof(home.name)];
    begin();
    home_init(&home);
    ck_assert_int_eq(home_hold(&home, folder), 0);
    ck_assert_uint_eq(strlen(home.name), HOME_NAME_LENGTH);
    memcpy(name, home.name, sizeof(name));
    home_fini(&home);
    ck_assert_str_eq(home.name, "");
    ck_assert_int_eq(home_hold(&home, folder), 0);
    ck_assert_str_eq(home.name, name);
    home_fini(&home);
    ck_assert_int_eq(unlink(in_folder("name")), 0);
    ck_assert_int_eq(home_hold(&home, folder), 0);
    ck_assert_str_ne(home.name, name);
    home_fini(&home);
    end();
}
END_TEST

START_TEST(folder_that_is_held_cannot_be_held_again_until_it_is_let_go)
{
    struct home first, second;
    begin();
    home_init(&first);
    home_init(&second);
    ck_assert_int_eq(home_hold(&first, folder), 0);
    ck_assert_int_eq(home_hold(&second, folder), -EBUSY);
    ck_assert_str_eq(second.name, "");
    home_fini(&first);
    ck_assert_int_eq(home_hold(&second, folder), 0);
    home_fini(&second);
    end();
}
END_TEST

START_TEST(name_that_a_crash_cut_short_is_made_anew)
{
    struct home home;
    begin();
    int file = open(in_folder("name"), O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(write(file, "0123\n", 5), 5);
    close(file);
    home_init(&home);
    ck_assert_int_eq(home_hold(&home, folder), 0);
    ck_assert_uint_eq(strlen(home.name), HOME_NAME_LENGTH);
    home_fini(&home);
    end();
}
END_TEST

START_TEST(folder_that_is_not_there_is_told)
{
    struct home home;
    home_init(&home);
    log_open(LOG_LEVEL_ERROR - 1, false);
    ck_assert_int_eq(home_hold(&home, "/no/such/folder"), -ENOENT);
    home_fini(&home);
}
END_TEST

START_TEST(refused_lines_are_kept_one_after_the_other_for_their_owner_only)
{
    struct home home;
    struct home_refused refused;
    struct stat about;
    char text[32] = "";
    begin();
    home_init(&home);
    ck_assert_int_eq(home_hold(&home, folder), 0);
    for (int i = 0; i < 2; i++) {
        home_refused_open(&refused, &home, 7);
        home_refused_write(&refused, i == 0 ? USHER_TEXT("one\n") : USHER_TEXT("two\n"));
        ck_assert_int_eq(home_refused_close(&refused), 0);
    }
    ck_assert_str_eq(refused.name, "refused-7.jsonl");
    int file = open(in_folder("refused-7.jsonl"), O_RDONLY);
    ck_assert_int_eq(read(file, text, sizeof(text) - 1), 8);
    ck_assert_str_eq(text, "one\ntwo\n");
    ck_assert_int_eq(fstat(file, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777U, 0600);
    close(file);
    home_fini(&home);
    end();
}
END_TEST

SUITE_MAIN("home", name_stays_the_same_and_is_nobody_elses,
           folder_that_is_held_cannot_be_held_again_until_it_is_let_go,
           name_that_a_crash_cut_short_is_made_anew, folder_that_is_not_there_is_told,
           refused_lines_are_kept_one_after_the_other_for_their_owner_only)
