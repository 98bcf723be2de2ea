/* usherd --check-config: what it prints, its exit codes, and that the files we ship are good. */
#include "check_config.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/suite.h"
#include "unit/told.h"

enum { FOLDER_SIZE = 64, PATH_SIZE = 512, PRINTED_SIZE = 8192 };

#define SERVICE "site: demo\nrules: rules.yaml\nlisten: [{unix: a.sock}]\n"
#define RULES   "queues: {q: {}}\nroutes: [{queue: q}]\n"

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[PATH_SIZE];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Checks the file at `path` with standard output in `printed`, in which `folder` is cut out. */
static int check_into(const char *path, const char *folder, char printed[PRINTED_SIZE])
{
    FILE *kept = tmpfile();
    int out = dup(STDOUT_FILENO);
    size_t length;
    int code;

    ck_assert_ptr_nonnull(kept);
    ck_assert_int_ge(out, 0);
    (void)fflush(stdout);
    ck_assert_int_ge(dup2(fileno(kept), STDOUT_FILENO), 0);
    code = check_config(path);
    ck_assert_int_ge(dup2(out, STDOUT_FILENO), 0);
    (void)close(out);
    rewind(kept);
    length = fread(printed, 1, PRINTED_SIZE - 1, kept);
    printed[length] = '\0';
    (void)fclose(kept);
    for (char *at = strstr(printed, folder); at; at = strstr(at, folder))
        memmove(at, at + strlen(folder), strlen(at + strlen(folder)) + 1);
    return code;
}

/* Checks two texts; a NULL one has no file. */
static int check_texts(const char *service, const char *rules, char printed[PRINTED_SIZE])
{
    char folder[FOLDER_SIZE] = "/tmp/usher-check-XXXXXX";
    char path[PATH_SIZE];
    int code;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    if (service)
        write_file(folder, "usherd.yaml", service);
    if (rules)
        write_file(folder, "rules.yaml", rules);
    (void)snprintf(path, sizeof(path), "%s/usherd.yaml", folder);
    code = check_into(path, folder, printed);
    ck_assert(!service == (unlink(path) != 0));
    (void)snprintf(path, sizeof(path), "%s/rules.yaml", folder);
    ck_assert(!rules == (unlink(path) != 0));
    ck_assert_int_eq(rmdir(folder), 0);
    return code;
}

START_TEST(good_files_are_told_in_one_line)
{
    char printed[PRINTED_SIZE];

    ck_assert_int_eq(check_texts(SERVICE, RULES, printed), 0);
    told_assert(printed, "/usherd.yaml and /rules.yaml are good\n");
}
END_TEST

START_TEST(problems_of_both_files_are_told_at_once)
{
    char printed[PRINTED_SIZE];

    ck_assert_int_eq(check_texts(SERVICE "nonsense: true\n",
                                 "queues: {q: {need: {blling: {}}}}\n"
                                 "skills: [billing]\n"
                                 "routes: [{queue: q}]\n",
                                 printed),
                     3);
    told_assert(printed,
                "/usherd.yaml:4:1: unknown key `nonsense`; known here: site, rules, redis, "
                "listen, links, outage, state, standby, addresses, timing, journal, limits\n"
                "/rules.yaml:1:21: skill `blling` is not declared; did you mean `billing`? "
                "If not, add it to `skills` at the top\n"
                "2 problems were found\n");
    ck_assert_int_eq(check_texts(SERVICE, "queues: {q: {}}\nroutes: [{queue: r}]\n", printed), 3);
    told_assert(printed, "/rules.yaml:2:18: queue `r` is not declared; add it to `queues`\n"
                         "1 problem was found\n");
}
END_TEST

START_TEST(file_that_cannot_be_read_is_told)
{
    char printed[PRINTED_SIZE];

    ck_assert_int_eq(check_texts(NULL, NULL, printed), 3);
    told_assert(printed, "/usherd.yaml: cannot be read: No such file or directory; check the path "
                         "and who may read it\n1 problem was found\n");
    ck_assert_int_eq(check_texts(SERVICE "x: 1\n", NULL, printed), 3);
    told_assert(printed,
                "/usherd.yaml:4:1: unknown key `x`; known here: site, rules, redis, "
                "listen, links, outage, state, standby, addresses, timing, journal, limits\n"
                "/rules.yaml: cannot be read: No such file or directory; check the path "
                "and who may read it\n"
                "2 problems were found\n");
}
END_TEST

START_TEST(shipped_files_are_good)
{
    static const char *const rules[] = {"rules.yaml", "demo/rules.yaml", "examples/provider.yaml"};
    const char *source = getenv("USHER_SOURCE");
    char printed[PRINTED_SIZE];
    char path[PATH_SIZE];
    char service[PATH_SIZE];

    ck_assert_msg(source != NULL, "USHER_SOURCE must be the folder of the source");
    (void)snprintf(path, sizeof(path), "%s/config/usherd.yaml", source);
    ck_assert_msg(check_into(path, source, printed) == 0, "%s", printed);
    for (size_t i = 0; i < USHER_COUNT_OF(rules); i++) {
        (void)snprintf(service, sizeof(service),
                       "site: a\nrules: %s/config/%s\nlisten: [{unix: a}]\n", source, rules[i]);
        ck_assert_msg(check_texts(service, NULL, printed) == 0, "%s", printed);
    }
}
END_TEST

SUITE_MAIN("check_config", good_files_are_told_in_one_line, problems_of_both_files_are_told_at_once,
           file_that_cannot_be_read_is_told, shipped_files_are_good)
