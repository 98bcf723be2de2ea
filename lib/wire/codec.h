/* Commands, events and answers to lines of JSON and back. A line here is without its newline. */
#ifndef USHER_WIRE_CODEC_H
#define USHER_WIRE_CODEC_H

#include <stdbool.h>

#include "base/bytes.h"
#include "model/answer.h"
#include "model/command.h"
#include "model/event.h"

/* Room for unescaped strings, and for RAW fields without the white space around their parts: a
 * decoded line has no newline in any field but note, so that what is kept can be written as a line
 * again. */
struct usher_scratch {
    char bytes[USHER_LINE_MAX];
};

/* Reads {"id":…,"do":…,…}. The texts of `command` are borrowed from `line` and `scratch`. On
 * failure `answer` holds the error with the field and the column, and command->id is set if the
 * line had one that could be read. Checks: the line (bad_json), `do` (unknown_command; internal
 * commands are unknown), needed fields (missing_field), types and bounds, the characters of ids:
 * contact (one optional "client/" before it), agent, client; no control characters in any text but
 * note (bad_field). Unknown fields are ignored. `id` is a text of 1 to 64 bytes without control
 * characters. Whether the role may is not checked here. Leaves client, role and own_agent alone. */
USHER_MUST_USE enum usher_error usher_command_decode(struct usher_text line,
                                                     struct usher_scratch *scratch,
                                                     struct usher_command *command,
                                                     struct usher_answer *answer);

/* Appends the line of a command, without a newline: for clients, tests and links. */
void usher_command_encode(const struct usher_command *command, struct usher_bytes *out);

/* Appends {"at":…,"n":"…","ev":"…",…} without a newline, fields in the order of USHER_FIELDS;
 * numbers and texts are written when their bit is in `present`. All fields that its row of the
 * table needs must be present, none that it does not have (but `by` and `by_id`), and each in its
 * bounds: what is written here must be read again after a restart. */
void usher_event_encode(const struct usher_event *event, struct usher_bytes *out);

/* False when the line is no event of ours; `answer` says why, with the column. Unknown fields are
 * ignored; an unknown event too is an error (unknown_command). `at` and `n` may be missing where
 * the event is not journaled; then they are 0 and 0-0. The line may be longer than USHER_LINE_MAX.
 */
USHER_MUST_USE bool usher_event_decode(struct usher_text line, struct usher_scratch *scratch,
                                       struct usher_event *event, struct usher_answer *answer);

/* Appends {"re":id,"ok":true} or {"re":id,"error":{"code":…,"message":…,"retry":…}} without a
 * newline; an absent id is null. */
void usher_answer_encode(struct usher_text id, const struct usher_answer *answer,
                         struct usher_bytes *out);

#endif
