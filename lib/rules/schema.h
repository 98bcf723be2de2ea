/* Reading a mapping by a table of rows: one row a key, with type, bounds, what holds without it,
 * and what it means. The rows say where in the caller's struct each value goes; the member's C type
 * follows from the row's type: int64_t for DURATION to BYTES, bool for BOOL, struct usher_text for
 * TEXT and NAME (borrowed from the document), and `const struct usher_node *` (NULL when absent)
 * for LIST, MAP and ANY. */
#ifndef USHER_RULES_SCHEMA_H
#define USHER_RULES_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "rules/document.h"
#include "rules/problem.h"
#include "rules/value.h"

struct usher_schema;

struct usher_schema_row {
    const char *key;
    enum usher_value_type type;
    bool is_needed; /* absent is a problem */
    size_t offset;  /* of the member in the caller's struct */
    int64_t min;    /* of a number; of a text or name: its length in bytes is at most `max` */
    int64_t max;
    int64_t fallback;          /* what holds when the key is absent */
    const char *fallback_text; /* the same of a TEXT or NAME; NULL = an absent text */
    const char *sentence;      /* completes "It says …": "how long an agent's phone rings" */
    /* For the manual and the JSON Schema, which are written from the rows: */
    const char *kind;    /* what stands there, where the type does not say it: "a path"; of a number
                            what is expected, too, where another value was found */
    const char *without; /* what holds when the key is absent, where `fallback` does not say it */
    const struct usher_schema *members; /* the keys inside: of the map, or of each in the list */
    const char *name; /* the map's own keys are the user's ("QUEUE"), and `members` inside each */
    const char *choices; /* all that a NAME or TEXT may be, or a user's own key, with spaces
                            between; NULL: anything */
    const struct usher_schema_row
        *item; /* of a LIST: each member; of an ANY: a value, or the mapping of `members` if it has
                  any, else a list of such. NULL: the reader alone knows. */
    const struct usher_schema_row *own; /* what else stands in the map: keys that match the regular
                                           expression own->key, if it has one */
};

struct usher_schema {
    const struct usher_schema_row *rows;
    size_t count;
    const char *note; /* what else may stand in the mapping, for the manual; NULL: nothing */
};

#define USHER_SCHEMA(rows_) ((struct usher_schema){(rows_), USHER_COUNT_OF(rows_), NULL})

/* A row whose key is the name of its member. */
#define USHER_SCHEMA_ROW(struct_, key_, type_, ...)                                                \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct struct_, key_),       \
        __VA_ARGS__                                                                                \
    }

/* Fills `into` with what holds without any key. */
void usher_schema_default(const struct usher_schema *schema, void *into);

/* Reads every member of the mapping `map`; a key of no row is a problem, and so is a needed one
 * that is absent (told at the place of `map`). What has a problem leaves `into` as it was. */
void usher_schema_read(const struct usher_schema *schema, const struct usher_node *map, void *into,
                       struct usher_problems *problems);

/* Copies from `from` to `into`, both structs of the schema's rows, each member whose key is not in
 * the mapping `map`. */
void usher_schema_inherit(const struct usher_schema *schema, const struct usher_node *map,
                          const void *from, void *into);

/* For mappings that also have keys of the user's own: reads one member if its key is a row's. False
 * when it is not. */
USHER_MUST_USE bool usher_schema_read_member(const struct usher_schema *schema,
                                             const struct usher_node *member, void *into,
                                             struct usher_problems *problems);
/* Reads `node` as the value of `row`, whatever its key; the message names its key, or `row`'s for a
 * list's member. False when a problem was added or, of NONE, had been. */
USHER_MUST_USE bool usher_schema_read_value(const struct usher_schema_row *row,
                                            const struct usher_node *node, void *into,
                                            struct usher_problems *problems);

/* Adds "unknown key …" for `member`. `others` are keys that are known besides the rows'; `guess` is
 * what was probably meant if it is near to none of them, or absent. */
void usher_schema_refuse(const struct usher_schema *schema, const struct usher_text *others,
                         size_t others_count, struct usher_text guess,
                         const struct usher_node *member, struct usher_problems *problems);

/* True when `node` is a mapping; else a problem is added under the name `what`. */
USHER_MUST_USE bool usher_schema_is_map(const struct usher_node *node, const char *what,
                                        struct usher_problems *problems);

#endif
