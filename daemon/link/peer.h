/* Who is at the other end of a Unix socket, and which roles a listener grants to that peer. The
 * kernel tells the user and all groups (SO_PEERCRED, SO_PEERGROUPS) as they were when the peer
 * connected. */
#ifndef LINK_PEER_H
#define LINK_PEER_H

#include <sys/types.h>

#include "settings.h"

struct peer {
    pid_t pid;
    uid_t uid;
    unsigned roles; /* bits of roles (model/role.h) that this peer may take */
};

/* Reads the peer of the connected Unix socket `fd`, and what `listener` grants it: the roles of all
 * grants that name its user or one of its groups; with no grants at all, every role for root and
 * for usherd's own user, and none for others. 0 or a negative errno. */
int peer_read(struct peer *peer, int fd, const struct settings_listener *listener);

#endif
