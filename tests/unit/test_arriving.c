/* Contacts that wait for their customers' memory. */
#include "arriving.h"

#include <stdio.h>

#include "unit/suite.h"

static struct held held_of(enum usher_command_kind kind, uint64_t serial)
{
    return (struct held){.kind = HELD_COMMAND, .serial = serial, .command = {.kind = kind}};
}

START_TEST(commands_of_a_contact_wait_in_their_order)
{
    struct arriving arriving;
    struct held arrive = held_of(USHER_COMMAND_CONTACT_ARRIVE, 1);
    struct held abandon = held_of(USHER_COMMAND_CONTACT_ABANDON, 2);
    ck_assert_int_eq(arriving_init(&arriving, (struct usher_hash_seed){1, 2}), 0);
    struct arrival *first = arriving_add(&arriving, USHER_TEXT("pbx1/a"), &arrive);
    struct arrival *second = arriving_add(&arriving, USHER_TEXT("pbx1/b"), &arrive);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_eq(arriving_find(&arriving, USHER_TEXT("pbx1/b")), second);
    ck_assert_ptr_eq(arriving_find_ticket(&arriving, first->ticket), first);
    ck_assert(arriving_push(&arriving, first, &abandon));
    ck_assert_uint_gt(arriving.bytes, 3 * sizeof(struct held) - 1);
    arriving_remove(&arriving, first);
    ck_assert_ptr_null(arriving_find(&arriving, USHER_TEXT("pbx1/a")));
    ck_assert_ptr_eq(arriving_oldest(&arriving), second);
    for (uint64_t serial = 1; serial <= 2; serial++) {
        struct held *held = hold_take(&first->commands);
        ck_assert_uint_eq(held->serial, serial);
        held_free(held);
    }
    arrival_free(first);
    arriving_fini(&arriving);
}
END_TEST

START_TEST(list_of_calls_has_a_ticket_for_each)
{
    struct arriving arriving;
    struct held arrive = held_of(USHER_COMMAND_CONTACT_ARRIVE, 1);
    struct held list = {.kind = HELD_SYNC, .serial = 2};
    ck_assert_int_eq(arriving_init(&arriving, (struct usher_hash_seed){1, 2}), 0);
    struct arrival *listed = arriving_add(&arriving, USHER_TEXT("//pbx1"), &list);
    ck_assert_ptr_nonnull(listed);
    arriving_take_tickets(&arriving, listed, 3);
    struct arrival *other = arriving_add(&arriving, USHER_TEXT("pbx1/a"), &arrive);
    ck_assert_ptr_nonnull(other);
    for (uint64_t i = 0; i < 3; i++)
        ck_assert_ptr_eq(arriving_find_ticket(&arriving, listed->ticket + i), listed);
    ck_assert_ptr_eq(arriving_find_ticket(&arriving, other->ticket), other);
    ck_assert_ptr_null(arriving_find_ticket(&arriving, other->ticket + 1));
    arriving_fini(&arriving);
}
END_TEST

START_TEST(a_contact_that_says_too_much_need_not_wait)
{
    struct arriving arriving;
    struct held held = held_of(USHER_COMMAND_CONTACT_ARRIVE, 1);
    ck_assert_int_eq(arriving_init(&arriving, (struct usher_hash_seed){1, 2}), 0);
    struct arrival *arrival = arriving_add(&arriving, USHER_TEXT("pbx1/a"), &held);
    for (int i = 1; i < ARRIVING_COMMANDS_MAX; i++)
        ck_assert(arriving_push(&arriving, arrival, &held));
    ck_assert(!arriving_push(&arriving, arrival, &held));
    arriving_fini(&arriving);
}
END_TEST

START_TEST(there_is_room_for_so_many)
{
    struct arriving arriving;
    struct held held = held_of(USHER_COMMAND_CONTACT_ARRIVE, 1);
    char id[32];
    ck_assert_int_eq(arriving_init(&arriving, (struct usher_hash_seed){1, 2}), 0);
    for (int i = 0; i < ARRIVING_MAX; i++) {
        (void)snprintf(id, sizeof(id), "pbx1/%d", i);
        ck_assert_ptr_nonnull(arriving_add(&arriving, usher_text_of(id), &held));
    }
    ck_assert_ptr_null(arriving_add(&arriving, USHER_TEXT("pbx1/more"), &held));
    arriving_fini(&arriving);
    ck_assert_uint_eq(arriving.bytes, 0);
}
END_TEST

SUITE_MAIN("arriving", commands_of_a_contact_wait_in_their_order,
           list_of_calls_has_a_ticket_for_each, a_contact_that_says_too_much_need_not_wait,
           there_is_room_for_so_many)
