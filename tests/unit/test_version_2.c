/* What a router of version 2 left behind: a state with something of everything, its journal, and
 * the digests that its heartbeats carried. In tests/unit/version_2; no version writes them anew. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "unit/ruled.h"
#include "unit/suite.h"

enum { FILE_SIZE = 65536 };

static const struct usher_limits limits = {
    .contacts = 20, .agents = 12, .classes = 8, .clients = 16, .ended = 8, .context_bytes = 64};

static struct usher_text left(const char *name, char room[FILE_SIZE])
{
    char path[512];
    const char *source = getenv("USHER_SOURCE");
    ck_assert_msg(source != NULL, "USHER_SOURCE must be the folder of the source");
    snprintf(path, sizeof(path), "%s/tests/unit/version_2/%s", source, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    size_t length = fread(room, 1, FILE_SIZE - 1, file);
    fclose(file);
    room[length] = '\0';
    return (struct usher_text){room, length};
}

/* An engine with those rules on its shelf, whose hash stands in the snapshot. */
static struct usher_engine *engine_new(void)
{
    static char snapshot[FILE_SIZE];
    static char text[FILE_SIZE];
    char hash[65];
    struct usher_hash_seed seed = {7, 8};
    struct usher_problems *problems = told_new();
    struct usher_engine *engine = usher_engine_new(&limits, seed);
    ck_assert_ptr_nonnull(engine);
    snprintf(hash, sizeof(hash), "%.*s",
             USHER_TEXT_ARGS(usher_engine_saved_hash(left("snapshot", snapshot))));
    struct usher_rules *rules = usher_rules_read(left("rules.yaml", text), hash, problems);
    ck_assert_msg(rules != NULL, "%s", told_lines(problems));
    free(problems);
    usher_engine_shelve(engine, rules);
    return engine;
}

static struct usher_engine *loaded(void)
{
    static char room[FILE_SIZE];
    struct usher_answer answer = {0};
    struct usher_engine *engine = engine_new();
    ck_assert_msg(usher_engine_load(engine, left("snapshot", room), &answer), "%s", answer.message);
    return engine;
}

static struct usher_engine *replayed(void)
{
    static char room[FILE_SIZE];
    struct usher_engine *engine = engine_new();
    struct usher_text rest = left("journal.jsonl", room);
    while (rest.length > 0) {
        const char *newline = memchr(rest.at, '\n', rest.length);
        struct usher_text line = {rest.at, (size_t)(newline - rest.at)};
        struct usher_answer answer = {0};
        ck_assert_msg(usher_engine_apply_line(engine, line, &answer), "%s: %.*s", answer.message,
                      USHER_TEXT_ARGS(line));
        rest.at += line.length + 1;
        rest.length -= line.length + 1;
    }
    return engine;
}

static void check_digests(const struct usher_engine *engine)
{
    static char room[FILE_SIZE];
    char digest[USHER_DIGEST_SIZE];
    struct usher_text wanted = left("digests", room);
    for (uint64_t seq = 0; seq < 16; seq++) {
        struct usher_text one = {wanted.at + seq * USHER_DIGEST_SIZE, USHER_DIGEST_SIZE - 1};
        struct usher_number n = {1, seq};
        ck_assert_msg(usher_text_is_equal(one, usher_engine_digest(engine, n, digest)),
                      "heartbeat %u carried %.*s, and here %s", (unsigned)seq, USHER_TEXT_ARGS(one),
                      digest);
    }
}

START_TEST(snapshot_is_loaded)
{
    struct usher_engine *engine = loaded();
    struct usher_engine_counts counts = usher_engine_count(engine);
    ck_assert_uint_eq(counts.contacts, 9);
    ck_assert_uint_eq(counts.talking, 2);
    usher_engine_free(engine);
}
END_TEST

START_TEST(snapshot_gives_the_digests_of_its_heartbeats)
{
    struct usher_engine *engine = loaded();
    check_digests(engine);
    usher_engine_free(engine);
}
END_TEST

START_TEST(journal_gives_the_digests_of_its_heartbeats)
{
    struct usher_engine *engine = replayed();
    check_digests(engine);
    usher_engine_free(engine);
}
END_TEST

START_TEST(journal_and_snapshot_give_the_same_state)
{
    struct usher_bytes one;
    struct usher_bytes other;
    struct usher_engine *engines[] = {loaded(), replayed()};
    usher_bytes_init(&one, 1 << 24);
    usher_bytes_init(&other, 1 << 24);
    usher_engine_save(engines[0], &one);
    usher_engine_save(engines[1], &other);
    ck_assert(usher_text_is_equal(usher_bytes_text(&one), usher_bytes_text(&other)));
    ck_assert_int_eq(usher_engine_next_deadline_ms(engines[0]),
                     usher_engine_next_deadline_ms(engines[1]));
    usher_bytes_fini(&one);
    usher_bytes_fini(&other);
    usher_engine_free(engines[0]);
    usher_engine_free(engines[1]);
}
END_TEST

SUITE_MAIN("version_2", snapshot_is_loaded, snapshot_gives_the_digests_of_its_heartbeats,
           journal_gives_the_digests_of_its_heartbeats, journal_and_snapshot_give_the_same_state)
