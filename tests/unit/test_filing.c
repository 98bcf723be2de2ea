/* The archive folder: what is added is there once and in order, whatever broke off in between. */
#include "journal/filing.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/suite.h"

#define NOON INT64_C(1763719200000) /* 2025-11-21, 10:00 UTC */
#define HASH "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999"

static char folder[64];
static struct filing filing;

static void begin(void)
{
    snprintf(folder, sizeof(folder), "/tmp/usher-filing-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(filing_open(&filing, folder, "main"), 0);
}

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void end(void)
{
    static const char *const names[] = {".journal-main.lock",
                                        ".journal-other.lock",
                                        "journal-main-2025-11-21.jsonl",
                                        "journal-main-2025-11-22.jsonl",
                                        "journal-main-2-2025-11-21.jsonl",
                                        "journal-main-2025-11-2.jsonl",
                                        "rules-" HASH ".yaml",
                                        "snapshot-main-7-5-1763719200000",
                                        "snapshot-main-7-12-1763719300000"};
    (void)filing_close(&filing);
    for (size_t i = 0; i < USHER_COUNT_OF(names); i++)
        (void)unlink(in_folder(names[i]));
    ck_assert_int_eq(rmdir(folder), 0);
}

static void add(uint64_t seq, int64_t at_ms)
{
    char line[128];
    int length =
        snprintf(line, sizeof(line), "{\"at\":%" PRId64 ",\"n\":\"7-%" PRIu64 "\"}", at_ms, seq);
    filing_add(&filing, (struct usher_number){7, seq}, at_ms,
               (struct usher_text){line, (size_t)length});
}

static void open_again(void)
{
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_int_eq(filing_open(&filing, folder, "main"), 0);
}

/* The numbers of the lines in a file, as text. */
static const char *numbers_in(const char *name)
{
    static char told[512];
    char line[256];
    FILE *file = fopen(in_folder(name), "r");
    told[0] = '\0';
    if (!file)
        return "no file";
    while (fgets(line, sizeof(line), file)) {
        struct usher_number n = {0, 0};
        size_t length = strlen(told);
        (void)!folder_read_number((struct usher_text){line, strlen(line) - 1}, &n);
        snprintf(told + length, sizeof(told) - length, "%s%" PRIu64, length ? " " : "", n.seq);
    }
    fclose(file);
    return told;
}

static void append_text(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "a");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(lines_go_to_the_file_of_their_day_and_never_back)
{
    struct stat status;
    begin();
    umask(0077);
    add(1, NOON);
    add(2, NOON + FOLDER_DAY_MS);
    add(3, NOON);
    open_again();
    add(4, NOON);
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_str_eq(numbers_in("journal-main-2025-11-21.jsonl"), "1");
    ck_assert_str_eq(numbers_in("journal-main-2025-11-22.jsonl"), "2 3 4");
    ck_assert_int_eq(stat(in_folder("journal-main-2025-11-22.jsonl"), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0640);
    end();
}
END_TEST

START_TEST(who_comes_next_goes_on_behind_the_last_line)
{
    begin();
    add(1, NOON);
    add(2, NOON);
    open_again();
    ck_assert_uint_eq(filing.last.seq, 2);
    for (uint64_t i = 1; i < 5; i++)
        add(i, NOON);
    ck_assert_uint_eq(filing.added_count, 2);
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_str_eq(numbers_in("journal-main-2025-11-21.jsonl"), "1 2 3 4");
    end();
}
END_TEST

START_TEST(line_that_was_cut_short_is_removed)
{
    begin();
    add(1, NOON);
    ck_assert_int_eq(filing_close(&filing), 0);
    append_text("journal-main-2025-11-21.jsonl", "{\"at\":1,\"n\":\"7-");
    append_text("journal-main-2025-11-22.jsonl", "{\"at\"");
    ck_assert_int_eq(filing_open(&filing, folder, "main"), 0);
    ck_assert_uint_eq(filing.last.seq, 1);
    add(2, NOON);
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_str_eq(numbers_in("journal-main-2025-11-21.jsonl"), "1");
    ck_assert_str_eq(numbers_in("journal-main-2025-11-22.jsonl"), "2");
    end();
}
END_TEST

START_TEST(disk_that_is_full_leaves_whole_lines_and_is_told)
{
    struct rlimit limit = {.rlim_cur = 100, .rlim_max = RLIM_INFINITY};
    begin();
    add(1, NOON);
    open_again();
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (uint64_t i = 2; i < 20; i++)
        add(i, NOON);
    ck_assert_int_eq(filing_close(&filing), -EFBIG);
    limit.rlim_cur = RLIM_INFINITY;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_str_eq(numbers_in("journal-main-2025-11-21.jsonl"), "1");
    ck_assert_int_eq(filing_open(&filing, folder, "main"), 0);
    for (uint64_t i = 2; i < 4; i++)
        add(i, NOON);
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_str_eq(numbers_in("journal-main-2025-11-21.jsonl"), "1 2 3");
    end();
}
END_TEST

START_TEST(one_at_a_time_files_for_a_site)
{
    struct filing other;
    begin();
    ck_assert_int_eq(filing_open(&other, folder, "other"), 0);
    ck_assert_int_eq(filing_close(&other), 0);
    ck_assert_int_eq(filing_open(&other, folder, "main"), -EBUSY);
    ck_assert_int_eq(filing_close(&other), -EBUSY);
    end();
}
END_TEST

START_TEST(whole_files_are_named_by_what_they_hold)
{
    char name[FOLDER_NAME_SIZE];
    struct folder_list list;
    struct usher_bytes read;
    begin();
    append_text("journal-main-2-2025-11-21.jsonl", "");
    append_text("journal-main-2025-11-2.jsonl", "");
    add(1, NOON);
    folder_name_state("main", (struct usher_number){7, 12}, NOON + 100000, name);
    filing_put(&filing, name, USHER_TEXT("state"));
    folder_name_state("main", (struct usher_number){7, 5}, NOON, name);
    filing_put(&filing, name, USHER_TEXT("state"));
    ck_assert(folder_name_rules(USHER_TEXT(HASH), name));
    ck_assert(!filing_has(&filing, name));
    filing_put(&filing, name, USHER_TEXT("rules"));
    ck_assert(filing_has(&filing, name));
    open_again();
    ck_assert_int_eq(filing.state_ms, NOON + 100000);
    ck_assert_int_eq(folder_list(&list, folder, "main"), 0);
    ck_assert_uint_eq(list.days_count, 1);
    ck_assert_uint_eq(list.states_count, 2);
    ck_assert_uint_eq(list.states[0].n.seq, 5);
    ck_assert_int_eq(list.states[1].at_ms, NOON + 100000);
    folder_list_fini(&list);
    usher_bytes_init(&read, 100);
    ck_assert_int_eq(folder_read(folder, name, &read), 0);
    ck_assert(usher_text_is_equal(usher_bytes_text(&read), USHER_TEXT("rules")));
    usher_bytes_fini(&read);
    end();
}
END_TEST

START_TEST(hash_that_is_none_names_no_file)
{
    char name[FOLDER_NAME_SIZE];
    ck_assert(!folder_name_rules(USHER_TEXT("rules1"), name));
    ck_assert(!folder_name_rules(USHER_TEXT("../../../../../../../../../../../../../../../../../"
                                            "../../../../etc"),
                                 name));
}
END_TEST

START_TEST(folder_that_cannot_be_used_is_told_with_what_to_do)
{
    char why[FOLDER_WHY_SIZE];
    begin();
    ck_assert(folder_is_fit(folder, why));
    ck_assert(!folder_is_fit(in_folder("none"), why));
    ck_assert_ptr_nonnull(strstr(why, "install -d"));
    append_text("journal-main-2025-11-21.jsonl", "");
    ck_assert(!folder_is_fit(in_folder("journal-main-2025-11-21.jsonl"), why));
    ck_assert_int_eq(filing_close(&filing), 0);
    ck_assert_int_eq(filing_open(&filing, in_folder("none"), "main"), -ENOENT);
    end();
}
END_TEST

SUITE_MAIN("filing", lines_go_to_the_file_of_their_day_and_never_back,
           who_comes_next_goes_on_behind_the_last_line, line_that_was_cut_short_is_removed,
           disk_that_is_full_leaves_whole_lines_and_is_told, one_at_a_time_files_for_a_site,
           whole_files_are_named_by_what_they_hold, hash_that_is_none_names_no_file,
           folder_that_cannot_be_used_is_told_with_what_to_do)
