#include "ctl/rulebook/versions.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "file.h"
#include "journal/dial.h"
#include "journal/keys.h"
#include "journal/reply.h"

#define BEGINNING_MIN 4
#define RIGHTS        "+hgetall +get"
#define TEXT_MAX      ((size_t)4 * 1024 * 1024)

static int compare_versions(const void *a, const void *b)
{
    const struct version *left = a, *right = b;
    if (left->loaded_ms != right->loaded_ms)
        return left->loaded_ms > right->loaded_ms ? -1 : 1;
    return strcmp(left->hash, right->hash);
}

static void add(struct versions *versions, struct usher_text hash, int64_t loaded_ms)
{
    struct version *version = &versions->list[versions->count];
    *version = (struct version){.loaded_ms = loaded_ms};
    versions->count += usher_text_copy(version->hash, sizeof(version->hash), hash);
}

enum exit_code versions_read(struct versions *versions, struct site *site, const char *in_use)
{
    char room[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {USHER_TEXT("HGETALL"),
                                      journal_key_versions(site->settings.site, room)};
    redisReply *reply = dial_ask(site->redis, args, USHER_COUNT_OF(args));
    bool has_in_use = !in_use[0];
    *versions = (struct versions){.count = 0};
    if (!reply || reply->type != REDIS_REPLY_ARRAY) {
        enum exit_code code = site_refuse(site, reply, RIGHTS);
        freeReplyObject(reply);
        return code;
    }
    versions->list = memory_resize(NULL, (reply->elements / 2 + 1) * sizeof(*versions->list));
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        struct usher_text hash = journal_reply_text(reply->element[i]);
        int64_t loaded_ms = 0;
        if (!hash.at ||
            !usher_text_read_int64(journal_reply_text(reply->element[i + 1]), &loaded_ms))
            continue;
        has_in_use |= usher_text_is_equal(hash, usher_text_of(in_use));
        add(versions, hash, loaded_ms);
    }
    if (!has_in_use)
        add(versions, usher_text_of(in_use), 0);
    freeReplyObject(reply);
    if (versions->count > 0)
        qsort(versions->list, versions->count, sizeof(*versions->list), compare_versions);
    return EXIT_DONE;
}

void versions_fini(struct versions *versions)
{
    free(versions->list);
    versions->list = NULL;
}

const struct version *versions_find(const struct versions *versions, const char *beginning)
{
    const struct version *found = NULL;
    size_t length = strlen(beginning);
    for (size_t i = 0; i < versions->count && length >= BEGINNING_MIN; i++) {
        if (strncmp(versions->list[i].hash, beginning, length) != 0)
            continue;
        if (found)
            return NULL;
        found = &versions->list[i];
    }
    return found;
}

const char *version_short(const char *hash, char room[VERSION_SHORT_SIZE])
{
    (void)snprintf(room, VERSION_SHORT_SIZE, "%.*s", VERSION_SHORT_SIZE - 1, hash);
    return room;
}

enum exit_code versions_read_text(struct site *site, const char *hash, struct usher_bytes *text)
{
    char room[JOURNAL_KEY_SIZE], digits[VERSION_SHORT_SIZE];
    const struct usher_text args[] = {
        USHER_TEXT("GET"), journal_key_rules(site->settings.site, usher_text_of(hash), room)};
    redisReply *reply = dial_ask(site->redis, args, USHER_COUNT_OF(args));
    struct usher_text found = journal_reply_text(reply);
    enum exit_code code = EXIT_DONE;
    usher_bytes_clear(text);
    if (!reply || reply->type == REDIS_REPLY_ERROR) {
        code = site_refuse(site, reply, RIGHTS);
    } else if (!found.at) {
        fprintf(stderr, "usherctl: Redis does not have the text of the rules %s any more\n",
                version_short(hash, digits));
        code = EXIT_REFUSED;
    } else {
        usher_bytes_append_text(text, found);
    }
    freeReplyObject(reply);
    return code;
}

struct usher_rules *versions_read_rules(struct site *site)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    struct usher_rules *rules = NULL;
    struct versions versions;
    struct usher_bytes text;
    bool is_read = false;
    usher_problems_init(problems);
    usher_bytes_init(&text, TEXT_MAX);
    if (versions_read(&versions, site, "") == EXIT_DONE) {
        is_read = versions.count > 0 &&
                  versions_read_text(site, versions.list[0].hash, &text) == EXIT_DONE;
        versions_fini(&versions);
    }
    if (!is_read)
        is_read = file_read_text(site->settings.rules, TEXT_MAX, &text) == 0;
    if (is_read)
        rules = usher_rules_read(usher_bytes_text(&text), "", problems);
    usher_bytes_fini(&text);
    free(problems);
    return rules;
}
