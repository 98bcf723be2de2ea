/* The values that people write in the YAML files: how each is read, and how it is told. */
#ifndef USHER_RULES_VALUE_H
#define USHER_RULES_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum usher_value_type {
    USHER_VALUE_NONE = 0,
    USHER_VALUE_DURATION,     /* "250ms", "15s", "5m", "4h", "2d" or 0: milliseconds */
    USHER_VALUE_PERCENT,      /* "80%": 80 */
    USHER_VALUE_WHOLE,        /* "12" */
    USHER_VALUE_WHOLE_OR_OFF, /* the same; `off` is the row's lowest value */
    USHER_VALUE_FRACTION,     /* "0.15": 150 per mille; three decimals at most */
    USHER_VALUE_BYTES,        /* "8KiB", "8MiB", "1GiB" or a plain number of bytes */
    USHER_VALUE_BOOL,         /* true or false: 1 or 0 */
    USHER_VALUE_TEXT,         /* any line of text that is not empty */
    USHER_VALUE_NAME,         /* letters, digits and . _ @ : + - */
    USHER_VALUE_LIST,
    USHER_VALUE_MAP,
    USHER_VALUE_ANY, /* what is written there is looked at by the reader's caller */
    USHER_VALUE_COUNT,
};

#define USHER_VALUE_TEXT_SIZE 32

/* Reads a number of the types DURATION to BOOL. False when `text` is none of that type, or does not
 * fit. */
USHER_MUST_USE bool usher_value_read(enum usher_value_type type, struct usher_text text,
                                     int64_t *number);
/* Writes a number of those types as people write it, in the largest unit without a rest. */
const char *usher_value_write(enum usher_value_type type, int64_t number,
                              char room[USHER_VALUE_TEXT_SIZE]);
/* "a duration such as 250ms, 15s, 5m, 4h or 2d". */
const char *usher_value_expected(enum usher_value_type type);

#endif
