/* Reading a rules' file. */
#include "ruleset.h"

#include <errno.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "zones.h"

#define RULESET_TEXT_MAX ((size_t)1024 * 1024)

_Static_assert(FILE_SHA256_SIZE == sizeof(((struct ruleset *)NULL)->hash),
               "a ruleset keeps a whole hash");

int ruleset_read(struct ruleset *ruleset, const char *path, struct usher_problems *problems)
{
    *ruleset = (struct ruleset){0};
    usher_bytes_init(&ruleset->text, RULESET_TEXT_MAX);
    int error = file_read_text(path, RULESET_TEXT_MAX, &ruleset->text);
    if (error == 0)
        error = file_sha256(usher_bytes_text(&ruleset->text), ruleset->hash);
    if (error == 0) {
        ruleset->rules =
            zones_read_rules(usher_bytes_text(&ruleset->text), ruleset->hash, problems);
        if (!ruleset->rules)
            error = problems->count > 0 ? -EINVAL : -ENOMEM;
    }
    if (error < 0)
        ruleset_fini(ruleset);
    return error;
}

void ruleset_fini(struct ruleset *ruleset)
{
    usher_bytes_fini(&ruleset->text);
    if (ruleset->rules)
        usher_rules_free(ruleset->rules);
    *ruleset = (struct ruleset){0};
}

void ruleset_log_problems(const char *path, int error, const struct usher_problems *problems)
{
    size_t told = problems->count < USHER_PROBLEMS_MAX ? problems->count : USHER_PROBLEMS_MAX;
    if (told == 0)
        log_error("The configuration cannot be read; see to the path and who may read it",
                  "file=%s error=\"%s\"", path, strerror(-error));
    for (size_t i = 0; i < told; i++) {
        const struct usher_problem *problem = &problems->list[i];
        char room[LOG_VALUE_SIZE];
        log_error("The configuration has a problem", "at=%s:%zu:%zu problem=%s", path,
                  problem->line, problem->column, log_value(usher_text_of(problem->what), room));
    }
    if (told > 0)
        log_error("The configuration was not taken into use", "file=%s problems=%zu", path,
                  problems->count);
}

void ruleset_refuse(const char *path, int error, const struct usher_problems *problems,
                    struct usher_answer *answer)
{
    const char *slash = strrchr(path, '/');
    ruleset_log_problems(path, error, problems);
    if (problems->count > 0)
        (void)usher_answer_set(
            answer, USHER_ERROR_BAD_RULES, "%zu problem%s; the first at %s:%zu:%zu: %s",
            problems->count, problems->count == 1 ? "" : "s", slash ? slash + 1 : path,
            problems->list[0].line, problems->list[0].column, problems->list[0].what);
    else
        (void)usher_answer_set(answer, USHER_ERROR_BAD_RULES, "%s cannot be read: %s", path,
                               strerror(-error));
}
