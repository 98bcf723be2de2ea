/* What is open and what is on. */
#include "ctl/top/live.h"
#include "ctl/until.h"

static bool is_state(const struct usher_event *event, const char *state)
{
    return usher_text_is_equal(event->fields.state, usher_text_of(state));
}

static void take_door(struct live_queue *queue, const struct usher_event *event, bool is_closed)
{
    queue->is_closed = is_closed;
    queue->is_by_hand = usher_text_is_equal(event->fields.reason, USHER_TEXT("supervisor"));
    queue->until_ms = event->fields.until_ms;
}

static void take_switch(struct live *live, const struct usher_event *event)
{
    struct usher_text name = event->fields.name;
    struct live_switch *found = live_set_find(&live->switches, name);
    if (name.length == 0)
        return;
    if (!found)
        found = live_set_add(&live->switches, name, sizeof(*found));
    found->is_on = is_state(event, "on");
    found->until_ms = found->is_on ? event->fields.until_ms : 0;
}

static void take_zone(struct live *live, const struct usher_event *event)
{
    char name[65];
    usher_zone_free(live->zone);
    live->zone = usher_text_copy(name, sizeof(name), event->fields.zone) ? until_zone(name) : NULL;
}

void live_apply_gates(struct live *live, struct live_queue *queue, const struct usher_event *event)
{
    if (event->kind == USHER_EVENT_WELCOME)
        take_zone(live, event);
    else if (event->kind == USHER_EVENT_STATE_SWITCH || event->kind == USHER_EVENT_SWITCH_SET)
        take_switch(live, event);
    else if (queue && event->kind == USHER_EVENT_STATE_QUEUE)
        take_door(queue, event, is_state(event, "closed"));
    else if (queue)
        take_door(queue, event, event->kind == USHER_EVENT_QUEUE_CLOSED);
}
