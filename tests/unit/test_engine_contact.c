/* Commands about contacts: arrival with all that may hinder it, talk, end. */
#include <check.h>
#include <string.h>

#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;

/* pbx1's contact talks with olena. */
static void talk(const char *contact, const char *to)
{
    pbx(&w, "contact.arrive contact=%s channel=voice to=%s", contact, to);
    pbx(&w, "contact.answer contact=%s offer=%s", contact, offer_of(&w, contact));
    ck_assert_int_eq(engine_contact(&w, contact)->state, USHER_CONTACT_TALKING);
}

START_TEST(contact_that_arrives_waits_or_is_offered_at_once)
{
    engine_open(&w);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice to=100"), "contact.arrived 1");
    engine_agent(&w, "olena", "internet=5");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=2 channel=voice to=200"),
                     "contact.arrived 2, contact.offered 2 olena");
    engine_close(&w);
}
END_TEST

START_TEST(unknown_channel_is_refused)
{
    engine_open(&w);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=fax"), "bad_field");
    engine_close(&w);
}
END_TEST

START_TEST(id_of_a_live_contact_is_taken_and_for_an_hour_after_its_end)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=chat"), "contact_exists");
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=1"), "contact.abandoned 1");
    after(&w, USHER_ENDED_MS - 1);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice"), "contact_exists");
    after(&w, 1);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice"), "contact.arrived 1");
    ck_assert_str_eq(pbx_of(&w, "pbx2", "contact.arrive contact=1 channel=voice"),
                     "contact.arrived pbx2/1");
    engine_close(&w);
}
END_TEST

START_TEST(id_is_the_clients_own_and_of_a_bounded_length)
{
    char id[USHER_CONTACT_OWN_ID_MAX + 2];
    engine_open(&w);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=pbx2/1 channel=voice"), "not_allowed");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=pbx1/ channel=voice"), "bad_field");
    memset(id, 'x', sizeof(id) - 1);
    id[USHER_CONTACT_OWN_ID_MAX + 1] = '\0';
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=%s channel=voice", id), "bad_field");
    id[USHER_CONTACT_OWN_ID_MAX] = '\0';
    pbx(&w, "contact.arrive contact=%s channel=voice", id);
    ck_assert_ptr_nonnull(engine_contact(&w, id));
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=pbx1/1 channel=voice"), "contact.arrived 1");
    engine_close(&w);
}
END_TEST

START_TEST(place_is_when_the_contact_came_and_never_later_than_now)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice since_ms=@-30s");
    pbx(&w, "contact.arrive contact=2 channel=voice since_ms=@30s");
    ck_assert_int_eq(engine_contact(&w, "1")->place_ms, WORLD_START_MS - 30000);
    ck_assert_int_eq(engine_contact(&w, "1")->arrived_ms, WORLD_START_MS - 30000);
    ck_assert_int_eq(engine_contact(&w, "2")->place_ms, WORLD_START_MS);
    engine_close(&w);
}
END_TEST

START_TEST(contact_beyond_the_limit_of_contacts_is_refused)
{
    engine_open(&w);
    for (int i = 0; i < 20; i++)
        pbx(&w, "contact.arrive contact=%d channel=voice", i);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=20 channel=voice"), "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "limits.contacts"));
    pbx(&w, "contact.abandon contact=3");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=20 channel=voice"), "contact.arrived 20");
    engine_close(&w);
}
END_TEST

START_TEST(contact_beyond_the_limit_of_its_queue_is_refused)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=300");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=2 channel=voice to=300"), "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "queue small"));
    engine_agent(&w, "olena", "billing=5"); /* takes the first: it waits no more */
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=2 channel=voice to=300"), "contact.arrived 2");
    engine_close(&w);
}
END_TEST

START_TEST(context_beyond_its_limit_is_refused)
{
    engine_open(&w);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice data={\"x\":\"%058d\"}", 1),
                     "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "limits.context"));
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice data={\"x\":\"%056d\"}", 1),
                     "contact.arrived 1");
    engine_close(&w);
}
END_TEST

START_TEST(new_kind_of_need_beyond_the_limit_of_classes_is_refused)
{
    static const char *const channels[] = {"voice", "chat", "email", "task"};
    engine_open(&w);
    for (int i = 0; i < 4; i++) {
        pbx(&w, "contact.arrive contact=a%d channel=%s to=100", i, channels[i]);
        pbx(&w, "contact.arrive contact=b%d channel=%s to=200", i, channels[i]);
    }
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=c channel=voice to=101"), "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "limits.classes"));
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=c channel=task to=200"), "contact.arrived c");
    engine_close(&w);
}
END_TEST

START_TEST(contact_of_a_client_beyond_the_limit_of_clients_is_refused)
{
    engine_open(&w);
    for (int i = 1; i <= 5; i++) {
        char client[8] = {'p', (char)('0' + i), '\0'};
        pbx_of(&w, client, "contact.arrive contact=1 channel=voice");
    }
    ck_assert_str_eq(pbx_of(&w, "p6", "contact.arrive contact=1 channel=voice"), "limit");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "limits.clients"));
    ck_assert_str_eq(pbx_of(&w, "p5", "contact.arrive contact=2 channel=voice"),
                     "contact.arrived p5/2");
    engine_close(&w);
}
END_TEST

START_TEST(nothing_arrives_before_there_are_rules)
{
    struct usher_limits limits = ENGINE_LIMITS;
    world_open(&w.world, &limits);
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=1 channel=voice"), "no_queue");
    engine_close(&w);
}
END_TEST

START_TEST(contact_that_is_not_there_has_an_error_of_its_own)
{
    static const char *const commands[] = {
        "contact.abandon contact=9",
        "contact.ring contact=9 offer=1-1",
        "contact.answer contact=9 offer=1-1",
        "contact.fail contact=9 offer=1-1 reason=busy",
        "contact.hold contact=9",
        "contact.resume contact=9",
        "contact.end contact=9",
    };
    engine_open(&w);
    pbx_of(&w, "pbx2", "contact.arrive contact=9 channel=voice");
    for (size_t i = 0; i < USHER_COUNT_OF(commands); i++) {
        ck_assert_str_eq(pbx(&w, "%s", commands[i]), "no_such_contact");
        ck_assert_str_eq(pbx_of(&w, "pbx3", "%s", commands[i]), "no_such_contact");
    }
    ck_assert_str_eq(boss(&w, "contact.note contact=pbx1/9 note=x"), "no_such_contact");
    ck_assert_str_eq(boss(&w, "contact.wrap_up contact=pbx1/9"), "no_such_contact");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/9"), "no_such_contact");
    ck_assert_str_eq(pbx(&w, "contact.end contact=pbx2/9"), "not_allowed");
    engine_close(&w);
}
END_TEST

START_TEST(abandoned_is_only_who_has_no_agent_yet)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=1"), "contact.abandoned 1 olena");
    ck_assert_uint_eq(w.world.engine->floor.agents[0].active[USHER_CHANNEL_VOICE], 0);
    talk("2", "100");
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=2"), "wrong_state");
    ck_assert_ptr_nonnull(strstr(w.answer.message, "talking"));
    engine_close(&w);
}
END_TEST

START_TEST(only_a_talk_is_held_and_resumed)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice");
    ck_assert_str_eq(pbx(&w, "contact.hold contact=1"), "wrong_state");
    ck_assert_str_eq(pbx(&w, "contact.resume contact=1"), "wrong_state");
    engine_agent(&w, "olena", "internet=5");
    pbx(&w, "contact.abandon contact=1");
    talk("2", "200");
    ck_assert_str_eq(pbx(&w, "contact.resume contact=2"), "");
    ck_assert_str_eq(pbx(&w, "contact.hold contact=2"), "contact.held 2 olena");
    ck_assert_str_eq(pbx(&w, "contact.hold contact=2"), "");
    ck_assert_str_eq(pbx(&w, "contact.resume contact=2"), "contact.resumed 2 olena");
    pbx(&w, "contact.end contact=2");
    ck_assert_str_eq(pbx(&w, "contact.hold contact=2"), "wrong_state"); /* wrapping */
    engine_close(&w);
}
END_TEST

START_TEST(end_of_a_talk_is_its_end_or_begins_the_wrap_up)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5,internet=5");
    talk("1", "100");
    ck_assert_str_eq(pbx(&w, "contact.end contact=1"), "contact.done 1 olena served");
    talk("2", "200");
    pbx(&w, "contact.hold contact=2");
    ck_assert_str_eq(pbx(&w, "contact.end contact=2 reason=hung_up"),
                     "contact.wrapping 2 olena hung_up");
    ck_assert_str_eq(pbx(&w, "contact.end contact=2"), "");
    ck_assert_int_eq(engine_contact(&w, "2")->until_ms, w.world.now_ms + 30000);
    pbx(&w, "contact.arrive contact=3 channel=voice to=100"); /* she is still busy */
    ck_assert_str_eq(pbx(&w, "contact.end contact=3"), "wrong_state");
    ck_assert_str_eq(after(&w, 30000), "contact.done 2 olena served, contact.offered 3 olena");
    engine_close(&w);
}
END_TEST

START_TEST(desk_ends_chats_and_no_calls)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5,internet=5");
    talk("1", "100");
    ck_assert_str_eq(desk(&w, "olena", "contact.end contact=pbx1/1"), "not_allowed");
    pbx(&w, "contact.end contact=1");
    pbx(&w, "contact.arrive contact=2 channel=chat");
    desk(&w, "olena", "offer.accept offer=%s", offer_of(&w, "2"));
    ck_assert_str_eq(desk(&w, "olena", "contact.end contact=pbx1/2"),
                     "contact.done 2 olena served");
    engine_close(&w);
}
END_TEST

START_TEST(wrap_up_is_finished_by_the_desk_or_a_supervisor)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=5");
    talk("1", "200");
    ck_assert_str_eq(desk(&w, "olena", "contact.wrap_up contact=pbx1/1"), "wrong_state");
    pbx(&w, "contact.end contact=1");
    ck_assert_str_eq(desk(&w, "olena", "contact.wrap_up contact=pbx1/1 disposition=sold"),
                     "contact.done 1 olena served");
    talk("2", "200");
    pbx(&w, "contact.end contact=2");
    ck_assert_str_eq(boss(&w, "contact.wrap_up contact=pbx1/2"), "contact.done 2 olena served");
    engine_close(&w);
}
END_TEST

START_TEST(note_is_written_by_the_contacts_own_desk_or_a_supervisor)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    talk("1", "100");
    ck_assert_str_eq(desk(&w, "petro", "contact.note contact=pbx1/1 note=x"), "not_allowed");
    ck_assert_str_eq(desk(&w, "olena", "contact.note contact=pbx1/1 note=angry"),
                     "contact.noted 1 olena");
    ck_assert_str_eq(engine_contact(&w, "1")->note, "angry");
    ck_assert_str_eq(boss(&w, "contact.note contact=pbx1/1 note=calm"), "contact.noted 1 olena");
    ck_assert_str_eq(engine_contact(&w, "1")->note, "angry\ncalm");
    boss(&w, "contact.note contact=pbx1/1 note=calm");
    ck_assert_str_eq(engine_contact(&w, "1")->note, "angry\ncalm");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    ck_assert_str_eq(desk(&w, "olena", "contact.note contact=pbx1/2 note=x"), "not_allowed");
    ck_assert_str_eq(boss(&w, "contact.note contact=pbx1/2 note=x"), "contact.noted 2");
    ck_assert_str_eq(desk(&w, "olena", "contact.note contact=1 note=x"), "no_such_contact");
    engine_close(&w);
}
END_TEST

START_TEST(contact_that_vanished_is_closed_as_its_state_demands)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/1"), "contact.abandoned 1 vanished");
    engine_agent(&w, "olena", "billing=5,internet=5");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/2"),
                     "contact.abandoned 2 olena vanished");
    talk("3", "100");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/3"), "contact.done 3 olena vanished");
    talk("4", "200");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/4"),
                     "contact.wrapping 4 olena vanished");
    ck_assert_str_eq(router(&w, "contact.vanish contact=pbx1/4"), "");
    engine_close(&w);
}
END_TEST

SUITE_MAIN("engine_contact", contact_that_arrives_waits_or_is_offered_at_once,
           unknown_channel_is_refused, id_of_a_live_contact_is_taken_and_for_an_hour_after_its_end,
           id_is_the_clients_own_and_of_a_bounded_length,
           place_is_when_the_contact_came_and_never_later_than_now,
           contact_beyond_the_limit_of_contacts_is_refused,
           contact_beyond_the_limit_of_its_queue_is_refused, context_beyond_its_limit_is_refused,
           new_kind_of_need_beyond_the_limit_of_classes_is_refused,
           contact_of_a_client_beyond_the_limit_of_clients_is_refused,
           nothing_arrives_before_there_are_rules,
           contact_that_is_not_there_has_an_error_of_its_own,
           abandoned_is_only_who_has_no_agent_yet, only_a_talk_is_held_and_resumed,
           end_of_a_talk_is_its_end_or_begins_the_wrap_up, desk_ends_chats_and_no_calls,
           wrap_up_is_finished_by_the_desk_or_a_supervisor,
           note_is_written_by_the_contacts_own_desk_or_a_supervisor,
           contact_that_vanished_is_closed_as_its_state_demands)
