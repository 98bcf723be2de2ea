/* Reading a customer's hash. Nothing of it reaches the log: it is personal data. */
#include "journal/customer.h"

#include <hiredis/hiredis.h>

#include "journal/reply.h"
#include "wire/json.h"
#include "wire/members.h"

#define SERVED_PREFIX CUSTOMER_PREFIX "served."
#define NAME_MAX_     64
#define DEPTH_MAX     4

/* Our own, by their names without the prefix; numbers are written as such. */
static const struct own {
    const char *name;
    bool is_number;
} owns[] = {{"contacts", true}, {"last_queue", false}, {"outcome", false}, {"disposition", false}};

void customer_init(struct customer *customer)
{
    *customer = (struct customer){.last_ms = 0};
    usher_bytes_init(&customer->memory, CUSTOMER_MEMORY_MAX);
}

void customer_fini(struct customer *customer)
{
    usher_bytes_fini(&customer->memory);
}

static bool has_prefix(struct usher_text text, struct usher_text prefix)
{
    return text.length > prefix.length && memcmp(text.at, prefix.at, prefix.length) == 0;
}

/* Writes a member, if it is fit for a line and leaves room for `spare` bytes behind it. */
static void write_member(struct usher_json_writer *writer, struct usher_text name,
                         struct usher_text value, bool is_number, size_t spare)
{
    struct usher_json_writer before = *writer;
    struct usher_json_problem problem;
    size_t start = writer->out->length;
    size_t comma = writer->needs_comma ? 1 : 0;
    usher_json_write_key(writer, name);
    if (is_number)
        usher_json_write_raw(writer, value);
    else
        usher_json_write_text(writer, value);
    usher_bytes_append_char(writer->out, '}');
    bool is_fit = !writer->out->is_full && writer->out->length + spare <= writer->out->length_max;
    if (is_fit) {
        /* What was written is looked at as a whole: {"name":value} */
        char *opening = writer->out->at + start + comma - 1;
        char first = *opening;
        *opening = '{';
        is_fit =
            usher_json_check((struct usher_text){opening, writer->out->length - start - comma + 1},
                             DEPTH_MAX, &problem);
        *opening = first;
    }
    usher_bytes_cut(writer->out, is_fit ? writer->out->length - 1 : start);
    if (!is_fit)
        *writer = before;
}

static struct usher_text find(const struct redisReply *reply, const char *name)
{
    return journal_reply_text(journal_reply_find(reply, name));
}

static void write_own(struct usher_json_writer *writer, const struct redisReply *reply)
{
    for (size_t i = 0; i < USHER_COUNT_OF(owns); i++) {
        char field[sizeof(CUSTOMER_PREFIX) + NAME_MAX_] = CUSTOMER_PREFIX;
        int64_t number;
        struct usher_text name = usher_text_of(owns[i].name);
        memcpy(field + sizeof(CUSTOMER_PREFIX) - 1, name.at, name.length + 1);
        struct usher_text value = find(reply, field);
        if (!value.at || value.length > CUSTOMER_VALUE_MAX ||
            (owns[i].is_number && !usher_text_read_int64(value, &number)))
            continue;
        write_member(writer, name, value, owns[i].is_number, 1);
    }
}

/* When each queue served the customer last. */
static void write_served(struct usher_json_writer *writer, const struct redisReply *reply)
{
    size_t spare = CUSTOMER_MEMORY_MAX - CUSTOMER_SERVED_BYTES;
    bool is_open = false;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        struct usher_text name = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        int64_t at_ms;
        if (!name.at || !has_prefix(name, USHER_TEXT(SERVED_PREFIX)) || !value.at ||
            !usher_text_read_int64(value, &at_ms))
            continue;
        if (!is_open) {
            usher_json_write_key(writer, USHER_TEXT("served"));
            usher_json_write_open(writer, '{');
        }
        is_open = true;
        name.at += sizeof(SERVED_PREFIX) - 1;
        name.length -= sizeof(SERVED_PREFIX) - 1;
        write_member(writer, name, value, true, spare);
    }
    if (is_open)
        usher_json_write_close(writer, '}');
}

static bool is_ours(struct usher_text name)
{
    bool is = usher_text_is_equal(name, USHER_TEXT("served")) ||
              has_prefix(name, USHER_TEXT(CUSTOMER_PREFIX));
    for (size_t i = 0; i < USHER_COUNT_OF(owns); i++)
        is |= usher_text_is_equal(name, usher_text_of(owns[i].name));
    return is;
}

static void write_others(struct usher_json_writer *writer, const struct redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        struct usher_text name = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        if (name.length == 0 || name.length > NAME_MAX_ || !value.at ||
            value.length > CUSTOMER_VALUE_MAX || is_ours(name) || !usher_members_is_clean(value))
            continue;
        write_member(writer, name, value, false, 1);
    }
}

void customer_read(struct customer *customer, const struct redisReply *reply)
{
    struct usher_json_writer writer;
    struct usher_text agent = find(reply, CUSTOMER_PREFIX "last_agent");
    struct usher_text last_ms = find(reply, CUSTOMER_PREFIX "last_ms");
    customer->last_agent[0] = '\0';
    customer->last_ms = 0;
    if (agent.at && usher_text_is_id(agent))
        (void)!usher_text_copy(customer->last_agent, sizeof(customer->last_agent), agent);
    if (last_ms.at)
        (void)!usher_text_read_int64(last_ms, &customer->last_ms);
    if (customer->last_ms < 0)
        customer->last_ms = 0;
    usher_bytes_clear(&customer->memory);
    usher_json_write_start(&writer, &customer->memory);
    usher_json_write_open(&writer, '{');
    write_own(&writer, reply);
    write_served(&writer, reply);
    write_others(&writer, reply);
    usher_json_write_close(&writer, '}');
}
