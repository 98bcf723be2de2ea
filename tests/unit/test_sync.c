/* A counted sync: a full list sets the engine right, anything less changes nothing. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"
#include "engine/sync.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;
static struct usher_sync *list;

static void open_world(void)
{
    engine_open(&w);
    list = usher_sync_new(4);
    ck_assert_ptr_nonnull(list);
}

static void close_world(void)
{
    usher_sync_free(list);
    engine_close(&w);
}

/* Adds "contact=1 channel=voice state=waiting"; the code of the error, or "". */
static const char *add(const char *words)
{
    char text[512];
    char room[4096];
    struct usher_command command;
    (void)snprintf(text, sizeof(text), "sync.contact %s", words);
    engine_read(&w, &command, room, text);
    enum usher_error error = usher_sync_add(list, &command, &w.answer);
    memset(room, '?', sizeof(room)); /* the list must have its own copy */
    return usher_error_code(error).at;
}

static const char *finish_with(int64_t count)
{
    enum usher_error error =
        world_finish_sync(&w.world, list, USHER_TEXT("pbx1"), count, &w.answer);
    return error == USHER_OK ? after(&w, 0) : usher_error_code(error).at;
}

/* A whole list, of up to three lines. */
static const char *sync_of(const char *first, const char *second, const char *third)
{
    const char *const lines[] = {first, second, third};
    int64_t count = 0;
    usher_sync_begin(list);
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        if (!lines[i])
            continue;
        ck_assert_str_eq(add(lines[i]), "");
        count++;
    }
    return finish_with(count);
}

static void arrive_and_answer(const char *contact, const char *to)
{
    pbx(&w, "contact.arrive contact=%s channel=voice to=%s", contact, to);
    pbx(&w, "contact.answer contact=%s offer=%s", contact, offer_of(&w, contact));
    ck_assert_int_eq(engine_contact(&w, contact)->state, USHER_CONTACT_TALKING);
}

START_TEST(customers_of_calls_that_are_not_known_yet_are_remembered)
{
    char room[USHER_CUSTOMER_MAX];
    struct usher_fields known = {0};
    open_world();
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=old channel=voice to=100 customer=44-07");
    usher_sync_begin(list);
    ck_assert_str_eq(add("contact=old channel=voice state=waiting customer=44-07"), "");
    ck_assert_str_eq(add("contact=new channel=voice state=waiting to=100 customer=44-08"), "");
    ck_assert_str_eq(add("contact=none channel=voice state=waiting to=100"), "");
    ck_assert_uint_eq(usher_sync_count(list), 3);
    const char *const keys[] = {NULL, "44-08", NULL};
    for (size_t i = 0; i < 3; i++) {
        struct usher_text key =
            usher_sync_customer(list, w.world.engine, USHER_TEXT("pbx1"), i, room);
        ck_assert(usher_text_is_equal(key, usher_text_of(keys[i])));
    }
    USHER_FIELDS_SET(&known, MEMORY, memory, USHER_TEXT("{\"tier\":\"gold\"}"));
    USHER_FIELDS_SET(&known, LAST_AGENT, last_agent, USHER_TEXT("olena"));
    USHER_FIELDS_SET(&known, LAST_MS, last_ms, w.world.now_ms);
    usher_sync_remember(list, 1, &known);
    usher_sync_remember(list, 9, &known);
    (void)finish_with(3);
    const struct usher_contact *contact = engine_contact(&w, "new");
    ck_assert(usher_text_is_equal(contact->memory, known.memory));
    ck_assert_str_eq(contact->served_by->id, "olena");
    ck_assert(!engine_contact(&w, "old")->memory.at);
    close_world();
}
END_TEST

START_TEST(lines_and_end_without_a_beginning_are_refused)
{
    open_world();
    ck_assert_str_eq(add("contact=1 channel=voice state=waiting"), "wrong_state");
    ck_assert_str_eq(finish_with(0), "wrong_state");
    close_world();
}
END_TEST

START_TEST(customer_of_a_listed_call_is_known_when_the_list_ends)
{
    open_world();
    (void)sync_of("contact=1 channel=voice state=waiting customer=UA-7", NULL, NULL);
    struct usher_contact *contact = usher_engine_contact(w.world.engine, USHER_TEXT("pbx1/1"));
    ck_assert_ptr_nonnull(contact);
    ck_assert(usher_text_is_equal(contact->customer, USHER_TEXT("UA-7")));
    close_world();
}
END_TEST

START_TEST(line_with_another_state_is_refused)
{
    open_world();
    usher_sync_begin(list);
    ck_assert_str_eq(add("contact=1 channel=voice state=offered"), "bad_field");
    ck_assert_str_eq(add("contact=1 channel=voice state=wrapping"), "bad_field");
    ck_assert_str_eq(add("contact=1 channel=voice state="), "bad_field");
    ck_assert_str_eq(finish_with(0), "");
    close_world();
}
END_TEST

START_TEST(line_of_a_call_with_an_agent_names_agent_and_offer)
{
    static const char *const states[] = {"ringing", "talking", "held"};
    char line[128];
    open_world();
    usher_sync_begin(list);
    for (size_t i = 0; i < USHER_COUNT_OF(states); i++) {
        (void)snprintf(line, sizeof(line), "contact=1 channel=voice state=%s agent=olena",
                       states[i]);
        ck_assert_str_eq(add(line), "missing_field");
        (void)snprintf(line, sizeof(line), "contact=1 channel=voice state=%s offer=1-1", states[i]);
        ck_assert_str_eq(add(line), "missing_field");
    }
    ck_assert_str_eq(finish_with(0), "");
    close_world();
}
END_TEST

START_TEST(list_beyond_its_limit_is_refused)
{
    open_world();
    usher_sync_begin(list);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(add("contact=1 channel=voice state=waiting"), "");
    ck_assert_str_eq(add("contact=1 channel=voice state=waiting"), "limit");
    close_world();
}
END_TEST

START_TEST(incomplete_list_changes_nothing_and_must_begin_again)
{
    open_world();
    pbx(&w, "contact.arrive contact=1 channel=voice");
    usher_sync_begin(list);
    add("contact=2 channel=voice state=waiting");
    ck_assert_str_eq(finish_with(2), "sync_incomplete");
    ck_assert_ptr_nonnull(engine_contact(&w, "1"));
    ck_assert_ptr_null(engine_contact(&w, "2"));
    ck_assert_str_eq(finish_with(1), "wrong_state");
    usher_sync_begin(list);
    add("contact=2 channel=voice state=waiting");
    usher_sync_begin(list); /* forgets what was listed */
    add("contact=1 channel=voice state=waiting");
    ck_assert_str_eq(finish_with(1), "");
    ck_assert_ptr_nonnull(engine_contact(&w, "1"));
    close_world();
}
END_TEST

START_TEST(empty_list_of_a_client_that_has_nothing_is_fine)
{
    open_world();
    ck_assert_str_eq(sync_of(NULL, NULL, NULL), "");
    close_world();
}
END_TEST

START_TEST(list_that_says_what_is_known_changes_nothing)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    arrive_and_answer("1", "100");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=talking agent=olena offer=1-9",
                             "contact=2 channel=voice state=waiting", NULL),
                     "");
    close_world();
}
END_TEST

START_TEST(missing_contacts_are_closed_as_their_states_demand)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    engine_agent(&w, "anna", "lang.uk=5");
    engine_agent(&w, "maria", "lang.en=5");
    arrive_and_answer("talking", "100");
    arrive_and_answer("held", "200");
    pbx(&w, "contact.hold contact=held");
    pbx(&w, "contact.arrive contact=offered channel=voice to=400");
    pbx(&w, "contact.arrive contact=ringing channel=voice to=400 data={\"lang\":\"en\"}");
    pbx(&w, "contact.ring contact=ringing offer=%s", offer_of(&w, "ringing"));
    pbx(&w, "contact.arrive contact=waiting channel=voice to=100");
    pbx_of(&w, "pbx2", "contact.arrive contact=other channel=voice to=100");
    /* What another PBX has is nothing to this one; olena is free for it when all is known. */
    ck_assert_str_eq(sync_of(NULL, NULL, NULL),
                     "contact.done talking olena vanished, contact.wrapping held petro vanished, "
                     "contact.abandoned offered anna vanished, "
                     "contact.abandoned ringing maria vanished, "
                     "contact.abandoned waiting vanished, contact.offered pbx2/other olena");
    ck_assert_str_eq(sync_of(NULL, NULL, NULL), ""); /* the wrap-up goes on */
    ck_assert_int_eq(engine_contact(&w, "held")->state, USHER_CONTACT_WRAPPING);
    close_world();
}
END_TEST

START_TEST(unknown_waiting_call_is_taken_in_with_its_place)
{
    open_world();
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting to=100 since_ms=@-50s "
                             "from=+380 data={\"a\":1}",
                             NULL, NULL),
                     "contact.arrived 1");
    ck_assert_int_eq(engine_contact(&w, "1")->place_ms, WORLD_START_MS - 50000);
    ck_assert(usher_text_is_equal(engine_contact(&w, "1")->data, USHER_TEXT("{\"a\":1}")));
    close_world();
}
END_TEST

START_TEST(unknown_calls_are_offered_when_the_whole_list_is_known)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting to=100 since_ms=@-5s",
                             "contact=2 channel=voice state=waiting to=100 since_ms=@-9s", NULL),
                     "contact.arrived 1, contact.arrived 2, contact.offered 2 olena");
    close_world();
}
END_TEST

START_TEST(unknown_talk_is_taken_in_as_a_talk)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "billing=5");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=talking to=100 agent=olena offer=1-3",
                             "contact=2 channel=voice state=held to=100 agent=petro offer=1-4",
                             NULL),
                     "contact.arrived 1, contact.answered 1 olena, "
                     "contact.arrived 2, contact.answered 2 petro, contact.held 2 petro");
    close_world();
}
END_TEST

START_TEST(unknown_call_with_an_unknown_agent_waits)
{
    open_world();
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=talking to=100 agent=nobody offer=1-3",
                             "contact=2 channel=voice state=ringing to=100 agent=nobody offer=1-4",
                             NULL),
                     "contact.arrived 1, contact.arrived 2");
    close_world();
}
END_TEST

START_TEST(unknown_ringing_call_is_taken_in_and_its_ringing_taken_back)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    ck_assert_str_eq(
        sync_of("contact=1 channel=voice state=ringing to=100 agent=olena offer=1-3", NULL, NULL),
        "contact.arrived 1, offer.withdrawn 1 olena sync");
    ck_assert_str_eq(after(&w, USHER_SETTLE_MS), "contact.offered 1 olena");
    close_world();
}
END_TEST

START_TEST(offer_that_the_pbx_knows_nothing_of_is_made_anew)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting", NULL, NULL),
                     "offer.withdrawn 1 olena sync, offer.settled 1, contact.offered 1 olena");
    close_world();
}
END_TEST

START_TEST(open_offer_that_rings_is_set_ringing)
{
    char line[128];
    open_world();
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    (void)snprintf(line, sizeof(line), "contact=1 channel=voice state=ringing agent=olena offer=%s",
                   offer_of(&w, "1"));
    ck_assert_str_eq(sync_of(line, NULL, NULL), "contact.ringing 1 olena");
    ck_assert_str_eq(sync_of(line, NULL, NULL), "");
    close_world();
}
END_TEST

START_TEST(ringing_for_another_offer_takes_both_back)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(
        sync_of("contact=1 channel=voice state=ringing agent=olena offer=1-2", NULL, NULL),
        "offer.withdrawn 1 olena sync, offer.withdrawn 1 olena sync");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    close_world();
}
END_TEST

START_TEST(offer_that_was_answered_unheard_is_a_talk)
{
    char line[128];
    open_world();
    engine_agent(&w, "olena", "billing=9");
    engine_agent(&w, "petro", "billing=4");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    (void)snprintf(line, sizeof(line), "contact=1 channel=voice state=held agent=olena offer=%s",
                   offer_of(&w, "1"));
    ck_assert_str_eq(sync_of(line, NULL, NULL), "contact.answered 1 olena, contact.held 1 olena");
    ck_assert_str_eq(
        sync_of("contact=1 channel=voice state=talking agent=olena offer=1-9", NULL, NULL),
        "contact.resumed 1 olena");
    close_world();
}
END_TEST

START_TEST(talk_with_another_than_the_offered_is_right)
{
    open_world();
    engine_agent(&w, "olena", "billing=9");
    engine_agent(&w, "petro", "billing=4");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(
        sync_of("contact=1 channel=voice state=talking agent=petro offer=1-2", NULL, NULL),
        "offer.withdrawn 1 olena answered_elsewhere, contact.answered 1 petro");
    close_world();
}
END_TEST

START_TEST(calls_that_are_not_taken_in_are_told_and_the_others_are_right)
{
    struct usher_text contact;
    enum usher_error error;
    open_world();
    pbx_of(&w, "pbx2", "contact.arrive contact=1 channel=voice");
    pbx(&w, "contact.arrive contact=gone channel=voice");
    pbx(&w, "contact.abandon contact=gone");
    ck_assert_str_eq(sync_of("contact=pbx2/1 channel=voice state=waiting",
                             "contact=gone channel=voice state=waiting",
                             "contact=new channel=voice state=waiting"),
                     "limit");
    ck_assert_str_eq(after(&w, 0), "contact.arrived new");
    ck_assert(usher_sync_refused(list, 0, &contact, &error));
    ck_assert(usher_text_is_equal(contact, USHER_TEXT("pbx2/1")));
    ck_assert_int_eq(error, USHER_ERROR_NOT_ALLOWED);
    ck_assert(usher_sync_refused(list, 1, &contact, &error));
    ck_assert(usher_text_is_equal(contact, USHER_TEXT("gone")));
    ck_assert_int_eq(error, USHER_ERROR_CONTACT_EXISTS);
    ck_assert(!usher_sync_refused(list, 2, &contact, &error));
    usher_sync_begin(list);
    ck_assert(!usher_sync_refused(list, 0, &contact, &error));
    close_world();
}
END_TEST

START_TEST(call_that_is_named_twice_is_taken_in_once)
{
    open_world();
    ck_assert_str_eq(sync_of("contact=new channel=voice state=waiting",
                             "contact=new channel=voice state=waiting", NULL),
                     "contact.arrived new");
    close_world();
}
END_TEST

START_TEST(wrap_up_that_the_pbx_still_sees_as_a_talk_stays)
{
    open_world();
    engine_agent(&w, "olena", "internet=5");
    arrive_and_answer("1", "200");
    pbx(&w, "contact.end contact=1");
    ck_assert_str_eq(
        sync_of("contact=1 channel=voice state=talking agent=olena offer=1-9", NULL, NULL), "");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WRAPPING);
    close_world();
}
END_TEST

START_TEST(transfer_that_was_not_heard_is_made_up_for)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    arrive_and_answer("1", "100");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting queue=internet", NULL, NULL),
                     "contact.transferred 1 olena, contact.offered 1 petro");
    ck_assert_int_eq(engine_contact(&w, "1")->transferred_by,
                     usher_engine_agent(w.world.engine, USHER_TEXT("olena"))->index);
    close_world();
}
END_TEST

START_TEST(unheard_transfer_to_an_agent_is_made_up_for)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "billing=1");
    arrive_and_answer("1", "100");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting to_agent=petro", NULL, NULL),
                     "contact.transferred 1 olena, contact.offered 1 petro");
    close_world();
}
END_TEST

START_TEST(unheard_transfer_that_finds_nobody_waits_where_it_was)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    arrive_and_answer("1", "100");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting queue=internet", NULL, NULL),
                     "offer.withdrawn 1 olena sync, offer.settled 1, contact.offered 1 olena");
    close_world();
}
END_TEST

START_TEST(transfer_that_was_heard_is_not_repeated)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    engine_agent(&w, "petro", "internet=5");
    arrive_and_answer("1", "100");
    arrive_and_answer("2", "200"); /* petro has no time */
    pbx(&w, "contact.transfer contact=1 queue=internet");
    ck_assert_int_eq(engine_contact(&w, "1")->state, USHER_CONTACT_WAITING);
    char line[128];
    (void)snprintf(line, sizeof(line), "contact=2 channel=voice state=talking agent=petro offer=%s",
                   offer_of(&w, "2"));
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting queue=internet", line, NULL),
                     "");
    close_world();
}
END_TEST

START_TEST(unknown_call_that_was_transferred_is_routed_anew)
{
    open_world();
    engine_agent(&w, "olena", "billing=5");
    ck_assert_str_eq(sync_of("contact=1 channel=voice state=waiting to=100 queue=gone", NULL, NULL),
                     "contact.arrived 1, contact.offered 1 olena");
    close_world();
}
END_TEST

SUITE_MAIN("sync", customers_of_calls_that_are_not_known_yet_are_remembered,
           lines_and_end_without_a_beginning_are_refused,
           customer_of_a_listed_call_is_known_when_the_list_ends,
           line_with_another_state_is_refused, line_of_a_call_with_an_agent_names_agent_and_offer,
           list_beyond_its_limit_is_refused, incomplete_list_changes_nothing_and_must_begin_again,
           empty_list_of_a_client_that_has_nothing_is_fine,
           list_that_says_what_is_known_changes_nothing,
           missing_contacts_are_closed_as_their_states_demand,
           unknown_waiting_call_is_taken_in_with_its_place,
           unknown_calls_are_offered_when_the_whole_list_is_known,
           unknown_talk_is_taken_in_as_a_talk, unknown_call_with_an_unknown_agent_waits,
           unknown_ringing_call_is_taken_in_and_its_ringing_taken_back,
           offer_that_the_pbx_knows_nothing_of_is_made_anew, open_offer_that_rings_is_set_ringing,
           ringing_for_another_offer_takes_both_back, offer_that_was_answered_unheard_is_a_talk,
           talk_with_another_than_the_offered_is_right,
           calls_that_are_not_taken_in_are_told_and_the_others_are_right,
           call_that_is_named_twice_is_taken_in_once,
           wrap_up_that_the_pbx_still_sees_as_a_talk_stays,
           transfer_that_was_not_heard_is_made_up_for, unheard_transfer_to_an_agent_is_made_up_for,
           unheard_transfer_that_finds_nobody_waits_where_it_was,
           transfer_that_was_heard_is_not_repeated,
           unknown_call_that_was_transferred_is_routed_anew)
