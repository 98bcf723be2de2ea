/* The service's settings: usherd.yaml, checked. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/limits.h"
#include "model/role.h"
#include "rules/problem.h"
#include "rules/schema.h"

#define SETTINGS_LISTENERS_MAX 16
#define SETTINGS_LINKS_MAX     16
#define SETTINGS_GRANTS_MAX    32
#define SETTINGS_PATH_MAX      1024
#define SETTINGS_ADDRESSES_MAX 128 /* bytes, all together */
#define SETTINGS_SENTINELS_MAX 8
#define SETTINGS_REPLICAS_MAX  8
#define SETTINGS_HOST_MAX      63
#define SETTINGS_MASTER_MAX    64
#define SETTINGS_USER_MAX      64
#define SETTINGS_PASSWORD_MAX  512

/* roles: {pbx: {group: asterisk}, admin: {user: root}}: a peer of this uid or in this group may
 * take this role. */
struct settings_grant {
    enum usher_role role;
    bool is_group;
    uid_t id; /* uid or gid */
};

struct settings_listener {
    bool is_tcp;
    char address[SETTINGS_PATH_MAX]; /* the socket's path, or the loopback address */
    uint16_t port;                   /* tcp; 0 = any free one, which the log tells */
    mode_t mode;                     /* unix; 0660 when absent */
    struct settings_grant grants[SETTINGS_GRANTS_MAX]; /* unix; none: only usherd's own user and
                                                          root, for every role */
    size_t grants_count;
    char tokens[SETTINGS_PATH_MAX]; /* tcp: the tokens' file */
};

struct settings_link {
    char name[USHER_CLIENT_NAME_MAX + 1]; /* the client's name of its contacts */
    enum settings_link_kind { SETTINGS_LINK_NONE = 0, SETTINGS_LINK_KAMAILIO } kind;
    char host[64];
    uint16_t port;
};

struct settings_place {
    char host[SETTINGS_HOST_MAX + 1];
    uint16_t port;
};

/* Who usherd is to a Redis or a Sentinel. The password is never logged. */
struct settings_login {
    char user[SETTINGS_USER_MAX + 1];         /* "" = the default user */
    char password[SETTINGS_PASSWORD_MAX + 1]; /* "" = no AUTH is sent */
};

/* What happens to a batch that fewer than redis.wait_replicas replicas have confirmed in time. */
enum settings_replicas {
    SETTINGS_REPLICAS_NONE = 0,
    SETTINGS_REPLICAS_STRICT, /* it is held until they have */
    SETTINGS_REPLICAS_BEST,   /* it is published, and counted */
};

/* What to do while Redis is away. */
enum settings_outage {
    SETTINGS_OUTAGE_NONE = 0, /* as HOLD */
    SETTINGS_OUTAGE_HOLD,     /* nothing is decided; commands wait */
    SETTINGS_OUTAGE_ROUTE,    /* goes on from memory, and appends later */
};

struct settings {
    char file[SETTINGS_PATH_MAX];  /* usherd.yaml itself; absolute */
    char site[33];                 /* [a-z0-9-], part of the keys */
    char rules[SETTINGS_PATH_MAX]; /* relative to the folder of usherd.yaml, made absolute */
    struct {
        char socket[SETTINGS_PATH_MAX]; /* "" = place, or what the sentinels say */
        struct settings_place place;    /* 127.0.0.1:6379 */
        struct settings_login login;
        struct settings_place sentinels[SETTINGS_SENTINELS_MAX]; /* none: socket or place */
        size_t sentinels_count;
        char master[SETTINGS_MASTER_MAX + 1]; /* the sentinels' name of it */
        struct settings_login sentinel_login;
        bool accept_loss;
        int64_t wait_replicas; /* 0: replicas are not waited for */
        enum settings_replicas replicas;
        int64_t replica_timeout_ms; /* 500 ms; at most half of timing.lease if replicas are waited
                                       for */
    } redis;
    struct settings_listener listeners[SETTINGS_LISTENERS_MAX];
    size_t listeners_count;
    struct settings_link links[SETTINGS_LINKS_MAX];
    size_t links_count;
    enum settings_outage outage;   /* ROUTE; HOLD with `standby: true` or strict replicas */
    char state[SETTINGS_PATH_MAX]; /* the folder for what outlives a start but is not in Redis:
                                      $STATE_DIRECTORY, else /var/lib/usher */
    bool is_standby;               /* follows another router, and takes over when it falls silent */
    char addresses[SETTINGS_ADDRESSES_MAX + 1]; /* how clients reach this usherd, with commas: paths
                                                   of Unix sockets, "host:port" */
    struct {
        int64_t heartbeat_ms;    /* 1 s */
        int64_t lease_ms;        /* 2500 ms: the publish window */
        int64_t desk_grace_ms;   /* 30 s: how long a lost desk's agent stays ready */
        int64_t grace_ms;        /* 30 s: how long a lost PBX link's contacts stay */
        int64_t silent_reads;    /* 3: answered reads without an entry that a standby takes for the
                                    leader's death */
        int64_t read_ms;         /* 1 s: how long such a read waits for an entry */
        int64_t claim_jitter_ms; /* 300 ms: a standby waits up to so long before it claims */
    } timing;
    struct {
        int64_t keep_ms;                 /* 48 h, at most 30 d */
        int64_t max_bytes;               /* 1 GiB */
        int64_t snapshot_every;          /* a snapshot after so many events: 100000 */
        char archive[SETTINGS_PATH_MAX]; /* the folder that gets what is trimmed; "" = none */
    } journal;
    struct usher_limits limits;
    int64_t ring_bytes;    /* limits.ring: events kept in memory for `after`; 8 MiB */
    int64_t pending_bytes; /* limits.pending: what may wait for Redis; 64 MiB */
};

/* What in these settings `outage: route` cannot go with, in words; NULL when it can. */
const char *settings_without_route(const struct settings *settings);
/* `hold` or `route`. */
const char *settings_outage_name(enum settings_outage outage);
/* "10.0.0.1:6379", "[::1]:6379", or the path of the settings' socket. */
const char *settings_write_redis(const struct settings *settings,
                                 const struct settings_place *place, char room[SETTINGS_PATH_MAX]);
/* A host under `redis` that is a name, which the system must look up at each connection; NULL when
 * there is none. `localhost` counts as an address: its look-up asks no other machine. */
const char *settings_redis_name(const struct settings *settings);
bool settings_is_same_place(const struct settings_place *a, const struct settings_place *b);

/* The keys of usherd.yaml: what is read, checked and told in the manual. */
extern const struct usher_schema settings_schema;

/* Reads the file at `path`. 0, -EINVAL with `problems` filled, or a negative errno with none (the
 * file cannot be read). Defaults and what has no problem are set in all cases but the last. */
int settings_read(struct settings *settings, const char *path, struct usher_problems *problems);

#endif
