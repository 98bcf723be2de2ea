/* Commands, events and answers. Both tables and the list of fields in the model say all that there
 * is to know of a line's form: nothing here knows a certain command or event. */
#include "wire/codec.h"

#include <assert.h>
#include <stdio.h>

#include "wire/json.h"
#include "wire/members.h"

enum { COMMAND_ID, COMMAND_DO, COMMAND_FRAME_COUNT };
enum { EVENT_AT, EVENT_N, EVENT_EV, EVENT_FRAME_COUNT };

static const struct usher_text command_frame[COMMAND_FRAME_COUNT] = {
    [COMMAND_ID] = {"id", 2},
    [COMMAND_DO] = {"do", 2},
};
static const struct usher_text event_frame[EVENT_FRAME_COUNT] = {
    [EVENT_AT] = {"at", 2},
    [EVENT_N] = {"n", 1},
    [EVENT_EV] = {"ev", 2},
};

#define COMMAND_ID_BYTES_MAX 64 /* as `by_id` of the events */
static const usher_field_mask by_bits = USHER_FIELD_BIT(BY) | USHER_FIELD_BIT(BY_ID);

static enum usher_error read_command_id(struct usher_members *members,
                                        struct usher_command *command)
{
    struct usher_text raw = members->frame[COMMAND_ID];
    struct usher_text id;
    if (!raw.at)
        return USHER_OK;
    if (!usher_members_text(members, raw, &id) || id.length == 0 ||
        id.length > COMMAND_ID_BYTES_MAX || !usher_members_is_clean(id))
        return usher_members_refuse(members, raw, command_frame[COMMAND_ID],
                                    "be a text of 1 to 64 bytes without control characters");
    command->id = id;
    return USHER_OK;
}

static enum usher_error read_command_kind(struct usher_members *members,
                                          struct usher_command *command)
{
    struct usher_text raw = members->frame[COMMAND_DO];
    struct usher_text name;
    if (!raw.at)
        return usher_answer_set(members->answer, USHER_ERROR_MISSING_FIELD,
                                "`do` is missing: it names the command");
    if (!usher_members_text(members, raw, &name))
        return usher_members_refuse(members, raw, command_frame[COMMAND_DO], "be a text");
    command->kind = usher_command_find(name);
    if (command->kind != USHER_COMMAND_NONE && !usher_command_is_internal(command->kind))
        return USHER_OK;
    command->kind = USHER_COMMAND_NONE;
    return usher_answer_set(members->answer, USHER_ERROR_UNKNOWN_COMMAND,
                            "column %zu: `do` names no command",
                            (size_t)(raw.at - members->line.at) + 1);
}

enum usher_error usher_command_decode(struct usher_text line, struct usher_scratch *scratch,
                                      struct usher_command *command, struct usher_answer *answer)
{
    struct usher_members members;
    members.line = line;
    members.noun = "a command";
    members.frame_names = command_frame;
    members.frame_count = COMMAND_FRAME_COUNT;
    members.scratch = scratch->bytes;
    members.scratch_room = sizeof(scratch->bytes);
    members.answer = answer;

    command->kind = USHER_COMMAND_NONE;
    command->id = USHER_NO_TEXT;
    answer->error = USHER_OK;
    answer->message[0] = '\0';
    if (line.length > USHER_LINE_MAX)
        return usher_answer_set(answer, USHER_ERROR_TOO_LONG, "the line has more than %d bytes",
                                USHER_LINE_MAX);
    enum usher_error error = usher_members_scan(&members);
    if (error == USHER_OK)
        error = read_command_id(&members, command);
    if (error == USHER_OK)
        error = read_command_kind(&members, command);
    if (error != USHER_OK)
        return error;
    const struct usher_command_row *row = usher_command_row(command->kind);
    struct usher_members_plan plan = {row->needed, row->optional, row->name,
                                      .checks_characters = true};
    return usher_members_read(&members, &plan, &command->fields);
}

void usher_command_encode(const struct usher_command *command, struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    if (command->id.at) {
        usher_json_write_key(&writer, command_frame[COMMAND_ID]);
        usher_json_write_text(&writer, command->id);
    }
    usher_json_write_key(&writer, command_frame[COMMAND_DO]);
    usher_json_write_text(&writer, usher_text_of(usher_command_row(command->kind)->name));
    usher_members_write(&command->fields, out);
    usher_json_write_close(&writer, '}');
}

/* What an event must and may have was decided by us, so an event that breaks its row is a fault of
 * ours, to be found before it stands in the journal and no router can read it. */
static void check_event(const struct usher_event *event)
{
    const struct usher_event_row *row = usher_event_row(event->kind);
    usher_field_mask present = event->fields.present;
    assert((row->needed & ~present) == 0);
    assert((present & ~(row->needed | row->optional | by_bits)) == 0);
    assert(usher_members_is_in_bounds(&event->fields));
}

void usher_event_encode(const struct usher_event *event, struct usher_bytes *out)
{
    char number[USHER_NUMBER_SIZE];
    check_event(event);
    usher_bytes_append_text(out, USHER_TEXT("{\"at\":"));
    usher_bytes_append_int64(out, event->at_ms);
    usher_bytes_append_text(out, USHER_TEXT(",\"n\":\""));
    usher_bytes_append_text(out, usher_number_write(event->n, number));
    usher_bytes_append_text(out, USHER_TEXT("\",\"ev\":\""));
    usher_bytes_append_text(out, usher_text_of(usher_event_row(event->kind)->name));
    usher_bytes_append_char(out, '"');
    usher_members_write(&event->fields, out);
    usher_bytes_append_char(out, '}');
}

static enum usher_error read_event_kind(struct usher_members *members, struct usher_event *event)
{
    struct usher_text raw = members->frame[EVENT_EV];
    struct usher_text name;
    if (!raw.at)
        return usher_answer_set(members->answer, USHER_ERROR_MISSING_FIELD,
                                "`ev` is missing: it names the event");
    if (!usher_members_text(members, raw, &name))
        return usher_members_refuse(members, raw, event_frame[EVENT_EV], "be a text");
    event->kind = usher_event_find(name);
    if (event->kind == USHER_EVENT_NONE)
        return usher_answer_set(members->answer, USHER_ERROR_UNKNOWN_COMMAND,
                                "column %zu: `ev` names no event",
                                (size_t)(raw.at - members->line.at) + 1);
    return USHER_OK;
}

/* Time and number: an event of the journal needs both. */
static enum usher_error read_event_place(struct usher_members *members, struct usher_event *event)
{
    struct usher_text at = members->frame[EVENT_AT];
    struct usher_text n = members->frame[EVENT_N];
    struct usher_text number;
    const struct usher_event_row *row = usher_event_row(event->kind);
    if (row->is_journaled && (!at.at || !n.at))
        return usher_answer_set(members->answer, USHER_ERROR_MISSING_FIELD,
                                "`%s` is missing: `%s` needs it", at.at ? "n" : "at", row->name);
    if (at.at && (!usher_text_read_int64(at, &event->at_ms) || event->at_ms < 0))
        return usher_members_refuse(members, at, event_frame[EVENT_AT],
                                    "be a whole number, 0 or above");
    if (n.at && (!usher_members_text(members, n, &number) || !usher_number_read(number, &event->n)))
        return usher_members_refuse(members, n, event_frame[EVENT_N], "be a text \"epoch-seq\"");
    return USHER_OK;
}

bool usher_event_decode(struct usher_text line, struct usher_scratch *scratch,
                        struct usher_event *event, struct usher_answer *answer)
{
    struct usher_members members;
    members.line = line;
    members.noun = "an event";
    members.frame_names = event_frame;
    members.frame_count = EVENT_FRAME_COUNT;
    members.scratch = scratch->bytes;
    members.scratch_room = sizeof(scratch->bytes);
    members.answer = answer;

    event->kind = USHER_EVENT_NONE;
    event->at_ms = 0;
    event->n = (struct usher_number){0, 0};
    answer->error = USHER_OK;
    answer->message[0] = '\0';
    if (usher_members_scan(&members) != USHER_OK || read_event_kind(&members, event) != USHER_OK ||
        read_event_place(&members, event) != USHER_OK)
        return false;
    const struct usher_event_row *row = usher_event_row(event->kind);
    struct usher_members_plan plan = {row->needed, row->optional | by_bits, row->name,
                                      .checks_characters = false};
    return usher_members_read(&members, &plan, &event->fields) == USHER_OK;
}

void usher_answer_encode(struct usher_text id, const struct usher_answer *answer,
                         struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("re"));
    if (id.at)
        usher_json_write_text(&writer, id);
    else
        usher_json_write_raw(&writer, USHER_TEXT("null"));
    if (answer->error == USHER_OK) {
        usher_json_write_key(&writer, USHER_TEXT("ok"));
        usher_json_write_bool(&writer, true);
    } else {
        usher_json_write_key(&writer, USHER_TEXT("error"));
        usher_json_write_open(&writer, '{');
        usher_json_write_key(&writer, USHER_TEXT("code"));
        usher_json_write_text(&writer, usher_error_code(answer->error));
        usher_json_write_key(&writer, USHER_TEXT("message"));
        usher_json_write_text(&writer, usher_text_of(answer->message));
        usher_json_write_key(&writer, USHER_TEXT("retry"));
        usher_json_write_bool(&writer, usher_error_is_retriable(answer->error));
        usher_json_write_close(&writer, '}');
    }
    usher_json_write_close(&writer, '}');
}
