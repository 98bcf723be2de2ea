/* The newest lines of many: as more come, the oldest are forgotten. */
#ifndef CTL_PAST_KEPT_H
#define CTL_PAST_KEPT_H

#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "wire/codec.h"

struct kept_line {
    char *line;
    size_t length;
};

struct kept {
    struct kept_line *lines; /* round, when there are `room` */
    size_t lines_count;
    size_t room;
    uint64_t count; /* of all that came */
    struct usher_scratch scratch;
};

/* `room` must be above 0. */
void kept_init(struct kept *kept, size_t room);
void kept_fini(struct kept *kept);
/* Copies the line. */
void kept_add(struct kept *kept, struct usher_text line);
/* How many are here. */
size_t kept_count(const struct kept *kept);
/* The i-th of them, the oldest first. Its event is NONE when this program does not know it; both
 * are borrowed until the next call. */
struct usher_text kept_get(struct kept *kept, size_t i, struct usher_event *event);

#endif
