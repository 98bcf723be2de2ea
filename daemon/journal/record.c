/* Each event that names a customer becomes a record; two of one customer become one, with the
 * later's number. An erasure stands by itself: what came before it is void, what comes after it is
 * another record. */
#include "journal/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "journal/customer.h"
#include "wire/json.h"

static void copy(char *room, size_t room_size, struct usher_text text)
{
    room[0] = '\0';
    if (text.at)
        (void)!usher_text_copy(room, room_size, text);
}

/* How many contacts there were before this one. */
static int64_t count_before(struct usher_text memory)
{
    struct usher_text raw = usher_json_find(memory, USHER_TEXT("contacts"));
    int64_t count = 0;
    if (!raw.at || !usher_text_read_int64(raw, &count) || count < 0)
        return 0;
    return count;
}

static void read_end(struct record *record, const struct usher_event *event,
                     struct usher_text outcome)
{
    const struct usher_fields *fields = &event->fields;
    copy(record->queue, sizeof(record->queue), fields->queue);
    copy(record->outcome, sizeof(record->outcome), outcome);
    copy(record->disposition, sizeof(record->disposition), fields->disposition);
}

/* Who served the customer, and when. */
static void read_served(struct record *record, const struct usher_event *event)
{
    copy(record->agent, sizeof(record->agent), event->fields.agent);
    if (record->agent[0])
        record->last_ms = event->at_ms;
}

bool record_read(struct record *record, const struct usher_event *event, int64_t keep_ms)
{
    struct usher_text customer = event->fields.customer;
    if (customer.length == 0 || customer.length > USHER_CUSTOMER_MAX)
        return false;
    *record = (struct record){.n = event->n, .keep_ms = keep_ms};
    usher_list_init(&record->node);
    copy(record->customer, sizeof(record->customer), customer);
    if (event->kind == USHER_EVENT_CUSTOMER_ERASED) {
        record->is_erasing = true;
    } else if (event->kind == USHER_EVENT_CUSTOMER_KNOWN) {
        record->contacts = count_before(event->fields.memory) + 1;
    } else if (event->kind == USHER_EVENT_CONTACT_ANSWERED) {
        read_end(record, event, USHER_TEXT("answered"));
        read_served(record, event);
        record->served_ms = record->queue[0] ? event->at_ms : 0;
    } else if (event->kind == USHER_EVENT_CONTACT_DONE) {
        read_end(record, event, event->fields.reason);
        read_served(record, event);
    } else if (event->kind == USHER_EVENT_CONTACT_ABANDONED) {
        read_end(record, event, USHER_TEXT("abandoned"));
    } else if (event->kind == USHER_EVENT_CONTACT_OVERFLOWED) {
        read_end(record, event, USHER_TEXT("overflowed"));
    } else {
        return false;
    }
    return true;
}

struct usher_text record_key(const struct record *record)
{
    return usher_text_of(record->customer);
}

static struct usher_text write_number(int64_t number, char *room, size_t room_size)
{
    int length = snprintf(room, room_size, "%" PRId64, number);
    return (struct usher_text){room, (size_t)length};
}

static size_t add(struct usher_text *args, size_t count, const char *name, struct usher_text value)
{
    if (value.length == 0)
        return count;
    args[count] = usher_text_of(name);
    args[count + 1] = value;
    return count + 2;
}

size_t record_args(const struct record *record, struct record_texts *texts,
                   struct usher_text args[RECORD_ARGS_MAX])
{
    struct usher_text none = USHER_NO_TEXT;
    size_t count = 0;
    (void)snprintf(texts->served_name, sizeof(texts->served_name), CUSTOMER_PREFIX "served.%s",
                   record->queue);
    count = add(args, count, CUSTOMER_PREFIX "n", usher_number_write(record->n, texts->number));
    count = add(args, count, CUSTOMER_PREFIX "contacts",
                record->contacts
                    ? write_number(record->contacts, texts->contacts, sizeof(texts->contacts))
                    : none);
    count =
        add(args, count, CUSTOMER_PREFIX "last_ms",
            record->last_ms ? write_number(record->last_ms, texts->last_ms, sizeof(texts->last_ms))
                            : none);
    count = add(args, count, CUSTOMER_PREFIX "last_agent", usher_text_of(record->agent));
    count = add(args, count, CUSTOMER_PREFIX "last_queue", usher_text_of(record->queue));
    count = add(args, count, CUSTOMER_PREFIX "outcome", usher_text_of(record->outcome));
    count = add(args, count, CUSTOMER_PREFIX "disposition", usher_text_of(record->disposition));
    count = add(args, count, texts->served_name,
                record->served_ms
                    ? write_number(record->served_ms, texts->served_ms, sizeof(texts->served_ms))
                    : none);
    assert(count <= RECORD_ARGS_MAX);
    return count;
}

struct usher_text record_seconds(const struct record *record, struct record_texts *texts)
{
    return write_number(record->keep_ms / 1000, texts->seconds, sizeof(texts->seconds));
}

static struct usher_text key_of(const void *item)
{
    return record_key(item);
}

bool records_init(struct records *records, size_t count_max)
{
    /* Which keys come is not for others to choose often enough to matter here. */
    struct usher_hash_seed seed = {0x72656d656d626572u, 0x637573746f6d6572u};
    *records = (struct records){.count_max = count_max};
    usher_list_init(&records->list);
    return usher_table_init(&records->by_key, count_max, seed, key_of);
}

static struct record *remove_record(struct records *records, struct record *record)
{
    if (usher_table_find(&records->by_key, record_key(record)) == record)
        usher_table_remove(&records->by_key, record);
    usher_list_remove(&record->node);
    records->count--;
    records->erasures_count -= record->is_erasing;
    return record;
}

struct record *records_take(struct records *records)
{
    if (usher_list_is_empty(&records->list))
        return NULL;
    return remove_record(records, usher_list_entry(records->list.next, struct record, node));
}

void records_clear(struct records *records)
{
    struct record *record;
    while ((record = records_take(records)) != NULL)
        free(record);
}

void records_fini(struct records *records)
{
    records_clear(records);
    usher_table_fini(&records->by_key);
}

static void join_text(char *into, const char *from, size_t size)
{
    if (from[0])
        memcpy(into, from, size);
}

/* Both are of one customer, and neither erases. What only one of two queues was told of stays with
 * its queue, so they must be of one. */
static void join(struct record *into, const struct record *from)
{
    into->n = from->n;
    into->keep_ms = from->keep_ms;
    into->contacts = from->contacts ? from->contacts : into->contacts;
    into->last_ms = from->last_ms ? from->last_ms : into->last_ms;
    into->served_ms = from->served_ms ? from->served_ms : into->served_ms;
    join_text(into->agent, from->agent, sizeof(into->agent));
    join_text(into->queue, from->queue, sizeof(into->queue));
    join_text(into->outcome, from->outcome, sizeof(into->outcome));
    join_text(into->disposition, from->disposition, sizeof(into->disposition));
}

static bool can_join(const struct record *into, const struct record *from)
{
    bool is_same_queue =
        !into->queue[0] || !from->queue[0] || strcmp(into->queue, from->queue) == 0;
    return !into->is_erasing && !from->is_erasing && is_same_queue;
}

static bool make_room(struct records *records)
{
    if (records->count < records->count_max)
        return true;
    usher_list_for_each (node, &records->list) {
        struct record *record = usher_list_entry(node, struct record, node);
        if (record->is_erasing)
            continue;
        free(remove_record(records, record));
        return false;
    }
    free(records_take(records));
    return false;
}

bool records_put(struct records *records, const struct record *record)
{
    struct record *known = usher_table_find(&records->by_key, record_key(record));
    bool has_all = true;
    if (known && can_join(known, record)) {
        join(known, record);
        return true;
    }
    if (known && !known->is_erasing && record->is_erasing)
        free(remove_record(records, known));
    has_all = make_room(records);
    struct record *made = malloc(sizeof(*made));
    if (!made)
        return false;
    *made = *record;
    usher_list_init(&made->node);
    usher_list_append(&records->list, &made->node);
    records->count++;
    records->erasures_count += made->is_erasing;
    known = usher_table_find(&records->by_key, record_key(made));
    if (known)
        usher_table_remove(&records->by_key, known);
    (void)!(usher_table_put(&records->by_key, made) == USHER_TABLE_PUT);
    return has_all;
}
