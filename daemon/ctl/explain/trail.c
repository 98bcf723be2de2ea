/* An id may be used again an hour after its contact's end: what was before the last arrival is
 * forgotten. */
#include "ctl/explain/trail.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "model/contact.h"

/* Whether `contact` is the one that was asked for. */
static bool is_asked(const struct trail *trail, struct usher_text contact)
{
    struct usher_text client = usher_contact_id_client(contact);
    if (!memchr(trail->id.at, '/', trail->id.length) && client.at) {
        contact.at += client.length + 1;
        contact.length -= client.length + 1;
    }
    return usher_text_is_equal(contact, trail->id);
}

static void forget(struct trail *trail)
{
    for (size_t i = 0; i < trail->count; i++)
        free(trail->steps[i].line);
    trail->count = 0;
}

static void add(struct trail *trail, const struct usher_event *event, struct usher_text line)
{
    if (trail->count == trail->room) {
        trail->room = trail->room ? trail->room * 2 : 16;
        trail->steps = memory_resize(trail->steps, trail->room * sizeof(*trail->steps));
    }
    struct trail_step *step = &trail->steps[trail->count++];
    *step = (struct trail_step){event->n, event->at_ms, memory_resize(NULL, line.length + 1),
                                line.length};
    memcpy(step->line, line.at, line.length);
}

static bool take(void *owner, struct usher_engine *engine, const struct usher_event *event,
                 struct usher_text line)
{
    struct trail *trail = owner;
    struct usher_text contact = event->fields.contact;
    (void)engine;
    if (!contact.at || !is_asked(trail, contact))
        return true;
    if (trail->found[0] && !usher_text_is_equal(contact, usher_text_of(trail->found))) {
        memcpy(trail->other, trail->found, sizeof(trail->other));
        forget(trail);
    }
    if (!usher_text_copy(trail->found, sizeof(trail->found), contact))
        return true;
    if (event->kind == USHER_EVENT_CONTACT_ARRIVED ||
        event->kind == USHER_EVENT_CONTACT_SCHEDULED) {
        forget(trail);
        trail->has_arrival = true;
    }
    add(trail, event, line);
    return true;
}

enum exit_code trail_read(struct trail *trail, const struct options *options, const char *id,
                          int64_t until_ms)
{
    struct history history;
    struct history_query query = {.since_ms = HISTORY_ALL, .until_ms = until_ms, .holding = id};
    *trail = (struct trail){.id = usher_text_of(id)};
    enum exit_code code = history_read(options, &query, take, trail, &history);
    history_fini(&history);
    return code;
}

void trail_fini(struct trail *trail)
{
    forget(trail);
    free(trail->steps);
    *trail = (struct trail){.count = 0};
}
