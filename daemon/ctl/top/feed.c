/* One table has the events that are told, each with how its words are made. */
#include "ctl/top/feed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

#define IDLE_TOLD_MS   10000 /* from here on an agent's idle time is a reason */
#define WAITED_TOLD_MS 5000
#define LEND_TOLD      100 /* per ten thousand: from here on the price does */

static struct feed_line *add(struct feed *feed, enum feed_kind kind, int64_t at_ms)
{
    struct feed_line *line = &feed->lines[feed->count++ % FEED_LINES_MAX];
    *line = (struct feed_line){.kind = kind, .at_ms = at_ms};
    return line;
}

void feed_say(struct feed *feed, enum feed_kind kind, int64_t at_ms, const char *format, ...)
{
    struct feed_line *line = add(feed, kind, at_ms);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->words, sizeof(line->words), format, arguments);
    va_end(arguments);
}

const struct feed_line *feed_at(const struct feed *feed, size_t ago)
{
    if (ago >= feed->count || ago >= FEED_LINES_MAX)
        return NULL;
    return &feed->lines[(feed->count - 1 - ago) % FEED_LINES_MAX];
}

/* Appends to what the line says. */
static void add_words(struct feed_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_words(struct feed_line *line, const char *format, ...)
{
    size_t length = strlen(line->words);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->words + length, sizeof(line->words) - length, format, arguments);
    va_end(arguments);
}

/* "12 s", "2:05 min". */
static void write_span(struct feed_line *line, int64_t span_ms)
{
    int64_t seconds = span_ms / 1000;
    if (seconds < 120)
        add_words(line, "%" PRId64 " s", seconds);
    else
        add_words(line, "%" PRId64 ":%02d min", seconds / 60, (int)(seconds % 60));
}

/* "ring_no_answer" as "ring no answer". */
static void write_reason(struct feed_line *line, struct usher_text reason)
{
    for (size_t i = 0; i < reason.length; i++)
        add_words(line, "%c", reason.at[i] == '_' ? ' ' : reason.at[i]);
}

static void tell_offered(struct feed_line *line, const struct usher_fields *fields)
{
    static const struct {
        const char *reason;
        const char *words;
    } choices[] = {
        {"best_agent", "best free"},
        {"best_contact", "next in line"},
        {"best_pair", "best pair"},
        {"deferred_turn", "its turn"},
    };
    add_words(line, "match %" PRId64 " %%", fields->match / 10);
    if (fields->tier.length > 0 && !usher_text_is_equal(fields->tier, USHER_TEXT("standard")))
        add_words(line, ", %.*s", USHER_TEXT_ARGS(fields->tier));
    if (fields->waited_ms >= WAITED_TOLD_MS) {
        add_words(line, ", waited ");
        write_span(line, fields->waited_ms);
    }
    if (fields->idle_ms >= IDLE_TOLD_MS) {
        add_words(line, ", idle ");
        write_span(line, fields->idle_ms);
    }
    if (fields->lend >= LEND_TOLD)
        add_words(line, ", price %" PRId64 " %%", fields->lend / 100);
    for (size_t i = 0; i < USHER_COUNT_OF(choices); i++)
        if (usher_text_is_equal(fields->reason, usher_text_of(choices[i].reason)))
            add_words(line, "; %s", choices[i].words);
}

static void tell_answered(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "answered");
    if (usher_fields_has(fields, USHER_FIELD_WAITED_MS)) {
        add_words(line, " after ");
        write_span(line, fields->waited_ms);
    }
}

static void tell_declined(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "declined");
    if (fields->reason.length > 0) {
        add_words(line, " (");
        write_reason(line, fields->reason);
        add_words(line, ")");
    }
    add_words(line, "; keeps its place");
}

static void tell_failed(struct feed_line *line, const struct usher_fields *fields)
{
    static const struct {
        const char *reason;
        const char *words;
    } told[] = {
        {"no_answer", "did not answer"},
        {"busy", "is on the phone"},
        {"rejected", "rejected the call"},
        {"unreachable", "cannot be reached"},
    };
    const char *words = "was not reached";
    for (size_t i = 0; i < USHER_COUNT_OF(told); i++)
        if (usher_text_is_equal(fields->reason, usher_text_of(told[i].reason)))
            words = told[i].words;
    add_words(line, "%s; keeps its place", words);
}

static void tell_expired(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "rang out; keeps its place");
}

static void tell_withdrawn(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "offer taken back: ");
    write_reason(line, fields->reason);
}

static void tell_abandoned(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, fields->reason.length > 0 ? "was given up: " : "gave up");
    write_reason(line, fields->reason);
    if (usher_fields_has(fields, USHER_FIELD_WAITED_MS)) {
        add_words(line, " after ");
        write_span(line, fields->waited_ms);
    }
}

static void tell_overflowed(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "was sent away: ");
    write_reason(line, fields->reason);
    if (fields->waited_ms > 0) {
        add_words(line, " after ");
        write_span(line, fields->waited_ms);
    }
}

static void tell_refused(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "was not let in: ");
    write_reason(line, fields->reason);
}

static void tell_queue_closed(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "the queue is closed: ");
    write_reason(line, fields->reason);
}

static void tell_queue_opened(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "the queue is open: ");
    write_reason(line, fields->reason);
}

static void tell_switch(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "the switch %.*s is %.*s", USHER_TEXT_ARGS(fields->name),
              USHER_TEXT_ARGS(fields->state));
}

static void tell_not_ready(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "is not ready: ");
    write_reason(line, fields->reason);
    if (fields->by.length > 0 && usher_text_is_equal(fields->reason, USHER_TEXT("forced")))
        add_words(line, " by %.*s", USHER_TEXT_ARGS(fields->by));
}

static void tell_leaving(struct feed_line *line, const struct usher_fields *fields)
{
    bool is_break = usher_text_is_equal(fields->state, USHER_TEXT("not_ready"));
    add_words(line, is_break ? "takes a break after the contacts in hand: "
                             : "signs out after the contacts in hand");
    write_reason(line, fields->reason);
}

static void tell_signed_out(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "has signed out");
}

static void tell_desk(struct feed_line *line, const struct usher_fields *fields)
{
    if (fields->agent.length == 0)
        add_words(line, "no desk is connected yet");
    else
        add_words(line, fields->until_ms ? "has lost the desk" : "has no desk any more");
}

static void tell_profiled(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "has another profile, which counts from now on");
}

static void tell_rules(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "new rules hold: %.8s", fields->hash.length >= 8 ? fields->hash.at : "");
}

static void tell_link_lost(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "the PBX %.*s is gone; its contacts are offered to nobody",
              USHER_TEXT_ARGS(fields->client));
}

static void tell_link_regained(struct feed_line *line, const struct usher_fields *fields)
{
    add_words(line, "the PBX %.*s is back", USHER_TEXT_ARGS(fields->client));
}

static void tell_stopped(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "usherd stops in order");
}

static void tell_yielded(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "usherd hands the site over");
}

static void tell_journal_lost(struct feed_line *line, const struct usher_fields *fields)
{
    (void)fields;
    add_words(line, "the journal was gone; all that is live was written anew");
}

static const struct {
    enum usher_event_kind event;
    enum feed_kind kind;
    void (*tell)(struct feed_line *line, const struct usher_fields *fields);
} told[] = {
    {USHER_EVENT_CONTACT_OFFERED, FEED_DECISION, tell_offered},
    {USHER_EVENT_CONTACT_ANSWERED, FEED_ANSWER, tell_answered},
    {USHER_EVENT_OFFER_DECLINED, FEED_MISS, tell_declined},
    {USHER_EVENT_OFFER_FAILED, FEED_MISS, tell_failed},
    {USHER_EVENT_OFFER_EXPIRED, FEED_MISS, tell_expired},
    {USHER_EVENT_OFFER_WITHDRAWN, FEED_MISS, tell_withdrawn},
    {USHER_EVENT_CONTACT_ABANDONED, FEED_LEFT, tell_abandoned},
    {USHER_EVENT_CONTACT_OVERFLOWED, FEED_LEFT, tell_overflowed},
    {USHER_EVENT_CONTACT_REFUSED, FEED_LEFT, tell_refused},
    {USHER_EVENT_QUEUE_CLOSED, FEED_NOTE, tell_queue_closed},
    {USHER_EVENT_QUEUE_OPENED, FEED_NOTE, tell_queue_opened},
    {USHER_EVENT_SWITCH_SET, FEED_NOTE, tell_switch},
    {USHER_EVENT_AGENT_NOT_READY, FEED_NOTE, tell_not_ready},
    {USHER_EVENT_AGENT_LEAVING, FEED_NOTE, tell_leaving},
    {USHER_EVENT_AGENT_DESK, FEED_NOTE, tell_desk},
    {USHER_EVENT_AGENT_SIGNED_OUT, FEED_NOTE, tell_signed_out},
    {USHER_EVENT_AGENT_PROFILED, FEED_NOTE, tell_profiled},
    {USHER_EVENT_RULES_LOADED, FEED_NOTE, tell_rules},
    {USHER_EVENT_LINK_LOST, FEED_ALARM, tell_link_lost},
    {USHER_EVENT_LINK_REGAINED, FEED_NOTE, tell_link_regained},
    {USHER_EVENT_ROUTER_STOPPED, FEED_ALARM, tell_stopped},
    {USHER_EVENT_ROUTER_YIELDED, FEED_ALARM, tell_yielded},
    {USHER_EVENT_JOURNAL_LOST, FEED_ALARM, tell_journal_lost},
};

/* Who and what it is about. */
static void name(struct feed_line *line, const struct live *live, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    const struct live_agent *agent = live_find_agent(live, fields->agent);
    const struct live_contact *contact = live_find_contact(live, fields->contact);
    struct usher_text client = usher_contact_id_client(fields->contact);
    if (agent)
        snprintf(line->agent, sizeof(line->agent), "%s", agent->name);
    else
        snprintf(line->agent, sizeof(line->agent), "%.*s", USHER_TEXT_ARGS(fields->agent));
    if (fields->contact.length > client.length)
        snprintf(line->contact, sizeof(line->contact), "%.*s",
                 (int)(fields->contact.length - client.length - (client.at ? 1 : 0)),
                 fields->contact.at + client.length + (client.at ? 1 : 0));
    if (fields->queue.length > 0)
        snprintf(line->queue, sizeof(line->queue), "%.*s", USHER_TEXT_ARGS(fields->queue));
    else if (contact && contact->queue)
        snprintf(line->queue, sizeof(line->queue), "%s", contact->queue->item.id);
}

/* Desks come all the time. */
static bool is_untold(const struct usher_event *event)
{
    return event->kind == USHER_EVENT_AGENT_DESK &&
           !usher_text_is_equal(event->fields.state, USHER_TEXT("lost"));
}

void feed_tell(struct feed *feed, const struct live *live, const struct usher_event *event)
{
    for (size_t i = 0; i < USHER_COUNT_OF(told); i++) {
        if (told[i].event != event->kind || is_untold(event))
            continue;
        struct feed_line *line = add(feed, told[i].kind, event->at_ms);
        name(line, live, event);
        told[i].tell(line, &event->fields);
    }
}
