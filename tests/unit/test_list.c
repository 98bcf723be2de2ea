/* Intrusive lists. */
#include <check.h>

#include "base/list.h"
#include "unit/suite.h"

struct item {
    int number;
    struct usher_list node;
};

static int digits_of(const struct usher_list *head)
{
    int digits = 0;
    usher_list_for_each (node, head)
        digits = digits * 10 + usher_list_entry(node, struct item, node)->number;
    return digits;
}

START_TEST(nodes_stand_where_they_were_put)
{
    struct usher_list head;
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    usher_list_init(&head);
    ck_assert(usher_list_is_empty(&head));
    usher_list_append(&head, &items[0].node);
    usher_list_append(&head, &items[2].node);
    usher_list_insert_before(&items[2].node, &items[1].node);
    ck_assert_int_eq(digits_of(&head), 123);
}
END_TEST

START_TEST(removed_node_is_in_no_list_and_may_be_removed_again)
{
    struct usher_list head;
    struct item items[2] = {{.number = 1}, {.number = 2}};
    usher_list_init(&head);
    usher_list_append(&head, &items[0].node);
    usher_list_append(&head, &items[1].node);
    usher_list_remove(&items[0].node);
    usher_list_remove(&items[0].node);
    ck_assert(usher_list_is_empty(&items[0].node));
    ck_assert_int_eq(digits_of(&head), 2);
}
END_TEST

START_TEST(safe_walk_survives_the_removal_of_each_node)
{
    struct usher_list head;
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    usher_list_init(&head);
    for (int i = 0; i < 3; i++)
        usher_list_append(&head, &items[i].node);
    usher_list_for_each_safe (node, &head)
        usher_list_remove(node);
    ck_assert(usher_list_is_empty(&head));
}
END_TEST

SUITE_MAIN("list", nodes_stand_where_they_were_put,
           removed_node_is_in_no_list_and_may_be_removed_again,
           safe_walk_survives_the_removal_of_each_node)
