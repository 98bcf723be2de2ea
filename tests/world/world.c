/* The world keeps the texts of all rules that it ever had, so that any other engine can be given
 * them. */
#include "world/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/explain.h"
#include "wire/codec.h"

#define JOURNAL_MAX ((size_t)1 << 30)

static const struct usher_hash_seed seeds[] = {{1, 2}, {3, 4}, {5, 6}};

static struct usher_engine *engine_new(const struct world *world, size_t seed)
{
    struct usher_engine *engine = usher_engine_new(&world->limits, seeds[seed]);
    if (!engine) {
        fputs("world: memory is out\n", stderr);
        exit(2);
    }
    return engine;
}

/* What the engine wrote goes into the journal. */
static void gather(struct world *world)
{
    struct usher_outbox *outbox = usher_engine_outbox(world->engine);
    usher_bytes_append_text(&world->journal, usher_bytes_text(&outbox->lines));
    usher_outbox_clear(outbox);
    assert(!world->journal.is_full);
}

static void begin(struct world *world)
{
    char prev[USHER_NUMBER_SIZE];
    struct usher_command command = {.kind = USHER_COMMAND_ROUTER_START, .role = USHER_ROLE_ROUTER};
    USHER_FIELDS_SET(&command.fields, TOKEN, token, USHER_TEXT("world"));
    USHER_FIELDS_SET(&command.fields, PREV, prev,
                     usher_number_write(usher_engine_last_number(world->engine), prev));
    USHER_FIELDS_SET(&command.fields, VERSION, version, USHER_JOURNAL_VERSION);
    USHER_FIELDS_SET(&command.fields, OUTAGE, outage, USHER_TEXT("hold"));
    struct usher_answer answer;
    usher_engine_begin_epoch(world->engine, world->epoch);
    if (world_decide(world, &command, &answer) != USHER_OK) {
        fprintf(stderr, "world: router.start was refused: %s\n", answer.message);
        exit(2);
    }
}

void world_open(struct world *world, const struct usher_limits *limits)
{
    memset(world, 0, sizeof(*world));
    world->limits = *limits;
    world->now_ms = WORLD_START_MS;
    world->epoch = 1;
    usher_bytes_init(&world->journal, JOURNAL_MAX);
    world->engine = engine_new(world, 0);
    begin(world);
    world_take(world);
}

void world_close(struct world *world)
{
    usher_engine_free(world->engine);
    usher_bytes_fini(&world->journal);
    for (size_t i = 0; i < world->rules_count; i++)
        free(world->rules[i].text);
}

static struct usher_rules *read_rules(const struct world_rules *kept)
{
    static struct usher_problems problems;
    usher_problems_init(&problems);
    struct usher_rules *rules = usher_rules_read(usher_text_of(kept->text), kept->hash, &problems);
    if (!rules) {
        struct usher_bytes out;
        usher_bytes_init(&out, JOURNAL_MAX);
        usher_problems_write(&problems, "rules", &out);
        fprintf(stderr, "%.*s", USHER_TEXT_ARGS(usher_bytes_text(&out)));
        usher_bytes_fini(&out);
    }
    return rules;
}

static const struct world_rules *find_rules(const struct world *world, struct usher_text hash)
{
    for (size_t i = 0; i < world->rules_count; i++)
        if (usher_text_is_equal(usher_text_of(world->rules[i].hash), hash))
            return &world->rules[i];
    return NULL;
}

struct usher_rules *world_read_rules(const struct world *world, struct usher_text hash)
{
    const struct world_rules *kept = find_rules(world, hash);
    return kept ? read_rules(kept) : NULL;
}

struct usher_zone *world_read_zone(const char *name)
{
    char path[128];
    static char bytes[USHER_ZONE_BYTES_MAX];
    const char *why;
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    return usher_zone_read((struct usher_text){bytes, length}, &why);
}

/* As usherd does: all zones that the engine goes by. */
static void give_zones(struct usher_engine *engine)
{
    struct usher_text missing;
    while ((missing = usher_engine_missing_zone(engine)).length > 0) {
        char name[USHER_ZONE_NAME_MAX + 1];
        snprintf(name, sizeof(name), "%.*s", USHER_TEXT_ARGS(missing));
        if (!usher_engine_take_zone(engine, usher_text_of(name), world_read_zone(name)))
            return;
    }
}

/* Puts the rules of this hash on the shelf of `engine`, unless they are there. */
static bool shelve(const struct world *world, struct usher_engine *engine, struct usher_text hash)
{
    if (usher_engine_has_rules(engine, hash))
        return true;
    struct usher_rules *rules = world_read_rules(world, hash);
    if (!rules)
        return false;
    usher_engine_shelve(engine, rules);
    give_zones(engine);
    return true;
}

bool world_use_rules(struct world *world, struct usher_text text)
{
    uint64_t hash = usher_hash(seeds[0], text.at, text.length);
    char name[65];
    snprintf(name, sizeof(name), "%016llx", (unsigned long long)hash);
    if (!find_rules(world, usher_text_of(name))) {
        assert(world->rules_count < WORLD_RULES_MAX);
        struct world_rules *kept = &world->rules[world->rules_count++];
        memcpy(kept->hash, name, sizeof(name));
        kept->text = malloc(text.length + 1);
        assert(kept->text);
        memcpy(kept->text, text.at, text.length);
        kept->text[text.length] = '\0';
    }
    if (!shelve(world, world->engine, usher_text_of(name)))
        return false;
    struct usher_command command = {.kind = USHER_COMMAND_RULES_LOAD, .role = USHER_ROLE_ROUTER};
    USHER_FIELDS_SET(&command.fields, HASH, hash, usher_text_of(name));
    struct usher_answer answer = {0};
    if (world_decide(world, &command, &answer) == USHER_OK)
        return true;
    fprintf(stderr, "rules.load was refused: %s\n", answer.message);
    return false;
}

static void tell_civil(struct world *world)
{
    usher_engine_set_civil(world->engine, world->now_ms + world->civil_offset_ms, world->now_ms);
}

void world_set_civil(struct world *world, int64_t civil_ms)
{
    world->civil_offset_ms = civil_ms - world->now_ms;
    tell_civil(world);
}

/* As usherd does: the zone that a command names, if there is one of this name. */
static void give_named(struct usher_engine *engine, struct usher_text zone)
{
    char name[USHER_ZONE_NAME_MAX + 1];
    if (!zone.at || !usher_zone_is_name(zone) || usher_engine_has_zone(engine, zone))
        return;
    snprintf(name, sizeof(name), "%.*s", USHER_TEXT_ARGS(zone));
    struct usher_zone *found = world_read_zone(name);
    if (found)
        (void)!usher_engine_take_zone(engine, zone, found);
}

enum usher_error world_decide(struct world *world, const struct usher_command *command,
                              struct usher_answer *answer)
{
    answer->error = USHER_OK;
    answer->message[0] = '\0';
    give_named(world->engine, command->fields.zone);
    enum usher_error error = usher_engine_decide(world->engine, command, world->now_ms, answer);
    gather(world);
    return error;
}

enum usher_error world_finish_sync(struct world *world, struct usher_sync *sync,
                                   struct usher_text client, int64_t count,
                                   struct usher_answer *answer)
{
    enum usher_error error =
        usher_sync_finish(sync, world->engine, client, count, world->now_ms, answer);
    gather(world);
    return error;
}

void world_pass_to(struct world *world, int64_t at_ms)
{
    assert(at_ms >= world->now_ms);
    for (;;) {
        int64_t next_ms = usher_engine_next_deadline_ms(world->engine);
        if (next_ms > at_ms)
            break;
        world_jump_to(world, next_ms > world->now_ms ? next_ms : world->now_ms);
        /* A deadline that stays where it is would never end. */
        assert(usher_engine_next_deadline_ms(world->engine) > world->now_ms);
    }
    world->now_ms = at_ms;
}

void world_jump_to(struct world *world, int64_t at_ms)
{
    assert(at_ms >= world->now_ms);
    world->now_ms = at_ms;
    usher_engine_pass_time(world->engine, at_ms);
    gather(world);
}

void world_pass_outage(struct world *world, int64_t at_ms)
{
    assert(at_ms >= world->now_ms);
    world->now_ms = at_ms;
    usher_engine_pass_outage(world->engine, at_ms);
    gather(world);
}

struct usher_text world_take(struct world *world)
{
    struct usher_text lines = {world->journal.at + world->taken,
                               world->journal.length - world->taken};
    world->taken = world->journal.length;
    return lines;
}

/* Whether the state before an offer explains it: the same winner by the same figures. */
static bool is_explained(struct usher_engine *engine, const struct usher_event *event)
{
    struct usher_explained_offer offer;
    if (event->kind != USHER_EVENT_CONTACT_OFFERED)
        return true;
    if (!usher_explain_offer(engine, event, &offer))
        return false;
    enum usher_agreement agreement = offer.agreement;
    usher_explained_offer_fini(&offer);
    return agreement == USHER_AGREES || agreement == USHER_AGREES_NOT_ASKED;
}

/* Applies the whole journal in `engine`; NULL, or what is wrong. */
static const char *apply_all(const struct world *world, struct usher_engine *engine)
{
    static char what[512];
    static struct usher_scratch scratch;
    const char *at = world->journal.at;
    const char *end = at + world->journal.length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct usher_text line = {at, (size_t)(newline - at)};
        struct usher_event event;
        struct usher_answer answer = {0};
        bool is_read = usher_event_decode(line, &scratch, &event, &answer);
        if (is_read && !is_explained(engine, &event)) {
            snprintf(what, sizeof(what), "the state before it does not explain: %.*s",
                     USHER_TEXT_ARGS(line));
            return what;
        }
        if (!is_read ||
            (event.kind == USHER_EVENT_RULES_LOADED && !shelve(world, engine, event.fields.hash)) ||
            !usher_engine_apply_line(engine, line, &answer)) {
            snprintf(what, sizeof(what), "the journal cannot be applied: %s: %.*s", answer.message,
                     USHER_TEXT_ARGS(line));
            return what;
        }
        at = newline + 1;
    }
    return NULL;
}

/* Heartbeats of both would carry the same digests. */
static bool has_same_digests(const struct usher_engine *one, const struct usher_engine *other)
{
    char digests[2][USHER_DIGEST_SIZE];
    for (uint64_t seq = 0; seq < 16; seq++) {
        struct usher_number n = {1, seq};
        if (!usher_text_is_equal(usher_engine_digest(one, n, digests[0]),
                                 usher_engine_digest(other, n, digests[1])))
            return false;
    }
    return true;
}

static const char *check_load(const struct world *world, struct usher_text saved)
{
    static char what[512];
    struct usher_engine *engine = engine_new(world, 2);
    struct usher_answer answer = {0};
    struct usher_text hash = usher_engine_saved_hash(saved);
    const char *wrong = NULL;
    if (hash.length > 0 && !shelve(world, engine, hash)) {
        wrong = "a saved state names rules that never were";
    } else if (!usher_engine_load(engine, saved, &answer)) {
        snprintf(what, sizeof(what), "a saved state cannot be loaded: %s", answer.message);
        wrong = what;
    } else {
        struct usher_bytes again;
        usher_bytes_init(&again, JOURNAL_MAX);
        usher_engine_save(engine, &again);
        if (!usher_text_is_equal(saved, usher_bytes_text(&again)))
            wrong = "a saved state, loaded and saved, gives other bytes";
        else if (!has_same_digests(world->engine, engine))
            wrong = "a saved state, once loaded, has another digest";
        usher_bytes_fini(&again);
    }
    usher_engine_free(engine);
    return wrong;
}

const char *world_check_replay(const struct world *world)
{
    struct usher_engine *second = engine_new(world, 1);
    struct usher_bytes decided;
    struct usher_bytes applied;
    usher_bytes_init(&decided, JOURNAL_MAX);
    usher_bytes_init(&applied, JOURNAL_MAX);
    const char *wrong = apply_all(world, second);
    if (!wrong) {
        usher_engine_save(world->engine, &decided);
        usher_engine_save(second, &applied);
        if (!usher_text_is_equal(usher_bytes_text(&decided), usher_bytes_text(&applied)))
            wrong = "applying the journal gives another state than deciding did";
        else if (!has_same_digests(world->engine, second))
            wrong = "the same state has two digests";
        else
            wrong = check_load(world, usher_bytes_text(&decided));
    }
    usher_bytes_fini(&decided);
    usher_bytes_fini(&applied);
    usher_engine_free(second);
    return wrong;
}

bool world_restart(struct world *world)
{
    struct usher_engine *engine = engine_new(world, 1);
    const char *wrong = apply_all(world, engine);
    if (wrong) {
        fprintf(stderr, "%s\n", wrong);
        usher_engine_free(engine);
        return false;
    }
    usher_engine_free(world->engine);
    world->engine = engine;
    give_zones(engine);
    tell_civil(world);
    world->epoch++;
    begin(world);
    world_jump_to(world, world->now_ms);
    return true;
}
