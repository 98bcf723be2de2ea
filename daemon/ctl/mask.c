/* Works on the line and not on the decoded event, so that fields of a newer router pass through. */
#include "ctl/mask.h"

#include <stdbool.h>
#include <stdlib.h>

#include "ctl/memory.h"
#include "wire/json.h"

#define DEPTH_MAX 32

static bool is_personal(struct usher_text key)
{
    return usher_text_is_equal(key, USHER_TEXT("from")) ||
           usher_text_is_equal(key, USHER_TEXT("data")) ||
           usher_text_is_equal(key, USHER_TEXT("note"));
}

void mask_line(struct usher_text line, struct usher_bytes *out)
{
    struct usher_json_problem problem;
    if (!usher_json_check(line, DEPTH_MAX, &problem))
        return;
    char *scratch = memory_resize(NULL, line.length + 1);
    struct usher_json json;
    usher_json_start(&json, line, scratch, line.length + 1);
    if (usher_json_peek(&json) == USHER_JSON_OBJECT && usher_json_enter(&json)) {
        struct usher_json_writer writer;
        struct usher_text key, raw;
        usher_json_write_start(&writer, out);
        usher_json_write_open(&writer, '{');
        while (usher_json_next_key(&json, &key)) {
            bool is_kept = !is_personal(key);
            if (is_kept)
                usher_json_write_key(&writer, key);
            if (!usher_json_read_raw(&json, &raw))
                break;
            if (is_kept)
                usher_json_write_raw(&writer, raw);
        }
        usher_json_write_close(&writer, '}');
    }
    free(scratch);
}
