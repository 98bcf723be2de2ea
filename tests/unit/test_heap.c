/* The heap of deadlines. */
#include <check.h>

#include "base/heap.h"
#include "unit/random.h"
#include "unit/suite.h"

enum { NODES = 60 };

START_TEST(earliest_deadline_comes_first_and_ties_go_by_their_order)
{
    struct usher_heap heap;
    struct usher_heap_node nodes[] = {{.tie = 3}, {.tie = 1}, {.tie = 2}};
    ck_assert(usher_heap_init(&heap, 3));
    ck_assert_ptr_null(usher_heap_first(&heap));
    usher_heap_set(&heap, &nodes[0], 10);
    usher_heap_set(&heap, &nodes[1], 20);
    usher_heap_set(&heap, &nodes[2], 10);
    ck_assert_ptr_eq(usher_heap_first(&heap), &nodes[2]);
    usher_heap_remove(&heap, &nodes[2]);
    ck_assert_ptr_eq(usher_heap_first(&heap), &nodes[0]);
    usher_heap_remove(&heap, &nodes[0]);
    ck_assert_ptr_eq(usher_heap_first(&heap), &nodes[1]);
    usher_heap_fini(&heap);
}
END_TEST

START_TEST(node_that_is_set_again_moves_and_one_in_no_heap_may_be_removed)
{
    struct usher_heap heap;
    struct usher_heap_node a = {.tie = 1};
    struct usher_heap_node b = {.tie = 2};
    ck_assert(usher_heap_init(&heap, 2));
    usher_heap_remove(&heap, &a);
    usher_heap_set(&heap, &a, 10);
    usher_heap_set(&heap, &b, 20);
    usher_heap_set(&heap, &a, 30);
    ck_assert_ptr_eq(usher_heap_first(&heap), &b);
    usher_heap_remove(&heap, &b);
    ck_assert(!usher_heap_has(&b));
    ck_assert(usher_heap_has(&a));
    usher_heap_fini(&heap);
}
END_TEST

static const struct usher_heap_node *earliest(const struct usher_heap_node *nodes)
{
    const struct usher_heap_node *best = NULL;
    for (size_t i = 0; i < NODES; i++) {
        if (usher_heap_has(&nodes[i]) && (!best || nodes[i].at_ms < best->at_ms))
            best = &nodes[i]; /* ties rise with i */
    }
    return best;
}

START_TEST(heap_agrees_with_a_search_through_all_nodes)
{
    uint64_t random = 1;
    struct usher_heap heap;
    static struct usher_heap_node nodes[NODES];
    ck_assert(usher_heap_init(&heap, NODES));
    for (size_t i = 0; i < NODES; i++)
        nodes[i].tie = i;
    for (int step = 0; step < 50000; step++) {
        struct usher_heap_node *node = &nodes[random_below(&random, NODES)];
        uint64_t move = random_below(&random, 5);
        if (move == 0)
            usher_heap_remove(&heap, node);
        else if (move == 1 && usher_heap_first(&heap))
            usher_heap_remove(&heap, usher_heap_first(&heap));
        else
            usher_heap_set(&heap, node, (int64_t)random_below(&random, 1000));
        ck_assert_ptr_eq(usher_heap_first(&heap), earliest(nodes));
    }
    usher_heap_fini(&heap);
}
END_TEST

SUITE_MAIN("heap", earliest_deadline_comes_first_and_ties_go_by_their_order,
           node_that_is_set_again_moves_and_one_in_no_heap_may_be_removed,
           heap_agrees_with_a_search_through_all_nodes)
