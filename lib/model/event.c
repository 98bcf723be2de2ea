/* The table of events, from the list in the header, and their numbers. */
#include "model/event.h"

#include <assert.h>
#include <string.h>

static const struct usher_event_row rows[USHER_EVENT_COUNT] = {
#define EVENT_ROW(NAME, name, needed, optional, journaled, sentence)                               \
    [USHER_EVENT_##NAME] = {(name), (needed), (optional), (journaled), (sentence)},
    USHER_EVENTS(EVENT_ROW, USHER_FIELD_BIT)
#undef EVENT_ROW
};

static const struct usher_text names[USHER_EVENT_COUNT] = {
#define EVENT_NAME(NAME, name, needed, optional, journaled, sentence)                              \
    [USHER_EVENT_##NAME] = {(name), sizeof(name) - 1},
    USHER_EVENTS(EVENT_NAME, USHER_FIELD_BIT)
#undef EVENT_NAME
};

const struct usher_event_row *usher_event_row(enum usher_event_kind kind)
{
    assert(kind > USHER_EVENT_NONE && kind < USHER_EVENT_COUNT);
    return &rows[kind];
}

enum usher_event_kind usher_event_find(struct usher_text name)
{
    for (unsigned i = USHER_EVENT_NONE + 1; i < USHER_EVENT_COUNT; i++) {
        if (usher_text_is_equal(names[i], name))
            return (enum usher_event_kind)i;
    }
    return USHER_EVENT_NONE;
}

bool usher_event_ends_contact(enum usher_event_kind kind)
{
    return kind == USHER_EVENT_CONTACT_DONE || kind == USHER_EVENT_CONTACT_ABANDONED ||
           kind == USHER_EVENT_CONTACT_OVERFLOWED || kind == USHER_EVENT_CONTACT_EXPIRED;
}

struct usher_text usher_number_write(struct usher_number n, char room[USHER_NUMBER_SIZE])
{
    char digits[USHER_UINT64_DIGITS_MAX];
    size_t epoch_length = usher_text_write_uint64(n.epoch, digits);
    memcpy(room, digits, epoch_length);
    room[epoch_length] = '-';
    size_t seq_length = usher_text_write_uint64(n.seq, digits);
    memcpy(room + epoch_length + 1, digits, seq_length);
    size_t length = epoch_length + 1 + seq_length;
    room[length] = '\0';
    return (struct usher_text){room, length};
}

bool usher_number_read(struct usher_text text, struct usher_number *n)
{
    const char *dash = text.length > 0 ? memchr(text.at, '-', text.length) : NULL;
    if (!dash)
        return false;
    size_t epoch_length = (size_t)(dash - text.at);
    int64_t epoch = 0;
    int64_t seq = 0;
    if (!usher_text_read_int64((struct usher_text){text.at, epoch_length}, &epoch) ||
        !usher_text_read_int64((struct usher_text){dash + 1, text.length - epoch_length - 1}, &seq))
        return false;
    if (epoch > INT32_MAX || seq < 0 || dash[1] == '-')
        return false;
    n->epoch = (uint32_t)epoch;
    n->seq = (uint64_t)seq;
    return true;
}

int usher_number_compare(struct usher_number a, struct usher_number b)
{
    if (a.epoch != b.epoch)
        return a.epoch < b.epoch ? -1 : 1;
    return (a.seq > b.seq) - (a.seq < b.seq);
}
