/* `redis`: where it is - a socket, a host and a port, or what the sentinels say - who usherd is to
 * it, and how many replicas must have what was appended. Passwords come from files of their own, so
 * that usherd.yaml can be shown to anybody. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "rules/schema.h"
#include "settings_part.h"

#define MINUTE_MS INT64_C(60000)

struct redis_values {
    const struct usher_node *socket;
    struct usher_text host;
    int64_t port;
    const struct usher_node *sentinels;
    struct usher_text master;
    struct usher_text user;
    const struct usher_node *password_file;
    struct usher_text sentinel_user;
    const struct usher_node *sentinel_password_file;
    bool accept_loss;
    int64_t wait_replicas;
    const struct usher_node *replicas;
    int64_t replica_timeout;
};

#define ROW(key_, type_, ...)                                                                      \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct redis_values, key_),  \
        __VA_ARGS__                                                                                \
    }

static const struct usher_schema_row redis_rows[] = {
    ROW(socket, ANY, .kind = "a path", .sentence = "the path of Redis's Unix socket",
        .without = "`host` and `port` count, or `sentinels`"),
    ROW(host, TEXT, .max = SETTINGS_HOST_MAX, .sentence = "the host on which Redis listens",
        .without = "127.0.0.1"),
    ROW(port, WHOLE, .min = 1, .max = 65535, .fallback = -1,
        .sentence = "the port on which Redis listens", .without = "6379"),
    ROW(sentinels, LIST, .kind = "a list of hosts with ports", .without = "none",
        .sentence = "the sentinels that know which Redis is the master"),
    ROW(master, NAME, .max = SETTINGS_MASTER_MAX, .sentence = "what the sentinels call the master",
        .without = "none; `sentinels` need it"),
    ROW(user, NAME, .max = SETTINGS_USER_MAX, .sentence = "usherd's user in Redis",
        .without = "Redis's default user"),
    ROW(password_file, ANY, .kind = "a path", .without = "no password is given",
        .sentence = "the file with the user's password"),
    ROW(sentinel_user, NAME, .max = SETTINGS_USER_MAX, .sentence = "usherd's user in the sentinels",
        .without = "the sentinels' default user"),
    ROW(sentinel_password_file, ANY, .kind = "a path", .without = "no password is given",
        .sentence = "the file with that user's password"),
    ROW(accept_loss, BOOL,
        .sentence = "whether a Redis that may lose acknowledged data is good enough"),
    ROW(wait_replicas, WHOLE, .min = 0, .max = SETTINGS_REPLICAS_MAX,
        .sentence = "how many replicas must have a change before it is published"),
    ROW(replicas, ANY, .kind = "strict or best", .without = "strict",
        .sentence = "whether replicas that are missing hold everything up"),
    ROW(replica_timeout, DURATION, .min = 10, .max = MINUTE_MS, .fallback = 500,
        .sentence = "how long replicas are waited for, at most half of `lease`"),
};

const struct usher_schema settings_redis_schema = {redis_rows, USHER_COUNT_OF(redis_rows), NULL};

static const struct usher_schema_row sentinel_row = {
    .key = "sentinels",
    .type = USHER_VALUE_TEXT,
    .max = SETTINGS_HOST_MAX + sizeof("[]:65535"),
    .sentence = "the sentinels that know which Redis is the master"};

static void refuse_key(struct settings_part *part, const struct usher_node *map, const char *key,
                       const char *what)
{
    const struct usher_node *node = usher_node_find(map, usher_text_of(key));

    if (node)
        usher_problems_add(part->problems, node->key_line, node->key_column, "`%s` %s", key, what);
}

static void read_place(struct settings_part *part, const struct redis_values *values)
{
    struct settings *settings = part->settings;

    if (values->socket)
        (void)settings_read_path(part, values->socket, settings->redis.socket,
                                 sizeof(settings->redis.socket));
    if (values->socket && (values->host.at || values->port != -1))
        usher_problems_add(part->problems, values->socket->key_line, values->socket->key_column,
                           "`redis` has a socket and a host or port; keep the one or the other");
    settings->redis.place.port = (uint16_t)(values->port == -1 ? 6379 : values->port);
    if (!usher_text_copy(settings->redis.place.host, sizeof(settings->redis.place.host),
                         values->host.at ? values->host : USHER_TEXT("127.0.0.1")))
        settings->redis.place.host[0] = '\0';
}

static void read_sentinel(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;
    struct settings_place *place = &settings->redis.sentinels[settings->redis.sentinels_count];
    struct usher_text text;

    if (!usher_schema_read_value(&sentinel_row, node, &text, part->problems))
        return;
    if (settings_split_address(text, place->host, sizeof(place->host), &place->port) &&
        place->port != 0)
        settings->redis.sentinels_count++;
    else
        usher_problems_add(part->problems, node->line, node->column,
                           "`%.*s` is no sentinel; write a host and a port, such as "
                           "\"10.0.0.1:26379\"",
                           USHER_TEXT_ARGS(usher_node_excerpt(text)));
}

/* What only a Redis without sentinels has, and the other way round. */
static void check_sentinels(struct settings_part *part, const struct usher_node *map,
                            const struct redis_values *values)
{
    static const char *const places[] = {"socket", "host", "port"};
    static const char *const sentinel_keys[] = {"master", "sentinel_user",
                                                "sentinel_password_file"};

    for (size_t i = 0; values->sentinels && i < USHER_COUNT_OF(places); i++)
        refuse_key(part, map, places[i],
                   "has no place beside `sentinels`, which say where the master is; take one of "
                   "them out");
    for (size_t i = 0; !values->sentinels && i < USHER_COUNT_OF(sentinel_keys); i++)
        refuse_key(part, map, sentinel_keys[i],
                   "is for Sentinel; add `sentinels`, a list of hosts and ports");
    if (values->sentinels && !usher_node_find(map, USHER_TEXT("master")))
        refuse_key(part, map, "sentinels",
                   "need `master`: the name that `sentinel monitor` gives it in sentinel.conf");
}

static void read_sentinels(struct settings_part *part, const struct usher_node *map,
                           const struct redis_values *values)
{
    struct settings *settings = part->settings;
    const struct usher_node *list = values->sentinels;

    check_sentinels(part, map, values);
    if (values->master.at &&
        !usher_text_copy(settings->redis.master, sizeof(settings->redis.master), values->master))
        settings->redis.master[0] = '\0';
    if (!list)
        return;
    if (list->count == 0 || list->count > SETTINGS_SENTINELS_MAX) {
        usher_problems_add(part->problems, list->line, list->column,
                           "`sentinels` has %zu members; 1 to %d are possible", list->count,
                           SETTINGS_SENTINELS_MAX);
        return;
    }
    usher_node_for_each (member, list)
        read_sentinel(part, member);
}

static void refuse_password(struct settings_part *part, const struct usher_node *node,
                            const char *path, int error)
{
    struct usher_text name = usher_node_excerpt(usher_text_of(path));

    if (error == -EPERM)
        usher_problems_add(part->problems, node->line, node->column,
                           "the password's file `%.*s` can be read or written by others; chmod "
                           "0640, or 0600, is right",
                           USHER_TEXT_ARGS(name));
    else if (error == -EBADMSG || error == -EFBIG)
        usher_problems_add(part->problems, node->line, node->column,
                           "the password's file `%.*s` must have one line of 1 to %d bytes, and "
                           "nothing else",
                           USHER_TEXT_ARGS(name), SETTINGS_PASSWORD_MAX);
    else
        usher_problems_add(part->problems, node->line, node->column,
                           "the password's file `%.*s` cannot be read: %s", USHER_TEXT_ARGS(name),
                           strerror(-error));
}

/* The file's only line, without its end. */
static int read_line(const char *path, char *room, size_t size)
{
    struct usher_bytes bytes;
    struct usher_text line;
    int error;

    usher_bytes_init(&bytes, size + 1);
    error = file_read_secret(path, size + 1, &bytes);
    line = usher_bytes_text(&bytes);
    if (line.length > 0 && line.at[line.length - 1] == '\n')
        line.length--;
    if (line.length > 0 && line.at[line.length - 1] == '\r')
        line.length--;
    if (error == 0 && (line.length == 0 || memchr(line.at, '\n', line.length) ||
                       memchr(line.at, '\0', line.length) || !usher_text_copy(room, size, line)))
        error = -EBADMSG;
    usher_bytes_fini(&bytes);
    return error;
}

static void read_login(struct settings_part *part, struct settings_login *login,
                       struct usher_text user, const struct usher_node *file)
{
    char path[SETTINGS_PATH_MAX];
    int error;

    if (user.at && !usher_text_copy(login->user, sizeof(login->user), user))
        login->user[0] = '\0';
    if (!file || !settings_read_path(part, file, path, sizeof(path)))
        return;
    error = read_line(path, login->password, sizeof(login->password));
    if (error < 0)
        refuse_password(part, file, path, error);
}

static void read_logins(struct settings_part *part, const struct usher_node *map,
                        const struct redis_values *values)
{
    struct settings *settings = part->settings;

    if (!usher_node_find(map, USHER_TEXT("password_file")))
        refuse_key(part, map, "user", "needs `password_file`: a file with the password alone");
    if (!usher_node_find(map, USHER_TEXT("sentinel_password_file")))
        refuse_key(part, map, "sentinel_user",
                   "needs `sentinel_password_file`: a file with the password alone");
    read_login(part, &settings->redis.login, values->user, values->password_file);
    read_login(part, &settings->redis.sentinel_login, values->sentinel_user,
               values->sentinel_password_file);
}

static void read_replicas(struct settings_part *part, const struct usher_node *map,
                          const struct redis_values *values)
{
    struct settings *settings = part->settings;
    const struct usher_node *node = values->replicas;

    settings->redis.wait_replicas = values->wait_replicas;
    settings->redis.replica_timeout_ms = values->replica_timeout;
    settings->redis.replicas = SETTINGS_REPLICAS_STRICT;
    if (node && usher_text_is_equal(node->text, USHER_TEXT("best")))
        settings->redis.replicas = SETTINGS_REPLICAS_BEST;
    else if (node && node->kind != USHER_NODE_NONE &&
             !usher_text_is_equal(node->text, USHER_TEXT("strict")))
        usher_problems_add(part->problems, node->line, node->column,
                           "`replicas` is `%.*s`; write strict, which holds everything up while "
                           "replicas are missing, or best, which goes on without them",
                           USHER_TEXT_ARGS(usher_node_excerpt(node->text)));
    if (usher_node_find(map, USHER_TEXT("wait_replicas")))
        return;
    refuse_key(part, map, "replicas", "means nothing without `wait_replicas`; add it, 1 or more");
    refuse_key(part, map, "replica_timeout",
               "means nothing without `wait_replicas`; add it, 1 or more");
}

void settings_read_redis(struct settings_part *part, const struct usher_node *node)
{
    static const struct usher_node none = {.kind = USHER_NODE_MAP};
    const struct usher_node *map = node && node->kind == USHER_NODE_MAP ? node : &none;
    struct redis_values values;

    usher_schema_default(&settings_redis_schema, &values);
    usher_schema_read(&settings_redis_schema, map, &values, part->problems);
    part->settings->redis.accept_loss = values.accept_loss;
    read_place(part, &values);
    read_sentinels(part, map, &values);
    read_logins(part, map, &values);
    read_replicas(part, map, &values);
}

/* usherd gives a connection up when an answer takes longer than `lease`, and the answer to WAIT
 * takes all of `replica_timeout` while replicas are missing, and then the way back. */
void settings_check_redis(struct settings_part *part, const struct usher_node *node)
{
    const struct settings *settings = part->settings;
    int64_t most_ms = settings->timing.lease_ms / 2;
    const struct usher_node *timeout =
        node ? usher_node_find(node, USHER_TEXT("replica_timeout")) : NULL;

    if (!node || settings->redis.wait_replicas == 0 ||
        settings->redis.replica_timeout_ms <= most_ms)
        return;
    if (!timeout)
        timeout = node;
    usher_problems_add(part->problems, timeout->line, timeout->column,
                       "`replica_timeout` is %" PRId64
                       " ms; it may be at most half of `lease` inside `timing`, "
                       "here %" PRId64 " ms: an answer that comes later finds nobody waiting",
                       settings->redis.replica_timeout_ms, most_ms);
}

const char *settings_write_redis(const struct settings *settings,
                                 const struct settings_place *place, char room[SETTINGS_PATH_MAX])
{
    if (settings->redis.socket[0])
        (void)snprintf(room, SETTINGS_PATH_MAX, "%s", settings->redis.socket);
    else
        (void)snprintf(room, SETTINGS_PATH_MAX, strchr(place->host, ':') ? "[%s]:%u" : "%s:%u",
                       place->host, (unsigned)place->port);
    return room;
}

static bool is_name(const char *host)
{
    struct in6_addr address;

    return strcmp(host, "localhost") != 0 && inet_pton(AF_INET, host, &address) != 1 &&
           inet_pton(AF_INET6, host, &address) != 1;
}

const char *settings_redis_name(const struct settings *settings)
{
    for (size_t i = 0; i < settings->redis.sentinels_count; i++) {
        if (is_name(settings->redis.sentinels[i].host))
            return settings->redis.sentinels[i].host;
    }
    if (settings->redis.socket[0] || settings->redis.sentinels_count > 0 ||
        !is_name(settings->redis.place.host))
        return NULL;
    return settings->redis.place.host;
}

bool settings_is_same_place(const struct settings_place *a, const struct settings_place *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}
