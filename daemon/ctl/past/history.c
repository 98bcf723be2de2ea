/* Events follow each other without a gap. Where one is missing all the same, Redis had lost it: a
 * router that knew more has put its state beside its claim then, and the fold goes on in that. */
#include "ctl/past/history.h"

#include <stdio.h>
#include <string.h>

#include "ctl/past/moment.h"
#include "ctl/past/past.h"
#include "ctl/past/states.h"

#define AGAIN_MAX 3

struct fold {
    const struct history_query *query;
    history_before before;
    void *owner;
    struct history *history;
    struct past past;
    struct states states;
    enum exit_code code;
    bool is_trimmed; /* what was to be read first is gone meanwhile */
    bool has_begun;  /* an event was handed over */
};

static bool is_behind(const struct history_query *query, const struct usher_event *event)
{
    return event->at_ms > query->until_ms ||
           (query->until.epoch > 0 && usher_number_compare(event->n, query->until) >= 0);
}

static bool fail(struct fold *fold)
{
    fold->code = EXIT_REFUSED;
    return false;
}

static bool refuse_newer(struct fold *fold)
{
    fputs("usherctl: the journal was written by a newer usherd; use the usherctl of that version\n",
          stderr);
    return fail(fold);
}

/* Whether the event cannot follow on what was applied: there must be others in between. */
static bool is_after_gap(const struct fold *fold, const struct usher_event *event)
{
    struct usher_number last = usher_engine_last_number(fold->history->engine);
    struct usher_number prev;
    if (event->n.epoch == last.epoch)
        return event->n.seq != last.seq + 1;
    if (event->n.seq != 1)
        return true;
    return event->kind == USHER_EVENT_ROUTER_STARTED &&
           usher_number_read(event->fields.prev, &prev) && usher_number_compare(prev, last) > 0;
}

/* Goes on in the state that was written beside the claim; it holds the claim itself. */
static bool leap(struct fold *fold, const struct usher_event *event)
{
    const struct state *state = states_find(&fold->states, event->n);
    struct usher_engine *engine = NULL;
    if (state)
        fold->code = states_load(&fold->past, state, &engine);
    if (!engine)
        return false;
    usher_engine_free(fold->history->engine);
    fold->history->engine = engine;
    return true;
}

static bool refuse_gap(struct fold *fold, const struct usher_event *event, const char *why)
{
    char from[MOMENT_SIZE];
    char to[MOMENT_SIZE];
    /* Within an epoch nothing is lost but by trimming. */
    if (event->n.epoch == usher_engine_last_number(fold->history->engine).epoch)
        fprintf(stderr, "usherctl: the journal was trimmed while it was read; try again (%s)\n",
                why);
    else
        fprintf(
            stderr,
            "usherctl: the journal lacks events between %s and %s, which Redis has lost: what was "
            "then cannot be told (%s)\n",
            moment_write(usher_engine_last_ms(fold->history->engine), from),
            moment_write(event->at_ms, to), why);
    return fail(fold);
}

static bool apply(struct fold *fold, const struct usher_event *event, struct usher_text line)
{
    struct usher_engine *engine = fold->history->engine;
    struct usher_answer answer = {.error = USHER_OK};
    if (event->kind == USHER_EVENT_RULES_LOADED)
        fold->code = states_shelve(&fold->past, engine, event->fields.hash);
    if (fold->code != EXIT_DONE)
        return false;
    return usher_engine_apply_line(engine, line, &answer) ||
           refuse_gap(fold, event, answer.message);
}

static bool take_event(void *owner, const struct usher_event *event, struct usher_text line)
{
    struct fold *fold = owner;
    bool is_gap = is_after_gap(fold, event);
    if (event->kind == USHER_EVENT_NONE || (event->kind == USHER_EVENT_ROUTER_STARTED &&
                                            event->fields.version > USHER_JOURNAL_VERSION))
        return refuse_newer(fold);
    if (is_behind(fold->query, event))
        return false;
    if (is_gap && !fold->has_begun && !states_find(&fold->states, event->n)) {
        fold->is_trimmed = true;
        return false;
    }
    if (fold->before && !fold->before(fold->owner, fold->history->engine, event, line))
        return false;
    fold->has_begun = true;
    if (is_gap && leap(fold, event))
        return true;
    return apply(fold, event, line);
}

static bool take_first(void *owner, const struct usher_event *event, struct usher_text line)
{
    struct usher_event *first = owner;
    struct usher_number prev;
    (void)line;
    *first = *event;
    if (event->kind != USHER_EVENT_ROUTER_STARTED || event->n.seq != 1 ||
        !usher_number_read(event->fields.prev, &prev) || prev.epoch > 0)
        first->kind = USHER_EVENT_NONE;
    return false;
}

static bool is_state_before(const struct history_query *query, const struct state *state)
{
    return state->at_ms <= query->until_ms &&
           (query->until.epoch == 0 || usher_number_compare(state->n, query->until) < 0);
}

/* How many of the states, from the oldest on, stand before what is asked. */
static size_t count_usable(const struct fold *fold)
{
    size_t count = 0;
    while (count < fold->states.count && is_state_before(fold->query, &fold->states.list[count]))
        count++;
    return count;
}

/* Where the site's first event is still there, nothing was before it. */
static enum exit_code refuse_before(const struct usher_event *first)
{
    char room[MOMENT_SIZE];
    fprintf(stderr, "usherctl: the past is known only from %s on; that is the site's first event\n",
            moment_write(first->at_ms, room));
    return EXIT_REFUSED;
}

static enum exit_code refuse_unknown(const struct fold *fold)
{
    const char *archive = fold->past.site->settings.journal.archive;
    char room[MOMENT_SIZE];
    if (fold->states.count == 0)
        fputs("usherctl: the journal's beginning is gone, and there is no snapshot to start from; "
              "the next one is written within 15 minutes of usherd's running\n",
              stderr);
    else
        fprintf(stderr, "usherctl: the past is known only from %s on%s\n",
                moment_write(fold->states.list[0].at_ms, room),
                archive[0] ? "" : "; `journal: {archive: FOLDER}` in usherd.yaml keeps more");
    if (fold->states.archive_error < 0)
        fprintf(stderr,
                "The archive %s cannot be read: %s; run usherctl as root or in usherd's group\n",
                archive, strerror(-fold->states.archive_error));
    return EXIT_REFUSED;
}

/* Loads the newest state before `since`, or else the one that reaches back furthest: an older one
 * when one is damaged. */
static enum exit_code begin(struct fold *fold, struct usher_number *after)
{
    struct usher_event first = {.kind = USHER_EVENT_NONE};
    size_t usable = count_usable(fold);
    size_t start = usable;
    struct history *history = fold->history;
    enum exit_code code = EXIT_DONE;
    while (start > 0 && fold->states.list[start - 1].at_ms >= fold->query->since_ms)
        start--;
    for (; start > 0 && code == EXIT_DONE && !history->engine; start--) {
        history->known_ms = fold->states.list[start - 1].at_ms;
        code = states_load(&fold->past, &fold->states.list[start - 1], &history->engine);
    }
    if (code == EXIT_DONE && !history->engine)
        code = past_read(&fold->past, (struct usher_number){0, 0}, 0, take_first, &first);
    if (code == EXIT_DONE && first.kind != USHER_EVENT_NONE && is_behind(fold->query, &first))
        return refuse_before(&first);
    if (code == EXIT_DONE && first.kind != USHER_EVENT_NONE) {
        history->known_ms = 0;
        code = states_load(&fold->past, NULL, &history->engine);
    }
    for (size_t i = 0; i < usable && code == EXIT_DONE && !history->engine; i++) {
        history->known_ms = fold->states.list[i].at_ms;
        code = states_load(&fold->past, &fold->states.list[i], &history->engine);
    }
    if (code == EXIT_DONE && !history->engine)
        code = refuse_unknown(fold);
    if (history->engine)
        *after = usher_engine_last_number(history->engine);
    return code;
}

static enum exit_code fold_once(struct fold *fold)
{
    struct usher_number after;
    fold->is_trimmed = false;
    fold->code = EXIT_DONE;
    enum exit_code code = states_list(&fold->states, &fold->past);
    if (code == EXIT_DONE)
        code = begin(fold, &after);
    if (code == EXIT_DONE)
        code = past_read(&fold->past, after, fold->history->known_ms, take_event, fold);
    states_fini(&fold->states);
    return code == EXIT_DONE ? fold->code : code;
}

enum exit_code history_fold(const struct options *options, const struct history_query *query,
                            history_before before, void *owner, struct history *history)
{
    struct fold fold = {.query = query, .before = before, .owner = owner, .history = history};
    *history = (struct history){.engine = NULL};
    enum exit_code code = past_open(&fold.past, options);
    for (int i = 0; i < AGAIN_MAX && code == EXIT_DONE && (i == 0 || fold.is_trimmed); i++) {
        history_fini(history);
        code = fold_once(&fold);
    }
    if (code == EXIT_DONE && fold.is_trimmed) {
        fputs("usherctl: the journal changes faster than it can be read, or events are missing "
              "behind its snapshot; try again, and look at `usherctl journal check`\n",
              stderr);
        code = EXIT_REFUSED;
    }
    past_close(&fold.past);
    if (code != EXIT_DONE)
        history_fini(history);
    return code;
}

void history_fini(struct history *history)
{
    usher_engine_free(history->engine);
    *history = (struct history){.engine = NULL};
}

/* Some lines come that need not. */
static bool is_held(const struct fold *fold, struct usher_text line)
{
    struct usher_text held = fold->past.holding;
    return !held.at || memmem(line.at, line.length, held.at, held.length);
}

static bool pass_on(void *owner, const struct usher_event *event, struct usher_text line)
{
    struct fold *fold = owner;
    if (is_behind(fold->query, event))
        return false;
    if (!fold->has_begun)
        fold->history->known_ms = event->at_ms;
    fold->has_begun = true;
    if (event->at_ms < fold->query->since_ms || !is_held(fold, line))
        return true;
    return fold->before(fold->owner, NULL, event, line);
}

enum exit_code history_read(const struct options *options, const struct history_query *query,
                            history_before before, void *owner, struct history *history)
{
    struct fold fold = {.query = query, .before = before, .owner = owner, .history = history};
    struct usher_number after = {0, 0};
    *history = (struct history){.engine = NULL};
    enum exit_code code = past_open(&fold.past, options);
    fold.past.holding = usher_text_of(query->holding);
    fold.past.is_quiet = query->is_quiet;
    if (code == EXIT_DONE)
        code = past_read(&fold.past, after, query->since_ms, pass_on, &fold);
    past_close(&fold.past);
    return code;
}
