/* apply: only what can follow is taken, and what caused an event is remembered. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;

/* The engine of the world applies lines of epoch 1, and then is only good for being freed. */
static bool apply(uint64_t seq_step, const char *rest)
{
    char line[512];
    struct usher_number last = usher_engine_last_number(w.world.engine);
    (void)snprintf(line, sizeof(line), "{\"at\":%lld,\"n\":\"%u-%llu\",%s}",
                   (long long)w.world.now_ms, last.epoch, (unsigned long long)(last.seq + seq_step),
                   rest);
    return engine_apply(&w, line);
}

#define BEAT "\"ev\":\"router.heartbeat\""

START_TEST(next_number_of_the_epoch_and_the_first_of_a_later_one_follow)
{
    engine_open(&w);
    ck_assert(apply(1, BEAT));
    ck_assert(apply(1, BEAT));
    ck_assert(engine_apply(&w, "{\"at\":1,\"n\":\"9-1\"," BEAT "}"));
    ck_assert_uint_eq(usher_engine_last_number(w.world.engine).epoch, 9);
    ck_assert_int_eq(usher_engine_last_ms(w.world.engine), WORLD_START_MS); /* never back */
    ck_assert_uint_eq(usher_engine_outbox(w.world.engine)->count, 0);
    world_close(&w.world);
}
END_TEST

START_TEST(gap_repeat_and_earlier_epoch_are_refused)
{
    static const char *const lines[] = {
        "{\"at\":1,\"n\":\"1-1\"," BEAT "}",
        "{\"at\":1,\"n\":\"0-1\"," BEAT "}",
        "{\"at\":1,\"n\":\"9-2\"," BEAT "}",
        "{\"at\":1,\"n\":\"9-0\"," BEAT "}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        engine_open(&w);
        ck_assert_msg(!engine_apply(&w, lines[i]), "%s", lines[i]);
        ck_assert_ptr_nonnull(strstr(w.answer.message, "cannot follow 1-2"));
        world_close(&w.world);
    }
    engine_open(&w);
    ck_assert(!apply(0, BEAT));
    world_close(&w.world);
    engine_open(&w);
    ck_assert(!apply(2, BEAT));
    world_close(&w.world);
}
END_TEST

START_TEST(what_is_no_event_of_a_journal_is_refused)
{
    static const char *const lines[] = {
        "",
        "hello",
        "{}",
        "{\"at\":1,\"n\":\"1-3\"}",
        "{\"at\":1,\"n\":\"1-3\",\"ev\":\"contact.exploded\"}",
        "{\"at\":1,\"n\":\"1-3\",\"ev\":\"sync.wanted\"}",
        "{\"at\":1,\"n\":\"1-3\",\"ev\":\"contact.held\"}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        engine_open(&w);
        ck_assert_msg(!engine_apply(&w, lines[i]), "%s", lines[i]);
        ck_assert_str_ne(w.answer.message, "");
        world_close(&w.world);
    }
}
END_TEST

START_TEST(event_with_a_time_that_is_none_is_refused)
{
    static const char *const lines[] = {
        "{\"at\":9007199254740993,\"n\":\"1-3\"," BEAT "}",
        "{\"at\":1,\"n\":\"1-3\",\"ev\":\"link.lost\",\"client\":\"pbx1\",\"until_ms\":"
        "9223372036854775807}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        engine_open(&w);
        ck_assert_msg(!engine_apply(&w, lines[i]), "%s", lines[i]);
        ck_assert_msg(strstr(w.answer.message, "a time that is none") != NULL, "%s",
                      w.answer.message);
        world_close(&w.world);
    }
}
END_TEST

START_TEST(journal_of_a_newer_version_is_refused_with_what_to_do)
{
    engine_open(&w);
    ck_assert(!engine_apply(&w, "{\"at\":1,\"n\":\"2-1\",\"ev\":\"router.started\",\"token\":\"t\","
                                "\"prev\":\"1-2\",\"version\":4,\"outage\":\"hold\"}"));
    ck_assert_ptr_nonnull(strstr(w.answer.message, "start the newer router"));
    ck_assert_uint_eq(usher_engine_last_number(w.world.engine).epoch, 1);
    ck_assert(engine_apply(&w, "{\"at\":1,\"n\":\"2-1\",\"ev\":\"router.started\",\"token\":\"t\","
                               "\"prev\":\"1-2\",\"version\":1,\"outage\":\"hold\"}"));
    world_close(&w.world);
}
END_TEST

/* Contacts: 1 waits, 2 is offered to olena; petro is not ready. */
static void open_with_contacts(void)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    desk(&w, "petro", "agent.not_ready");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
}

START_TEST(event_that_is_not_possible_in_the_state_is_refused)
{
#define ABOUT(contact) "\"contact\":\"pbx1/" contact "\""
    static const char *const events[] = {
        "\"ev\":\"rules.loaded\",\"hash\":\"abcd\"",
        "\"ev\":\"agent.signed_in\",\"agent\":\"olena\"",
        "\"ev\":\"agent.signed_in\",\"agent\":\"nobody\"",
        "\"ev\":\"agent.ready\",\"agent\":\"olena\"",
        "\"ev\":\"agent.not_ready\",\"agent\":\"nobody\",\"reason\":\"\"",
        "\"ev\":\"agent.signed_out\",\"agent\":\"nobody\"",
        "\"ev\":\"agent.phone\",\"agent\":\"olena\",\"state\":\"asleep\"",
        "\"ev\":\"agent.phone\",\"agent\":\"nobody\",\"state\":\"idle\"",
        "\"ev\":\"contact.arrived\"," ABOUT("1") ",\"channel\":\"voice\",\"queue\":\"any\","
                                                 "\"tier\":\"standard\",\"place_ms\":1",
        "\"ev\":\"contact.arrived\"," ABOUT("3") ",\"channel\":\"fax\",\"queue\":\"any\","
                                                 "\"tier\":\"standard\",\"place_ms\":1",
        "\"ev\":\"contact.arrived\"," ABOUT("3") ",\"channel\":\"voice\",\"queue\":\"none\","
                                                 "\"tier\":\"standard\",\"place_ms\":1",
        "\"ev\":\"contact.arrived\"," ABOUT("3") ",\"channel\":\"voice\",\"queue\":\"any\","
                                                 "\"tier\":\"none\",\"place_ms\":1",
        "\"ev\":\"contact.arrived\"," ABOUT("3") ",\"channel\":\"voice\",\"queue\":\"any\","
                                                 "\"tier\":\"standard\","
                                                 "\"place_ms\":9007199254740991",
        "\"ev\":\"contact.arrived\"," ABOUT("3") ",\"channel\":\"voice\",\"queue\":\"any\","
                                                 "\"tier\":\"standard\",\"place_ms\":1,"
                                                 "\"since_ms\":9007199254740991",
        "\"ev\":\"contact.arrived\",\"contact\":\"3\",\"channel\":\"voice\",\"queue\":\"any\","
        "\"tier\":\"standard\",\"place_ms\":1",
        "\"ev\":\"contact.ringing\"," ABOUT("1") ",\"offer\":\"1-9\",\"agent\":\"olena\"",
        "\"ev\":\"contact.ringing\"," ABOUT("9") ",\"offer\":\"1-9\",\"agent\":\"olena\"",
        "\"ev\":\"contact.answered\"," ABOUT("1") ",\"offer\":\"1-9\",\"agent\":\"nobody\"",
        "\"ev\":\"contact.answered\"," ABOUT("2") ",\"offer\":\"1-9\",\"agent\":\"petro\"",
        "\"ev\":\"contact.answered\"," ABOUT("1") ",\"offer\":\"x\",\"agent\":\"petro\"",
        "\"ev\":\"contact.held\"," ABOUT("1") ",\"agent\":\"olena\"",
        "\"ev\":\"contact.resumed\"," ABOUT("1") ",\"agent\":\"olena\"",
        "\"ev\":\"contact.resumed\"," ABOUT("2") ",\"agent\":\"olena\"",
        "\"ev\":\"contact.wrapping\"," ABOUT("1") ",\"agent\":\"olena\",\"until_ms\":9",
        "\"ev\":\"contact.done\"," ABOUT("9") ",\"reason\":\"served\"",
        "\"ev\":\"contact.abandoned\"," ABOUT("9"),
        "\"ev\":\"contact.noted\"," ABOUT("9") ",\"note\":\"x\"",
        "\"ev\":\"offer.declined\"," ABOUT("1") ",\"offer\":\"1-9\",\"agent\":\"olena\","
                                                "\"until_ms\":9",
        "\"ev\":\"offer.expired\"," ABOUT("2") ",\"offer\":\"1-1\",\"agent\":\"olena\","
                                               "\"until_ms\":9",
        "\"ev\":\"offer.withdrawn\"," ABOUT("2") ",\"offer\":\"x\",\"agent\":\"olena\","
                                                 "\"reason\":\"sync\"",
        "\"ev\":\"offer.settled\"," ABOUT("9") ",\"offer\":\"1-9\"",
    };
#undef ABOUT
    for (size_t i = 0; i < USHER_COUNT_OF(events); i++) {
        open_with_contacts();
        ck_assert_msg(!apply(1, events[i]), "%s", events[i]);
        ck_assert_str_ne(w.answer.message, "");
        world_close(&w.world);
    }
}
END_TEST

START_TEST(contact_beyond_the_limits_of_this_router_is_refused)
{
    engine_open(&w);
    for (int i = 0; i < 20; i++)
        pbx(&w, "contact.arrive contact=%d channel=voice", i);
    ck_assert(!apply(1, "\"ev\":\"contact.arrived\",\"contact\":\"pbx1/20\",\"channel\":\"voice\","
                        "\"queue\":\"any\",\"tier\":\"standard\",\"place_ms\":1"));
    world_close(&w.world);
    engine_open(&w);
    for (int i = 0; i < 6; i++)
        router(&w, "profile.set agent=a%d skills={}", i);
    ck_assert(!apply(1, "\"ev\":\"agent.profiled\",\"agent\":\"a6\",\"skills\":{}"));
    world_close(&w.world);
}
END_TEST

static bool has_done(const char *client, const char *id)
{
    return usher_engine_has_done(w.world.engine, usher_text_of(client), usher_text_of(id));
}

START_TEST(command_that_caused_an_event_is_known_as_done)
{
    engine_open(&w);
    ck_assert(!has_done("pbx1", "c-1"));
    pbx(&w, "contact.arrive id=c-1 contact=1 channel=voice");
    ck_assert(has_done("pbx1", "c-1"));
    ck_assert(!has_done("pbx2", "c-1"));
    ck_assert(!has_done("pbx1", "c-2"));
    pbx(&w, "contact.arrive id=c-2 contact=1 channel=voice"); /* refused */
    ck_assert(!has_done("pbx1", "c-2"));
    engine_agent(&w, "olena", "billing=5");
    desk(&w, "olena", "agent.sign_in id=d-1"); /* causes nothing */
    ck_assert(!has_done("desk.olena", "d-1"));
    desk(&w, "olena", "agent.sign_out id=d-2");
    ck_assert(has_done("desk.olena", "d-2"));
    pbx(&w, "contact.abandon contact=1"); /* has no id */
    router(&w, "router.beat id=r-1");
    ck_assert(!has_done("", "r-1"));
    engine_close(&w);
}
END_TEST

START_TEST(only_the_first_event_of_a_command_names_it)
{
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    size_t before = w.world.journal.length;
    pbx(&w, "contact.arrive id=c-1 contact=1 channel=voice to=100");
    const char *line = w.world.journal.at + before;
    const char *end = memchr(line, '\n', w.world.journal.length - before);
    ck_assert_ptr_nonnull(end);
    ck_assert(usher_event_decode((struct usher_text){line, (size_t)(end - line)}, &scratch, &event,
                                 &answer));
    ck_assert(usher_text_is_equal(event.fields.by, USHER_TEXT("pbx1")));
    ck_assert(usher_text_is_equal(event.fields.by_id, USHER_TEXT("c-1")));
    line = end + 1;
    end = w.world.journal.at + w.world.journal.length - 1;
    ck_assert(usher_event_decode((struct usher_text){line, (size_t)(end - line)}, &scratch, &event,
                                 &answer));
    ck_assert_int_eq(event.kind, USHER_EVENT_CONTACT_OFFERED);
    ck_assert_ptr_null(event.fields.by.at);
    engine_close(&w);
}
END_TEST

START_TEST(refused_command_is_not_the_cause_of_what_comes_later)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.hold id=c-9 contact=1");
    ck_assert_str_eq(after(&w, 17000), "offer.expired 1 olena");
    ck_assert(!has_done("pbx1", "c-9"));
    engine_close(&w);
}
END_TEST

START_TEST(done_commands_are_known_after_a_restart)
{
    engine_open(&w);
    pbx(&w, "contact.arrive id=c-1 contact=1 channel=voice");
    ck_assert(world_restart(&w.world));
    ck_assert(has_done("pbx1", "c-1"));
    engine_close(&w);
}
END_TEST

START_TEST(last_thousand_and_24_commands_of_a_client_are_known)
{
    char id[16];
    engine_open(&w);
    router(&w, "profile.set agent=olena skills={}");
    for (int i = 0; i < 1030; i++)
        boss(&w, "agent.%s id=b-%d agent=olena", i % 2 ? "not_ready" : "ready", i);
    for (int i = 0; i < 1030; i++) {
        (void)snprintf(id, sizeof(id), "b-%d", i);
        ck_assert_int_eq(has_done("boss", id), i >= 6);
    }
    engine_close(&w);
}
END_TEST

SUITE_MAIN("apply", next_number_of_the_epoch_and_the_first_of_a_later_one_follow,
           gap_repeat_and_earlier_epoch_are_refused, what_is_no_event_of_a_journal_is_refused,
           event_with_a_time_that_is_none_is_refused,
           journal_of_a_newer_version_is_refused_with_what_to_do,
           event_that_is_not_possible_in_the_state_is_refused,
           contact_beyond_the_limits_of_this_router_is_refused,
           command_that_caused_an_event_is_known_as_done,
           only_the_first_event_of_a_command_names_it,
           refused_command_is_not_the_cause_of_what_comes_later,
           done_commands_are_known_after_a_restart,
           last_thousand_and_24_commands_of_a_client_are_known)
