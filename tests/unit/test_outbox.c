/* The outbox: lines, numbers, and whom each concerns. */
#include <check.h>

#include "engine/outbox.h"
#include "unit/suite.h"

static struct usher_event talk_event(uint64_t seq)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_HELD, .at_ms = 5, .n = {7, seq}};
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx1/a/b"));
    USHER_FIELDS_SET(&event.fields, AGENT, agent, USHER_TEXT("olena"));
    return event;
}

START_TEST(event_stands_as_a_line_with_whom_it_concerns)
{
    struct usher_outbox outbox;
    struct usher_event event = talk_event(3);
    struct usher_event beat = {.kind = USHER_EVENT_ROUTER_HEARTBEAT, .at_ms = 6, .n = {7, 4}};
    usher_outbox_init(&outbox);
    usher_outbox_add(&outbox, &event, USHER_TEXT("pbx1"));
    usher_outbox_add(&outbox, &beat, USHER_NO_TEXT);
    ck_assert_uint_eq(outbox.count, 2);
    static const char lines[] = "{\"at\":5,\"n\":\"7-3\",\"ev\":\"contact.held\","
                                "\"contact\":\"pbx1/a/b\",\"agent\":\"olena\"}\n"
                                "{\"at\":6,\"n\":\"7-4\",\"ev\":\"router.heartbeat\"}\n";
    ck_assert_uint_eq(outbox.lines.length, sizeof(lines) - 1);
    ck_assert_mem_eq(outbox.lines.at, lines, sizeof(lines) - 1);
    const struct usher_outbox_entry *first = &outbox.entries[0];
    const struct usher_outbox_entry *second = &outbox.entries[1];
    ck_assert_int_eq(first->kind, USHER_EVENT_CONTACT_HELD);
    ck_assert_uint_eq(first->n.seq, 3);
    ck_assert_str_eq(first->client, "pbx1");
    ck_assert_str_eq(first->agent, "olena");
    ck_assert_str_eq(second->client, "");
    ck_assert_str_eq(second->agent, "");
    ck_assert_uint_eq(second->at, first->at + first->length + 1);
    ck_assert_int_eq(outbox.lines.at[first->at + first->length], '\n');
    usher_outbox_fini(&outbox);
}
END_TEST

START_TEST(cleared_outbox_begins_anew)
{
    struct usher_outbox outbox;
    struct usher_event event = talk_event(1);
    usher_outbox_init(&outbox);
    usher_outbox_clear(&outbox);
    usher_outbox_add(&outbox, &event, USHER_TEXT("pbx1"));
    usher_outbox_clear(&outbox);
    ck_assert_uint_eq(outbox.count, 0);
    ck_assert_uint_eq(outbox.lines.length, 0);
    usher_outbox_add(&outbox, &event, USHER_TEXT("pbx1"));
    ck_assert_uint_eq(outbox.entries[0].at, 0);
    usher_outbox_fini(&outbox);
}
END_TEST

START_TEST(outbox_grows_with_its_events)
{
    struct usher_outbox outbox;
    usher_outbox_init(&outbox);
    for (uint64_t seq = 1; seq <= 1000; seq++) {
        struct usher_event event = talk_event(seq);
        usher_outbox_add(&outbox, &event, USHER_TEXT("pbx1"));
    }
    ck_assert_uint_eq(outbox.count, 1000);
    for (size_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(outbox.entries[i].n.seq, i + 1);
    ck_assert_uint_eq(outbox.entries[999].at + outbox.entries[999].length + 1, outbox.lines.length);
    usher_outbox_fini(&outbox);
}
END_TEST

SUITE_MAIN("outbox", event_stands_as_a_line_with_whom_it_concerns, cleared_outbox_begins_anew,
           outbox_grows_with_its_events)
