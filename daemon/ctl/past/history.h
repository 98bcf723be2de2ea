/* Folds the journal into an engine: the state of a moment in the past, and every event on the way
 * there, each before it is applied. */
#ifndef CTL_PAST_HISTORY_H
#define CTL_PAST_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/perform.h"
#include "engine/engine.h"

#define HISTORY_ALL INT64_MIN /* of since_ms: as far back as the past is known */
#define HISTORY_END                                                                                \
    INT64_MAX /* of since_ms: events are not asked for; of until_ms: all there are */

struct history_query {
    int64_t since_ms;          /* the fold begins in a state before this, so that the events from
                                  then on are seen; when the past is not known so far back, in the
                                  oldest that is known */
    int64_t until_ms;          /* events of that very moment are still applied */
    struct usher_number until; /* the fold ends right before this event; 0-0 = none */
    /* For history_read. */
    const char *holding; /* only events with this text in their lines, an id of a contact or an
                            agent: quicker than looking at each; NULL = all */
    bool is_quiet;       /* no progress is shown: the caller writes to the terminal meanwhile */
};

struct history {
    struct usher_engine *engine; /* the caller's, until history_fini */
    int64_t known_ms; /* the time of the state in which the fold began: what was before is not known
                         from it; 0 = it began with the site's first event */
};

/* Called with each event before it is applied to `engine`. False ends the fold there, with the
 * engine as it is. Event and line are borrowed for the call. */
typedef bool (*history_before)(void *owner, struct usher_engine *engine,
                               const struct usher_event *event, struct usher_text line);

/* Reads usherd's settings (options->config), and from its Redis the snapshot and the events; it
 * writes nothing there. `before` may be NULL. Anything but EXIT_DONE after saying why on standard
 * error; history_fini is due in any case. No time passes for the engine but that of the events. */
enum exit_code history_fold(const struct options *options, const struct history_query *query,
                            history_before before, void *owner, struct history *history);
void history_fini(struct history *history);

/* The same events without the state, which is far quicker: to find out which moment to ask for.
 * `before` gets no engine. history->known_ms is the time of the first event that was read. */
enum exit_code history_read(const struct options *options, const struct history_query *query,
                            history_before before, void *owner, struct history *history);

#endif
