/* Most lines name no customer, and are passed on by one search for the word. */
#include "journal/erasures.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>

#include "journal/reply.h"
#include "wire/json.h"
#include "wire/mask.h"

#define DEPTH_MAX 32

#define FILED " filed"

bool erasure_read(struct usher_text value, struct erasure *erasure)
{
    const size_t length = sizeof(FILED) - 1;
    erasure->is_filed =
        value.length > length && memcmp(value.at + value.length - length, FILED, length) == 0;
    if (erasure->is_filed)
        value.length -= length;
    return usher_number_read(value, &erasure->n);
}

struct usher_text erasure_write(const struct erasure *erasure, char room[ERASURE_VALUE_SIZE])
{
    char number[USHER_NUMBER_SIZE];
    int length =
        snprintf(room, ERASURE_VALUE_SIZE, "%s%s", usher_number_write(erasure->n, number).at,
                 erasure->is_filed ? FILED : "");
    return (struct usher_text){room, (size_t)length};
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct erasure *)a)->customer, ((const struct erasure *)b)->customer);
}

bool erasures_read(struct erasures *erasures, const struct redisReply *reply)
{
    size_t elements = reply && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
    *erasures = (struct erasures){.count = 0};
    if (elements < 2)
        return true;
    erasures->list = calloc(elements / 2, sizeof(*erasures->list));
    if (!erasures->list)
        return false;
    for (size_t i = 0; i + 1 < elements; i += 2) {
        struct erasure *erasure = &erasures->list[erasures->count];
        struct usher_text customer = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        if (customer.length > 0 &&
            usher_text_copy(erasure->customer, sizeof(erasure->customer), customer) &&
            erasure_read(value, erasure))
            erasures->count++;
    }
    if (erasures->count > 0)
        qsort(erasures->list, erasures->count, sizeof(*erasures->list), compare);
    return true;
}

void erasures_fini(struct erasures *erasures)
{
    free(erasures->list);
    *erasures = (struct erasures){.count = 0};
}

const struct erasure *erasures_find(const struct erasures *erasures, struct usher_text customer)
{
    struct erasure key;
    if (erasures->count == 0 || !usher_text_copy(key.customer, sizeof(key.customer), customer))
        return NULL;
    return bsearch(&key, erasures->list, erasures->count, sizeof(key), compare);
}

struct usher_text erasures_mask(const struct erasures *erasures, struct usher_number n,
                                struct usher_text line, struct usher_bytes *room)
{
    static const struct usher_text mark = {"\"customer\":\"", 12};
    char customer_room[USHER_CUSTOMER_MAX];
    struct usher_json_problem problem;
    if (erasures->count == 0 || !memmem(line.at, line.length, mark.at, mark.length) ||
        !usher_json_check(line, DEPTH_MAX, &problem))
        return line;
    struct usher_text customer = usher_mask_customer(line, customer_room);
    const struct erasure *erasure = customer.at ? erasures_find(erasures, customer) : NULL;
    if (!erasure || usher_number_compare(n, erasure->n) > 0)
        return line;
    usher_bytes_clear(room);
    if (!usher_mask_line(line, USHER_MASK_ERASED, NULL, room) || room->is_full)
        return USHER_TEXT("{}");
    return usher_bytes_text(room);
}
