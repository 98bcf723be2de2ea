/* What events say of customers, until it is written. */
#include "journal/record.h"

#include <stdio.h>

#include "unit/suite.h"

static struct usher_event event_of(enum usher_event_kind kind, uint64_t seq, const char *customer)
{
    struct usher_event event = {.kind = kind, .at_ms = 1000 + (int64_t)seq, .n = {5, seq}};
    USHER_FIELDS_SET(&event.fields, CUSTOMER, customer, usher_text_of(customer));
    return event;
}

static struct record record_of(enum usher_event_kind kind, uint64_t seq, const char *customer)
{
    struct record record;
    struct usher_event event = event_of(kind, seq, customer);
    event.fields.agent = USHER_TEXT("olena");
    event.fields.queue = USHER_TEXT("support");
    event.fields.reason = USHER_TEXT("served");
    event.fields.memory = USHER_TEXT("{\"contacts\":4}");
    ck_assert(record_read(&record, &event, 60000));
    return record;
}

/* Waiting records of these events. */
static void open_with(struct records *records, const struct record *first,
                      const struct record *second, const struct record *third)
{
    ck_assert(records_init(records, 10));
    ck_assert(records_put(records, first) && records_put(records, second) &&
              records_put(records, third));
}

/* "usher.n=5-1 usher.contacts=5 " */
static const char *written(const struct record *record)
{
    static char line[1024];
    struct record_texts texts;
    struct usher_text args[RECORD_ARGS_MAX];
    size_t count = record_args(record, &texts, args);
    line[0] = '\0';
    for (size_t i = 0; i < count; i += 2) {
        size_t length = strlen(line);
        (void)snprintf(line + length, sizeof(line) - length, "%.*s=%.*s ", USHER_TEXT_ARGS(args[i]),
                       USHER_TEXT_ARGS(args[i + 1]));
    }
    return line;
}

START_TEST(each_event_says_its_part)
{
    struct record record = record_of(USHER_EVENT_CUSTOMER_KNOWN, 1, "7");
    ck_assert_str_eq(written(&record), "usher.n=5-1 usher.contacts=5 ");
    record = record_of(USHER_EVENT_CONTACT_ANSWERED, 2, "7");
    ck_assert_str_eq(written(&record),
                     "usher.n=5-2 usher.last_ms=1002 usher.last_agent=olena "
                     "usher.last_queue=support usher.outcome=answered usher.served.support=1002 ");
    record = record_of(USHER_EVENT_CONTACT_ABANDONED, 3, "7");
    ck_assert_str_eq(written(&record),
                     "usher.n=5-3 usher.last_queue=support usher.outcome=abandoned ");
}
END_TEST

START_TEST(events_without_a_customer_say_nothing)
{
    struct record record;
    struct usher_event event = event_of(USHER_EVENT_CONTACT_DONE, 1, "");
    ck_assert(!record_read(&record, &event, 1));
    event = event_of(USHER_EVENT_CONTACT_OFFERED, 1, "7");
    ck_assert(!record_read(&record, &event, 1));
}
END_TEST

START_TEST(what_comes_of_one_customer_is_written_together)
{
    struct records records;
    struct record known = record_of(USHER_EVENT_CUSTOMER_KNOWN, 1, "7");
    struct record answered = record_of(USHER_EVENT_CONTACT_ANSWERED, 2, "7");
    struct record other = record_of(USHER_EVENT_CONTACT_DONE, 3, "8");
    open_with(&records, &known, &answered, &other);
    ck_assert_uint_eq(records.count, 2);
    struct record *first = records_take(&records);
    ck_assert_str_eq(first->customer, "7");
    ck_assert_uint_eq(first->n.seq, 2);
    ck_assert_int_eq(first->contacts, 5);
    ck_assert_str_eq(first->agent, "olena");
    free(first);
    records_fini(&records);
}
END_TEST

START_TEST(an_erasure_voids_what_came_before_it_and_not_what_comes_after)
{
    struct records records;
    struct record before = record_of(USHER_EVENT_CONTACT_DONE, 1, "7");
    struct record erased = record_of(USHER_EVENT_CUSTOMER_ERASED, 2, "7");
    struct record after = record_of(USHER_EVENT_CUSTOMER_KNOWN, 3, "7");
    open_with(&records, &before, &erased, &after);
    ck_assert_uint_eq(records.count, 2);
    struct record *first = records_take(&records);
    struct record *second = records_take(&records);
    ck_assert(first->is_erasing && first->n.seq == 2);
    ck_assert(!second->is_erasing && second->n.seq == 3);
    ck_assert(!second->agent[0]);
    free(first);
    free(second);
    records_fini(&records);
}
END_TEST

START_TEST(the_oldest_gives_way_but_no_erasure)
{
    struct records records;
    struct record erased = record_of(USHER_EVENT_CUSTOMER_ERASED, 1, "0");
    char customer[16];
    ck_assert(records_init(&records, 3));
    ck_assert(records_put(&records, &erased));
    for (int i = 1; i <= 4; i++) {
        (void)snprintf(customer, sizeof(customer), "%d", i);
        struct record record = record_of(USHER_EVENT_CONTACT_DONE, 1 + (uint64_t)i, customer);
        ck_assert(records_put(&records, &record) == (i <= 2));
    }
    static const char *const left[] = {"0", "3", "4"};
    for (size_t i = 0; i < USHER_COUNT_OF(left); i++) {
        struct record *record = records_take(&records);
        ck_assert_str_eq(record->customer, left[i]);
        free(record);
    }
    records_fini(&records);
}
END_TEST

SUITE_MAIN("record", each_event_says_its_part, events_without_a_customer_say_nothing,
           what_comes_of_one_customer_is_written_together,
           an_erasure_voids_what_came_before_it_and_not_what_comes_after,
           the_oldest_gives_way_but_no_erasure)
