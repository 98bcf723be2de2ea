/* The table of commands. */
#include <check.h>

#include "model/command.h"
#include "unit/suite.h"

START_TEST(every_command_is_found_by_its_name_and_somebody_may_give_it)
{
    for (int i = USHER_COMMAND_NONE + 1; i < USHER_COMMAND_COUNT; i++) {
        enum usher_command_kind kind = (enum usher_command_kind)i;
        const struct usher_command_row *row = usher_command_row(kind);
        ck_assert_int_eq(usher_command_find(usher_text_of(row->name)), kind);
        ck_assert_uint_ne(row->roles, 0);
        ck_assert((row->needed & row->optional) == 0);
        if (usher_command_is_internal(kind))
            ck_assert_uint_eq(row->roles, USHER_ROLE_BIT(ROUTER));
    }
    ck_assert_int_eq(usher_command_find(USHER_TEXT("contact.arriv")), USHER_COMMAND_NONE);
    ck_assert_int_eq(usher_command_find(USHER_NO_TEXT), USHER_COMMAND_NONE);
}
END_TEST

SUITE_MAIN("command", every_command_is_found_by_its_name_and_somebody_may_give_it)
