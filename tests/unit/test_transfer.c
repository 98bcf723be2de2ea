/* Transfers: where the contact goes, what its agent keeps, what the next one is told. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/explain.h"
#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/snapshot_world.h"
#include "unit/suite.h"

static struct engine_world w;

/* Olena talks with contact 1 of the queue that is dialled by `to`, and has waited 2 s for it. */
static void open_with_talk(const char *to)
{
    engine_open(&w);
    pbx(&w, "contact.arrive contact=1 channel=voice to=%s data={\"lang\":\"uk\"}", to);
    after(&w, 2000);
    engine_agent(&w, "olena", "billing=5,internet=5,lang.uk=5");
    pbx(&w, "contact.answer contact=1 offer=%s", offer_of(&w, "1"));
    after(&w, 60000);
}

static struct usher_agent *agent(const char *id)
{
    return usher_engine_agent(w.world.engine, usher_text_of(id));
}

/* Why contact 1 is not offered to the agent. */
static struct usher_explained_pair explained(const char *id)
{
    struct usher_explained_pair pair;
    usher_explain_pair(w.world.engine, engine_contact(&w, "1"), agent(id), USHER_CHOICE_BEST_AGENT,
                       w.world.now_ms, &pair);
    return pair;
}

/* The agent to whom it is offered talks. */
static void answer(const char *contact)
{
    pbx(&w, "contact.answer contact=%s offer=%s", contact, offer_of(&w, contact));
}

static const char *reject(const char *contact)
{
    return pbx(&w, "contact.fail contact=%s offer=%s reason=rejected", contact,
               offer_of(&w, contact));
}

static struct usher_event told_event(enum usher_event_kind kind)
{
    static struct usher_scratch scratch;
    struct usher_event found = {.kind = USHER_EVENT_NONE};
    const char *at = w.world.journal.at;
    const char *end = at + w.world.journal.length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct usher_event event;
        struct usher_answer answer;
        if (usher_event_decode((struct usher_text){at, (size_t)(newline - at)}, &scratch, &event,
                               &answer) &&
            event.kind == kind)
            found = event;
        at = newline + 1;
    }
    ck_assert_int_eq(found.kind, kind);
    return found;
}

START_TEST(talk_goes_to_another_queue_and_its_agent_is_free)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "internet=5");
    int64_t place_ms = engine_contact(&w, "1")->place_ms;
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 queue=internet"),
                     "contact.transferred 1 olena, contact.offered 1 petro");
    const struct usher_contact *contact = engine_contact(&w, "1");
    ck_assert_int_eq(contact->place_ms, place_ms + 60000);
    ck_assert_int_eq(contact->due_ms, w.world.now_ms + 20000);
    ck_assert_int_eq(contact->waited_ms, 2000);
    ck_assert_uint_eq(contact->transferred_by, agent("olena")->index);
    ck_assert(agent("olena")->is_open);
    ck_assert_int_eq(agent("olena")->idle_since_ms, w.world.now_ms);
    engine_close(&w);
}
END_TEST

START_TEST(wrap_up_goes_on_as_a_contact_of_its_own)
{
    open_with_talk("200");
    engine_agent(&w, "petro", "billing=5");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 queue=billing"),
                     "contact.transferred 1 olena, contact.parted u-1-13 olena, "
                     "contact.offered 1 petro");
    ck_assert(!agent("olena")->is_open);
    answer("1");
    ck_assert_str_eq(after(&w, 29999), "");
    ck_assert_int_eq(engine_contact(&w, "u-1-13")->state, USHER_CONTACT_WRAPPING);
    ck_assert(usher_text_is_equal(engine_contact(&w, "u-1-13")->case_id, USHER_TEXT("pbx1/1")));
    ck_assert_str_eq(desk(&w, "olena", "contact.wrap_up contact=pbx1/u-1-13 disposition=moved"),
                     "contact.done u-1-13 olena served");
    ck_assert(agent("olena")->is_open);
    engine_close(&w);
}
END_TEST

START_TEST(nobody_is_offered_what_he_transferred)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "billing=5");
    desk(&w, "olena", "contact.transfer contact=pbx1/1 queue=billing");
    /* She is signed in, but no other who could take it. */
    ck_assert_str_eq(reject("1"), "offer.failed 1 petro rejected, contact.offered 1 petro");
    ck_assert_int_eq(explained("olena").hurdle, USHER_HURDLE_TRANSFERRED);
    engine_close(&w);
}
END_TEST

START_TEST(transfer_to_an_agent_asks_for_no_skill_of_his)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "billing=5");
    engine_agent(&w, "anna", "lang.en=1");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna note=angry"),
                     "contact.transferred 1 olena, contact.offered 1 anna");
    struct usher_event offered = told_event(USHER_EVENT_CONTACT_OFFERED);
    ck_assert(usher_text_is_equal(offered.fields.reason, USHER_TEXT("meant")));
    ck_assert(usher_text_is_equal(offered.fields.transferred_by, USHER_TEXT("olena")));
    ck_assert(usher_text_is_equal(offered.fields.note, USHER_TEXT("angry")));
    ck_assert_int_eq(offered.fields.waited_ms, 2000);
    engine_close(&w);
}
END_TEST

START_TEST(contact_waits_for_a_busy_agent_and_then_for_the_queue)
{
    open_with_talk("100");
    engine_agent(&w, "anna", "lang.en=1");
    desk(&w, "anna", "agent.not_ready reason=lunch");
    engine_agent(&w, "petro", "billing=5");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna"),
                     "contact.transferred 1 olena");
    struct usher_explained_pair pair = explained("petro");
    ck_assert_int_eq(pair.hurdle, USHER_HURDLE_MEANT);
    ck_assert_int_eq(pair.until_ms, w.world.now_ms + 20000);
    ck_assert_str_eq(after(&w, 19999), "");
    ck_assert_str_eq(after(&w, 1), "contact.offered 1 petro");
    engine_close(&w);
}
END_TEST

START_TEST(agent_who_becomes_free_is_offered_what_is_meant_for_him_first)
{
    open_with_talk("100");
    engine_agent(&w, "anna", "billing=1");
    desk(&w, "anna", "agent.not_ready reason=lunch");
    desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna");
    desk(&w, "olena", "agent.not_ready reason=lunch");
    pbx(&w, "contact.arrive contact=2 channel=voice to=101 since_ms=@-90s");
    ck_assert_str_eq(desk(&w, "anna", "agent.ready"), "agent.ready anna, contact.offered 1 anna");
    engine_close(&w);
}
END_TEST

START_TEST(agent_who_declines_or_leaves_is_not_waited_for)
{
    open_with_talk("100");
    engine_agent(&w, "anna", "lang.en=1");
    engine_agent(&w, "petro", "billing=5");
    desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna");
    ck_assert_str_eq(reject("1"), "offer.failed 1 anna rejected, contact.offered 1 petro");
    answer("1");
    desk(&w, "anna", "agent.not_ready reason=lunch");
    desk(&w, "petro", "contact.transfer contact=pbx1/1 to_agent=anna queue=any");
    ck_assert_str_eq(desk(&w, "anna", "agent.sign_out"), "agent.signed_out anna");
    ck_assert_int_eq(engine_contact(&w, "1")->meant_until_ms, 0);
    engine_agent(&w, "maria", "lang.en=1");
    ck_assert_ptr_eq(engine_contact(&w, "1")->agent, agent("maria"));
    engine_close(&w);
}
END_TEST

START_TEST(contact_can_be_given_back)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "billing=5");
    desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=petro");
    answer("1");
    ck_assert_str_eq(desk(&w, "petro", "contact.transfer contact=pbx1/1 to_agent=olena"),
                     "contact.transferred 1 petro, contact.offered 1 olena");
    engine_close(&w);
}
END_TEST

START_TEST(context_and_notes_grow)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "internet=5");
    boss(&w, "contact.note contact=pbx1/1 note=first");
    desk(&w, "olena", "contact.note contact=pbx1/1 note=more");
    desk(&w, "olena",
         "contact.transfer contact=pbx1/1 queue=internet note=second "
         "data={\"lang\":\"en\",\"x\":1}");
    const struct usher_contact *contact = engine_contact(&w, "1");
    ck_assert_str_eq(contact->note, "first\nmore\nsecond");
    ck_assert(usher_text_is_equal(contact->data, USHER_TEXT("{\"lang\":\"en\",\"x\":1}")));
    answer("1");
    engine_agent(&w, "anna", "billing=5");
    ck_assert_str_eq(desk(&w, "petro", "contact.transfer contact=pbx1/1 queue=billing data=[]"),
                     "bad_field");
    ck_assert_str_eq(desk(&w, "petro",
                          "contact.transfer contact=pbx1/1 queue=billing data={\"long\":\"%060d\"}",
                          0),
                     "limit");
    engine_close(&w);
}
END_TEST

START_TEST(skills_are_needed_instead_of_the_queues)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "billing=9");
    engine_agent(&w, "anna", "internet=4");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 skills={\"internet\":4}"),
                     "contact.transferred 1 olena, contact.offered 1 anna");
    ck_assert(usher_text_is_equal(usher_text_of(engine_contact(&w, "1")->skills),
                                  USHER_TEXT("{\"internet\":4}")));
    engine_close(&w);
}
END_TEST

START_TEST(transfer_that_finds_nobody_leaves_the_talk_as_it_is)
{
    open_with_talk("100");
    engine_agent(&w, "anna", "lang.en=1");
    router(&w, "profile.set agent=gone phone=sip:gone skills={\"billing\":9}");
    router(&w, "profile.set agent=deaf skills={\"billing\":9}");
    desk(&w, "deaf", "agent.ready");
    static const char *const refused[][2] = {
        {"queue=billing", "nobody"},
        {"queue=internet", "nobody"},
        {"skills={\"internet\":9}", "nobody"},
        {"to_agent=gone", "nobody"},
        {"to_agent=deaf", "nobody"},
        {"to_agent=anna", "nobody"}, /* and nobody but her is there for the queue */
        {"to_agent=olena", "bad_field"},
        {"to_agent=none", "no_such_agent"},
        {"queue=none", "no_queue"},
        {"queue=any tier=none", "bad_field"},
        {"skills={\"cooking\":1}", "bad_field"},
        {"skills={\"internet\":11}", "bad_field"},
        {"skills={}", "bad_field"},
        {"skills=[]", "bad_field"},
        {"note=x", "missing_field"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(refused); i++)
        ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 %s", refused[i][0]),
                         refused[i][1]);
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_TALKING);
    ck_assert_str_eq(desk(&w, "anna", "contact.transfer contact=pbx1/1 queue=any"), "not_allowed");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna queue=any"),
                     "contact.transferred 1 olena, contact.offered 1 anna");
    engine_close(&w);
}
END_TEST

START_TEST(talk_of_a_pbx_that_moves_none_by_order_is_transferred_by_the_phone_alone)
{
    open_with_talk("100");
    engine_agent(&w, "petro", "internet=5");
    router(&w, "link.regain client=pbx1 can=[\"refer\"]");
    const char *words = "contact.transfer contact=pbx1/1 queue=internet";
    ck_assert_str_eq(desk(&w, "olena", "%s", words), "not_allowed");
    ck_assert_str_eq(boss(&w, "%s", words), "not_allowed");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_TALKING);
    ck_assert_str_eq(pbx(&w, "%s", words), "contact.transferred 1 olena, contact.offered 1 petro");
    /* Whom nobody has answered yet the PBX holds in any case. */
    engine_agent(&w, "ivan", "internet=1");
    ck_assert_str_eq(boss(&w, "contact.transfer contact=pbx1/1 to_agent=ivan queue=any"),
                     "offer.withdrawn 1 petro transferred, contact.transferred 1 petro");
    engine_close(&w);
}
END_TEST

START_TEST(customer_whom_a_pbx_dialled_goes_on_as_a_caller_of_that_pbx)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5,internet=5,lang.uk=5");
    router(&w, "link.regain client=pbx1 can=[\"dial\"]");
    boss(&w, "contact.schedule contact=b1 channel=callback queue=any from=+380");
    const struct usher_contact *contact =
        usher_engine_contact(w.world.engine, USHER_TEXT("boss/b1"));
    ck_assert(contact && contact->agent && contact->has_ringer);
    char number[USHER_NUMBER_SIZE];
    usher_number_write(contact->offer, number);
    ck_assert_str_eq(pbx(&w, "contact.answer contact=boss/b1 offer=%s", number),
                     "contact.answered boss/b1 olena, contact.dial boss/b1 olena");
    after(&w, 30000);
    engine_agent(&w, "petro", "internet=5");
    router(&w, "link.lose client=pbx1 until_ms=%lld", (long long)w.world.now_ms + 30000);
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=boss/b1 queue=internet"),
                     "wrong_state");
    router(&w, "link.regain client=pbx1 can=[\"dial\"]");
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=boss/b1 queue=internet"),
                     "contact.transferred boss/b1 olena, contact.offered boss/b1 petro");
    ck_assert(!contact->is_ours);
    ck_assert_int_eq(contact->channel, USHER_CHANNEL_VOICE);
    /* Nobody is dialled again. */
    usher_number_write(contact->offer, number);
    ck_assert_str_eq(pbx(&w, "contact.answer contact=boss/b1 offer=%s", number),
                     "contact.answered boss/b1 petro");
    struct usher_bytes saved;
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    pbx(&w, "contact.end contact=boss/b1");
    engine_close(&w);
}
END_TEST

START_TEST(who_waits_or_is_offered_goes_on_without_a_new_leg)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    pbx(&w, "contact.arrive contact=1 channel=chat to=100");
    int64_t place_ms = engine_contact(&w, "1")->place_ms;
    after(&w, 1000);
    ck_assert_str_eq(desk(&w, "olena", "contact.transfer contact=pbx1/1 queue=internet"),
                     "offer.withdrawn 1 olena transferred, contact.transferred 1 olena, "
                     "contact.offered 1 petro");
    ck_assert_int_eq(engine_contact(&w, "1")->place_ms, place_ms);
    ck_assert_int_eq(engine_contact(&w, "1")->due_ms, place_ms + 20000);
    pbx(&w, "contact.abandon contact=1");
    pbx(&w, "contact.arrive contact=2 channel=voice to=400");
    ck_assert_str_eq(pbx(&w, "contact.transfer contact=2 queue=billing"),
                     "contact.transferred 2, contact.offered 2 olena");
    answer("2");
    pbx(&w, "contact.end contact=2");
    pbx(&w, "contact.arrive contact=3 channel=voice to=200");
    answer("3");
    pbx(&w, "contact.end contact=3");
    ck_assert_str_eq(desk(&w, "petro", "contact.transfer contact=pbx1/3 queue=billing"),
                     "wrong_state");
    engine_close(&w);
}
END_TEST

START_TEST(transfer_is_in_the_snapshot)
{
    struct usher_bytes saved;
    struct usher_bytes again;
    open_with_talk("200");
    engine_agent(&w, "anna", "internet=5");
    desk(&w, "anna", "agent.not_ready reason=lunch");
    desk(&w, "olena", "contact.transfer contact=pbx1/1 to_agent=anna note=hello data={\"a\":1}");
    snapshot_save(w.world.engine, &saved);
    struct usher_engine *engine = snapshot_engine(&w, &w.world.limits);
    ck_assert_msg(snapshot_load(engine, &saved, &w.answer), "%s", w.answer.message);
    snapshot_save(engine, &again);
    ck_assert(usher_text_is_equal(usher_bytes_text(&saved), usher_bytes_text(&again)));
    snapshot_go_on(&w, engine, 40000, 0);
    usher_engine_free(engine);
    usher_bytes_fini(&saved);
    usher_bytes_fini(&again);
    world_close(&w.world);
}
END_TEST

SUITE_MAIN("transfer", talk_goes_to_another_queue_and_its_agent_is_free,
           wrap_up_goes_on_as_a_contact_of_its_own, nobody_is_offered_what_he_transferred,
           transfer_to_an_agent_asks_for_no_skill_of_his,
           contact_waits_for_a_busy_agent_and_then_for_the_queue,
           agent_who_becomes_free_is_offered_what_is_meant_for_him_first,
           agent_who_declines_or_leaves_is_not_waited_for, contact_can_be_given_back,
           context_and_notes_grow, skills_are_needed_instead_of_the_queues,
           transfer_that_finds_nobody_leaves_the_talk_as_it_is,
           talk_of_a_pbx_that_moves_none_by_order_is_transferred_by_the_phone_alone,
           customer_whom_a_pbx_dialled_goes_on_as_a_caller_of_that_pbx,
           who_waits_or_is_offered_goes_on_without_a_new_leg, transfer_is_in_the_snapshot)
