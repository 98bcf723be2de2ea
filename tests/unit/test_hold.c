/* Held commands. */
#include <check.h>

#include "hold.h"
#include "unit/suite.h"

START_TEST(held_command_is_a_copy_and_order_is_kept)
{
    struct hold hold;
    char id[] = "c-1";
    char contact[] = "pbx1/0042";
    char data[] = "{\"a\":1}";
    struct held held = {.kind = HELD_COMMAND, .serial = 7, .id = usher_text_of(id)};
    held.command.kind = USHER_COMMAND_CONTACT_ARRIVE;
    held.command.id = usher_text_of(id);
    held.command.client = USHER_TEXT("pbx1");
    USHER_FIELDS_SET(&held.command.fields, CONTACT, contact, usher_text_of(contact));
    USHER_FIELDS_SET(&held.command.fields, DATA, data, usher_text_of(data));
    USHER_FIELDS_SET(&held.command.fields, NOTE, note, ((struct usher_text){"", 0}));
    USHER_FIELDS_SET(&held.command.fields, SINCE_MS, since_ms, 12345);
    hold_init(&hold);
    ck_assert_int_eq(hold_put(&hold, &held), 0);
    held.serial = 8;
    ck_assert_int_eq(hold_put(&hold, &held), 0);
    ck_assert_uint_gt(hold.bytes, 2 * sizeof(held));
    memset(id, 'x', sizeof(id));
    memset(contact, 'x', sizeof(contact));
    memset(data, 'x', sizeof(data));

    struct held *first = hold_take(&hold);
    ck_assert_uint_eq(first->serial, 7);
    ck_assert(usher_text_is_equal(first->id, USHER_TEXT("c-1")));
    ck_assert(usher_text_is_equal(first->command.id, USHER_TEXT("c-1")));
    ck_assert(usher_text_is_equal(first->command.client, USHER_TEXT("pbx1")));
    ck_assert(usher_text_is_equal(first->command.fields.contact, USHER_TEXT("pbx1/0042")));
    ck_assert(usher_text_is_equal(first->command.fields.data, USHER_TEXT("{\"a\":1}")));
    ck_assert_ptr_nonnull(first->command.fields.note.at);
    ck_assert_ptr_null(first->command.fields.from.at);
    ck_assert_int_eq(first->command.fields.since_ms, 12345);
    ck_assert(first->command.fields.present == held.command.fields.present);
    held_free(first);
    struct held *second = hold_take(&hold);
    ck_assert_uint_eq(second->serial, 8);
    held_free(second);
    ck_assert_ptr_null(hold_take(&hold));
    ck_assert_uint_eq(hold.bytes, 0);
}
END_TEST

SUITE_MAIN("hold", held_command_is_a_copy_and_order_is_kept)
