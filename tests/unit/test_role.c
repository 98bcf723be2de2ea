/* Roles. */
#include <check.h>

#include "model/role.h"
#include "unit/suite.h"

START_TEST(every_role_but_the_router_is_found_by_its_name)
{
    for (int i = USHER_ROLE_NONE + 1; i < USHER_ROLE_ROUTER; i++)
        ck_assert_int_eq(usher_role_find(usher_role_name((enum usher_role)i)), i);
    ck_assert_int_eq(usher_role_find(usher_role_name(USHER_ROLE_ROUTER)), USHER_ROLE_NONE);
    ck_assert_int_eq(usher_role_find(USHER_TEXT("")), USHER_ROLE_NONE);
}
END_TEST

SUITE_MAIN("role", every_role_but_the_router_is_found_by_its_name)
