/* The members of a line: what commands and events have in common on their way to and from JSON.
 * A line is read in two steps, since `do` or `ev`, which say what the fields mean, may come last:
 * first every known member is found as it was written, then those that the row of the table names
 * are read. */
#ifndef USHER_WIRE_MEMBERS_H
#define USHER_WIRE_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/answer.h"
#include "model/fields.h"
#include "wire/codec.h"
#include "wire/json.h"

/* The members that are no fields: `id` and `do` of a command; `at`, `n` and `ev` of an event. */
enum { USHER_MEMBERS_FRAME_MAX = 3 };

struct usher_members {
    struct usher_text line;
    const char *noun; /* "a command" or "an event" */
    const struct usher_text *frame_names;
    size_t frame_count;
    struct usher_text frame[USHER_MEMBERS_FRAME_MAX]; /* absent `at`: not there */
    usher_field_mask present;                         /* which of `fields` are there */
    struct usher_text fields[USHER_FIELDS_COUNT];     /* as written */
    char *scratch;                                    /* what is left of it */
    size_t scratch_room;
    struct usher_answer *answer;
};

/* Which fields to read, and how strictly. */
struct usher_members_plan {
    usher_field_mask needed;
    usher_field_mask optional;
    const char *name;       /* of the command or event */
    bool checks_characters; /* of ids, and that there is no control character: for what others send
                             */
};

/* Checks the line and finds its members. The caller has set line, noun, frame_names, frame_count,
 * scratch, scratch_room and answer. */
USHER_MUST_USE enum usher_error usher_members_scan(struct usher_members *members);

/* Each reads one member as written: unescaped into scratch when it must be; false when the type is
 * another, or scratch is full. */
USHER_MUST_USE bool usher_members_text(struct usher_members *members, struct usher_text raw,
                                       struct usher_text *text);

/* Fills `fields`, or the answer with the first field, in the order of USHER_FIELDS, that is missing
 * or wrong. */
USHER_MUST_USE enum usher_error usher_members_read(struct usher_members *members,
                                                   const struct usher_members_plan *plan,
                                                   struct usher_fields *fields);

/* Fills the answer with BAD_FIELD, "column N: `name` must …". */
enum usher_error usher_members_refuse(const struct usher_members *members, struct usher_text raw,
                                      struct usher_text name, const char *must);

/* No control character, of ASCII or of C1. */
bool usher_members_is_clean(struct usher_text text);

/* Appends ,"name":value for each field that is present. */
void usher_members_write(const struct usher_fields *fields, struct usher_bytes *out);

/* Whether every field that is present is in its bounds, so that what is written can be read again.
 */
bool usher_members_is_in_bounds(const struct usher_fields *fields);

#endif
