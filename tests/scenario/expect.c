/* What a story expects: events in their order, an error, a state. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/story.h"
#include "wire/codec.h"
#include "world/words.h"

static struct usher_scratch scratch;

bool story_fail(struct story *story, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(story->what, sizeof(story->what), format, arguments);
    va_end(arguments);
    return false;
}

const char *story_offer_of(const struct story *story, const char *name)
{
    for (size_t i = story->offers_count; i-- > 0;)
        if (strcmp(story->offers[i].name, name) == 0)
            return story->offers[i].number;
    return NULL;
}

static void remember_offer(struct story *story, struct usher_text name, struct usher_text number)
{
    if (story->offers_count == STORY_OFFERS_MAX) {
        memmove(story->offers, story->offers + 1, sizeof(story->offers) - sizeof(story->offers[0]));
        story->offers_count--;
    }
    struct story_offer *offer = &story->offers[story->offers_count++];
    snprintf(offer->name, sizeof(offer->name), "%.*s", USHER_TEXT_ARGS(name));
    snprintf(offer->number, sizeof(offer->number), "%.*s", USHER_TEXT_ARGS(number));
}

/* The contact's own id, without the client's name before it. */
static struct usher_text own_id(struct usher_text contact)
{
    const char *slash = contact.length > 0 ? memchr(contact.at, '/', contact.length) : NULL;
    if (!slash)
        return contact;
    return (struct usher_text){slash + 1, contact.length - (size_t)(slash + 1 - contact.at)};
}

/* The next event, with its line; false when there is none. It stays there until it is taken. */
static bool peek(struct story *story, struct usher_text *line, struct usher_event *event)
{
    struct usher_text rest = story->events;
    if (rest.length == 0)
        return false;
    const char *newline = memchr(rest.at, '\n', rest.length);
    *line = (struct usher_text){rest.at, (size_t)(newline - rest.at)};
    struct usher_answer answer = {0};
    if (!usher_event_decode(*line, &scratch, event, &answer)) {
        fprintf(stderr, "an event that cannot be read: %s: %.*s\n", answer.message,
                USHER_TEXT_ARGS(*line));
        exit(2);
    }
    return true;
}

static void take(struct story *story, struct usher_text line, const struct usher_event *event)
{
    story->events.at += line.length + 1;
    story->events.length -= line.length + 1;
    if (event->kind == USHER_EVENT_CONTACT_OFFERED) {
        remember_offer(story, own_id(event->fields.contact), event->fields.offer);
        remember_offer(story, event->fields.agent, event->fields.offer);
    }
}

bool story_skip(struct story *story, enum usher_event_kind kind)
{
    struct usher_text line;
    struct usher_event event;
    if (!peek(story, &line, &event) || event.kind != kind)
        return story_fail(story, "the step gave no %s", usher_event_row(kind)->name);
    take(story, line, &event);
    return true;
}

bool story_expect_no_more(struct story *story)
{
    struct usher_text line;
    struct usher_event event;
    if (story->error != USHER_OK)
        return story_fail(story, "unexpected error %s: %s", usher_error_code(story->error).at,
                          story->message);
    if (peek(story, &line, &event))
        return story_fail(story, "unexpected event: %.*s", USHER_TEXT_ARGS(line));
    return true;
}

/* A bare word: the contact or agent, then the agent or what an agent's event tells. */
static const char *compare_bare(const struct usher_event *event, size_t place, const char *word)
{
    static char what[512];
    const struct usher_fields *fields = &event->fields;
    bool has_contact = fields->contact.at != NULL;
    if (place == 0 && has_contact) {
        snprintf(what, sizeof(what), "contact is %.*s and not %s", USHER_TEXT_ARGS(fields->contact),
                 word);
        struct usher_text wanted = usher_text_of(word);
        struct usher_text whole = fields->contact;
        return usher_text_is_equal(strchr(word, '/') ? whole : own_id(whole), wanted) ? NULL : what;
    }
    if (place == 0 && !fields->agent.at)
        return words_compare(fields, "client", word, 0);
    if (place == (has_contact ? 1u : 0u))
        return words_compare(fields, "agent", word, 0);
    return words_compare(fields, fields->reason.at ? "reason" : "state", word, 0);
}

/* key=value of an expectation; $name binds a name to an offer, or compares when it is bound. */
static const char *compare_pair(struct story *story, const struct usher_event *event, char *word)
{
    char *value = strchr(word, '=');
    *value++ = '\0';
    if (value[0] == '$') {
        const char *bound = story_offer_of(story, value);
        if (bound)
            return words_compare(&event->fields, word, bound, story->world.now_ms);
        remember_offer(story, usher_text_of(value), words_text(&event->fields, word));
        return words_compare(&event->fields, word, "*", story->world.now_ms);
    }
    return words_compare(&event->fields, word, value, story->world.now_ms);
}

static bool expect_error(struct story *story, char *words[], size_t count)
{
    struct usher_text code = usher_error_code(story->error);
    if (count != 2 || !usher_text_is_equal(code, usher_text_of(words[1])))
        return story_fail(story, "the error is '%.*s' (%s) and not %s", USHER_TEXT_ARGS(code),
                          story->message, count == 2 ? words[1] : "?");
    story->error = USHER_OK;
    return true;
}

bool story_expect(struct story *story, char *words[], size_t count)
{
    if (strcmp(words[0], "error") == 0)
        return expect_error(story, words, count);
    if (strcmp(words[0], "nothing") == 0)
        return story_expect_no_more(story);
    struct usher_text line;
    struct usher_event event;
    if (story->error != USHER_OK)
        return story_expect_no_more(story);
    if (usher_event_find(usher_text_of(words[0])) == USHER_EVENT_NONE)
        return story_fail(story, "no event is called %s", words[0]);
    if (!peek(story, &line, &event))
        return story_fail(story, "%s was expected, and no further event came", words[0]);
    if (strcmp(usher_event_row(event.kind)->name, words[0]) != 0)
        return story_fail(story, "%s was expected: %.*s", words[0], USHER_TEXT_ARGS(line));
    size_t bare_count = 0;
    for (size_t i = 1; i < count; i++) {
        const char *wrong = strchr(words[i], '=') ? compare_pair(story, &event, words[i])
                                                  : compare_bare(&event, bare_count++, words[i]);
        if (wrong)
            return story_fail(story, "%s: %.*s", wrong, USHER_TEXT_ARGS(line));
    }
    take(story, line, &event);
    return true;
}

/* The line of the description that is about `id`. */
static bool find_state(struct usher_text all, const char *id, struct usher_event *event)
{
    const char *at = all.at;
    const char *end = all.at + all.length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct usher_answer answer = {0};
        if (!usher_event_decode((struct usher_text){at, (size_t)(newline - at)}, &scratch, event,
                                &answer)) {
            fprintf(stderr, "a state that cannot be read: %s\n", answer.message);
            exit(2);
        }
        struct usher_text name = event->kind == USHER_EVENT_STATE_CONTACT
                                     ? own_id(event->fields.contact)
                                 : event->kind == USHER_EVENT_STATE_AGENT  ? event->fields.agent
                                 : event->kind == USHER_EVENT_STATE_QUEUE  ? event->fields.queue
                                 : event->kind == USHER_EVENT_STATE_SWITCH ? event->fields.name
                                                                           : USHER_NO_TEXT;
        if (name.at && usher_text_is_equal(name, usher_text_of(id)))
            return true;
        at = newline + 1;
    }
    return false;
}

bool story_expect_state(struct story *story, char *words[], size_t count)
{
    struct usher_bytes out;
    struct usher_view view = {.role = USHER_ROLE_SUPERVISOR};
    usher_bytes_init(&out, (size_t)1 << 24);
    usher_engine_describe(story->world.engine, &view, story->world.now_ms, &out);
    struct usher_event event;
    const char *wrong = NULL;
    if (!find_state(usher_bytes_text(&out), words[0], &event))
        wrong = strcmp(words[2], "gone") == 0 ? NULL : "there is none in the state";
    else
        wrong = strchr(words[2], '=') ? NULL : words_compare(&event.fields, "state", words[2], 0);
    for (size_t i = 2; i < count && !wrong; i++)
        if (strchr(words[i], '='))
            wrong = compare_pair(story, &event, words[i]);
    usher_bytes_fini(&out);
    return wrong ? story_fail(story, "%s: %s", words[0], wrong) : true;
}
