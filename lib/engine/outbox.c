/* Events as lines, each with whom it concerns. */
#include "engine/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/contact.h"
#include "wire/codec.h"

void usher_outbox_init(struct usher_outbox *outbox)
{
    memset(outbox, 0, sizeof(*outbox));
    usher_bytes_init(&outbox->lines, SIZE_MAX / 2);
}

void usher_outbox_fini(struct usher_outbox *outbox)
{
    usher_bytes_fini(&outbox->lines);
    free(outbox->entries);
    outbox->entries = NULL;
}

void usher_outbox_clear(struct usher_outbox *outbox)
{
    usher_bytes_clear(&outbox->lines);
    outbox->count = 0;
}

void usher_outbox_add(struct usher_outbox *outbox, const struct usher_event *event,
                      struct usher_text client)
{
    if (outbox->count == outbox->room) {
        size_t room = outbox->room ? outbox->room * 2 : 64;
        struct usher_outbox_entry *entries = realloc(outbox->entries, room * sizeof(*entries));
        assert(entries);
        outbox->entries = entries;
        outbox->room = room;
    }
    struct usher_outbox_entry *entry = &outbox->entries[outbox->count++];
    entry->kind = event->kind;
    entry->n = event->n;
    entry->has_customer = usher_fields_has(&event->fields, USHER_FIELD_CUSTOMER);
    entry->at = outbox->lines.length;
    usher_event_encode(event, &outbox->lines);
    entry->length = outbox->lines.length - entry->at;
    usher_bytes_append_char(&outbox->lines, '\n');
    assert(!outbox->lines.is_full);
    bool fits = usher_text_copy(entry->client, sizeof(entry->client), client) &&
                usher_text_copy(entry->agent, sizeof(entry->agent), event->fields.agent);
    assert(fits);
    (void)fits;
}
