/* The review of queues and switches against clock and rules. */
#include "engine/site.h"

#include "engine/dispatch.h"
#include "engine/later.h"
#include "engine/move.h"

uint64_t usher_site_switches(const struct usher_site *site)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < USHER_SWITCHES_MAX; i++)
        bits |= (uint64_t)site->switches[i].is_on << i;
    return bits;
}

const struct usher_zone *usher_site_zone(const struct usher_engine *engine)
{
    const struct usher_rules *rules = engine->floor.rules;
    return rules ? usher_zones_find(&engine->site.zones, usher_text_of(rules->timezone.name))
                 : NULL;
}

int64_t usher_site_civil_ms(const struct usher_engine *engine, int64_t now_ms)
{
    int64_t civil_ms = now_ms + engine->site.civil_offset_ms;
    return civil_ms > 0 ? civil_ms : 0;
}

/* Whether any queue, switch or contact that is not called at any time may change by itself. */
static bool can_change(const struct usher_engine *engine)
{
    const struct usher_rules *rules = engine->floor.rules;
    if (rules && rules->calling_hours)
        return true;
    for (size_t i = 0; rules && i < rules->queues_count; i++) {
        const struct usher_door *door = &engine->site.doors[i];
        if (rules->queues[i].hours || door->is_closed || door->is_ordered)
            return true;
    }
    return usher_site_switches(&engine->site) != 0;
}

int64_t usher_site_next_ms(const struct usher_engine *engine)
{
    const struct usher_site *site = &engine->site;
    if (site->is_stale)
        return can_change(engine) ? engine->last_ms : INT64_MAX;
    return site->review_ms == INT64_MAX ? INT64_MAX : site->review_ms - site->civil_offset_ms;
}

void usher_engine_set_civil(struct usher_engine *engine, int64_t civil_ms, int64_t now_ms)
{
    struct usher_site *site = &engine->site;
    int64_t set_ms = civil_ms - now_ms - site->civil_offset_ms;
    site->civil_offset_ms += set_ms;
    if (set_ms > USHER_CLOCK_JITTER_MS || set_ms < -USHER_CLOCK_JITTER_MS ||
        civil_ms < site->reviewed_ms - USHER_CLOCK_JITTER_MS)
        site->is_stale = true; /* it was set */
}

bool usher_engine_take_zone(struct usher_engine *engine, struct usher_text name,
                            struct usher_zone *zone)
{
    engine->site.is_stale = true;
    return usher_zones_take(&engine->site.zones, name, zone);
}

bool usher_engine_has_zone(const struct usher_engine *engine, struct usher_text name)
{
    return usher_zones_has(&engine->site.zones, name);
}

static bool is_missing(const struct usher_engine *engine, struct usher_text name)
{
    return name.length > 0 && engine->site.zones.count < USHER_ZONES_MAX &&
           usher_zone_is_name(name) && !usher_zones_has(&engine->site.zones, name);
}

struct usher_text usher_engine_missing_zone(const struct usher_engine *engine)
{
    for (size_t i = 0; i < USHER_SHELF_SIZE; i++) {
        const struct usher_rules *rules = engine->shelf[i];
        if (rules && is_missing(engine, usher_text_of(rules->timezone.name)))
            return usher_text_of(rules->timezone.name);
    }
    usher_list_for_each (node, &engine->live) {
        struct usher_text name = usher_list_entry(node, struct usher_contact, live)->zone;
        if (is_missing(engine, name))
            return name;
    }
    return USHER_NO_TEXT;
}

static void emit_door(struct usher_engine *engine, size_t queue, bool is_closed, bool is_ordered,
                      int64_t until_ms, int64_t now_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    const struct usher_way *way = &rules->queues[queue].closed;
    struct usher_event event = {.kind = is_closed ? USHER_EVENT_QUEUE_CLOSED
                                                  : USHER_EVENT_QUEUE_OPENED};
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, rules->queues[queue].name);
    USHER_FIELDS_SET(&event.fields, REASON, reason,
                     is_ordered ? USHER_TEXT(USHER_BY_SUPERVISOR) : USHER_TEXT("hours"));
    if (until_ms != 0 && until_ms != INT64_MAX)
        USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, until_ms);
    if (is_closed && way->notice != USHER_NOTICE_NONE)
        USHER_FIELDS_SET(&event.fields, NOTICE, notice, rules->notices[way->notice]);
    usher_engine_emit(engine, &event, now_ms);
}

/* For how long the contact has waited in its queue since that was closed. */
static int64_t shut_ms(const struct usher_contact *contact, int64_t closed_ms, int64_t now_ms)
{
    int64_t from_ms = contact->since_ms > closed_ms ? contact->since_ms : closed_ms;
    if (contact->leg_ms > from_ms)
        from_ms = contact->leg_ms;
    if (contact->place_ms > from_ms)
        from_ms = contact->place_ms;
    return now_ms > from_ms ? now_ms - from_ms : 0;
}

int64_t usher_site_shut_ms(const struct usher_engine *engine, const struct usher_contact *contact,
                           int64_t now_ms)
{
    const struct usher_door *door = &engine->site.doors[contact->queue];
    bool is_waiting = contact->state == USHER_CONTACT_WAITING;
    return door->is_closed && is_waiting ? shut_ms(contact, door->closed_ms, now_ms) : 0;
}

int64_t usher_site_opens_in_ms(const struct usher_engine *engine, size_t queue, int64_t now_ms)
{
    const struct usher_door *door = &engine->site.doors[queue];
    int64_t civil_ms = usher_site_civil_ms(engine, now_ms);
    int64_t at_ms = door->is_ordered && door->until_ms > civil_ms ? door->until_ms : civil_ms;
    if (!door->is_closed || (door->is_ordered && door->until_ms == 0))
        return 0;
    struct usher_opening opening =
        usher_rules_opening(engine->floor.rules, queue, usher_site_zone(engine), at_ms);
    if (!opening.is_open)
        at_ms = opening.until_ms;
    return at_ms == INT64_MAX ? 0 : at_ms - civil_ms;
}

/* The promise moves with the place; of those who came when the queue was closed it was told so. */
static int64_t promise_after(const struct usher_engine *engine, const struct usher_contact *contact,
                             int64_t forward_ms)
{
    int64_t promise_ms = usher_rules_promise_ms(engine->floor.rules, contact->queue, contact->tier,
                                                contact->channel);
    int64_t last_ms = usher_contact_leg_since_ms(contact) + forward_ms + promise_ms;
    int64_t due_ms = contact->due_ms + forward_ms;
    return due_ms < last_ms ? due_ms : last_ms;
}

/* Closed hours do not count: the place of whoever waited in them moves forward. */
static void move_places(struct usher_engine *engine, size_t queue, int64_t closed_ms,
                        int64_t now_ms)
{
    usher_list_for_each_safe (node, &engine->live) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, live);
        if (contact->queue != queue || contact->state != USHER_CONTACT_WAITING)
            continue;
        struct usher_move move = usher_move_of(contact);
        int64_t forward_ms = shut_ms(contact, closed_ms, now_ms);
        if (forward_ms == 0)
            continue;
        move.place_ms += forward_ms;
        move.due_ms = promise_after(engine, contact, forward_ms);
        move.reason = USHER_TEXT("opened");
        usher_move_contact(engine, contact, &move, now_ms);
    }
}

static void set_door(struct usher_engine *engine, size_t queue, bool is_closed, bool is_ordered,
                     int64_t until_ms, int64_t now_ms)
{
    bool held_offers = engine->holds_offers;
    struct usher_door before = engine->site.doors[queue];
    if (is_closed == before.is_closed && is_ordered == before.is_ordered &&
        (!is_ordered || until_ms == before.until_ms))
        return;
    engine->holds_offers = true;
    emit_door(engine, queue, is_closed, is_ordered, until_ms, now_ms);
    if (before.is_closed && !is_closed)
        move_places(engine, queue, before.closed_ms, now_ms);
    engine->holds_offers = held_offers;
}

static void review_door(struct usher_engine *engine, size_t queue, int64_t now_ms)
{
    struct usher_door *door = &engine->site.doors[queue];
    int64_t civil_ms = usher_site_civil_ms(engine, now_ms);
    struct usher_opening opening =
        usher_rules_opening(engine->floor.rules, queue, usher_site_zone(engine), civil_ms);
    int64_t order_ms = door->until_ms == 0 ? INT64_MAX : door->until_ms;
    bool is_ordered = door->is_ordered && civil_ms < order_ms;
    bool is_closed = is_ordered ? door->is_closed : !opening.is_open;
    int64_t until_ms = is_ordered ? order_ms : opening.until_ms;
    set_door(engine, queue, is_closed, is_ordered, is_ordered ? door->until_ms : until_ms, now_ms);
    door->review_ms = until_ms;
}

static void emit_switch_off(struct usher_engine *engine, size_t index, int64_t now_ms)
{
    struct usher_event event = {.kind = USHER_EVENT_SWITCH_SET};
    USHER_FIELDS_SET(&event.fields, NAME, name, engine->floor.rules->switches[index]);
    USHER_FIELDS_SET(&event.fields, STATE, state, USHER_TEXT("off"));
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("until"));
    usher_engine_emit(engine, &event, now_ms);
}

/* When the earliest switch goes off by itself. */
static int64_t review_switches(struct usher_engine *engine, int64_t now_ms)
{
    const struct usher_switch *switches = engine->site.switches;
    int64_t civil_ms = usher_site_civil_ms(engine, now_ms);
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < engine->floor.rules->switches_count; i++) {
        if (!switches[i].is_on || switches[i].until_ms == 0)
            continue;
        if (switches[i].until_ms <= civil_ms)
            emit_switch_off(engine, i, now_ms);
        else if (switches[i].until_ms < next_ms)
            next_ms = switches[i].until_ms;
    }
    return next_ms;
}

static void review_calls(struct usher_engine *engine, int64_t now_ms)
{
    bool held_offers = engine->holds_offers;
    engine->holds_offers = true;
    usher_later_review(engine, now_ms);
    engine->holds_offers = held_offers;
}

void usher_site_review(struct usher_engine *engine, int64_t now_ms)
{
    struct usher_site *site = &engine->site;
    int64_t civil_ms = usher_site_civil_ms(engine, now_ms);
    bool is_stale = site->is_stale;
    struct usher_number before = engine->last;
    if (!engine->floor.rules || (!is_stale && civil_ms < site->review_ms))
        return;
    for (size_t i = 0; i < engine->floor.rules->queues_count; i++)
        if (is_stale || site->doors[i].review_ms <= civil_ms)
            review_door(engine, i, now_ms);
    site->review_ms = review_switches(engine, now_ms);
    for (size_t i = 0; i < engine->floor.rules->queues_count; i++)
        if (site->doors[i].review_ms < site->review_ms)
            site->review_ms = site->doors[i].review_ms;
    site->reviewed_ms = civil_ms;
    site->is_stale = false;
    if (is_stale)
        review_calls(engine, now_ms);
    if (usher_number_compare(engine->last, before) != 0)
        usher_dispatch_all(engine, now_ms);
}

void usher_site_order(struct usher_engine *engine, size_t queue, bool is_closed, int64_t until_ms,
                      int64_t now_ms)
{
    int64_t civil_ms = usher_site_civil_ms(engine, now_ms);
    struct usher_opening opening =
        usher_rules_opening(engine->floor.rules, queue, usher_site_zone(engine), civil_ms);
    bool is_ordered = until_ms != 0 || opening.is_open == is_closed;
    /* Without an end the order ends when the hours come to say the same. */
    if (until_ms == 0 && opening.until_ms != INT64_MAX)
        until_ms = opening.until_ms;
    set_door(engine, queue, is_closed, is_ordered, until_ms, now_ms);
    usher_site_review(engine, now_ms);
    usher_dispatch_all(engine, now_ms);
}
