/* Works on the line and not on the decoded event, so that fields of a newer router pass through. */
#include "wire/mask.h"

#include "wire/json.h"

#define DEPTH_MAX 32

/* What stands in place of a field that some event needs; absent for the others. */
static struct usher_text emptied(struct usher_text key)
{
    if (usher_text_is_equal(key, USHER_TEXT("note")) ||
        usher_text_is_equal(key, USHER_TEXT("customer")) ||
        usher_text_is_equal(key, USHER_TEXT("to")))
        return USHER_TEXT("\"\"");
    return usher_text_is_equal(key, USHER_TEXT("memory")) ? USHER_TEXT("{}") : USHER_NO_TEXT;
}

/* `to` is ours, but where we dial the customer. */
static bool is_personal(struct usher_text key, bool is_dialling)
{
    if (usher_text_is_equal(key, USHER_TEXT("to")))
        return is_dialling;
    return emptied(key).at || usher_text_is_equal(key, USHER_TEXT("from")) ||
           usher_text_is_equal(key, USHER_TEXT("data"));
}

bool usher_mask_line(struct usher_text line, enum usher_mask how, char *scratch,
                     struct usher_bytes *out)
{
    struct usher_json_problem problem;
    struct usher_json json;
    struct usher_json_writer writer;
    struct usher_text key, raw;
    if (!usher_json_check(line, DEPTH_MAX, &problem))
        return false;
    bool is_dialling = usher_text_is_equal(usher_json_find(line, USHER_TEXT("ev")),
                                           USHER_TEXT("\"contact.dial\""));
    usher_json_start(&json, line, scratch, scratch ? line.length : 0);
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return false;
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    while (usher_json_next_key(&json, &key)) {
        bool is_hidden = is_personal(key, is_dialling);
        bool is_kept = key.at && (!is_hidden || (how == USHER_MASK_ERASED && emptied(key).at));
        if (is_kept)
            usher_json_write_key(&writer, key);
        if (!usher_json_read_raw(&json, &raw))
            break;
        if (is_kept)
            usher_json_write_raw(&writer, is_hidden ? emptied(key) : raw);
    }
    usher_json_write_close(&writer, '}');
    return true;
}

struct usher_text usher_mask_customer(struct usher_text line, char room[USHER_CUSTOMER_MAX])
{
    struct usher_text customer;
    if (!usher_json_find_text(line, USHER_TEXT("customer"), room, USHER_CUSTOMER_MAX, &customer) ||
        customer.length == 0)
        return USHER_NO_TEXT;
    return customer;
}
