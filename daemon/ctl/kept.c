/* Lines are decoded again when they are asked for: an event borrows its texts from its line. */
#include "ctl/kept.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

void kept_init(struct kept *kept, size_t room)
{
    size_t size = room * sizeof(*kept->lines);
    kept->lines = memory_resize(NULL, size);
    memset(kept->lines, 0, size);
    kept->room = room;
    kept->count = 0;
}

void kept_fini(struct kept *kept)
{
    for (size_t i = 0; i < kept->room; i++)
        free(kept->lines[i].line);
    free(kept->lines);
    kept->lines = NULL;
    kept->room = 0;
    kept->count = 0;
}

void kept_add(struct kept *kept, struct usher_text line)
{
    struct kept_line *place = &kept->lines[kept->count++ % kept->room];
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
