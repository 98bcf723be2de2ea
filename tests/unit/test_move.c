/* A waiting contact's move to another queue, tier or place, by supervisors and by the engine. */
#include "engine/move.h"

#include <check.h>
#include <stdio.h>

#include "unit/engine_world.h"
#include "unit/snapshot_world.h"
#include "unit/suite.h"

static struct engine_world w;

static const struct usher_queue *queue_of(const char *contact)
{
    return &w.world.engine->floor.rules->queues[engine_contact(&w, contact)->queue];
}

START_TEST(moved_contact_keeps_its_place_and_waits_for_the_others)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    int64_t place_ms = engine_contact(&w, "1")->place_ms;
    after(&w, 5000);
    engine_agent(&w, "petro", "internet=5");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=internet"),
                     "contact.moved 1 moved, contact.offered 1 petro");
    const struct usher_contact *contact = engine_contact(&w, "1");
    ck_assert_int_eq(contact->place_ms, place_ms);
    ck_assert_int_eq(contact->due_ms, place_ms + 20000);
    ck_assert_int_eq(contact->waited_ms, 5000);
    ck_assert(usher_text_is_equal(queue_of("1")->name, USHER_TEXT("internet")));
    engine_close(&w);
}
END_TEST

START_TEST(contact_that_is_offered_is_taken_back_and_its_agent_is_offered_the_next)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=chat to=100");
    pbx(&w, "contact.arrive contact=2 channel=chat to=100");
    pbx(&w, "contact.arrive contact=3 channel=chat to=100");
    pbx(&w, "contact.arrive contact=4 channel=chat to=100");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=internet"),
                     "offer.withdrawn 1 olena moved, contact.moved 1 moved, "
                     "contact.offered 4 olena");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=internet"), "");
    engine_close(&w);
}
END_TEST

START_TEST(tier_comes_with_the_move_or_alone)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=any tier=gold"),
                     "contact.moved 1 moved");
    ck_assert_uint_eq(engine_contact(&w, "1")->tier, 0);
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/1 tier=standard"),
                     "contact.moved 1 prioritised");
    ck_assert_uint_eq(engine_contact(&w, "1")->tier, 1);
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/1 tier=standard"), "");
    engine_close(&w);
}
END_TEST

START_TEST(place_before_the_others_makes_the_first_in_line)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    after(&w, 1000);
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    int64_t due_ms = engine_contact(&w, "2")->due_ms;
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/2 place_ms=+1s"), "bad_field");
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/2"), "missing_field");
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/2 place_ms=@-60s"),
                     "contact.moved 2 prioritised");
    ck_assert_int_eq(engine_contact(&w, "2")->due_ms, due_ms);
    ck_assert_int_eq(engine_contact(&w, "2")->waited_ms, 0);
    engine_agent(&w, "olena", "billing=5");
    ck_assert_ptr_nonnull(engine_contact(&w, "2")->agent);
    ck_assert_ptr_null(engine_contact(&w, "1")->agent);
    engine_close(&w);
}
END_TEST

START_TEST(position_is_counted_in_the_queue_and_never_goes_back)
{
    engine_open(&w);
    for (int i = 1; i <= 4; i++) {
        pbx(&w, "contact.arrive contact=%d channel=voice to=100", i);
        after(&w, 1000);
    }
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/4 position=2"),
                     "contact.moved 4 prioritised");
    ck_assert_int_eq(engine_contact(&w, "4")->place_ms, engine_contact(&w, "2")->place_ms - 1);
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/4 position=2"), "");
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/4 position=9"), "");
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/3 position=1"),
                     "contact.moved 3 prioritised");
    ck_assert_int_eq(engine_contact(&w, "3")->place_ms, engine_contact(&w, "1")->place_ms - 1);
    engine_close(&w);
}
END_TEST

START_TEST(what_cannot_be_moved_is_refused)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/9 queue=any"), "no_such_contact");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=none"), "no_queue");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=any tier=none"), "bad_field");
    ck_assert_str_eq(boss(&w, "contact.prioritise contact=pbx1/1 tier=none"), "bad_field");
    pbx(&w, "contact.arrive contact=2 channel=voice to=300");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=small"), "limit");
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=any"), "wrong_state");
    engine_close(&w);
}
END_TEST

START_TEST(limit_of_classes_refuses_a_move_before_anything_changes)
{
    struct usher_limits limits = ENGINE_LIMITS;
    limits.classes = 1;
    engine_open_with(&w, &limits);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=internet"), "limit");
    engine_close(&w);
}
END_TEST

/* As a transfer or a callback would. */
static void move_with_skills(const char *contact, const char *skills)
{
    struct usher_contact *found = engine_contact(&w, contact);
    struct usher_move move = usher_move_of(found);
    move.skills = usher_text_of(skills);
    move.reason = USHER_TEXT("test");
    usher_move_contact(w.world.engine, found, &move, w.world.now_ms);
    router(&w, "router.beat");
}

START_TEST(own_needs_count_instead_of_the_queues)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    move_with_skills("1", "{\"internet\":4,\"lang.uk\":1}");
    engine_agent(&w, "olena", "billing=9");
    engine_agent(&w, "petro", "internet=4");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    engine_agent(&w, "anna", "internet=4,lang.uk=2");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_OFFERED);
    engine_close(&w);
}
END_TEST

START_TEST(move_by_a_supervisor_ends_own_needs)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    move_with_skills("1", "{\"internet\":4}");
    engine_agent(&w, "olena", "billing=9");
    ck_assert_str_eq(boss(&w, "contact.move contact=pbx1/1 queue=billing"),
                     "contact.moved 1 moved, contact.offered 1 olena");
    ck_assert_ptr_null(engine_contact(&w, "1")->skills);
    engine_close(&w);
}
END_TEST

START_TEST(own_needs_and_the_promise_are_in_the_snapshot)
{
    struct usher_bytes saved;
    struct usher_bytes again;
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    move_with_skills("1", "{\"internet\":4}");
    after(&w, 1000);
    boss(&w, "contact.prioritise contact=pbx1/1 place_ms=@-5s");
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    snapshot_save(engine, &again);
    ck_assert(usher_text_is_equal(usher_bytes_text(&saved), usher_bytes_text(&again)));
    const struct usher_contact *contact = usher_engine_contact(engine, USHER_TEXT("pbx1/1"));
    ck_assert_str_eq(contact->skills, "{\"internet\":4}");
    ck_assert_int_eq(contact->due_ms, engine_contact(&w, "1")->due_ms);
    ck_assert_uint_eq(contact->class->key.needs_count, 1);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    usher_bytes_fini(&again);
    engine_close(&w);
}
END_TEST

START_TEST(event_that_moves_nobody_is_refused)
{
    static const char *const events[] = {
        "\"queue\":\"none\",\"tier\":\"gold\",\"channel\":\"voice\",\"place_ms\":1,\"due_ms\":1",
        "\"queue\":\"any\",\"tier\":\"none\",\"channel\":\"voice\",\"place_ms\":1,\"due_ms\":1",
        "\"queue\":\"any\",\"tier\":\"gold\",\"channel\":\"post\",\"place_ms\":1,\"due_ms\":1",
        ("\"queue\":\"any\",\"tier\":\"gold\",\"channel\":\"voice\",\"due_ms\":1,"
         "\"place_ms\":9007199254740991"),
    };
    for (size_t i = 0; i < USHER_COUNT_OF(events); i++) {
        char line[512];
        engine_open(&w);
        pbx(&w, "contact.arrive contact=1 channel=voice");
        struct usher_number n = usher_engine_last_number(w.world.engine);
        snprintf(
            line, sizeof(line),
            "{\"at\":%lld,\"n\":\"%u-%llu\",\"ev\":\"contact.moved\",\"contact\":\"pbx1/1\",%s}",
            (long long)w.world.now_ms, n.epoch, (unsigned long long)n.seq + 1, events[i]);
        ck_assert_msg(!engine_apply(&w, line), "%s", events[i]);
        world_close(&w.world);
    }
}
END_TEST

SUITE_MAIN("move", moved_contact_keeps_its_place_and_waits_for_the_others,
           contact_that_is_offered_is_taken_back_and_its_agent_is_offered_the_next,
           tier_comes_with_the_move_or_alone, place_before_the_others_makes_the_first_in_line,
           position_is_counted_in_the_queue_and_never_goes_back, what_cannot_be_moved_is_refused,
           limit_of_classes_refuses_a_move_before_anything_changes,
           own_needs_count_instead_of_the_queues, move_by_a_supervisor_ends_own_needs,
           own_needs_and_the_promise_are_in_the_snapshot, event_that_moves_nobody_is_refused)
