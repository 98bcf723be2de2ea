/* Batches. Invariant: the offsets of events and answers stay valid as the bytes behind them move,
 * so nothing here keeps a pointer into them. */
#include "batch.h"

#include <assert.h>
#include <stdlib.h>

#include "log.h"

#define BATCH_ROOM_KEPT                                                                            \
    ((size_t)1024 * 1024) /* bytes of lines or texts that an emptied batch may keep */

static void batch_end_without_memory(void)
{
    log_error("Memory is out in the middle of a batch; what is durable will be recovered", NULL);
    abort();
}

/* Room for one more item of `size` behind `count`. */
static void *batch_grow(void *items, size_t count, size_t *room, size_t wanted, size_t size)
{
    if (count + wanted <= *room)
        return items;
    size_t more = *room ? *room : 16;
    while (more < count + wanted)
        more *= 2;
    void *grown = realloc(items, more * size);
    if (!grown)
        batch_end_without_memory();
    *room = more;
    return grown;
}

static size_t batch_put(struct usher_bytes *bytes, struct usher_text text)
{
    size_t at = bytes->length;
    usher_bytes_append_text(bytes, text);
    if (bytes->is_full)
        batch_end_without_memory();
    return at;
}

static void batch_empty(struct usher_bytes *bytes)
{
    if (bytes->room > BATCH_ROOM_KEPT) {
        usher_bytes_fini(bytes);
        usher_bytes_init(bytes, SIZE_MAX);
    }
    usher_bytes_clear(bytes);
}

struct batch *batch_new(void)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    if (!batch)
        batch_end_without_memory();
    usher_list_init(&batch->node);
    usher_bytes_init(&batch->lines, SIZE_MAX);
    usher_bytes_init(&batch->texts, SIZE_MAX);
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    assert(usher_list_is_empty(&batch->node));
    usher_bytes_fini(&batch->lines);
    usher_bytes_fini(&batch->texts);
    free(batch->events);
    free(batch->answers);
    free(batch);
}

void batch_clear(struct batch *batch)
{
    batch->events_count = 0;
    batch->answers_count = 0;
    batch->lines_count = 0;
    batch->customers_count = 0;
    batch_empty(&batch->lines);
    batch_empty(&batch->texts);
}

void batch_forget(struct batch *batch)
{
    free(batch->events);
    free(batch->answers);
    batch->events = NULL;
    batch->answers = NULL;
    batch->events_count = batch->events_room = 0;
    batch->answers_count = batch->answers_room = 0;
    usher_bytes_fini(&batch->texts);
    usher_bytes_init(&batch->texts, SIZE_MAX);
}

void batch_join(struct batch *batch, const struct batch *more)
{
    assert(batch->events_count == 0 && more->events_count == 0 && more->lines_count > 0);
    (void)batch_put(&batch->lines, usher_bytes_text(&more->lines));
    batch->lines_count += more->lines_count;
    batch->customers_count += more->customers_count;
    batch->last = more->last;
}

void batch_add_events(struct batch *batch, const struct usher_outbox *outbox)
{
    size_t moved = batch_put(&batch->lines, usher_bytes_text(&outbox->lines));
    batch->events = batch_grow(batch->events, batch->events_count, &batch->events_room,
                               outbox->count, sizeof(*batch->events));
    for (size_t i = 0; i < outbox->count; i++) {
        batch->events[batch->events_count] = outbox->entries[i];
        batch->events[batch->events_count++].at += moved;
        batch->last = outbox->entries[i].n;
        batch->customers_count += outbox->entries[i].has_customer;
    }
    batch->lines_count += outbox->count;
}

void batch_add_answer(struct batch *batch, uint64_t serial, struct usher_text id,
                      const struct usher_answer *answer, struct usher_text payload)
{
    batch->answers = batch_grow(batch->answers, batch->answers_count, &batch->answers_room, 1,
                                sizeof(*batch->answers));
    struct usher_text message = usher_text_of(answer->message);
    batch->answers[batch->answers_count++] = (struct batch_answer){
        .serial = serial,
        .error = answer->error,
        .has_id = id.at != NULL,
        .has_payload = payload.at != NULL,
        .id_length = id.length,
        .id_at = batch_put(&batch->texts, id),
        .message_length = message.length,
        .message_at = batch_put(&batch->texts, message),
        .payload_length = payload.length,
        .payload_at = batch_put(&batch->texts, payload),
    };
}

bool batch_is_empty(const struct batch *batch)
{
    return batch->lines_count == 0 && batch->answers_count == 0;
}

size_t batch_bytes(const struct batch *batch)
{
    return batch->lines.length + batch->texts.length +
           batch->events_count * sizeof(*batch->events) +
           batch->answers_count * sizeof(*batch->answers);
}

struct usher_number batch_last(const struct batch *batch)
{
    assert(batch->lines_count > 0);
    return batch->last;
}

struct router_event batch_event(const struct batch *batch, size_t index)
{
    const struct usher_outbox_entry *entry = &batch->events[index];
    return (struct router_event){
        .kind = entry->kind,
        .n = entry->n,
        .line = {batch->lines.at + entry->at, entry->length},
        .client = usher_text_of(entry->client),
        .agent = usher_text_of(entry->agent),
    };
}

static struct usher_text batch_text(const struct batch *batch, bool is_there, size_t at,
                                    size_t length)
{
    if (!is_there)
        return USHER_NO_TEXT;
    return (struct usher_text){length ? batch->texts.at + at : "", length};
}

struct usher_text batch_answer(const struct batch *batch, size_t index, struct usher_answer *answer,
                               struct usher_text *payload)
{
    const struct batch_answer *entry = &batch->answers[index];
    answer->error = entry->error;
    if (!usher_text_copy(answer->message, sizeof(answer->message),
                         batch_text(batch, true, entry->message_at, entry->message_length)))
        answer->message[0] = 0;
    *payload = batch_text(batch, entry->has_payload, entry->payload_at, entry->payload_length);
    return batch_text(batch, entry->has_id, entry->id_at, entry->id_length);
}
