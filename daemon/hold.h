/* What is held while Redis is away: commands, copied, in the order in which they came. */
#ifndef HOLD_H
#define HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "model/command.h"

struct usher_sync;

enum held_kind {
    HELD_NONE = 0,
    HELD_COMMAND,
    HELD_HELLO, /* `after` stands among the fields */
    HELD_SYNC,
};

struct held {
    struct usher_list node;
    enum held_kind kind;
    uint64_t serial;      /* of the party that wants the answer; 0 = nobody */
    struct usher_text id; /* for the answer */
    struct usher_command command;
    struct usher_sync *sync; /* of HELD_SYNC; borrowed */
    int64_t count;           /* of HELD_SYNC */
    size_t bytes;
};

struct hold {
    struct usher_list list;
    size_t bytes;
};

void hold_init(struct hold *hold);
void hold_fini(struct hold *hold);
/* Copies `held` with all texts of its command. 0 or -ENOMEM. */
int hold_put(struct hold *hold, const struct held *held);
/* Gives the oldest, or NULL; to be freed with held_free. */
struct held *hold_take(struct hold *hold);
void held_free(struct held *held);

#endif
