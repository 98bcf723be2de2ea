/* The log's lines. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "unit/suite.h"

static int pipe_ends[2];
static int real_stderr;

/* Puts a pipe in the place of standard error. */
static void catch_start(void)
{
    real_stderr = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe2(pipe_ends, O_NONBLOCK), 0);
    ck_assert_int_ge(dup2(pipe_ends[1], STDERR_FILENO), 0);
}

/* What was written since; a text with a NUL. */
static size_t catch_read(char *room, size_t size)
{
    ssize_t length = read(pipe_ends[0], room, size - 1);
    room[length < 0 ? 0 : length] = 0;
    return length < 0 ? 0 : (size_t)length;
}

static void catch_stop(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

START_TEST(line_for_journald_has_a_priority_a_sentence_and_fields)
{
    char line[1024];
    log_open(LOG_LEVEL_INFO, 1);
    catch_start();
    log_info("The offer expired", "contact=%s agent=%s", "pbx1/0042", "olena");
    log_error("No fields", NULL);
    log_debug("Below the level", NULL);
    catch_read(line, sizeof(line));
    catch_stop();
    ck_assert_str_eq(line, "<6>The offer expired contact=pbx1/0042 agent=olena\n<3>No fields\n");
}
END_TEST

START_TEST(line_for_people_has_a_time_and_a_level)
{
    char line[1024];
    log_open(LOG_LEVEL_DEBUG, 0);
    catch_start();
    log_warning("Redis is away", "site=%s", "demo");
    catch_read(line, sizeof(line));
    catch_stop();
    ck_assert_uint_eq(strlen("2026-11-21T10:00:00.123Z"), strcspn(line, " "));
    ck_assert_str_eq(strchr(line, ' '), " warning Redis is away site=demo\n");
}
END_TEST

START_TEST(control_characters_cannot_begin_a_line_and_a_long_line_is_cut)
{
    char line[8192];
    char long_value[6000];
    log_open(LOG_LEVEL_INFO, 1);
    catch_start();
    log_info("Forged", "name=%s", "x\n<3>Redis is gone\x1b[2J");
    catch_read(line, sizeof(line));
    ck_assert_str_eq(line, "<6>Forged name=x?<3>Redis is gone?[2J\n");
    memset(long_value, 'y', sizeof(long_value) - 1);
    long_value[sizeof(long_value) - 1] = 0;
    log_info("Long", "name=%s", long_value);
    size_t length = catch_read(line, sizeof(line));
    catch_stop();
    ck_assert_uint_eq(length, 4096);
    ck_assert_ptr_eq(strchr(line, '\n'), line + length - 1);
}
END_TEST

START_TEST(sentence_that_repeats_too_fast_is_held_back)
{
    static char lines[65536];
    log_open(LOG_LEVEL_INFO, 1);
    catch_start();
    for (int i = 0; i < 150; i++)
        log_info("Again", "i=%d", i);
    log_info("Another sentence", NULL);
    catch_read(lines, sizeof(lines));
    catch_stop();
    ck_assert_ptr_nonnull(strstr(lines, "<6>Again i=99\n"));
    ck_assert_ptr_null(strstr(lines, "<6>Again i=100\n"));
    ck_assert_ptr_nonnull(strstr(lines, "<6>Another sentence\n"));
}
END_TEST

START_TEST(full_pipe_drops_lines_and_counts_them)
{
    static char lines[1 << 20];
    static char filler[4096];
    log_open(LOG_LEVEL_INFO, 1);
    catch_start();
    while (write(pipe_ends[1], filler, sizeof(filler)) > 0)
        ;
    log_info("Lost", NULL);
    log_info("Lost too", NULL);
    while (read(pipe_ends[0], lines, sizeof(lines)) > 0)
        ;
    log_info("Here again", NULL);
    log_info("And again", NULL);
    catch_read(lines, sizeof(lines));
    catch_stop();
    ck_assert_str_eq(lines, "<6>Here again dropped=2\n<6>And again\n");
}
END_TEST

START_TEST(value_is_quoted_only_if_it_must_be)
{
    char room[LOG_VALUE_SIZE];
    ck_assert_str_eq(log_value(USHER_TEXT("olena"), room), "olena");
    ck_assert_str_eq(log_value(USHER_TEXT("a b"), room), "\"a b\"");
    ck_assert_str_eq(log_value(USHER_TEXT("a\"b\\c\n"), room), "\"a\\\"b\\\\c?\"");
    ck_assert_str_eq(log_value(USHER_TEXT(""), room), "\"\"");
    ck_assert_str_eq(log_value(USHER_NO_TEXT, room), "-");
    char large[400];
    memset(large, '"', sizeof(large));
    size_t length = strlen(log_value((struct usher_text){large, sizeof(large)}, room));
    ck_assert_uint_lt(length, LOG_VALUE_SIZE);
    ck_assert_str_eq(room + length - 4, "...\"");
}
END_TEST

START_TEST(journald_is_known_by_its_stream)
{
    char stream[64];
    struct stat status;
    ck_assert_int_eq(fstat(STDERR_FILENO, &status), 0);
    snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    ck_assert(log_is_for_journald());
    setenv("JOURNAL_STREAM", "1:2", 1);
    ck_assert(!log_is_for_journald());
    unsetenv("JOURNAL_STREAM");
    ck_assert(!log_is_for_journald());
}
END_TEST

SUITE_MAIN("log", line_for_journald_has_a_priority_a_sentence_and_fields,
           line_for_people_has_a_time_and_a_level,
           control_characters_cannot_begin_a_line_and_a_long_line_is_cut,
           sentence_that_repeats_too_fast_is_held_back, full_pipe_drops_lines_and_counts_them,
           value_is_quoted_only_if_it_must_be, journald_is_known_by_its_stream)
