/* `redis`: where it is. */
#include "rules/schema.h"
#include "settings_part.h"

#define HOST_MAX 63

struct redis_values {
    const struct usher_node *socket;
    struct usher_text host;
    int64_t port;
    bool accept_loss;
};

#define ROW(key_, type_, ...)                                                                      \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct redis_values, key_),  \
        __VA_ARGS__                                                                                \
    }

static const struct usher_schema_row redis_rows[] = {
    ROW(socket, ANY, .sentence = "the path of Redis's Unix socket"),
    ROW(host, TEXT, .max = HOST_MAX, .sentence = "the host on which Redis listens"),
    ROW(port, WHOLE, .min = 1, .max = 65535, .fallback = -1,
        .sentence = "the port on which Redis listens"),
    ROW(accept_loss, BOOL,
        .sentence = "whether a Redis that may lose acknowledged data is good enough"),
};

void settings_read_redis(struct settings_part *part, const struct usher_node *node)
{
    struct usher_schema schema = USHER_SCHEMA(redis_rows);
    struct settings *settings = part->settings;
    struct redis_values values;

    usher_schema_default(&schema, &values);
    if (node)
        usher_schema_read(&schema, node, &values, part->problems);
    if (values.socket)
        (void)settings_read_path(part, values.socket, settings->redis.socket,
                                 sizeof(settings->redis.socket));
    if (values.socket && (values.host.at || values.port != -1))
        usher_problems_add(part->problems, values.socket->key_line, values.socket->key_column,
                           "`redis` has a socket and a host or port; keep the one or the other");
    if (!values.host.at)
        values.host = USHER_TEXT("127.0.0.1");
    settings->redis.port = (uint16_t)(values.port == -1 ? 6379 : values.port);
    settings->redis.accept_loss = values.accept_loss;
    if (!usher_text_copy(settings->redis.host, sizeof(settings->redis.host), values.host))
        settings->redis.host[0] = '\0';
}
