/* The first phase: which promise of durability holds, and the newest snapshot that can be used -
 * whole, and with its id still an entry of the stream, so that the lines after it are all there.
 * Nothing is handed to the owner before it is known to be good; a lost connection begins the phase
 * anew. */
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "journal/durability.h"
#include "journal/image.h"
#include "journal/inside.h"
#include "log.h"

#define FIND_AGAIN_MAX 3

static void try_next(struct journal *journal);
static void ask_rules(struct journal *journal);

void journal_find_fini(struct journal *journal)
{
    free(journal->find.list);
    journal->find.list = NULL;
    journal->find.count = journal->find.room = 0;
    usher_bytes_fini(&journal->find.saved);
    usher_bytes_fini(&journal->find.rules);
}

static void log_unusable(struct journal *journal, const char *reason)
{
    char number[USHER_NUMBER_SIZE];
    log_warning("A snapshot cannot be used; the one before it is tried", "snapshot=%s reason=%s",
                usher_number_write(journal->find.list[journal->find.index], number).at, reason);
}

/* All snapshots were tried, or one was handed over. */
static void finish(struct journal *journal)
{
    struct journal_find *find = &journal->find;
    size_t count = find->count;
    bool is_standby = journal->settings->is_standby;
    journal_find_fini(journal);
    if (find->has_stream && count > 0 && !find->has_state && find->again_count < FIND_AGAIN_MAX) {
        find->again_count++; /* a leader may have put newer ones in their place meanwhile */
        journal_retry(journal);
        return;
    }
    if (find->has_stream || (is_standby && (find->has_state || count == 0))) {
        if (count > 0 && !find->has_state)
            log_warning("No snapshot can be used; the whole journal is read", NULL);
        journal_enter(journal, JOURNAL_PHASE_FOLLOWING);
        return;
    }
    if (find->has_state) {
        if (journal->ops->may_claim(journal->owner))
            journal_lose(journal, "there is a snapshot but no stream");
        else
            journal_fail(journal);
        return;
    }
    if (count > 0) {
        log_error("The journal is gone and its snapshots cannot be used. Restore Redis from a "
                  "backup, or delete the "
                  "snapshots to start anew",
                  "key=%s", journal->stream.at);
        journal_fail(journal);
        return;
    }
    journal->is_first = true;
    journal_enter(journal, JOURNAL_PHASE_CLAIMING);
}

static void skip(struct journal *journal, const char *reason)
{
    log_unusable(journal, reason);
    journal->find.index++;
    try_next(journal);
}

static void hand_over(struct journal *journal)
{
    struct journal_find *find = &journal->find;
    char number[USHER_NUMBER_SIZE];
    if (!journal->ops->snapshot(journal->owner, usher_bytes_text(&find->saved))) {
        journal_fail(journal);
        return;
    }
    find->has_state = true;
    journal->last = find->list[find->index];
    journal->snapshot.has_any = true;
    log_info("A snapshot was read", "snapshot=%s bytes=%zu",
             usher_number_write(journal->last, number).at, find->saved.length);
    finish(journal);
}

/* The next hash of the list, or an absent text at its end. */
static struct usher_text next_hash(struct journal_find *find)
{
    struct usher_text rest = usher_bytes_text(&find->rules);
    const char *space;
    rest.at += find->rules_at;
    rest.length -= find->rules_at;
    if (rest.length == 0)
        return USHER_NO_TEXT;
    space = memchr(rest.at, ' ', rest.length);
    if (space)
        rest.length = (size_t)(space - rest.at);
    return rest;
}

static void on_rules(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct usher_text hash = next_hash(&journal->find);
    struct usher_text text = journal_reply_text(reply);
    if (!journal_take(journal, reply))
        return;
    if (!text.at || !journal_shelf_put(&journal->shelf, hash, text)) {
        skip(journal, "its rules are gone");
        return;
    }
    if (!journal->ops->rules(journal->owner, hash, text)) {
        journal_fail(journal);
        return;
    }
    journal->find.rules_at += hash.length;
    if (journal->find.rules_at < journal->find.rules.length)
        journal->find.rules_at++;
    ask_rules(journal);
}

static void ask_rules(struct journal *journal)
{
    char key[JOURNAL_KEY_SIZE];
    struct usher_text args[2] = {USHER_TEXT("GET"), USHER_NO_TEXT};
    struct usher_text hash = next_hash(&journal->find);
    if (!hash.at) {
        hand_over(journal);
        return;
    }
    args[1] = journal_key_rules(journal->settings->site, hash, key);
    journal_command(journal, args, 2, on_rules);
}

static void on_image(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    struct journal_find *find = &journal->find;
    struct journal_image image;
    if (!journal_take(journal, reply))
        return;
    switch (journal_image_read(&image, reply)) {
    case JOURNAL_IMAGE_READ:
        usher_bytes_clear(&find->saved);
        usher_bytes_append_text(&find->saved, image.saved);
        usher_bytes_clear(&find->rules);
        usher_bytes_append_text(&find->rules, image.rules);
        find->rules_at = 0;
        if (find->saved.is_full || find->rules.is_full)
            skip(journal, "memory");
        else
            ask_rules(journal);
        break;
    case JOURNAL_IMAGE_BROKEN:
        skip(journal, "checksum");
        break;
    case JOURNAL_IMAGE_NEWER:
        log_error("The snapshot was written by a newer usherd. Start that version or a later one",
                  NULL);
        journal_fail(journal);
        break;
    }
}

static void ask_image(struct journal *journal)
{
    char key[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {
        USHER_TEXT("HGETALL"), journal_key_snapshot(journal->settings->site,
                                                    journal->find.list[journal->find.index], key)};
    journal_command(journal, args, 2, on_image);
}

static void on_its_entry(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    if (!journal_reply_element(reply, 0))
        skip(journal, "its entry is not in the journal");
    else
        ask_image(journal);
}

static void try_next(struct journal *journal)
{
    struct journal_find *find = &journal->find;
    char number[USHER_NUMBER_SIZE];
    struct usher_text args[4] = {USHER_TEXT("XRANGE"), journal->stream, USHER_NO_TEXT,
                                 USHER_NO_TEXT};
    if (find->index == find->count) {
        finish(journal);
        return;
    }
    if (!find->has_stream) {
        ask_image(journal);
        return;
    }
    args[2] = args[3] = usher_number_write(find->list[find->index], number);
    journal_command(journal, args, 4, on_its_entry);
}

static void on_exists(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    journal->find.has_stream = reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
    try_next(journal);
}

static int compare_newest_first(const void *a, const void *b)
{
    return usher_number_compare(*(const struct usher_number *)b, *(const struct usher_number *)a);
}

/* Notes the key of a snapshot; SCAN may name one twice, which costs a second try at most. */
static void note_key(struct journal *journal, struct usher_text key)
{
    struct journal_find *find = &journal->find;
    struct usher_number n;
    if (!journal_key_read_snapshot(journal->settings->site, key, &n))
        return;
    if (find->count == find->room) {
        size_t room = find->room ? find->room * 2 : 8;
        struct usher_number *list = realloc(find->list, room * sizeof(*list));
        if (!list)
            return;
        find->list = list;
        find->room = room;
    }
    find->list[find->count++] = n;
}

static void scan(struct journal *journal, struct usher_text cursor);

static void on_scan(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    const struct redisReply *keys = journal_reply_element(reply, 1);
    struct usher_text cursor = journal_reply_text(journal_reply_element(reply, 0));
    const struct usher_text args[] = {USHER_TEXT("EXISTS"), journal->stream};
    if (!journal_take(journal, reply))
        return;
    for (size_t i = 0; keys && i < keys->elements; i++)
        note_key(journal, journal_reply_text(keys->element[i]));
    if (cursor.at && !usher_text_is_equal(cursor, USHER_TEXT("0"))) {
        scan(journal, cursor);
        return;
    }
    if (journal->find.count > 0)
        qsort(journal->find.list, journal->find.count, sizeof(*journal->find.list),
              compare_newest_first);
    journal_command(journal, args, 2, on_exists);
}

static void scan(struct journal *journal, struct usher_text cursor)
{
    char pattern[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {
        USHER_TEXT("SCAN"),  cursor,
        USHER_TEXT("MATCH"), journal_key_snapshots(journal->settings->site, pattern),
        USHER_TEXT("COUNT"), USHER_TEXT("1000")};
    journal_command(journal, args, USHER_COUNT_OF(args), on_scan);
}

static void on_role(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    const struct redisReply *replicas = journal_reply_element(reply, 2);
    if (usher_text_is_equal(journal_reply_text(journal_reply_element(reply, 0)),
                            USHER_TEXT("master")) &&
        replicas && replicas->type == REDIS_REPLY_ARRAY)
        durability_log_replicas(journal->settings, replicas->elements);
    scan(journal, USHER_TEXT("0"));
}

static void on_config(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    const struct usher_text args[] = {USHER_TEXT("ROLE")};
    /* A refusal (an ACL without CONFIG) is told by durability_is_fit; only "not now" is tried
     * again. */
    if (journal_reply_classify(reply) == JOURNAL_REPLY_AWAY) {
        (void)!journal_take(journal, reply);
        return;
    }
    if (!durability_is_fit(journal_reply_text(journal_reply_find(reply, "appendonly")),
                           journal_reply_text(journal_reply_find(reply, "appendfsync")),
                           journal_reply_text(journal_reply_find(reply, "maxmemory-policy")),
                           journal->settings->redis.accept_loss)) {
        journal_fail(journal);
        return;
    }
    journal_command(journal, args, 1, on_role);
}

void journal_find_step(struct journal *journal)
{
    const struct usher_text args[] = {USHER_TEXT("CONFIG"), USHER_TEXT("GET"),
                                      USHER_TEXT("appendonly"), USHER_TEXT("appendfsync"),
                                      USHER_TEXT("maxmemory-policy")};
    journal->find.count = 0;
    journal->find.index = 0;
    journal->is_first = false;
    journal_command(journal, args, USHER_COUNT_OF(args), on_config);
}
