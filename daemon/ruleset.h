/* A rules' file, read and compiled: its text and hash go to Redis, its rules to the engine. */
#ifndef RULESET_H
#define RULESET_H

#include "base/bytes.h"
#include "model/answer.h"
#include "rules/problem.h"
#include "rules/rules.h"

struct ruleset {
    struct usher_bytes text;
    char hash[65]; /* SHA-256 of the text, hexadecimal */
    struct usher_rules *rules;
};

/* 0; -EINVAL with `problems` filled; or a negative errno (the file cannot be read). On failure
 * `ruleset` needs no fini. */
int ruleset_read(struct ruleset *ruleset, const char *path, struct usher_problems *problems);
/* Twice is fine. */
void ruleset_fini(struct ruleset *ruleset);
/* Logs why ruleset_read failed: each problem with file, line and column. */
void ruleset_log_problems(const char *path, int error, const struct usher_problems *problems);
/* The same, and the first problem as the answer to whoever asked. */
void ruleset_refuse(const char *path, int error, const struct usher_problems *problems,
                    struct usher_answer *answer);

#endif
