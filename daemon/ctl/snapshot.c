/* A line is borrowed from the connection, so a row keeps a copy of it and of each of its texts. */
#include "ctl/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

#define LINE_TIMEOUT_MS 10000

static struct snapshot_row keep_row(const struct usher_event *event, struct usher_text line)
{
    size_t size = usher_fields_bytes(&event->fields) + line.length + 1;
    struct snapshot_row row = {.event = *event, .room = memory_resize(NULL, size)};
    char *at = usher_fields_move(&row.event.fields, row.room);
    memcpy(at, line.at, line.length);
    at[line.length] = '\0';
    row.line = (struct usher_text){at, line.length};
    return row;
}

static struct usher_text id_of(const struct snapshot_row *row)
{
    if (row->event.kind == USHER_EVENT_STATE_AGENT)
        return row->event.fields.agent;
    if (row->event.kind == USHER_EVENT_STATE_CONTACT)
        return row->event.fields.contact;
    if (row->event.kind == USHER_EVENT_STATE_SWITCH)
        return row->event.fields.name;
    return row->event.fields.queue;
}

static int compare_rows(const void *a, const void *b)
{
    const struct snapshot_row *left = a, *right = b;
    if (left->event.kind != right->event.kind)
        return left->event.kind < right->event.kind ? -1 : 1;
    int64_t left_ms = left->event.fields.place_ms, right_ms = right->event.fields.place_ms;
    if (left->event.kind == USHER_EVENT_STATE_CONTACT && left_ms != right_ms)
        return left_ms < right_ms ? -1 : 1;
    return usher_text_compare(id_of(left), id_of(right));
}

void snapshot_fini(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        free(snapshot->rows[i].room);
    free(snapshot->rows);
    free(snapshot->held);
    *snapshot = (struct snapshot){0};
}

/* How near a contact's state is to the customer. */
static int nearness(struct usher_text state)
{
    static const char *const order[] = {"wrapping", "offered", "ringing", "held", "talking"};
    for (size_t i = 0; i < USHER_COUNT_OF(order); i++)
        if (usher_text_is_equal(state, usher_text_of(order[i])))
            return (int)i + 1;
    return 0;
}

static int compare_held(const void *a, const void *b)
{
    const struct usher_fields *left = &((const struct snapshot_held *)a)->row->event.fields;
    const struct usher_fields *right = &((const struct snapshot_held *)b)->row->event.fields;
    int order = usher_text_compare(left->agent, right->agent);
    if (order == 0)
        order = nearness(right->state) - nearness(left->state);
    return order ? order : usher_text_compare(left->contact, right->contact);
}

static void index_held(struct snapshot *snapshot)
{
    snapshot->held = memory_resize(NULL, (snapshot->count + 1) * sizeof(*snapshot->held));
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->rows[i].event.kind == USHER_EVENT_STATE_CONTACT &&
            snapshot->rows[i].event.fields.agent.length > 0)
            snapshot->held[snapshot->held_count++].row = &snapshot->rows[i];
    if (snapshot->held_count > 0)
        qsort(snapshot->held, snapshot->held_count, sizeof(*snapshot->held), compare_held);
}

static bool is_state(enum usher_event_kind kind)
{
    return kind == USHER_EVENT_STATE_AGENT || kind == USHER_EVENT_STATE_CONTACT ||
           kind == USHER_EVENT_STATE_QUEUE || kind == USHER_EVENT_STATE_SWITCH;
}

enum client_outcome snapshot_read(struct snapshot *snapshot, struct client *client)
{
    *snapshot = (struct snapshot){0};
    size_t room = 0;
    for (;;) {
        struct usher_text line;
        struct usher_event event;
        enum client_outcome outcome = client_read_event(client, LINE_TIMEOUT_MS, &line, &event);
        if (outcome != CLIENT_OK) {
            snapshot_fini(snapshot);
            return outcome;
        }
        if (event.kind == USHER_EVENT_SNAPSHOT_END) {
            snapshot->now_ms = event.at_ms;
            if ((size_t)event.fields.count == snapshot->count)
                break;
            snprintf(client->problem, sizeof(client->problem),
                     "usherd announced %lld lines of its state and sent %zu that this usherctl "
                     "understands; are both of "
                     "the same version?",
                     (long long)event.fields.count, snapshot->count);
            snapshot_fini(snapshot);
            return CLIENT_LOST;
        }
        if (!is_state(event.kind))
            continue;
        if (snapshot->count == room) {
            room = room ? 2 * room : 64;
            snapshot->rows = memory_resize(snapshot->rows, room * sizeof(*snapshot->rows));
        }
        snapshot->rows[snapshot->count++] = keep_row(&event, line);
    }
    if (snapshot->count > 0)
        qsort(snapshot->rows, snapshot->count, sizeof(*snapshot->rows), compare_rows);
    index_held(snapshot);
    return CLIENT_OK;
}

const struct snapshot_row *snapshot_find_contact_of(const struct snapshot *snapshot,
                                                    struct usher_text agent)
{
    size_t low = 0, high = snapshot->held_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (usher_text_compare(snapshot->held[middle].row->event.fields.agent, agent) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < snapshot->held_count &&
                    usher_text_is_equal(snapshot->held[low].row->event.fields.agent, agent);
    return is_found ? snapshot->held[low].row : NULL;
}

const struct usher_event *snapshot_find(const struct snapshot *snapshot, enum usher_event_kind kind,
                                        struct usher_text id)
{
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->rows[i].event.kind == kind &&
            usher_text_is_equal(id_of(&snapshot->rows[i]), id))
            return &snapshot->rows[i].event;
    return NULL;
}
