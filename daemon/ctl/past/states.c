/* A snapshot in Redis counts only while its entry stands in the stream, as for usherd: then all
 * that comes behind it is there as well. */
#include "ctl/past/states.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "ctl/memory.h"
#include "journal/folder.h"
#include "journal/image.h"
#include "journal/reply.h"
#include "rules/problem.h"

#define RULES_MAX ((size_t)4 * 1024 * 1024)
#define SAVED_MAX ((size_t)512 * 1024 * 1024)

static int compare(const void *a, const void *b)
{
    return usher_number_compare(((const struct state *)a)->n, ((const struct state *)b)->n);
}

static void add(struct states *states, struct state state)
{
    if (states_find(states, state.n))
        return;
    states->list = memory_resize(states->list, (states->count + 1) * sizeof(*states->list));
    states->list[states->count++] = state;
}

/* SCAN may name a key twice. */
static enum exit_code scan(struct states *states, struct past *past)
{
    const char *site = past->site->settings.site;
    char pattern[JOURNAL_KEY_SIZE];
    char cursor[32] = "0";
    enum exit_code code;
    do {
        const struct usher_text args[] = {USHER_TEXT("SCAN"),  usher_text_of(cursor),
                                          USHER_TEXT("MATCH"), journal_key_snapshots(site, pattern),
                                          USHER_TEXT("COUNT"), USHER_TEXT("1000")};
        redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
        const redisReply *keys = journal_reply_element(reply, 1);
        for (size_t i = 0; keys && i < keys->elements; i++) {
            struct usher_number n;
            if (journal_key_read_snapshot(site, journal_reply_text(keys->element[i]), &n))
                add(states, (struct state){.n = n, .at_ms = -1});
        }
        if (!usher_text_copy(cursor, sizeof(cursor),
                             journal_reply_text(journal_reply_element(reply, 0))))
            (void)snprintf(cursor, sizeof(cursor), "0");
        freeReplyObject(reply);
    } while (code == EXIT_DONE && strcmp(cursor, "0") != 0);
    return code;
}

/* Those of the archive; reading its lines tells what is wrong with it. */
static void scan_archive(struct states *states, const struct past *past)
{
    const struct settings *settings = &past->site->settings;
    struct folder_list list;
    if (!settings->journal.archive[0])
        return;
    states->archive_error = folder_list(&list, settings->journal.archive, settings->site);
    if (states->archive_error < 0)
        return;
    for (size_t i = 0; i < list.states_count; i++)
        add(states,
            (struct state){.n = list.states[i].n, .at_ms = list.states[i].at_ms, .is_filed = true});
    folder_list_fini(&list);
}

enum exit_code states_list(struct states *states, struct past *past)
{
    size_t kept = 0;
    *states = (struct states){.count = 0};
    enum exit_code code = scan(states, past);
    for (size_t i = 0; code == EXIT_DONE && i < states->count; i++) {
        struct state *state = &states->list[i];
        code = past_time_of(past, state->n, &state->at_ms);
        if (state->at_ms >= 0)
            states->list[kept++] = *state;
    }
    states->count = kept;
    if (code != EXIT_DONE)
        states_fini(states);
    else
        scan_archive(states, past);
    if (states->count > 0)
        qsort(states->list, states->count, sizeof(*states->list), compare);
    return code;
}

void states_fini(struct states *states)
{
    free(states->list);
    *states = (struct states){.count = 0};
}

const struct state *states_find(const struct states *states, struct usher_number n)
{
    for (size_t i = 0; i < states->count; i++) {
        if (usher_number_compare(states->list[i].n, n) == 0)
            return &states->list[i];
    }
    return NULL;
}

static enum exit_code take_rules(struct usher_engine *engine, struct usher_text hash,
                                 struct usher_text text)
{
    char name[65];
    struct usher_problems problems;
    struct usher_rules *rules = NULL;
    usher_problems_init(&problems);
    if (usher_text_copy(name, sizeof(name), hash))
        rules = usher_rules_read(text, name, &problems);
    if (rules) {
        usher_engine_shelve(engine, rules);
        return EXIT_DONE;
    }
    fprintf(stderr,
            "usherctl: the rules %.*s of the journal cannot be read: %s; were they written for a "
            "newer usherd?\n",
            USHER_TEXT_ARGS(hash), problems.count ? problems.list[0].what : "memory is out");
    return EXIT_REFUSED;
}

/* From the archive. */
static enum exit_code shelve_filed(const struct past *past, struct usher_engine *engine,
                                   struct usher_text hash, struct usher_text key)
{
    const char *path = past->site->settings.journal.archive;
    char name[FOLDER_NAME_SIZE];
    struct usher_bytes text;
    enum exit_code code = EXIT_REFUSED;
    usher_bytes_init(&text, RULES_MAX);
    if (path[0] && folder_name_rules(hash, name) && folder_read(path, name, &text) == 0)
        code = take_rules(engine, hash, usher_bytes_text(&text));
    else
        fprintf(stderr,
                "usherctl: the journal names rules whose text is gone: store that rules file again "
                "under the key %.*s\n",
                USHER_TEXT_ARGS(key));
    usher_bytes_fini(&text);
    return code;
}

enum exit_code states_shelve(struct past *past, struct usher_engine *engine, struct usher_text hash)
{
    char room[JOURNAL_KEY_SIZE];
    enum exit_code code;
    if (usher_engine_has_rules(engine, hash))
        return EXIT_DONE;
    const struct usher_text args[] = {USHER_TEXT("GET"),
                                      journal_key_rules(past->site->settings.site, hash, room)};
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    struct usher_text text = journal_reply_text(reply);
    if (text.at)
        code = take_rules(engine, hash, text);
    else if (reply)
        code = shelve_filed(past, engine, hash, args[1]);
    freeReplyObject(reply);
    return code;
}

static enum exit_code new_engine(const struct past *past, struct usher_engine **engine)
{
    struct usher_hash_seed seed;
    *engine = NULL;
    if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
        *engine = usher_engine_new(&past->site->settings.limits, seed);
    if (*engine)
        return EXIT_DONE;
    fputs("usherctl: memory is out for a state with the `limits` of the settings\n", stderr);
    return EXIT_REFUSED;
}

/* Customers who were erased after this state are nobody in it. */
static bool erase_later(const struct past *past, struct usher_engine *engine)
{
    struct usher_number last = usher_engine_last_number(engine);
    bool is_done = true;
    for (size_t i = 0; i < past->erasures.count; i++) {
        const struct erasure *erasure = &past->erasures.list[i];
        if (usher_number_compare(erasure->n, last) > 0)
            is_done &= usher_engine_erase(engine, usher_text_of(erasure->customer));
    }
    return is_done;
}

static enum exit_code load(struct past *past, struct usher_text saved, struct usher_engine **engine)
{
    struct usher_answer answer = {.error = USHER_OK};
    struct usher_text hash = usher_engine_saved_hash(saved);
    enum exit_code code = new_engine(past, engine);
    if (code == EXIT_DONE && hash.at)
        code = states_shelve(past, *engine, hash);
    if (code == EXIT_DONE && usher_engine_load(*engine, saved, &answer) &&
        erase_later(past, *engine))
        return EXIT_DONE;
    if (code == EXIT_DONE) {
        fprintf(stderr, "usherctl: a snapshot of the journal cannot be used: %s\n", answer.message);
        code = EXIT_REFUSED;
    }
    usher_engine_free(*engine);
    *engine = NULL;
    return code;
}

static enum exit_code load_filed(struct past *past, const struct state *state,
                                 struct usher_engine **engine)
{
    const struct settings *settings = &past->site->settings;
    char name[FOLDER_NAME_SIZE];
    struct usher_bytes saved;
    int64_t at_ms;
    enum exit_code code = EXIT_DONE;
    usher_bytes_init(&saved, SAVED_MAX);
    folder_name_state(settings->site, state->n, state->at_ms, name);
    int error = folder_read(settings->journal.archive, name, &saved);
    if (error == 0 && !usher_engine_saved_ms(usher_bytes_text(&saved), &at_ms))
        error = -EBADMSG;
    if (error == 0)
        code = load(past, usher_bytes_text(&saved), engine);
    else
        fprintf(stderr, "usherctl: %s/%s cannot be used: %s; one before it is taken\n",
                settings->journal.archive, name, strerror(-error));
    usher_bytes_fini(&saved);
    return code;
}

enum exit_code states_load(struct past *past, const struct state *state,
                           struct usher_engine **engine)
{
    char room[JOURNAL_KEY_SIZE];
    struct journal_image image;
    enum exit_code code;
    *engine = NULL;
    if (!state)
        return new_engine(past, engine);
    if (state->is_filed)
        return load_filed(past, state, engine);
    const struct usher_text args[] = {
        USHER_TEXT("HGETALL"), journal_key_snapshot(past->site->settings.site, state->n, room)};
    redisReply *reply = past_ask(past, args, USHER_COUNT_OF(args), &code);
    if (!reply)
        return code;
    switch (journal_image_read(&image, reply)) {
    case JOURNAL_IMAGE_READ:
        code = load(past, image.saved, engine);
        break;
    case JOURNAL_IMAGE_BROKEN:
        break;
    case JOURNAL_IMAGE_NEWER:
        fputs("usherctl: the journal's snapshot was written by a newer usherd; use the usherctl of "
              "that version\n",
              stderr);
        code = EXIT_REFUSED;
        break;
    }
    freeReplyObject(reply);
    return code;
}
