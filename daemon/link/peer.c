/* Which roles the peer of a Unix socket may take. Invariant: what cannot be read grants nothing. */
#include "link/peer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/role.h"

#define PEER_GROUPS_FIRST 64 /* room at the first try; the kernel says how much it needs */

#define PEER_ALL_ROLES                                                                             \
    (USHER_ROLE_BIT(PBX) | USHER_ROLE_BIT(DESK) | USHER_ROLE_BIT(SUPERVISOR) |                     \
     USHER_ROLE_BIT(ADMIN) | USHER_ROLE_BIT(OBSERVER))

/* The peer's supplementary groups. */
struct peer_groups {
    gid_t *list;
    size_t count;
};

static int peer_groups_read(struct peer_groups *groups, int fd)
{
    socklen_t size = PEER_GROUPS_FIRST * sizeof(gid_t);
    *groups = (struct peer_groups){0};
    for (int tries = 0; tries < 2; tries++) {
        gid_t *list = realloc(groups->list, size);
        if (!list)
            break;
        groups->list = list;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &size) == 0) {
            groups->count = size / sizeof(gid_t);
            return 0;
        }
        if (errno != ERANGE) /* then `size` says what is needed */
            break;
    }
    int error = errno;
    free(groups->list);
    groups->list = NULL;
    return -error;
}

static bool peer_is_in(const struct ucred *peer, const struct peer_groups *groups, gid_t group)
{
    if (peer->gid == group)
        return true;
    for (size_t i = 0; i < groups->count; i++)
        if (groups->list[i] == group)
            return true;
    return false;
}

static unsigned peer_roles(const struct ucred *peer, const struct peer_groups *groups,
                           const struct settings_listener *listener)
{
    unsigned roles = 0;
    if (listener->grants_count == 0)
        return peer->uid == 0 || peer->uid == geteuid() ? PEER_ALL_ROLES : 0;
    for (size_t i = 0; i < listener->grants_count; i++) {
        const struct settings_grant *grant = &listener->grants[i];
        if (grant->is_group ? peer_is_in(peer, groups, (gid_t)grant->id) : peer->uid == grant->id)
            roles |= 1u << grant->role;
    }
    return roles & PEER_ALL_ROLES;
}

int peer_read(struct peer *peer, int fd, const struct settings_listener *listener)
{
    struct ucred credentials;
    struct peer_groups groups;
    socklen_t size = sizeof(credentials);
    *peer = (struct peer){0};
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return -errno;
    int error = peer_groups_read(&groups, fd);
    if (error < 0)
        return error;
    peer->pid = credentials.pid;
    peer->uid = credentials.uid;
    peer->roles = peer_roles(&credentials, &groups, listener);
    free(groups.list);
    return 0;
}
