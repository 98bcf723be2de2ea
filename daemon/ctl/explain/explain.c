/* A contact's way, step by step. What the events say comes from the journal alone; why an offer was
 * made comes from the state right before it, as long as a snapshot reaches back so far. */
#include "ctl/explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/explain/steps.h"
#include "ctl/explain/telling.h"
#include "ctl/mask.h"
#include "ctl/past/moment.h"

static bool begins_wait(enum usher_event_kind kind)
{
    return kind == USHER_EVENT_CONTACT_ARRIVED || kind == USHER_EVENT_CONTACT_DUE ||
           kind == USHER_EVENT_OFFER_DECLINED || kind == USHER_EVENT_OFFER_FAILED ||
           kind == USHER_EVENT_OFFER_EXPIRED || kind == USHER_EVENT_OFFER_WITHDRAWN ||
           kind == USHER_EVENT_OFFER_SETTLED;
}

/* The next step; `engine` is the state right before it, NULL when that is not known. */
static void tell_step(struct telling *telling, struct usher_engine *engine)
{
    const struct trail_step *step = &telling->trail->steps[telling->next++];
    struct usher_text line = {step->line, step->length};
    struct usher_event event;
    struct usher_answer answer;
    if (!usher_event_decode(line, &telling->scratch, &event, &answer))
        return;
    bool is_offer = event.kind == USHER_EVENT_CONTACT_OFFERED;
    telling->wait_ms = begins_wait(event.kind) ? event.at_ms : 0;
    if (!telling->options->is_json) {
        const struct usher_agent *agent =
            engine ? usher_explain_find_agent(engine, event.fields.agent) : NULL;
        steps_print(&event, agent, telling->options->is_full, telling->options->style,
                    telling->out);
        if (is_offer)
            telling_offer(telling, engine, &event);
        return;
    }
    usher_json_write_open(&telling->writer, '{');
    usher_json_write_key(&telling->writer, USHER_TEXT("event"));
    telling->writer.needs_comma = true;
    if (telling->options->is_full)
        usher_bytes_append_text(&telling->json, line);
    else
        mask_line(line, &telling->json);
    if (is_offer)
        telling_offer(telling, engine, &event);
    usher_json_write_close(&telling->writer, '}');
}

static bool before(void *owner, struct usher_engine *engine, const struct usher_event *event,
                   struct usher_text line)
{
    struct telling *telling = owner;
    const struct trail *trail = telling->trail;
    (void)line;
    if (telling->wait_ms != 0 && event->at_ms > telling->wait_ms)
        telling_wait(telling, engine);
    while (telling->next < trail->count &&
           usher_number_compare(trail->steps[telling->next].n, event->n) < 0)
        tell_step(telling, NULL);
    if (telling->next < trail->count &&
        usher_number_compare(trail->steps[telling->next].n, event->n) == 0)
        tell_step(telling, engine);
    return true;
}

static void begin(struct telling *telling)
{
    const struct trail *trail = telling->trail;
    char room[MOMENT_SIZE];
    if (!telling->options->is_json && trail->count > 0)
        fprintf(telling->out, "%s, %s %s\n", trail->found,
                trail->has_arrival ? "which arrived on" : "of which the journal tells from",
                moment_write(trail->steps[0].at_ms, room));
    else if (!telling->options->is_json)
        fprintf(telling->out, "%s, whose events are no longer in the journal\n", trail->found);
    if (!telling->options->is_json)
        return;
    usher_bytes_init(&telling->json, SIZE_MAX);
    usher_json_write_start(&telling->writer, &telling->json);
    usher_json_write_open(&telling->writer, '{');
    telling_text(telling, "contact", usher_text_of(trail->found));
    usher_json_write_key(&telling->writer, USHER_TEXT("steps"));
    usher_json_write_open(&telling->writer, '[');
}

static void end(struct telling *telling, struct history *history, enum exit_code code)
{
    while (telling->next < telling->trail->count)
        tell_step(telling, NULL);
    if (telling->options->is_json) {
        usher_json_write_close(&telling->writer, ']');
        telling_number(telling, "unexplained", (int64_t)telling->blind_count);
    }
    if (history->engine)
        telling_state(telling, history->engine, usher_engine_last_ms(history->engine));
    if (telling->options->is_json) {
        usher_json_write_close(&telling->writer, '}');
        printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&telling->json)));
        usher_bytes_fini(&telling->json);
    } else if (telling->blind_count > 0 && code == EXIT_DONE) {
        char room[MOMENT_SIZE];
        fprintf(
            telling->out,
            "What led to %s before %s is no longer known: the states of that time are gone from "
            "Redis.\n",
            telling->blind_count == 1 ? "the offer" : "the offers",
            moment_write(history->known_ms, room));
    }
}

static enum exit_code refuse_several(const char *id, const char *one, const char *other)
{
    fprintf(stderr, "usherctl: several clients have a contact \"%s\"; say which, as in %s%s%s\n",
            id, one, other[0] ? " or " : "", other);
    return EXIT_REFUSED;
}

/* Whether it came only after the moment that was asked for; then it has said so. */
static bool came_later(const struct options *options, const char *id)
{
    struct trail later;
    char room[MOMENT_SIZE];
    bool is_later = options->at && trail_read(&later, options, id, HISTORY_END) == EXIT_DONE &&
                    later.count > 0 && later.has_arrival;
    if (is_later)
        fprintf(stderr, "usherctl: %s arrived later than that: on %s\n", later.found,
                moment_write(later.steps[0].at_ms, room));
    if (options->at)
        trail_fini(&later);
    return is_later;
}

/* The journal has no event of it any more, but it may still be there. */
static enum exit_code look_in_state(struct trail *trail, const struct usher_engine *engine,
                                    const struct options *options)
{
    const char *id = options->arguments[0];
    size_t count = 1;
    const struct usher_contact *contact =
        strchr(id, '/') ? usher_explain_find_contact(engine, usher_text_of(id))
                        : usher_explain_find_bare(engine, usher_text_of(id), &count);
    if (contact && count == 1) {
        memcpy(trail->found, contact->id, sizeof(trail->found));
        return EXIT_DONE;
    }
    if (contact)
        return refuse_several(id, contact->id, "");
    if (came_later(options, id))
        return EXIT_REFUSED;
    fprintf(stderr,
            "usherctl: the journal has no contact \"%s\"; an id is <client>/<id> as in `usherctl "
            "contacts`, or a bare one that only one client has\n",
            id);
    return EXIT_REFUSED;
}

/* The journal is read with a word on the terminal of how far it is: ours comes behind that. */
static void print_all(struct telling *telling, char **text, const size_t *length)
{
    if (fclose(telling->out) == 0)
        (void)fwrite(*text, 1, *length, stdout);
    free(*text);
}

static enum exit_code tell(const struct options *options, struct trail *trail, int64_t until_ms)
{
    char *text = NULL;
    size_t length = 0;
    struct telling telling = {
        .options = options, .trail = trail, .out = open_memstream(&text, &length)};
    struct history history;
    struct history_query query = {.since_ms = HISTORY_END, .until_ms = until_ms};
    enum exit_code code;
    if (!telling.out) {
        fputs("usherctl: memory is out\n", stderr);
        return EXIT_REFUSED;
    }
    if (trail->count > 0) {
        begin(&telling);
        query.since_ms = trail->steps[0].at_ms;
        code = history_fold(options, &query, before, &telling, &history);
        end(&telling, &history, code);
    } else {
        code = history_fold(options, &query, NULL, NULL, &history);
        if (code == EXIT_DONE)
            code = look_in_state(trail, history.engine, options);
        if (code == EXIT_DONE) {
            begin(&telling);
            end(&telling, &history, code);
        }
    }
    history_fini(&history);
    print_all(&telling, &text, &length);
    return telling.strange_count > 0 && code == EXIT_DONE ? EXIT_REFUSED : code;
}

enum exit_code perform_explain_contact(const struct options *options, enum usher_role role)
{
    struct trail trail;
    int64_t until_ms = HISTORY_END;
    (void)role;
    if (options->at && !moment_read_at(options->at, &until_ms))
        return EXIT_USAGE;
    enum exit_code code = trail_read(&trail, options, options->arguments[0], until_ms);
    if (code == EXIT_DONE && trail.other[0])
        code = refuse_several(options->arguments[0], trail.other, trail.found);
    else if (code == EXIT_DONE)
        code = tell(options, &trail, until_ms);
    trail_fini(&trail);
    return code;
}
