/* `usherctl journal show`: past events, from the archive folder and from Redis. */
#include <stdio.h>
#include <unistd.h>

#include "ctl/filter.h"
#include "ctl/history.h"
#include "ctl/moment.h"
#include "ctl/perform.h"
#include "ctl/teller.h"

struct replay {
    const struct options *options;
    struct filter filter;
    struct teller teller;
    int64_t shown;
};

static bool show(void *owner, struct usher_engine *engine, const struct usher_event *event,
                 struct usher_text line)
{
    struct replay *replay = owner;
    (void)engine;
    if (!filter_takes(&replay->filter, event) || !teller_shows(&replay->teller, event->kind))
        return true;
    teller_tell(&replay->teller, event, line);
    replay->shown++;
    return replay->options->count < 0 || replay->shown < replay->options->count;
}

static bool read_query(const struct options *options, struct history_query *query)
{
    char from[MOMENT_SIZE];
    char to[MOMENT_SIZE];
    *query = (struct history_query){
        .since_ms = HISTORY_ALL,
        .until_ms = HISTORY_END,
        .holding = options->contact ? options->contact : options->agent,
        .is_quiet = !options->contact && isatty(STDOUT_FILENO),
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
    teller_init(&replay.teller, options);
    enum exit_code code = history_read(options, &query, show, &replay, &history);
    if (code == EXIT_DONE && replay.shown == 0 && history.known_ms > 0)
        fprintf(stderr, "usherctl: no such event in what was read, which begins at %s\n",
                moment_write(history.known_ms, room));
    else if (code == EXIT_DONE && replay.shown == 0)
        fputs("usherctl: no such event: nothing has been written since then\n", stderr);
    teller_fini(&replay.teller);
    filter_fini(&replay.filter);
    return code;
}
