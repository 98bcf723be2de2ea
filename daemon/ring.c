/* The ring. Each event is one record in `bytes`: client, agent, line, one behind the other; a
 * record never wraps. The places tell, by number, where each begins. Invariants: places are in the
 * order of their numbers; records of live places do not overlap. */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire/mask.h"

#define RING_BYTES_PER_PLACE 128 /* a little below what an event takes */

struct ring_place {
    struct usher_number n;
    enum usher_event_kind kind;
    unsigned char client_length;
    unsigned char agent_length;
    size_t at;
    size_t line_length;
};

static size_t ring_length(const struct ring_place *place)
{
    return place->client_length + (size_t)place->agent_length + place->line_length;
}

static struct ring_place *ring_place(const struct ring *ring, size_t index)
{
    return &ring->places[(ring->first + index) % ring->places_room];
}

int ring_init(struct ring *ring, size_t room)
{
    *ring = (struct ring){.room = room, .places_room = room / RING_BYTES_PER_PLACE + 1};
    ring->bytes = malloc(room ? room : 1);
    ring->places = calloc(ring->places_room, sizeof(*ring->places));
    if (ring->bytes && ring->places)
        return 0;
    ring_fini(ring);
    return -ENOMEM;
}

void ring_fini(struct ring *ring)
{
    free(ring->bytes);
    free(ring->places);
    *ring = (struct ring){0};
}

void ring_begin(struct ring *ring, struct usher_number before)
{
    ring->head = 0;
    ring->first = 0;
    ring->count = 0;
    ring->before = before;
}

static void ring_drop_oldest(struct ring *ring)
{
    ring->before = ring_place(ring, 0)->n;
    ring->first = (ring->first + 1) % ring->places_room;
    ring->count--;
}

/* Drops the oldest while they overlap `length` bytes from `at`. */
static void ring_make_way(struct ring *ring, size_t at, size_t length)
{
    while (ring->count > 0) {
        const struct ring_place *oldest = ring_place(ring, 0);
        bool is_apart = oldest->at >= at + length || oldest->at + ring_length(oldest) <= at;
        if (is_apart && ring->count < ring->places_room)
            return;
        ring_drop_oldest(ring);
    }
}

void ring_add(struct ring *ring, const struct router_event *event)
{
    struct ring_place place = {
        .n = event->n,
        .kind = event->kind,
        .client_length = (unsigned char)event->client.length,
        .agent_length = (unsigned char)event->agent.length,
        .line_length = event->line.length,
    };
    size_t length = ring_length(&place);
    if (length > ring->room) {
        ring_begin(ring, event->n);
        return;
    }
    if (ring->head + length > ring->room) {
        ring_make_way(ring, ring->head, ring->room - ring->head);
        ring->head = 0;
    }
    ring_make_way(ring, ring->head, length);
    place.at = ring->head;
    char *to = ring->bytes + ring->head;
    memcpy(to, event->client.at, place.client_length);
    memcpy(to + place.client_length, event->agent.at, place.agent_length);
    memcpy(to + place.client_length + place.agent_length, event->line.at, place.line_length);
    ring->head += length;
    ring->count++;
    *ring_place(ring, ring->count - 1) = place;
}

/* Of an event: the same without personal data, which is shorter. */
static void ring_mask(struct ring *ring, struct ring_place *place)
{
    char *line = ring->bytes + place->at + place->client_length + place->agent_length;
    struct usher_bytes masked;
    usher_bytes_init(&masked, place->line_length);
    if (!usher_mask_line((struct usher_text){line, place->line_length}, USHER_MASK_ERASED, NULL,
                         &masked) ||
        masked.is_full) {
        usher_bytes_clear(&masked);
        usher_bytes_append_text(&masked, USHER_TEXT("{}"));
    }
    memcpy(line, masked.at, masked.length);
    place->line_length = masked.length;
    usher_bytes_fini(&masked);
}

void ring_erase(struct ring *ring, struct usher_text customer)
{
    static const struct usher_text mark = {"\"customer\":\"", 12};
    char room[USHER_CUSTOMER_MAX];
    for (size_t i = 0; i < ring->count; i++) {
        struct ring_place *place = ring_place(ring, i);
        struct usher_text line = {ring->bytes + place->at + place->client_length +
                                      place->agent_length,
                                  place->line_length};
        if (memmem(line.at, line.length, mark.at, mark.length) &&
            usher_text_is_equal(usher_mask_customer(line, room), customer))
            ring_mask(ring, place);
    }
}

bool ring_find(const struct ring *ring, struct usher_number after, size_t *at)
{
    if (usher_number_compare(after, ring->before) == 0 && after.epoch != 0) {
        *at = 0;
        return true;
    }
    size_t low = 0;
    size_t high = ring->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (usher_number_compare(ring_place(ring, middle)->n, after) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low + 1;
    return low < ring->count && usher_number_compare(ring_place(ring, low)->n, after) == 0;
}

bool ring_next(const struct ring *ring, size_t *at, struct router_event *event)
{
    if (*at >= ring->count)
        return false;
    const struct ring_place *place = ring_place(ring, (*at)++);
    const char *from = ring->bytes + place->at;
    *event = (struct router_event){
        .kind = place->kind,
        .n = place->n,
        .client = {from, place->client_length},
        .agent = {from + place->client_length, place->agent_length},
        .line = {from + place->client_length + place->agent_length, place->line_length},
    };
    return true;
}
