/* The texts of the last rules that were in use, kept in memory so that they can be written again
 * when Redis has lost them. */
#ifndef JOURNAL_SHELF_H
#define JOURNAL_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define JOURNAL_SHELF_MAX 4
#define JOURNAL_HASH_MAX  64

struct journal_rules {
    char hash[JOURNAL_HASH_MAX + 1]; /* "" = an empty place */
    struct usher_bytes text;
    uint64_t used; /* the lowest is replaced first */
};

struct journal_shelf {
    struct journal_rules places[JOURNAL_SHELF_MAX];
    uint64_t uses;
};

void journal_shelf_init(struct journal_shelf *shelf);
void journal_shelf_fini(struct journal_shelf *shelf);
/* Copies both; takes the place of the one that was not used for longest. False when the hash is
 * empty or too long, or memory is out. */
USHER_MUST_USE bool journal_shelf_put(struct journal_shelf *shelf, struct usher_text hash,
                                      struct usher_text text);
/* Marks the rules as used now; none of that hash is fine. */
void journal_shelf_use(struct journal_shelf *shelf, struct usher_text hash);
bool journal_shelf_has(const struct journal_shelf *shelf, struct usher_text hash);
/* Appends the hashes on the shelf with spaces between them. */
void journal_shelf_list(const struct journal_shelf *shelf, struct usher_bytes *out);

#endif
