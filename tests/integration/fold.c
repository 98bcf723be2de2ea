/* Folds the journal that usherd's settings name, and says what came of it:
 *
 *     fold CONFIG [SINCE [UNTIL [NUMBER]]]
 *
 * SINCE and UNTIL are milliseconds, or `all` and `end`. Each heartbeat's digest is compared with
 * that of the folded state. Prints `number known_ms events heartbeats differing contacts`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/past/history.h"

struct seen {
    uint64_t events;
    uint64_t heartbeats;
    uint64_t differing;
};

static bool see(void *owner, struct usher_engine *engine, const struct usher_event *event,
                struct usher_text line)
{
    struct seen *seen = owner;
    char room[USHER_DIGEST_SIZE];
    (void)line;
    seen->events++;
    if (event->kind != USHER_EVENT_ROUTER_HEARTBEAT || !event->fields.digest.at)
        return true;
    seen->heartbeats++;
    seen->differing +=
        !usher_text_is_equal(usher_engine_digest(engine, event->n, room), event->fields.digest);
    return true;
}

static int64_t read_ms(const char *text)
{
    int64_t ms = 0;
    if (strcmp(text, "all") == 0)
        return HISTORY_ALL;
    if (strcmp(text, "end") == 0)
        return HISTORY_END;
    return usher_text_read_int64(usher_text_of(text), &ms) ? ms : 0;
}

int main(int count, char **arguments)
{
    struct options options = {.config = arguments[1]};
    struct history_query query = {.since_ms = HISTORY_END, .until_ms = HISTORY_END};
    struct history history;
    struct seen seen = {0};
    char number[USHER_NUMBER_SIZE];
    if (count > 2)
        query.since_ms = read_ms(arguments[2]);
    if (count > 3)
        query.until_ms = read_ms(arguments[3]);
    if (count > 4 && !usher_number_read(usher_text_of(arguments[4]), &query.until))
        return EXIT_USAGE;
    enum exit_code code = history_fold(&options, &query, see, &seen, &history);
    if (code != EXIT_DONE)
        return (int)code;
    printf("%s %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu\n",
           usher_number_write(usher_engine_last_number(history.engine), number).at,
           history.known_ms, seen.events, seen.heartbeats, seen.differing,
           usher_engine_count(history.engine).contacts);
    history_fini(&history);
    return EXIT_DONE;
}
