/* The same readers as those of the service, so that what passes here is taken there. */
#include "check_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "journal/folder.h"
#include "rules/document.h"
#include "rules/rules.h"
#include "service.h"
#include "settings.h"
#include "zones.h"

/* A line of a file's problem: what (320), its place, and the file's name. */
#define REPORT_LINE_MAX  ((size_t)320 + 64 + SETTINGS_PATH_MAX)
#define REPORT_BYTES_MAX ((USHER_PROBLEMS_MAX + 1) * REPORT_LINE_MAX)

struct check {
    struct settings settings;
    struct usher_problems problems;
    size_t problems_count; /* of all files; one that cannot be read is one */
};

static void report(struct check *check, const char *path)
{
    struct usher_bytes out;
    struct usher_text text;

    usher_bytes_init(&out, REPORT_BYTES_MAX + strlen(path));
    usher_problems_write(&check->problems, path, &out);
    text = usher_bytes_text(&out);
    (void)fwrite(text.at, 1, text.length, stdout);
    usher_bytes_fini(&out);
    check->problems_count += check->problems.count;
    usher_problems_init(&check->problems);
}

static void report_unreadable(struct check *check, const char *path, int error)
{
    check->problems_count++;
    if (error == -EFBIG)
        printf("%s: cannot be read: it is larger than 1 MiB; make it smaller\n", path);
    else if (error == -EINVAL)
        printf("%s: cannot be read: it is no regular file; name a file\n", path);
    else
        printf("%s: cannot be read: %s; check the path and who may read it\n", path,
               strerror(-error));
}

static void check_rules(struct check *check)
{
    const char *path = check->settings.rules;
    struct usher_bytes text;
    int result;

    usher_bytes_init(&text, USHER_DOCUMENT_BYTES_MAX);
    result = file_read_text(path, USHER_DOCUMENT_BYTES_MAX, &text);
    if (result < 0)
        report_unreadable(check, path, result);
    else
        usher_rules_free(zones_read_rules(usher_bytes_text(&text), "", &check->problems));
    report(check, path);
    usher_bytes_fini(&text);
}

static void check_archive(struct check *check)
{
    const char *path = check->settings.journal.archive;
    char why[FOLDER_WHY_SIZE];

    if (!path[0] || folder_is_fit(path, why))
        return;
    check->problems_count++;
    printf("%s: %s\n", path, why);
}

int check_config(const char *path)
{
    struct check *check = calloc(1, sizeof(*check));
    int code;
    int result;

    if (!check) {
        printf("%s: memory is out; try again\n", path);
        return SERVICE_EXIT_FAILED;
    }
    usher_problems_init(&check->problems);
    result = settings_read(&check->settings, path, &check->problems);
    if (result < 0 && check->problems.count == 0)
        report_unreadable(check, path, result);
    report(check, path);
    if (check->settings.rules[0])
        check_rules(check);
    check_archive(check);
    code = check->problems_count > 0 ? SERVICE_EXIT_CONFIG : SERVICE_EXIT_OK;
    if (code == SERVICE_EXIT_OK)
        printf("%s and %s are good\n", path, check->settings.rules);
    else
        printf("%zu problem%s found\n", check->problems_count,
               check->problems_count == 1 ? " was" : "s were");
    (void)fflush(stdout);
    free(check);
    return code;
}
