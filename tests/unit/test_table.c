/* The hash table. */
#include <check.h>
#include <stdio.h>

#include "base/table.h"
#include "unit/random.h"
#include "unit/suite.h"

struct thing {
    char name[16];
    bool is_in;
};

static const struct usher_hash_seed seed = {1, 2};

static struct usher_text name_of(const void *item)
{
    return usher_text_of(((const struct thing *)item)->name);
}

START_TEST(item_is_found_by_its_key_until_it_is_removed)
{
    struct usher_table table;
    struct thing olena = {.name = "olena"};
    ck_assert(usher_table_init(&table, 1, seed, name_of));
    ck_assert_ptr_null(usher_table_find(&table, USHER_TEXT("olena")));
    ck_assert_int_eq(usher_table_put(&table, &olena), USHER_TABLE_PUT);
    ck_assert_ptr_eq(usher_table_find(&table, USHER_TEXT("olena")), &olena);
    usher_table_remove(&table, &olena);
    ck_assert_ptr_null(usher_table_find(&table, USHER_TEXT("olena")));
    usher_table_fini(&table);
}
END_TEST

START_TEST(key_that_is_taken_is_refused_before_a_full_table_is)
{
    struct usher_table table;
    struct thing olena = {.name = "olena"};
    struct thing other = {.name = "olena"};
    struct thing taras = {.name = "taras"};
    ck_assert(usher_table_init(&table, 1, seed, name_of));
    ck_assert_int_eq(usher_table_put(&table, &olena), USHER_TABLE_PUT);
    ck_assert_int_eq(usher_table_put(&table, &other), USHER_TABLE_TAKEN);
    ck_assert_int_eq(usher_table_put(&table, &taras), USHER_TABLE_FULL);
    ck_assert_ptr_eq(usher_table_find(&table, USHER_TEXT("olena")), &olena);
    usher_table_fini(&table);
}
END_TEST

START_TEST(table_without_room_finds_nothing_and_takes_nothing)
{
    struct usher_table table;
    struct thing olena = {.name = "olena"};
    ck_assert(usher_table_init(&table, 0, seed, name_of));
    ck_assert_ptr_null(usher_table_find(&table, USHER_TEXT("olena")));
    ck_assert_int_eq(usher_table_put(&table, &olena), USHER_TABLE_FULL);
    usher_table_fini(&table);
}
END_TEST

START_TEST(table_agrees_with_marks_on_the_items_through_many_puts_and_removals)
{
    enum { THINGS = 300, ROOM = 200 };
    static struct thing things[THINGS];
    uint64_t random = 7;
    size_t count = 0;
    struct usher_table table;
    ck_assert(usher_table_init(&table, ROOM, seed, name_of));
    for (size_t i = 0; i < THINGS; i++)
        snprintf(things[i].name, sizeof(things[i].name), "thing-%zu", i);
    for (int step = 0; step < 50000; step++) {
        struct thing *thing = &things[random_below(&random, THINGS)];
        if (thing->is_in) {
            usher_table_remove(&table, thing);
            thing->is_in = false;
            count--;
        } else {
            bool is_put = usher_table_put(&table, thing) == USHER_TABLE_PUT;
            ck_assert_int_eq(is_put, count < ROOM);
            thing->is_in = is_put;
            count += is_put;
        }
        struct thing *asked = &things[random_below(&random, THINGS)];
        ck_assert_ptr_eq(usher_table_find(&table, name_of(asked)), asked->is_in ? asked : NULL);
        ck_assert_uint_eq(table.count, count);
    }
    for (size_t i = 0; i < THINGS; i++)
        ck_assert_ptr_eq(usher_table_find(&table, name_of(&things[i])),
                         things[i].is_in ? &things[i] : NULL);
    usher_table_fini(&table);
}
END_TEST

SUITE_MAIN("table", item_is_found_by_its_key_until_it_is_removed,
           key_that_is_taken_is_refused_before_a_full_table_is,
           table_without_room_finds_nothing_and_takes_nothing,
           table_agrees_with_marks_on_the_items_through_many_puts_and_removals)
