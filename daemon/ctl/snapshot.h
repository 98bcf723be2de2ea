/* The state as usherd described it at one moment: its agents, contacts and queues. */
#ifndef CTL_SNAPSHOT_H
#define CTL_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "ctl/client.h"
#include "model/event.h"

struct snapshot_row {
    struct usher_event
        event;  /* state.agent, .contact, .queue or .switch; its texts are NUL-terminated */
    char *room; /* what they lie in */
    struct usher_text line; /* as it came, in `room` too */
};

/* A contact that an agent holds. */
struct snapshot_held {
    const struct snapshot_row *row;
};

struct snapshot {
    struct snapshot_row
        *rows; /* agents by id, contacts by place in line, queues and switches by name */
    size_t count;
    struct snapshot_held *held; /* by agent, the nearest to the customer first */
    size_t held_count;
    int64_t now_ms; /* the router's clock at that moment */
};

/* Reads the lines between welcome and snapshot.end. On failure `snapshot` is empty. */
USHER_MUST_USE enum client_outcome snapshot_read(struct snapshot *snapshot, struct client *client);
void snapshot_fini(struct snapshot *snapshot);

/* The contact of `agent` that is nearest to the customer (talking before ringing before wrapping
 * up), or NULL. */
const struct snapshot_row *snapshot_find_contact_of(const struct snapshot *snapshot,
                                                    struct usher_text agent);

/* The line of a queue, a switch, an agent or a contact, by its name or id; NULL when there is none.
 */
const struct usher_event *snapshot_find(const struct snapshot *snapshot, enum usher_event_kind kind,
                                        struct usher_text id);

#endif
