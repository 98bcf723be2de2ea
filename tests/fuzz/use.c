/* Time passes by the engine's own clock, as it does for a router that has read such a state. */
#include "fuzz/use.h"

#include "fuzz/center.h"
#include "fuzz/fuzz.h"

#define SAVED_MAX ((size_t)1 << 26)
#define TIME_MAX  (INT64_C(1) << 52) /* a snapshot takes times up to twice that */

struct usher_engine *use_new_engine(void)
{
    struct usher_hash_seed seed = {5, 6};
    struct usher_engine *engine = usher_engine_new(&center_limits, seed);
    FUZZ_REQUIRE(engine, "memory is out");
    return engine;
}

void use_check_save(const struct usher_engine *engine, bool must_load)
{
    struct usher_bytes once;
    struct usher_bytes twice;
    struct usher_answer answer = {0};
    struct usher_engine *other = use_new_engine();
    usher_bytes_init(&once, SAVED_MAX);
    usher_bytes_init(&twice, SAVED_MAX);
    usher_engine_save(engine, &once);
    struct usher_text hash = usher_engine_saved_hash(usher_bytes_text(&once));
    if (hash.at)
        center_shelve(other, hash);
    bool is_loaded = usher_engine_load(other, usher_bytes_text(&once), &answer);
    FUZZ_REQUIRE(is_loaded || !must_load, "%s", answer.message);
    if (is_loaded) {
        usher_engine_save(other, &twice);
        FUZZ_REQUIRE(usher_text_is_equal(usher_bytes_text(&once), usher_bytes_text(&twice)),
                     "loaded and saved, it gives other bytes");
    }
    usher_bytes_fini(&once);
    usher_bytes_fini(&twice);
    usher_engine_free(other);
}

static void describe(const struct usher_engine *engine, int64_t now_ms)
{
    static const enum usher_role roles[] = {USHER_ROLE_PBX, USHER_ROLE_DESK, USHER_ROLE_ADMIN};
    char digest[USHER_DIGEST_SIZE];
    struct usher_bytes out;
    usher_bytes_init(&out, SAVED_MAX);
    for (size_t i = 0; i < USHER_COUNT_OF(roles); i++) {
        struct usher_view view = {roles[i], USHER_TEXT("pbx1"), USHER_TEXT("olena")};
        usher_engine_describe(engine, &view, now_ms, &out);
    }
    for (uint64_t seq = 0; seq < 16; seq++)
        usher_engine_digest(engine, (struct usher_number){1, seq}, digest);
    (void)usher_engine_count(engine);
    usher_bytes_fini(&out);
}

static void decide(struct usher_engine *engine, enum usher_role role, const char *client,
                   const char *line, int64_t now_ms)
{
    static struct usher_scratch scratch;
    struct usher_command command = {0};
    struct usher_answer answer;
    FUZZ_REQUIRE(usher_command_decode(usher_text_of(line), &scratch, &command, &answer) == USHER_OK,
                 "%s", answer.message);
    command.role = role;
    command.client = usher_text_of(client);
    command.own_agent = role == USHER_ROLE_DESK ? command.client : USHER_NO_TEXT;
    (void)usher_engine_decide(engine, &command, now_ms, &answer);
}

/* A router begins an epoch above the last: of the highest it says that the journal is used up. */
static bool begin(struct usher_engine *engine)
{
    struct usher_number last = usher_engine_last_number(engine);
    if (last.epoch >= INT32_MAX)
        return false;
    usher_engine_begin_epoch(engine, last.epoch + 1);
    return true;
}

void use_engine(struct usher_engine *engine)
{
    int64_t now_ms = usher_engine_last_ms(engine);
    if (now_ms > TIME_MAX || !begin(engine))
        return;
    describe(engine, now_ms);
    decide(engine, USHER_ROLE_PBX, "pbx1",
           "{\"do\":\"contact.arrive\",\"contact\":\"new\",\"channel\":\"voice\",\"to\":\"100\"}",
           now_ms);
    decide(engine, USHER_ROLE_DESK, "olena", "{\"do\":\"agent.ready\"}", now_ms);
    decide(engine, USHER_ROLE_PBX, "pbx1", "{\"do\":\"contact.abandon\",\"contact\":\"waiting\"}",
           now_ms);
    decide(engine, USHER_ROLE_PBX, "pbx1", "{\"do\":\"contact.end\",\"contact\":\"talking\"}",
           now_ms);
    decide(engine, USHER_ROLE_PBX, "pbx1", "{\"do\":\"contact.resume\",\"contact\":\"held\"}",
           now_ms);
    usher_engine_pass_time(engine, now_ms + 1000);
    decide(engine, USHER_ROLE_DESK, "petro", "{\"do\":\"agent.sign_out\"}", now_ms + 1000);
    usher_engine_pass_time(engine, now_ms + 100000);
    usher_outbox_clear(usher_engine_outbox(engine));
    describe(engine, now_ms + 100000);
    use_check_save(engine, false);
}
