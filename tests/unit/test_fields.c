/* The fields of a line: their texts can be taken along. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "model/fields.h"
#include "unit/suite.h"

START_TEST(texts_that_were_moved_outlive_what_they_were_borrowed_from)
{
    char line[] = "olena{\"a\":1}";
    struct usher_fields fields = {.present = 0};
    USHER_FIELDS_SET(&fields, AGENT, agent, ((struct usher_text){line, 5}));
    USHER_FIELDS_SET(&fields, DATA, data, ((struct usher_text){line + 5, 7}));
    USHER_FIELDS_SET(&fields, NOTE, note, ((struct usher_text){line, 0}));
    USHER_FIELDS_SET(&fields, COUNT, count, 3);
    size_t bytes = usher_fields_bytes(&fields);
    ck_assert_uint_eq(bytes, 6 + 8 + 1);
    char *room = malloc(bytes);
    ck_assert_ptr_eq(usher_fields_move(&fields, room), room + bytes);
    memset(line, 'x', sizeof(line));
    ck_assert_str_eq(fields.agent.at, "olena");
    ck_assert_str_eq(fields.data.at, "{\"a\":1}");
    ck_assert_str_eq(fields.note.at, "");
    ck_assert_uint_eq(fields.note.length, 0);
    ck_assert(!fields.queue.at);
    ck_assert_int_eq(fields.count, 3);
    free(room);
}
END_TEST

START_TEST(fields_without_texts_need_no_room)
{
    struct usher_fields fields = {.present = 0};
    ck_assert_uint_eq(usher_fields_bytes(&fields), 0);
    ck_assert_ptr_null(usher_fields_move(&fields, NULL));
}
END_TEST

SUITE_MAIN("fields", texts_that_were_moved_outlive_what_they_were_borrowed_from,
           fields_without_texts_need_no_room)
