/* `usherctl journal show`: past events, from the archive folder and from Redis. */
#include <stdio.h>
#include <unistd.h>

#include "ctl/past/filter.h"
#include "ctl/past/history.h"
#include "ctl/past/kept.h"
#include "ctl/past/moment.h"
#include "ctl/past/teller.h"
#include "ctl/perform.h"

/* Before what is asked for, to learn who is in the queue: hardly anybody talks longer, or waits
 * longer without an offer. */
#define LEARN_MS INT64_C(14400000)

struct replay {
    const struct options *options;
    int64_t since_ms; /* from here on events are shown */
    struct filter filter;
    struct teller teller;
    int64_t shown;
    bool has_last; /* only the newest are told, when all were read */
    struct kept last;
};

static bool show(void *owner, struct usher_engine *engine, const struct usher_event *event,
                 struct usher_text line)
{
    struct replay *replay = owner;
    (void)engine;
    if (!filter_takes(&replay->filter, event) || !teller_shows(&replay->teller, event->kind) ||
        event->at_ms < replay->since_ms)
        return true;
    replay->shown++;
    if (replay->has_last) {
        kept_add(&replay->last, line);
        return true;
    }
    teller_tell(&replay->teller, event, line);
    return replay->options->count < 0 || replay->shown < replay->options->count;
}

static void tell_last(struct replay *replay)
{
    for (size_t i = 0; i < kept_count(&replay->last); i++) {
        struct usher_event event;
        struct usher_text line = kept_get(&replay->last, i, &event);
        teller_tell(&replay->teller, &event, line);
    }
    kept_fini(&replay->last);
}

static bool read_query(const struct options *options, struct history_query *query)
{
    char from[MOMENT_SIZE];
    char to[MOMENT_SIZE];
    *query = (struct history_query){
        .since_ms = HISTORY_ALL,
        .until_ms = HISTORY_END,
        .holding = options->contact ? options->contact : options->agent,
        .is_quiet =
            !options->contact && !(options->given & OPTION_BIT(LAST)) && isatty(STDOUT_FILENO),
    };
    if (options->since && !moment_read_option("--since", options->since, &query->since_ms))
        return false;
    if (options->until && !moment_read_option("--until", options->until, &query->until_ms))
        return false;
    if (query->since_ms <= query->until_ms)
        return true;
    fprintf(stderr, "usherctl: --since %s lies behind --until %s\n",
            moment_write(query->since_ms, from), moment_write(query->until_ms, to));
    return false;
}

enum exit_code perform_journal_show(const struct options *options, enum usher_role role)
{
    struct replay replay = {.options = options};
    struct history_query query;
    struct history history;
    char room[MOMENT_SIZE];
    (void)role;
    if (!read_query(options, &query) ||
        !filter_init(&replay.filter, options->contact, options->agent, options->queue,
                     options->event))
        return EXIT_USAGE;
    replay.since_ms = query.since_ms;
    if (options->queue && query.since_ms > LEARN_MS)
        query.since_ms -= LEARN_MS;
    teller_init(&replay.teller, options);
    replay.has_last = (options->given & OPTION_BIT(LAST)) != 0;
    if (replay.has_last)
        kept_init(&replay.last, (size_t)options->last);
    enum exit_code code = history_read(options, &query, show, &replay, &history);
    if (replay.has_last)
        tell_last(&replay);
    if (code == EXIT_DONE && replay.shown == 0 && history.known_ms > 0)
        fprintf(stderr, "usherctl: no such event in what was read, which begins at %s\n",
                moment_write(history.known_ms, room));
    else if (code == EXIT_DONE && replay.shown == 0)
        fputs("usherctl: no such event: nothing has been written since then\n", stderr);
    teller_fini(&replay.teller);
    filter_fini(&replay.filter);
    return code;
}
