/* A YAML text as a tree of nodes, each with its place: a strict and bounded part of YAML.
 * One document whose root is a mapping; no anchors, aliases, tags, duplicate keys or control
 * characters. */
#ifndef USHER_RULES_DOCUMENT_H
#define USHER_RULES_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "rules/arena.h"
#include "rules/problem.h"

#define USHER_DOCUMENT_BYTES_MAX 1048576
#define USHER_DOCUMENT_DEPTH_MAX 16

enum usher_node_kind {
    USHER_NODE_NONE = 0, /* a problem was told of it; whoever meets it says no more */
    USHER_NODE_SCALAR,
    USHER_NODE_LIST,
    USHER_NODE_MAP,
    USHER_NODE_KIND_COUNT,
};

struct usher_node {
    enum usher_node_kind kind;
    size_t line;            /* 1-based */
    size_t column;          /* 1-based, in characters */
    bool is_plain;          /* a scalar without quotes */
    struct usher_text text; /* a scalar's */
    struct usher_text key;  /* of a member of a mapping; absent otherwise */
    size_t key_line;
    size_t key_column;
    size_t count; /* of the members of a list or mapping */
    struct usher_node *first;
    struct usher_node *last;
    struct usher_node *next; /* in the list or mapping that it is a member of */
};

struct usher_document {
    struct usher_arena arena;
    struct usher_node *root; /* a mapping */
};

/* Reads `text`, of which nothing is kept. True: the tree is whole, though problems may have been
 * added. False: problems were added and there is no tree. usher_document_fini is due in both cases.
 */
USHER_MUST_USE bool usher_document_read(struct usher_document *document, struct usher_text text,
                                        struct usher_problems *problems);
void usher_document_fini(struct usher_document *document);

#define usher_node_for_each(member, node)                                                          \
    for (const struct usher_node *(member) = (node)->first; (member) != NULL;                      \
         (member) = (member)->next)

/* The member of a mapping with this key; NULL when there is none. */
const struct usher_node *usher_node_find(const struct usher_node *map, struct usher_text key);

/* The value's first bytes, cut at a character's border so that a message stays short. */
struct usher_text usher_node_excerpt(struct usher_text text);

#endif
