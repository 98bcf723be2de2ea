/* Lines are decoded again when they are asked for: an event borrows its texts from its line. */
#include "ctl/past/kept.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

#define LINES_FIRST 16

void kept_init(struct kept *kept, size_t room)
{
    kept->lines = NULL;
    kept->lines_count = 0;
    kept->room = room;
    kept->count = 0;
}

/* The next place: a new one while there is room, since many more may be asked for than come. */
static struct kept_line *take_place(struct kept *kept)
{
    size_t at = (size_t)(kept->count % kept->room);
    if (at == kept->lines_count) {
        size_t wanted = at < LINES_FIRST ? LINES_FIRST : 2 * at;
        kept->lines_count = wanted < kept->room ? wanted : kept->room;
        kept->lines = memory_resize(kept->lines, kept->lines_count * sizeof(*kept->lines));
        memset(kept->lines + at, 0, (kept->lines_count - at) * sizeof(*kept->lines));
    }
    kept->count++;
    return &kept->lines[at];
}

void kept_fini(struct kept *kept)
{
    for (size_t i = 0; i < kept->lines_count; i++)
        free(kept->lines[i].line);
    free(kept->lines);
    kept->lines = NULL;
    kept->lines_count = 0;
    kept->room = 0;
    kept->count = 0;
}

void kept_add(struct kept *kept, struct usher_text line)
{
    struct kept_line *place = take_place(kept);
    place->line = memory_resize(place->line, line.length + 1);
    memcpy(place->line, line.at, line.length);
    place->length = line.length;
}

size_t kept_count(const struct kept *kept)
{
    return kept->count < kept->room ? (size_t)kept->count : kept->room;
}

struct usher_text kept_get(struct kept *kept, size_t i, struct usher_event *event)
{
    const struct kept_line *place = &kept->lines[(kept->count - kept_count(kept) + i) % kept->room];
    struct usher_text line = {place->line, place->length};
    struct usher_answer answer;
    if (!usher_event_decode(line, &kept->scratch, event, &answer))
        *event = (struct usher_event){.kind = USHER_EVENT_NONE};
    return line;
}
