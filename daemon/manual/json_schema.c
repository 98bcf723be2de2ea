#include "manual/json_schema.h"

#include <stdio.h>
#include <string.h>

#include "manual/rows.h"
#include "wire/json.h"

#define TEXT_SIZE 512

static void add_text(struct usher_json_writer *out, const char *key, const char *text)
{
    usher_json_write_key(out, usher_text_of(key));
    usher_json_write_text(out, usher_text_of(text));
}

static void add_number(struct usher_json_writer *out, const char *key, int64_t number)
{
    usher_json_write_key(out, usher_text_of(key));
    usher_json_write_int64(out, number);
}

/* A number that is not whole has its own form in JSON: that in which it is written in YAML. */
static void add_written(struct usher_json_writer *out, const char *key, enum usher_value_type type,
                        int64_t number)
{
    char room[USHER_VALUE_TEXT_SIZE];
    usher_json_write_key(out, usher_text_of(key));
    usher_json_write_raw(out, usher_text_of(usher_value_write(type, number, room)));
}

static void add_types(struct usher_json_writer *out, const char *const *types, size_t count)
{
    usher_json_write_key(out, USHER_TEXT("type"));
    usher_json_write_open(out, '[');
    for (size_t i = 0; i < count; i++)
        usher_json_write_text(out, usher_text_of(types[i]));
    usher_json_write_close(out, ']');
}

/* A number with its unit is a text; a bare 0 needs none. */
static void add_duration(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    static const char *const types[] = {"string", "integer"};
    if (row->min > 0) {
        add_text(out, "type", "string");
        add_text(out, "pattern", "^[0-9]+(ms|s|m|h|d)$");
        return;
    }
    add_types(out, types, USHER_COUNT_OF(types));
    add_number(out, "minimum", 0);
    add_number(out, "maximum", 0);
    add_text(out, "pattern", "^([0-9]+(ms|s|m|h|d)|0)$");
}

static void add_size(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    static const char *const types[] = {"string", "integer"};
    add_types(out, types, USHER_COUNT_OF(types));
    add_number(out, "minimum", row->min);
    add_number(out, "maximum", row->max);
    add_text(out, "pattern", "^[0-9]+([KMG]iB)?$");
}

static void add_whole(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    static const char *const types[] = {"integer", "string"};
    if (row->type == USHER_VALUE_WHOLE_OR_OFF) {
        add_types(out, types, USHER_COUNT_OF(types));
        add_text(out, "pattern", "^off$");
    } else
        add_text(out, "type", "integer");
    add_number(out, "minimum", row->min);
    add_number(out, "maximum", row->max);
}

static void add_choices(struct usher_json_writer *out, const char *choices)
{
    usher_json_write_key(out, USHER_TEXT("enum"));
    usher_json_write_open(out, '[');
    for (const char *at = choices; *at != '\0';) {
        size_t length = strcspn(at, " ");
        usher_json_write_text(out, (struct usher_text){at, length});
        at += length + (at[length] == ' ');
    }
    usher_json_write_close(out, ']');
}

/* Names and texts may look like numbers or truths: YAML would read them as such. */
static void add_words(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    static const char *const types[] = {"string", "number", "boolean"};
    if (row->choices != NULL) {
        add_choices(out, row->choices);
        return;
    }
    add_types(out, types, USHER_COUNT_OF(types));
    if (row->type == USHER_VALUE_NAME)
        add_text(out, "pattern", "^[A-Za-z0-9._@:+-]+$");
    else
        add_number(out, "minLength", 1);
    if (row->max > 0)
        add_number(out, "maxLength", row->max);
}

static void add_value(struct usher_json_writer *out, const struct usher_schema_row *row);

static void add_rows(struct usher_json_writer *out, const struct usher_schema *schema)
{
    bool is_any_needed = false;
    usher_json_write_key(out, USHER_TEXT("properties"));
    usher_json_write_open(out, '{');
    for (size_t i = 0; i < schema->count; i++) {
        usher_json_write_key(out, usher_text_of(schema->rows[i].key));
        usher_json_write_open(out, '{');
        add_value(out, &schema->rows[i]);
        usher_json_write_close(out, '}');
        is_any_needed |= schema->rows[i].is_needed;
    }
    usher_json_write_close(out, '}');
    if (!is_any_needed)
        return;
    usher_json_write_key(out, USHER_TEXT("required"));
    usher_json_write_open(out, '[');
    for (size_t i = 0; i < schema->count; i++) {
        if (schema->rows[i].is_needed)
            usher_json_write_text(out, usher_text_of(schema->rows[i].key));
    }
    usher_json_write_close(out, ']');
}

static void add_inner(struct usher_json_writer *out, const char *key,
                      const struct usher_schema_row *row)
{
    usher_json_write_key(out, usher_text_of(key));
    usher_json_write_open(out, '{');
    add_value(out, row);
    usher_json_write_close(out, '}');
}

/* The keys of a schema, and perhaps the user's own beside them. */
static void add_object(struct usher_json_writer *out, const struct usher_schema *schema,
                       const struct usher_schema_row *own)
{
    add_text(out, "type", "object");
    add_rows(out, schema);
    if (own != NULL && own->key == NULL) {
        add_inner(out, "additionalProperties", own);
        return;
    }
    if (own != NULL) {
        usher_json_write_key(out, USHER_TEXT("patternProperties"));
        usher_json_write_open(out, '{');
        add_inner(out, own->key, own);
        usher_json_write_close(out, '}');
    }
    usher_json_write_key(out, USHER_TEXT("additionalProperties"));
    usher_json_write_bool(out, false);
}

/* A mapping from the user's own names. */
static void add_named(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    add_text(out, "type", "object");
    if (row->choices != NULL) {
        usher_json_write_key(out, USHER_TEXT("propertyNames"));
        usher_json_write_open(out, '{');
        add_choices(out, row->choices);
        usher_json_write_close(out, '}');
    }
    usher_json_write_key(out, USHER_TEXT("additionalProperties"));
    usher_json_write_open(out, '{');
    add_object(out, row->members, row->own);
    usher_json_write_close(out, '}');
}

static void add_list(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    add_text(out, "type", "array");
    if (row->item != NULL)
        add_inner(out, "items", row->item);
    if (row->members == NULL)
        return;
    usher_json_write_key(out, USHER_TEXT("items"));
    usher_json_write_open(out, '{');
    add_object(out, row->members, row->own);
    usher_json_write_close(out, '}');
}

/* Opens or closes one of the forms that a value may have; where there is one only it stands alone.
 */
static void open_form(struct usher_json_writer *out, bool is_alone)
{
    if (!is_alone)
        usher_json_write_open(out, '{');
}

static void close_form(struct usher_json_writer *out, bool is_alone)
{
    if (!is_alone)
        usher_json_write_close(out, '}');
}

/* A mapping, of which at least the user's own keys are known. */
static void add_map(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    static const struct usher_schema none = {NULL, 0, NULL};
    add_object(out, row->members != NULL ? row->members : &none, row->own);
}

/* A value, or a list of such, or a mapping; what nobody but the reader knows stays open. */
static void add_any(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    bool has_map = row->members != NULL || row->own != NULL;
    bool has_list = row->item != NULL && row->members == NULL;
    bool is_alone = row->item == NULL;
    if (!has_map && row->item == NULL)
        return;
    if (!is_alone) {
        usher_json_write_key(out, USHER_TEXT("anyOf"));
        usher_json_write_open(out, '[');
        usher_json_write_open(out, '{');
        add_value(out, row->item);
        usher_json_write_close(out, '}');
    }
    if (has_list) {
        usher_json_write_open(out, '{');
        add_text(out, "type", "array");
        add_number(out, "minItems", 1);
        add_inner(out, "items", row->item);
        usher_json_write_close(out, '}');
    }
    if (has_map) {
        open_form(out, is_alone);
        add_map(out, row);
        close_form(out, is_alone);
    }
    if (!is_alone)
        usher_json_write_close(out, ']');
}

static void add_percent(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    add_text(out, "type", "string");
    add_text(out, "pattern",
             row->min > 0 ? "^([1-9]|[1-9][0-9]|100)%$" : "^([0-9]|[1-9][0-9]|100)%$");
}

static void add_type(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    switch (row->type) {
    case USHER_VALUE_DURATION:
        add_duration(out, row);
        break;
    case USHER_VALUE_PERCENT:
        add_percent(out, row);
        break;
    case USHER_VALUE_WHOLE:
    case USHER_VALUE_WHOLE_OR_OFF:
        add_whole(out, row);
        break;
    case USHER_VALUE_FRACTION:
        add_text(out, "type", "number");
        add_written(out, "minimum", row->type, row->min);
        add_written(out, "maximum", row->type, row->max);
        break;
    case USHER_VALUE_BYTES:
        add_size(out, row);
        break;
    case USHER_VALUE_BOOL:
        add_text(out, "type", "boolean");
        break;
    case USHER_VALUE_TEXT:
    case USHER_VALUE_NAME:
        add_words(out, row);
        break;
    case USHER_VALUE_LIST:
        add_list(out, row);
        break;
    case USHER_VALUE_MAP:
        if (row->members != NULL && row->name != NULL)
            add_named(out, row);
        else if (row->members != NULL)
            add_object(out, row->members, row->own);
        else
            add_text(out, "type", "object");
        break;
    case USHER_VALUE_ANY:
        add_any(out, row);
        break;
    case USHER_VALUE_NONE:
    case USHER_VALUE_COUNT:
        break;
    }
}

static void add_value(struct usher_json_writer *out, const struct usher_schema_row *row)
{
    char text[TEXT_SIZE];
    if (row->sentence != NULL)
        add_text(out, "description", rows_describe(row, text, sizeof(text)));
    add_type(out, row);
}

void json_schema_print(const struct usher_schema *schema, const char *title)
{
    struct usher_bytes line;
    struct usher_json_writer out;
    usher_bytes_init(&line, SIZE_MAX);
    usher_json_write_start(&out, &line);
    usher_json_write_open(&out, '{');
    add_text(&out, "$schema", "http://json-schema.org/draft-07/schema#");
    add_text(&out, "title", title);
    add_object(&out, schema, NULL);
    usher_json_write_close(&out, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&line)));
    usher_bytes_fini(&line);
}
