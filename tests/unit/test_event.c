/* The table of events, and events' numbers. */
#include <check.h>

#include "model/event.h"
#include "unit/suite.h"

START_TEST(every_event_is_found_by_its_name)
{
    for (int i = USHER_EVENT_NONE + 1; i < USHER_EVENT_COUNT; i++) {
        enum usher_event_kind kind = (enum usher_event_kind)i;
        const struct usher_event_row *row = usher_event_row(kind);
        ck_assert_int_eq(usher_event_find(usher_text_of(row->name)), kind);
        ck_assert((row->needed & row->optional) == 0);
    }
    ck_assert_int_eq(usher_event_find(USHER_TEXT("contact")), USHER_EVENT_NONE);
}
END_TEST

/* Readers know by it whose data a line has, and hide those of a customer who was erased. */
START_TEST(every_event_with_personal_data_can_name_its_customer)
{
    const usher_field_mask personal = USHER_FIELD_BIT(FROM) | USHER_FIELD_BIT(DATA) |
                                      USHER_FIELD_BIT(NOTE) | USHER_FIELD_BIT(MEMORY);
    for (int i = USHER_EVENT_NONE + 1; i < USHER_EVENT_COUNT; i++) {
        const struct usher_event_row *row = usher_event_row((enum usher_event_kind)i);
        usher_field_mask fields = row->needed | row->optional;
        ck_assert_msg(!row->is_journaled || !(fields & personal) ||
                          (fields & USHER_FIELD_BIT(CUSTOMER)),
                      "%s", row->name);
    }
}
END_TEST

START_TEST(numbers_are_read_as_they_were_written)
{
    static const struct usher_number numbers[] = {
        {0, 0}, {1, 1}, {1763745500, 8841}, {INT32_MAX, INT64_MAX}};
    char room[USHER_NUMBER_SIZE];
    for (size_t i = 0; i < USHER_COUNT_OF(numbers); i++) {
        struct usher_number read = {9, 9};
        struct usher_text text = usher_number_write(numbers[i], room);
        ck_assert_uint_eq(strlen(room), text.length);
        ck_assert(usher_number_read(text, &read));
        ck_assert_int_eq(usher_number_compare(read, numbers[i]), 0);
        ck_assert_int_eq(usher_number_compare(read, (struct usher_number){1, 1}),
                         i == 0 ? -1 : i > 1);
    }
}
END_TEST

START_TEST(what_is_no_number_of_an_event_is_refused)
{
    static const char *const texts[] = {
        "",
        "1",
        "-",
        "1-",
        "-1",
        "1--1",
        "1-1-1",
        "01-1",
        "1-01",
        "1-1 ",
        "2147483648-1",
        "1-*",
        "-0-1",
        "1--0",
        "1-9223372036854775808",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(texts); i++) {
        struct usher_number n;
        ck_assert_msg(!usher_number_read(usher_text_of(texts[i]), &n), "%s", texts[i]);
    }
}
END_TEST

SUITE_MAIN("event", every_event_is_found_by_its_name,
           every_event_with_personal_data_can_name_its_customer,
           numbers_are_read_as_they_were_written, what_is_no_number_of_an_event_is_refused)
