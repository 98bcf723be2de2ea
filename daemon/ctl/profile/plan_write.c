/* Writing a plan. An agent's fields are one HSET, what is removed one HDEL; both together stand in
 * one transaction, so that no router reads a profile in between. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/memory.h"
#include "ctl/profile/plan.h"
#include "journal/keys.h"

#define GO_MAX 200 /* agents whose commands are sent before the first answer is read */
#define RIGHTS "+hset +hdel +multi +exec"

/* The agents' changes: from `at` to before `end`. */
struct part {
    size_t at;
    size_t end;
    int commands; /* how many were sent for it */
};

struct writer {
    const struct plan *plan;
    struct site *site;
    const char **args;
    size_t *lengths;
    int count;
};

static void take(struct writer *writer, struct usher_text text)
{
    writer->args[writer->count] = text.at;
    writer->lengths[writer->count++] = text.length;
}

static bool send_command(struct writer *writer, struct part *part)
{
    part->commands++;
    return redisAppendCommandArgv(writer->site->redis, writer->count, writer->args,
                                  writer->lengths) == REDIS_OK;
}

static bool send_word(struct writer *writer, struct part *part, struct usher_text word)
{
    writer->count = 0;
    take(writer, word);
    return send_command(writer, part);
}

/* HSET of what stays, or HDEL of what goes; nothing when there is none. */
static bool send_fields(struct writer *writer, struct part *part, struct usher_text key,
                        bool is_removed)
{
    writer->count = 0;
    take(writer, is_removed ? USHER_TEXT("HDEL") : USHER_TEXT("HSET"));
    take(writer, key);
    for (size_t i = part->at; i < part->end; i++) {
        const struct plan_change *change = &writer->plan->list[i];
        if (is_removed != !change->now.at)
            continue;
        take(writer, change->name);
        if (!is_removed)
            take(writer, change->now);
    }
    return writer->count == 2 || send_command(writer, part);
}

static bool send_part(struct writer *writer, struct part *part)
{
    const struct plan_change *list = writer->plan->list;
    char room[JOURNAL_KEY_SIZE];
    struct usher_text key =
        journal_key_agent(writer->site->settings.site, list[part->at].profile->agent.at, room);
    size_t removed = 0;
    for (size_t i = part->at; i < part->end; i++)
        removed += !list[i].now.at;
    bool has_both = removed > 0 && removed < part->end - part->at;
    return (!has_both || send_word(writer, part, USHER_TEXT("MULTI"))) &&
           send_fields(writer, part, key, false) && send_fields(writer, part, key, true) &&
           (!has_both || send_word(writer, part, USHER_TEXT("EXEC")));
}

/* An error of the command, or of one in a transaction. */
static const struct redisReply *find_error(const struct redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return reply;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        if (reply->element[i]->type == REDIS_REPLY_ERROR)
            return reply->element[i];
    return NULL;
}

/* The answers of one part. `is_told` is set when a problem was said. */
static enum exit_code read_part(struct writer *writer, const struct part *part, bool is_told)
{
    enum exit_code code = EXIT_DONE;
    for (int i = 0; i < part->commands; i++) {
        void *reply = NULL;
        if (redisGetReply(writer->site->redis, &reply) != REDIS_OK)
            return is_told ? EXIT_UNREACHABLE : site_refuse(writer->site, NULL, RIGHTS);
        const struct redisReply *error = find_error(reply);
        if (error && code == EXIT_DONE)
            code = is_told ? EXIT_REFUSED : site_refuse(writer->site, error, RIGHTS);
        freeReplyObject(reply);
    }
    return code;
}

static size_t find_end(const struct plan *plan, size_t at)
{
    size_t end = at + 1;
    while (end < plan->count && plan->list[end].profile == plan->list[at].profile)
        end++;
    return end;
}

static void show_progress(size_t done, size_t count)
{
    if (isatty(STDERR_FILENO) && count > GO_MAX)
        fprintf(stderr, "\r%zu of %zu agents%s", done, count, done == count ? "\n" : "");
}

/* Up to GO_MAX agents from `*at` on. Adds to `*done` those who are written. */
static enum exit_code write_some(struct writer *writer, size_t *at, size_t *done)
{
    struct part parts[GO_MAX];
    size_t count = 0;
    enum exit_code code = EXIT_DONE;
    while (count < GO_MAX && *at < writer->plan->count) {
        parts[count] = (struct part){.at = *at, .end = find_end(writer->plan, *at)};
        *at = parts[count].end;
        if (!send_part(writer, &parts[count++]))
            return site_refuse(writer->site, NULL, RIGHTS);
    }
    for (size_t i = 0; i < count && code != EXIT_UNREACHABLE; i++) {
        enum exit_code one = read_part(writer, &parts[i], code != EXIT_DONE);
        if (one == EXIT_DONE)
            ++*done;
        else
            code = one;
    }
    return code;
}

enum exit_code plan_write(const struct plan *plan, struct site *site)
{
    size_t total = plan->new_count + plan->changed_count, at = 0, done = 0;
    struct writer writer = {.plan = plan, .site = site};
    writer.args = memory_resize(NULL, (2 * plan->count + 2) * sizeof(*writer.args));
    writer.lengths = memory_resize(NULL, (2 * plan->count + 2) * sizeof(*writer.lengths));
    enum exit_code code = EXIT_DONE;
    while (at < plan->count && code == EXIT_DONE) {
        code = write_some(&writer, &at, &done);
        show_progress(done, total);
    }
    free(writer.args);
    free(writer.lengths);
    if (code != EXIT_DONE)
        fprintf(stderr,
                "usherctl: %zu of %zu agents were written. When that is mended, run it again: what "
                "is written already stays\n",
                done, total);
    return code;
}
