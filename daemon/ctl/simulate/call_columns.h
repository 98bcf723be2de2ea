/* The columns of a CSV file of calls. What one holds follows from its name, or from --column. */
#ifndef CTL_SIMULATE_CALL_COLUMNS_H
#define CTL_SIMULATE_CALL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ctl/options.h"
#include "ctl/profile/csv.h"

#define CALL_WORD_BYTES 48

enum call_role {
    ROLE_DATE = 0,
    ROLE_ARRIVAL,
    ROLE_QUEUE,
    ROLE_WAIT,
    ROLE_OUTCOME,
    ROLE_SERVICE,
    ROLE_AGENT,
    ROLES_COUNT,
};

struct call_columns {
    size_t at[ROLES_COUNT]; /* SIZE_MAX: none */
    int64_t units_ms[ROLES_COUNT];
    size_t count; /* of all of them, taken or not */
};

/* By the first row, which `csv` has read last, and options->columns. False after adding what is
 * wrong to csv->problems. */
USHER_MUST_USE bool call_columns_read(struct call_columns *columns, const struct csv *csv,
                                      const struct options *options);
/* A comment of a model that says which were taken, of the same row. */
void call_columns_tell(const struct call_columns *columns, const struct csv *csv,
                       struct usher_bytes *out);
/* As --column has it. */
const char *call_role_name(enum call_role role);

/* In small letters, without blanks, dashes and points. */
void call_word_read(struct usher_text text, char room[CALL_WORD_BYTES]);
/* `words` stand between blanks. */
bool call_word_is_one_of(const char *word, const char *words);

#endif
