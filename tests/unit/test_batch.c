/* Batches of events and answers. */
#include <check.h>

#include "batch.h"
#include "unit/suite.h"

static void put(struct usher_outbox *outbox, const char *line, uint64_t seq)
{
    size_t length = strlen(line);
    outbox->entries[outbox->count++] = (struct usher_outbox_entry){
        .kind = USHER_EVENT_CONTACT_NOTED,
        .n = {5, seq},
        .at = outbox->lines.length,
        .length = length,
        .client = "pbx1",
        .agent = "olena",
    };
    usher_bytes_append(&outbox->lines, line, length);
    usher_bytes_append_char(&outbox->lines, '\n');
}

START_TEST(events_of_several_commands_stand_behind_one_another)
{
    struct usher_outbox_entry entries[4];
    struct usher_outbox outbox = {.entries = entries, .room = 4};
    struct batch *batch = batch_new();
    usher_bytes_init(&outbox.lines, 4096);
    ck_assert(batch_is_empty(batch));
    put(&outbox, "first", 1);
    put(&outbox, "second", 2);
    batch_add_events(batch, &outbox);
    outbox.count = 0;
    usher_bytes_clear(&outbox.lines);
    put(&outbox, "third", 3);
    batch_add_events(batch, &outbox);

    ck_assert_uint_eq(batch->events_count, 3);
    ck_assert_uint_eq(batch_last(batch).seq, 3);
    ck_assert(
        usher_text_is_equal(usher_bytes_text(&batch->lines), USHER_TEXT("first\nsecond\nthird\n")));
    struct router_event event = batch_event(batch, 2);
    ck_assert(usher_text_is_equal(event.line, USHER_TEXT("third")));
    ck_assert(usher_text_is_equal(event.client, USHER_TEXT("pbx1")));
    ck_assert(usher_text_is_equal(event.agent, USHER_TEXT("olena")));
    usher_bytes_fini(&outbox.lines);
    batch_free(batch);
}
END_TEST

START_TEST(answers_keep_order_id_message_and_payload)
{
    struct batch *batch = batch_new();
    struct usher_answer answer = {.error = USHER_OK};
    struct usher_text payload;
    for (uint64_t serial = 1; serial <= 100; serial++)
        batch_add_answer(batch, serial, USHER_TEXT("c-1"), &answer, USHER_NO_TEXT);
    (void)usher_answer_set(&answer, USHER_ERROR_LIMIT, "limits.contacts is reached");
    batch_add_answer(batch, 101, USHER_NO_TEXT, &answer, USHER_TEXT("line\n"));

    struct usher_answer read;
    struct usher_text id = batch_answer(batch, 0, &read, &payload);
    ck_assert(usher_text_is_equal(id, USHER_TEXT("c-1")));
    ck_assert_int_eq(read.error, USHER_OK);
    ck_assert_str_eq(read.message, "");
    ck_assert_ptr_null(payload.at);
    id = batch_answer(batch, 100, &read, &payload);
    ck_assert_ptr_null(id.at);
    ck_assert_int_eq(read.error, USHER_ERROR_LIMIT);
    ck_assert_str_eq(read.message, "limits.contacts is reached");
    ck_assert(usher_text_is_equal(payload, USHER_TEXT("line\n")));
    ck_assert_uint_eq(batch->answers[100].serial, 101);
    batch_free(batch);
}
END_TEST

START_TEST(cleared_batch_is_empty_and_small)
{
    struct batch *batch = batch_new();
    struct usher_answer answer = {.error = USHER_OK};
    static char large[3 * 1024 * 1024];
    batch_add_answer(batch, 1, USHER_NO_TEXT, &answer, (struct usher_text){large, sizeof(large)});
    ck_assert_uint_gt(batch_bytes(batch), sizeof(large));
    batch_clear(batch);
    ck_assert(batch_is_empty(batch));
    ck_assert_uint_eq(batch_bytes(batch), 0);
    ck_assert_uint_eq(batch->texts.room, 0);
    batch_free(batch);
}
END_TEST

START_TEST(batches_that_were_handed_out_keep_their_lines_and_become_one)
{
    struct batch *batch = batch_new();
    struct batch *more = batch_new();
    struct usher_answer answer = {.error = USHER_OK};
    struct usher_outbox_entry entries[4];
    struct usher_outbox outbox = {.entries = entries, .room = 4};
    usher_bytes_init(&outbox.lines, SIZE_MAX);
    put(&outbox, "first", 1);
    batch_add_events(batch, &outbox);
    batch_add_answer(batch, 1, USHER_TEXT("c-1"), &answer, USHER_NO_TEXT);
    outbox.count = 0;
    usher_bytes_clear(&outbox.lines);
    put(&outbox, "second", 2);
    put(&outbox, "third", 3);
    batch_add_events(more, &outbox);
    batch_forget(batch);
    ck_assert(!batch_is_empty(batch));
    ck_assert_uint_eq(batch->events_count + batch->answers_count, 0);
    ck_assert_uint_eq(batch_bytes(batch), strlen("first\n"));
    ck_assert_uint_eq(batch_last(batch).seq, 1);
    batch_forget(more);
    batch_join(batch, more);
    ck_assert(
        usher_text_is_equal(usher_bytes_text(&batch->lines), USHER_TEXT("first\nsecond\nthird\n")));
    ck_assert_uint_eq(batch->lines_count, 3);
    ck_assert_uint_eq(batch_last(batch).seq, 3);
    usher_bytes_fini(&outbox.lines);
    batch_free(batch);
    batch_free(more);
}
END_TEST

SUITE_MAIN("batch", batches_that_were_handed_out_keep_their_lines_and_become_one,
           events_of_several_commands_stand_behind_one_another,
           answers_keep_order_id_message_and_payload, cleared_batch_is_empty_and_small)
