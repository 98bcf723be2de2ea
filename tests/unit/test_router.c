/* The router: nothing leaves before it is durable. */
#include <check.h>
#include <stdio.h>

#include "router.h"
#include "unit/router_world.h"
#include "unit/suite.h"

#define ARRIVE(id, contact)                                                                        \
    "{\"id\":\"" id "\",\"do\":\"contact.arrive\",\"contact\":\"" contact                          \
    "\",\"channel\":\"voice\"}"

/* Claims the site and leads. */
static void start(struct world *world)
{
    world_open(world);
    world->ops->claimed(world->owner, 100, true);
    world_settle(world);
    ck_assert(world->is_leading);
}

static void add_agent(struct world *world, const char *agent)
{
    router_profile(world->router, usher_text_of(agent), USHER_TEXT("Olena"),
                   USHER_TEXT("sip:olena@127.0.0.1"), USHER_TEXT("{\"billing\":8}"), USHER_NO_TEXT);
    world_settle(world);
}

START_TEST(answers_and_events_wait_for_the_journal)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    listener_say(&world, &pbx, ARRIVE("c-2", "1"));
    ck_assert_str_eq(listener_heard(&pbx), "");
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    ck_assert_uint_ge(world.appended_events, 1);
    world_append(&world, false);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, c-2 contact_exists, contact.arrived");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(turns_gather_while_a_batch_is_in_flight)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    size_t before = world.appends_count;
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    listener_say(&world, &pbx, ARRIVE("c-3", "3"));
    router_turn_end(world.router);
    ck_assert_uint_eq(world.appends_count, before + 1);
    world_append(&world, false);
    router_turn_end(world.router);
    ck_assert_uint_eq(world.appends_count, before + 2);
    ck_assert_uint_eq(world.appended_events, 2);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived");
    world_append(&world, false);
    ck_assert_str_eq(listener_heard(&pbx), "c-2 ok, c-3 ok, contact.arrived, contact.arrived");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(late_reply_is_told_only_after_one_in_time)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    world_append(&world, true);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    ck_assert(!world.is_idle); /* a heartbeat is on its way */
    world_append(&world, false);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

/* A machine that stood still for a while: another router may lead by now. */
START_TEST(answers_without_an_event_wait_for_redis_when_its_last_word_is_old)
{
    struct world world;
    struct listener desk, late;
    start(&world);
    add_agent(&world, "olena");
    listener_open(&world, &desk, USHER_ROLE_DESK, "desk", "olena");
    listener_say(&world, &desk, "{\"id\":\"d-1\",\"do\":\"agent.sign_in\"}");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&desk), "d-1 ok, agent.signed_in");
    world.is_stale = true;
    listener_join(&world, &late, USHER_ROLE_OBSERVER, "late", "");
    listener_say(&world, &desk, "{\"id\":\"d-2\",\"do\":\"agent.sign_in\"}");
    router_submit_hello(world.router, &late.party, USHER_TEXT("h"), USHER_NO_TEXT);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&desk), "");
    ck_assert_str_eq(listener_heard(&late), "");
    ck_assert(!world.is_idle); /* a heartbeat is on its way */
    world.is_stale = false;
    world_append(&world, false);
    ck_assert_str_eq(listener_heard(&desk), "d-2 ok");
    ck_assert_str_eq(listener_heard(&late), "h ok");
    listener_leave(&world, &desk);
    listener_leave(&world, &late);
    world_close(&world);
}
END_TEST

START_TEST(nothing_is_decided_while_redis_is_away)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    world.ops->away(world.owner, true);
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    listener_say(&world, &pbx, "{\"id\":\"c-2\",\"do\":\"contact.abandon\",\"contact\":\"1\"}");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "");
    ck_assert_uint_eq(usher_engine_count(router_engine(world.router)).contacts, 0);
    world.ops->away(world.owner, false);
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, c-2 ok, contact.arrived, contact.abandoned");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(what_waits_for_redis_has_a_bound)
{
    struct world world;
    struct listener pbx;
    start(&world);
    world.settings.pending_bytes = 1500;
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    world.ops->away(world.owner, true);
    char line[128];
    for (int i = 0; i < 10; i++) {
        snprintf(line, sizeof(line), "{\"id\":\"c-%d\",\"do\":\"contact.hold\",\"contact\":\"1\"}",
                 i);
        listener_say(&world, &pbx, line);
    }
    router_turn_end(world.router);
    ck_assert_ptr_nonnull(strstr(listener_heard(&pbx), "c-9 storage_unavailable"));
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(commands_before_the_claim_are_refused)
{
    struct world world;
    struct listener pbx;
    world_open(&world);
    listener_join(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    router_submit_hello(world.router, &pbx.party, USHER_TEXT("h"), USHER_NO_TEXT);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "h storage_unavailable");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(answer_to_a_party_that_left_is_dropped)
{
    struct world world;
    struct listener pbx;
    struct listener observer;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_open(&world, &observer, USHER_ROLE_OBSERVER, "o", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    listener_leave(&world, &pbx);
    pbx.party.ops = NULL;
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&observer), "contact.arrived, link.lost");
    listener_leave(&world, &observer);
    world_close(&world);
}
END_TEST

START_TEST(repeated_id_gets_its_answer_again_and_causes_nothing)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    world_settle(&world);
    (void)listener_heard(&pbx);
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok");
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(role_that_may_not_is_told_so_at_once)
{
    struct world world;
    struct listener observer;
    start(&world);
    listener_open(&world, &observer, USHER_ROLE_OBSERVER, "o", "");
    listener_say(&world, &observer, ARRIVE("c-1", "1"));
    listener_say(&world, &observer, "{\"id\":\"c-2\",\"do\":\"rules.reload\"}");
    listener_say(&world, &observer, "{\"id\":\"c-3\",\"do\":\"ping\"}");
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&observer), "c-1 not_allowed, c-2 not_allowed, c-3 ok");
    listener_leave(&world, &observer);
    world_close(&world);
}
END_TEST

START_TEST(snapshot_holds_what_is_on_its_way_and_events_follow_from_there)
{
    struct world world;
    struct listener pbx;
    struct listener desk;
    start(&world);
    add_agent(&world, "olena");
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    listener_join(&world, &desk, USHER_ROLE_SUPERVISOR, "s", "");
    router_submit_hello(world.router, &desk.party, USHER_TEXT("h"), USHER_NO_TEXT);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&desk), "h ok, contact.arrived");
    usher_bytes_append_char(&desk.payload, 0);
    ck_assert_ptr_nonnull(strstr(desk.payload.at, "\"ev\":\"welcome\""));
    ck_assert_ptr_nonnull(strstr(desk.payload.at, "\"contact\":\"pbx1/1\""));
    ck_assert_ptr_null(strstr(desk.payload.at, "\"contact\":\"pbx1/2\""));
    ck_assert_ptr_nonnull(strstr(desk.payload.at, "\"ev\":\"snapshot.end\""));
    listener_leave(&world, &desk);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(client_that_names_a_known_number_gets_only_what_it_missed)
{
    struct world world;
    struct listener pbx;
    struct listener observer;
    char after[USHER_NUMBER_SIZE];
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    world_settle(&world);
    struct usher_text seen =
        usher_number_write(usher_engine_last_number(router_engine(world.router)), after);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    world_settle(&world);
    listener_say(&world, &pbx, ARRIVE("c-3", "3"));
    router_turn_end(world.router);
    listener_join(&world, &observer, USHER_ROLE_OBSERVER, "o", "");
    router_submit_hello(world.router, &observer.party, USHER_TEXT("h"), seen);
    listener_say(&world, &pbx, ARRIVE("c-4", "4"));
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&observer), "h ok, contact.arrived");
    usher_bytes_append_char(&observer.payload, 0);
    ck_assert_ptr_nonnull(strstr(observer.payload.at, "\"resumed\":1"));
    ck_assert_ptr_null(strstr(observer.payload.at, "pbx1/1"));
    ck_assert_ptr_nonnull(strstr(observer.payload.at, "pbx1/2"));
    ck_assert_ptr_nonnull(strstr(observer.payload.at, "pbx1/3"));
    ck_assert_ptr_null(strstr(observer.payload.at, "pbx1/4"));
    listener_leave(&world, &observer);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(pbx_is_asked_for_a_sync_behind_its_welcome)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    usher_bytes_append_char(&pbx.payload, 0);
    const char *wanted = strstr(pbx.payload.at, "\"ev\":\"sync.wanted\"");
    ck_assert_ptr_nonnull(wanted);
    ck_assert_ptr_eq(strstr(strchr(wanted, '\n'), "\"ev\""), NULL);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(large_batch_is_split_between_commands)
{
    struct world world;
    struct listener pbx;
    static char line[8300];
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    size_t before = world.appends_count;
    for (int i = 0; i < 50; i++) {
        int length = snprintf(line, sizeof(line),
                              "{\"do\":\"contact.arrive\",\"contact\":\"%d\",\"channel\":\"voice\","
                              "\"data\":{\"x\":\"",
                              i);
        memset(line + length, 'y', 8000);
        snprintf(line + length + 8000, sizeof(line) - 8000 - (size_t)length, "\"}}");
        listener_say(&world, &pbx, line);
        pbx.heard_count = 0;
    }
    router_turn_end(world.router);
    ck_assert_uint_ge(world.appended.length, JOURNAL_BATCH_MAX);
    ck_assert_uint_lt(world.appended.length, JOURNAL_BATCH_MAX + 16384);
    pbx.heard_count = 0;
    world_append(&world, false);
    pbx.heard_count = 0;
    world_settle(&world);
    ck_assert_uint_eq(world.appends_count, before + 2);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(lost_journal_makes_all_that_waits_durable_by_its_snapshot)
{
    struct world world;
    struct listener pbx;
    struct usher_bytes saved;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    world.ops->away(world.owner, true);
    usher_bytes_init(&saved, SIZE_MAX);
    world.ops->save(world.owner, &saved);
    listener_say(&world, &pbx, ARRIVE("c-3", "3"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    world.is_idle = true;
    world.ops->lost(world.owner, 101);
    world.ops->away(world.owner, false);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived, c-2 ok, contact.arrived");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "c-3 ok, contact.arrived");
    ck_assert_uint_eq(usher_engine_last_number(router_engine(world.router)).epoch, 101);
    usher_bytes_fini(&saved);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(fenced_router_tells_nothing_more_and_ends)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    world.ops->fenced(world.owner);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    ck_assert(world.has_ended);
    ck_assert_int_eq(world.status, 1);
    ck_assert(!world.is_leading);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(drain_refuses_new_commands_and_ends_when_all_is_durable)
{
    struct world world;
    struct listener pbx;
    start(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_drain(world.router);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-2 draining");
    ck_assert(!world.has_ended);
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived");
    ck_assert(world.has_ended);
    ck_assert_int_eq(world.status, 0);
    listener_leave(&world, &pbx);
    world_close(&world);
}
END_TEST

START_TEST(bad_rules_are_answered_with_their_first_problem_and_the_old_ones_stay)
{
    struct world world;
    struct listener admin;
    start(&world);
    listener_open(&world, &admin, USHER_ROLE_ADMIN, "a", "");
    const struct usher_rules *rules = usher_engine_rules(router_engine(world.router));
    world_write_rules(&world, "skills: [billing]\nqueues: {general: {need: {biling: {min: "
                              "1}}}}\nroutes: [{queue: general}]\n");
    listener_say(&world, &admin, "{\"id\":\"c-1\",\"do\":\"rules.reload\"}");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&admin), "c-1 bad_rules");
    ck_assert_ptr_eq(usher_engine_rules(router_engine(world.router)), rules);
    ck_assert_int_eq(world.reloads_count, 1);
    ck_assert(!world.is_reloaded);
    listener_leave(&world, &admin);
    world_close(&world);
}
END_TEST

START_TEST(good_rules_are_taken_into_use_and_told)
{
    struct world world;
    struct listener admin;
    start(&world);
    listener_open(&world, &admin, USHER_ROLE_ADMIN, "a", "");
    world_write_rules(
        &world, "skills: [billing, sales]\nqueues: {general: {}}\nroutes: [{queue: general}]\n");
    listener_say(&world, &admin, "{\"id\":\"c-1\",\"do\":\"rules.reload\"}");
    ck_assert_str_eq(listener_heard(&admin), "");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&admin), "c-1 ok, rules.loaded");
    ck_assert_uint_eq(usher_engine_rules(router_engine(world.router))->skills_count, 2);
    listener_say(&world, &admin, "{\"id\":\"c-2\",\"do\":\"rules.reload\"}");
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&admin), "c-2 ok");
    ck_assert(world.is_reloaded);
    listener_leave(&world, &admin);
    world_close(&world);
}
END_TEST

SUITE_MAIN("router", answers_and_events_wait_for_the_journal,
           turns_gather_while_a_batch_is_in_flight, late_reply_is_told_only_after_one_in_time,
           answers_without_an_event_wait_for_redis_when_its_last_word_is_old,
           nothing_is_decided_while_redis_is_away, what_waits_for_redis_has_a_bound,
           commands_before_the_claim_are_refused, answer_to_a_party_that_left_is_dropped,
           repeated_id_gets_its_answer_again_and_causes_nothing,
           role_that_may_not_is_told_so_at_once,
           snapshot_holds_what_is_on_its_way_and_events_follow_from_there,
           client_that_names_a_known_number_gets_only_what_it_missed,
           pbx_is_asked_for_a_sync_behind_its_welcome, large_batch_is_split_between_commands,
           lost_journal_makes_all_that_waits_durable_by_its_snapshot,
           fenced_router_tells_nothing_more_and_ends,
           drain_refuses_new_commands_and_ends_when_all_is_durable,
           bad_rules_are_answered_with_their_first_problem_and_the_old_ones_stay,
           good_rules_are_taken_into_use_and_told)
