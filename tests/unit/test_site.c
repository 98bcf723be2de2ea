/* Doors and switches of the engine: saved and loaded whole, under old forms too, and damaged ones
 * refused. */
#include "engine/walk.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static const char center[] =
    "timezone: Europe/Kyiv\n"
    "switches: [a, b]\n"
    "notices: [closed]\n"
    "queues:\n"
    "  day: {hours: \"08:00-20:00\", closed: {notice: closed, then: callback}}\n"
    "  night: {hours: closed, closed: {then: wait}}\n"
    "  open: {}\n"
    "routes: [{when: {dialled: '8'}, queue: night}, {queue: day}]\n";
static struct engine_world w;

static void open_center(void)
{
    engine_open(&w);
    ck_assert(world_use_rules(&w.world, USHER_TEXT(center)));
    world_take(&w.world);
}

static struct usher_engine *load(void)
{
    struct usher_engine *engine = usher_engine_new(&w.world.limits, (struct usher_hash_seed){7, 8});
    struct usher_bytes saved;
    struct usher_answer answer = {0};
    usher_bytes_init(&saved, (size_t)1 << 24);
    usher_engine_save(w.world.engine, &saved);
    usher_engine_shelve(
        engine, world_read_rules(&w.world, usher_text_of(w.world.engine->floor.rules->hash)));
    ck_assert_msg(usher_engine_load(engine, usher_bytes_text(&saved), &answer), "%s",
                  answer.message);
    usher_bytes_fini(&saved);
    return engine;
}

/* The story begins on a Friday at 19:20 in Kyiv. */
START_TEST(doors_and_switches_are_loaded_as_they_were)
{
    open_center();
    ck_assert_str_eq(boss(&w, "switch.set name=b state=on until_ms=+60s"), "switch.set on");
    ck_assert_str_eq(boss(&w, "queue.close queue=open until_ms=+90s"), "queue.closed supervisor");
    struct usher_engine *engine = load();
    const struct usher_site *site = &engine->site;
    ck_assert(!site->switches[0].is_on && site->switches[1].is_on);
    ck_assert_int_eq(site->switches[1].until_ms, w.world.now_ms + 60000);
    ck_assert(!site->doors[0].is_closed && site->doors[1].is_closed && !site->doors[1].is_ordered);
    ck_assert(site->doors[2].is_closed && site->doors[2].is_ordered);
    ck_assert_int_eq(site->doors[2].until_ms, w.world.now_ms + 90000);
    ck_assert_int_eq(site->doors[2].closed_ms, w.world.now_ms);
    ck_assert_str_eq(after(&w, 60000), "switch.set until off");
    ck_assert_str_eq(after(&w, 30000), "queue.opened hours");
    usher_engine_free(engine);
    engine_close(&w);
}
END_TEST

START_TEST(an_order_ends_when_the_hours_say_the_same)
{
    open_center();
    ck_assert_str_eq(boss(&w, "queue.close queue=day"), "queue.closed supervisor");
    ck_assert_str_eq(boss(&w, "queue.close queue=day"), "");
    ck_assert_str_eq(after(&w, 40 * 60000), "queue.closed hours");
    ck_assert_str_eq(after(&w, 12 * 3600000), "queue.opened hours");
    ck_assert_str_eq(boss(&w, "queue.open queue=day"), "");
    ck_assert_str_eq(boss(&w, "queue.open queue=night"), "queue.opened supervisor");
    ck_assert_str_eq(boss(&w, "queue.close queue=night"), "queue.closed hours");
    ck_assert_str_eq(boss(&w, "queue.close queue=nihgt"), "bad_field");
    ck_assert_str_eq(w.answer.message, "the rules have no queue nihgt; did you mean night?");
    engine_close(&w);
}
END_TEST

START_TEST(who_calls_at_night_is_called_back_if_the_number_is_known)
{
    open_center();
    after(&w, 40 * 60000);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice to=1 from=+3805"),
                     "contact.arrived 1, contact.moved 1 closed");
    ck_assert_int_eq(engine_contact(&w, "1")->channel, USHER_CHANNEL_CALLBACK);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=2 channel=voice to=1"),
                     "contact.arrived 2, contact.overflowed 2 closed");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=3 channel=chat to=1 from=a"),
                     "contact.arrived 3, contact.overflowed 3 closed");
    ck_assert_str_eq(after(&w, 12 * 3600000), "queue.opened hours, contact.moved 1 opened");
    ck_assert_int_eq(engine_contact(&w, "1")->place_ms, w.world.now_ms);
    engine_close(&w);
}
END_TEST

/* Asked before as after a restart. */
START_TEST(callback_that_sleeps_over_the_night_has_arrived_once)
{
    engine_open(&w);
    ck_assert(world_use_rules(
        &w.world, USHER_TEXT("timezone: Europe/Kyiv\ncalling: {hours: \"09:00-20:00\"}\nqueues: "
                             "{day: {hours: \"08:00-20:00\", closed: {then: callback}}}\n"
                             "routes: [{queue: day}]\n")));
    after(&w, 40 * 60000);
    ck_assert_str_eq(
        pbx(&w, "contact.arrive contact=1 channel=voice to=1 from=+3805"),
        "contact.arrived 1, contact.moved 1 closed, contact.postponed 1 calling_hours");
    ck_assert_str_eq(boss(&w, "contact.schedule contact=2 channel=callback queue=day from=+3806"),
                     "contact.scheduled boss/2 calling_hours");
    const struct usher_class_past *past = &engine_contact(&w, "1")->class->past;
    ck_assert_int_eq(past->today_count, 1);
    struct usher_engine *loaded = load();
    ck_assert_str_eq(after(&w, 13 * 3600000),
                     "queue.opened hours, contact.due 1, contact.due boss/2");
    ck_assert_int_eq(past->today_count, 2);
    for (int hour = 0; hour < 4; hour++) /* it knows no zone, and takes the hours for UTC */
        usher_engine_pass_time(loaded, w.world.now_ms + hour * INT64_C(3600000));
    const struct usher_contact *contact = usher_engine_contact(loaded, USHER_TEXT("pbx1/1"));
    ck_assert_int_eq(contact->class->past.today_count, 2);
    usher_engine_free(loaded);
    engine_close(&w);
}
END_TEST

START_TEST(nobody_is_offered_from_a_closed_queue)
{
    open_center();
    engine_agent(&w, "olena", "billing=5");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice to=8"), "contact.arrived 1");
    ck_assert_str_eq(after(&w, 60000), "");
    ck_assert_str_eq(boss(&w, "queue.open queue=night"),
                     "queue.opened supervisor, contact.moved 1 opened, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(a_missing_zone_is_utc)
{
    struct usher_engine *engine = usher_engine_new(&ENGINE_LIMITS, (struct usher_hash_seed){7, 8});
    struct usher_problems *problems = calloc(1, sizeof(*problems));
    ck_assert_ptr_nonnull(problems);
    usher_engine_shelve(engine, usher_rules_read(USHER_TEXT(center), "feed", problems));
    ck_assert(usher_text_is_equal(usher_engine_missing_zone(engine), USHER_TEXT("Europe/Kyiv")));
    ck_assert(usher_engine_take_zone(engine, USHER_TEXT("Europe/Kyiv"), NULL));
    ck_assert_ptr_null(usher_engine_missing_zone(engine).at);
    ck_assert(usher_engine_has_zone(engine, USHER_TEXT("Europe/Kyiv")));
    ck_assert(!usher_engine_take_zone(engine, USHER_TEXT("../etc"), NULL));
    usher_engine_free(engine);
    free(problems);
}
END_TEST

SUITE_MAIN("site", doors_and_switches_are_loaded_as_they_were,
           an_order_ends_when_the_hours_say_the_same,
           who_calls_at_night_is_called_back_if_the_number_is_known,
           callback_that_sleeps_over_the_night_has_arrived_once,
           nobody_is_offered_from_a_closed_queue, a_missing_zone_is_utc)
