/* Clients that the engine remembers, and the ids of their last commands. */
#include <check.h>
#include <stdio.h>

#include "engine/clients.h"
#include "unit/suite.h"

static const struct usher_hash_seed seed = {1, 2};

static struct usher_text id_of(char room[16], int number)
{
    (void)snprintf(room, 16, "c-%d", number);
    return usher_text_of(room);
}

START_TEST(client_is_made_once_and_found_by_its_name)
{
    struct usher_clients clients;
    ck_assert(usher_clients_init(&clients, 4, seed));
    ck_assert_ptr_null(usher_clients_find(&clients, USHER_TEXT("pbx1")));
    struct usher_client *pbx1 = usher_clients_get(&clients, USHER_TEXT("pbx1"), 100);
    struct usher_client *pbx2 = usher_clients_get(&clients, USHER_TEXT("pbx2"), 100);
    ck_assert_ptr_eq(usher_clients_get(&clients, USHER_TEXT("pbx1"), 900), pbx1);
    ck_assert_ptr_eq(usher_clients_find(&clients, USHER_TEXT("pbx2")), pbx2);
    ck_assert_uint_eq(pbx1->index, 0);
    ck_assert_uint_eq(pbx2->index, 1);
    ck_assert_int_eq(pbx1->last_ms, 100); /* only a command that caused something counts */
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(name_of_the_longest_length_is_taken_and_a_longer_one_is_not)
{
    struct usher_clients clients;
    static const char name[] = "a23456789012345678901234567890123"; /* 33 bytes */
    struct usher_text longest = {name, USHER_CLIENT_NAME_MAX};
    struct usher_text longer = {name, USHER_CLIENT_NAME_MAX + 1};
    ck_assert(usher_clients_init(&clients, 4, seed));
    ck_assert(!usher_clients_has_room(&clients, longer, 0));
    ck_assert_ptr_null(usher_clients_get(&clients, longer, 0));
    ck_assert(usher_clients_has_room(&clients, longest, 0));
    ck_assert_ptr_nonnull(usher_clients_get(&clients, longest, 0));
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(full_list_gives_the_place_of_the_one_silent_for_longest)
{
    struct usher_clients clients;
    ck_assert(usher_clients_init(&clients, 3, seed));
    struct usher_client *first = usher_clients_get(&clients, USHER_TEXT("a"), 0);
    struct usher_client *second = usher_clients_get(&clients, USHER_TEXT("b"), 10);
    usher_clients_get(&clients, USHER_TEXT("c"), 20);
    usher_client_note_done(first, USHER_TEXT("c-1"), 30);
    usher_client_note_done(second, USHER_TEXT("c-2"), 15);
    int64_t enough_ms = 15 + USHER_CLIENT_KEEP_MS;
    ck_assert(!usher_clients_has_room(&clients, USHER_TEXT("d"), enough_ms - 1));
    ck_assert_ptr_null(usher_clients_get(&clients, USHER_TEXT("d"), enough_ms - 1));
    ck_assert(usher_clients_has_room(&clients, USHER_TEXT("d"), enough_ms));
    struct usher_client *made = usher_clients_get(&clients, USHER_TEXT("d"), enough_ms);
    ck_assert_ptr_eq(made, second);
    ck_assert_uint_eq(made->index, 1);
    ck_assert_str_eq(made->name, "d");
    ck_assert(!usher_client_has_done(made, USHER_TEXT("c-2")));
    ck_assert_ptr_null(usher_clients_find(&clients, USHER_TEXT("b")));
    ck_assert_ptr_eq(usher_clients_find(&clients, USHER_TEXT("d")), made);
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(client_with_contacts_or_without_a_link_keeps_its_place)
{
    struct usher_clients clients;
    struct usher_list contact;
    ck_assert(usher_clients_init(&clients, 2, seed));
    struct usher_client *held = usher_clients_get(&clients, USHER_TEXT("a"), 0);
    struct usher_client *lost = usher_clients_get(&clients, USHER_TEXT("b"), 0);
    usher_list_init(&contact);
    usher_list_append(&held->contacts, &contact);
    lost->is_lost = true;
    int64_t now_ms = 10 * USHER_CLIENT_KEEP_MS;
    ck_assert(!usher_clients_has_room(&clients, USHER_TEXT("c"), now_ms));
    ck_assert_ptr_null(usher_clients_get(&clients, USHER_TEXT("c"), now_ms));
    ck_assert(usher_clients_has_room(&clients, USHER_TEXT("a"), now_ms));
    lost->is_lost = false;
    ck_assert_ptr_eq(usher_clients_get(&clients, USHER_TEXT("c"), now_ms), lost);
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(last_thousand_and_24_ids_are_known)
{
    struct usher_clients clients;
    char room[16];
    ck_assert(usher_clients_init(&clients, 1, seed));
    struct usher_client *client = usher_clients_get(&clients, USHER_TEXT("a"), 0);
    ck_assert(!usher_client_has_done(client, USHER_TEXT("c-0")));
    for (int i = 0; i < 3000; i++) {
        usher_client_note_done(client, id_of(room, i), i);
        ck_assert(usher_client_has_done(client, id_of(room, i)));
        int oldest = i < USHER_DONE_IDS_MAX ? 0 : i - USHER_DONE_IDS_MAX + 1;
        ck_assert(usher_client_has_done(client, id_of(room, oldest)));
        ck_assert(!usher_client_has_done(client, id_of(room, oldest - 1)));
    }
    ck_assert_int_eq(client->last_ms, 2999);
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(client_in_the_place_of_another_knows_none_of_its_ids)
{
    struct usher_clients clients;
    char room[16];
    ck_assert(usher_clients_init(&clients, 1, seed));
    for (int turn = 0; turn < 100; turn++) { /* more ids in all than are counted together */
        struct usher_text name = USHER_TEXT("ab");
        struct usher_client *client =
            usher_clients_get(&clients, (struct usher_text){name.at + turn % 2, 1},
                              (int64_t)turn * USHER_CLIENT_KEEP_MS * 2);
        ck_assert_ptr_nonnull(client);
        ck_assert(!usher_client_has_done(client, id_of(room, 0)));
        for (int i = 0; i < USHER_DONE_IDS_MAX; i++)
            usher_client_note_done(client, id_of(room, 0), client->last_ms);
        ck_assert(usher_client_has_done(client, id_of(room, 0)));
    }
    usher_clients_fini(&clients);
}
END_TEST

START_TEST(ids_are_given_back_in_the_order_in_which_they_came)
{
    static const int counts[] = {1, 16, 17, 1023, 1024, 1025, 2500};
    for (size_t c = 0; c < USHER_COUNT_OF(counts); c++) {
        struct usher_clients clients;
        char room[16];
        ck_assert(usher_clients_init(&clients, 2, seed));
        struct usher_client *client = usher_clients_get(&clients, USHER_TEXT("a"), 0);
        struct usher_client *copy = usher_clients_get(&clients, USHER_TEXT("b"), 0);
        for (int i = 0; i < counts[c]; i++)
            usher_client_note_done(client, id_of(room, i), i);
        for (uint32_t i = 0; i < client->done_count; i++)
            ck_assert(usher_client_add_done(copy, usher_client_done_at(client, i)));
        /* The same is forgotten next. */
        for (int i = 0; i < 10; i++) {
            usher_client_note_done(client, id_of(room, 5000 + i), 0);
            usher_client_note_done(copy, id_of(room, 5000 + i), 0);
        }
        ck_assert_uint_eq(copy->done_count, client->done_count);
        for (uint32_t i = 0; i < client->done_count; i++)
            ck_assert_uint_eq(usher_client_done_at(copy, i), usher_client_done_at(client, i));
        usher_clients_fini(&clients);
    }
}
END_TEST

SUITE_MAIN("clients", client_is_made_once_and_found_by_its_name,
           name_of_the_longest_length_is_taken_and_a_longer_one_is_not,
           full_list_gives_the_place_of_the_one_silent_for_longest,
           client_with_contacts_or_without_a_link_keeps_its_place,
           last_thousand_and_24_ids_are_known, client_in_the_place_of_another_knows_none_of_its_ids,
           ids_are_given_back_in_the_order_in_which_they_came)
