/* The writer: one form for each value, without white space. */
#include <assert.h>
#include <stdio.h>

#include "model/limits.h"
#include "wire/json.h"

void usher_json_write_start(struct usher_json_writer *writer, struct usher_bytes *out)
{
    *writer = (struct usher_json_writer){.out = out};
}

/* A value comes: its comma. */
static void begin_value(struct usher_json_writer *writer)
{
    if (writer->needs_comma)
        usher_bytes_append_char(writer->out, ',');
    writer->needs_comma = true;
}

void usher_json_write_open(struct usher_json_writer *writer, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    begin_value(writer);
    usher_bytes_append_char(writer->out, bracket);
    writer->needs_comma = false;
}

void usher_json_write_close(struct usher_json_writer *writer, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    usher_bytes_append_char(writer->out, bracket);
    writer->needs_comma = true;
}

static void append_escape(struct usher_bytes *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (size_t i = 0; i < sizeof(shorts) - 1; i += 2) {
        if ((unsigned char)shorts[i] == byte) {
            usher_bytes_append(out, (const char[]){'\\', shorts[i + 1]}, 2);
            return;
        }
    }
    usher_bytes_append(
        out, (const char[]){'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]}, 6);
}

static void append_string(struct usher_bytes *out, struct usher_text text)
{
    size_t start = 0;
    usher_bytes_append_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
            continue;
        usher_bytes_append(out, text.at + start, i - start);
        append_escape(out, byte);
        start = i + 1;
    }
    if (text.length > start)
        usher_bytes_append(out, text.at + start, text.length - start);
    usher_bytes_append_char(out, '"');
}

void usher_json_write_key(struct usher_json_writer *writer, struct usher_text key)
{
    begin_value(writer);
    append_string(writer->out, key);
    usher_bytes_append_char(writer->out, ':');
    writer->needs_comma = false;
}

void usher_json_write_text(struct usher_json_writer *writer, struct usher_text text)
{
    begin_value(writer);
    append_string(writer->out, text);
}

void usher_json_write_int64(struct usher_json_writer *writer, int64_t number)
{
    begin_value(writer);
    usher_bytes_append_int64(writer->out, number);
}

void usher_json_write_double(struct usher_json_writer *writer, double number)
{
    char room[32];
    (void)snprintf(room, sizeof(room), "%.6g", number);
    bool is_nan = number != number;
    usher_json_write_raw(writer, is_nan ? USHER_TEXT("null") : usher_text_of(room));
}

void usher_json_write_bool(struct usher_json_writer *writer, bool value)
{
    begin_value(writer);
    usher_bytes_append_text(writer->out, value ? USHER_TEXT("true") : USHER_TEXT("false"));
}

void usher_json_write_raw(struct usher_json_writer *writer, struct usher_text raw)
{
    assert(raw.length > 0);
    begin_value(writer);
    usher_bytes_append_text(writer->out, raw);
}

/* The members of `object` whose keys `but` has not. A key is taken as it was written. */
static bool write_members(struct usher_json_writer *writer, struct usher_text object,
                          struct usher_text but)
{
    char scratch[USHER_LINE_MAX]; /* as long as any key that came in a line */
    struct usher_json json;
    struct usher_text key;
    struct usher_text value;
    if (!object.at)
        return true;
    usher_json_start(&json, object, scratch, sizeof(scratch));
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return false;
    while (usher_json_next_key(&json, &key)) {
        if (!key.at || !usher_json_read_raw(&json, &value))
            return false;
        if (but.at && usher_json_find(but, key).at)
            continue;
        usher_json_write_key(writer, key);
        usher_json_write_raw(writer, value);
    }
    return true;
}

bool usher_json_merge(struct usher_text first, struct usher_text second, struct usher_bytes *out)
{
    struct usher_json_writer writer;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    bool is_whole =
        write_members(&writer, first, USHER_NO_TEXT) && write_members(&writer, second, first);
    usher_json_write_close(&writer, '}');
    return is_whole && !out->is_full;
}
