/* What customers are told of their wait, and what came of it. Who has to wait is told at once, and
 * then, at most every `announce` of the queue, whatever has changed. The class, and not the
 * contact, has the deadline: its line is walked, so that nobody's position has to be counted. Of a
 * long line not all are told in one turn, in which all others would have to wait meanwhile. */
#include "engine/promise.h"

#include "engine/callback.h"
#include "engine/moves.h"
#include "routing/estimate.h"

#define TELL_MAX      200 /* of a class in one turn */
#define TELL_PAUSE_MS 50  /* before the next turn in which some of it are told */

/* Whether the customer hears what is played or shown while he waits. */
static bool is_on_the_line(enum usher_channel channel)
{
    return usher_channel_is_live(channel) && channel != USHER_CHANNEL_CALLBACK;
}

static int64_t announce_ms(const struct usher_engine *engine, const struct usher_class *class)
{
    return engine->floor.rules->queues[class->key.queue].announce_ms;
}

static void tell(struct usher_engine *engine, const struct usher_contact *contact,
                 const struct usher_estimate *estimate, const struct usher_saying *saying,
                 int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_PROMISED, contact);
    struct usher_fields *fields = &event.fields;
    USHER_FIELDS_SET(fields, POSITION, position, estimate->position);
    if (saying->wait_ms >= 0) {
        USHER_FIELDS_SET(fields, WAIT_MS, wait_ms, saying->wait_ms);
        USHER_FIELDS_SET(fields, DUE_MS, due_ms, now_ms + saying->until_ms);
    }
    if (saying->min_ms != saying->max_ms) {
        USHER_FIELDS_SET(fields, WAIT_MIN_MS, wait_min_ms, saying->min_ms);
        USHER_FIELDS_SET(fields, WAIT_MAX_MS, wait_max_ms, saying->max_ms);
    }
    if (estimate->raw_ms >= 0)
        USHER_FIELDS_SET(fields, RAW_MS, raw_ms, estimate->raw_ms);
    usher_engine_emit(engine, &event, now_ms);
}

void usher_promise_tell(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    if (engine->holds_offers || usher_list_is_empty(&contact->in_line) ||
        contact->told.first_ms != 0 || !usher_channel_is_live(contact->channel) ||
        announce_ms(engine, contact->class) < 0)
        return;
    struct usher_estimate estimate = usher_estimate_contact(&engine->floor, contact, now_ms);
    struct usher_saying saying = usher_estimate_say(&estimate);
    tell(engine, contact, &estimate, &saying, now_ms);
}

/* Whether something else is to be said than what was said last. */
static bool is_news(const struct usher_told *told, uint32_t position,
                    const struct usher_saying *saying)
{
    return told->first_ms == 0 || position != told->position || saying->wait_ms != told->wait_ms ||
           saying->min_ms != told->wait_min_ms || saying->max_ms != told->wait_max_ms;
}

static void set_tick(struct usher_engine *engine, struct usher_class *class, int64_t at_ms)
{
    class->announcing.tie = USHER_ANNOUNCE_TIE + class->index;
    usher_heap_set(&engine->deadlines, &class->announcing, at_ms);
}

/* Tells those of the line for whom it is time, TELL_MAX at most, and returns when the next are to
 * be told: when the time of one comes who was told less than `every_ms` ago. */
static int64_t tell_line(struct usher_engine *engine, struct usher_class *class, int64_t every_ms,
                         int64_t now_ms)
{
    struct usher_outlook outlook = usher_estimate_outlook(&engine->floor, class);
    struct usher_number before = engine->last;
    int64_t next_ms = every_ms == INT64_MAX ? INT64_MAX : now_ms + every_ms;
    uint32_t position = 0;
    usher_list_for_each (node, &class->line) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, in_line);
        const struct usher_told *told = &contact->told;
        if (engine->last.seq - before.seq >= TELL_MAX)
            return now_ms + TELL_PAUSE_MS;
        struct usher_estimate estimate = usher_estimate_at(&outlook, contact, ++position, now_ms);
        struct usher_saying saying = usher_estimate_say(&estimate);
        usher_callback_offer(engine, contact, estimate.wait_ms, now_ms);
        bool is_due = told->first_ms == 0 || now_ms - told->last_ms >= every_ms;
        if (is_due && is_news(told, position, &saying))
            tell(engine, contact, &estimate, &saying, now_ms);
        else if (!is_due && every_ms != INT64_MAX && told->last_ms + every_ms < next_ms)
            next_ms = told->last_ms + every_ms;
    }
    return next_ms > now_ms + TELL_PAUSE_MS ? next_ms : now_ms + TELL_PAUSE_MS;
}

void usher_promise_tell_class(struct usher_engine *engine, struct usher_class *class,
                              int64_t now_ms)
{
    enum usher_channel channel = (enum usher_channel) class->key.channel;
    int64_t every_ms = announce_ms(engine, class);
    if (!usher_channel_is_live(channel) || every_ms < 0)
        return;
    if (every_ms == 0 || !is_on_the_line(channel))
        every_ms = INT64_MAX; /* told once */
    int64_t next_ms = tell_line(engine, class, every_ms, now_ms);
    if (next_ms == INT64_MAX || class->line_count == 0)
        usher_heap_remove(&engine->deadlines, &class->announcing);
    else
        set_tick(engine, class, next_ms);
}

void usher_promise_tell_all(struct usher_engine *engine, int64_t now_ms)
{
    const struct usher_floor *floor = &engine->floor;
    for (size_t word = 0; word < USHER_CLASS_WORDS; word++)
        for (uint64_t bits = floor->waiting[word]; bits != 0; bits &= bits - 1)
            usher_promise_tell_class(
                engine, floor->classes[word * 64 + (size_t)__builtin_ctzll(bits)], now_ms);
}

void usher_engine_announce(struct usher_engine *engine, struct usher_class *class, int64_t now_ms)
{
    int64_t every_ms = announce_ms(engine, class);
    if (every_ms <= 0 || !is_on_the_line((enum usher_channel) class->key.channel) ||
        usher_heap_has(&class->announcing))
        return;
    set_tick(engine, class, now_ms + every_ms);
}

void usher_promise_judge(struct usher_event *event, const struct usher_contact *contact,
                         int64_t now_ms)
{
    int64_t due_ms = contact->told.due_ms;
    bool is_answered = event->kind == USHER_EVENT_CONTACT_ANSWERED;
    if (contact->told.first_ms == 0 || due_ms == 0 || (now_ms <= due_ms && !is_answered))
        return;
    USHER_FIELDS_SET(&event->fields, KEPT, kept, now_ms <= due_ms);
}

bool usher_apply_contact_promised(struct usher_engine *engine, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct usher_contact *contact = usher_engine_contact(engine, fields->contact);
    if (!contact || contact->state != USHER_CONTACT_WAITING)
        return false;
    struct usher_told *told = &contact->told;
    bool has_wait = usher_fields_has(fields, USHER_FIELD_WAIT_MS);
    bool has_range = usher_fields_has(fields, USHER_FIELD_WAIT_MIN_MS) &&
                     usher_fields_has(fields, USHER_FIELD_WAIT_MAX_MS);
    if (told->first_ms == 0) {
        bool has_raw = usher_fields_has(fields, USHER_FIELD_RAW_MS);
        *told =
            (struct usher_told){.first_ms = event->at_ms, .raw_ms = has_raw ? fields->raw_ms : -1};
    }
    if (usher_fields_has(fields, USHER_FIELD_DUE_MS) &&
        (told->due_ms == 0 || fields->due_ms < told->due_ms))
        told->due_ms = fields->due_ms;
    told->last_ms = event->at_ms;
    told->position = (uint32_t)fields->position;
    told->wait_ms = has_wait ? fields->wait_ms : -1;
    told->wait_min_ms = has_range ? fields->wait_min_ms : told->wait_ms;
    told->wait_max_ms = has_range ? fields->wait_max_ms : told->wait_ms;
    return true;
}

void usher_contact_end_told(struct usher_contact *contact, bool is_answered, int64_t now_ms)
{
    struct usher_told *told = &contact->told;
    if (told->first_ms != 0 && told->raw_ms >= 0 && contact->class)
        usher_estimate_learn(&contact->class->past, told->raw_ms, now_ms - told->first_ms,
                             is_answered);
    *told = (struct usher_told){0};
}
