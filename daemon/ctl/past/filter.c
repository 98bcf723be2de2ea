/* Only arriving, being offered and a snapshot tell a contact's queue, so those in the one that is
 * asked for are remembered until they end. */
#include "ctl/past/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "rules/suggest.h"

static bool is_of(const char *name, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncmp(name, wanted, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

static bool check_event(const char *wanted)
{
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, usher_text_of(wanted));
    for (int kind = USHER_EVENT_NONE + 1; kind < USHER_EVENT_COUNT; kind++) {
        const struct usher_event_row *row = usher_event_row((enum usher_event_kind)kind);
        if (!row->is_journaled)
            continue;
        if (is_of(row->name, wanted))
            return true;
        usher_suggestion_offer(&suggestion, usher_text_of(row->name));
    }
    fprintf(stderr, "usherctl: there is no event \"%s\"", wanted);
    if (suggestion.best.at)
        fprintf(stderr, "; do you mean %.*s?\n", USHER_TEXT_ARGS(suggestion.best));
    else
        fputs("; usher-protocol(7) lists them, and `contact` stands for all contact.*\n", stderr);
    return false;
}

bool filter_init(struct filter *filter, const char *contact, const char *agent, const char *queue,
                 const char *event)
{
    *filter = (struct filter){.contact = contact, .agent = agent, .queue = queue, .event = event};
    return event == NULL || check_event(event);
}

void filter_fini(struct filter *filter)
{
    for (size_t i = 0; i < filter->queued_count; i++)
        free(filter->queued[i]);
    free(filter->queued);
    filter->queued = NULL;
    filter->queued_count = 0;
}

bool filter_is_any(const struct filter *filter)
{
    return filter->contact || filter->agent || filter->queue || filter->event;
}

static size_t find_queued(const struct filter *filter, struct usher_text contact)
{
    size_t i = 0;
    while (i < filter->queued_count &&
           !usher_text_is_equal(usher_text_of(filter->queued[i]), contact))
        i++;
    return i;
}

static void add_queued(struct filter *filter, struct usher_text contact)
{
    char *copy = memory_resize(NULL, contact.length + 1);
    memcpy(copy, contact.at, contact.length);
    copy[contact.length] = '\0';
    filter->queued =
        memory_resize(filter->queued, (filter->queued_count + 1) * sizeof(*filter->queued));
    filter->queued[filter->queued_count++] = copy;
}

static void drop_queued(struct filter *filter, size_t i)
{
    free(filter->queued[i]);
    filter->queued[i] = filter->queued[--filter->queued_count];
}

/* Whether the event is of the queue; remembers its contact. */
static bool is_queued(struct filter *filter, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    size_t at = find_queued(filter, fields->contact);
    bool is_known = fields->contact.at && at < filter->queued_count;
    bool is_over =
        event->kind == USHER_EVENT_CONTACT_DONE || event->kind == USHER_EVENT_CONTACT_ABANDONED ||
        event->kind == USHER_EVENT_CONTACT_OVERFLOWED || event->kind == USHER_EVENT_CONTACT_EXPIRED;
    if (!fields->queue.at) {
        if (is_known && is_over)
            drop_queued(filter, at);
        return is_known;
    }
    bool is = usher_text_is_equal(fields->queue, usher_text_of(filter->queue));
    if (is && !is_known && fields->contact.at)
        add_queued(filter, fields->contact);
    else if (!is && is_known)
        drop_queued(filter, at);
    return is;
}

/* An id without its client is one of any client's. */
static bool is_contact(const char *wanted, struct usher_text contact)
{
    struct usher_text text = usher_text_of(wanted);
    if (!contact.at || contact.length < text.length)
        return false;
    if (contact.length == text.length || strchr(wanted, '/'))
        return usher_text_is_equal(contact, text);
    size_t skipped = contact.length - text.length;
    return contact.at[skipped - 1] == '/' &&
           usher_text_is_equal((struct usher_text){contact.at + skipped, text.length}, text);
}

bool filter_takes(struct filter *filter, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    if (event->kind == USHER_EVENT_NONE)
        return !filter_is_any(filter);
    if (filter->queue && !is_queued(filter, event))
        return false;
    if (filter->contact && !is_contact(filter->contact, fields->contact))
        return false;
    if (filter->agent &&
        (!fields->agent.at || !usher_text_is_equal(fields->agent, usher_text_of(filter->agent))))
        return false;
    return !filter->event || is_of(usher_event_row(event->kind)->name, filter->event);
}
