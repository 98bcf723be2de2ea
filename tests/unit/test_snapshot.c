/* The state as bytes: what is saved is loaded whole, and anything else is refused with a reason. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"
#include "unit/snapshot_world.h"
#include "unit/suite.h"

static struct engine_world w;

START_TEST(rich_state_is_loaded_whole)
{
    struct usher_bytes saved;
    struct usher_bytes again;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    snapshot_save(engine, &again);
    ck_assert(usher_text_is_equal(usher_bytes_text(&saved), usher_bytes_text(&again)));
    ck_assert_int_eq(usher_engine_next_deadline_ms(engine),
                     usher_engine_next_deadline_ms(w.world.engine));
    struct usher_engine_counts counts = usher_engine_count(engine);
    struct usher_engine_counts wanted = usher_engine_count(w.world.engine);
    ck_assert_uint_eq(counts.contacts, wanted.contacts);
    ck_assert_uint_eq(counts.waiting, wanted.waiting);
    ck_assert_uint_eq(counts.talking, wanted.talking);
    ck_assert_uint_eq(counts.ready, wanted.ready);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    usher_bytes_fini(&again);
    engine_close(&w);
}
END_TEST

static void expect_same_state(const struct usher_engine *one, const struct usher_engine *other)
{
    struct usher_bytes first;
    struct usher_bytes second;
    snapshot_save(one, &first);
    snapshot_save(other, &second);
    ck_assert(usher_text_is_equal(usher_bytes_text(&first), usher_bytes_text(&second)));
    usher_bytes_fini(&first);
    usher_bytes_fini(&second);
}

START_TEST(pbx_that_can_dial_is_told_to_after_a_restart)
{
    struct usher_bytes saved;
    engine_open(&w);
    router(&w, "link.regain client=pbx1 instance=one can=[\"dial\"]");
    router(&w, "link.regain client=pbx2 instance=one");
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    ck_assert(usher_clients_find(&engine->clients, USHER_TEXT("pbx1"))->can_dial);
    const struct usher_client *other = usher_clients_find(&engine->clients, USHER_TEXT("pbx2"));
    ck_assert(!other || !other->can_dial);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(customer_who_was_dialled_before_a_transfer_is_known_after_a_restart)
{
    struct usher_bytes saved;
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    router(&w, "link.regain client=pbx1 instance=one can=[\"dial\"]");
    boss(&w, "contact.schedule contact=pbx1/back channel=callback from=1 queue=billing attempts=2 "
             "not_after_ms=+90s");
    pbx(&w, "contact.answer contact=back offer=%s", offer_of(&w, "back"));
    char dialled[USHER_NUMBER_SIZE];
    snprintf(dialled, sizeof(dialled), "%s", offer_of(&w, "back"));
    boss(&w, "contact.transfer contact=pbx1/back queue=internet");
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    expect_same_state(w.world.engine, engine);
    const struct usher_contact *contact = usher_engine_contact(engine, USHER_TEXT("pbx1/back"));
    struct usher_number n;
    ck_assert(usher_number_read(usher_text_of(dialled), &n));
    ck_assert(usher_contact_is_dialled(contact, n));
    ck_assert_int_eq(contact->dialled.channel, USHER_CHANNEL_CALLBACK);
    ck_assert_int_eq(contact->dialled.attempts_max, 2);
    ck_assert_int_eq(contact->dialled.not_after_ms, w.world.now_ms + 90000);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

static const char gated[] =
    "skills: [net, uk, fr]\n"
    "reserve: {fr: {keep: 1, until: 40s}}\n"
    "queues:\n"
    "  net: {need: {net: {min: 7}}, relax: [{after: 20s, net: {min: 3}}, {after: 60s, net: {min: "
    "0}}],\n        last_agent: {wait: {email: 90s}}}\n"
    "  uk: {need: {uk: {}}}\n"
    "routes: [{when: {dialled: \"2\"}, queue: uk}, {queue: net}]\n";

/* Contacts that wait for a step, for the customer's last agent, for a reserve to end, and in a
 * second leg. */
static void open_gated(void)
{
    engine_open(&w);
    ck_assert(world_use_rules(&w.world, usher_text_of(gated)));
    engine_agent(&w, "olena", "net=5");
    engine_agent(&w, "petro", "fr=5");
    engine_agent(&w, "marie", "fr=3");
    engine_agent(&w, "ivan", "net=9");
    engine_agent(&w, "roman", "uk=9");
    desk(&w, "marie", "agent.not_ready");
    desk(&w, "ivan", "agent.not_ready");
    desk(&w, "roman", "agent.not_ready");
    pbx(&w, "contact.arrive contact=step channel=voice to=1");
    pbx(&w, "contact.arrive contact=hold channel=email to=1 last_agent=ivan last_ms=@-9s");
    after(&w, 7000);
    pbx(&w, "contact.arrive contact=moved channel=voice to=2");
    after(&w, 5000);
    boss(&w, "contact.move contact=pbx1/moved queue=net");
    ck_assert_int_eq(engine_contact(&w, "moved")->leg_ms, w.world.now_ms);
    ck_assert_str_eq(engine_contact(&w, "hold")->served_by->id, "ivan");
}

START_TEST(steps_waits_and_reserves_go_on_as_before)
{
    struct usher_bytes saved;
    open_gated();
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    expect_same_state(engine, w.world.engine);
    snapshot_go_on(&w, engine, 120000, 3);
    expect_same_state(engine, w.world.engine);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    world_close(&w.world);
}
END_TEST

START_TEST(loaded_state_goes_on_as_the_first_would_have)
{
    struct usher_bytes saved;
    struct usher_bytes first;
    struct usher_bytes second;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert(snapshot_load(engine, &saved, &w.answer));
    snapshot_go_on(&w, engine, 120000, 6);
    snapshot_save(w.world.engine, &first);
    snapshot_save(engine, &second);
    ck_assert(usher_text_is_equal(usher_bytes_text(&first), usher_bytes_text(&second)));
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    usher_bytes_fini(&first);
    usher_bytes_fini(&second);
    world_close(&w.world);
}
END_TEST

START_TEST(saving_changes_nothing_and_appends)
{
    struct usher_bytes bytes;
    snapshot_open_rich(&w);
    usher_bytes_init(&bytes, 1 << 24);
    usher_bytes_append_text(&bytes, USHER_TEXT("before"));
    usher_engine_save(w.world.engine, &bytes);
    size_t length = bytes.length - 6;
    usher_engine_save(w.world.engine, &bytes);
    ck_assert_uint_eq(bytes.length, 6 + 2 * length);
    ck_assert_mem_eq(bytes.at + 6, bytes.at + 6 + length, length);
    usher_bytes_fini(&bytes);
    engine_close(&w);
}
END_TEST

START_TEST(saved_state_names_its_rules)
{
    struct usher_bytes saved;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    ck_assert(usher_text_is_equal(usher_engine_saved_hash(usher_bytes_text(&saved)),
                                  usher_text_of(usher_engine_rules(w.world.engine)->hash)));
    ck_assert_ptr_null(usher_engine_saved_hash(USHER_TEXT("")).at);
    ck_assert_ptr_null(usher_engine_saved_hash(USHER_TEXT("something else than a snapshot")).at);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(state_whose_rules_are_not_on_the_shelf_is_refused)
{
    struct usher_bytes saved;
    struct usher_hash_seed seed = {5, 6};
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = usher_engine_new(&w.world.limits, seed);
    ck_assert(!snapshot_load(engine, &saved, &w.answer));
    ck_assert_ptr_nonnull(strstr(w.answer.message, usher_engine_rules(w.world.engine)->hash));
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(state_before_the_first_rules_is_loaded_whole)
{
    struct usher_limits limits = ENGINE_LIMITS;
    struct usher_bytes saved;
    struct usher_bytes again;
    world_open(&w.world, &limits);
    router(&w, "profile.set agent=olena skills={\"billing\":3}");
    desk(&w, "olena", "agent.ready id=d-1");
    snapshot_save(w.world.engine, &saved);
    ck_assert_ptr_null(usher_engine_saved_hash(usher_bytes_text(&saved)).at);
    struct usher_engine *engine = snapshot_engine(&w, &limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    ck_assert_uint_eq(usher_engine_count(engine).ready, 1);
    ck_assert(usher_engine_has_done(engine, USHER_TEXT("desk.olena"), USHER_TEXT("d-1")));
    snapshot_save(engine, &again);
    ck_assert(usher_text_is_equal(usher_bytes_text(&saved), usher_bytes_text(&again)));
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    usher_bytes_fini(&again);
    engine_close(&w);
}
END_TEST

START_TEST(lower_limits_are_refused_with_that_reason)
{
    struct usher_bytes saved;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    for (int i = 0; i < 5; i++) {
        struct usher_limits limits = w.world.limits;
        size_t *const lower[] = {&limits.contacts, &limits.agents, &limits.classes, &limits.clients,
                                 &limits.ended};
        *lower[i] = 1;
        struct usher_engine *engine = snapshot_engine(&w, &limits);
        ck_assert_msg(!snapshot_load(engine, &saved, &w.answer), "limit %d", i);
        ck_assert_int_eq(w.answer.error, USHER_ERROR_WRONG_STATE);
        ck_assert_ptr_nonnull(strstr(w.answer.message, "limits"));
        usher_engine_free(engine);
    }
    struct usher_limits higher = {30, 30, 30, 30, 30, 64};
    struct usher_engine *engine = snapshot_engine(&w, &higher);
    ck_assert(snapshot_load(engine, &saved, &w.answer));
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

START_TEST(newer_version_is_refused_with_that_reason)
{
    struct usher_bytes saved;
    snapshot_open_rich(&w);
    snapshot_save(w.world.engine, &saved);
    ck_assert_int_eq(saved.at[SNAPSHOT_VERSION_AT], USHER_JOURNAL_VERSION);
    saved.at[SNAPSHOT_VERSION_AT]++;
    snapshot_seal(&saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert(!snapshot_load(engine, &saved, &w.answer));
    ck_assert_ptr_nonnull(strstr(w.answer.message, "newer"));
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("snapshot", rich_state_is_loaded_whole, pbx_that_can_dial_is_told_to_after_a_restart,
           customer_who_was_dialled_before_a_transfer_is_known_after_a_restart,
           steps_waits_and_reserves_go_on_as_before, loaded_state_goes_on_as_the_first_would_have,
           saving_changes_nothing_and_appends, saved_state_names_its_rules,
           state_whose_rules_are_not_on_the_shelf_is_refused,
           state_before_the_first_rules_is_loaded_whole, lower_limits_are_refused_with_that_reason,
           newer_version_is_refused_with_that_reason)
