/* Personal data stand only in the fields `from`, `data`, `note`, `customer` and `memory`, and in
 * `to` of contact.dial, where we call the customer: a line without them may be shown to anyone, and
 * is all that is left of a customer who was erased. */
#ifndef USHER_WIRE_MASK_H
#define USHER_WIRE_MASK_H

#include <stdbool.h>

#include "base/bytes.h"
#include "model/limits.h"

enum usher_mask {
    USHER_MASK_NONE = 0,
    USHER_MASK_SHOWN,  /* for people: those fields are left out */
    USHER_MASK_ERASED, /* the line must be readable as an event still: what some events need
                          (`note`, `customer`, `memory`, the `to` of contact.dial) becomes empty */
};

/* Appends the object `line` without personal data; all other members stay as they were written.
 * `scratch` has as many bytes as the line, or is NULL: then a member whose name has an escape, as
 * none of ours has, is left out as well. False, with nothing appended, when the line is no JSON
 * object. */
USHER_MUST_USE bool usher_mask_line(struct usher_text line, enum usher_mask how, char *scratch,
                                    struct usher_bytes *out);

/* The customer whose event the line is, in `room`; absent when it names none. The line must
 * be checked JSON. */
struct usher_text usher_mask_customer(struct usher_text line, char room[USHER_CUSTOMER_MAX]);

#endif
