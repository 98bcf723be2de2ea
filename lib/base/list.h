/* Intrusive doubly linked lists. A node stands in one list at most; a node in none points at
 * itself. */
#ifndef USHER_BASE_LIST_H
#define USHER_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct usher_list {
    struct usher_list *next;
    struct usher_list *prev;
};

/* For a head as for a node. */
static inline void usher_list_init(struct usher_list *list)
{
    list->next = list;
    list->prev = list;
}

/* For a head: no node. For a node: in no list. */
static inline bool usher_list_is_empty(const struct usher_list *list)
{
    return list->next == list;
}

/* Puts `node`, which must be in no list, before `place`; before the head means last. */
static inline void usher_list_insert_before(struct usher_list *place, struct usher_list *node)
{
    node->prev = place->prev;
    node->next = place;
    place->prev->next = node;
    place->prev = node;
}

static inline void usher_list_append(struct usher_list *head, struct usher_list *node)
{
    usher_list_insert_before(head, node);
}

/* Takes `node` out of whatever list it is in; in none is fine. */
static inline void usher_list_remove(struct usher_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    usher_list_init(node);
}

#define usher_list_entry(node, type, member) usher_container_of(node, type, member)

/* NOLINTBEGIN(bugprone-macro-parentheses): `node` is the name that the loop declares. */
#define usher_list_for_each(node, head)                                                            \
    for (struct usher_list *node = (head)->next; node != (head); node = node->next)

/* The body may remove `node`, and nothing else. */
#define usher_list_for_each_safe(node, head)                                                       \
    for (struct usher_list *node = (head)->next, *node##_next = node->next; node != (head);        \
         node = node##_next, node##_next = node->next)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
