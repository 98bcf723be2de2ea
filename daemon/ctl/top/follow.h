/* A connection to whoever leads that comes back: it reads a snapshot and then the events, and when
 * usherd dies it tries all addresses until somebody serves. It never waits, but for the connecting
 * itself. */
#ifndef CTL_TOP_FOLLOW_H
#define CTL_TOP_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/client.h"
#include "model/role.h"

enum follow_state {
    FOLLOW_AWAY = 0, /* nobody is connected */
    FOLLOW_GREETING, /* said hello */
    FOLLOW_SNAPSHOT, /* welcome */
    FOLLOW_LIVE,     /* the snapshot is whole */
};

/* What becomes of it. */
struct follow_ops {
    /* welcome, and all that comes after it: the snapshot's lines, snapshot.end, events. */
    void (*event)(void *owner, const struct usher_event *event);
    /* The connection was lost after welcome. */
    void (*lost)(void *owner);
};

struct follow {
    const struct follow_ops *ops;
    void *owner;
    struct client client;
    enum usher_role role;
    enum follow_state state;
    int64_t heard_ms;    /* when the last line came, or the greeting began */
    int64_t pinged_ms;   /* when we last asked for a sign of life, or said hello */
    int64_t next_ms;     /* AWAY: when to try again */
    size_t next_address; /* AWAY: where */
    size_t failed_count; /* tries in a row that came to nothing */
    bool is_refused;     /* the last of them: usherd said no */
};

void follow_init(struct follow *follow, const struct client_addresses *addresses,
                 enum usher_role role, const struct follow_ops *ops, void *owner);
void follow_fini(struct follow *follow);

/* What to wait for; -1 = nothing. */
int follow_fd(const struct follow *follow);
/* Until when follow_step has nothing to do, unless follow_fd can be read. */
int64_t follow_next_ms(const struct follow *follow);
/* Does what there is to do: tries to connect, reads what has come. `now_ms` never goes back. */
void follow_step(struct follow *follow, int64_t now_ms);
/* Asks for a new snapshot: connects again, at once. */
void follow_restart(struct follow *follow, int64_t now_ms);

#endif
