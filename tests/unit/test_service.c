/* The fold of events into service level. */
#include <check.h>

#include "report/service.h"
#include "unit/suite.h"

static const struct usher_hash_seed seed = {1, 2};
static const struct usher_service_bounds bounds = {
    .step_ms = 10000, .steps_count = 6, .queues_max = 2, .contacts_max = 3};

static struct usher_service *start(void)
{
    struct usher_service *service = usher_service_new(&bounds, seed);
    ck_assert_ptr_nonnull(service);
    return service;
}

static void arrive(struct usher_service *service, const char *contact, const char *queue,
                   int64_t at_ms, int64_t promise_ms)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_ARRIVED, .at_ms = at_ms};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, usher_text_of(queue));
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, at_ms);
    if (promise_ms > 0)
        USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms, at_ms + promise_ms);
    usher_service_apply(service, &event);
}

static void end(struct usher_service *service, enum usher_event_kind kind, const char *contact,
                int64_t at_ms)
{
    struct usher_event event = {.kind = kind, .at_ms = at_ms};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    usher_service_apply(service, &event);
}

static void answer(struct usher_service *service, const char *contact, int64_t at_ms)
{
    end(service, USHER_EVENT_CONTACT_ANSWERED, contact, at_ms);
}

static void abandon(struct usher_service *service, const char *contact, int64_t at_ms)
{
    end(service, USHER_EVENT_CONTACT_ABANDONED, contact, at_ms);
}

START_TEST(promise_is_kept_up_to_the_very_millisecond)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 1000, 20000);
    arrive(service, "pbx/2", "support", 1000, 20000);
    answer(service, "pbx/1", 21000);
    answer(service, "pbx/2", 21001);
    struct usher_service_figures figures =
        usher_service_read(service, USHER_TEXT("support"), 22000);
    ck_assert_int_eq(figures.arrived_count, 2);
    ck_assert_int_eq(figures.answered_count, 2);
    ck_assert_int_eq(figures.kept_count, 1);
    ck_assert_int_eq(figures.broken_count, 1);
    ck_assert_int_eq(figures.longest_wait_ms, 20001);
    ck_assert_int_eq(usher_service_kept_percent(&figures), 50);
    ck_assert_int_eq(usher_service_answer_ms(&figures), 20000);
    usher_service_free(service);
}
END_TEST

static void tell(struct usher_service *service, const char *contact, int64_t at_ms, int64_t wait_ms)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_PROMISED, .at_ms = at_ms};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    USHER_FIELDS_SET(&event.fields, POSITION, position, 1);
    USHER_FIELDS_SET(&event.fields, WAIT_MS, wait_ms, wait_ms);
    usher_service_apply(service, &event);
}

static void answer_as_told(struct usher_service *service, const char *contact, int64_t at_ms,
                           bool is_kept)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_ANSWERED, .at_ms = at_ms};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    USHER_FIELDS_SET(&event.fields, KEPT, kept, is_kept);
    usher_service_apply(service, &event);
}

START_TEST(what_was_told_is_compared_with_what_came)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 1000, 0);
    arrive(service, "pbx/2", "support", 1000, 0);
    arrive(service, "pbx/3", "support", 1000, 0);
    tell(service, "pbx/1", 1000, 30000);
    tell(service, "pbx/2", 1000, 30000);
    tell(service, "pbx/2", 20000, 60000); /* the first counts */
    answer_as_told(service, "pbx/1", 21000, true);
    answer_as_told(service, "pbx/2", 43000, false);
    answer(service, "pbx/3", 43000); /* was told nothing */
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 44000);
    ck_assert_int_eq(usher_service_told_percent(&figures), 50);
    ck_assert_int_eq(figures.foretold_count, 2);
    ck_assert_int_eq(usher_service_told_bias_ms(&figures), (10000 - 12000) / 2);
    ck_assert_int_eq(usher_service_told_error_ms(&figures), 11000);
    usher_service_free(service);
    figures = (struct usher_service_figures){0};
    ck_assert_int_eq(usher_service_told_percent(&figures), -1);
    ck_assert_int_eq(usher_service_told_bias_ms(&figures), 0);
}
END_TEST

START_TEST(who_gives_up_in_time_breaks_no_promise)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 0, 20000);
    arrive(service, "pbx/2", "support", 0, 20000);
    abandon(service, "pbx/1", 5000);
    abandon(service, "pbx/2", 30000);
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 30000);
    ck_assert_int_eq(figures.abandoned_count, 2);
    ck_assert_int_eq(figures.answered_count, 0);
    ck_assert_int_eq(figures.broken_count, 1);
    ck_assert_int_eq(usher_service_kept_percent(&figures), 0);
    ck_assert_int_eq(usher_service_answer_ms(&figures), 0);
    usher_service_free(service);
}
END_TEST

START_TEST(moved_contact_is_judged_where_it_waits_at_the_end)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 0, 20000);
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_MOVED, .at_ms = 15000};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/1"));
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("general"));
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms, 40000);
    usher_service_apply(service, &event);
    answer(service, "pbx/1", 30000);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("support"), 30000).arrived_count, 1);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("support"), 30000).answered_count, 0);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("general"), 30000).kept_count, 1);
    usher_service_free(service);
}
END_TEST

START_TEST(event_without_a_promise_is_judged_by_none)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 0, 0);
    answer(service, "pbx/1", 50000);
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 50000);
    ck_assert_int_eq(figures.answered_count, 1);
    ck_assert_int_eq(usher_service_kept_percent(&figures), -1);
    usher_service_free(service);
}
END_TEST

START_TEST(window_forgets_step_by_step)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 5000, 20000);
    arrive(service, "pbx/2", "support", 15000, 20000);
    struct usher_text queue = USHER_TEXT("support");
    ck_assert_int_eq(usher_service_read(service, queue, 59999).arrived_count, 2);
    ck_assert_int_eq(usher_service_read(service, queue, 60000).arrived_count, 1);
    ck_assert_int_eq(usher_service_read(service, queue, 70000).arrived_count, 0);
    ck_assert_int_eq(usher_service_arrived(service, queue, 15000, 0), 1);
    ck_assert_int_eq(usher_service_arrived(service, queue, 15000, 1), 1);
    ck_assert_int_eq(usher_service_arrived(service, queue, 15000, 2), 0);
    /* The place of the first step is taken by the seventh. */
    arrive(service, "pbx/3", "support", 65000, 20000);
    ck_assert_int_eq(usher_service_read(service, queue, 65000).arrived_count, 2);
    ck_assert_int_eq(usher_service_arrived(service, queue, 65000, 6), 0);
    usher_service_free(service);
}
END_TEST

START_TEST(queues_are_counted_apart_and_together)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 0, 1000);
    arrive(service, "pbx/2", "sales", 0, 1000);
    arrive(service, "pbx/3", "a third queue", 0, 1000);
    answer(service, "pbx/2", 500);
    answer(service, "pbx/3", 500);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("support"), 500).answered_count, 0);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("sales"), 500).answered_count, 1);
    ck_assert_int_eq(usher_service_read(service, USHER_TEXT("a third queue"), 500).arrived_count,
                     0);
    ck_assert_int_eq(usher_service_read(service, USHER_NO_TEXT, 500).arrived_count, 2);
    ck_assert_int_eq(usher_service_arrived(service, USHER_NO_TEXT, 500, 0), 2);
    usher_service_free(service);
}
END_TEST

START_TEST(second_answer_and_further_contacts_count_nothing)
{
    struct usher_service *service = start();
    arrive(service, "pbx/1", "support", 0, 1000);
    answer(service, "pbx/1", 100);
    answer(service, "pbx/1", 200);
    abandon(service, "pbx/1", 300);
    arrive(service, "pbx/2", "support", 400, 1000);
    arrive(service, "pbx/3", "support", 400, 1000);
    arrive(service, "pbx/4", "support", 400, 1000);
    arrive(service, "pbx/5", "support", 400, 1000); /* above contacts_max */
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 500);
    ck_assert_int_eq(figures.arrived_count, 4);
    ck_assert_int_eq(figures.answered_count, 1);
    ck_assert_int_eq(figures.abandoned_count, 0);
    usher_service_free(service);
}
END_TEST

START_TEST(snapshot_makes_waiting_contacts_known_and_counts_none)
{
    struct usher_service *service = start();
    arrive(service, "pbx/gone", "support", 0, 1000);
    usher_service_forget_waiting(service);
    struct usher_event event = {.kind = USHER_EVENT_STATE_CONTACT, .at_ms = 5000};
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("support"));
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, 1000);
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms, 21000);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/waits"));
    USHER_FIELDS_SET(&event.fields, STATE, state, USHER_TEXT("ringing"));
    usher_service_apply(service, &event);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/talks"));
    USHER_FIELDS_SET(&event.fields, STATE, state, USHER_TEXT("talking"));
    usher_service_apply(service, &event);
    answer(service, "pbx/waits", 6000);
    answer(service, "pbx/talks", 6000);
    abandon(service, "pbx/gone", 6000);
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 6000);
    ck_assert_int_eq(figures.arrived_count, 1);
    ck_assert_int_eq(figures.answered_count, 1);
    ck_assert_int_eq(figures.answered_wait_ms, 5000);
    ck_assert_int_eq(figures.abandoned_count, 0);
    usher_service_free(service);
}
END_TEST

/* One that was put off because customers are not called at night has been counted; one that was
 * booked for the morning is counted then. */
START_TEST(snapshot_makes_those_known_who_have_waited_and_wait_for_the_morning)
{
    struct usher_service *service = start();
    struct usher_event event = {.kind = USHER_EVENT_STATE_CONTACT, .at_ms = 5000};
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("support"));
    USHER_FIELDS_SET(&event.fields, STATE, state, USHER_TEXT("scheduled"));
    USHER_FIELDS_SET(&event.fields, SINCE_MS, since_ms, 2000);
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, 2000);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/booked"));
    usher_service_apply(service, &event);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/night"));
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms, 0);
    usher_service_apply(service, &event);
    event.kind = USHER_EVENT_CONTACT_DUE;
    event.at_ms = 7000;
    usher_service_apply(service, &event);
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx/booked"));
    usher_service_apply(service, &event);
    answer(service, "pbx/booked", 8000);
    answer(service, "pbx/night", 8000);
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 8000);
    ck_assert_int_eq(figures.arrived_count, 1);
    ck_assert_int_eq(figures.answered_count, 2);
    usher_service_free(service);
}
END_TEST

/* A contact of a known customer, answered at once. */
static void serve_known(struct usher_service *service, const char *contact, int64_t at_ms,
                        bool is_repeat)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_ARRIVED, .at_ms = at_ms};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, usher_text_of(contact));
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, USHER_TEXT("support"));
    USHER_FIELDS_SET(&event.fields, CUSTOMER, customer, USHER_TEXT("7"));
    if (is_repeat)
        USHER_FIELDS_SET(&event.fields, REPEAT, repeat, 1);
    usher_service_apply(service, &event);
    event.kind = USHER_EVENT_CONTACT_ANSWERED;
    usher_service_apply(service, &event);
}

START_TEST(answers_that_no_repeat_follows_have_resolved_the_matter)
{
    struct usher_service *service = start();
    arrive(service, "pbx/0", "support", 0, 20000);
    answer(service, "pbx/0", 1000);
    struct usher_service_figures figures = usher_service_read(service, USHER_NO_TEXT, 1000);
    ck_assert_int_eq(usher_service_resolved_percent(&figures), -1);
    serve_known(service, "pbx/1", 1000, false);
    serve_known(service, "pbx/2", 2000, false);
    serve_known(service, "pbx/3", 3000, true);
    figures = usher_service_read(service, USHER_NO_TEXT, 3000);
    ck_assert_int_eq(figures.known_count, 3);
    ck_assert_int_eq(figures.repeat_count, 1);
    ck_assert_int_eq(usher_service_resolved_percent(&figures), 66);
    usher_service_free(service);
}
END_TEST

SUITE_MAIN("service", promise_is_kept_up_to_the_very_millisecond,
           what_was_told_is_compared_with_what_came, who_gives_up_in_time_breaks_no_promise,
           event_without_a_promise_is_judged_by_none,
           moved_contact_is_judged_where_it_waits_at_the_end, window_forgets_step_by_step,
           queues_are_counted_apart_and_together, second_answer_and_further_contacts_count_nothing,
           snapshot_makes_waiting_contacts_known_and_counts_none,
           snapshot_makes_those_known_who_have_waited_and_wait_for_the_morning,
           answers_that_no_repeat_follows_have_resolved_the_matter)
