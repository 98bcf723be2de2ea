/* The table of fields, and the two steps of reading a line. */
#include "wire/members.h"

#include <assert.h>
#include <stdio.h>

#include "wire/json_string.h"

enum field_type { FIELD_TEXT, FIELD_RAW, FIELD_INT };

struct field_row {
    struct usher_text name;
    struct usher_text label; /* ,"name": */
    enum field_type type;
    size_t offset; /* of the member in struct usher_fields */
    int64_t low;   /* FIELD_INT */
    int64_t high;  /* FIELD_INT: the highest value; else: bytes */
};

static const struct field_row rows[USHER_FIELDS_COUNT] = {
#define FIELD_ROW(NAME, member, TYPE, bound, sentence)                                             \
    [USHER_FIELD_##NAME] = {                                                                       \
        .name = {#member, sizeof(#member) - 1},                                                    \
        .label = {",\"" #member "\":", sizeof(",\"" #member "\":") - 1},                           \
        .type = FIELD_##TYPE,                                                                      \
        .offset = offsetof(struct usher_fields, member),                                           \
        .low = (bound) < 0 ? (bound) : 0,                                                          \
        .high = (bound) < 0 ? -(bound) : (bound),                                                  \
    },
    USHER_FIELDS(FIELD_ROW)
#undef FIELD_ROW
};

static_assert(USHER_FIELDS_COUNT <= 128, "a field is a bit of usher_field_mask");

static struct usher_text *text_of(struct usher_fields *fields, const struct field_row *row)
{
    return (struct usher_text *)(void *)((char *)fields + row->offset);
}

static int64_t *number_of(struct usher_fields *fields, const struct field_row *row)
{
    return (int64_t *)(void *)((char *)fields + row->offset);
}

static const struct usher_text *const_text_of(const struct usher_fields *fields,
                                              const struct field_row *row)
{
    return (const struct usher_text *)(const void *)((const char *)fields + row->offset);
}

static int64_t const_number_of(const struct usher_fields *fields, const struct field_row *row)
{
    return *(const int64_t *)(const void *)((const char *)fields + row->offset);
}

/* The field of this name, or USHER_FIELDS_COUNT. Lines have their fields in the order of the table
 * more often than not, so the search begins at `likely` and goes round. */
static size_t find_field(struct usher_text name, size_t likely)
{
    for (size_t i = 0; i < USHER_FIELDS_COUNT; i++) {
        size_t field =
            likely + i < USHER_FIELDS_COUNT ? likely + i : likely + i - USHER_FIELDS_COUNT;
        if (usher_text_is_equal(rows[field].name, name))
            return field;
    }
    return USHER_FIELDS_COUNT;
}

static bool take_frame(struct usher_members *members, struct usher_text name, struct usher_text raw)
{
    for (size_t i = 0; i < members->frame_count; i++) {
        if (usher_text_is_equal(members->frame_names[i], name)) {
            members->frame[i] = raw;
            return true;
        }
    }
    return false;
}

enum usher_error usher_members_scan(struct usher_members *members)
{
    struct usher_json_problem problem;
    if (!usher_json_check(members->line, USHER_DEPTH_MAX, &problem))
        return usher_answer_set(members->answer, USHER_ERROR_BAD_JSON, "column %zu: %s",
                                problem.column, problem.what);
    struct usher_json json;
    usher_json_start(&json, members->line, members->scratch, members->scratch_room);
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return usher_answer_set(members->answer, USHER_ERROR_BAD_JSON,
                                "column 1: %s must be a JSON object", members->noun);

    members->present = 0;
    for (size_t i = 0; i < USHER_MEMBERS_FRAME_MAX; i++)
        members->frame[i] = USHER_NO_TEXT;
    struct usher_text name;
    struct usher_text raw;
    size_t likely = 0;
    while (usher_json_next_key(&json, &name) && usher_json_read_raw(&json, &raw)) {
        if (!name.at || take_frame(members, name, raw))
            continue;
        size_t field = find_field(name, likely);
        if (field == USHER_FIELDS_COUNT)
            continue;
        members->fields[field] = raw;
        members->present |= (usher_field_mask)1 << field;
        likely = field + 1;
    }
    members->scratch = json.scratch;
    members->scratch_room = json.scratch_room;
    return USHER_OK;
}

bool usher_members_text(struct usher_members *members, struct usher_text raw,
                        struct usher_text *text)
{
    if (raw.at[0] != '"')
        return false;
    struct usher_text inner = {raw.at + 1, raw.length - 2};
    if (!memchr(inner.at, '\\', inner.length)) {
        *text = inner;
        return true;
    }
    size_t length;
    if (!usher_json_string_copy(inner, members->scratch, members->scratch_room, &length))
        return false;
    *text = (struct usher_text){members->scratch, length};
    members->scratch += length;
    members->scratch_room -= length;
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool has_space(struct usher_text raw)
{
    for (size_t i = 0; i < raw.length; i++) {
        if (is_space(raw.at[i]))
            return true;
    }
    return false;
}

/* Gives an object or array without the white space around its parts. */
static bool read_raw(struct usher_members *members, struct usher_text raw, struct usher_text *tight)
{
    if (raw.at[0] != '{' && raw.at[0] != '[')
        return false;
    if (!has_space(raw)) {
        *tight = raw;
        return true;
    }
    char *out = members->scratch;
    bool is_in_string = false;
    if (raw.length > members->scratch_room)
        return false;
    for (size_t i = 0; i < raw.length; i++) {
        char c = raw.at[i];
        if (is_in_string && c == '\\')
            *out++ = raw.at[i++];
        else if (c == '"')
            is_in_string = !is_in_string;
        else if (!is_in_string && is_space(c))
            continue;
        *out++ = raw.at[i];
    }
    *tight = (struct usher_text){members->scratch, (size_t)(out - members->scratch)};
    members->scratch_room -= tight->length;
    members->scratch = out;
    return true;
}

bool usher_members_is_clean(struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x20 || byte == 0x7f)
            return false;
        if (byte == 0xc2 && i + 1 < text.length && (unsigned char)text.at[i + 1] < 0xa0)
            return false;
    }
    return true;
}

/* One's own id, or `<client>/<id>`. */
static bool is_contact_id(struct usher_text text)
{
    const char *slash = text.length > 0 ? memchr(text.at, '/', text.length) : NULL;
    struct usher_text own = text;
    if (slash) {
        struct usher_text client = {text.at, (size_t)(slash - text.at)};
        own = (struct usher_text){slash + 1, text.length - client.length - 1};
        if (client.length > USHER_CLIENT_NAME_MAX || !usher_text_is_id(client))
            return false;
    }
    return own.length <= USHER_CONTACT_OWN_ID_MAX && usher_text_is_id(own);
}

/* What is wrong with the characters of a text, as "must …"; NULL when nothing is. */
static const char *misses_characters(size_t field, struct usher_text text)
{
    if (field == USHER_FIELD_CONTACT)
        return is_contact_id(text) ? NULL
                                   : "be an id of 1 to 128 of A-Z a-z 0-9 . _ @ : + -, or a "
                                     "client, a slash and an id";
    if (field == USHER_FIELD_AGENT || field == USHER_FIELD_CLIENT)
        return usher_text_is_id(text) ? NULL : "be an id of A-Z a-z 0-9 . _ @ : + -";
    if (field == USHER_FIELD_NOTE || usher_members_is_clean(text))
        return NULL;
    return "have no control characters";
}

enum usher_error usher_members_refuse(const struct usher_members *members, struct usher_text raw,
                                      struct usher_text name, const char *must)
{
    size_t column = (size_t)(raw.at - members->line.at) + 1;
    return usher_answer_set(members->answer, USHER_ERROR_BAD_FIELD, "column %zu: `%.*s` must %s",
                            column, USHER_TEXT_ARGS(name), must);
}

/* Says what a field must be. */
static enum usher_error refuse_bounds(const struct usher_members *members, size_t field)
{
    const struct field_row *row = &rows[field];
    char must[96];
    if (row->type == FIELD_TEXT)
        snprintf(must, sizeof(must), "be a text of at most %lld bytes", (long long)row->high);
    else if (row->type == FIELD_RAW)
        snprintf(must, sizeof(must), "be an object or array of at most %lld bytes",
                 (long long)row->high);
    else if (row->high < INT64_MAX)
        snprintf(must, sizeof(must), "be a whole number from %lld to %lld", (long long)row->low,
                 (long long)row->high);
    else
        snprintf(must, sizeof(must), "be a whole number%s", row->low == 0 ? ", 0 or above" : "");
    return usher_members_refuse(members, members->fields[field], row->name, must);
}

static enum usher_error read_field(struct usher_members *members, size_t field,
                                   bool checks_characters, struct usher_fields *fields)
{
    const struct field_row *row = &rows[field];
    struct usher_text raw = members->fields[field];
    if (row->type == FIELD_INT) {
        int64_t *number = number_of(fields, row);
        if (!usher_text_read_int64(raw, number) || *number < row->low || *number > row->high)
            return refuse_bounds(members, field);
        return USHER_OK;
    }
    struct usher_text *text = text_of(fields, row);
    bool is_read = row->type == FIELD_RAW ? read_raw(members, raw, text)
                                          : usher_members_text(members, raw, text);
    if (!is_read || text->length > (size_t)row->high)
        return refuse_bounds(members, field);
    if (row->type == FIELD_TEXT && checks_characters) {
        const char *must = misses_characters(field, *text);
        if (must)
            return usher_members_refuse(members, raw, row->name, must);
    }
    return USHER_OK;
}

enum usher_error usher_members_read(struct usher_members *members,
                                    const struct usher_members_plan *plan,
                                    struct usher_fields *fields)
{
    usher_field_mask wanted = plan->needed | (plan->optional & members->present);
    *fields = (struct usher_fields){0};
    for (; wanted != 0; wanted &= wanted - 1) {
        size_t field = usher_fields_first(wanted);
        usher_field_mask bit = wanted & (0 - wanted);
        if (!(members->present & bit))
            return usher_answer_set(members->answer, USHER_ERROR_MISSING_FIELD,
                                    "`%.*s` is missing: `%s` needs it",
                                    USHER_TEXT_ARGS(rows[field].name), plan->name);
        enum usher_error error = read_field(members, field, plan->checks_characters, fields);
        if (error != USHER_OK)
            return error;
        fields->present |= bit;
    }
    return USHER_OK;
}

void usher_members_write(const struct usher_fields *fields, struct usher_bytes *out)
{
    for (usher_field_mask rest = fields->present; rest != 0; rest &= rest - 1) {
        const struct field_row *row = &rows[usher_fields_first(rest)];
        struct usher_json_writer writer;
        usher_json_write_start(&writer, out);
        usher_bytes_append_text(out, row->label);
        if (row->type == FIELD_INT)
            usher_json_write_int64(&writer, const_number_of(fields, row));
        else if (row->type == FIELD_RAW)
            usher_json_write_raw(&writer, *const_text_of(fields, row));
        else
            usher_json_write_text(&writer, *const_text_of(fields, row));
    }
}

bool usher_members_is_in_bounds(const struct usher_fields *fields)
{
    for (usher_field_mask rest = fields->present; rest != 0; rest &= rest - 1) {
        const struct field_row *row = &rows[usher_fields_first(rest)];
        if (row->type == FIELD_INT) {
            int64_t number = const_number_of(fields, row);
            if (number < row->low || number > row->high)
                return false;
        } else if (const_text_of(fields, row)->length > (size_t)row->high) {
            return false;
        }
    }
    return true;
}
