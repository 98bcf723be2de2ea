/* `usherctl events` and `usherctl tail`: what happens, as it happens. To have the newest events
 * first, a second session asks for those behind an earlier number, which usherd grants as far as
 * its memory reaches. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/past/filter.h"
#include "ctl/past/kept.h"
#include "ctl/past/teller.h"
#include "ctl/perform.h"
#include "model/limits.h"
#include "rules/suggest.h"
#include "wire/mask.h"

#define AGAIN_US       500000
#define SPAN_MAX       50000 /* events; usherd's memory holds some ten thousands */
#define SPAN_MIN       80
#define PAST_SILENT_MS 500 /* the past events come in one piece, and may end with a heartbeat */

struct follower {
    const struct options *options;
    enum usher_role role;
    struct client client;
    struct filter filter;
    struct teller teller;
    struct usher_number last; /* seen */
    int64_t shown;
    bool has_past; /* it comes, and is shown when all of it is here */
    struct kept past;
    struct usher_number past_end;
};

static void note_number(struct follower *follower, const struct usher_event *event)
{
    if (event->n.epoch > 0)
        follower->last = event->n;
}

static void show(struct follower *follower, const struct usher_event *event, struct usher_text line)
{
    teller_tell(&follower->teller, event, line);
    follower->shown++;
}

static void free_past(struct follower *follower)
{
    if (follower->has_past)
        kept_fini(&follower->past);
    follower->has_past = false;
}

/* Shows the newest of the past; from here on each event is shown as it comes. */
static void show_past(struct follower *follower)
{
    for (size_t i = 0; i < kept_count(&follower->past); i++) {
        struct usher_event event;
        struct usher_text line = kept_get(&follower->past, i, &event);
        show(follower, &event, line);
    }
    follower->shown = 0; /* --count counts what happens from now on */
    free_past(follower);
}

static bool is_over(const struct follower *follower)
{
    return follower->options->count >= 0 && follower->shown >= follower->options->count;
}

/* Of the past, who was erased is not told any more. */
static void keep(struct follower *follower, const struct usher_event *event, struct usher_text line)
{
    struct usher_bytes masked;
    usher_bytes_init(&masked, SIZE_MAX);
    if (event->kind == USHER_EVENT_CUSTOMER_ERASED &&
        usher_mask_line(line, USHER_MASK_ERASED, NULL, &masked))
        line = usher_bytes_text(&masked);
    kept_add(&follower->past, line);
    usher_bytes_fini(&masked);
}

static void take(struct follower *follower, const struct usher_event *event, struct usher_text line)
{
    bool is_shown =
        filter_takes(&follower->filter, event) && teller_shows(&follower->teller, event->kind);
    note_number(follower, event);
    if (is_shown && follower->has_past)
        keep(follower, event, line);
    else if (is_shown)
        show(follower, event, line);
    if (follower->has_past && usher_number_compare(follower->last, follower->past_end) >= 0)
        show_past(follower);
}

/* Until the connection is lost, or enough was shown. */
static enum client_outcome follow(struct follower *follower)
{
    enum client_outcome outcome = CLIENT_OK;
    while (outcome == CLIENT_OK && !is_over(follower)) {
        struct usher_text line;
        struct usher_event event;
        if (follower->has_past && client_is_silent(&follower->client, PAST_SILENT_MS)) {
            show_past(follower);
            continue;
        }
        outcome = client_read_event(&follower->client, -1, &line, &event);
        if (outcome == CLIENT_OK)
            take(follower, &event, line);
    }
    return outcome;
}

static enum client_outcome open_behind(struct follower *follower, struct usher_number after,
                                       struct usher_number *number)
{
    char room[USHER_NUMBER_SIZE];
    return client_open(&follower->client, follower->role, usher_number_write(after, room).at,
                       number);
}

/* Opens the session from which the newest events come, if it is granted; `now` is the last event so
 * far. */
static enum client_outcome open_past(struct follower *follower, struct usher_number now)
{
    struct usher_number number = now;
    enum client_outcome outcome = CLIENT_OK;
    for (uint64_t span = SPAN_MAX; span >= SPAN_MIN && outcome == CLIENT_OK; span /= 5) {
        struct usher_number after = {now.epoch, now.seq > span ? now.seq - span : 1};
        if (span / 5 >= now.seq && span / 5 >= SPAN_MIN)
            continue; /* the next one reaches as far */
        outcome = open_behind(follower, after, &number);
        if (outcome != CLIENT_OK || !follower->client.is_resumed)
            continue;
        kept_init(&follower->past, (size_t)follower->options->last);
        follower->has_past = true;
        follower->past_end = number;
        return outcome;
    }
    return outcome == CLIENT_OK ? open_behind(follower, now, &number) : outcome;
}

/* A queue that is none may come with the next rules, or is written wrong. */
static void warn_of_queue(const char *queue, struct usher_text nearest)
{
    fprintf(stderr, "usherctl: the rules have no queue \"%s\"", queue);
    if (nearest.at)
        fprintf(stderr, "; did you mean \"%.*s\"?", USHER_TEXT_ARGS(nearest));
    fputs(nearest.at ? " Waiting for it.\n" : "; waiting for it\n", stderr);
}

/* The state of now tells which contacts are in the queue that is asked for. */
static enum client_outcome learn(struct follower *follower)
{
    enum client_outcome outcome = CLIENT_OK;
    struct usher_event event = {.kind = USHER_EVENT_NONE};
    struct usher_text queue = usher_text_of(follower->filter.queue);
    struct usher_suggestion suggestion;
    char near[USHER_NAME_MAX + 1] = "";
    bool is_there = false;
    usher_suggestion_start(&suggestion, queue);
    while (outcome == CLIENT_OK && event.kind != USHER_EVENT_SNAPSHOT_END) {
        struct usher_text line;
        outcome = client_read_event(&follower->client, -1, &line, &event);
        if (outcome == CLIENT_OK && event.kind == USHER_EVENT_STATE_CONTACT)
            (void)filter_takes(&follower->filter, &event);
        if (outcome != CLIENT_OK || event.kind != USHER_EVENT_STATE_QUEUE)
            continue;
        is_there |= usher_text_is_equal(event.fields.queue, queue);
        suggestion.best = USHER_NO_TEXT; /* what it borrowed is gone */
        usher_suggestion_offer(&suggestion, event.fields.queue);
        if (suggestion.best.at)
            (void)!usher_text_copy(near, sizeof(near), suggestion.best);
    }
    if (outcome == CLIENT_OK && queue.at && !is_there)
        warn_of_queue(follower->filter.queue, near[0] ? usher_text_of(near) : USHER_NO_TEXT);
    return outcome;
}

static enum client_outcome begin(struct follower *follower)
{
    struct usher_number now;
    enum client_outcome outcome = client_open(&follower->client, follower->role, NULL, &now);
    if (outcome == CLIENT_OK && follower->filter.queue)
        outcome = learn(follower);
    follower->last = now;
    return outcome == CLIENT_OK ? open_past(follower, now) : outcome;
}

static bool is_forbidden(const struct client *client)
{
    return strcmp(client->code, "unauthorized") == 0;
}

static void tell_return(const struct client *client)
{
    fprintf(stderr, "usherctl: connected to %s again; %s\n", client->address.text,
            client->is_resumed ? "nothing was missed"
                               : "what happened meanwhile is in `usherctl journal show`");
}

/* Waits until somebody leads and has let us in. False when that will not be. */
static bool come_back(struct follower *follower)
{
    struct client *client = &follower->client;
    enum client_outcome outcome;
    free_past(follower);
    fprintf(stderr, "usherctl: %s Waiting for usherd.\n", client->problem);
    do {
        struct usher_number number;
        (void)usleep(AGAIN_US);
        outcome = open_behind(follower, follower->last, &number);
        if (outcome != CLIENT_OK)
            continue;
        tell_return(client);
        if (client->is_resumed)
            return true;
        follower->last = number;
        outcome = learn(follower);
    } while (outcome != CLIENT_OK && !is_forbidden(client));
    return outcome == CLIENT_OK;
}

static bool start(struct follower *follower, const struct options *options, enum usher_role role)
{
    *follower = (struct follower){.options = options, .role = role};
    client_init(&follower->client, &options->addresses);
    teller_init(&follower->teller, options);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    return filter_init(&follower->filter, options->contact, options->agent, options->queue,
                       options->event);
}

static void end(struct follower *follower)
{
    free_past(follower);
    filter_fini(&follower->filter);
    teller_fini(&follower->teller);
    client_fini(&follower->client);
}

enum exit_code perform_tail(const struct options *options, enum usher_role role)
{
    struct follower follower;
    enum exit_code code = EXIT_USAGE;
    if (start(&follower, options, role)) {
        enum client_outcome outcome = begin(&follower);
        bool has_begun = outcome == CLIENT_OK;
        if (has_begun)
            outcome = follow(&follower);
        while (has_begun && outcome != CLIENT_OK && come_back(&follower))
            outcome = follow(&follower);
        code = outcome == CLIENT_OK ? EXIT_DONE : perform_fail(&follower.client, outcome);
    }
    end(&follower);
    return code;
}

enum exit_code perform_events(const struct options *options, enum usher_role role)
{
    struct follower follower;
    struct usher_number number;
    enum exit_code code = EXIT_USAGE;
    if (start(&follower, options, role)) {
        enum client_outcome outcome = client_open(&follower.client, role, options->after, &number);
        if (outcome == CLIENT_OK && options->after != NULL && !follower.client.is_resumed)
            fprintf(stderr,
                    "usherctl: usherd no longer has the events after %s in memory; following from "
                    "now on\n",
                    options->after);
        if (outcome == CLIENT_OK)
            outcome = follow(&follower);
        code = outcome == CLIENT_OK ? EXIT_DONE : perform_fail(&follower.client, outcome);
    }
    end(&follower);
    return code;
}
