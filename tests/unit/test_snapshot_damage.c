/* Damaged snapshots: an accident is always noticed, and a forgery at worst gives a strange state,
 * but never harm. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/state.h"
#include "unit/random.h"
#include "unit/snapshot_world.h"
#include "unit/suite.h"

enum { FORGERIES = 4000 };

static struct engine_world w;

static void expect_refused(const struct usher_bytes *saved, const char *what)
{
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert(!snapshot_load(engine, saved, &w.answer));
    ck_assert_ptr_nonnull(strstr(w.answer.message, what));
    ck_assert_ptr_null(usher_engine_saved_hash(usher_bytes_text(saved)).at);
    usher_engine_free(engine);
}

static void open_small(struct usher_bytes *saved)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100 data={\"a\":1}");
    snapshot_save(w.world.engine, saved);
}

START_TEST(snapshot_with_any_one_byte_changed_is_refused)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    struct usher_bytes saved;
    open_small(&saved);
    for (size_t i = 0; i < saved.length; i++) {
        char before = saved.at[i];
        saved.at[i] = (char)(before ^ (char)changes[i % USHER_COUNT_OF(changes)]);
        expect_refused(&saved, "damaged");
        saved.at[i] = before;
    }
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(snapshot_cut_anywhere_is_refused)
{
    struct usher_bytes saved;
    open_small(&saved);
    size_t length = saved.length;
    for (size_t i = 0; i < length; i++) {
        saved.length = i;
        expect_refused(&saved, i < 8 ? "cut short" : "damaged");
    }
    saved.length = length;
    usher_bytes_append_char(&saved, '\0');
    expect_refused(&saved, "damaged");
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(sealed_snapshot_with_a_cut_body_is_refused)
{
    struct usher_bytes saved;
    open_small(&saved);
    for (size_t cut = 1; cut + 8 < saved.length; cut++) {
        struct usher_bytes shorter;
        struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
        usher_bytes_init(&shorter, saved.length);
        usher_bytes_append(&shorter, saved.at, saved.length - cut);
        snapshot_seal(&shorter);
        ck_assert(!snapshot_load(engine, &shorter, &w.answer));
        usher_bytes_fini(&shorter);
        usher_engine_free(engine);
    }
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

/* Everything that reads the state. */
static void use(struct usher_engine *engine)
{
    static const enum usher_role roles[] = {USHER_ROLE_PBX, USHER_ROLE_DESK, USHER_ROLE_ADMIN};
    struct usher_bytes out;
    usher_bytes_init(&out, 1 << 24);
    for (size_t i = 0; i < USHER_COUNT_OF(roles); i++) {
        struct usher_view view = {roles[i], USHER_TEXT("pbx1"), USHER_TEXT("olena")};
        usher_engine_describe(engine, &view, w.world.now_ms, &out);
    }
    usher_engine_save(engine, &out);
    usher_engine_count(engine);
    usher_bytes_fini(&out);
}

/* Commands and deadlines on a forged state. Numbers that are no times may overflow sums of times,
 * so time passes by the state's own clock. */
static void work_on(struct usher_engine *engine)
{
    static const char *const commands[] = {
        "contact.arrive contact=new channel=voice to=100",
        "contact.answer contact=offered offer=1-1 agent=olena",
        "contact.abandon contact=waiting",
        "contact.end contact=talking",
        "contact.resume contact=held",
    };
    int64_t now_ms = usher_engine_last_ms(engine);
    for (size_t i = 0; i < USHER_COUNT_OF(commands); i++) {
        char room[4096];
        struct usher_command command;
        struct usher_answer answer;
        engine_read(&w, &command, room, commands[i]);
        command.role = USHER_ROLE_PBX;
        command.client = USHER_TEXT("pbx1");
        usher_engine_decide(engine, &command, now_ms, &answer);
    }
    usher_engine_pass_time(engine, now_ms + 1000);
    usher_engine_pass_time(engine, now_ms + 100000);
}

static void forge(struct usher_bytes *forged, uint64_t *state)
{
    static const unsigned char bytes[] = {0, 1, 2, 3, 4, 5, 8, 0x7f, 0x80, 0xff};
    for (uint64_t count = 1 + random_below(state, 3); count > 0; count--) {
        size_t at = SNAPSHOT_VERSION_AT + 8 +
                    random_below(state, forged->length - 8 - (SNAPSHOT_VERSION_AT + 8));
        if (random_below(state, 2))
            forged->at[at] = (char)bytes[random_below(state, USHER_COUNT_OF(bytes))];
        else
            forged->at[at] = (char)(forged->at[at] ^ (1 << random_below(state, 8)));
    }
    snapshot_seal(forged);
}

START_TEST(forged_snapshot_is_refused_or_loaded_without_harm)
{
    struct usher_bytes saved;
    size_t loaded = 0;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    for (uint64_t seed = 1; seed <= FORGERIES; seed++) {
        struct usher_bytes forged;
        uint64_t state = seed;
        usher_bytes_init(&forged, saved.length);
        usher_bytes_append(&forged, saved.at, saved.length);
        forge(&forged, &state);
        struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
        if (snapshot_load(engine, &forged, &w.answer)) {
            loaded++;
            use(engine);
            work_on(engine);
            use(engine);
        } else {
            ck_assert_str_ne(w.answer.message, "");
        }
        usher_engine_free(engine);
        usher_bytes_fini(&forged);
    }
    ck_assert_uint_gt(loaded, FORGERIES / 20);
    ck_assert_uint_lt(loaded, FORGERIES - FORGERIES / 20);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("snapshot_damage", snapshot_with_any_one_byte_changed_is_refused,
           snapshot_cut_anywhere_is_refused, sealed_snapshot_with_a_cut_body_is_refused,
           forged_snapshot_is_refused_or_loaded_without_harm)
